"""Whom the log tells to ask about: noted while it is read, or read back, with the same answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import SpoolError
from auditor.sources.to_ask import NOBODY, ToAsk, row_of
from auditor.spool.spool import Header, Spool
from auditor.testing import END, START, sign_in, write_spans

ADA, BOB = "AAAAAAAA-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
APP = "bbbbbbbb-0000-4000-8000-000000000002"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    header = Header(tenant="t", started=END, window_start=START, window_end=END, datasets=("sign_ins",), source={})
    return Spool.create(tmp_path / "spool", header)


def raw(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode()


def noted(spool: Spool, *rows: dict[str, Any]) -> ToAsk:
    asking = ToAsk(spool)
    for row in rows:
        asking.note(row_of(raw(row)))
    return asking


@pytest.mark.parametrize("code", [50125, 50072, 50079, 50074, 50076, 50078, 50203])
def test_who_was_asked_to_register_or_to_prove_who_they_are(spool: Spool, code: int) -> None:
    asking = noted(spool, sign_in(code, userId=ADA), sign_in(code, userId=BOB), sign_in(code, userId=ADA.lower()))
    assert asking.about("registrations") == (ADA.lower(), BOB)
    assert asking.about("password_dates") == asking.about("applications") == ()


@pytest.mark.parametrize("code", [50133, 50173])
def test_whose_sessions_ended(spool: Spool, code: int) -> None:
    assert noted(spool, sign_in(code, userId=ADA)).about("password_dates") == (ADA.lower(),)


def test_what_had_to_be_confirmed(spool: Spool) -> None:
    asking = noted(spool, sign_in(50199, appId=APP), sign_in(0, appId="cccccccc-0000-4000-8000-000000000009"))
    assert asking.about("applications") == (APP,)
    assert asking.about("registrations") == ()


@pytest.mark.parametrize("hostile", [None, "", NOBODY, "All", "x') or 1 eq 1", "../me", 7, ["a"]])
def test_nothing_but_ids_gets_into_a_request(spool: Spool, hostile: Any) -> None:
    asking = noted(spool, sign_in(50125, userId=hostile), sign_in(50199, appId=hostile), sign_in(50133, userId=hostile))
    assert [asking.about(name) for name in ("applications", "registrations", "password_dates")] == [(), (), ()]


@pytest.mark.parametrize(
    "twisted", [None, [], "x", {"errorCode": "50125"}, {"errorCode": [1]}, {"errorCode": 1e99}, {}]
)
def test_a_twisted_status_costs_neither_the_id_nor_the_time(spool: Spool, twisted: Any) -> None:
    row = sign_in(0, status=twisted)
    found = row_of(raw(row))
    assert (found.id, found.createdDateTime) == (row["id"], row["createdDateTime"])
    assert noted(spool, row).about("registrations") == ()


def test_what_an_earlier_run_read_is_read_back_once(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    write_spans(
        spool, [sign_in(50125, userId=ADA), b'{"id": 7}', b"nonsense", sign_in(50199, appId=APP)], [(START, END)]
    )
    asking = ToAsk(spool)
    asking.note(row_of(raw(sign_in(50125, userId=BOB))))
    assert asking.about("registrations") == (ADA.lower(), BOB)
    monkeypatch.setattr(Spool, "sign_in_lines", None)
    assert asking.about("applications") == (APP,)


def test_what_this_run_read_is_not_read_back(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = ToAsk(spool)
    write_spans(spool, [sign_in(50125, userId=ADA)], [(START, END)])
    monkeypatch.setattr(Spool, "sign_in_lines", None)
    assert asking.about("registrations") == ()


def test_a_damaged_span_is_no_silence(spool: Spool) -> None:
    write_spans(spool, [sign_in(50125)], [(START, END)])
    spool.spans()[0].path.write_bytes(b"damaged")
    with pytest.raises(SpoolError, match="Delete it and collect again"):
        ToAsk(spool).about("registrations")
