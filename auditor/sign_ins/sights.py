"""What policies can tell apart among the sign-ins of a log, by number: a million rows show some thousands of sights.

While rows stream by, each gets the number of its circumstances, and a finished one the number of what Entra recorded
of the policies. Rows that turn out to be repetitions are counted nowhere, as counting comes after sorting them out.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec

from auditor.sign_ins.attempts import is_interrupt
from auditor.sign_ins.catalogue import KEEP_ME_SIGNED_IN, SUCCESS
from auditor.sign_ins.circumstances import WideRow, abroad, person, target, way
from auditor.sign_ins.rows import Row, narrow
from auditor.sign_ins.seen import SeenRow, packed, seen
from auditor.sign_ins.unlisted import Unlisted
from auditor.tenant.circumstances import Circumstances, Person, Target, Way
from auditor.tenant.sign_in_log import Recorded, Sight

_REMEMBERED = 16_384
_BITS = 24  # for the number of a record, of which there are fewer than sights


class _Applied(msgspec.Struct, gc=False):
    id: str | None = None
    result: str | None = None


Key = TypeVar("Key", bound=Hashable)

_encode = msgspec.json.Encoder().encode
_decode_applied = msgspec.json.Decoder(list[_Applied] | None).decode


class Reduction(Protocol):
    """How sign-ins are made alike, and what of the record is kept; `changes`: ticks at which a policy changed;
    `tenant`: the id of the one whose policies they are; `listed`: their ids in lower case."""

    changes: tuple[int, ...]
    tenant: str
    listed: frozenset[str]

    def person(self, person: Person) -> Person: ...

    def target(self, target: Target) -> Target: ...

    def way(self, way: Way) -> Way: ...

    def record(self, results: Iterable[tuple[str, str]]) -> tuple[int, int]: ...


class Sights:
    """Gives the numbers, and then counts by them."""

    def __init__(self, reduction: Reduction) -> None:
        self._reduction = reduction
        self.unlisted = Unlisted(reduction.listed, reduction.tenant)
        self._numbers: dict[Circumstances, int] = {}
        self._records: dict[tuple[int, int], int] = {}
        self._understood_before: dict[tuple[int, int], int] = {}
        self._people: dict[tuple[str | None, ...], Person | None] = {}
        self._targets: dict[tuple[str | None, ...], Target] = {}
        self._epochs = len(reduction.changes) + 1
        self._completed: list[int] = []
        self._prompts: list[int] = []
        self._examples: list[str | None] = []
        self._recorded: dict[int, int] = {}
        self._recorded_examples: dict[int, str] = {}
        self._settled = self._settled_records = array("L")

    def row(self, row: SeenRow, at: int, order: int) -> Row:
        """The narrow record with the numbers; without them where another tenant's policies decide."""
        who = self._person(row)
        applied = bytes(row.appliedConditionalAccessPolicies)
        named = self.unlisted.named(row, applied)
        if who is None:
            return self._narrow(row, at, order, named)
        alike = Circumstances(who, self._target(row), self._reduction.way(way(row)))
        sight = self._numbers.setdefault(alike, len(self._completed))
        if sight == len(self._completed):
            self._completed.append(0)
            self._prompts.append(0)
            self._examples.append(None)
        return self._narrow(row, at, order, named, sight, self._record(row, applied))

    def _narrow(
        self, row: SeenRow, at: int, order: int, named: tuple[int, ...] | None, sight: int = -1, record: int = -1
    ) -> Row:
        found = narrow(row, at, order, sight, record)
        found.named = named
        if is_interrupt(found):
            found.seen = packed(seen(row))
        return found

    def _person(self, row: WideRow) -> Person | None:
        """None where another tenant's policies decide."""
        key = row.userId, row.homeTenantId, row.resourceTenantId, row.userType, row.crossTenantAccessType
        try:
            return self._people[key]
        except KeyError:
            if len(self._people) >= _REMEMBERED:
                self._people.clear()
            who = None if abroad(row, self._reduction.tenant) else self._reduction.person(person(row))
            self._people[key] = who
            return who

    def _target(self, row: WideRow) -> Target:
        if row.conditionalAccessAudiences is not None or row.authenticationContextClassReferences is not None:
            return self._reduction.target(target(row))
        key = row.resourceId, row.appId, row.clientAppUsed, row.resourceOwnerTenantId
        found = self._targets.get(key)
        if found is None:
            if len(self._targets) >= _REMEMBERED:
                self._targets.clear()
            found = self._targets[key] = self._reduction.target(target(row))
        return found

    def _record(self, row: WideRow, raw: bytes) -> int:
        """-1 where Entra had not finished with the policies, or does not show what it made of them: an interrupted row
        may say "not applied" and proves nothing."""
        if row.status is None or (row.status.errorCode != SUCCESS and row.conditionalAccessStatus != "failure"):
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
            applied = _decode_applied(raw) if raw else None
        except ValueError:  # of a shape that is not known, or broken in a text
            return -1
        if not applied:
            return -1
        kept = self._reduction.record((each.id or "", each.result or "") for each in applied)
        return self._records.setdefault(kept, len(self._records))

    def settle(self) -> None:
        """Numbers them by what they are, and no more by the order in which they were met: for logs whose order means
        nothing. After all rows were read, and before any is counted."""
        self._numbers, self._settled = _sorted(self._numbers, _text)
        self._records, self._settled_records = _sorted(self._records, tuple)

    def count(self, row: Row) -> None:
        """One distinct row."""
        if row.named is not None:
            self.unlisted.count(row.named, row.at)
        if row.sight < 0:
            return
        if self._settled:
            row.sight = self._settled[row.sight]
            row.record = self._settled_records[row.record] if row.record >= 0 else -1
        is_example = False
        if row.code == SUCCESS:
            self._completed[row.sight] += 1
            if self._examples[row.sight] is None:
                self._examples[row.sight] = _example(row)
                is_example = True
        elif row.code == KEEP_ME_SIGNED_IN:
            self._prompts[row.sight] += 1
        if row.record >= 0 and not is_interrupt(row):
            # One int for sight, record and epoch: there are as many of them as sights, and a tuple takes four times
            # as much. For the same reason the sight's example serves where it can.
            epoch = bisect_right(self._reduction.changes, row.at)
            key = (row.sight << _BITS | row.record) * self._epochs + epoch
            if key not in self._recorded and not is_example:
                self._recorded_examples[key] = row.id
            self._recorded[key] = self._recorded.get(key, 0) + 1

    def counted(self) -> tuple[tuple[Sight, ...], Record]:
        """The sights by their numbers, and what Entra recorded. Nothing can be counted after that: what counting took
        is given back."""
        sights = tuple(map(Sight, self._numbers, self._completed, self._prompts, self._examples))
        record = Record(sights, self)
        self._numbers, self._understood_before, self._recorded = {}, {}, {}
        self._people, self._targets = {}, {}
        return sights, record


