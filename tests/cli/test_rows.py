"""What the commands say of a log whose rows lack a code, are versions of one another, or share an id."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Invoke = Callable[..., Result]
Json = dict[str, Any]

ROW: Json = {
    "id": "r1",
    "createdDateTime": "2026-11-02T08:00:00Z",
    "userId": "u1",
    "userPrincipalName": "ana@contoso.example",
    "correlationId": "c1",
    "isInteractive": True,
}
ATTEMPT = "cccccccc-0000-4000-8000-000000000001"
PORTAL = "Date (UTC),Request ID,Correlation ID,User ID,Username,Status\n"
TABLE: Json = {"TimeGenerated": "2026-11-02T08:03:00Z", "CreatedDateTime": "2026-11-02T08:00:00Z", "Id": "r1"}
ENVELOPE: Json = {"time": "2026-11-02T08:03:00Z", "category": "SignInLogs"}


def written(path: Path, *rows: Json) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def run_of(auditor: Invoke, path: Path) -> tuple[Json, Result]:
    result = auditor("run", "--from", path, "-q", "--format", "json")
    return json.loads(result.stdout)["tenants"][0], result


def headline(auditor: Invoke, path: Path) -> str:
    return " ".join(auditor("run", "--from", path, "-q").stdout.split())


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "errorCode": 50140},
        {**ROW, "ErrorCode": " 50140 "},
        {**ROW, "status": {"ErrorCode": 50140}},
        {**ROW, "status": {"errorCode": 50140.0}},
        {**ROW, "status": '{"errorCode": 50140}'},
        {**ROW, "status.errorCode": "50140.0"},
        {**ROW, "status/errorCode": 50140},
        {**ROW, "status_errorCode": "50140"},
        {**TABLE, "Type": "SigninLogs", "UserId": "u1", "CorrelationId": "c1", "ResultType": "50140.0"},
        {**TABLE, "Type": "SigninLogs", "UserId": "u1", "CorrelationId": "c1", "Status": {"ErrorCode": "50140"}},
        {**ENVELOPE, "properties": {**ROW, "errorCode": "50140"}},
        {**ENVELOPE, "properties": ROW, "resultType": 50140.0},
    ],
)
def test_a_code_is_read_where_it_plainly_stands(auditor: Invoke, tmp_path: Path, row: Json) -> None:
    tenant, _ = run_of(auditor, written(tmp_path / "log.ndjson", row))
    assert [(each["code"], each["count"]) for each in tenant["interrupts"]] == [(50140, 1)]
    assert tenant["rows_without_a_code"] is None


def test_columns_of_a_data_frame(auditor: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "frame.csv"
    path.write_text(
        ",userId,status.errorCode,id,createdDateTime,correlationId,deviceDetail.isCompliant\n"
        "0,u1,50140.0,r1,2026-11-02T08:00:00Z,c1,False\n"
        "1,u1,0.0,r2,2026-11-02T08:00:05Z,c1,False\n"
    )
    tenant, _ = run_of(auditor, path)
    assert [each["outcomes"]["completed"] for each in tenant["interrupts"]] == [1]


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        {**ROW, "status": None},
        {**ROW, "status": {"failureReason": "Other."}},
        {**ROW, "status": 7},
        {**TABLE, "Type": "SigninLogs", "UserId": "u1", "CorrelationId": "c1"},
        {**ENVELOPE, "properties": ROW},
    ],
)
def test_rows_without_any_code_answer_nothing(auditor: Invoke, tmp_path: Path, row: Json) -> None:
    path = written(tmp_path / "log.ndjson", row)
    tenant, result = run_of(auditor, path)
    assert result.exit_code == 3
    assert tenant["interrupts"] is None
    assert tenant["rows_without_a_code"] == "1 of 1 rows has no code: whether it is an interrupt is not known."
    assert {each["status"] for each in tenant["checks"] if each["id"] == "interrupts"} == {"not run"}
    said = headline(auditor, path)
    assert "Not known: 1 of 1 rows has no code" in said
    assert "No interrupt was seen" not in said
    listed = auditor("interrupts", "--from", path, "-q")
    assert listed.exit_code == 3
    assert "1 of 1 rows has no code" in listed.stderr


def test_some_rows_without_a_code(auditor: Invoke, tmp_path: Path) -> None:
    good = {**ROW, "id": "r0", "correlationId": "c0", "status": {"errorCode": 0}}
    path = written(tmp_path / "log.ndjson", good, ROW, {**ROW, "id": "r2", "status": "Interrupted"})
    tenant, result = run_of(auditor, path)
    assert result.exit_code == 3
    assert tenant["interrupts"] == []
    assert {each["state"] for each in tenant["datasets"] if each["name"] == "sign_ins"} == {"partial"}
    assert {each["status"] for each in tenant["checks"] if each["id"] == "interrupts"} == {"not run"}
    said = "2 of 3 rows have no code: whether they are interrupts is not known. The log calls 1 of them"
    assert f"Not known: {said}" in headline(auditor, path)
    for form in ("markdown", "html"):
        assert "2 of 3 rows have no code" in auditor("run", "--from", path, "-q", "--format", form).stdout


@pytest.mark.parametrize(
    ("words", "called"),
    [(["Interrupted"], '1 of them "interrupted"'), (["Interrupted", "Failure"], '1 of them "interrupted" and 1 of')],
)
def test_the_portals_words_are_evidence(auditor: Invoke, tmp_path: Path, words: list[str], called: str) -> None:
    path = tmp_path / "SignIns.csv"
    rows = (f"2026-11-02T08:00:0{n}Z,r{n},c1,u1,ana@contoso.example,{word}\n" for n, word in enumerate(words))
    path.write_text(PORTAL + "".join(rows))
    said = headline(auditor, path)
    assert f"{len(words)} of {len(words)} rows" in said
    assert f"The log calls {called}" in said
    path.write_text(f"{PORTAL}2026-11-02T08:00:00Z,r1,c1,u1,ana@contoso.example,Success\n")
    tenant, _ = run_of(auditor, path)
    assert tenant["rows_without_a_code"] is None


def test_the_later_collected_version_counts_in_every_command(auditor: Invoke, tmp_path: Path) -> None:
    attempt = {**ROW, "correlationId": ATTEMPT}

    def version(code: int, sent: str) -> Json:
        return {"time": sent, "category": "SignInLogs", "properties": {**attempt, "status": {"errorCode": code}}}

    rows = [version(0, "2026-11-02T09:30:00Z"), version(50140, "2026-11-02T08:03:00Z")]
    for each in (rows, rows[::-1]):
        path = written(tmp_path / "log.ndjson", *each)
        tenant, _ = run_of(auditor, path)
        assert tenant["interrupts"] == []
        assert tenant["rows_of_one_id"] == "2 rows were given, 1 of them is a repeat of another and counts no more."
        assert "50140" not in auditor("interrupts", "--from", path, "-q").stdout
        told = " ".join(auditor("explain", ATTEMPT, "--from", path).stdout.split())
        assert "It succeeded." in told
        assert "50140" not in told


def test_rows_of_masked_ids_are_all_kept_in_every_command(auditor: Invoke, tmp_path: Path) -> None:
    masked = {**ROW, "id": "[redacted]", "correlationId": ATTEMPT}
    path = written(
        tmp_path / "log.ndjson",
        {**masked, "status": {"errorCode": 50140}},
        {**masked, "createdDateTime": "2026-11-02T08:00:05Z", "status": {"errorCode": 0}},
        {**masked, "userId": "u2", "correlationId": "c2", "status": {"errorCode": 50074}},
    )
    tenant, _ = run_of(auditor, path)
    assert {each["code"]: each["outcomes"]["completed"] for each in tenant["interrupts"]} == {50140: 1, 50074: 0}
    assert "3 rows share an id" in headline(auditor, path)
    listed = auditor("interrupts", "--from", path, "-q")
    assert len(listed.stdout.splitlines()) == 3
    assert "3 rows share an id" in listed.stderr
    told = auditor("explain", ATTEMPT, "--from", path).stdout
    assert "50140" in told
    assert "It succeeded." in " ".join(told.split())
