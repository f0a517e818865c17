"""Faults in the pages of a listing: what is on them, and where their next link leads.

Every skiptoken that goes out is one of ours around one of Graph's: `SERIAL.SKIP.TOKEN` is the page of Graph's token
(none: the first) past its first `SKIP` rows. So a page can be given in parts, or not at all, and nothing of it is lost;
and as no serial is given twice, one token can expire while a new listing, which comes to the same place, goes on.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

PAGE_FAULTS = frozenset({"empty-page", "short-page", "repeated-rows", "changed-rows", "foreign-link"})

_OURS = re.compile(r"(\d+)\.(\d+)\.(.*)", re.DOTALL)
_SLASHES = re.compile("/{2,}")
_REPEATED = 3
_KEPT = 1000  # pages whose last rows are remembered, far more than any client has open
_SIGN_INS = "/auditlogs/signins"
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])

Listing = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes on in a listing; without a serial it begins one, or bears a skiptoken that is not ours."""

    serial: str = ""
    skip: int = 0
    token: str = ""

    @classmethod
    def read(cls, skiptoken: str) -> Place:
        """The place that a skiptoken of a request stands for."""
        ours = _OURS.fullmatch(skiptoken)
        return cls(ours[1], int(ours[2]), ours[3]) if ours else cls(token=skiptoken)


@dataclass(frozen=True, slots=True)
class Question:
    """The address of a request, taken apart."""

    address: str
    """Without the query, as the client wrote it."""
    options: tuple[tuple[str, str], ...]
    """The query's parameters but the skiptoken."""
    place: Place

    @classmethod
    def read(cls, address: str, query: str) -> Question:
        """The question in a URL."""
        pairs = parse_qsl(query, keep_blank_values=True)
        token = next((value for name, value in pairs if name == "$skiptoken"), "")
        return cls(address, tuple(pair for pair in pairs if pair[0] != "$skiptoken"), Place.read(token))

    @property
    def listing(self) -> Listing:
        """The same for every page of a listing."""
        return _SLASHES.sub("/", urlsplit(self.address).path).lower(), tuple(sorted(self.options))

    @property
    def of_sign_ins(self) -> bool:
        """Whether it is the log of sign-ins that is listed."""
        return self.listing[0].endswith(_SIGN_INS)

    def query(self, skiptoken: str | None) -> str:
        """The query with this skiptoken, or with none."""
        pairs = [*self.options, ("$skiptoken", skiptoken)] if skiptoken else self.options
        return "&".join(f"{name}={quote(value or '', safe='')}" for name, value in pairs)


class PageFaults:
    """Gives out the pages of one Graph, with faults in them. Used from the event loop only."""

    def __init__(self) -> None:
        self._serial = 0
        self._last_rows: OrderedDict[str, list[bytes]] = OrderedDict()
        self._foreign: set[Listing] = set()

    def forbids_the_rest(self, question: Question) -> bool:
        """Whether a next link of this listing once led to another host; it will do so for ever."""
        return question.listing in self._foreign

    def can(self, fault: str, question: Question) -> bool:
        """Whether an answer to `question` could show the fault, if it is a page at all."""
        if fault == "changed-rows" and not question.of_sign_ins:
            return False
        return fault not in ("repeated-rows", "changed-rows") or question.place.serial in self._last_rows

    def given(self, question: Question, body: bytes, fault: str, draw: Random) -> tuple[bytes, str, bool]:
        """The page that goes out for Graph's `body`, the fault that it shows ("" for none), and whether it is the last.

        What is not a page goes out as it is, and a fault that cannot be shown is not.
        """
        answer = _OBJECT.decode(body)
        value = answer.pop("value", msgspec.Raw(b"null"))
        if bytes(memoryview(value)[:1]) != b"[":
            return body, "", True
        place = question.place
        rows: list[Any] = _ROWS.decode(value)[place.skip :]
        link = msgspec.json.decode(answer.pop("@odata.nextLink", msgspec.Raw(b'""')), type=str)
        address, _, query = link.partition("?")
        following = Place(token=Question.read(address, query).place.token) if link else None
        earlier = self._last_rows.get(place.serial, [])
        if fault == "empty-page":
            rows, following = [], place
        elif fault == "short-page" and len(rows) > 1:
            few = draw.randint(1, len(rows) - 1)
            rows, following = rows[:few], Place(skip=place.skip + few, token=place.token)
        elif fault == "repeated-rows" and earlier:
            rows = [*map(msgspec.Raw, earlier), *rows]
        elif fault == "changed-rows" and earlier:
            rows = [*map(_changed, earlier), *rows]
        elif fault == "foreign-link":
            self._foreign.add(question.listing)
            following = following or place
        else:
            fault = ""
        if following is not None:
            skiptoken = self._give(following, rows or earlier)
            address = address or question.address
            if fault == "foreign-link":
                address = _foreign(address, draw)
            answer["@odata.nextLink"] = msgspec.Raw(msgspec.json.encode(f"{address}?{question.query(skiptoken)}"))
        answer["value"] = msgspec.Raw(msgspec.json.encode(rows))
        return msgspec.json.encode(answer), fault, following is None

    def _give(self, place: Place, rows: list[Any]) -> str:
        self._serial += 1
        # Copied: a slice would keep the whole page in memory.
        self._last_rows[str(self._serial)] = [bytes(_encoded(row)) for row in rows[-_REPEATED:]]
        while len(self._last_rows) > _KEPT:
            self._last_rows.popitem(last=False)
        return f"{self._serial}.{place.skip}.{place.token}"


def _encoded(row: Any) -> bytes:
    return row if isinstance(row, bytes) else msgspec.json.encode(row)


def _changed(row: bytes) -> dict[str, Any]:
    """A sign-in as it reads once its log line is complete; nothing of it says more or less about how it went."""
    changed: dict[str, Any] = msgspec.json.decode(row)
    details = "MFA completed in Azure AD"
    same = changed["status"].get("additionalDetails") == details
    changed["status"]["additionalDetails"] = None if same else details
    changed["riskState"] = "none" if changed.get("riskState") == "dismissed" else "dismissed"
    return changed


def _foreign(address: str, draw: Random) -> str:
    """The address on another host, one that looks like ours at times."""
    parts = urlsplit(address)
    host = draw.choice(["evil.example", f"{parts.netloc}@evil.example", f"{parts.hostname}.evil.example"])
    return f"{parts.scheme}://{host}{parts.path}"
