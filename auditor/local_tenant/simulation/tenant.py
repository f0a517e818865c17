"""`Simulation`: one tenant made of a seed, everything about it as Graph JSON, and the truth about its log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from auditor.local_tenant.simulation import apps, groups, organization, places, policies
from auditor.local_tenant.simulation.audits import Audits
from auditor.local_tenant.simulation.identity import Json, guid
from auditor.local_tenant.simulation.log import Log
from auditor.local_tenant.simulation.people import BREAK_GLASS, GUEST_HOMES, People, home_tenant
from auditor.local_tenant.simulation.policy_kinds import Names
from auditor.local_tenant.simulation.rows import RowWriter
from auditor.local_tenant.simulation.times import ticks
from auditor.local_tenant.simulation.what_if import Answer, Question, WhatIf
from auditor.local_tenant.simulation.world import World

FEWEST_USERS = 16
_NAMES = ("Contoso", "Adatum", "Litware", "Proseware", "Wingtip", "Woodgrove")


class Simulation:
    """A deterministic tenant.

    `end`: aware UTC datetime; the log covers [end - days, end). `sign_ins`: about how many rows it has, three per user
    and day unless told. `setting`: "shown", "hidden", "no key" or "no branding"; drawn by the seed unless told.
    `policies`: Graph JSON to use instead of drawn policies. Raises ValueError for arguments that make no tenant.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        users: int = 200,
        days: int = 7,
        end: datetime,
        sign_ins: int | None = None,
        setting: str | None = None,
        premium: bool = True,
        policies: Sequence[Json] | None = None,
    ) -> None:
        if end.tzinfo is None:
            raise ValueError("end must carry a time zone")
        if users < FEWEST_USERS:
            raise ValueError(f"a simulated tenant needs at least {FEWEST_USERS} users, not {users}")
        if days < 1:
            raise ValueError(f"the log must cover at least one day, not {days}")
        if sign_ins is not None and sign_ins < 1:
            raise ValueError(f"sign_ins must be at least 1, not {sign_ins}")
        if setting is not None and setting not in organization.SETTINGS:
            raise ValueError(f"setting must be one of {', '.join(organization.SETTINGS)}, not {setting!r}")
        self.premium = premium
        self._seed, self._days = seed, days
        self._begin, self._end = ticks(end - timedelta(days=days)), ticks(end)
        rng = Random(f"{seed}/tenant")
        self.display_name = _NAMES[int(rng.random() * len(_NAMES))]
        word = f"{self.display_name.lower()}{int(rng.random() * 900) + 100}"
        self.tenant_id = guid(seed, "tenant")
        self.initial_domain = f"{word}.onmicrosoft.com"
        self.custom_domain = f"{word}.example"
        self._setting = setting or _drawn_setting(seed, rng.random())
        self._localized = rng.random() < 0.4
        proven = self._setting in ("shown", "hidden") or rng.random() < 0.6
        self._people = People(seed, users, self.tenant_id, self.display_name, self.custom_domain, self.initial_domain)
        self._groups = groups.groups(seed)
        self._apps = (*apps.FIRST_PARTY, *apps.other_apps(seed, self.tenant_id))
        self._history = self._policies(policies)
        self._defaults = not any(policy["state"] == "enabled" for policy in self._history.current)
        hidden_since = self._begin + (self._end - self._begin) * 6 // 10
        until = {"hidden": hidden_since, "shown": self._end}.get(self._setting, self._end if proven else self._begin)
        world = World(
            seed=seed,
            people=self._people,
            groups=self._groups,
            apps=self._apps,
            locations=self.named_locations(),
            history=self._history,
            defaults=self._defaults,
            begin=self._begin,
            prompts_until=until,
            setting=self._setting,
        )
        self._log = Log(world, self._begin, self._end, sign_ins or 3 * users * days)
        self._writer = RowWriter(seed, self.tenant_id)
        self._audits = Audits(seed, self._people, self._history, self._log)

    def _policies(self, given: Sequence[Json] | None) -> policies.PolicyHistory:
        if given is not None:
            return policies.given(given)
        if not self.premium:
            return policies.given(())
        names = Names(
            glass=tuple(self._people[number].id for number in range(BREAK_GLASS)),
            groups={group.name: group.id for group in self._groups},
            offices=places.office_location(self._seed),
            blocked=places.blocked_location(self._seed),
            home_countries=places.home_location(self._seed),
            own_app=next(
                app.resource for app in self._apps if app.owner == self.tenant_id and "browser" in app.clients
            ),
            partner=home_tenant(GUEST_HOMES[0][0]),
            desk=self._people[groups.DESK].id,
        )
        return policies.drawn(self._seed, self._begin, self._end, names)

    def organization(self) -> Json:
        """v1.0 organization."""
        return organization.organization(
            self.tenant_id, self.display_name, self.initial_domain, self.custom_domain, self.premium, self._begin
        )

    def branding(self) -> Json | None:
        """v1.0 organizationalBranding, None where no branding is configured."""
        return None if self._setting == "no branding" else organization.branding(self.tenant_id, self.display_name)

    def branding_localizations(self) -> list[Json]:
        """v1.0 organizationalBrandingLocalization objects, the default among them."""
        default = self.branding()
        if default is None:
            return []
        dutch = {**default, "id": "nl-NL", "signInPageText": f"Welkom bij {self.display_name}"}
        return [default, dutch] if self._localized else [default]

    def sign_in_page(self) -> list[Json] | None:
        """The sign-in page's tenant branding rows; None where no branding is configured."""
        if self._setting == "no branding":
            return None
        return organization.sign_in_page(self.display_name, self._setting, self._localized)

    def policies(self) -> list[Json]:
        """v1.0 conditionalAccessPolicy objects."""
        return self._history.current

    def what_if(self, question: Question) -> Iterator[Answer]:
        """Each policy, and why it does not apply to such a sign-in. Raises `LookupError` for an unknown user."""
        return WhatIf(self._people, self._groups, self.named_locations(), self._history.current).answers(question)

    def named_locations(self) -> list[Json]:
        """v1.0 namedLocation objects, each with its @odata.type."""
        return places.named_locations(self._seed, self._begin)

    def groups(self) -> list[Json]:
        """v1.0 group objects."""
        return [groups.group_object(group, self._begin) for group in self._groups]

    def group_members(self, group_id: str) -> Iterator[Json]:
        """Who is in a group, directly or through nested groups, and those groups; each with its @odata.type."""
        found = next((group for group in self._groups if group.id == group_id), None)
        if found is None:
            return
        for group in self._groups:
            if group.id in found.nested:
                yield {"@odata.type": "#microsoft.graph.group", **groups.group_object(group, self._begin)}
        for number in range(self._people.count):
            person = self._people[number]
            if found.holds(person):
                yield {"@odata.type": "#microsoft.graph.user", **self._people.user(person, self._begin)}

    def service_principals(self) -> list[Json]:
        """v1.0 servicePrincipal objects: every app the log shows but the one that was deleted, and the resources."""
        listed = [apps.service_principal(app, self._seed, self._begin) for app in self._apps if app.listed]
        return listed + [apps.resource_principal(one, self._seed, self._begin) for one in apps.RESOURCES]

    def applications(self) -> list[Json]:
        """v1.0 application objects: the tenant's own registrations."""
        return [
            apps.application(app, self._seed, self._begin, self.custom_domain)
            for app in self._apps
            if app.owner == self.tenant_id
        ]

    def directory_role_templates(self) -> list[Json]:
        """v1.0 directoryRoleTemplate objects."""
        return groups.role_templates()

    def role_definitions(self) -> list[Json]:
        """v1.0 unifiedRoleDefinition objects."""
        return groups.role_definitions(self._seed)

    def role_assignments(self) -> list[Json]:
        """v1.0 unifiedRoleAssignment objects."""
        return groups.role_assignments(self._seed, self.tenant_id, lambda number: self._people[number].id)

    def roles_held(self, user_id: str) -> frozenset[str]:
        """Template ids of the built-in roles that a user holds now and tenant-wide, also through a group."""
        person = self._people.find(user_id)
        return groups.roles_of(person) if person else frozenset()

    def role_eligibilities(self) -> list[Json]:
        """v1.0 unifiedRoleEligibilitySchedule objects; a matter of privileged identity management, so of a licence."""
        if not self.premium:
            return []
        return groups.role_eligibilities(self._seed, self._begin, lambda number: self._people[number].id)

    def activity_based_timeout_policies(self) -> list[Json]:
        """v1.0 activityBasedTimeoutPolicy objects."""
        return [organization.activity_timeout_policy(self._seed)]

    def token_lifetime_policies(self) -> list[Json]:
        """v1.0 tokenLifetimePolicy objects."""
        return [organization.token_lifetime_policy(self._seed)]

    def security_defaults(self) -> Json:
        """v1.0 identitySecurityDefaultsEnforcementPolicy: on where no policy is in force."""
        return organization.security_defaults(self._defaults)

    def authentication_methods_policy(self) -> Json:
        """v1.0 authenticationMethodsPolicy."""
        return organization.authentication_methods_policy(self._begin)

    def users(self) -> Iterator[Json]:
        """v1.0 user objects."""
        for number in range(self._people.count):
            yield self._people.user(self._people[number], self._begin)

    def user(self, user_id: str) -> Json | None:
        """One v1.0 user object, None where nobody has the id."""
        person = self._people.find(user_id)
        return None if person is None else self._people.user(person, self._begin)

    def registration_details(self) -> Iterator[Json]:
        """v1.0 userRegistrationDetails objects, as they stand when the log ends."""
        for number in range(self._people.count):
            yield self._people.registration(self._people[number], self._begin, self._days)

    def directory_audits(self, start: datetime, end: datetime) -> Iterator[Json]:
        """v1.0 directoryAudit objects with start <= activityDateTime <= end, newest first."""
        return self._audits.entries(ticks(start), ticks(end))

    def sign_ins(self, start: datetime, end: datetime) -> Iterator[Json]:
        """Beta signIn rows with start <= createdDateTime <= end, newest first.

        Nested values are shared between rows: change the outer dict at will, copy what is deeper before changing it.
        """
        row = self._writer.row
        for _, _, _, attempt, step in self._log.rows(ticks(start), ticks(end)):
            yield row(attempt, step)

    def truth(self) -> Iterator[Json]:
        """What was drawn: the setting, the persistent-browser policies, then each interrupt row of the log.

        {"kind": "setting", "setting", "knowable"}; {"kind": "policy", "id", "name", "state", "mode", "problems"};
        {"kind": "interrupt", "id", "code", "outcome", "cause"}.
        """
        yield self._truth_of_setting()
        yield from policies.truth(self._history.current)
        for attempt in self._log.attempts():
            for step in attempt.steps:
                if step.outcome:
                    yield {
                        "kind": "interrupt",
                        "id": step.id,
                        "code": step.code,
                        "outcome": step.outcome,
                        "cause": step.cause,
                    }

    def _truth_of_setting(self) -> Json:
        setting = "hidden" if self._setting == "hidden" else "shown"
        if self._setting in ("shown", "hidden"):
            return {"kind": "setting", "setting": setting, "knowable": setting}
        prompted = any(
            step.code == 50140 and not attempt.circumstance.person.guest and not step.anonymous
            for attempt in self._log.attempts()
            for step in attempt.steps
        )
        return {"kind": "setting", "setting": setting, "knowable": "shown" if prompted else "not known"}


def _drawn_setting(seed: int, chance: float) -> str:
    if seed == 1:
        return "shown"
    return organization.SETTINGS[int(chance * len(organization.SETTINGS))]
