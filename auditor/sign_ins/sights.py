"""What policies can tell apart among the sign-ins of a log, by number: a million rows show some thousands of sights.

While rows stream by, each gets the number of its circumstances, and a finished one the number of what Entra recorded
of the policies. Rows that turn out to be repetitions are counted nowhere, as counting comes after sorting them out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

import msgspec

from auditor.sign_ins.attempts import is_interrupt
from auditor.sign_ins.catalogue import KEEP_ME_SIGNED_IN, SUCCESS
from auditor.sign_ins.circumstances import WideRow, circumstances
from auditor.sign_ins.rows import Row, decoded, narrow
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.sign_in_log import Example, Recorded, Sight

_REMEMBERED = 65536
_NOTHING = (b"", b"null", b"[]")


class _Applied(msgspec.Struct, gc=False):
    id: str | None = None
    result: str | None = None


_decode = msgspec.json.Decoder(WideRow).decode
_decode_applied = msgspec.json.Decoder(list[_Applied]).decode


class Reduction(Protocol):
    """How sign-ins are made alike, and what of the record is kept; `changes`: ticks at which a policy changed."""

    changes: tuple[int, ...]

    def alike(self, circumstances: Circumstances) -> Circumstances: ...

    def record(self, results: Iterable[tuple[str, str]]) -> tuple[int, int]: ...


class Sights:
    """Gives the numbers, and then counts by them."""

    def __init__(self, reduction: Reduction) -> None:
        self._reduction = reduction
        self._numbers: dict[Circumstances, int] = {}
        self._records: dict[tuple[int, int], int] = {}
        self._understood_before: dict[tuple[int, int], int] = {}
        self._completed: Counter[int] = Counter()
        self._prompts: Counter[int] = Counter()
        self._examples: dict[int, Example] = {}
        self._recorded: Counter[tuple[int, int, int]] = Counter()
        self._recorded_examples: dict[tuple[int, int, int], Example] = {}

    def read_row(self, line: bytes, order: int) -> Row | None:
        """As `rows.read_row`, with the numbers."""
        found = decoded(line, _decode)
        if found is None:
            return None
        row, at = found
        seen = self._reduction.alike(circumstances(row))
        sight = self._numbers.setdefault(seen, len(self._numbers))
        return narrow(row, at, order, sight, self._record(row))

    def _record(self, row: WideRow) -> int:
        """-1 where Entra had not finished with the policies, or does not show what it made of them: an interrupted row
        may say "not applied" and proves nothing."""
        if row.status is None or (row.status.errorCode != SUCCESS and row.conditionalAccessStatus != "failure"):
            return -1
        raw = bytes(row.appliedConditionalAccessPolicies)
        if raw in _NOTHING:
            return -1
        # A list of some thousand characters is read once: its hash is keyed anew by every process, so nobody can write
        # two lists of one hash and length.
        key = hash(raw), len(raw)
        number = self._understood_before.get(key)
        if number is None:
            if len(self._understood_before) >= _REMEMBERED:
                self._understood_before.clear()
            number = self._understood_before[key] = self._understood(raw)
        return number

    def _understood(self, raw: bytes) -> int:
        try:
            applied = _decode_applied(raw)
        except msgspec.ValidationError:
            return -1
        kept = self._reduction.record((each.id or "", each.result or "") for each in applied)
        return self._records.setdefault(kept, len(self._records))

    def count(self, row: Row) -> None:
        """One distinct row."""
        if row.code == SUCCESS:
            self._completed[row.sight] += 1
            if row.sight not in self._examples:
                self._examples[row.sight] = _example(row)
        elif row.code == KEEP_ME_SIGNED_IN:
            self._prompts[row.sight] += 1
        if row.record >= 0 and not is_interrupt(row):
            key = row.sight, row.record, bisect_right(self._reduction.changes, row.at)
            self._recorded[key] += 1
            if key not in self._recorded_examples:
                self._recorded_examples[key] = _example(row)

    def sights(self) -> tuple[Sight, ...]:
        """By number."""
        return tuple(
            Sight(seen, self._completed[number], self._prompts[number], self._examples.get(number))
            for seen, number in self._numbers.items()
        )

    def recorded(self) -> tuple[Recorded, ...]:
        """What Entra recorded, most frequent first."""
        records = tuple(self._records)
        return tuple(
            Recorded(sight, *records[record], self._reduction.changes[:epoch], count, self._recorded_examples[key])
            for key, count in self._recorded.most_common()
            for sight, record, epoch in (key,)
        )


def _example(row: Row) -> Example:
    return Example(row.id, row.created, row.user, row.app, row.user_id)
