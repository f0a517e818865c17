"""Pasted messages in the forms that Microsoft's services and libraries print, and hostile ones."""

from __future__ import annotations

import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.explain.message import LONGEST, MOST_CODES, MOST_IDS, Message, read_message
from auditor.tenant.instant import parse

TRACE = "0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0"
CORRELATION = "12345678-9abc-4def-8123-456789abcdef"
OTHER = "ffffffff-0000-4000-8000-000000000001"
AT = parse("2026-11-14T03:42:00Z")

DESCRIPTION = (
    "AADSTS50140: The sign-in was interrupted by the page that offers to keep the user signed in.\r\n"
    f"Trace ID: {TRACE}\r\nCorrelation ID: {CORRELATION}\r\nTimestamp: 2026-11-14 03:42:00Z"
)
ANSWER = json.dumps(
    {
        "error": "interaction_required",
        "error_description": DESCRIPTION,
        "error_codes": [50140],
        "timestamp": "2026-11-14 03:42:00Z",
        "trace_id": TRACE,
        "correlation_id": CORRELATION,
        "error_uri": "https://login.microsoftonline.com/error?code=50140",
    }
)
REDIRECT = (
    f"https://app.contoso.com/signin?error=interaction_required&error_description={quote_plus(DESCRIPTION)}"
    f"&error_uri={quote('https://login.microsoftonline.com/error?code=50140', safe='')}&state={OTHER}#"
)
PAGE = (
    "Sorry, but we're having trouble signing you in.\n\nError Code: 50140\n"
    f"Request Id: {TRACE}\nCorrelation Id: {CORRELATION}\nTimestamp: 2026-11-14T03:42:00Z\nApp id: {OTHER}\n"
)
WHOLE = Message((50140,), (TRACE,), (CORRELATION,), (), AT)


@pytest.mark.parametrize("text", ["50140", " 50140\n", "AADSTS50140", "aadsts50140:", "`AADSTS50140`", "(50140)"])
def test_a_code_alone(text: str) -> None:
    assert read_message(text) == Message(codes=(50140,))


@pytest.mark.parametrize("text", [TRACE, TRACE.upper(), f" {{{TRACE}}}\n", f'"{TRACE}"'])
def test_an_id_alone(text: str) -> None:
    assert read_message(text) == Message(unnamed_ids=(TRACE,))


@pytest.mark.parametrize(
    "text",
    [
        DESCRIPTION,
        " ".join(DESCRIPTION.split()),
        ANSWER,
        json.dumps(ANSWER),
        json.dumps(json.dumps(ANSWER)),
        REDIRECT,
        quote(REDIRECT, safe=""),
        PAGE,
        PAGE.replace("\n", "\r\n"),
        f"<p>AADSTS50140: x<br>Trace&nbsp;ID:&#160;<b>{TRACE}</b><br>Correlation&#32;ID: {CORRELATION}<br>"
        "Timestamp: 2026-11-14&#32;03:42:00Z</p>",
        f"x-ms-request-id: {TRACE}\nclient-request-id: {CORRELATION}\nerrorCode=50140 "
        "timestamp=2026-11-14 04:42:00+01:00",
        f"Request ID\t{TRACE}\nCorrelation ID\t{CORRELATION}\nSign-in error code\t50140\nTimestamp 2026-11-14 03:42:00",
    ],
    ids=range(12),
)
def test_a_whole_message(text: str) -> None:
    assert read_message(text) == WHOLE


def test_several_codes_in_their_order() -> None:
    assert read_message("AADSTS50058 and then AADSTS50140, AADSTS50058").codes == (50058, 50140)
    assert read_message('{"error_codes": [50079 , 50074]}').codes == (50079, 50074)
    assert len(read_message(" ".join(f"AADSTS{each}" for each in range(50000, 50100))).codes) == MOST_CODES


def test_a_number_is_a_code_only_where_the_catalogue_holds_it() -> None:
    assert read_message("why is 50140 all over my log").codes == (50140,)
    assert read_message("room 99999 at 10.50140.1.1, 50140:50140 and 12:50140").codes == ()
    assert read_message("AADSTS99999").codes == (99999,)


def test_a_row_of_the_log() -> None:
    row = {"correlationId": CORRELATION, "appId": OTHER, "status": {"errorCode": 50199}}
    assert read_message(json.dumps(row)) == Message(codes=(50199,), correlation_ids=(CORRELATION,))


def test_ids_in_a_message_whose_labels_are_not_english() -> None:
    text = f"Anforderungs-ID: {TRACE}\nKorrelations-ID: {CORRELATION}\nMeldung: AADSTS50105: Anwendung '{OTHER}'"
    assert read_message(text) == Message((50105,), (), (), (TRACE, CORRELATION))
    assert len(read_message("\n".join(f"{each:08x}{OTHER[8:]}" for each in range(50))).unnamed_ids) == MOST_IDS


def test_the_zero_id_is_none() -> None:
    zero = "00000000-0000-0000-0000-000000000000"
    assert read_message(zero) == read_message(f"Correlation ID: {zero}") == Message()
    assert not Message()


def test_a_secret_is_taken_for_no_id() -> None:
    """An id is shown and asked for: what a text calls a secret must not become one."""
    for name in ("client_secret", "code", "access_token", "id_token", "client_assertion", "password", "state", "nonce"):
        for text in (
            f"https://x/?{name}={OTHER}",
            f'{{"{name}": "{OTHER}"}}',
            f"the {name}: {OTHER}",
            f"{name} {OTHER}",
        ):
            assert read_message(text) == Message(), text
            assert read_message(f"AADSTS50140 {text}").ids == ()


def test_a_time_that_is_none() -> None:
    assert read_message("AADSTS50140 Timestamp: 2026-13-45 03:42:00Z").at is None
    assert read_message("AADSTS50140 Timestamp: 2026-11-14 03:42:00.1234567Z").at == AT + 1_234_567


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "\\",
            "<",
            "<a",
            "&#",
            "%25",
            "%80",
            "-",
            "0",
            "\t",
            "\ud800",
            "\u202e",
            "\0",
            "1,",
            "error code:1,",
            "aadsts ",
        ),
        *("0f1e2d3c-4b5a-", TRACE[:-1], f"{TRACE} ", "trace id ", "client_request", "timestamp: 2026-11-14 ", "key "),
        "error code:1,",
    ],
)
def test_a_hostile_text_takes_no_longer(piece: str) -> None:
    text = piece * (2 * LONGEST // len(piece))
    began = time.process_time()
    read_message("x" + text)
    assert time.process_time() - began < 2


@given(st.text(), st.text())
def test_no_text_is_too_much(before: str, after: str) -> None:
    read_message(before + after)
    found = read_message(f"{before}\nAADSTS50140: \nTrace ID: {TRACE}\n{after}")
    assert 50140 in found.codes
    assert TRACE in found.request_ids
