"""What the policies, as they stand, would make of a sign-in that somebody describes: the answers of Graph's What If.

They come out of the same reading of conditions that wrote the log. What a question leaves out is not told, and a
condition that needs it is neither met nor unmet: a policy that only such conditions keep from applying does not apply
for want of information. Of a policy that is switched off nothing else is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.local_tenant.simulation.conditions import NOT_TOLD, How, Who, covers, reaches, unmet
from auditor.local_tenant.simulation.groups import Group, roles_of
from auditor.local_tenant.simulation.identity import Json
from auditor.local_tenant.simulation.people import People
from auditor.local_tenant.simulation.places import whereabouts

Answer = tuple[Json, tuple[str, ...]]
"""A policy, and why it does not apply, in Graph's words; it applies where there is no reason."""

_ORDER = (
    NOT_TOLD,
    "users",
    "application",
    "userActions",
    "authenticationContext",
    "devicePlatform",
    "devices",
    "clientApps",
    "location",
    "signInRisk",
    "userRisk",
    "insiderRisk",
    "authenticationFlow",
)


@dataclass(frozen=True, slots=True)
class DescribedDevice:
    """A device by its directory properties, in a filter's words and lower case; none where it is not registered."""

    told: tuple[tuple[str, str | None], ...] = ()

    @property
    def properties(self) -> Mapping[str, str | None]:
        return dict(self.told)


@dataclass(frozen=True, slots=True)
class Question:
    """A sign-in as somebody describes it, in the words of policies; None and empty is not told.

    `targets`: resources by id, or one user action (URN), or one authentication context. `external` and `home` say what
    kind of guest of which tenant signs in; without `user_id` it is one whom the directory does not know.
    """

    targets: tuple[str, ...]
    user_id: str = ""
    external: str = ""
    home: str = ""
    client: str | None = None
    platform: str | None = None
    device: DescribedDevice | None = None
    address: str | None = None
    country: str | None = None
    risk: str | None = None
    user_risk: str | None = None
    insider_risk: str | None = None
    flow: str | None = None


class WhatIf:
    """Answers questions about one tenant."""

    def __init__(
        self, people: People, groups: Sequence[Group], locations: list[Json], policies: Sequence[Json]
    ) -> None:
        self._people, self._groups, self._locations, self._policies = people, groups, locations, policies

    def answers(self, question: Question) -> Iterator[Answer]:
        """One for each policy. Raises `LookupError` for a user whom the tenant does not have."""
        who, how = self._who(question), self._how(question)
        return ((policy, _reasons(policy, who, question.targets, how)) for policy in self._policies)

    def _who(self, question: Question) -> Who:
        external, home = question.external, question.home
        if not question.user_id:
            return Who("", external, home, frozenset(), frozenset())
        person = self._people.find(question.user_id)
        if person is None:
            raise LookupError(question.user_id)
        return Who(
            person.id,
            external or person.external,
            home or person.home,
            frozenset(group.id for group in self._groups if group.holds(person)),
            roles_of(person),
        )

    def _how(self, question: Question) -> How:
        where = whereabouts(self._locations, question.address, question.country)
        return How(
            client=question.client,
            platform=question.platform,
            device=question.device,
            inside=where.inside,
            unsure=where.unsure,
            risk=question.risk,
            user_risk=question.user_risk,
            flow=question.flow,
            insider_risk=question.insider_risk,
        )


def _reasons(policy: Json, who: Who, targets: Sequence[str], how: How) -> tuple[str, ...]:
    if policy["state"] == "disabled":
        return ("policyNotEnabled",)
    found = set(unmet(policy, how))
    if not reaches(policy, who):
        found.add("users")
    if not any(covers(policy, target) for target in targets):
        found.add(_aim(policy))
    # What is known to fail decides, whatever is not told.
    return tuple(reason for reason in _ORDER if reason in (found - {NOT_TOLD} or found))


def _aim(policy: Json) -> str:
    """What the policy is aimed at, as the reason that names it."""
    apps = policy["conditions"].get("applications") or {}
    if apps.get("includeUserActions"):
        return "userActions"
    return "authenticationContext" if apps.get("includeAuthenticationContextClassReferences") else "application"
