"""The directory audit log: changes of policies, registrations, resets of passwords, and a little of everyday life."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from auditor.local_tenant.simulation.identity import Json, digest, guid
from auditor.local_tenant.simulation.log import Log
from auditor.local_tenant.simulation.people import People, Person
from auditor.local_tenant.simulation.policies import PolicyHistory, audit_values
from auditor.local_tenant.simulation.shapes import Attempt
from auditor.local_tenant.simulation.times import DAY, HOUR, MINUTE, stamp

RESET_BEFORE = 3 * MINUTE
"""A password is reset this long before the interrupt that it causes."""

_POLICY_ADMIN, _HELPDESK = 3, 7


class Audits:
    """The directoryAudit objects of one tenant, as near at hand as the sign-ins that they belong to."""

    def __init__(self, seed: int, people: People, history: PolicyHistory, log: Log) -> None:
        self._seed, self._people, self._history, self._log = seed, people, history, log
        self._begin, self._end = log.begin, log.end
        self._of_slot = lru_cache(maxsize=64)(self._slot)

    def entries(self, start: int, end: int) -> Iterator[Json]:
        """Entries with start <= tick <= end, newest first."""
        standing = list(self._standing())
        for first, last, slots in self._log.stretches(start, end):
            found = [entry for entry in standing if first <= entry[0] <= last]
            for number in slots:
                found.extend(entry for entry in self._of_slot(number) if first <= entry[0] <= last)
            for _, entry in sorted(found, key=lambda entry: (entry[0], entry[1]["id"]), reverse=True):
                yield entry

    def _slot(self, number: int) -> list[tuple[int, Json]]:
        return [entry for attempt in self._log.drawn(number).attempts for entry in self._of(attempt)]

    def _standing(self) -> Iterator[tuple[int, Json]]:
        """Entries that do not hang on sign-ins, as (tick, object): policy changes, and one edit of a user a day."""
        for change in self._history.changes:
            old, new = audit_values(change)
            name = "Add conditional access policy" if old is None else "Update conditional access policy"
            target = {
                "id": change.after["id"],
                "displayName": change.after["displayName"],
                "type": "Policy",
                "userPrincipalName": None,
                "groupType": None,
                "modifiedProperties": [{"displayName": "ConditionalAccessPolicy", "oldValue": old, "newValue": new}],
            }
            by = self._people[_POLICY_ADMIN % self._people.count]
            yield change.tick, self._entry(change.tick, name, "Policy", "Conditional Access", by, target)
        for day in range((self._end - self._begin) // DAY):
            tick = self._begin + day * DAY + 9 * HOUR + digest(self._seed, "edit", day)[0] * MINUTE
            if tick < self._end:
                person = self._people[digest(self._seed, "edited", day)[0] % self._people.count]
                target = _user(person, [{"displayName": "JobTitle", "oldValue": "[]", "newValue": '["Lead"]'}])
                by = self._people[_HELPDESK % self._people.count]
                yield tick, self._entry(tick, "Update user", "UserManagement", "Core Directory", by, target)

    def _of(self, attempt: Attempt) -> Iterator[tuple[int, Json]]:
        """Entries that belong to an attempt: the registration that finished it, the reset that caused it."""
        person = attempt.circumstance.person
        for number, step in enumerate(attempt.steps):
            later = attempt.steps[number + 1 :]
            if step.cause == "reset":
                tick = step.tick - RESET_BEFORE
                by = self._people[_HELPDESK % self._people.count]
                name = "Reset user password"
                yield tick, self._entry(tick, name, "UserManagement", "Core Directory", by, _user(person, []))
            elif step.outcome == "completed" and _registers(step.code, step.cause) and later:
                tick = step.tick + max((later[0].tick - step.tick) // 2, 0)
                yield (
                    tick,
                    self._entry(
                        tick,
                        "User registered security info",
                        "UserManagement",
                        "Authentication Methods",
                        person,
                        _user(person, []),
                        "User registered Authenticator App with Notification and Code",
                    ),
                )

    def _entry(
        self, tick: int, activity: str, category: str, service: str, by: Person, target: Json, reason: str = ""
    ) -> Json:
        marker = guid(self._seed, "audit", tick, activity, target["id"])
        kinds = {"Add": "Add", "Update": "Update", "Reset": "Update"}
        return {
            "id": f"Directory_{marker[:5].upper()}_{marker}",
            "category": category,
            "correlationId": guid(marker, "correlation"),
            "result": "success",
            "resultReason": reason,
            "activityDisplayName": activity,
            "activityDateTime": stamp(tick),
            "loggedByService": service,
            "operationType": kinds.get(activity.split()[0], "Update"),
            "initiatedBy": {
                "app": None,
                "user": {
                    "id": by.id,
                    "displayName": None,
                    "userPrincipalName": by.upn,
                    "ipAddress": "203.0.113.7",
                },
            },
            "targetResources": [target],
            "additionalDetails": [],
        }


def _registers(code: int, cause: str) -> bool:
    return cause == "registration" or (code in (50072, 50079) and cause in ("policy", "security-defaults"))


def _user(person: Person, modified: list[Json]) -> Json:
    return {
        "id": person.id,
        "displayName": None,
        "type": "User",
        "userPrincipalName": person.upn,
        "groupType": None,
        "modifiedProperties": modified,
    }
