"""A Conditional Access policy out of Graph JSON: with `graph_json`, which stands beside it for its size, the only place
that knows Graph's field names.

Nothing that is set may be lost: a condition or a value that this version does not know is named in
`Conditions.unknown`, for a policy read without it would be another policy. Empty and null are not set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor.tenant.json_shapes import Json, maybe_flag, maybe_text, members, object_in, text, texts
from auditor.tenant.policy import (
    Applications,
    Conditions,
    Filter,
    Grant,
    Guests,
    Listed,
    PersistentBrowser,
    Policy,
    SignInFrequency,
    Users,
)

GUEST_KINDS = frozenset(
    {
        "internalGuest",
        "b2bCollaborationGuest",
        "b2bCollaborationMember",
        "b2bDirectConnectUser",
        "otherExternalUser",
        "serviceProvider",
    }
)
CLIENT_APP_TYPES = frozenset(
    {"all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"}
)
PLATFORMS = frozenset({"all", "android", "iOS", "windows", "windowsPhone", "macOS", "linux"})
RISKS = frozenset({"low", "medium", "high", "hidden", "none"})
INSIDER_RISKS = frozenset({"minor", "moderate", "elevated"})
FLOWS = frozenset({"none", "deviceCodeFlow", "authenticationTransfer"})
USER_ACTIONS = frozenset({"urn:user:registersecurityinfo", "urn:user:registerdevice"})

# Property -> what may stand within it; None: it is read as a whole.
_KNOWN: Mapping[str, frozenset[str] | None] = {
    "users": frozenset(
        f"{side}{what}"
        for side in ("include", "exclude")
        for what in ("Users", "Groups", "Roles", "GuestsOrExternalUsers")
    ),
    "applications": frozenset(
        {
            "includeApplications",
            "excludeApplications",
            "includeUserActions",
            "includeAuthenticationContextClassReferences",
            "applicationFilter",
        }
    ),
    "devices": frozenset({"deviceFilter"}),
    "platforms": frozenset({"includePlatforms", "excludePlatforms"}),
    "locations": frozenset({"includeLocations", "excludeLocations"}),
    "authenticationFlows": frozenset({"transferMethods"}),
    "clientApplications": None,
    "servicePrincipalRiskLevels": None,
    "clientAppTypes": None,
    "signInRiskLevels": None,
    "userRiskLevels": None,
    "insiderRiskLevels": None,
}  # fmt: skip


def policy(json: Json) -> Policy:
    """A `conditionalAccessPolicy`, v1.0 or beta. ValueError names the policy and the field of a wrong shape."""
    identity = text(json, "id", "a Conditional Access policy")
    what = f"policy {identity}"
    sessions = object_in(json, "sessionControls", what)
    return Policy(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        state=text(json, "state", what),
        conditions=_conditions(object_in(json, "conditions", what), what),
        grant=_grant(object_in(json, "grantControls", what), what),
        persistent_browser=_persistent_browser(sessions, what),
        sign_in_frequency=_sign_in_frequency(sessions, what),
        template_id=maybe_text(json, "templateId"),
        created=maybe_text(json, "createdDateTime"),
        modified=maybe_text(json, "modifiedDateTime") or maybe_text(json, "createdDateTime"),
    )


def _conditions(json: Json, what: str) -> Conditions:
    users = _users(object_in(json, "users", what), what)
    applications = _applications(object_in(json, "applications", what), what)
    platforms = _listed(object_in(json, "platforms", what), "Platforms", what)
    lists = {
        "clientAppTypes": (texts(json, "clientAppTypes", what), CLIENT_APP_TYPES),
        "platforms": ((*platforms.include, *platforms.exclude) if platforms else (), PLATFORMS),
        "signInRiskLevels": (texts(json, "signInRiskLevels", what), RISKS),
        "userRiskLevels": (texts(json, "userRiskLevels", what), RISKS),
        # Graph writes these two as one text, divided by commas.
        "insiderRiskLevels": (members(json, "insiderRiskLevels", what), INSIDER_RISKS),
        "authenticationFlows": (
            members(object_in(json, "authenticationFlows", what), "transferMethods", what),
            FLOWS,
        ),
        "users": (
            tuple(kind for guests in (users.include_guests, users.exclude_guests) if guests for kind in guests.kinds),
            GUEST_KINDS,
        ),
        "applications": (applications.user_actions, USER_ACTIONS),
    }
    strangers = [f"{name}: {value}" for name, (given, known) in lists.items() for value in given if value not in known]
    for guests in (users.include_guests, users.exclude_guests):
        if guests and guests.membership not in ("all", "enumerated"):
            strangers.append(f"users: {guests.membership}")
    return Conditions(
        users=users,
        applications=applications,
        client_app_types=lists["clientAppTypes"][0],
        platforms=platforms,
        locations=_listed(object_in(json, "locations", what), "Locations", what),
        device_filter=_filter(object_in(object_in(json, "devices", what), "deviceFilter", what), what),
        sign_in_risks=lists["signInRiskLevels"][0],
        user_risks=lists["userRiskLevels"][0],
        insider_risks=lists["insiderRiskLevels"][0],
        authentication_flows=tuple(flow for flow in lists["authenticationFlows"][0] if flow != "none"),
        workload_identities=_set(json.get("clientApplications")) or bool(json.get("servicePrincipalRiskLevels")),
        unknown=tuple(dict.fromkeys([*_unknown_properties(json), *strangers])),
    )


def _unknown_properties(json: Json) -> Iterable[str]:
    for name, value in json.items():
        if "@" in name or not _set(value):
            continue
        if name not in _KNOWN:
            yield name
        within = _KNOWN.get(name)
        if within is not None and isinstance(value, Mapping):
            yield from (
                f"{name}.{inner}"
                for inner, given in value.items()
                if inner not in within and "@" not in inner and _set(given)
            )


def _set(value: Any) -> bool:
    """Something stands there: neither null nor empty, nor an object of nothing but such."""
    if isinstance(value, Mapping):
        return any(_set(inner) for name, inner in value.items() if "@" not in name)
    return value not in (None, "", [], False)


def _users(json: Json, what: str) -> Users:
    return Users(
        include_users=texts(json, "includeUsers", what),
        exclude_users=texts(json, "excludeUsers", what),
        include_groups=texts(json, "includeGroups", what),
        exclude_groups=texts(json, "excludeGroups", what),
        include_roles=texts(json, "includeRoles", what),
        exclude_roles=texts(json, "excludeRoles", what),
        include_guests=_guests(object_in(json, "includeGuestsOrExternalUsers", what), what),
        exclude_guests=_guests(object_in(json, "excludeGuestsOrExternalUsers", what), what),
    )


def _guests(json: Json, what: str) -> Guests | None:
    """Set but without kinds is still set."""
    if not _set(json):
        return None
    tenants = object_in(json, "externalTenants", what)
    return Guests(
        kinds=members(json, "guestOrExternalUserTypes", what) or ("kinds not given",),
        membership=maybe_text(tenants, "membershipKind") or ("enumerated" if tenants.get("members") else "all"),
        tenants=texts(tenants, "members", what),
    )


def _applications(json: Json, what: str) -> Applications:
    return Applications(
        include=texts(json, "includeApplications", what),
        exclude=texts(json, "excludeApplications", what),
        user_actions=texts(json, "includeUserActions", what),
        authentication_contexts=texts(json, "includeAuthenticationContextClassReferences", what),
        filter=_filter(object_in(json, "applicationFilter", what), what),
    )


def _listed(json: Json, kind: str, what: str) -> Listed | None:
    if not _set(json):
        return None
    return Listed(include=texts(json, f"include{kind}", what), exclude=texts(json, f"exclude{kind}", what))


def _filter(json: Json, what: str) -> Filter | None:
    if not _set(json):
        return None
    return Filter(mode=text(json, "mode", what), rule=text(json, "rule", what))


def _grant(json: Json, what: str) -> Grant:
    strength = object_in(json, "authenticationStrength", what)
    return Grant(
        operator=maybe_text(json, "operator") or "OR",
        controls=texts(json, "builtInControls", what),
        authentication_strength=maybe_text(strength, "displayName") or maybe_text(strength, "id"),
        terms_of_use=texts(json, "termsOfUse", what),
        custom_factors=texts(json, "customAuthenticationFactors", what),
    )


def _persistent_browser(json: Json, what: str) -> PersistentBrowser | None:
    """None only when the control is absent or null. An object without a mode is a control whose mode is not known."""
    if json.get("persistentBrowser") is None:
        return None
    value = object_in(json, "persistentBrowser", what)
    return PersistentBrowser(mode=maybe_text(value, "mode"), enabled=maybe_flag(value, "isEnabled"))


def _sign_in_frequency(json: Json, what: str) -> SignInFrequency | None:
    if json.get("signInFrequency") is None:
        return None
    value = object_in(json, "signInFrequency", what)
    number = value.get("value")
    return SignInFrequency(
        enabled=maybe_flag(value, "isEnabled"),
        value=number if isinstance(number, int) and not isinstance(number, bool) else None,
        unit=maybe_text(value, "type"),
        interval=maybe_text(value, "frequencyInterval"),
        authentication=maybe_text(value, "authenticationType"),
    )
