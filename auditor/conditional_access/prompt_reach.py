"""Whom the prompt to stay signed in can reach: those for whom no policy decides.

A policy that says always or never keeps the prompt from everybody whom it reaches, see `persistence`. Only the tenant's
own users count here, for guests go by the setting of their home.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.evaluate import conditions_hold
from auditor.conditional_access.persistence import Persistence, acts
from auditor.conditional_access.reach import BROWSER_OR_NOT_KNOWN
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import EXTERNAL, MEMBER, Circumstances, Person, Target, Way
from auditor.tenant.policy import GUESTS, Policy
from auditor.tenant.sign_in_log import Example, Sight

_ANY_OWN_BROWSER = Circumstances(Person("", frozenset({MEMBER})), Target(""), Way(client="browser"))
"""Nothing else is known of it: whatever holds for it holds for every browser sign-in by a member."""


@dataclass(frozen=True, slots=True)
class PromptReach:
    """Completed browser sign-ins by the tenant's own users: those for which a policy decides, those `left` to the
    prompt, and those of which it is not known, `because`: most frequent first. `example`: one that is left."""

    decided: int
    left: int
    not_known: int
    because: tuple[tuple[str, int], ...]
    example: Example | None

    @property
    def total(self) -> int:
        return self.decided + self.left + self.not_known


def prompt_reach(policies: Sequence[Policy], directory: Directory, sights: Iterable[Sight]) -> PromptReach:
    """Had these policies been then as they are now."""
    persistence = Persistence(policies, directory)
    decided = left = not_known = 0
    because: Counter[str] = Counter()
    example = None
    for sight in own_browser_sign_ins(sights):
        certainly, perhaps = persistence.deciding(sight.circumstances)
        if certainly:
            decided += sight.completed
        elif not perhaps:
            left += sight.completed
            example = example or sight.example
        else:
            not_known += sight.completed
            because.update(dict.fromkeys(persistence.because(sight.circumstances, perhaps), sight.completed))
    return PromptReach(decided, left, not_known, tuple(because.most_common()), example)


def own_browser_sign_ins(sights: Iterable[Sight]) -> tuple[Sight, ...]:
    """Those of completed sign-ins by the tenant's own users with a browser, or with a client that is not known."""
    completed = (sight for sight in sights if sight.completed and _own(sight.circumstances.person))
    return tuple(sight for sight in completed if sight.circumstances.way.client in BROWSER_OR_NOT_KNOWN)


def _own(person: Person) -> bool:
    """A user of this tenant, as far as the log tells; False also where it does not say."""
    return MEMBER in person.kinds and person.kinds.isdisjoint(EXTERNAL)


def decides(policy: Policy) -> bool:
    """Whether the policy certainly decides about the browser sessions that it reaches."""
    return acts(policy).applies is Applies.YES


def may_decide(policy: Policy) -> bool:
    """Whether it decides, or that is not known."""
    return acts(policy).applies is not Applies.NO


def reaches_everybody(policy: Policy, directory: Directory) -> bool:
    """Whether its conditions hold for every browser sign-in by a member, whoever and wherever it is. False: they may
    not."""
    return conditions_hold(policy, _ANY_OWN_BROWSER, directory).applies is Applies.YES


def reaches_everybody_but(policy: Policy, directory: Directory) -> bool:
    """Whether nothing but the people that it excludes keeps it from that."""
    users = replace(policy.conditions.users, exclude_users=(), exclude_groups=(), exclude_roles=(), exclude_guests=None)
    without = replace(policy, conditions=replace(policy.conditions, users=users))
    return reaches_everybody(without, directory) and not reaches_everybody(policy, directory)


def excluded_people(policy: Policy, directory: Directory) -> frozenset[str] | None:
    """Ids of the people that a policy excludes by name, group or role, guests apart; None: not known."""
    users = policy.conditions.users
    people = {name for name in users.exclude_users if name != GUESTS}
    for members in (*_members(users.exclude_groups, directory), *_holders(users.exclude_roles, directory)):
        if members is None:
            return None
        people |= members
    return frozenset(people)


def _members(groups: Iterable[str], directory: Directory) -> Iterator[frozenset[str] | None]:
    for identity in groups:
        group = directory.groups.get(identity)
        yield None if group is None else frozenset() if group.gone else group.users


def _holders(roles: Iterable[str], directory: Directory) -> Iterator[frozenset[str] | None]:
    for role in roles:
        if directory.holders_missing:
            yield None
        for principal in directory.holders.get(role, ()):
            kind = directory.principals.get(principal, "object")
            if principal in directory.groups or kind == "group":
                yield from _members((principal,), directory)
            elif kind == "object":  # which Graph did not say
                yield None
            else:
                yield frozenset({principal} if kind == "user" else ())
