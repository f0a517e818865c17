"""Files in which a log and settings stand mixed: each row goes where it belongs, whatever the order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from auditor import audit
from auditor.reports.sentences import window
from auditor.sources.exported import Exports
from auditor.tenant.dataset import Collected, Missing, Partial, Reading
from auditor.tenant_at import about, open_tenant, source_at

POLICY: dict[str, Any] = {
    "id": "a0000000-0000-4000-9000-000000000001",
    "displayName": "Always",
    "state": "enabled",
    "conditions": {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]},
    },
    "grantControls": None,
    "sessionControls": {"persistentBrowser": {"mode": "always", "isEnabled": True}},
}
CHANGE = {
    "id": "Directory_1",
    "category": "UserManagement",
    "correlationId": "d1",
    "result": "success",
    "activityDisplayName": "Update user",
    "activityDateTime": "2026-11-02T07:00:00Z",
    "loggedByService": "Core Directory",
    "operationType": "Update",
    "initiatedBy": {"user": {"id": "u9"}},
    "targetResources": [],
    "additionalDetails": [],
}


def sign_in(number: int, code: int = 0) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "createdDateTime": f"2026-11-02T08:00:{number % 60:02}Z",
        "userId": "u1",
        "correlationId": f"c{number}",
        "status": {"errorCode": code},
    }


def lines(rows: Iterable[Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def power_shell(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: power_shell(each) for name, each in value.items()}
    return [power_shell(each) for each in value] if isinstance(value, list) else value


class Read:
    """What was read of the files in a folder, while their log is open."""

    def __init__(self, folder: Path) -> None:
        source = source_at(folder)
        with open_tenant(source, lambda progress: None) as tenant:
            self.readings: dict[str, Reading[Any]] = dict(tenant.readings)
            self.source = about(source, tenant)
            log = self.readings["sign_ins"]
            self.rows = None if isinstance(log, Missing) else log.value.totals.rows
            self.codes = [] if isinstance(log, Missing) else [each.code for each in log.value.interrupts()]


SIGN_INS = [sign_in(1, 50140), sign_in(2)]
CHANGES = [{**CHANGE, "id": f"Directory_{number}"} for number in range(300)]


@pytest.mark.parametrize(
    "rows",
    [
        [CHANGE, *SIGN_INS],
        [*SIGN_INS, CHANGE],
        [SIGN_INS[0], CHANGE, SIGN_INS[1]],
        [*CHANGES, *SIGN_INS],
        [*SIGN_INS, *CHANGES],
        [*map(sign_in, range(3, 400)), CHANGE, *SIGN_INS],
    ],
    ids=["first", "last", "between", "hundreds first", "hundreds last", "behind hundreds"],
)
@pytest.mark.parametrize("written", [lines, json.dumps], ids=["lines", "list"])
def test_changes_among_sign_ins(rows: Sequence[Any], written: Any, tmp_path: Path) -> None:
    (tmp_path / "stream.json").write_text(written(rows))
    read = Read(tmp_path)
    assert isinstance(read.readings["sign_ins"], Collected)
    assert (read.rows, read.codes) == (sum("status" in row for row in rows), [50140])
    changes = read.readings["user_events"]
    assert isinstance(changes, Partial)  # nothing shows that they are whole
    assert "could not be read" not in changes.reason
    assert "nothing that this program knows" not in changes.reason


@pytest.mark.parametrize("where", [0, 1, 2])
@pytest.mark.parametrize("filler", [0, 100])
@pytest.mark.parametrize(
    "policy",
    [POLICY, power_shell(POLICY), {"PolicyConfig": POLICY}, {"conditional_access_policies": [POLICY]}],
    ids=["Graph", "PowerShell", "wrapped", "document"],
)
def test_a_policy_among_sign_ins(policy: Any, filler: int, where: int, tmp_path: Path) -> None:
    rows = [*SIGN_INS[:1], *map(sign_in, range(3, 3 + filler)), *SIGN_INS[1:]]
    rows.insert((0, len(rows) // 2, len(rows))[where], policy)
    (tmp_path / "stream.ndjson").write_text(lines(rows))
    read = Read(tmp_path)
    assert isinstance(read.readings["sign_ins"], Collected)
    assert (read.rows, read.codes) == (filler + 2, [50140])
    policies = read.readings["policies"]
    assert isinstance(policies, Collected)
    assert [each.id for each in policies.value] == [POLICY["id"]]


@pytest.mark.parametrize("count", [1, 25, 3_000])
def test_rows_of_an_unknown_kind_hide_no_log(count: int, tmp_path: Path) -> None:
    (tmp_path / "stream.ndjson").write_text(lines([*[{"heartbeat": each} for each in range(count)], *SIGN_INS]))
    read = Read(tmp_path)
    log = read.readings["sign_ins"]
    assert isinstance(log, Partial)
    assert read.codes == [50140]
    assert log.reason.startswith(f"{count:,} of {count + 2:,} rows could not be read. stream.ndjson, line 1: ")


def test_other_logs_alone_are_no_sign_in_log(tmp_path: Path) -> None:
    """No row of a person's sign-in is no row to be clear about."""
    rows = [{"time": "2026-11-02T08:00:00Z", "category": "AuditLogs", "properties": {"id": str(n)}} for n in range(3)]
    (tmp_path / "insights-logs.json").write_text(lines(rows))
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    log = Read(tmp_path).readings["sign_ins"]
    assert log == Missing(
        "The files hold no sign-in of a person, but 3 rows of AuditLogs.",
        "Put sign-in logs, as JSON or CSV, beside the others.",
    )


