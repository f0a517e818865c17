"""A Conditional Access policy, whole. Words are Graph's own.

Values of Graph's evolvable enums stay text: a member that Microsoft adds tomorrow must arrive here as it is, to be
called *not known*, and not be mistaken for one of today's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

ENABLED = "enabled"
DISABLED = "disabled"
REPORT_ONLY = "enabledForReportingButNotEnforced"

ALL = "All"
NONE = "None"
GUESTS = "GuestsOrExternalUsers"


@dataclass(frozen=True, slots=True)
class Guests:
    """`kinds`: kinds of guests by Graph's names. `membership`: "all" external tenants, or "enumerated": `tenants`."""

    kinds: tuple[str, ...]
    membership: str = "all"
    tenants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Users:
    """Ids, except for the words "All", "None" and "GuestsOrExternalUsers" among the users."""

    include_users: tuple[str, ...] = ()
    exclude_users: tuple[str, ...] = ()
    include_groups: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    include_roles: tuple[str, ...] = ()
    exclude_roles: tuple[str, ...] = ()
    include_guests: Guests | None = None
    exclude_guests: Guests | None = None

    @property
    def nobody_included(self) -> bool:
        people = tuple(user for user in self.include_users if user != NONE)
        return not (people or self.include_groups or self.include_roles or self.include_guests)

    @property
    def somebody_excluded(self) -> bool:
        return bool(self.exclude_users or self.exclude_groups or self.exclude_roles or self.exclude_guests)


@dataclass(frozen=True, slots=True)
class Filter:
    """`mode`: "include" or "exclude" what `rule` describes."""

    mode: str
    rule: str


@dataclass(frozen=True, slots=True)
class Applications:
    """appIds, or the words "All", "None", "Office365", "MicrosoftAdminPortals". `filter`: by custom attributes."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    user_actions: tuple[str, ...] = ()
    authentication_contexts: tuple[str, ...] = ()
    filter: Filter | None = None

    @property
    def everything(self) -> bool:
        """All resources, without exception."""
        return self.include == (ALL,) and not self.exclude and self.filter is None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a condition includes and excludes: platforms by Graph's names; locations by id, or "All", "AllTrusted"."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """Every condition of the v1.0 schema. None or empty: the policy does not set it, so it holds for any sign-in.

    `workload_identities`: it is aimed at service principals and not at people. `unknown`: what is set here and this
    version does not know, as "users.includeAgents" (a property) or "clientAppTypes: x" (a value).
    """

    users: Users = field(default_factory=Users)
    applications: Applications = field(default_factory=Applications)
    client_app_types: tuple[str, ...] = ()
    platforms: Listed | None = None
    locations: Listed | None = None
    device_filter: Filter | None = None
    sign_in_risks: tuple[str, ...] = ()
    user_risks: tuple[str, ...] = ()
    insider_risks: tuple[str, ...] = ()
    authentication_flows: tuple[str, ...] = ()
    workload_identities: bool = False
    unknown: tuple[str, ...] = ()

    def unknown_in(self, *conditions: str) -> tuple[str, ...]:
        """What is unknown within these conditions, by Graph's names ("users", "clientAppTypes")."""
        return tuple(each for each in self.unknown if condition_of(each) in conditions)


def condition_of(unknown: str) -> str:
    """The condition, by Graph's name, in which the unknown thing stands."""
    return unknown.partition(":")[0].partition(".")[0]


@dataclass(frozen=True, slots=True)
class Grant:
    """What it takes to be let in. `operator`: "AND" or "OR". `controls`: built-in ones ("mfa", "block", ...)."""

    operator: str = "OR"
    controls: tuple[str, ...] = ()
    authentication_strength: str | None = None
    terms_of_use: tuple[str, ...] = ()
    custom_factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersistentBrowser:
    """`mode`: "always", "never", or what Graph sent; None without one. `enabled`: None when Graph left it out."""

    mode: str | None
    enabled: bool | None


@dataclass(frozen=True, slots=True)
class SignInFrequency:
    """`value` and `unit` ("hours" or "days") where `interval` is "timeBased"; with "everyTime" there are none.
    `authentication`: what has to be done again. None: Graph left it out."""

    enabled: bool | None
    value: int | None
    unit: str | None
    interval: str | None
    authentication: str | None = None

    @property
    def hours(self) -> int | None:
        """Hours between two sign-ins; 0: every time; None where it does not say, or in words that are not known."""
        if self.interval == "everyTime":
            return 0
        if self.interval not in (None, "timeBased") or self.value is None:
            return None
        return {"hours": self.value, "days": self.value * 24}.get(self.unit or "")


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. `modified`: its last change (or else its creation), as ISO text; None where Graph does not say."""

    id: str
    name: str
    state: str
    conditions: Conditions = field(default_factory=Conditions)
    grant: Grant = field(default_factory=Grant)
    persistent_browser: PersistentBrowser | None = None
    sign_in_frequency: SignInFrequency | None = None
    template_id: str | None = None
    created: str | None = None
    modified: str | None = None

    @property
    def enforced(self) -> bool:
        return self.state == ENABLED


def persists(policy: Policy) -> str | None:
    """The mode of an enabled persistent browser control: "always", "never" or another word; None without one."""
    control = policy.persistent_browser
    return control.mode if control is not None and control.enabled is True else None


def named_users(policies: Iterable[Policy]) -> frozenset[str]:
    """Everything that stands among the users that policies include or exclude: ids and words."""
    return frozenset(
        name
        for policy in policies
        for name in (*policy.conditions.users.include_users, *policy.conditions.users.exclude_users)
    )
