"""The list of interrupts, one line each, streamed: a million cost no more memory than ten."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from auditor.reports.plain import plain
from auditor.reports.spreadsheet import cell
from auditor.tenant.sign_in_log import Interrupt, Outcome

_ID = 38

COLUMNS = ("id", "createdDateTime", "code", "user", "userId", "app", "appId", "correlationId", "outcome", "confidence")


def record(interrupt: Interrupt) -> dict[str, Any]:
    """Graph's own names where Graph has the field. `confidence` only for completed ones, `secondsToComplete` too."""
    confidence = ("stated" if interrupt.stated else "inferred") if interrupt.outcome is Outcome.COMPLETED else None
    values = (
        interrupt.id,
        interrupt.created,
        interrupt.code,
        interrupt.user,
        interrupt.user_id,
        interrupt.app,
        interrupt.app_id,
        interrupt.correlation_id,
        interrupt.outcome.value,
        confidence,
    )
    return {**dict(zip(COLUMNS, values, strict=True)), "secondsToComplete": interrupt.seconds}


def ndjson(interrupts: Iterable[Interrupt]) -> Iterator[str]:
    """One JSON object a line, ASCII only."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    for interrupt in interrupts:
        yield encode(record(interrupt)) + "\n"


def as_csv(interrupts: Iterable[Interrupt]) -> Iterator[str]:
    """RFC 4180 with a heading. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow((*COLUMNS, "secondsToComplete"))
    yield line.getvalue()
    for interrupt in interrupts:
        line.seek(0)
        line.truncate()
        writer.writerow([cell(value) for value in record(interrupt).values()])
        yield line.getvalue()


def table(interrupts: Iterable[Interrupt], width: int) -> Iterator[str]:
    """Columns of fixed width, as nobody can know the widest of a million before printing the first. At 80 columns the
    row's id is left out: the other formats have it."""
    with_id = width >= 120
    free = max(20, width - 20 - 7 - 10 - 9 - (_ID if with_id else 0))
    user, app = free * 3 // 5, free - free * 3 // 5
    heading = f"{'Time (UTC)':<19} {'Code':>6} {'Outcome':<9} {'Seconds':>7}  {'User':<{user - 1}} {'App':<{app - 1}}"
    yield f"{heading} Id\n" if with_id else f"{heading.rstrip()}\n"
    for each in interrupts:
        seconds = "" if each.seconds is None else f"{each.seconds:.0f}"
        row = (
            f"{_fit(each.created[:19].replace('T', ' '), 19)} {each.code:>6} {each.outcome.value:<9} {seconds:>7}  "
            f"{_fit(each.user or each.user_id, user - 1)} {_fit(each.app or each.app_id, app - 1)}"
        )
        yield (f"{row} {_fit(each.id, _ID)}" if with_id else row).rstrip() + "\n"


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
