"""Graph JSON to the domain: the one place that knows Graph's field names (sign-in rows apart, which never become
objects here: see `auditor.sign_ins.rows`).

Every function takes decoded JSON of one object as Graph sends it and returns the domain's record. A value of the
wrong shape is a `ValueError` that names the object and the field, never a default: an absent or twisted field must
not turn into an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from sys import intern
from typing import Any, TypeVar

from auditor.tenant.graph_audit import policy_changes as policy_changes
from auditor.tenant.graph_audit import user_events as user_events
from auditor.tenant.graph_people import password_dates as password_dates
from auditor.tenant.graph_people import registration as registration
from auditor.tenant.graph_policy import policy as policy
from auditor.tenant.json_shapes import Json as Json
from auditor.tenant.json_shapes import maybe_flag, maybe_text, object_in, objects, text, texts
from auditor.tenant.records import (
    Application,
    DirectoryObject,
    GroupMembers,
    LifetimePolicy,
    NamedLocation,
    Organization,
    PageBranding,
    RegistrationCampaign,
    RoleHolding,
)

T = TypeVar("T")

_LOCATION_KINDS = {"ipNamedLocation": "ip", "countryNamedLocation": "country"}


def read_all(parse: Callable[[Json], T], objects: Iterable[Any]) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Every object that can be read, and a sentence for each that cannot: one twisted object costs no other."""
    values: list[T] = []
    faults: list[str] = []
    for json in objects:
        try:
            if not isinstance(json, Mapping):
                raise ValueError("an entry is no object")
            values.append(parse(json))
        except ValueError as error:
            faults.append(f"Not understood: {error}.")
        except RecursionError:
            faults.append("Not understood: an object is nested too deeply.")
    return tuple(values), tuple(faults)


def _type(json: Json) -> str | None:
    """Graph's name of the object's type, without the namespace."""
    named = maybe_text(json, "@odata.type")
    return named.rpartition(".")[2] if named else None


def organization(json: Json) -> Organization:
    """An `organization`; domains in Graph's order, the initial one (`*.onmicrosoft.com`) told apart."""
    identity = text(json, "id", "the organization")
    domains = objects(json, "verifiedDomains", "the organization")
    named = [(domain, maybe_text(domain, "name")) for domain in domains]
    return Organization(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        initial_domain=next((name for domain, name in named if name and domain.get("isInitial") is True), None),
        default_domain=next((name for domain, name in named if name and domain.get("isDefault") is True), None),
        managed_domains=tuple(
            name
            for domain, name in named
            if name and domain.get("type") == "Managed" and domain.get("isInitial") is not True
        ),
        federated_domains=tuple(name for domain, name in named if name and domain.get("type") == "Federated"),
        premium=_premium(json.get("assignedPlans")),
    )


# Service plans AAD_PREMIUM and AAD_PREMIUM_P2, and the service that both belong to.
_PREMIUM_PLANS = frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"})
_PREMIUM_SERVICE = "AADPremiumService"
_ENDED = frozenset({"Suspended", "Deleted", "LockedOut"})


def _premium(plans: Any) -> bool | None:
    """None when what is there cannot be read: it decides nothing but what a report advises."""
    if not isinstance(plans, list) or not all(isinstance(plan, Mapping) for plan in plans):
        return None
    return any(
        plan.get("capabilityStatus") not in _ENDED
        and (plan.get("service") == _PREMIUM_SERVICE or str(plan.get("servicePlanId") or "").lower() in _PREMIUM_PLANS)
        for plan in plans
    )


def directory_object(json: Json) -> DirectoryObject:
    """A user, group, role template or service principal, as far as naming it goes. `kind` is Graph's type name
    without its namespace, or "object" when Graph did not say: it leaves the type out where only one can be meant."""
    identity = text(json, "id", "a directory object")
    principal_name = maybe_text(json, "userPrincipalName")
    return DirectoryObject(
        id=identity,
        kind=_type(json) or ("user" if principal_name else "object"),
        name=maybe_text(json, "displayName") or principal_name or identity,
        app_id=maybe_text(json, "appId"),
        user_principal_name=principal_name,
    )


