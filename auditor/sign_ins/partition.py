"""The first of two steps: rows are read and go, narrow, to buckets by hash of their correlation id, so that an attempt
lies whole in one bucket.

Most rows are Graph JSON that names a user and has a code; of those that are no interrupts six fields are kept. Every
other row takes the long way, by its format. Names are kept of interrupts only.
"""

from __future__ import annotations

import sys
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Annotated

import msgspec

from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.rows import rows_in
from auditor.sign_ins import buckets
from auditor.sign_ins.buckets import Buckets
from auditor.sign_ins.catalogue import SUCCESS, interrupt_codes
from auditor.sign_ins.formats.any_format import AnyFormat, refusal
from auditor.sign_ins.formats.graph import GRAPH
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.rows import NO_ID, Code, GraphRow, Row, Status, narrow
from auditor.sign_ins.seen import SeenRow, packed, seen, without_conditions
from auditor.tenant.instant import parse

REFUSALS_NAMED = 100

_PLACES = 40
"""Bits of an order that number the rows of a part; above them stands the number of the part."""

_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Coded(Status, kw_only=True, gc=False):
    errorCode: Code


class _Usual(GraphRow, kw_only=True, gc=False):
    """A row as nearly all are."""

    id: _Text
    userId: _Text
    status: _Coded


_decode = msgspec.json.Decoder(_Usual).decode
_encode_into = msgspec.msgpack.Encoder().encode_into

Reader = Callable[[SeenRow, int, int], Row]
"""Makes the narrow record of a row, its time in ticks and its order."""


class Partitioned(msgspec.Struct, frozen=True, tag=True):
    """What one process read. `parts`: which, by number. `first`, `last`: ticks of the earliest and the latest row;
    `last` is before `first` when there is none. `success`: some row has the code 0. `unreadable`: the first rows that
    were refused, each with its order."""

    parts: tuple[int, ...]
    given: int
    refused: int
    first: int
    last: int
    success: bool
    others: dict[str, int]
    unreadable: tuple[tuple[int, Unreadable], ...]


