"""Policies that rows name and the list of policies lacks: what keeps a list that is not whole from passing for one.

Every row is looked at, whatever its code. Lists of policies repeat by the million, so each is read once; a row keeps
the numbers of what it names, and is counted when repetitions have been sorted out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

import msgspec

from auditor.sign_ins.rows import NO_ID
from auditor.sign_ins.seen import AppliedPolicy, SeenRow
from auditor.tenant.sign_in_log import NamedPolicies, NamedPolicy

MOST = 4_096
"""Policies that are told apart, by id, name and controls. No tenant has nearly as many; a hostile log may."""
LONGEST = 300
"""Characters of a name or a control that are kept, and MOST_CONTROLS of a policy in one row."""
MOST_CONTROLS = 20
_REMEMBERED = 16_384  # lists

_GUID = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Words among the ids, such as SecurityDefaults, are of what no list of policies holds."""

_decode = msgspec.json.Decoder(list[AppliedPolicy] | None).decode


class _Named(NamedTuple):
    id: str
    name: str
    grants: tuple[str, ...]
    sessions: tuple[str, ...]
    foreign: bool


class Unlisted:
    """`listed`: ids of the list, in lower case. `tenant`: whose list it is, in lower case, or ""."""

    def __init__(self, listed: frozenset[str], tenant: str) -> None:
        self._listed = listed
        self._tenant = tenant
        self._numbers: dict[_Named, int] = {}
        # The first two are for what is one too many: of this tenant's resources, and of another's.
        self._foreign = [False, True]
        self._rows = [0, 0]
        self._last = [0, 0]
        self._shown: tuple[int, int] | None = None
        self._read: dict[tuple[int, int, bool], tuple[int, ...] | None] = {}

    def named(self, row: SeenRow, applied: bytes) -> tuple[int, ...] | None:
        """The numbers of those that a row names. None: it shows no policies, or none of this tenant's. `applied`: the
        text of its list."""
        if not applied:
            return None
        here = (row.resourceTenantId or NO_ID).lower()
        foreign = self._tenant != "" and here not in (NO_ID, self._tenant)
        key = hash(applied), len(applied), foreign
        try:
            return self._read[key]
        except KeyError:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            found = self._read[key] = self._understood(applied, foreign)
            return found

    def _understood(self, applied: bytes, foreign: bool) -> tuple[int, ...] | None:
        try:
            listed = _decode(applied)
        except ValueError:  # of a shape that is not known, or broken in a text
            return None
        if not listed:
            return None
        found: dict[str, _Named] = {}
        for each in listed:
            identity = (each.id or "").lower()
            if identity in self._listed or identity == NO_ID or not _GUID.fullmatch(identity):
                continue
            before = found.get(identity)
            found[identity] = _Named(
                identity,
                (each.displayName or (before.name if before else ""))[:LONGEST],
                _controls(each.enforcedGrantControls, before.grants if before else ()),
                _controls(each.enforcedSessionControls, before.sessions if before else ()),
                foreign,
            )
        numbers = tuple(sorted({self._number(each) for each in found.values()}))
        return None if foreign and not numbers else numbers

    def _number(self, named: _Named) -> int:
        number = self._numbers.get(named)
        if number is None:
            if len(self._numbers) >= MOST:
                return int(named.foreign)
            number = self._numbers[named] = len(self._rows)
            self._foreign.append(named.foreign)
            self._rows.append(0)
            self._last.append(0)
        return number

    def count(self, named: tuple[int, ...], at: int) -> None:
        """One distinct row, at this time in ticks."""
        if not named or not self._foreign[named[0]]:
            first, last = self._shown or (at, at)
            self._shown = min(first, at), max(last, at)
        for number in named:
            self._rows[number] += 1
            self._last[number] = max(self._last[number], at)

    def counted(self) -> NamedPolicies:
        variants: defaultdict[tuple[str, bool], list[tuple[int, _Named, int]]] = defaultdict(list)
        for named, number in self._numbers.items():
            if self._rows[number]:
                variants[named.id, named.foreign].append((self._last[number], named, self._rows[number]))
        found = [_policy(each) for each in variants.values()]
        found.sort(key=lambda each: (-each.rows, each.id, each.foreign))
        # Those of another tenant's resources prove nothing, however many they are.
        return NamedPolicies(tuple(found), self._shown, self._rows[0], self._last[0])


def _policy(variants: list[tuple[int, _Named, int]]) -> NamedPolicy:
    last, latest, _ = max(variants)
    return NamedPolicy(
        latest.id,
        latest.name,
        sum(rows for _, _, rows in variants),
        last,
        tuple(sorted({each for _, named, _ in variants for each in named.grants})),
        tuple(sorted({each for _, named, _ in variants for each in named.sessions})),
        latest.foreign,
    )


def _controls(listed: list[str | None] | None, before: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*before, *(each[:LONGEST] for each in listed or () if each)})[:MOST_CONTROLS])
