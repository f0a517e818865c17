"""Objects of Graph JSON told apart by what they hold: in a file of exports nothing else says what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.exports.power_shell import from_power_shell

Json = Mapping[str, Any]

_SECURITY_DEFAULTS = "00000000-0000-0000-0000-000000000005"  # the policy's id, the same in every tenant
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OF_TENANT = re.compile(rf"/tenants/({_GUID.pattern})(?:/|\Z)", re.IGNORECASE)
# Properties of a branding that nothing else has.
_LOOKS = frozenset(
    {
        "backgroundImage",
        "backgroundImageRelativeUrl",
        "bannerLogo",
        "bannerLogoRelativeUrl",
        "cdnList",
        "headerBackgroundColor",
        "loginPageLayoutConfiguration",
        "loginPageTextVisibilitySettings",
        "signInPageText",
        "squareLogo",
        "squareLogoRelativeUrl",
        "usernameHintText",
    }
)


def datasets_of(json: Json) -> tuple[str, ...]:
    """The datasets that an object of Graph JSON belongs to; none when it is something else."""
    return next((datasets for datasets, holds in _SHAPES if holds(json)), ())


def _has(*names: str) -> Callable[[Json], bool]:
    return lambda json: all(name in json for name in names)


def _policy(json: Json) -> bool:
    return "conditions" in json and "state" in json and ("grantControls" in json or "sessionControls" in json)


def _location(json: Json) -> bool:
    kind = json.get("@odata.type")
    return (
        (isinstance(kind, str) and kind.endswith("amedLocation")) or "ipRanges" in json or "countriesAndRegions" in json
    )


def _lifetime(word: str) -> Callable[[Json], bool]:
    def holds(json: Json) -> bool:
        definition = json.get("definition")
        return isinstance(definition, list) and any(isinstance(each, str) and word in each for each in definition)

    return holds


def _security_defaults(json: Json) -> bool:
    return "isEnabled" in json and (
        json.get("id") == _SECURITY_DEFAULTS or "identitySecurityDefaults" in str(json.get("@odata.context"))
    )


def _role(json: Json) -> bool:
    return (
        "roleDefinitionId" in json and "principalId" in json and "scheduleInfo" not in json and "memberType" not in json
    )


_SHAPES: tuple[tuple[tuple[str, ...], Callable[[Json], bool]], ...] = (
    (("policies",), _policy),
    (("policy_changes", "user_events"), _has("activityDateTime", "activityDisplayName", "targetResources")),
    (("named_locations",), _location),
    (("organization",), _has("id", "verifiedDomains")),
    (("security_defaults",), _security_defaults),
    (("activity_timeouts",), _lifetime("ActivityBasedTimeoutPolicy")),
    (("token_lifetimes",), _lifetime("TokenLifetimePolicy")),
    (("registration_campaign",), _has("registrationEnforcement")),
    (("registrations",), _has("id", "isSsprRegistered")),
    (("service_principals", "applications", "directory_objects"), _has("id", "appId", "servicePrincipalType")),
    (("password_dates", "directory_objects"), _has("id", "userPrincipalName", "lastPasswordChangeDateTime")),
    (("directory_objects",), _has("id", "userPrincipalName", "displayName")),
    (("directory_objects",), _has("id", "groupTypes", "displayName")),
    (("role_assignments",), _role),
    (("branding",), lambda json: len(_LOOKS & json.keys()) > 1),
)


def objects_in(json: Json) -> Iterator[Json]:
    """Graph's objects in one row of a file: itself, or what ScubaGear's document of a tenant holds of them."""
    raw = json.get("Raw")
    document = raw if isinstance(raw, Mapping) else json
    policies, details = document.get("conditional_access_policies"), document.get("tenant_details")
    if policies is None and details is None:
        yield from_power_shell(json)
        return
    for listed in (policies, details):
        for each in listed if isinstance(listed, list) else [listed]:
            if isinstance(each, Mapping):
                yield from _details(each) if listed is details else (from_power_shell(each),)


def _details(json: Json) -> Iterator[Json]:
    """ScubaGear's details of the tenant, as an organization. When it cannot read them it writes a sentence instead."""
    whole = json.get("AADAdditionalData")
    organization = from_power_shell(whole) if isinstance(whole, Mapping) else {}
    if isinstance(organization.get("verifiedDomains"), list) and is_id(organization.get("id")):
        yield organization
    elif is_id(json.get("TenantId")):
        yield {"id": json["TenantId"], "displayName": json.get("DisplayName"), "verifiedDomains": []}


def is_id(value: Any) -> bool:
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


def tenant_of(row: Json) -> str:
    """The tenant whose log a row is of, in lower case; "" when the row does not say. Log Analytics' `TenantId` is that
    of the workspace. A sign-in to another tenant names that one as the resource's."""
    for name in ("resourceId", "ResourceId"):
        value = row.get(name)
        if isinstance(value, str) and (found := _OF_TENANT.search(value)):
            return found[1].lower()
    inner = row.get("properties")
    for each in (row, inner if isinstance(inner, Mapping) else {}):
        for home, resource in (
            ("AADTenantId", "AADTenantId"),
            ("homeTenantId", "resourceTenantId"),
            ("HomeTenantId", "ResourceTenantId"),
            ("Home tenant ID", "Resource tenant ID"),
        ):
            if is_id(each.get(home)) and each[home] == each.get(resource):
                return str(each[home]).lower()
    return ""
