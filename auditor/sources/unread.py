"""What a file that is not read may hold: for then a dataset that it may belong to is not wholly read, whatever lies
beside it.

It is told by words that stand in the file, in any spelling, at any depth, and where none does, by nothing: then it may
hold anything that a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from auditor.sign_ins.catalogue import interrupt_codes
from auditor.tenant.dataset import DATASETS

ANYTHING = frozenset(DATASETS)
LOG = "sign_ins"
POLICIES = "policies"

_DATA = {"", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".zst", ".gz", ".zip", ".log"}
_DEEPEST = 8
_MOST = 5_000  # values of one row

# "correlationId", "Correlation ID", "Korrelations-ID", "correlation_id_g"
_CORRELATION = re.compile(r"[ck]orr[eé]la.*id|request.?id", re.IGNORECASE)
_TIME = re.compile(r"time|date|datum|fecha|data\b", re.IGNORECASE)
_CODE = re.compile(r"error.?code|result.?type|fehlercode|sign.?in.?error", re.IGNORECASE)
_CONTROLS = re.compile(r"(grant|session).?controls|persistent.?browser", re.IGNORECASE)
_CONDITIONS = re.compile(r"\Aconditions\Z", re.IGNORECASE)

_TEXT_OF_LOG = re.compile(
    rb"correlation.?id|createddatetime|resulttype|error.?code|korrelation|signinactivity", re.IGNORECASE
)
_TEXT_OF_POLICIES = re.compile(
    rb"grant.?controls|session.?controls|persistent.?browser|client.?app.?types|conditionalaccess", re.IGNORECASE
)


def row_may_hold(row: Mapping[str, Any]) -> frozenset[str]:
    """What a row may be that this program does not know: a sign-in, a policy, or (mostly) nothing that it asks for."""
    found = set()
    for names, values in _objects(row):
        text = "\n".join(names)
        timed = _TIME.search(text) is not None
        if timed and (_CORRELATION.search(text) or _CODE.search(text) or not interrupt_codes().isdisjoint(values)):
            found.add(LOG)
        if _CONTROLS.search(text) or any(map(_CONDITIONS.search, names)):
            found.add(POLICIES)
    return frozenset(found)


def _objects(row: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], set[int]]]:
    """The names of each object in a row, with those of the objects directly in it, and the numbers among its values."""
    left = _MOST
    waiting: list[tuple[Any, int]] = [(row, _DEEPEST)]
    while waiting and left > 0:
        value, deep = waiting.pop()
        left -= 1
        if isinstance(value, Mapping):
            names = tuple(str(name) for name in value)
            inner = tuple(str(name) for each in value.values() if isinstance(each, Mapping) for name in each)
            yield names + inner, set(filter(None, map(_number, value.values())))
        if deep and isinstance(value, (Mapping, list)):
            values = value.values() if isinstance(value, Mapping) else value
            waiting += [(each, deep - 1) for each in values if isinstance(each, (Mapping, list))]


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value).strip()
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else None


def text_may_hold(name: str, beginning: bytes, *, whole: bool) -> frozenset[str]:
    """What a file may hold of which no row was understood, by the beginning of its text. `whole`: it could be read, and
    holds nothing that is known."""
    text = beginning.replace(b"\0", b"")
    found = {LOG} if _TEXT_OF_LOG.search(text) else set()
    found |= {POLICIES} if _TEXT_OF_POLICIES.search(text) else set()
    if found or whole:
        return frozenset(found)
    looks = text.lstrip()[:1] in (b"{", b"[") or PurePath(name).suffix.lower() in _DATA
    return ANYTHING if looks else frozenset()
