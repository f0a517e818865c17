"""Runs are kept, compared, and findings accepted, as a person with a config sees it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from auditor.local_tenant.service import running
from auditor.local_tenant.simulation import Simulation
from auditor.testing import policy

Invoke = Callable[..., Result]

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)  # where the simulated log ends


@pytest.fixture
def tenant(config_for: Callable[..., Path]) -> Callable[..., Any]:
    """`with tenant(simulation, accept=...)`: the config in the folder points at it as long as the block."""

    @contextmanager
    def make(simulation: Simulation, accept: str = "") -> Iterator[None]:
        with running(simulation, throttle=False) as local:
            config_for(local, days=2, more=accept)
            yield

    return make


def simulated(*policies: dict[str, Any], setting: str) -> Simulation:
    return Simulation(seed=1, users=40, days=2, end=NOW, setting=setting, policies=policies)


def test_a_policy_changed_a_setting_changed_and_a_finding_accepted(
    auditor: Invoke, tenant: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept, changed = policy("Kiosks", mode="always"), policy("Visitors", mode="always")
    with tenant(simulated(kept, changed, setting="shown")):
        first = auditor("run", "--format", "json", "-q")
    accept = """
                [[accept]]
                check = "persistent-browser-always"
                subject = "Kiosks"
                reason = "They stand in locked rooms."
                owner = "Ann"
                until = "2026-12-31"
                [[accept]]
                check = "persistent-browser-always"
                subject = "Gone"
                reason = "It was removed."
    """
    monkeypatch.setattr("auditor.cli.clock.now", lambda: NOW.replace(minute=1))
    now_never = changed | {"sessionControls": {"persistentBrowser": {"isEnabled": True, "mode": "never"}}}
    with tenant(simulated(kept, now_never, setting="hidden"), accept):
        second = auditor("run", "--format", "json", "-q")
        told = auditor("diff", "--format", "json")
        text = auditor("diff").stdout
    assert json.loads(first.stdout)["tenants"][0]["since_last_run"] is None
    (now,) = json.loads(second.stdout)["tenants"]
    since = now["since_last_run"]
    (compared,) = json.loads(told.stdout)["tenants"]
    assert {name: compared[name] for name in since} == since
    found = [(each["fate"], each["check"], each["subject"]["name"]) for each in since["findings"]]
    assert sorted(each for each in found if each[0] != "still there") == [
        ("accepted", "persistent-browser-always", "Kiosks"),
        ("fixed", "persistent-browser-always", "Visitors"),
        ("fixed", "persistent-browser-gaps", "Persistent browser session"),
        ("fixed", "prompt-moot", "Show option to remain signed in"),
        ("fixed", "stay-signed-in-shown", "Show option to remain signed in"),
        ("new", "persistent-browser-conflict", "Kiosks"),
        ("new", "persistent-browser-conflict", "Kiosks"),
    ]
    assert {each[1] for each in found if each[0] == "still there"} == {"admin-session-lifetime", "session-lifetime"}
    assert (since["setting"]["before"], since["setting"]["after"]) == ("shown", "hidden")
    (visitors,) = since["policies"]
    assert visitors["name"] == "Visitors"
    assert visitors["before"].startswith("always persistent, enabled")
    assert visitors["after"].startswith("never persistent, enabled")
    assert (since["unable"], since["able"]) == ([], [])
    assert not any(each["beyond_noise"] for each in since["interrupts_a_day"])
    assert [(each["subject"], each["state"]) for each in now["acceptances"]] == [
        ("Kiosks", "accepted"),
        ("Gone", "matches nothing"),
    ]
    assert "Accepted: Kiosks (persistent-browser-always)." in text
    assert max(map(len, text.splitlines())) <= 80


def test_files_can_be_named(auditor: Invoke, config_file: Path, tmp_path: Path) -> None:
    for name in ("old.json", "new.json"):
        (tmp_path / name).write_text(auditor("run", "--format", "json", "-q").stdout)
    result = auditor("diff", "old.json", "new.json", "--format", "json")
    assert result.exit_code == 0
    (compared,) = json.loads(result.stdout)["tenants"]
    assert {each["fate"] for each in compared["findings"]} == {"still there"}
    against_the_last_kept = auditor("diff", "old.json")
    assert "still there" in against_the_last_kept.stdout


def test_without_two_runs_there_is_nothing_to_compare(auditor: Invoke, config_file: Path) -> None:
    assert auditor("diff").exit_code == 2
    auditor("run", "-q")
    result = auditor("diff")
    assert result.exit_code == 2
    assert "no two runs" in result.stderr


def test_a_damaged_history_costs_the_run_nothing(auditor: Invoke, config_file: Path, tmp_path: Path) -> None:
    auditor("run", "-q")
    (kept,) = (tmp_path / "history").glob("*/*.json")
    kept.write_text("{")
    result = auditor("run", "--format", "json", "-q")
    assert result.exit_code == 13
    assert kept.name in result.stderr
    assert json.loads(result.stdout)["tenants"][0]["since_last_run"] is None
    assert len(list((tmp_path / "history").glob("*/*.json"))) == 2


def test_a_history_that_cannot_be_written_is_told(auditor: Invoke, config_file: Path, tmp_path: Path) -> None:
    (tmp_path / "history").write_text("")
    result = auditor("run", "--format", "json", "-q")
    assert result.exit_code == 13
    assert "could not be kept" in result.stderr


def test_nothing_is_kept_where_the_config_says_so(auditor: Invoke, config_file: Path, tmp_path: Path) -> None:
    config_file.write_text(config_file.read_text().replace("[history]", "[history]\n        keep = 0"))
    auditor("run", "-q")
    assert not (tmp_path / "history").exists()
