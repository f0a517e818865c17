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

import msgspec

from auditor.exports.blocks import Block
from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.rows import blocks_in, rows_in
from auditor.sign_ins.buckets import Buckets, encode
from auditor.sign_ins.catalogue import SUCCESS, interrupt_codes
from auditor.sign_ins.formats.any_format import AnyFormat, refusal
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.rows import NO_ID, GraphRow, Row, narrow
from auditor.sign_ins.seen import SeenRow, packed, seen, without_conditions
from auditor.tenant.instant import parse

REFUSALS_NAMED = 100

_PLACES = 40
"""Bits of an order that number the rows of a part; above them stands the number of the part."""


class _Machine(msgspec.Struct, gc=False):
    """What tells the sign-ins of machines from those of people."""

    signInEventTypes: list[str] | None = None
    servicePrincipalId: str | None = None


_decode_machine = msgspec.json.Decoder(_Machine).decode
_decode_lines = msgspec.json.Decoder(GraphRow).decode_lines

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
        self._pending += given % self._into.rows_per_piece
        if self._pending >= self._into.rows_per_piece:
            self._piece(0)
            self._pending = 0
        self._parts.append(number)
        self._unreadable = sorted(self._unreadable)[:REFUSALS_NAMED]

    def done(self) -> Partitioned:
        self._into.finish()
        self._told(self._given)
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
        """Gives the number of rows."""
        formats, place, read, flushed = AnyFormat(), Place(part), 0, 0
        for found in blocks_in(part, place):
            if isinstance(found, Block):
                try:
                    rows = _decode_lines(found.text)
                except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, too
                    rows = []
                if len(rows) == len(found.ends):
                    self._block(formats, found, rows, order + read, place)
                else:
                    for index in range(len(found.ends)):
                        self._single(formats, found, index, order + read, place)
                read += len(found.ends)
            else:
                read += 1
                if isinstance(found, bytes):
                    self._long_way(formats, found, order + read, place)
                else:
                    self._refuse(order + read, found)
            if read - flushed >= self._into.rows_per_piece:
                self._piece(read)
                flushed = read
        return read

    def _block(self, formats: AnyFormat, block: Block, rows: list[GraphRow], order: int, place: Place) -> None:
        """A loop for millions of rows: it calls nothing that it can do without."""
        interrupts, crc32 = interrupt_codes(), zlib.crc32
        pending, many = self._into.pending, len(self._into.pending)
        first, last = self._first, self._last
        for index, row in enumerate(rows):
            user, status = row.userId, row.status
            code = None if status is None else status.errorCode
            if not user or user == NO_ID:
                user = "" if _is_of_nobody(block.line(index)) else None
            if code is None or user is None or not row.id:
                self._single(formats, block, index, order, place)
                continue
            try:
                at = parse(row.createdDateTime)
            except ValueError:
                self._single(formats, block, index, order, place)
                continue
            correlation = row.correlationId or ""
            if correlation == NO_ID:
                correlation = ""
            number = crc32((correlation or row.id).encode()) % many
            if code in interrupts:
                known = _seen(formats, block.line(index), row) if self._explained else b""
                pending[number].append(encode(narrow(row, at, order + index + 1, seen=known)))
            else:
                kept = row.id, at, code, user, correlation, row.appId or "", order + index + 1
                pending[number].append(encode(kept))
                if not code:
                    self._success = True
            if at < first:
                first = at
            if at > last:
                last = at
        self._first, self._last = min(self._first, first), max(self._last, last)

    def _single(self, formats: AnyFormat, block: Block, index: int, order: int, place: Place) -> None:
        """A row of a block, the long way."""
        before, place.number = place.number, block.number + index
        self._long_way(formats, block.line(index), order + index + 1, place)
        place.number = before

    def _by(self, reader: Reader, part: Part, order: int) -> int:
        """Gives the number of rows."""
        formats = AnyFormat()
        place, read = Place(part), 0
        for raw in rows_in(part, place):
            read += 1
            if not read % self._into.rows_per_piece:
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
                record.seen = _seen(formats, raw, row)
        else:
            record.created = record.user = record.app = ""
        self._add(record)

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


def _is_of_nobody(raw: bytes) -> bool:
    """Whether a row without a user is of a person whom nobody knows, and sure to be of no machine."""
    try:
        machine = _decode_machine(raw)
    except (ValueError, RecursionError):
        return False
    return not machine.signInEventTypes and (machine.servicePrincipalId or NO_ID) == NO_ID


def _seen(formats: AnyFormat, raw: bytes, row: GraphRow) -> bytes:
    whole = wide(formats, raw)
    return packed(seen(without_conditions(row) if whole is None or isinstance(whole, Other) else whole[0]))


def wide(formats: AnyFormat, raw: bytes) -> tuple[SeenRow, int] | Other | None:
    """One row whole; of one with something of an unknown shape, what classification needs of it."""
    found = formats.wide(raw)
    if found is not None:
        return found
    known = formats.narrow(raw)
    return known if known is None or isinstance(known, Other) else (without_conditions(known[0]), known[1])