def named_location(json: Json) -> NamedLocation:
    """A `namedLocation` of either kind. One without its ranges or countries is an error: it would hold nothing."""
    identity = text(json, "id", "a named location")
    what = f"named location {identity}"
    named = text(json, "@odata.type", what).rpartition(".")[2]
    kind = _LOCATION_KINDS.get(named, named)
    for wanted, key in (("ip", "ipRanges"), ("country", "countriesAndRegions")):
        if kind == wanted and json.get(key) is None:
            raise ValueError(f"{what} has no {key}")
    return NamedLocation(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        kind=kind,
        trusted=maybe_flag(json, "isTrusted"),
        ranges=tuple(text(each, "cidrAddress", f"{what}: a range") for each in objects(json, "ipRanges", what)),
        countries=texts(json, "countriesAndRegions", what),
        include_unknown=maybe_flag(json, "includeUnknownCountriesAndRegions"),
        lookup=maybe_text(json, "countryLookupMethod"),
    )


def role_assignment(json: Json) -> RoleHolding:
    """A `unifiedRoleAssignment`: a role that is held now."""
    return _role_holding(json, eligible=False)


def role_eligibility(json: Json) -> RoleHolding:
    """A `unifiedRoleEligibilitySchedule`: a role that its holder may activate."""
    return _role_holding(json, eligible=True)


def _role_holding(json: Json, *, eligible: bool) -> RoleHolding:
    what = f"role {'eligibility' if eligible else 'assignment'} {maybe_text(json, 'id') or 'without id'}"
    scope, part = maybe_text(json, "directoryScopeId"), maybe_text(json, "appScopeId")
    if not scope and not part:
        raise ValueError(f"{what} has no scope")
    return RoleHolding(
        role_id=text(json, "roleDefinitionId", what),
        principal_id=text(json, "principalId", what),
        # Both kinds of scope write "/" for their whole: a part of an application must not be taken for the directory.
        scope=scope or f"app scope {part}",
        eligible=eligible,
    )


def group_members(json: Json) -> GroupMembers:
    """A group as the collector stored it: Graph has no such object. Who is in many groups has one id in memory."""
    identity = text(json, "id", "a group")
    what = f"group {identity}"
    count = json.get("count")
    gone = json.get("gone") is True
    if not gone and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
        raise ValueError(f"{what} has no usable count")
    users = None if gone or json.get("members") is None else texts(json, "members", what)
    return GroupMembers(
        id=identity,
        count=None if gone else count,
        users=None if users is None else frozenset(intern(user.lower()) for user in users),
        gone=gone,
    )


def lifetime_policy(json: Json) -> LifetimePolicy:
    """An `activityBasedTimeoutPolicy` or a `tokenLifetimePolicy`."""
    identity = text(json, "id", "a lifetime policy")
    return LifetimePolicy(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        is_default=maybe_flag(json, "isOrganizationDefault"),
        definition=texts(json, "definition", f"lifetime policy {identity}"),
    )


def security_defaults(json: Json) -> bool:
    """Whether an `identitySecurityDefaultsEnforcementPolicy` is on."""
    enabled = maybe_flag(json, "isEnabled")
    if enabled is None:
        raise ValueError("the policy on security defaults has no usable isEnabled")
    return enabled


def registration_campaign(json: Json) -> RegistrationCampaign:
    """The campaign within an `authenticationMethodsPolicy`. One that is not there is an error: a tenant that never
    touched it has one in the state "default"."""
    what = "the authentication methods policy"
    enforcement = object_in(json, "registrationEnforcement", what)
    campaign = object_in(enforcement, "authenticationMethodsRegistrationCampaign", what)
    snooze = campaign.get("snoozeDurationInDays")
    return RegistrationCampaign(
        state=text(campaign, "state", f"the registration campaign in {what}"),
        snooze_days=snooze if isinstance(snooze, int) and not isinstance(snooze, bool) else None,
    )


def application(json: Json) -> Application:
    """A `servicePrincipal`, as far as redirect addresses go. One without `replyUrls` is an error: an empty list would
    say that it has none."""
    app_id = text(json, "appId", "a service principal")
    what = f"service principal of {app_id}"
    if json.get("replyUrls") is None:
        raise ValueError(f"{what} has no replyUrls")
    return Application(
        app_id=app_id,
        name=maybe_text(json, "displayName") or "",
        owner=maybe_text(json, "appOwnerOrganizationId") or "",
        redirects=texts(json, "replyUrls", what),
    )


def page_branding(json: Json) -> PageBranding:
    """One row of the sign-in page's tenant branding. `asked_for`: the domain it was asked with."""
    hidden = json.get("KeepMeSignedInDisabled")
    locale = json.get("Locale")
    return PageBranding(
        asked_for=maybe_text(json, "asked_for") or "",
        route=maybe_text(json, "route") or "",
        read=maybe_text(json, "read") or "",
        locale=locale if isinstance(locale, int) and not isinstance(locale, bool) else None,
        keep_me_signed_in_disabled=hidden if isinstance(hidden, bool) else None,
    )
