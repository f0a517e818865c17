"""What is kept of a collection's rows, where not all of it is wanted. Entries of the audit log on security information
carry phone numbers and tokens of devices, and the registration report everybody's methods: the spool holds what is
looked at, in Graph's own shape, and no more.

A row in which not even that can be made out is kept as it is, so that it is named as not understood.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from auditor.tenant.graph_audit import is_user_event
from auditor.tenant.instant import parse


class Sieve(Protocol):
    """Made anew for each reading of a collection from its start."""

    @property
    def enough(self) -> bool:
        """Whether no further page is wanted."""
        ...

    def kept(self, rows: Iterable[msgspec.Raw]) -> Iterable[msgspec.Raw]:
        """Copies, which do not hold the page in memory."""
        ...


class Everything:
    enough = False

    def kept(self, rows: Iterable[msgspec.Raw]) -> Iterable[msgspec.Raw]:
        return (msgspec.Raw(bytes(raw)) for raw in rows)


class _User(msgspec.Struct):
    id: Any = UNSET
    userPrincipalName: Any = UNSET
    displayName: Any = UNSET


class _Initiator(msgspec.Struct):
    user: _User | None = None
    app: Any = UNSET


class _Target(msgspec.Struct):
    id: Any = UNSET
    type: Any = UNSET


class _Entry(msgspec.Struct, omit_defaults=True):
    activityDisplayName: str
    activityDateTime: str
    id: Any = UNSET
    result: Any = UNSET
    initiatedBy: _Initiator | None = None
    targetResources: list[_Target] | None = None


class UserEvents:
    """Entries of the audit log on passwords and security information, from `start` to `end` (ticks): `$filter` has been
    seen to be ignored."""

    enough = False

    def __init__(self, start: int, end: int) -> None:
        self._start, self._end = start, end

    def kept(self, rows: Iterable[msgspec.Raw]) -> Iterable[msgspec.Raw]:
        for raw in rows:
            try:
                entry = msgspec.json.decode(raw, type=_Entry)
                at = parse(entry.activityDateTime)
            except ValueError:
                yield msgspec.Raw(bytes(raw))
                continue
            if is_user_event(entry.activityDisplayName) and self._start <= at <= self._end:
                yield msgspec.Raw(msgspec.json.encode(entry))


class _Registration(msgspec.Struct):
    id: str
    isSsprEnabled: Any = UNSET
    isSsprRegistered: Any = UNSET
    isMfaRegistered: Any = UNSET
    lastUpdatedDateTime: Any = UNSET


class Registrations:
    """Of these people (ids in lower case), each once, until all were seen."""

    def __init__(self, people: Iterable[str]) -> None:
        self._missing = set(people)

    @property
    def enough(self) -> bool:
        return not self._missing

    def kept(self, rows: Iterable[msgspec.Raw]) -> Iterable[msgspec.Raw]:
        for raw in rows:
            try:
                found = msgspec.json.decode(raw, type=_Registration)
            except ValueError:
                yield msgspec.Raw(bytes(raw))
                continue
            if found.id.lower() in self._missing:
                self._missing.discard(found.id.lower())
                yield msgspec.Raw(msgspec.json.encode(found))
