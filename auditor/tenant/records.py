"""The small records of a tenant: organization, named objects and places, who is in which group and holds which role,
how policies changed, what the sign-in page told, the admin's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.tenant.policy import Policy


@dataclass(frozen=True, slots=True)
class Organization:
    """`premium`: whether a plan of Microsoft Entra ID P1 or P2 is among its plans; None: Graph did not say."""

    id: str
    name: str
    initial_domain: str | None
    default_domain: str | None
    managed_domains: tuple[str, ...]
    federated_domains: tuple[str, ...] = ()
    premium: bool | None = None


@dataclass(frozen=True, slots=True)
class DirectoryObject:
    """`app_id` only for service principals: policies name applications by it, not by the object's id.
    `user_principal_name` only for users."""

    id: str
    kind: str
    name: str
    app_id: str | None = None
    user_principal_name: str | None = None


@dataclass(frozen=True, slots=True)
class NamedLocation:
    """`kind`: "ip", "country", or Graph's name for a type that is neither. `ranges`: CIDR texts as Graph has them.
    `countries`: codes of two letters. `include_unknown`: whether it holds addresses of no known country. `lookup`: what
    tells the country, "clientIpAddress" or "authenticatorAppGps". None: Graph did not say, or not of this kind."""

    id: str
    name: str
    kind: str
    trusted: bool | None = None
    ranges: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    include_unknown: bool | None = None
    lookup: str | None = None


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """Who is in a group, directly or through groups in it. `count`: members of every kind; None when the group is gone.
    `users`: ids in lower case of the people among them; None when they were only counted, for they are too many, and
    when the group is gone."""

    id: str
    count: int | None
    users: frozenset[str] | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RoleHolding:
    """That a user, group or service principal holds a role (or may activate it: `eligible`). `scope`: "/" for the whole
    directory, "/administrativeUnits/ID" and the like for a part of it, "app scope ..." where an application says what
    it means."""

    role_id: str
    principal_id: str
    scope: str
    eligible: bool


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A change of a policy, of whatever kind, as the audit log has it. `policy_id`: "" when the log named none. `by`: a
    user principal name or the name of an application; "" when the log names nobody. `before`, `after`: the Conditional
    Access policy as it was; None when there was none, and when the log does not have it in a form that can be read."""

    policy_id: str
    at: str
    by: str
    activity: str
    before: Policy | None
    after: Policy | None


@dataclass(frozen=True, slots=True)
class PolicyListing:
    """What was read besides Graph's v1.0 list of Conditional Access policies. `beta`: why its beta list was not read, a
    sentence; "" where it was. `remedy`: what would bring that. `plans`: beta's policy plans that hold rules, or may;
    `plans_unread`: why it is not known whether there are any. `plans_aside`: the same
    where Graph says that they are not to be had here, which is mostly so. `deleted`: id in lower case -> when that
    policy was deleted, ISO text or ""; `deleted_unread`: why this is not known."""

    beta: str = ""
    remedy: str = ""
    plans: tuple[str, ...] = ()
    plans_unread: str = ""
    deleted: Mapping[str, str] = field(default_factory=dict)
    plans_aside: str = ""
    deleted_unread: str = ""


@dataclass(frozen=True, slots=True)
class LifetimePolicy:
    """A policy on idle timeouts or on lifetimes of tokens. `definition`: its rules, JSON texts, as Graph has them.
    `is_default`: whether it holds for the whole tenant."""

    id: str
    name: str
    is_default: bool | None
    definition: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageBranding:
    """One branding row as the sign-in page sends it to anybody. `locale` 0 is the default row; None when the page did
    not say. `keep_me_signed_in_disabled` is None when the key was absent: then this row decides nothing. `read` is
    the instant of reading, `route` the page's endpoint, `asked_for` the domain."""

    asked_for: str
    route: str
    read: str
    locale: int | None
    keep_me_signed_in_disabled: bool | None


@dataclass(frozen=True, slots=True)
class Attestation:
    """What an admin wrote into the config: the setting as seen in the portal. `on`: an ISO date."""

    setting: str
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Registration:
    """How far a person had registered security information when Graph was asked: a snapshot, which says nothing of an
    earlier day. None: Graph did not say."""

    user_id: str
    reset_enabled: bool | None
    reset_registered: bool | None
    mfa_registered: bool | None
    updated: str = ""


@dataclass(frozen=True, slots=True)
class UserEvent:
    """Something that was done to a person's password or security information, as the audit log has it. `user_id` in
    lower case. `kind`: "registered" (security information), "confirmed" (the same, as still right), "removed" (the
    same), "started" (registering), "reset" (of the password, by an administrator or by the person; or that an
    administrator demanded a new one), or "changed" (the password, by the person). `by`: as in `PolicyChange`."""

    user_id: str
    at: str
    kind: str
    activity: str
    by: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application as the tenant has it. `owner`: id of the tenant that owns it, or "". `redirects`: the addresses
    that answers may be sent to, as they are registered here."""

    app_id: str
    name: str
    owner: str
    redirects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PasswordDates:
    """`changed`: when the password last changed. `valid_from`: sessions from before it are revoked. ISO texts, or "".
    `synchronized`: whether the account comes from a directory on premises."""

    user_id: str
    changed: str
    valid_from: str
    synchronized: bool | None


@dataclass(frozen=True, slots=True)
class RegistrationCampaign:
    """The campaign that asks people to register the authenticator app. `state`: "default", "enabled", "disabled" or a
    word of tomorrow. `snooze_days`: how often it asks again; None: Graph did not say."""

    state: str
    snooze_days: int | None
