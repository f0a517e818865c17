"""What a file, or a row of one, that is not read may hold: for then a dataset that it may belong to is not wholly read,
whatever lies beside it.

It is told by words that stand in it, in any spelling, at any depth, also within texts. Where none does, a file that
cannot be read may hold anything that a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from auditor.tenant.dataset import DATASETS

ANYTHING = frozenset(DATASETS)
LOG = "sign_ins"
POLICIES = "policies"

_DATA = {"", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".zst", ".gz", ".zip", ".tar", ".tgz", ".log"}
_CODES = range(50_000, 51_000)  # of which most codes of sign-ins are
_DEEPEST = 16
_MOST = 5_000  # values of one row

_DAY = rb'"(?:\d{4}-\d\d-\d\d[T ]\d\d:|\d\d?[./]\d\d?[./]\d{4}|\\?/Date\()'


def _named(words: bytes) -> bytes:
    """A name with one of the words in it: of a property, or where the names of columns stand apart from their values.
    Quotes within texts are escaped."""
    word = rb"(?:" + words + rb")[^\"\\,:\n]{0,24}"
    before = rb"[^\"\\,:\n]{0,24}"
    listed = rb'[\[,]\s*"' + before + word + rb'"\s*[,\]]'
    column = rb'name\\*"\s*:\s*\\*"' + before + word + rb'\\*"'
    return rb'(?:%b\\*"\s*:|%b|%b)' % (word, column, listed)


_TIME = re.compile(_named(rb"time|date|datum|fecha|data|\(UTC\)") + rb"|" + _DAY, re.IGNORECASE)
# "correlationId", "Correlation ID", "Korrelations-ID", "correlation_id_g", and what is of French and Spanish; a column
# of times in UTC is what every log of the portal has, in whatever language.
_OF_SIGN_INS = re.compile(
    _named(rb"[ck]orr(?:e|\xc3\xa9)la|request.?id|error.?code|result.?type|fehlercode|sign.?in.?error|\(UTC\)"),
    re.IGNORECASE,
)
_OF_POLICIES = re.compile(
    rb'"(?:(?:grant|session)[ _]?controls|persistent[ _]?browser|conditions)\\*"'
    rb"|PowerShell\.Models\.\w*ConditionalAccess",
    re.IGNORECASE,
)

_NAMED_LIKE_SIGN_INS = re.compile(r"sign.?ins?(?![a-z])|anmeld", re.IGNORECASE)

# What stands in the text of no other dataset.
_WORDS = {
    LOG: rb"[ck]orr(?:e|\xc3\xa9)la|result.?type|error.?code|auditlogs/signins",
    POLICIES: rb"(?<![a-z])(?:grant|session).?controls|persistent.?browser|client.?app.?types|\"conditions\""
    rb"|conditionalaccess/policies",
    "named_locations": rb"ip.?ranges|countries.?and.?regions|(?:ip|country).?named.?location"
    rb"|conditionalaccess/namedlocations",
    "organization": rb"verified.?domains",
    "policy_changes": rb"activity.?display.?name",
    "user_events": rb"activity.?display.?name",
    "activity_timeouts": rb"ActivityBasedTimeoutPolicy",
    "token_lifetimes": rb"TokenLifetimePolicy",
    "registrations": rb"is.?sspr.?registered",
    "password_dates": rb"last.?password.?change",
    "role_assignments": rb"role.?definition.?id",
    "applications": rb"service.?principal.?type",
    "service_principals": rb"service.?principal.?type",
}
_TELLING = {name: re.compile(words, re.IGNORECASE) for name, words in _WORDS.items()}
_LONGEST_WORD = 64


def row_may_hold(row: Mapping[str, Any], text: bytes) -> frozenset[str]:
    """What a row may be that this program does not know, by its JSON text: a sign-in, a policy, or (mostly) nothing
    that it asks for."""
    found = set()
    if _TIME.search(text) and (_OF_SIGN_INS.search(text) or any(map(_has_code, _objects(row)))):
        found.add(LOG)
    if _OF_POLICIES.search(text):
        found.add(POLICIES)
    return frozenset(found)


def _objects(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    left = _MOST
    waiting: list[tuple[Any, int]] = [(row, _DEEPEST)]
    while waiting and left > 0:
        value, deep = waiting.pop()
        left -= 1
        if isinstance(value, Mapping):
            yield value
        if deep and isinstance(value, (Mapping, list)):
            values = value.values() if isinstance(value, Mapping) else value
            waiting += [(each, deep - 1) for each in values if isinstance(each, (Mapping, list))]


def _has_code(json: Mapping[str, Any]) -> bool:
    return any(number in _CODES for number in map(_number, json.values()))


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value).strip() if isinstance(value, int) or len(value) < 20 else ""
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else None


def told_by(texts: Iterable[bytes]) -> frozenset[str]:
    """The datasets of which words stand in a text, given piece by piece."""
    found: set[str] = set()
    before = b""
    for piece in texts:
        text = before + piece.replace(b"\0", b"")  # of an encoding that was not known
        found.update(name for name, words in _TELLING.items() if name not in found and words.search(text))
        before = text[-_LONGEST_WORD:]
    return frozenset(found)


def file_may_hold(name: str, head: bytes, told: frozenset[str]) -> frozenset[str]:
    """What a file may hold of which nothing could be read. `head`: how its text begins; `told`: by its words."""
    text = head.replace(b"\0", b"").lstrip()
    suffixes = PurePath(name).suffixes or [""]
    if text[:1] in (b"{", b"[") or any(each.lower() in _DATA for each in suffixes):
        return told or ANYTHING
    # No picture and no letter is evidence, unless it quotes what it would be evidence of.
    quoted = {POLICIES} if _OF_POLICIES.search(text) else set()
    return frozenset(quoted | ({LOG} if _NAMED_LIKE_SIGN_INS.search(PurePath(name).name) else set()))
