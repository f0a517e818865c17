"""`auditor checks`, with the checks of auditor and those of another package."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from auditor.check import Check
from auditor_checks import ALL

BARE = '''
from auditor.api import Check

bare = Check(id="bare", title="Nothing \\x1b[31m is said of it", needs=("sign_ins",), run=lambda tenant: ())
half = Check(
    id="half",
    title="Half",
    needs=(),
    run=lambda tenant: (),
    docs="""Half of it is said.

    Who wrote this did not know of headings.

    What to do: nothing.

    Nor anything else.
    """,
)
ALL = (bare, half)
'''


@pytest.fixture
def another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that is installed beside auditor, with checks that document little."""
    (tmp_path / "some_checks.py").write_text(BARE)
    about = tmp_path / "some_checks-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: some-checks\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text("[auditor.checks]\nsome = some_checks:ALL\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_the_list_has_every_check(auditor: Callable[..., Result]) -> None:
    result = auditor("checks")
    assert result.exit_code == 0
    assert result.stdout.startswith("From auditor ")
    for check in ALL:
        assert f"\n{check.id} " in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.usefixtures("another_package")
def test_the_list_has_those_of_other_packages(auditor: Callable[..., Result]) -> None:
    said = auditor("checks").stdout
    assert "\nFrom some-checks 1.2\n" in said
    assert "\x1b" not in said
    _, _, rest = said.partition("From some-checks")
    assert "\nbare " in rest
    assert "sign_ins" in rest
    assert "\nhalf " in rest


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_a_page(auditor: Callable[..., Result], check: Check) -> None:
    result = auditor("checks", check.id)
    assert result.exit_code == 0
    said = result.stdout
    assert said.startswith(f"{check.id}\n")
    for heading in ("What it means", "Why it matters", "What to do", "What it cannot see", "Data that it reads"):
        assert f"\n{heading}\n" in said
    assert "documents nothing" not in said
    assert "It comes from auditor " in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.usefixtures("another_package")
def test_a_page_of_a_check_that_says_nothing_of_itself(auditor: Callable[..., Result]) -> None:
    result = auditor("checks", "bare")
    assert result.exit_code == 0
    said = " ".join(result.stdout.split())
    assert r"Nothing \u001b[31m is said of it" in said
    assert "What it means, Why it matters, What to do, What it cannot see." in said
    assert "AuditLog.Read.All it does not run" in said
    assert "Severity of its findings: not said. It comes from some-checks 1.2." in said


@pytest.mark.usefixtures("another_package")
def test_a_page_of_a_check_that_says_half(auditor: Callable[..., Result]) -> None:
    said = auditor("checks", "half").stdout
    assert "\nHalf of it is said.\n\nWho wrote this did not know of headings.\n" in said
    assert "\nWhat to do\n  Nothing.\n\n  Nor anything else.\n" in said
    lacks = "documents nothing under: What it means, Why it matters, What it cannot see."
    assert lacks in " ".join(said.split())
    assert "\nData that it reads\n  None.\n" in said


@pytest.mark.parametrize(
    ("identity", "word"),
    [
        ("persistent-browser-allways", "Did you mean 'persistent-browser-always'?"),
        ("Prompt-Moot", "Did you mean 'prompt-moot'?"),
        ("zzz", "`auditor checks` lists them."),
        ("", "`auditor checks` lists them."),
    ],
)
def test_no_such_check(auditor: Callable[..., Result], identity: str, word: str) -> None:
    result = auditor("checks", identity)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"There is no check {identity!r}." in result.stderr
    assert word in result.stderr


def test_a_package_that_cannot_be_loaded_is_named(
    auditor: Callable[..., Result], another_package: None, tmp_path: Path
) -> None:
    (tmp_path / "some_checks-1.2.dist-info" / "entry_points.txt").write_text("[auditor.checks]\nx = gone_checks:ALL\n")
    result = auditor("checks")
    assert result.exit_code == 0
    assert "From auditor " in result.stdout
    assert "The checks of some-checks 1.2 (gone_checks:ALL) cannot be loaded" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "text",
    [
        "raise SystemExit(0)",
        "from auditor.api import Check\nimport sys\nALL = Check('a', 'A', needs=(), run=lambda tenant: sys.exit(0))",
        "from auditor.api import Check\nALL = Check('a', 'A', needs=(), run=lambda tenant: ['no finding'])",
    ],
)
def test_a_check_cannot_end_a_run(
    auditor: Callable[..., Result], another_package: None, exported: Path, tmp_path: Path, text: str
) -> None:
    alone = auditor("run", "--from", exported, "--format", "json", "-q")
    (tmp_path / "some_checks.py").write_text(text)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.delitem(sys.modules, "some_checks", raising=False)
    result = auditor("run", "--from", exported, "--format", "json", "-q")
    assert result.exit_code == alone.exit_code
    before, after = (json.loads(each.stdout)["tenants"][0]["checks"] for each in (alone, result))
    ours = [check.id for check in ALL]
    assert [each for each in after if each["id"] in ours] == [each for each in before if each["id"] in ours]
    (theirs,) = (each for each in after if each["id"] not in ours)
    assert theirs["status"] == "failed"
    assert "some-checks 1.2" in theirs["reason"]
    monkeypatch.undo()
    never = auditor("run", "--from", exported, "--format", "json", "-q", "--fail-on", "never")
    assert never.exit_code == 3
