"""Objects of Graph JSON told apart by what they hold: in a file of exports nothing else says what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Json = Mapping[str, Any]

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