class Record:
    """What Entra recorded of the policies in the finished sign-ins of a log, most frequent first."""

    def __init__(self, sights: tuple[Sight, ...], counted: Sights) -> None:
        self._sights = sights
        self._examples = counted._recorded_examples
        self._records = tuple(counted._records)
        self._changes = counted._reduction.changes
        ordered = sorted(counted._recorded.items(), key=lambda each: (-each[1], each[0]))
        self._keys = array("Q", (key for key, _ in ordered))
        self._counts = array("Q", (count for _, count in ordered))

    def __iter__(self) -> Iterator[Recorded]:
        for key, count in zip(self._keys, self._counts, strict=True):
            both, epoch = divmod(key, len(self._changes) + 1)
            sight, record = both >> _BITS, both & ((1 << _BITS) - 1)
            example = partial(self._example, key, sight)
            yield Recorded(sight, *self._records[record], self._changes[:epoch], count, example)

    def _example(self, key: int, sight: int) -> str:
        own = self._examples.get(key)
        if own is not None:
            return own
        of_the_sight = self._sights[sight].example
        assert of_the_sight is not None  # a row made the key
        return of_the_sight.id


def _sorted(numbered: dict[Key, int], key: Callable[[Key], Any]) -> tuple[dict[Key, int], array[int]]:
    """The same things with numbers in their order, and for each number the new one."""
    found = {each: number for number, each in enumerate(sorted(numbered, key=key))}
    return found, array("L", (found[each] for each in numbered))


def _text(alike: Circumstances) -> str:
    return repr(_ordered(alike))


def _ordered(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return tuple(map(_ordered, value)) if isinstance(value, tuple) else value


def _example(row: Row) -> str:
    return _encode((row.id, row.created, row.user, row.app, row.user_id)).decode()
