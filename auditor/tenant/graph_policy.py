"""A Conditional Access policy out of Graph JSON: with `graph_json`, which stands beside it for its size, the only place
that knows Graph's field names.

Nothing that is set may be lost: a condition or a value that this version does not know is named in
`Conditions.unknown`, for a policy read without it would be another policy. Empty and null are not set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.tenant.json_shapes import (
    Json,
    identities,
    maybe_flag,
    maybe_text,
    members,
    object_in,
    text,
    texts,
)
from auditor.tenant.policy import (
    ALL,
    GUESTS,
    NONE,
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

USER_WORDS = frozenset({ALL, NONE, GUESTS})
APPLICATION_WORDS = frozenset({ALL, NONE, "Office365", "MicrosoftAdminPortals"})
_WORD = re.compile("[A-Z][A-Za-z0-9]*")
"""A word that stands for many, among ids. Ids have hyphens."""

# Property -> what may stand within it; None: it is read as a whole.
_FILTER: Mapping[str, Any] = {"mode": None, "rule": None}
_GUESTS: Mapping[str, Any] = {
    "guestOrExternalUserTypes": None,
    "externalTenants": {"membershipKind": None, "members": None},
}
_KNOWN: Mapping[str, Any] = {
    "users": {
        **{f"{side}{what}": None for side in ("include", "exclude") for what in ("Users", "Groups", "Roles")},
        "includeGuestsOrExternalUsers": _GUESTS,
        "excludeGuestsOrExternalUsers": _GUESTS,
    },
    "applications": {
        "includeApplications": None,
        "excludeApplications": None,
        "includeUserActions": None,
        "includeAuthenticationContextClassReferences": None,
        "applicationFilter": _FILTER,
    },
    "devices": {"deviceFilter": _FILTER},
    "platforms": {"includePlatforms": None, "excludePlatforms": None},
    "locations": {"includeLocations": None, "excludeLocations": None},
    "authenticationFlows": {"transferMethods": None},
    "clientApplications": None,
    "servicePrincipalRiskLevels": None,
    "clientAppTypes": None,
    "signInRiskLevels": None,
    "userRiskLevels": None,
    "insiderRiskLevels": None,
}


def policy(json: Json) -> Policy:
    """A `conditionalAccessPolicy`, v1.0 or beta. ValueError names the policy and the field of a wrong shape."""
    identity = text(json, "id", "a Conditional Access policy")
    what = f"policy {identity}"
    sessions = object_in(json, "sessionControls", what)
    return Policy(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        state=text(json, "state", what),
        conditions=_conditions(object_in(json, "conditions", what), what, _partly(json)),
        grant=_grant(object_in(json, "grantControls", what), what),
        persistent_browser=_persistent_browser(sessions, what),
        sign_in_frequency=_sign_in_frequency(sessions, what),
        template_id=maybe_text(json, "templateId"),
        created=maybe_text(json, "createdDateTime"),
        modified=maybe_text(json, "modifiedDateTime") or maybe_text(json, "createdDateTime"),
    )


def _partly(json: Json) -> Iterable[str]:
    """What keeps an enabled policy from a part of its sign-ins: beta has it, and it is documented nowhere."""
    return ["partialEnablementStrategy"] if _set(json.get("partialEnablementStrategy")) else []


def _conditions(json: Json, what: str, strange: Iterable[str]) -> Conditions:
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
    for name, given, known in (
        ("users", (*users.include_users, *users.exclude_users), USER_WORDS),
        ("applications", (*applications.include, *applications.exclude), APPLICATION_WORDS),
    ):
        strangers += [f"{name}: {each}" for each in given if _WORD.fullmatch(each) and each not in known]
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
        unknown=tuple(dict.fromkeys([*strange, *_unknown_properties(json, _KNOWN), *strangers])),
    )


def _unknown_properties(json: Json, known: Mapping[str, Any]) -> Iterable[str]:
    for name, value in json.items():
        if "@" in name or not _set(value):
            continue
        if name not in known:
            yield name
        elif known[name] is not None and isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _unknown_properties(value, known[name]))


def _set(value: Any) -> bool:
    """Something stands there: neither null nor empty, nor an object of nothing but such."""
    if isinstance(value, Mapping):
        return any(_set(inner) for name, inner in value.items() if "@" not in name)
    return value not in (None, "", [], False)


def _users(json: Json, what: str) -> Users:
    return Users(
        include_users=identities(json, "includeUsers", what),
        exclude_users=identities(json, "excludeUsers", what),
        include_groups=identities(json, "includeGroups", what),
        exclude_groups=identities(json, "excludeGroups", what),
        include_roles=identities(json, "includeRoles", what),
        exclude_roles=identities(json, "excludeRoles", what),
        include_guests=_guests(object_in(json, "includeGuestsOrExternalUsers", what), what),
        exclude_guests=_guests(object_in(json, "excludeGuestsOrExternalUsers", what), what),
    )


def _guests(json: Json, what: str) -> Guests | None:
    """Set but without kinds is still set."""
    if not _set(json):
        return None
    tenants = object_in(json, "externalTenants", what)
    listed = identities(tenants, "members", what)
    if tenants.get("membershipKind") is not None:
        membership = text(tenants, "membershipKind", what)
    else:
        membership = "enumerated" if listed else "membership not given" if tenants else "all"
    return Guests(members(json, "guestOrExternalUserTypes", what) or ("kinds not given",), membership, listed)


def _applications(json: Json, what: str) -> Applications:
    return Applications(
        include=identities(json, "includeApplications", what),
        exclude=identities(json, "excludeApplications", what),
        user_actions=texts(json, "includeUserActions", what),
        authentication_contexts=texts(json, "includeAuthenticationContextClassReferences", what),
        filter=_filter(object_in(json, "applicationFilter", what), what),
    )


def _listed(json: Json, kind: str, what: str) -> Listed | None:
    if not _set(json):
        return None
    # Platforms have no hyphen, either, so that they stay as they are.
    return Listed(include=identities(json, f"include{kind}", what), exclude=identities(json, f"exclude{kind}", what))


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
