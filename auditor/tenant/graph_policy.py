"""A Conditional Access policy out of Graph JSON: with `graph_json`, which stands beside it for its size, the only place
that knows Graph's field names.

Nothing that is set may be lost: a condition or a value that this version does not know is named in
`Conditions.unknown`, for a policy read without it would be another policy. Empty and null are not set. Graph's words
are known in any case, for exports do not all keep it.
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
    DISABLED,
    ENABLED,
    GUESTS,
    NONE,
    REPORT_ONLY,
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
LOCATION_WORDS = frozenset({ALL, "AllTrusted"})
_STATES = frozenset({ENABLED, DISABLED, REPORT_ONLY})
_MODES = frozenset({"always", "never"})
_SIDES = frozenset({"include", "exclude"})
_MEMBERSHIPS = frozenset({"all", "enumerated"})
_FREQUENCIES = frozenset(
    {"hours", "days", "timeBased", "everyTime", "primaryAndSecondaryAuthentication", "secondaryAuthentication"}
)
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
    sessions = _object(json, "sessionControls", what)
    return Policy(
        id=identity,
        name=maybe_text(json, "displayName") or "",
        state=_word(text(json, "state", what), _STATES),
        conditions=_conditions(object_in(json, "conditions", what), what, _partly(json)),
        grant=_grant(_emptied(_object(json, "grantControls", what)), what),
        persistent_browser=_persistent_browser(sessions, what),
        sign_in_frequency=_sign_in_frequency(sessions, what),
        template_id=maybe_text(json, "templateId"),
        created=maybe_text(json, "createdDateTime"),
        modified=maybe_text(json, "modifiedDateTime") or maybe_text(json, "createdDateTime"),
    )


def _object(json: Json, key: str, what: str) -> Json:
    """As `object_in`; an empty text or list in its place is not set, either."""
    return {} if json.get(key) in ("", []) else object_in(json, key, what)


def _emptied(json: Json) -> Json:
    """The same with null for an empty text or list, at any depth: exports write what is not set in any shape."""
    inner = {name: _emptied(value) if isinstance(value, Mapping) else value for name, value in json.items()}
    return {name: None if value in ("", []) else value for name, value in inner.items()}


def _word(said: str, known: Iterable[str]) -> str:
    """The one of Graph's words that this is in another case; any other as it is."""
    return next((word for word in known if word.lower() == said.lower()), said)


def _words(said: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    return tuple(_word(each, known) for each in said)


def _maybe_word(json: Json, key: str, known: Iterable[str]) -> str | None:
    said = maybe_text(json, key)
    return None if said is None else _word(said, known)


def _partly(json: Json) -> Iterable[str]:
    """What keeps an enabled policy from a part of its sign-ins: beta has it, and it is documented nowhere."""
    return ["partialEnablementStrategy"] if _set(json.get("partialEnablementStrategy")) else []


def _conditions(json: Json, what: str, strange: Iterable[str]) -> Conditions:
    # Without these two a policy is not what it was: in them nothing but null is empty.
    users = _users(_emptied(object_in(json, "users", what)), what)
    applications = _applications(_emptied(object_in(json, "applications", what)), what)
    json = _emptied(json)
    platforms = _listed(object_in(json, "platforms", what), "Platforms", PLATFORMS, what)
    given: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
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
    lists = {name: _words(said, known) for name, (said, known) in given.items()}
    strangers = [f"{name}: {value}" for name, said in lists.items() for value in said if value not in given[name][1]]
    for guests in (users.include_guests, users.exclude_guests):
        if guests and guests.membership not in ("all", "enumerated"):
            strangers.append(f"users: {guests.membership}")
    for name, listed, known in (
        ("users", (*users.include_users, *users.exclude_users), USER_WORDS),
        ("applications", (*applications.include, *applications.exclude), APPLICATION_WORDS),
    ):
        strangers += [f"{name}: {each}" for each in listed if _WORD.fullmatch(each) and each not in known]
    return Conditions(
        users=users,
        applications=applications,
        client_app_types=lists["clientAppTypes"],
        platforms=platforms,
        locations=_listed(object_in(json, "locations", what), "Locations", LOCATION_WORDS, what),
        device_filter=_filter(object_in(object_in(json, "devices", what), "deviceFilter", what), what),
        sign_in_risks=lists["signInRiskLevels"],
        user_risks=lists["userRiskLevels"],
        insider_risks=lists["insiderRiskLevels"],
        authentication_flows=tuple(flow for flow in lists["authenticationFlows"] if flow != "none"),
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
        include_users=_words(identities(json, "includeUsers", what), USER_WORDS),
        exclude_users=_words(identities(json, "excludeUsers", what), USER_WORDS),
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
        membership = _word(text(tenants, "membershipKind", what), _MEMBERSHIPS)
    else:
        membership = "enumerated" if listed else "membership not given" if tenants else "all"
    kinds = _words(members(json, "guestOrExternalUserTypes", what), GUEST_KINDS)
    return Guests(kinds or ("kinds not given",), membership, listed)


def _applications(json: Json, what: str) -> Applications:
    return Applications(
        include=_words(identities(json, "includeApplications", what), APPLICATION_WORDS),
        exclude=_words(identities(json, "excludeApplications", what), APPLICATION_WORDS),
        user_actions=_words(texts(json, "includeUserActions", what), USER_ACTIONS),
        authentication_contexts=texts(json, "includeAuthenticationContextClassReferences", what),
        filter=_filter(object_in(json, "applicationFilter", what), what),
    )


def _listed(json: Json, kind: str, known: Iterable[str], what: str) -> Listed | None:
    if not _set(json):
        return None
    # Platforms have no hyphen, either, so that they stay as they are.
    sides = (_words(identities(json, f"{side}{kind}", what), known) for side in ("include", "exclude"))
    return Listed(*sides)


def _filter(json: Json, what: str) -> Filter | None:
    if not _set(json):
        return None
    return Filter(mode=_word(text(json, "mode", what), _SIDES), rule=text(json, "rule", what))


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
    """None when the control is absent or empty, and when it is not enabled and has no mode, as exports write one that
    is not set. Any other without a mode is a control whose mode is not known."""
    if json.get("persistentBrowser") in (None, "", []):
        return None
    value = object_in(json, "persistentBrowser", what)
    mode, enabled = _maybe_word(value, "mode", _MODES) or None, maybe_flag(value, "isEnabled")
    return None if mode is None and enabled is False else PersistentBrowser(mode, enabled)


def _sign_in_frequency(json: Json, what: str) -> SignInFrequency | None:
    if json.get("signInFrequency") in (None, "", []):
        return None
    value = object_in(json, "signInFrequency", what)
    number = value.get("value")
    return SignInFrequency(
        enabled=maybe_flag(value, "isEnabled"),
        value=number if isinstance(number, int) and not isinstance(number, bool) else None,
        unit=_maybe_word(value, "type", _FREQUENCIES),
        interval=_maybe_word(value, "frequencyInterval", _FREQUENCIES),
        authentication=_maybe_word(value, "authenticationType", _FREQUENCIES),
    )
