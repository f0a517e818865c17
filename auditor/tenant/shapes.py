"""The objects of a tenant in one row of a file of exports, told apart by what they hold: nothing else says what they
are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.tenant.power_shell import from_power_shell

Json = Mapping[str, Any]

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_PARTS = frozenset({"grantControls", "sessionControls"})
"""What nothing but a policy has."""

_DEEPEST = 16
"""How many wrappings around a policy are looked through."""

_SECURITY_DEFAULTS = "00000000-0000-0000-0000-000000000005"  # the policy's id, the same in every tenant
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
    """Graph's objects in one row of a file: itself, what ScubaGear's document of a tenant holds of them, or the
    policies that it wraps, under whatever names; what looks like a policy among them and is no whole one, too."""
    raw = json.get("Raw")
    document = raw if isinstance(raw, Mapping) else json
    policies, details = document.get("conditional_access_policies"), document.get("tenant_details")
    if policies is None and details is None:
        itself = from_power_shell(json)
        wrapped = () if datasets_of(itself) else tuple(_policies_within(json, _DEEPEST))
        yield from wrapped or (itself,)
        return
    for listed in (policies, details):
        for each in listed if isinstance(listed, list) else [listed]:
            if isinstance(each, Mapping):
                yield from _details(each) if listed is details else (from_power_shell(each),)


def _policies_within(value: Any, deep: int) -> Iterator[Json]:
    if isinstance(value, Mapping):
        found = from_power_shell(value)
        if _PARTS & found.keys():
            yield found
        elif deep:
            for each in value.values():
                yield from _policies_within(each, deep - 1)
    elif isinstance(value, list) and deep:
        for each in value:
            yield from _policies_within(each, deep - 1)


def _details(json: Json) -> Iterator[Json]:
    """ScubaGear's details of the tenant, as an organization. When it cannot read them it writes a sentence instead."""
    whole = json.get("AADAdditionalData")
    organization = from_power_shell(whole) if isinstance(whole, Mapping) else {}
    if isinstance(organization.get("verifiedDomains"), list) and is_id(organization.get("id")):
        yield organization
    elif is_id(json.get("TenantId")):
        yield {"id": json["TenantId"], "displayName": json.get("DisplayName"), "verifiedDomains": []}


def is_id(value: Any) -> bool:
    return isinstance(value, str) and GUID.fullmatch(value) is not None