def test_a_mixed_file_in_a_report(tmp_path: Path) -> None:
    (tmp_path / "stream.ndjson").write_text(lines([POLICY, *SIGN_INS]))
    run = audit.audit(source_at(tmp_path), (), lambda progress: None)
    assert [each.code for each in run.interrupts.interrupts] == [50140]
    assert [each.id for each in run.policies.policies] == [POLICY["id"]]


def test_a_log_of_nothing_else_is_looked_at_once(tmp_path: Path) -> None:
    """Its first rows tell; the others are decoded by whoever counts them, and by nobody else."""
    (tmp_path / "log.ndjson").write_text(lines(map(sign_in, range(500))))
    source = source_at(tmp_path)
    assert isinstance(source, Exports)
    assert not source.to_the_end
    read = Read(tmp_path)
    assert isinstance(read.readings["sign_ins"], Collected)
    assert read.rows == 500


def test_a_broken_policy_behind_hundreds_of_sign_ins(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(json.dumps({**POLICY, "id": "a0000000-0000-4000-9000-000000000002"}))
    text = lines(map(sign_in, range(500)))
    (tmp_path / "stream.ndjson").write_text(text + json.dumps(POLICY)[:-9] + "\n")
    read = Read(tmp_path)
    policies, log = read.readings["policies"], read.readings["sign_ins"]
    assert isinstance(policies, Partial)
    assert "stream.ndjson" in policies.reason
    assert isinstance(log, Partial)
    (tmp_path / "stream.ndjson").write_text(text + json.dumps(sign_in(500))[:-9] + "\n")
    assert isinstance(Read(tmp_path).readings["policies"], Collected)


def test_of_files_it_is_not_said_that_the_log_is_whole(tmp_path: Path) -> None:
    (tmp_path / "1.ndjson").write_text(lines(SIGN_INS))
    run = audit.audit(source_at(tmp_path), (), lambda progress: None)
    assert "the whole file; whether it is the whole log the file does not say" in window(run)
    (tmp_path / "2.ndjson").write_text(lines(map(sign_in, range(5, 9))))
    run = audit.audit(source_at(tmp_path), (), lambda progress: None)
    assert "the whole of 2 files; whether they are the whole log the files do not say" in window(run)
