"""The kinds of Conditional Access policy a seed may draw, each as the part of Graph's JSON that makes it what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.local_tenant.simulation.apps import EXCHANGE, MANAGEMENT, SHAREPOINT
from auditor.local_tenant.simulation.groups import ROLES
from auditor.local_tenant.simulation.identity import Json

NO_PERSISTENT_TEMPLATE = "62e51ccc-c9c3-4554-ac70-066172c81007"
_ADMIN_ROLES = list(ROLES)[:14]


@dataclass(frozen=True, slots=True)
class Names:
    """Ids that policies refer to."""

    glass: tuple[str, ...]
    """The break-glass accounts."""
    groups: dict[str, str]
    """Display name -> id."""
    offices: str
    blocked: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of policy: how likely a seed has it, and how likely it was changed while the log was running."""

    key: str
    share: float
    moves: float
    build: Callable[[Names], Json]


def _users(**parts: list[str] | Json) -> Json:
    users: Json = {
        "includeUsers": [],
        "excludeUsers": [],
        "includeGroups": [],
        "excludeGroups": [],
        "includeRoles": [],
        "excludeRoles": [],
        "includeGuestsOrExternalUsers": None,
        "excludeGuestsOrExternalUsers": None,
    }
    return {**users, **parts}


def _policy(
    name: str,
    users: Json,
    *,
    apps: Json | None = None,
    clients: tuple[str, ...] = ("all",),
    grant: Json | None = None,
    session: Json | None = None,
    **conditions: object,
) -> Json:
    applications: Json = {
        "includeApplications": ["All"],
        "excludeApplications": [],
        "includeUserActions": [],
        "includeAuthenticationContextClassReferences": [],
        "applicationFilter": None,
    }
    return {
        "displayName": name,
        "conditions": {
            "userRiskLevels": [],
            "signInRiskLevels": [],
            "clientAppTypes": list(clients),
            "servicePrincipalRiskLevels": [],
            "insiderRiskLevels": None,
            "platforms": None,
            "locations": None,
            "devices": None,
            "clientApplications": None,
            "authenticationFlows": None,
            **conditions,
            "applications": {**applications, **(apps or {})},
            "users": users,
        },
        "grantControls": grant,
        "sessionControls": session,
    }


def _session(**controls: Json) -> Json:
    empty = ("disableResilienceDefaults", "applicationEnforcedRestrictions", "cloudAppSecurity", "signInFrequency")
    return {**dict.fromkeys((*empty, "persistentBrowser", "secureSignInSession")), **controls}


def _persistent(mode: str | None, enabled: bool = True) -> Json:
    return _session(persistentBrowser={"mode": mode, "isEnabled": enabled})


def _hours(hours: int) -> Json:
    return {
        "value": hours,
        "type": "hours",
        "authenticationType": "primaryAndSecondaryAuthentication",
        "frequencyInterval": "timeBased",
        "isEnabled": True,
    }


def _grant(*controls: str, operator: str = "OR", **more: list[str]) -> Json:
    grant: Json = {
        "operator": operator,
        "builtInControls": list(controls),
        "customAuthenticationFactors": [],
        "termsOfUse": [],
        "authenticationStrength": None,
    }
    return {**grant, **more}


def _filter(mode: str, rule: str) -> Json:
    return {"deviceFilter": {"mode": mode, "rule": rule}}


def _everyone(names: Names) -> Json:
    return _users(includeUsers=["All"], excludeUsers=list(names.glass))


_ALL = _users(includeUsers=["All"])
_ADMINS = _users(includeRoles=_ADMIN_ROLES)
_GUESTS = _users(
    includeGuestsOrExternalUsers={
        "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bCollaborationMember",
        "externalTenants": {
            "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
            "membershipKind": "all",
        },
    }
)
_UNMANAGED = 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"'


