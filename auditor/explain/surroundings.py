"""What stands around an interrupt in its tenant, as far as it was read: the policies as they were, the setting, what
people and applications had registered. What was not read is never an answer: it goes by `lacking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from auditor.conditional_access.directory import Directory
from auditor.explain.history import PolicyHistory, by_id
from auditor.stay_signed_in import SettingEvidence, setting_evidence
from auditor.tenant.circumstances import INTERNAL_GUEST
from auditor.tenant.dataset import DATASETS, Collected, Missing
from auditor.tenant.instant import MINUTE, parse
from auditor.tenant.policy import Policy
from auditor.tenant.records import UserEvent
from auditor.tenant.sign_in_log import Interrupt, PolicyResult, Seen
from auditor.tenant.tenant import Tenant

HOUR = 60 * MINUTE

KEPT = 16_384
"""Answers that are remembered at a time: most interrupts of a log are alike."""

NOT_SEEN = "The log was read without what explanations need of a row."
ABROAD = "The person asked another tenant, whose policies and settings decided: its administrators see them."


class Unsatisfied(NamedTuple):
    """A policy that a row calls not satisfied. `policy`: as it stood then; where that is not known, as it is today, and
    `then` is False; None where it is gone."""

    result: PolicyResult
    policy: Policy | None
    then: bool


class Surroundings:
    """Of one tenant. `directory`: who is in which group and the like, today."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.tenant_id = tenant.id.lower()
        self.directory = Directory.of(tenant)
        policies, changes = tenant.reading("policies"), tenant.reading("policy_changes")
        self.policies_read = not isinstance(policies, Missing)
        self.policies_whole = isinstance(policies, Collected)
        self.history = PolicyHistory(
            () if isinstance(policies, Missing) else policies.value,
            () if isinstance(changes, Missing) else changes.value,
            recorded=isinstance(changes, Collected),
        )
        self._events: Mapping[str, tuple[UserEvent, ...]] = self.value("user_events") or {}
        self._by_id = by_id(self.history.today)
        self._unsatisfied: dict[tuple[tuple[PolicyResult, ...], int], tuple[Unsatisfied, ...]] = {}

    def unseen(self, interrupt: Interrupt) -> str:
        """Why this tenant's policies and settings tell nothing of an interrupt; "" where they may."""
        seen = interrupt.seen
        if seen is None:
            return NOT_SEEN
        person = seen.circumstances.person
        if interrupt.own_user is False and person.home == self.tenant_id and person.kinds != {INTERNAL_GUEST}:
            return ABROAD
        return ""

    def unsatisfied(self, seen: Seen, epoch: int) -> tuple[Unsatisfied, ...]:
        """The policies that a row calls not satisfied, with what they say."""
        if not seen.policies:
            return ()
        key = (seen.policies, epoch)
        found = self._unsatisfied.get(key)
        if found is None:
            if len(self._unsatisfied) >= KEPT:
                self._unsatisfied.clear()
            then = by_id(self.history.standing(epoch).policies)
            found = self._unsatisfied[key] = tuple(
                Unsatisfied(
                    result, then.get(result.id.lower(), self._by_id.get(result.id.lower())), result.id.lower() in then
                )
                for result in seen.policies
                if result.result == "failure"
            )
        return found

    def setting(self) -> SettingEvidence:
        """What the sign-in page and the admin tell of the stay-signed-in setting. The log is left aside: it would be
        read once more, for what each prompt proves by itself."""
        page = self.tenant.reading("sign_in_page")
        return setting_evidence(replace(self.tenant, readings={"sign_in_page": page}, declared=None))

    def value(self, dataset: str) -> Any:
        """What was read of a dataset, whole or in part; None: nothing."""
        reading = self.tenant.reading(dataset)
        return None if isinstance(reading, Missing) else reading.value

    def whole(self, dataset: str) -> bool:
        """Whether it was wholly read, so that what is absent in it is absent."""
        return isinstance(self.tenant.reading(dataset), Collected)

    def lacking(self, dataset: str, what: str) -> tuple[str, ...]:
        """That `what` is not known for want of a dataset, and what would bring it; nothing where it was wholly read."""
        reading = self.tenant.reading(dataset)
        if isinstance(reading, Collected):
            return ()
        how = "Not read" if isinstance(reading, Missing) else "Not wholly read"
        remedy = reading.remedy or DATASETS[dataset].remedy
        return (f"{what} {how}: {DATASETS[dataset].title}. {reading.reason} {remedy}".rstrip(),)

    def events(self, user_id: str) -> tuple[UserEvent, ...]:
        """What is known of a person's password and security information in the window; oldest first."""
        return self._events.get(user_id.lower(), ()) if user_id else ()


def ticks(text: str) -> int | None:
    """None where it is no instant that can be read."""
    try:
        return parse(text)
    except ValueError:
        return None
