"""Finding the rows of one attempt in logs of several files and shapes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from auditor.exports.parts import parts_of
from auditor.sign_ins.one_attempt import FoundRow, Wanted, find
from auditor.testing import AT, after, sign_in

A, B, C = (f"cccccccc-0000-4000-8000-00000000000{number}" for number in "abc")
NOBODY = "00000000-0000-0000-0000-000000000000"

Json = dict[str, Any]


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., dict[str, FoundRow]]:
    """`look(files, requests=[...])`: each file a list of rows, later ones collected later."""

    def run(files: Iterable[Iterable[Json | bytes]], **wanted: Iterable[str]) -> dict[str, FoundRow]:
        paths = []
        for number, rows in enumerate(files):
            path = tmp_path / f"{number}.ndjson"
            path.write_bytes(b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in rows))
            paths.append(path)
        named = {kind: frozenset(ids) for kind, ids in wanted.items()}
        return {each.row.id: each for each in find(parts_of(paths, 1), Wanted(**named))}

    return run


def others(count: int = 5) -> list[Json]:
    return [sign_in(0, correlationId=C, userId=f"user-{number}") for number in range(count)]


def test_all_that_share_a_correlation_id(look: Callable[..., dict[str, FoundRow]]) -> None:
    mine = [sign_in(50140, correlationId=A), sign_in(0, after(1), correlationId=A), sign_in(50058, userId=NOBODY)]
    mine[2]["correlationId"] = A
    found = look([[*others(), mine[1]], [mine[0], *others(), mine[2]]], correlations=[A])
    assert set(found) == {row["id"] for row in mine}
    assert found[mine[0]["id"]].row.code == 50140
    assert found[mine[0]["id"]].wide.clientAppUsed == "Browser"


def test_a_request_id_leads_to_its_attempt(look: Callable[..., dict[str, FoundRow]]) -> None:
    """Also to rows that came before its own."""
    first, second = sign_in(50140, correlationId=A), sign_in(0, after(1), correlationId=A)
    for kind in ("requests", "either"):
        found = look([[first, *others()], others(), [second]], **{kind: [second["id"]]})
        assert set(found) == {first["id"], second["id"]}


def test_an_id_in_another_field_is_not_asked_for(look: Callable[..., dict[str, FoundRow]]) -> None:
    rows = [sign_in(50140, correlationId=B, originalRequestId=A), sign_in(0, correlationId=B, sessionId=A, appId=A)]
    found = look([rows], requests=[A], correlations=[A], either=[A])
    assert found == {}
    assert look([[sign_in(0, correlationId=A)]], requests=[A]) == {}


def test_ids_in_capitals(look: Callable[..., dict[str, FoundRow]]) -> None:
    row = sign_in(50140, correlationId=A.upper())
    assert set(look([[row]], correlations=[A])) == {row["id"]}
    row = sign_in(50140, id=B.upper(), correlationId=A.upper())
    twin = sign_in(0, correlationId=A.upper())
    assert set(look([[row, twin]], requests=[B])) == {row["id"], twin["id"]}


def test_the_version_that_was_collected_last_counts(look: Callable[..., dict[str, FoundRow]]) -> None:
    before = sign_in(50140, correlationId=A)
    now = {**before, "status": {"errorCode": 0}}
    for kind, identity in (("correlations", A), ("requests", before["id"])):
        (found,) = look([[before], others(), [now]], **{kind: [identity]}).values()
        assert found.row.code == 0
        (found,) = look([[now, before]], **{kind: [identity]}).values()
        assert found.row.code == 50140


def test_a_row_without_a_correlation_id_is_alone(look: Callable[..., dict[str, FoundRow]]) -> None:
    row = sign_in(50140, correlationId=None)
    found = look([[row, sign_in(0, correlationId=None), sign_in(0, correlationId="")]], requests=[row["id"]])
    assert set(found) == {row["id"]}


def test_what_cannot_be_read_is_passed_over(look: Callable[..., dict[str, FoundRow]]) -> None:
    broken = f'{{"id": "x", "correlationId": "{A}"'.encode()
    assert len(look([[sign_in(50140, correlationId=A), broken, b"[]", f'"{A}"'.encode()]], correlations=[A])) == 1


def test_another_log_is_no_sign_in_of_a_person(look: Callable[..., dict[str, FoundRow]]) -> None:
    audit = {"category": "AuditLogs", "time": AT, "correlationId": A, "properties": {"id": B}}
    found = look([[audit, sign_in(0, correlationId=A)]], correlations=[A])
    assert len(found) == 1


def test_the_portals_download_compressed(tmp_path: Path) -> None:
    path = tmp_path / "SignIns.csv.gz"
    table = (
        "Date (UTC),Request ID,User ID,User,Username,Application,Application ID,Correlation ID,Sign-in error code,"
        "Status\n"
        f"2026-11-04T09:00:00Z,{B},{C},Ada,ada@contoso.com,Expenses,{C},{A},50140,Interrupted\n"
    )
    path.write_bytes(gzip.compress(table.encode("utf-8-sig")))
    found = find(parts_of([path], 1), Wanted(requests=frozenset({B})))
    assert [(each.row.code, each.row.correlation_id) for each in found] == [(50140, A)]


def test_progress_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    path.write_text(f"{json.dumps(sign_in(0, correlationId=C))}\n" * 25_000)
    told: list[int] = []
    find(parts_of([path], 1), Wanted(correlations=frozenset({A})), progress=told.append)
    assert told == [10_000, 20_000]
