"""Graph JSON to the domain: the one place that knows Graph's field names (sign-in rows apart, which never become
objects here: see `auditor.sign_ins.rows`).

Every function takes decoded JSON of one object as Graph sends it and returns the domain's record. A value of the
wrong shape is a `ValueError` that names the object and the field, never a default: an absent or twisted field must
not turn into an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from json import loads
from sys import intern
from typing import Any, TypeVar

from auditor.tenant import instant
from auditor.tenant.graph_policy import policy as policy
from auditor.tenant.json_shapes import Json as Json
from auditor.tenant.json_shapes import maybe_flag, maybe_text, object_in, text, texts
from auditor.tenant.mending import mended
from auditor.tenant.policy import Policy
from auditor.tenant.records import (
    DirectoryObject,
    GroupMembers,
    LifetimePolicy,
    NamedLocation,
    Organization,
    PageBranding,
    PolicyChange,
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
    return tuple(values), tuple(faults)


def _objects(json: Json, key: str, what: str) -> tuple[Json, ...]:
    """A list of objects; none when it is absent or null."""
    value = json.get(key)
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"{what}: {key} is not a list of objects")
    return tuple(value)


def _type(json: Json) -> str | None:
    """Graph's name of the object's type, without the namespace."""
    named = maybe_text(json, "@odata.type")
    return named.rpartition(".")[2] if named else None


def organization(json: Json) -> Organization:
    """An `organization`; domains in Graph's order, the initial one (`*.onmicrosoft.com`) told apart."""
    identity = text(json, "id", "the organization")
    domains = _objects(json, "verifiedDomains", "the organization")
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
        ranges=tuple(text(each, "cidrAddress", f"{what}: a range") for each in _objects(json, "ipRanges", what)),
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


def policy_changes(json: Json) -> tuple[PolicyChange, ...]:
    """What one `directoryAudit` of the category Policy says was changed: mostly one policy. None when it says that the
    change failed, or when it is of another category. Of Conditional Access policies it carries the whole object before
    and after, as JSON texts that Microsoft cuts off when they are long."""
    identity = text(json, "id", "an entry of the audit log")
    what = f"entry {identity} of the audit log"
    at = text(json, "activityDateTime", what)
    try:
        instant.parse(at)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
    if json.get("result") == "failure" or maybe_text(json, "category") not in ("Policy", None):
        return ()
    by, activity = _initiator(json, what), maybe_text(json, "activityDisplayName") or ""
    return tuple(
        PolicyChange(maybe_text(target, "id") or "", at, by, activity, *_before_and_after(target, what))
        for target in _objects(json, "targetResources", what) or ({},)
    )


def _initiator(json: Json, what: str) -> str:
    initiated = object_in(json, "initiatedBy", what)
    user, app = object_in(initiated, "user", what), object_in(initiated, "app", what)
    said = (
        maybe_text(user, "userPrincipalName"),
        maybe_text(user, "displayName"),
        maybe_text(user, "id"),
        maybe_text(app, "displayName"),
        maybe_text(app, "servicePrincipalId"),
        maybe_text(app, "appId"),
    )
    return next(filter(None, said), "")


def _before_and_after(target: Json, what: str) -> tuple[Policy | None, Policy | None]:
    for changed in _objects(target, "modifiedProperties", what):
        if maybe_text(changed, "displayName") == "ConditionalAccessPolicy":
            return _policy_in(changed, "oldValue"), _policy_in(changed, "newValue")
    return None, None


def _policy_in(json: Json, key: str) -> Policy | None:
    try:
        value = loads(mended((maybe_text(json, key) or "").encode("utf-8", "replace")))
        return policy(value) if isinstance(value, Mapping) else None
    except (ValueError, RecursionError):  # cut off, twisted, or nested without end
        return None


def lifetime_policy(json: Json) -> LifetimePolicy:
    """An `activityBasedTimeoutPolicy` or a `tokenLifetimePolicy`."""
    identity = text(json, "id", "a lifetime policy")
    return LifetimePolicy(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        is_default=maybe_flag(json, "isOrganizationDefault"),
        definition=texts(json, "definition", f"lifetime policy {identity}"),
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
