"""The list of interrupts with their causes, one line each, streamed: a million cost no more memory than ten."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from auditor.explain.explanation import Explanation
from auditor.reports.plain import plain
from auditor.reports.spreadsheet import cell
from auditor.tenant.sign_in_log import Interrupt, Outcome

_ID = 36
_CAUSE = 24
_WIDE = 130
_KEPT = 10_000

_encode = msgspec.json.Encoder().encode

Explained = Iterable[tuple[Interrupt, Explanation]]

COLUMNS = (
    "id",
    "createdDateTime",
    "code",
    "user",
    "userId",
    "app",
    "appId",
    "correlationId",
    "outcome",
    "outcomeConfidence",
    "secondsToComplete",
)
CAUSE_COLUMNS = ("cause", "causeConfidence", "evidence", "missing")


def record(interrupt: Interrupt) -> dict[str, Any]:
    """By `COLUMNS`: Graph's own names where Graph has the field. `outcomeConfidence` and `secondsToComplete` only for
    completed ones."""
    confidence = ("stated" if interrupt.stated else "inferred") if interrupt.outcome is Outcome.COMPLETED else None
    return {
        "id": interrupt.id,
        "createdDateTime": interrupt.created,
        "code": interrupt.code,
        "user": interrupt.user,
        "userId": interrupt.user_id,
        "app": interrupt.app,
        "appId": interrupt.app_id,
        "correlationId": interrupt.correlation_id,
        "outcome": interrupt.outcome.value,
        "outcomeConfidence": confidence,
        "secondsToComplete": interrupt.seconds,
    }


def cause_record(explanation: Explanation) -> dict[str, Any]:
    """By `CAUSE_COLUMNS`. `evidence`, `missing`: sentences."""
    return {
        "cause": explanation.cause,
        "causeConfidence": explanation.confidence.value,
        "evidence": [each.statement for each in explanation.evidence],
        "missing": list(explanation.missing),
    }


def ndjson(explained: Explained) -> Iterator[str]:
    """One JSON object a line, ASCII only."""
    # Most interrupts are alike and share one explanation, which is written out once.
    written: dict[int, tuple[Explanation, str]] = {}
    for interrupt, explanation in explained:
        known = written.get(id(explanation))
        if known is None:
            if len(written) >= _KEPT:
                written.clear()
            known = written[id(explanation)] = explanation, _ascii(cause_record(explanation))[1:]
        yield f"{_ascii(record(interrupt))[:-1]},{known[1]}\n"


def _ascii(fields: dict[str, Any]) -> str:
    text = _encode(fields)
    # The standard library's encoder takes five times as long, and escapes what is not ASCII.
    return text.decode("ascii") if text.isascii() else json.dumps(fields, separators=(",", ":"))


def as_csv(explained: Explained) -> Iterator[str]:
    """RFC 4180 with a heading. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow((*COLUMNS, *CAUSE_COLUMNS))
    yield line.getvalue()
    for interrupt, explanation in explained:
        line.seek(0)
        line.truncate()
        found = {**record(interrupt), **cause_record(explanation)}
        writer.writerow([cell(" ".join(each) if isinstance(each, list) else each) for each in found.values()])
        yield line.getvalue()


def table(explained: Explained, width: int) -> Iterator[str]:
    """Columns of fixed width, as nobody can know the widest of a million before printing the first. At 80 columns the
    app, the seconds and the row's id are left out: the other formats have them."""
    wide = width >= _WIDE
    free = max(16, width - 20 - 7 - 10 - _CAUSE - 1 - (8 + _ID + 1 if wide else 0))
    user = free * 3 // 5 if wide else free
    heading = f"{'Time (UTC)':<19} {'Code':>6} {'Outcome':<9} {'Cause':<{_CAUSE}} {'User':<{user - 1}}"
    yield f"{heading} {'App':<{free - user - 1}} {'Seconds':>7} Id\n" if wide else f"{heading.rstrip()}\n"
    for each, explanation in explained:
        row = (
            f"{_fit(each.created[:19].replace('T', ' '), 19)} {each.code:>6} {each.outcome.value:<9} "
            f"{_fit(explanation.cause, _CAUSE)} {_fit(each.user or each.user_id, user - 1)}"
        )
        if wide:
            seconds = "" if each.seconds is None else f"{each.seconds:.0f}"
            row += f" {_fit(each.app or each.app_id, free - user - 1)} {seconds:>7} {_fit(each.id, _ID)}"
        yield row.rstrip() + "\n"


def _fit(text: str, width: int) -> str:
    """As much of it as `width` columns show, and spaces for the rest."""
    shown, free = "", width
    for character in plain(text, max(width, 4)):
        free -= _columns(character)
        if free < 0:
            break
        shown += character
    return shown + " " * (width - sum(map(_columns, shown)))


def _columns(character: str) -> int:
    """How many columns of a terminal it takes: two for the wide letters of East Asia, none for a mark that stands on
    the letter before it."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
