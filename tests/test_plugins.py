import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

from auditor import plugins
from auditor.check import Check, Status, run_check
from auditor.errors import PluginError
from auditor.testing import tenant
from auditor_checks import ALL


def point(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> EntryPoint:
    module = ModuleType(f"plugin_{name}")
    module.__dict__["found"] = value
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return EntryPoint(name, f"{module.__name__}:found", plugins.GROUP)


def check(identity: str) -> Check:
    return Check(id=identity, title="T", needs=(), run=lambda tenant: ())


def test_the_built_in_checks_come_in_by_the_entry_point() -> None:
    ids = [check.id for plugin in plugins.load() for check in plugin.checks]
    assert {"interrupts", "stay-signed-in-shown", "persistent-browser-always"} <= set(ids)
    assert any(plugin.distribution == "auditor" and plugin.version for plugin in plugins.load())


def load(*points: EntryPoint) -> list[Check]:
    """Without ours."""
    return list(plugins.checks_of(plugins.load(points, built_in=frozenset())))


def failed(check: Check) -> str:
    """Why it ends *failed*; the program goes on."""
    with tenant() as made:
        result = run_check(check, made)
    assert result.status is Status.FAILED
    return result.reason


def test_a_check_or_a_collection_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [point(monkeypatch, "one", check("a")), point(monkeypatch, "two", (check("b"), check("c")))]
    assert [each.id for each in load(*points)] == ["a", "b", "c"]


def test_no_checks_is_an_error() -> None:
    with pytest.raises(PluginError, match="No checks"):
        plugins.load([], built_in=frozenset())


def test_the_ids_of_ours_are_known() -> None:
    assert {check.id for check in ALL} == plugins.BUILT_IN


def test_without_any_of_ours_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match="auditor itself are missing: admin-session-lifetime, interrupts,"):
        plugins.load([point(monkeypatch, "one", check("a"))])


def test_one_of_ours_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor_checks.ALL", ALL[1:])
    with pytest.raises(PluginError, match=f"missing: {ALL[0].id}"):
        plugins.load()


def test_ours_that_cannot_be_loaded_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "auditor_checks", ModuleType("auditor_checks"))
    with pytest.raises(PluginError, match="AttributeError"):
        plugins.load()


def test_one_of_ours_cannot_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = point(monkeypatch, "aaa", check("interrupts"))
    found = plugins.checks_of(plugins.load([theirs, *entry_points(group=plugins.GROUP)]))
    assert [each.id for each in found if each.fault] == ["interrupts-of-an-unnamed-distribution"]
    assert "auditor brings one of that id" in failed(found[-1])
    assert next(each for each in found if each.id == "interrupts").package.startswith("auditor ")


class Odd(list[Check]):
    def __iter__(self) -> NoReturn:
        raise SystemExit(0)


@pytest.mark.parametrize("value", [None, (), "checks", (5,), lambda: None, Odd()])
def test_what_is_no_check_ends_failed(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    odd, good = load(point(monkeypatch, "odd", value), point(monkeypatch, "two", check("a")))
    assert "an unnamed distribution" in failed(odd)
    assert not good.fault


def test_of_two_checks_of_one_id_the_second_ends_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = load(point(monkeypatch, "one", check("a")), point(monkeypatch, "two", check("a")))
    assert first.id == "a"
    assert "brings one of that id" in failed(second)


@pytest.mark.parametrize("text", ["import no_such_module_here", "raise SystemExit(0)", "1 / 0", "def", "ALL = Check("])
def test_a_package_that_cannot_be_loaded_ends_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    (tmp_path / "a_broken_package.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "a_broken_package", raising=False)
    broken, good = load(
        EntryPoint("broken", "a_broken_package:ALL", plugins.GROUP), point(monkeypatch, "two", check("a"))
    )
    assert "a_broken_package:ALL" in failed(broken)
    assert not good.fault


def test_ctrl_c_while_loading_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "an_interrupted_package.py").write_text("raise KeyboardInterrupt")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        load(EntryPoint("gone", "an_interrupted_package:ALL", plugins.GROUP))


@pytest.mark.slow
@pytest.mark.program
def test_a_folder_called_checks_replaces_nothing(tmp_path: Path) -> None:
    """What anybody has who copies our layout."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "__init__.py").write_text(
        "from auditor.api import Check\nALL = (Check('mine', 'My own', needs=(), run=lambda tenant: ()),)\n"
    )
    command = [sys.executable, "-m", "auditor", "checks"]
    said = [
        subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
        for folder in (tmp_path, tmp_path / "checks")
    ]
    assert said[0] == said[1]
    assert "mine" not in said[0]
    assert "persistent-browser-always" in said[0]
