"""The policies as they were at an instant: today's, walked back through the changes that the audit log holds.

What cannot be told is not guessed: a policy that was modified after the instant, and of whose change the log has no
version that can be read, is not known for that time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.conditional_access.reduction import changed_at
from auditor.tenant.instant import parse
from auditor.tenant.policy import Policy
from auditor.tenant.records import PolicyChange


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A policy that there was, or may have been, and that is not known for the time. `now`: as it is today; None: it
    is gone."""

    id: str
    name: str
    now: Policy | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The policies of one stretch of time: `policies` as they stood then, and those of which that is not known."""

    policies: tuple[Policy, ...]
    not_known: tuple[NotKnown, ...]


class PolicyHistory:
    """`recorded`: whether the audit log was wholly read. Time is cut into epochs, within which no policy changed."""

    def __init__(self, policies: Sequence[Policy], changes: Iterable[PolicyChange], *, recorded: bool) -> None:
        self.today = tuple(policies)
        self._recorded = recorded
        self._now = {policy.id.lower(): policy for policy in reversed(self.today)}
        self._changes: dict[str, list[tuple[int, PolicyChange]]] = defaultdict(list)
        for change in changes:
            if self._concerns(change):
                self._changes[change.policy_id.lower()].append((parse(change.at), change))
        for listed in self._changes.values():
            listed.sort(key=lambda each: each[0])
        self._bounds = sorted(set(self._instants()))
        self._standings: dict[int, Standing] = {}

    def epoch(self, at: int) -> int:
        """The number of the epoch that holds an instant."""
        return bisect_right(self._bounds, at)

    def standing(self, epoch: int) -> Standing:
        """The policies of an epoch."""
        found = self._standings.get(epoch)
        if found is None:
            found = self._standings[epoch] = self._stood(self._bounds[epoch - 1] if epoch else -(1 << 63))
        return found

    def changes_since(self, policy_id: str, epoch: int) -> tuple[PolicyChange, ...]:
        """What the audit log holds of the changes of a policy after an epoch, oldest first."""
        end = self._bounds[epoch - 1] if epoch else -(1 << 63)
        return tuple(change for at, change in self._changes.get(policy_id.lower(), ()) if at > end)

    def versions(self) -> tuple[Policy, ...]:
        """Every version that is known, today's first."""
        before = (change.before for listed in self._changes.values() for _, change in listed)
        return (*self.today, *(policy for policy in before if policy is not None))

    def _concerns(self, change: PolicyChange) -> bool:
        """Whether it is about a Conditional Access policy; the log's category holds policies of other kinds, too."""
        return (
            change.policy_id.lower() in self._now
            or change.before is not None
            or change.after is not None
            or "conditional access policy" in change.activity.lower()
        )

    def _instants(self) -> Iterator[int]:
        for listed in self._changes.values():
            yield from (at for at, _ in listed)
        for policy in self.versions():
            for at in (changed_at(policy), _created(policy)):
                if at is not None:
                    yield at

    def _stood(self, at: int) -> Standing:
        policies: list[Policy] = []
        not_known: list[NotKnown] = []
        for policy_id in {**self._now, **self._changes}:
            version = self._version(policy_id, at)
            if isinstance(version, NotKnown):
                not_known.append(version)
            elif version is not None:
                policies.append(version)
        return Standing(tuple(policies), tuple(not_known))

    def _version(self, policy_id: str, at: int) -> Policy | NotKnown | None:
        """None: there was none."""
        now = self._now.get(policy_id)
        listed = self._changes.get(policy_id, [])
        later = next((change for changed, change in listed if changed > at), None)
        if later is None:
            version, certain = now, self._recorded or now is None or changed_at(now) is not None
        elif later.before is None and _adds(later):
            return None
        else:
            version, certain = later.before, later.before is not None
        if version is None and certain:
            return None
        created = None if version is None else _created(version)
        if created is not None and created > at:
            return None
        modified = None if version is None else changed_at(version)
        if version is None or not certain or (modified is not None and modified > at):
            return NotKnown(policy_id, _name(now, listed), now)
        return version


def _adds(change: PolicyChange) -> bool:
    return change.activity.lower().startswith(("add ", "create "))


def _created(policy: Policy) -> int | None:
    try:
        return parse(policy.created) if policy.created else None
    except ValueError:
        return None


def _name(now: Policy | None, changes: Sequence[tuple[int, PolicyChange]]) -> str:
    versions = (version for _, change in reversed(changes) for version in (change.after, change.before))
    return next((policy.name for policy in (now, *versions) if policy is not None), "")


def by_id(policies: Iterable[Policy]) -> Mapping[str, Policy]:
    """By the id in lower case."""
    return {policy.id.lower(): policy for policy in policies}
