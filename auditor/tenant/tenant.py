"""A tenant as it was read: each dataset collected, partly collected or missing, and never a silent default.

The properties below unwrap a dataset or raise `NotCollected`: a check that touches what is missing ends *not run*,
whatever it would have said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.errors import NotCollected
from auditor.tenant.dataset import DATASETS, Missing, Partial, Reading
from auditor.tenant.policy import Policy
from auditor.tenant.records import (
    Application,
    Attestation,
    DirectoryObject,
    GroupMembers,
    LifetimePolicy,
    NamedLocation,
    Organization,
    PageBranding,
    PasswordDates,
    PolicyChange,
    PolicyListing,
    Registration,
    RegistrationCampaign,
    RoleHolding,
    UserEvent,
)
from auditor.tenant.sign_in_log import SignInLog

NOT_ASKED_FOR = Missing("It was not asked for when this was collected.", "Collect again.")


@dataclass(frozen=True, slots=True)
class Tenant:
    """`id`, `name`, `domain`: as far as known, else "". `window`: start and end of the log asked for, in ticks.
    `break_glass`: ids, in lower case, of the emergency accounts that the config names; `break_glass_unresolved`: names
    of those that nobody was found for. `admin_sign_in_hours`: how often administrators must sign in again, as the
    config says. `listing`: what was read besides the list of policies; None: files do not tell. `portal`: the address
    of the cloud's portal, without a slash at the end, or "". `now`: the present, in ticks; None: the end of the window.
    `declared`: the datasets that may be read here; None: all."""

    id: str
    name: str
    domain: str
    window: tuple[int, int]
    readings: Mapping[str, Reading[Any]]
    attestation: Attestation | None = None
    break_glass: frozenset[str] = frozenset()
    break_glass_unresolved: tuple[str, ...] = ()
    admin_sign_in_hours: int = 4
    listing: PolicyListing | None = None
    portal: str = ""
    now: int | None = None
    declared: frozenset[str] | None = None

    def reading(self, dataset: str) -> Reading[Any]:
        """How reading `dataset` ended; a folder that was collected without it (for fewer checks, or by an earlier
        version) lacks it as any other. A part with nothing in it tells no more than a missing dataset, and is given as
        one. Asking for one that the check did not declare is a fault of the check."""
        if dataset not in DATASETS:
            raise KeyError(dataset)
        if self.declared is not None and dataset not in self.declared:
            raise LookupError(f"the check reads {dataset!r} without declaring it in needs or wants")
        reading = self.readings.get(dataset, NOT_ASKED_FOR)
        if isinstance(reading, Partial) and isinstance(reading.value, (tuple, Mapping)) and not reading.value:
            return Missing(reading.reason, reading.remedy)
        return reading

    def seen_by(self, datasets: Iterable[str]) -> Tenant:
        """The same tenant with nothing but these datasets, as a check that declared them sees it."""
        wanted = frozenset(datasets)
        readings = {name: value for name, value in self.readings.items() if name in wanted}
        return replace(self, readings=readings, declared=wanted)

    def demand(self, dataset: str) -> Any:
        """The value of a dataset, whole or in part. NotCollected when it is missing."""
        reading = self.reading(dataset)
        if isinstance(reading, Missing):
            raise NotCollected(dataset, reading.reason, reading.remedy)
        return reading.value

    @property
    def organization(self) -> Organization:
        value: Organization = self.demand("organization")
        return value

    @property
    def policies(self) -> tuple[Policy, ...]:
        value: tuple[Policy, ...] = self.demand("policies")
        return value

    @property
    def named_locations(self) -> tuple[NamedLocation, ...]:
        value: tuple[NamedLocation, ...] = self.demand("named_locations")
        return value

    @property
    def role_assignments(self) -> tuple[RoleHolding, ...]:
        value: tuple[RoleHolding, ...] = self.demand("role_assignments")
        return value

    @property
    def role_eligibilities(self) -> tuple[RoleHolding, ...]:
        value: tuple[RoleHolding, ...] = self.demand("role_eligibilities")
        return value

    @property
    def group_members(self) -> Mapping[str, GroupMembers]:
        """By the group's id, as policies and roles write it: of groups that they name, and of no others."""
        value: Mapping[str, GroupMembers] = self.demand("group_members")
        return value

    @property
    def policy_changes(self) -> tuple[PolicyChange, ...]:
        """Oldest first, those in the window only."""
        value: tuple[PolicyChange, ...] = self.demand("policy_changes")
        return value

    @property
    def activity_timeouts(self) -> tuple[LifetimePolicy, ...]:
        value: tuple[LifetimePolicy, ...] = self.demand("activity_timeouts")
        return value

    @property
    def token_lifetimes(self) -> tuple[LifetimePolicy, ...]:
        value: tuple[LifetimePolicy, ...] = self.demand("token_lifetimes")
        return value

    @property
    def sign_in_page(self) -> tuple[PageBranding, ...]:
        value: tuple[PageBranding, ...] = self.demand("sign_in_page")
        return value

    @property
    def branding_configured(self) -> bool:
        """Whether company branding is configured at all. It says nothing about the stay-signed-in setting."""
        return bool(self.demand("branding"))

    @property
    def security_defaults(self) -> bool:
        """Whether security defaults are on."""
        value: bool = self.demand("security_defaults")
        return value

    @property
    def registration_campaign(self) -> RegistrationCampaign:
        value: RegistrationCampaign = self.demand("registration_campaign")
        return value

    @property
    def user_events(self) -> Mapping[str, tuple[UserEvent, ...]]:
        """By the user's id, in lower case; oldest first, those in the window and a day before it only."""
        value: Mapping[str, tuple[UserEvent, ...]] = self.demand("user_events")
        return value

    @property
    def applications(self) -> Mapping[str, Application]:
        """By appId, in lower case: of those that users had to confirm (50199). One that is not there is not known to
        the tenant."""
        value: Mapping[str, Application] = self.demand("applications")
        return value

    @property
    def registrations(self) -> Mapping[str, Registration]:
        """By the user's id, in lower case: of people who were asked to register or to prove who they are."""
        value: Mapping[str, Registration] = self.demand("registrations")
        return value

    @property
    def password_dates(self) -> Mapping[str, PasswordDates]:
        """By the user's id, in lower case: of people whose sessions ended (50133, 50173)."""
        value: Mapping[str, PasswordDates] = self.demand("password_dates")
        return value

    @property
    def sign_ins(self) -> SignInLog:
        value: SignInLog = self.demand("sign_ins")
        return value

    def name_of(self, identity: str, dataset: str) -> str | None:
        """The display name of an object that a policy names, or None where it was not read or no longer exists.

        `dataset`: directory_objects (users, groups), role_templates, named_locations, or service_principals (looked
        up by appId).
        """
        reading = self.reading(dataset)
        if isinstance(reading, Missing):
            return None
        if dataset == "named_locations":
            return next((each.name for each in self.named_locations if each.id == identity), None)
        objects: Mapping[str, DirectoryObject] = reading.value
        found = objects.get(identity)
        return found.name if found else None

    def partly_read(self, datasets: Iterable[str]) -> tuple[tuple[str, Partial[Any]], ...]:
        """Those of `datasets` of which only a part was read."""
        readings = ((name, self.readings.get(name)) for name in datasets)
        return tuple((name, reading) for name, reading in readings if isinstance(reading, Partial))
