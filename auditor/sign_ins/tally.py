"""The log in numbers, bucket by bucket: what each process counts, and the sum of it."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path

import msgspec

from auditor.sign_ins.attempts import Judged
from auditor.sign_ins.catalogue import SUCCESS, catalogue, interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.tenant.sign_in_log import InterruptCount, Outcome, Totals

SHARES = 64
"""Users are counted share by share of them, so that they need not all be in memory at once."""
_MOST_PENDING = 1 << 16  # pairs

_code_of = attrgetter("code")


class Counted(msgspec.Struct, frozen=True):
    """What one process counted. `codes`: distinct rows by code. `outcomes`: interrupts by code and outcome. `users`:
    a file of pairs of a code and a user's hash, and where in it the pairs of each share end, round after round."""

    codes: tuple[tuple[int | None, int], ...]
    outcomes: tuple[tuple[int, Outcome, int], ...]
    users: str
    ends: tuple[int, ...]


class Tally:
    """Counts; `path`: of a new file for the users."""

    def __init__(self, path: Path) -> None:
        self._codes: Counter[int | None] = Counter()
        self._outcomes: Counter[tuple[int, Outcome]] = Counter()
        self._path = path
        self._users = [array("Q") for _ in range(SHARES)]
        self._pending = 0
        self._ends: list[int] = []

    def rows(self, distinct: Iterable[Row]) -> None:
        self._codes.update(map(_code_of, distinct))

    def interrupt(self, found: Judged) -> None:
        row = found.row
        assert row.code is not None  # an interrupt has a code
        self._outcomes[row.code, found.outcome] += 1
        if row.user_id:
            # The same in every process, unlike `hash`.
            user = int.from_bytes(blake2b(row.user_id.encode(), digest_size=8).digest(), "little")
            share = self._users[user % SHARES]
            share.append(row.code)
            share.append(user)
            self._pending += 1
            if self._pending >= _MOST_PENDING:
                self._flush()

    def _flush(self) -> None:
        with open(self._path, "ab") as file:
            for share in self._users:
                share.tofile(file)
                self._ends.append(file.tell())
                del share[:]
        self._pending = 0

    def counted(self) -> Counted:
        self._flush()
        outcomes = ((code, outcome, count) for (code, outcome), count in self._outcomes.items())
        return Counted(tuple(self._codes.items()), tuple(outcomes), str(self._path), tuple(self._ends))


def totals(counted: Iterable[Counted], given: int, refused: int, others: dict[str, int]) -> Totals:
    codes: Counter[int | None] = Counter()
    for each in counted:
        codes.update(dict(each.codes))
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
    )


def counts(counted: Sequence[Counted]) -> tuple[InterruptCount, ...]:
    """By code, most frequent first."""
    outcomes: dict[int, Counter[Outcome]] = {}
    for each in counted:
        for code, outcome, count in each.outcomes:
            outcomes.setdefault(code, Counter())[outcome] += count
    users: Counter[int] = Counter()
    for share in range(SHARES):
        users.update(code for code, _ in {pair for each in counted for pair in _pairs(each, share)})
    found = (InterruptCount(code, by.total(), users[code], dict(by)) for code, by in outcomes.items())
    return tuple(sorted(found, key=lambda each: (-each.count, each.code)))


def _pairs(counted: Counted, share: int) -> Iterator[tuple[int, int]]:
    with open(counted.users, "rb") as file:
        for place in range(share, len(counted.ends), SHARES):
            start = counted.ends[place - 1] if place else 0
            file.seek(start)
            pairs = array("Q")
            pairs.fromfile(file, (counted.ends[place] - start) // pairs.itemsize)
            yield from zip(pairs[::2], pairs[1::2], strict=True)
