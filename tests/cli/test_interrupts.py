import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from auditor.local_tenant.simulation import Simulation

Invoke = Callable[..., Result]


@pytest.fixture
def evidence(auditor: Invoke, config_file: Path) -> str:
    assert auditor("collect", "-o", "evidence", "-q").exit_code == 0
    return "evidence"


def test_every_interrupt_in_order_of_time(auditor: Invoke, evidence: str, simulation: Simulation) -> None:
    result = auditor("interrupts", "--from", evidence, "--format", "ndjson")
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["createdDateTime"] for each in listed] == sorted(each["createdDateTime"] for each in listed)
    truth = {line["id"]: line for line in simulation.truth() if line["kind"] == "interrupt"}
    assert {each["id"]: each["outcome"] for each in listed} == {id: line["outcome"] for id, line in truth.items()}
    surely = [each for each in listed if each["causeConfidence"] != "general"]
    assert len(surely) > len(listed) / 2
    assert [each["id"] for each in surely if each["cause"] != truth[each["id"]]["cause"]] == []


def test_one_code(auditor: Invoke, evidence: str) -> None:
    result = auditor("interrupts", "--from", evidence, "--code", 50140, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows
    assert {row["code"] for row in rows} == {"50140"}


def test_a_table_of_80_columns(auditor: Invoke, evidence: str) -> None:
    lines = auditor("interrupts", "--from", evidence).stdout.splitlines()
    assert lines[0].startswith("Time (UTC)")
    assert max(map(len, lines)) <= 80


def test_live(auditor: Invoke, config_file: Path, simulation: Simulation) -> None:
    result = auditor("interrupts", "--format", "ndjson", "-q")
    assert result.exit_code == 0
    truth = sum(line["kind"] == "interrupt" for line in simulation.truth())
    assert len(result.stdout.splitlines()) == truth


def test_a_log_that_could_not_be_read_is_3(auditor: Invoke, evidence: str, tmp_path: Path) -> None:
    for path in (tmp_path / evidence / "sign_ins").iterdir():
        path.unlink()
    (tmp_path / evidence / "datasets" / "sign_ins.json").write_text(
        '{"name": "sign_ins", "state": "missing", "reason": "Graph answered 403.", "read": "x"}'
    )
    result = auditor("interrupts", "--from", evidence)
    assert result.exit_code == 3
    assert "Graph answered 403." in result.stderr


def test_exported_files(auditor: Invoke, exported: Path, tenant_in_files: Simulation, tmp_path: Path) -> None:
    truth = {line["id"]: line["outcome"] for line in tenant_in_files.truth() if line["kind"] == "interrupt"}
    for path in (exported, exported / "SignInLogs.json"):
        result = auditor("interrupts", "--from", path, "--format", "ndjson")
        assert result.exit_code == 0, result.stderr
        listed = [json.loads(line) for line in result.stdout.splitlines()]
        assert {each["id"]: each["outcome"] for each in listed} == truth
    nothing = auditor("interrupts", "--from", exported / "notes.txt")
    assert nothing.exit_code == 1
    assert "is an export of sign-ins or of settings" in nothing.stderr
    no_log = auditor("interrupts", "--from", exported / "Identity")
    assert no_log.exit_code == 3
    assert "It is not among the files." in no_log.stderr
