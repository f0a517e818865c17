"""A sign-in log with pseudonyms for the names in it; ids and addresses stay, for policies are judged by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec

from auditor.redaction.forms import Name
from auditor.redaction.shown import is_control_of_microsoft
from auditor.sign_ins.one_attempt import FoundRow
from auditor.tenant.sign_in_log import (
    Coverage,
    Example,
    Interrupt,
    InterruptCount,
    NamedPolicies,
    PolicyResult,
    Recorded,
    Seen,
    Sight,
    SignInLog,
    Totals,
)

_REMEMBERED = 16_384

Results = tuple[PolicyResult, ...]


class RedactedLog:
    """`row`: is told the id of each row that is given as an example."""

    def __init__(self, log: SignInLog, name: Name, row: Callable[[str], None]) -> None:
        self._log = log
        self._name = name
        self._row = row
        self._results: dict[Results, Results] = {}
        self._sights: tuple[Sight, ...] | None = None

    @property
    def coverage(self) -> Coverage:
        return self._log.coverage

    @property
    def totals(self) -> Totals:
        return self._log.totals

    def counts(self) -> tuple[InterruptCount, ...]:
        return self._log.counts()

    def interrupts(self, code: int | None = None) -> Iterator[Interrupt]:
        return map(self._interrupt, self._log.interrupts(code))

    def sights(self) -> tuple[Sight, ...]:
        if self._sights is None:
            self._sights = tuple(
                _RedactedSight(each.circumstances, each.completed, each.prompts, each.packed, self._example)
                for each in self._log.sights()
            )
        return self._sights

    def recorded(self) -> Iterator[Recorded]:
        return self._log.recorded()

    def unlisted(self) -> NamedPolicies:
        found = self._log.unlisted()
        return replace(
            found,
            policies=tuple(
                replace(
                    each,
                    name=self._name("policy", each.name),
                    grants=tuple(map(self._control, each.grants)),
                    sessions=tuple(map(self._control, each.sessions)),
                )
                for each in found.policies
            ),
        )

    def _control(self, control: str) -> str:
        return control if is_control_of_microsoft(control) else self._name("control", control)

    def _interrupt(self, found: Interrupt) -> Interrupt:
        return found._replace(
            user=self._name("user", found.user),
            app=self._name("app", found.app),
            seen=None if found.seen is None else self._seen(found.seen),
        )

    def _seen(self, seen: Seen) -> Seen:
        policies = None if seen.policies is None else self._policies(seen.policies)
        return seen._replace(policies=policies, resource=self._name("app", seen.resource))

    def _policies(self, results: Results) -> Results:
        found = self._results.get(results)
        if found is None:
            if len(self._results) >= _REMEMBERED:
                self._results.clear()
            found = self._results[results] = tuple(
                each._replace(name=self._name("policy", each.name)) for each in results
            )
        return found

    def _example(self, found: Example) -> Example:
        self._row(found.id)
        return Example(
            found.id,
            found.created,
            self._name("user", found.user),
            self._name("app", found.app),
            found.user_id,
        )


@dataclass(frozen=True, slots=True)
class _RedactedSight(Sight):
    """Its example is read out when it is asked for: there are a hundred thousand sights, and few examples are told."""

    shown: Callable[[Example], Example]

    @property
    def example(self) -> Example | None:
        found = Sight.example.__get__(self)
        return None if found is None else self.shown(found)


def found_row(found: FoundRow, name: Name) -> FoundRow:
    """A row that was looked up, with pseudonyms for the names in it."""
    row, wide = found
    user, app = name("user", row.user), name("app", row.app)
    return FoundRow(
        msgspec.structs.replace(row, user=user, app=app),
        msgspec.structs.replace(
            wide,
            userPrincipalName=user,
            appDisplayName=app,
            resourceDisplayName=name("app", wide.resourceDisplayName or ""),
            appliedConditionalAccessPolicies=_applied(bytes(wide.appliedConditionalAccessPolicies), name),
        ),
    )


def _applied(raw: bytes, name: Name) -> msgspec.Raw:
    """Of a list that cannot be read nothing is left."""
    try:
        listed = msgspec.json.decode(raw) if raw else None
    except ValueError:
        return msgspec.Raw(b"")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("displayName"), str):
            each["displayName"] = name("policy", each["displayName"])
    return msgspec.Raw(msgspec.json.encode(listed))
