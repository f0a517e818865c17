"""The datasets a tenant is made of: what each is, what it takes to read it, and how reading it ended.

This table is the one place that knows which permission, licence or role brings which data: collecting, the
messages of checks that could not run, and the documentation all read it from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar, Union

T = TypeVar("T")

NOT_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
"""Graph's word for the want of a premium licence, which the reason of a dataset that was refused for it holds."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """`permissions`: Microsoft Graph permissions, any one of which suffices, the least first; empty: none is needed.
    `after`: datasets that must be read first, as they tell what to ask for."""

    name: str
    title: str
    permissions: tuple[str, ...] = ()
    licence: str = ""
    after: tuple[str, ...] = ()

    @property
    def remedy(self) -> str:
        """What would bring this dataset, as a sentence."""
        if not self.permissions:
            return ""
        least, *others = self.permissions
        also = f" (or {', '.join(others)})" if others else ""
        return f"Grant the application permission {least}{also} and consent to it."


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("organization", "organization", ("Organization.Read.All", "Directory.Read.All")),
        Dataset(
            "branding",
            "company branding",
            ("OrganizationalBranding.Read.All", "Organization.Read.All"),
            after=("organization",),
        ),
        Dataset("sign_in_page", "sign-in page settings", after=("organization",)),
        Dataset("policies", "Conditional Access policies", ("Policy.Read.All",)),
        Dataset("role_assignments", "holders of roles", ("RoleManagement.Read.Directory", "Directory.Read.All")),
        Dataset(
            "role_eligibilities",
            "people who may activate a role",
            ("RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory"),
        ),
        # It also names the holders of roles, where those are read at all: the order of this table puts them before it.
        Dataset(
            "directory_objects",
            "users and groups that policies and roles name",
            ("Directory.Read.All",),
            after=("policies",),
        ),
        Dataset(
            "group_members",
            "members of groups that policies name or that hold a role",
            ("GroupMember.Read.All", "Directory.Read.All"),
            after=("policies", "role_assignments", "directory_objects"),
        ),
        Dataset("role_templates", "directory roles", ("RoleManagement.Read.Directory", "Directory.Read.All")),
        Dataset(
            "service_principals",
            "applications that policies name",
            ("Application.Read.All", "Directory.Read.All"),
            after=("policies",),
        ),
        # Not next to the policies: Graph takes one request a second about Conditional Access, which has passed by now.
        Dataset("named_locations", "named locations", ("Policy.Read.All",)),
        Dataset("activity_timeouts", "idle session timeouts", ("Policy.Read.All",)),
        Dataset("token_lifetimes", "token lifetime policies", ("Policy.Read.All",)),
        Dataset("policy_changes", "changes of policies", ("AuditLog.Read.All",)),
        Dataset("security_defaults", "security defaults", ("Policy.Read.All",)),
        Dataset(
            "registration_campaign",
            "campaign for the authenticator app",
            ("Policy.Read.AuthenticationMethod", "Policy.Read.All"),
        ),
        Dataset("user_events", "password resets and registrations of security information", ("AuditLog.Read.All",)),
        Dataset("sign_ins", "sign-in log", ("AuditLog.Read.All",), licence="Microsoft Entra ID P1"),
        # The log tells of whom and what to ask.
        Dataset(
            "applications",
            "redirect addresses of applications that users had to confirm",
            ("Application.Read.All", "Directory.Read.All"),
            after=("sign_ins",),
        ),
        Dataset(
            "registrations",
            "registration of security information by the people who were asked for it",
            ("AuditLog.Read.All",),
            licence="Microsoft Entra ID P1",
            after=("sign_ins",),
        ),
        Dataset(
            "password_dates",
            "password changes of people whose sessions ended",
            ("User.Read.All", "Directory.Read.All"),
            after=("sign_ins",),
        ),
    )
}


def with_prerequisites(names: Iterable[str]) -> tuple[str, ...]:
    """These datasets and those that must be read before them, in the order to read them in."""
    wanted: set[str] = set()
    for name in names:
        wanted |= {name, *with_prerequisites(DATASETS[name].after)}
    return tuple(name for name in DATASETS if name in wanted)


def permissions_for(names: Iterable[str]) -> tuple[str, ...]:
    """The permissions that bring these datasets: of each the least, unless another one that is asked for brings it,
    too. (Whoever reads the whole directory gains nothing from reading members of groups only.)"""
    chosen = {DATASETS[name].permissions for name in names if DATASETS[name].permissions}
    asked = {permissions[0] for permissions in chosen if len(permissions) == 1}
    for permissions in sorted(chosen):
        if asked.isdisjoint(permissions):
            asked.add(permissions[0])
    return tuple(sorted(asked))


@dataclass(frozen=True, slots=True)
class Collected(Generic[T]):
    """All of it was read."""

    value: T


@dataclass(frozen=True, slots=True)
class Partial(Generic[T]):
    """A part was read. Nothing may be concluded from what is absent in `value`; `reason` says what is missing."""

    value: T
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing was read. `reason`: why not. `remedy`: the permission, licence, role or setting that would bring it."""

    reason: str
    remedy: str = ""


Reading = Union[Collected[T], Partial[T], Missing]
