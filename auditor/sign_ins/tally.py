"""The log in numbers, bucket by bucket: what each process counts, and the sum of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import msgspec

from auditor.sign_ins.attempts import Judged
from auditor.sign_ins.catalogue import SUCCESS, catalogue, interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.tenant.sign_in_log import InterruptCount, Outcome, Totals

SHARES = 64
"""Users are counted share by share of them, so that they need not all be in memory at once."""
_MOST_PENDING = 1 << 15  # pairs

_code_of = attrgetter("code")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, str]]).decode


class Counted(msgspec.Struct, frozen=True):
    """What one process counted. `codes`: distinct rows by code. `called`: those without one, by what they are called.
    `sharing`: see `Totals`. `outcomes`: interrupts by code and outcome. `users`: a file of pairs of a code and a user,
    and where in it the pairs of each share end, round after round."""

    codes: tuple[tuple[int | None, int], ...]
    called: tuple[tuple[str, int], ...]
    sharing: int
    outcomes: tuple[tuple[int, Outcome, int], ...]
    users: str
    ends: tuple[int, ...]


class Tally:
    """Counts; `path`: of a new file for the users."""

    def __init__(self, path: Path) -> None:
        self._codes: Counter[int | None] = Counter()
        self._called: Counter[str] = Counter()
        self._sharing = 0
        self._outcomes: Counter[tuple[int, Outcome]] = Counter()
        self._path = path
        self._users: list[list[tuple[int, str]]] = [[] for _ in range(SHARES)]
        self._pending = 0
        self._ends: list[int] = []

    def rows(self, distinct: Sequence[Row], sharing: int) -> None:
        codes = Counter(map(_code_of, distinct))
        self._codes.update(codes)
        self._sharing += sharing
        if None in codes:
            self._called.update(row.called for row in distinct if row.called)

    def interrupt(self, found: Judged) -> None:
        row = found.row
        assert row.code is not None  # an interrupt has a code
        self._outcomes[row.code, found.outcome] += 1
        user = row.user_id
        if user:
            self._users[crc32(user.encode()) % SHARES].append((row.code, user))
            self._pending += 1
            if self._pending >= _MOST_PENDING:
                self._flush()

    def _flush(self) -> None:
        with open(self._path, "ab") as file:
            for share in self._users:
                file.write(_encode(share))
                self._ends.append(file.tell())
                share.clear()
        self._pending = 0

    def counted(self) -> Counted:
        self._flush()
        outcomes = ((code, outcome, count) for (code, outcome), count in self._outcomes.items())
        return Counted(
            tuple(self._codes.items()),
            tuple(self._called.items()),
            self._sharing,
            tuple(outcomes),
            str(self._path),
            tuple(self._ends),
        )


def totals(counted: Sequence[Counted], given: int, refused: int, others: dict[str, int]) -> Totals:
    codes: Counter[int | None] = Counter()
    called: Counter[str] = Counter()
    for each in counted:
        codes.update(dict(each.codes))
        called.update(dict(each.called))
    known, interrupts = catalogue(), interrupt_codes()
    return Totals(
        rows=given,
        repeated=given - refused - codes.total(),
        refused=refused,
        successes=codes[SUCCESS],
        failures=sum(count for code, count in codes.items() if code in known and code not in interrupts),
        interrupts=sum(count for code, count in codes.items() if code in interrupts),
        uncatalogued={code: count for code, count in codes.items() if code != SUCCESS and code not in known},
        others=others,
        called=called,
        sharing=sum(each.sharing for each in counted),
    )


def counts(counted: Sequence[Counted]) -> tuple[InterruptCount, ...]:
    """By code, most frequent first."""
    outcomes: dict[int, Counter[Outcome]] = {}
    for each in counted:
        for code, outcome, count in each.outcomes:
            outcomes.setdefault(code, Counter())[outcome] += count
    users: Counter[int] = Counter()
    with ExitStack() as stack:
        files = [(stack.enter_context(open(each.users, "rb")), each.ends) for each in counted]
        for share in range(SHARES):
            users.update(code for code, _ in {pair for file, ends in files for pair in _pairs(file, ends, share)})
    found = (InterruptCount(code, by.total(), users[code], dict(by)) for code, by in outcomes.items())
    return tuple(sorted(found, key=lambda each: (-each.count, each.code)))


def _pairs(file: BinaryIO, ends: Sequence[int], share: int) -> Iterator[tuple[int, str]]:
    for place in range(share, len(ends), SHARES):
        start = ends[place - 1] if place else 0
        file.seek(start)
        yield from _decode(file.read(ends[place] - start))
