"""Cutting a listing into pages whose next link nobody but this service can read or make.

A skiptoken says where the listing goes on and for which question it was made, and is signed: a changed one, one of
another run, or one used with another question is refused. Where a listing goes on is the time of the last row given and
how many rows at that time were given (for a log, which can be entered at a time), else how many rows were given. The
iterator of a listing is kept for whoever asks for the next page next; if it is gone, the listing is made anew up to
there, with the same rows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

JsonRow = dict[str, Any]

_KEPT = 2  # a suspended listing of sign-ins holds some tens of megabytes
_SIGNATURE = 16


class SkipTokenRefused(Exception):
    """A skiptoken that was not given for this question by this run of the service."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a listing goes on: past `skip` rows, counted from the first row at or before the time `before`."""

    before: str | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the skiptoken for those after them, or None when there are none."""

    rows: list[JsonRow]
    skiptoken: str | None


class Pages:
    """Cuts pages. Threads may cut at once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, Iterator[JsonRow]] = OrderedDict()

    def cut(
        self,
        rows_from: Callable[[Position], Iterable[JsonRow]],
        *,
        question: str,
        size: int,
        skiptoken: str | None = None,
        time_of: Callable[[JsonRow], str] | None = None,
    ) -> Page:
        """The page that `skiptoken` asks for, or the first.

        `rows_from` gives the listing from the position's time on (the skipping is done here), newest first where
        `time_of` tells a row's time. Raises `SkipTokenRefused`.
        """
        position = self._read(skiptoken, question) if skiptoken is not None else Position()
        rows = self._resumed(skiptoken)
        if rows is None:
            rows = islice(iter(rows_from(position)), position.skip, None)
        page = list(islice(rows, size))
        following = next(rows, None)
        if following is None:
            return Page(page, None)
        token = self._write(_after(page, position, time_of), question)
        with self._lock:
            self._waiting[token] = chain([following], rows)
            while len(self._waiting) > _KEPT:
                self._waiting.popitem(last=False)
        return Page(page, token)

    def _resumed(self, skiptoken: str | None) -> Iterator[JsonRow] | None:
        with self._lock:
            return self._waiting.pop(skiptoken, None) if skiptoken else None

    def _write(self, position: Position, question: str) -> str:
        told = json.dumps([position.before, position.skip, _digest(question)]).encode()
        return base64.urlsafe_b64encode(self._signature(told) + told).decode().rstrip("=")

    def _read(self, skiptoken: str, question: str) -> Position:
        try:
            decoded = base64.b64decode(skiptoken + "=" * (-len(skiptoken) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as refused:
            raise SkipTokenRefused from refused
        signature, told = decoded[:_SIGNATURE], decoded[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._signature(told)):
            raise SkipTokenRefused
        before, skip, asked = json.loads(told)
        if asked != _digest(question):
            raise SkipTokenRefused
        return Position(before, skip)

    def _signature(self, told: bytes) -> bytes:
        return hmac.new(self._key, told, hashlib.sha256).digest()[:_SIGNATURE]


def _digest(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()[:16]


def _after(page: list[JsonRow], position: Position, time_of: Callable[[JsonRow], str] | None) -> Position:
    if time_of is None:
        return Position(None, position.skip + len(page))
    last = time_of(page[-1])
    given = 0
    for row in reversed(page):
        if time_of(row) != last:
            return Position(last, given)
        given += 1
    return Position(last, given + (position.skip if position.before == last else 0))