def _template(names: Names) -> Json:
    session = _session(signInFrequency=_hours(1), persistentBrowser={"mode": "never", "isEnabled": True})
    devices = _filter("include", 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True')
    return {
        **_policy("No persistent browser session", _ALL, session=session, devices=devices),
        "templateId": NO_PERSISTENT_TEMPLATE,
    }


PERSISTENT = (
    Kind("always-everyone", 0.12, 0.6, lambda names: _policy(
        "Keep browser sessions", _everyone(names), session=_persistent("always"))),
    Kind("always-unmanaged", 0.35, 0.3, lambda names: _policy(
        "Keep sessions on private devices", _everyone(names), session=_persistent("always"),
        devices=_filter("exclude", _UNMANAGED))),
    Kind("always-admins", 0.25, 0.3, lambda names: _policy(
        "Administrators stay signed in", _ADMINS, session=_persistent("always"))),
    Kind("never-everyone", 0.15, 0.8, lambda names: _policy(
        "No persistent sessions", _ALL, session=_persistent("never"))),
    Kind("never-report-only", 0.35, 0.3, lambda names: {
        **_policy("No persistent sessions (trial)", _ALL, session=_persistent("never")),
        "state": "enabledForReportingButNotEnforced"}),
    Kind("never-disabled", 0.35, 0.3, lambda names: {
        **_policy("No persistent sessions (old)", _ALL, session=_persistent("never")), "state": "disabled"}),
    Kind("never-control-off", 0.25, 0.2, lambda names: _policy(
        "Session persistence", _ALL, session=_persistent("never", enabled=False))),
    Kind("never-not-browser", 0.25, 0.2, lambda names: _policy(
        "No persistent app sessions", _ALL, clients=("mobileAppsAndDesktopClients",), session=_persistent("never"))),
    Kind("never-nobody", 0.25, 0.2, lambda names: _policy(
        "No persistent sessions for kiosks", _users(includeUsers=["None"]), session=_persistent("never"))),
    Kind("never-some-apps", 0.35, 0.3, lambda names: _policy(
        "No persistent sessions for mail and files", _ALL, session=_persistent("never"), clients=("browser",),
        apps={"includeApplications": [EXCHANGE[0], SHAREPOINT[0]]})),
    Kind("never-people-excluded", 0.3, 0.6, lambda names: _policy(
        "No persistent sessions outside the office",
        _users(includeUsers=["All"], excludeUsers=list(names.glass), excludeGroups=[names.groups["Policy Exclusions"]]),
        session=_persistent("never"),
        locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})),
    Kind("never-admins", 0.4, 0.3, lambda names: _policy(
        "Administrators never stay signed in", _ADMINS,
        session=_session(signInFrequency=_hours(4), persistentBrowser={"mode": "never", "isEnabled": True}))),
    Kind("never-pilot", 0.25, 0.3, lambda names: _policy(
        "No persistent sessions, pilot", _users(includeGroups=[names.groups["Pilot Ring"]]),
        session=_persistent("never"))),
    Kind("never-guests", 0.25, 0.2, lambda names: _policy(
        "Guests never stay signed in", _GUESTS, session=_persistent("never"))),
    Kind("mode-not-known", 0.12, 0.0, lambda names: _policy(
        "Session persistence, new mode", _ALL, session=_persistent(None))),
    Kind("no-persistent-template", 0.2, 0.5, _template),
    Kind("template-report-only", 0.25, 0.3, lambda names: {
        **_template(names), "displayName": "No persistent browser session (report-only)",
        "state": "enabledForReportingButNotEnforced"}),
)  # fmt: skip

ORDINARY = (
    Kind("mfa-everyone", 0.45, 0.15, lambda names: _policy(
        "Require multifactor authentication outside the office", _everyone(names), grant=_grant("mfa"),
        locations={"includeLocations": ["All"], "excludeLocations": [names.offices]})),
    Kind("mfa-admins", 0.7, 0.1, lambda names: _policy(
        "Require multifactor authentication for administrators", {**_ADMINS, "excludeUsers": list(names.glass)},
        grant=_grant("mfa"))),
    Kind("mfa-or-compliant", 0.4, 0.1, lambda names: _policy(
        "Azure management from safe places only", _everyone(names), grant=_grant("mfa", "compliantDevice"),
        apps={"includeApplications": [MANAGEMENT[0]]})),
    Kind("block-legacy", 0.8, 0.1, lambda names: _policy(
        "Block legacy authentication", _everyone(names), clients=("exchangeActiveSync", "other"),
        grant=_grant("block"))),
    Kind("block-countries", 0.6, 0.1, lambda names: _policy(
        "Block sign-ins from some countries", _everyone(names), grant=_grant("block"),
        locations={"includeLocations": [names.blocked], "excludeLocations": []})),
    Kind("block-device-code", 0.4, 0.0, lambda names: _policy(
        "Block device code flow", _everyone(names), grant=_grant("block"),
        authenticationFlows={"transferMethods": "deviceCodeFlow"})),
    Kind("compliant-executives", 0.4, 0.1, lambda names: _policy(
        "Executives need a compliant device", _users(includeGroups=[names.groups["Executives"]]),
        grant=_grant("compliantDevice"),
        platforms={"includePlatforms": ["windows", "macOS"], "excludePlatforms": []})),
    Kind("protected-apps", 0.35, 0.0, lambda names: _policy(
        "Mail on phones in approved apps", _everyone(names), clients=("mobileAppsAndDesktopClients",),
        apps={"includeApplications": [EXCHANGE[0]]}, grant=_grant("approvedApplication", "compliantApplication"),
        platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []})),
    Kind("terms-contractors", 0.4, 0.0, lambda names: _policy(
        "Contractors accept the terms of use", _users(includeGroups=[names.groups["Contractors"]]),
        grant=_grant(termsOfUse=["5b3d7f52-3e0c-4c2b-9a73-0d2a4a1c6a11"]))),
    Kind("factor-guests", 0.25, 0.0, lambda names: _policy(
        "Guests answer the external challenge", _GUESTS, clients=("browser",),
        grant=_grant(customAuthenticationFactors=["ExternalChallenge"]))),
    Kind("frequency-admins", 0.5, 0.2, lambda names: _policy(
        "Administrators sign in every four hours", _ADMINS, session=_session(signInFrequency=_hours(4)))),
    Kind("frequency-unmanaged", 0.3, 0.2, lambda names: _policy(
        "Private devices sign in every day", _everyone(names), session=_session(signInFrequency=_hours(24)),
        devices=_filter("include", 'device.isCompliant -ne True -and device.trustType -ne "ServerAD"'))),
    Kind("risk-mfa", 0.4, 0.1, lambda names: _policy(
        "Risky sign-ins need multifactor authentication", _everyone(names), grant=_grant("mfa"),
        signInRiskLevels=["high", "medium"])),
    Kind("risk-password", 0.35, 0.0, lambda names: _policy(
        "Risky people change their password", _everyone(names), userRiskLevels=["high"],
        grant=_grant("mfa", "passwordChange", operator="AND"))),
    Kind("register-safely", 0.3, 0.0, lambda names: _policy(
        "Register security information in the office", _everyone(names), grant=_grant("block"),
        apps={"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]},
        locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})),
)  # fmt: skip
