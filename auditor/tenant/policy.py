"""A Conditional Access policy, as far as the checks read it. Words are Graph's own.

Values of Graph's evolvable enums stay text: a member that Microsoft adds tomorrow must arrive here as it is, to be
called *not known*, and not be mistaken for one of today's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ENABLED = "enabled"
DISABLED = "disabled"
REPORT_ONLY = "enabledForReportingButNotEnforced"


@dataclass(frozen=True, slots=True)
class Users:
    """Ids, except for the words "All", "None" and "GuestsOrExternalUsers". `*_guests`: guest kinds by Graph's names."""

    include_users: tuple[str, ...] = ()
    exclude_users: tuple[str, ...] = ()
    include_groups: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    include_roles: tuple[str, ...] = ()
    exclude_roles: tuple[str, ...] = ()
    include_guests: tuple[str, ...] = ()
    exclude_guests: tuple[str, ...] = ()

    @property
    def nobody_included(self) -> bool:
        people = tuple(user for user in self.include_users if user != "None")
        return not (people or self.include_groups or self.include_roles or self.include_guests)

    @property
    def somebody_excluded(self) -> bool:
        return bool(self.exclude_users or self.exclude_groups or self.exclude_roles or self.exclude_guests)


@dataclass(frozen=True, slots=True)
class Applications:
    """appIds, or the words "All", "None", "Office365", "MicrosoftAdminPortals"."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    user_actions: tuple[str, ...] = ()
    authentication_contexts: tuple[str, ...] = ()
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """`mode`: "include" or "exclude" the devices that `rule` describes."""

    mode: str
    rule: str


@dataclass(frozen=True, slots=True)
class PersistentBrowser:
    """`mode`: "always", "never", or what Graph sent; None without one. `enabled`: None when Graph left it out."""

    mode: str | None
    enabled: bool | None


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. `other_conditions` names the conditions that are set and that this record does not spell out."""

    id: str
    name: str
    state: str
    users: Users = field(default_factory=Users)
    applications: Applications = field(default_factory=Applications)
    client_app_types: tuple[str, ...] = ()
    device_filter: DeviceFilter | None = None
    other_conditions: tuple[str, ...] = ()
    persistent_browser: PersistentBrowser | None = None
    template_id: str | None = None
    created: str | None = None
    modified: str | None = None