class Partition:
    """Reads parts into buckets. `explained`: with what explanations need of interrupts. `reader`: makes the narrow
    records instead, of every row. `told` is told now and then how many rows were read, all together."""

    def __init__(
        self, into: Buckets, explained: bool, told: Callable[[int], None], reader: Reader | None = None
    ) -> None:
        self._into = into
        self._explained = explained
        self._told = told
        self._reader = reader
        self._parts: list[int] = []
        self._given = self._refused = self._pending = 0
        self._first, self._last = sys.maxsize, -sys.maxsize
        self._success = False
        self._others: Counter[str] = Counter()
        self._unreadable: list[tuple[int, Unreadable]] = []

    def read(self, number: int, part: Part) -> None:
        """One part; `number`: its place in the order of collecting."""
        first = number << _PLACES
        given = self._quickly(part, first) if self._reader is None else self._by(self._reader, part, first)
        self._given += given
        self._pending += given % buckets.ROWS_PER_PIECE
        if self._pending >= buckets.ROWS_PER_PIECE:
            self._into.flush()
            self._pending = 0
        self._parts.append(number)
        self._unreadable = sorted(self._unreadable)[:REFUSALS_NAMED]
        self._told(self._given)

    def done(self) -> Partitioned:
        self._into.close()
        return Partitioned(
            tuple(self._parts),
            self._given - self._others.total(),
            self._refused,
            self._first,
            self._last,
            self._success,
            dict(self._others),
            tuple(self._unreadable),
        )

    def _quickly(self, part: Part, order: int) -> int:
        """Gives the number of rows. A loop for millions of them: it calls nothing that it can do without."""
        formats = AnyFormat()
        interrupts, crc32, encode_into = interrupt_codes(), zlib.crc32, _encode_into
        pending, counts, per_piece = self._into.pending, self._into.counts, buckets.ROWS_PER_PIECE
        many = len(pending)
        first, last, success = self._first, self._last, self._success
        place, read = Place(part), 0
        for raw in rows_in(part, place):
            read += 1
            if not read % per_piece:
                self._piece(read)
            if not isinstance(raw, bytes):
                self._refuse(order + read, raw)
                continue
            try:
                row = _decode(raw)
                user = row.userId
                if user == NO_ID:
                    raise ValueError
                at = parse(row.createdDateTime)
            except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, too
                self._long_way(formats, raw, order + read, place)
                continue
            correlation = row.correlationId or ""
            if correlation == NO_ID:
                correlation = ""
            code = row.status.errorCode
            number = crc32((correlation or row.id).encode()) % many
            if code in interrupts:
                encode_into(self._interrupt(row, raw, at, order + read), pending[number], -1)
            else:
                kept = row.id, at, code, user, correlation, row.appId or "", order + read
                encode_into(kept, pending[number], -1)
            counts[number] += 1
            if at < first:
                first = at
            if at > last:
                last = at
            if not code:
                success = True
        self._first, self._last = min(self._first, first), max(self._last, last)
        self._success = self._success or success
        return read

    def _by(self, reader: Reader, part: Part, order: int) -> int:
        """Gives the number of rows."""
        formats = AnyFormat()
        place, read = Place(part), 0
        for raw in rows_in(part, place):
            read += 1
            if not read % buckets.ROWS_PER_PIECE:
                self._piece(read)
            if not isinstance(raw, bytes):
                self._refuse(order + read, raw)
                continue
            found = wide(formats, raw)
            if isinstance(found, Other) or found is None:
                self._no_row(found, raw, order + read, place)
            else:
                self._add(reader(*found, order + read))
        return read

    def _long_way(self, formats: AnyFormat, raw: bytes, order: int, place: Place) -> None:
        found = formats.narrow(raw)
        if isinstance(found, Other) or found is None:
            self._no_row(found, raw, order, place)
            return
        row, at = found
        record = narrow(row, at, order)
        if record.code in interrupt_codes():
            if self._explained:
                whole = formats.wide(raw)
                known = without_conditions(row) if whole is None or isinstance(whole, Other) else whole[0]
                record.seen = packed(seen(known))
        else:
            record.created = record.user = record.app = ""
        self._add(record)

    def _interrupt(self, row: GraphRow, raw: bytes, at: int, order: int) -> Row:
        if not self._explained:
            return narrow(row, at, order)
        try:
            known = GRAPH.wide(raw)
        except (ValueError, RecursionError):
            known = without_conditions(row)
        return narrow(row, at, order, seen=packed(seen(known)))

    def _add(self, record: Row) -> None:
        self._into.add(record)
        self._first, self._last = min(self._first, record.at), max(self._last, record.at)
        self._success = self._success or record.code == SUCCESS

    def _no_row(self, found: Other | None, raw: bytes, order: int, place: Place) -> None:
        if found is not None:
            self._others[found.kind] += 1
        elif self._names_more():
            self._refuse(order, place.unreadable(f"It could not be read: {refusal(raw)}."))
        else:
            self._refused += 1

    def _refuse(self, order: int, why: Unreadable) -> None:
        self._refused += 1
        if self._names_more():
            self._unreadable.append((order, why))

    def _names_more(self) -> bool:
        return len(self._unreadable) < 2 * REFUSALS_NAMED

    def _piece(self, read: int) -> None:
        self._into.flush()
        self._told(self._given + read)


def wide(formats: AnyFormat, raw: bytes) -> tuple[SeenRow, int] | Other | None:
    """One row whole; of one with something of an unknown shape, what classification needs of it."""
    found = formats.wide(raw)
    if found is not None:
        return found
    known = formats.narrow(raw)
    return known if known is None or isinstance(known, Other) else (without_conditions(known[0]), known[1])
