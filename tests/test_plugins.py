import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from auditor import plugins
from auditor.check import Check
from auditor.errors import PluginError


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


def test_a_check_or_a_collection_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [point(monkeypatch, "one", check("a")), point(monkeypatch, "two", (check("b"), check("c")))]
    assert [each.id for plugin in plugins.load(points) for each in plugin.checks] == ["a", "b", "c"]


def test_no_checks_is_an_error() -> None:
    with pytest.raises(PluginError, match="No checks"):
        plugins.load([])


@pytest.mark.parametrize("value", [None, (), "checks", (5,), lambda: None])
def test_what_is_no_check_is_an_error(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    with pytest.raises(PluginError, match="neither a Check"):
        plugins.load([point(monkeypatch, "odd", value)])


def test_two_checks_of_one_id_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match="check a is in"):
        plugins.load([point(monkeypatch, "one", check("a")), point(monkeypatch, "two", check("a"))])


def test_a_package_that_cannot_be_loaded_is_an_error() -> None:
    with pytest.raises(PluginError, match="ModuleNotFoundError"):
        plugins.load([EntryPoint("gone", "no_such_module_here:ALL", plugins.GROUP)])


def test_an_impostor_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "checks", ModuleType("checks"))
    with pytest.raises(PluginError, match="AttributeError"):
        plugins.load([EntryPoint("builtin", "checks:ALL", plugins.GROUP)])
