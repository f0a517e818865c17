"""What somebody asks about, found in the text that they pasted: codes, ids and a time, and nothing else of it.

The text may be one code, one id, the whole of an error page, an answer of the login service in JSON, or an address that
the browser was sent back to. It is other people's text: it is searched and never shown, as addresses carry secrets.
Every pattern is bounded, so that a hostile text of `LONGEST` characters takes no longer than an honest one.

Microsoft calls the id of a request "Trace ID" where an application prints the message, "Request Id" on its own page and
in the log, and `client-request-id` where it means the correlation id, which the client chooses.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from auditor.sign_ins.catalogue import catalogue
from auditor.sign_ins.rows import NO_ID
from auditor.tenant.instant import parse

LONGEST = 100_000
"""Characters of a text that is searched."""

MOST_CODES = 20
MOST_IDS = 8

_GUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])"
_CODE = re.compile(
    r"aadsts[\W_]{0,3}(\d{1,10})(?!\w)"
    r"|(?:error[\W_]{0,3}codes?|result_?type)\W{1,20}(\d{1,10}(?:\s{0,3},\s{0,3}\d{1,10}){0,19})(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_ONLY_A_CODE = re.compile(r"\W{0,20}(?:aadsts)?[\s:]{0,3}(\d{1,10})\W{0,20}", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"(?<![\w.:/-])\d{5,8}(?![\w:/-]|\.\d)", re.ASCII)
_NAMED_ID = re.compile(
    rf"(client[\W_]{{0,3}})?(trace|request|correlation)[\W_]{{0,3}}id[\W_]{{1,30}}({_GUID})",
    re.IGNORECASE | re.ASCII,
)
# Not the value of a parameter, not in quotes and not a part of an address: those are of applications and tenants.
_UNNAMED_ID = re.compile(rf"""(?<![\w=/'"&?%-]){_GUID}""", re.IGNORECASE | re.ASCII)
_ONLY_AN_ID = re.compile(rf"\W{{0,20}}({_GUID})\W{{0,20}}", re.IGNORECASE | re.ASCII)
_OF_A_SECRET = re.compile(r"(?:secret|passw\w{0,5}|token|assertion|key|code|nonce|state)\W{0,20}$", re.IGNORECASE)
_TIME = re.compile(
    r"timestamp[\W_]{1,20}(\d{4}-\d\d-\d\d)[T\s+](\d\d:\d\d:\d\d(?:\.\d{1,9})?)\s?(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE | re.ASCII,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|quot|amp|apos|nbsp|lt|gt);", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u00(?:0[9ad]|2[0267f])|[rnt/\"])", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>\n]{0,100}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """`codes`: in the order of the text. `request_ids`, `correlation_ids`, `unnamed_ids`: in lower case; the last are
    ids that the text does not name, and there are none where it names any. `at`: its time, in ticks."""

    codes: tuple[int, ...] = ()
    request_ids: tuple[str, ...] = ()
    correlation_ids: tuple[str, ...] = ()
    unnamed_ids: tuple[str, ...] = ()
    at: int | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        return (*self.request_ids, *self.correlation_ids, *self.unnamed_ids)

    def named_ids(self) -> Iterator[tuple[str, str]]:
        """Each id with what the text calls it: "request id", "correlation id", or "id" where it does not say."""
        named = (
            ("request id", self.request_ids),
            ("correlation id", self.correlation_ids),
            ("id", self.unnamed_ids),
        )
        return ((name, identity) for name, ids in named for identity in ids)

    def __bool__(self) -> bool:
        return bool(self.codes or self.ids)


def read_message(text: str) -> Message:
    """What the first `LONGEST` characters of a text ask about; an empty message when they ask about nothing."""
    text = text[:LONGEST].strip()
    if (alone := _ONLY_A_CODE.fullmatch(text)) is not None:
        return Message(codes=(int(alone[1]),))
    if (alone := _ONLY_AN_ID.fullmatch(text)) is not None:
        return Message(unnamed_ids=_ids([alone[1]]))
    text = _laid_open(text)
    named = list(_NAMED_ID.finditer(text))
    requests = _ids(each[3] for each in named if _of_the_request(each))
    correlations = _ids(each[3] for each in named if not _of_the_request(each))
    unnamed = () if requests or correlations else _ids(_unnamed(text))
    return Message(_codes(text), requests, correlations, unnamed, _time(text))


def _laid_open(text: str) -> str:
    """Without the wrappings of addresses, JSON and HTML, as far as they stand between the words that are looked for."""
    for _ in range(3):  # an address may stand in the query of another one
        if "%" not in text:
            break
        text = unquote(text)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return _TAG.sub(" ", _ESCAPE.sub(" ", text))


def _unnamed(text: str) -> Iterator[str]:
    for found in _UNNAMED_ID.finditer(text):
        if not _OF_A_SECRET.search(text, max(0, found.start() - 40), found.start()):
            yield found[0]


def _of_the_request(found: re.Match[str]) -> bool:
    return found[1] is None and found[2].lower() != "correlation"


def _codes(text: str) -> tuple[int, ...]:
    """Those that the text calls codes; else, for want of any, numbers that are in the catalogue."""
    listed = (number for found in _CODE.finditer(text) for number in (found[1] or found[2]).split(","))
    codes = dict.fromkeys(int(number) for number in listed)
    if not codes:
        codes = dict.fromkeys(int(found[0]) for found in _NUMBER.finditer(text) if int(found[0]) in catalogue())
    return tuple(codes)[:MOST_CODES]


def _ids(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.lower() for each in found if each != NO_ID))[:MOST_IDS]


def _time(text: str) -> int | None:
    for found in _TIME.finditer(text):
        try:
            return parse(f"{found[1]}T{found[2]}{found[3] or 'Z'}".replace("z", "Z"))
        except ValueError:  # there is no such day
            continue
    return None
