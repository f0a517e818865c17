"""The first of two steps: rows are read and go, narrow, to buckets by hash of their correlation id, so that an attempt
lies whole in one bucket.

Most rows are Graph JSON whose head says all that counting needs of them, which is six fields. Interrupts that are to be
listed are read whole, and every other row takes the long way, by its format. Names are kept of interrupts only.
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
from auditor.sign_ins.formats.graph import decode_wide
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.heads import heads
from auditor.sign_ins.rows import NO_ID, CountedRow, GraphRow, Row, narrow
from auditor.sign_ins.seen import SeenRow, packed, seen, without_conditions
from auditor.tenant.instant import parse

REFUSALS_NAMED = 100

_PLACES = 40
"""Bits of an order that number the rows of a part; above them stands the number of the part."""


_NONE = (sys.maxsize, -sys.maxsize)
"""The first and the last of no rows."""


class _Machine(msgspec.Struct, gc=False):
    """What tells the sign-ins of machines from those of people."""

    signInEventTypes: list[str] | None = None
    servicePrincipalId: str | None = None


_decode_machine = msgspec.json.Decoder(_Machine).decode
_decode_lines = msgspec.json.Decoder(CountedRow).decode_lines

Reader = Callable[[SeenRow, int, int], Row]
"""Makes the narrow record of a row, its time in ticks and its order."""


class PartRead(msgspec.Struct, frozen=True):
    """What one part brought: rows as given, whatever they are, and `refused` of them; `first`, `last`: as below."""

    number: int
    given: int
    refused: int
    first: int
    last: int


class Partitioned(msgspec.Struct, frozen=True, tag=True):
    """What one process read. `parts`: each of them. `first`, `last`: ticks of the earliest and the latest row;
    `last` is before `first` when there is none. `success`: some row has the code 0. `unreadable`: the first rows that
    were refused, each with its order."""

    parts: tuple[PartRead, ...]
    given: int
    refused: int
    first: int
    last: int
    success: bool
    others: dict[str, int]
    unreadable: tuple[tuple[int, Unreadable], ...]


class Partition:
    """Reads parts into buckets. `listed`, `ordered`: see `EmbeddedLog`. `reader`: makes the narrow records instead, of
    every row. `told` is told now and then how many rows were read, all together."""

    def __init__(
        self, into: Buckets, listed: bool, told: Callable[[int], None], reader: Reader | None = None, *, ordered: bool
    ) -> None:
        self._into = into
        self._listed = listed
        self._ordered = int(ordered)
        self._told = told
        self._reader = reader
        self._parts: list[PartRead] = []
        self._given = self._refused = self._pending = 0
        self._first, self._last = _NONE
        self._success = False
        self._others: Counter[str] = Counter()
        self._unreadable: list[tuple[int, Unreadable]] = []

    def read(self, number: int, part: Part) -> None:
        """One part; `number`: its place in the order of collecting."""
        first = number << _PLACES
        earlier, refused = (self._first, self._last), self._refused
        self._first, self._last = _NONE
        given = self._quickly(part, first) if self._reader is None else self._by(self._reader, part, first)
        self._given += given
        self._pending += given % self._into.rows_per_piece
        if self._pending >= self._into.rows_per_piece:
            self._piece(0)
            self._pending = 0
        self._parts.append(PartRead(number, given, self._refused - refused, self._first, self._last))
        self._first, self._last = min(earlier[0], self._first), max(earlier[1], self._last)
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
                self._block(formats, found, order + read, place)
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

    def _block(self, formats: AnyFormat, block: Block, order: int, place: Place) -> None:
        before = place.number
        try:
            rows = _decode_lines(heads(block))
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, too
            rows = []
        whole = len(rows) == len(block.ends)
        for index in self._by_heads(rows, order) if whole else range(len(block.ends)):
            place.number = block.number + index
            raw = block.line(index)
            if not whole or not self._interrupt(rows[index], raw, order + index + 1):
                self._long_way(formats, raw, order + index + 1, place)
        place.number = before

    def _by_heads(self, rows: list[CountedRow], order: int) -> list[int]:
        """Keeps the rows whose heads are enough, and gives the places of the others. A loop for millions of rows: it
        calls nothing that it can do without, not even `is_enough`."""
        to_be_listed, crc32 = interrupt_codes() if self._listed else frozenset(), zlib.crc32
        pending, many = self._into.pending, len(self._into.pending)
        first, last = self._first, self._last
        ordered = self._ordered
        left = []
        for index, row in enumerate(rows):
            identity, user, correlation, app, status = row.id, row.userId, row.correlationId, row.appId, row.status
            code = None if status is None else status.errorCode
            enough = identity and user and correlation and app and user != NO_ID
            if code is None or not enough or code in to_be_listed:
                left.append(index)
                continue
            try:
                at = parse(row.createdDateTime)
            except ValueError:
                left.append(index)
                continue
            if correlation == NO_ID:
                correlation = ""
            number = crc32((correlation or identity).encode()) % many
            pending[number].append(encode((identity, at, code, user, correlation, app, (order + index + 1) * ordered)))
            if not code:
                self._success = True
            if at < first:
                first = at
            if at > last:
                last = at
        self._first, self._last = first, last
        return left

    def _interrupt(self, head: CountedRow, raw: bytes, order: int) -> bool:
        """Keeps a row whose head shows that it is an interrupt. False: it does not, or more is needed."""
        code = None if head.status is None else head.status.errorCode
        if code not in interrupt_codes() or not head.id or not (_names_user(head) or _is_of_nobody(raw)):
            return False
        try:
            row = decode_wide(raw)
            record = narrow(row, parse(row.createdDateTime), order * self._ordered)
        except (ValueError, RecursionError):
            return False
        if self._listed:
            record.seen = packed(seen(row))
        self._add(record)
        return True

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
                row = reader(*found, (order + read) * self._ordered)
                if not self._ordered:
                    row.digest = zlib.crc32(raw)
                self._add(row)
        return read

    def _long_way(self, formats: AnyFormat, raw: bytes, order: int, place: Place) -> None:
        found = formats.narrow(raw)
        if isinstance(found, Other) or found is None:
            self._no_row(found, raw, order, place)
            return
        row, at = found
        record = narrow(row, at, order * self._ordered)
        if record.code in interrupt_codes():
            if self._listed:
                record.seen = _seen(formats, raw, row)
        else:
            record.created = record.user = record.app = ""
            record.own_user = record.interactive = None
        self._add(record)

    def _add(self, record: Row) -> None:
        self._into.add(record)
        if record.at < self._first:
            self._first = record.at
        if record.at > self._last:
            self._last = record.at
        if record.code == SUCCESS:
            self._success = True

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


def _names_user(row: CountedRow) -> bool:
    return bool(row.userId) and row.userId != NO_ID


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
