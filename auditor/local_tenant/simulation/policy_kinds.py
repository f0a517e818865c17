"""The kinds of Conditional Access policy a seed may draw, each as the part of Graph's JSON that makes it what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.local_tenant.simulation.apps import EXCHANGE, MANAGEMENT, SHAREPOINT
from auditor.local_tenant.simulation.groups import DESK_ROLE, ROLES
from auditor.local_tenant.simulation.identity import Json
from auditor.local_tenant.simulation.policy_json import (
    filtered,
    grant,
    guests,
    hours,
    locations,
    persistent,
    platforms,
    policy,
    session,
    users,
)

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
    home_countries: str
    own_app: str
    """The resource of one of the tenant's own apps."""
    partner: str
    """The tenant from which some of the guests come."""
    desk: str
    """Somebody on the Security Desk, the group that holds a directory role."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of policy: how likely a seed has it, and how likely it was changed while the log was running."""

    key: str
    share: float
    moves: float
    build: Callable[[Names], Json]


def _everyone(names: Names) -> Json:
    return users(includeUsers=["All"], excludeUsers=list(names.glass))


_ALL = users(includeUsers=["All"])
_ADMINS = users(includeRoles=_ADMIN_ROLES)
_GUESTS = users(includeGuestsOrExternalUsers=guests())
_UNMANAGED = 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"'


def _template(names: Names) -> Json:
    body = policy(
        "No persistent browser session",
        _ALL,
        session=session(signInFrequency=hours(1), persistentBrowser={"mode": "never", "isEnabled": True}),
        devices=filtered("include", 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True'),
    )
    return {**body, "templateId": NO_PERSISTENT_TEMPLATE}


PERSISTENT = (
    Kind("always-everyone", 0.12, 0.6, lambda names: policy(
        "Keep browser sessions", _everyone(names), session=persistent("always"))),
    Kind("always-unmanaged", 0.35, 0.3, lambda names: policy(
        "Keep sessions on private devices", _everyone(names), session=persistent("always"),
        devices=filtered("exclude", _UNMANAGED))),
    Kind("always-admins", 0.25, 0.3, lambda names: policy(
        "Administrators stay signed in", _ADMINS, session=persistent("always"))),
    Kind("never-everyone", 0.15, 0.8, lambda names: policy(
        "No persistent sessions", _ALL, session=persistent("never"))),
    Kind("never-report-only", 0.35, 0.3, lambda names: {
        **policy("No persistent sessions (trial)", _ALL, session=persistent("never")),
        "state": "enabledForReportingButNotEnforced"}),
    Kind("never-disabled", 0.35, 0.3, lambda names: {
        **policy("No persistent sessions (old)", _ALL, session=persistent("never")), "state": "disabled"}),
    Kind("never-control-off", 0.25, 0.2, lambda names: policy(
        "Session persistence", _ALL, session=persistent("never", enabled=False))),
    Kind("never-not-browser", 0.25, 0.2, lambda names: policy(
        "No persistent app sessions", _ALL, clients=("mobileAppsAndDesktopClients",), session=persistent("never"))),
    Kind("never-nobody", 0.25, 0.2, lambda names: policy(
        "No persistent sessions for kiosks", users(includeUsers=["None"]), session=persistent("never"))),
    Kind("never-some-apps", 0.35, 0.3, lambda names: policy(
        "No persistent sessions for mail and files", _ALL, session=persistent("never"), clients=("browser",),
        apps={"includeApplications": [EXCHANGE[0], SHAREPOINT[0]]})),
    Kind("never-people-excluded", 0.3, 0.6, lambda names: policy(
        "No persistent sessions outside the office",
        users(includeUsers=["All"], excludeUsers=list(names.glass), excludeGroups=[names.groups["Policy Exclusions"]]),
        session=persistent("never"),
        locations=locations("All", "AllTrusted"))),
    Kind("never-admins", 0.4, 0.3, lambda names: policy(
        "Administrators never stay signed in", _ADMINS,
        session=session(signInFrequency=hours(4), persistentBrowser={"mode": "never", "isEnabled": True}))),
    Kind("never-pilot", 0.25, 0.3, lambda names: policy(
        "No persistent sessions, pilot", users(includeGroups=[names.groups["Pilot Ring"]]),
        session=persistent("never"))),
    Kind("never-guests", 0.25, 0.2, lambda names: policy(
        "Guests never stay signed in", _GUESTS, session=persistent("never"))),
    Kind("mode-not-known", 0.12, 0.0, lambda names: policy(
        "Session persistence, new mode", _ALL, session=persistent(None))),
    Kind("no-persistent-template", 0.2, 0.5, _template),
    Kind("template-report-only", 0.25, 0.3, lambda names: {
        **_template(names), "displayName": "No persistent browser session (report-only)",
        "state": "enabledForReportingButNotEnforced"}),
)  # fmt: skip

ORDINARY = (
    Kind("mfa-everyone", 0.45, 0.15, lambda names: policy(
        "Require multifactor authentication outside the office", _everyone(names), grant=grant("mfa"),
        locations=locations("All", names.offices))),
    Kind("mfa-admins", 0.7, 0.1, lambda names: policy(
        "Require multifactor authentication for administrators", {**_ADMINS, "excludeUsers": list(names.glass)},
        grant=grant("mfa"))),
    Kind("mfa-or-compliant", 0.4, 0.1, lambda names: policy(
        "Azure management from safe places only", _everyone(names), grant=grant("mfa", "compliantDevice"),
        apps={"includeApplications": [MANAGEMENT[0]]})),
    Kind("block-legacy", 0.8, 0.1, lambda names: policy(
        "Block legacy authentication", _everyone(names), clients=("exchangeActiveSync", "other"),
        grant=grant("block"))),
    Kind("block-countries", 0.6, 0.1, lambda names: policy(
        "Block sign-ins from some countries", _everyone(names), grant=grant("block"),
        locations=locations(names.blocked))),
    Kind("block-device-code", 0.4, 0.0, lambda names: policy(
        "Block device code flow", _everyone(names), grant=grant("block"),
        authenticationFlows={"transferMethods": "deviceCodeFlow"})),
    Kind("compliant-executives", 0.4, 0.1, lambda names: policy(
        "Executives need a compliant device", users(includeGroups=[names.groups["Executives"]]),
        grant=grant("compliantDevice"),
        platforms=platforms("windows", "macOS"))),
    Kind("protected-apps", 0.35, 0.0, lambda names: policy(
        "Mail on phones in approved apps", _everyone(names), clients=("mobileAppsAndDesktopClients",),
        apps={"includeApplications": [EXCHANGE[0]]}, grant=grant("approvedApplication", "compliantApplication"),
        platforms=platforms("android", "iOS"))),
    Kind("terms-contractors", 0.4, 0.0, lambda names: policy(
        "Contractors accept the terms of use", users(includeGroups=[names.groups["Contractors"]]),
        grant=grant(termsOfUse=["5b3d7f52-3e0c-4c2b-9a73-0d2a4a1c6a11"]))),
    Kind("factor-guests", 0.25, 0.0, lambda names: policy(
        "Guests answer the external challenge", _GUESTS, clients=("browser",),
        grant=grant(customAuthenticationFactors=["ExternalChallenge"]))),
    Kind("frequency-admins", 0.5, 0.2, lambda names: policy(
        "Administrators sign in every four hours", _ADMINS, session=session(signInFrequency=hours(4)))),
    Kind("frequency-unmanaged", 0.3, 0.2, lambda names: policy(
        "Private devices sign in every day", _everyone(names), session=session(signInFrequency=hours(24)),
        devices=filtered("include", 'device.isCompliant -ne True -and device.trustType -ne "ServerAD"'))),
    Kind("risk-mfa", 0.4, 0.1, lambda names: policy(
        "Risky sign-ins need multifactor authentication", _everyone(names), grant=grant("mfa"),
        signInRiskLevels=["high", "medium"])),
    Kind("risk-password", 0.35, 0.0, lambda names: policy(
        "Risky people change their password", _everyone(names), userRiskLevels=["high"],
        grant=grant("mfa", "passwordChange", operator="AND"))),
    Kind("register-safely", 0.3, 0.0, lambda names: policy(
        "Register security information in the office", _everyone(names), grant=grant("block"),
        apps={"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]},
        locations=locations("All", "AllTrusted"))),
)  # fmt: skip

# Drawn after the kinds above, so that what a seed had before these were thought of stays as it was.
LATER = (
    Kind("always-group-devices", 0.25, 0.3, lambda names: policy(
        "Headquarters stays signed in on its own devices", users(includeGroups=[names.groups["Headquarters"]]),
        session=persistent("always"),
        devices=filtered("include", 'device.isCompliant -eq True -and device.trustType -in ["AzureAD", "ServerAD"]'))),
    Kind("always-named-devices", 0.2, 0.2, lambda names: policy(
        "Executives stay signed in on Windows", users(includeGroups=[names.groups["Executives"]]),
        session=persistent("always"), clients=("browser",),
        devices=filtered(
            "include", 'device.displayName -startsWith "WIN-" -and -not (device.trustType -eq "Workplace")'))),
    Kind("never-group", 0.3, 0.3, lambda names: policy(
        "Contractors never stay signed in", users(includeGroups=[names.groups["Contractors"]]),
        session=persistent("never"))),
    Kind("never-office-browser", 0.2, 0.2, lambda names: policy(
        "No persistent sessions for Office in a browser", _ALL, clients=("browser",),
        apps={"includeApplications": ["Office365"]}, session=persistent("never"))),
    Kind("never-app-excluded", 0.2, 0.2, lambda names: policy(
        "No persistent sessions but for travel", _ALL, apps={"excludeApplications": [names.own_app]},
        session=persistent("never"), devices=filtered("exclude", 'device.trustType -eq "ServerAD"'))),
    Kind("never-all-guests", 0.2, 0.2, lambda names: policy(
        "Guests of any kind never stay signed in", users(includeUsers=["GuestsOrExternalUsers"]),
        session=persistent("never"))),
    Kind("never-partner", 0.25, 0.2, lambda names: policy(
        "Partners never stay signed in", users(includeGuestsOrExternalUsers=guests(names.partner)),
        session=persistent("never"))),
    Kind("never-staff", 0.12, 0.3, lambda names: policy(
        "Staff never stay signed in on private devices",
        users(includeUsers=["All"], excludeGuestsOrExternalUsers=guests()), session=persistent("never"),
        devices=filtered("include", 'device.trustType -notIn ["AzureAD", "ServerAD"]'))),
    Kind("never-role-but-one", 0.25, 0.3, lambda names: policy(
        "Security readers never stay signed in", users(includeRoles=[DESK_ROLE], excludeUsers=[names.desk]),
        session=persistent("never"))),
    Kind("never-at-home", 0.2, 0.2, lambda names: policy(
        "No persistent sessions at home", users(includeGroups=[names.groups["All Staff"]]),
        session=persistent("never"), locations=locations(names.home_countries, "AllTrusted"))),
    Kind("mfa-office", 0.25, 0.1, lambda names: policy(
        "Office needs multifactor authentication on private devices", _everyone(names), grant=grant("mfa"),
        apps={"includeApplications": ["Office365"]},
        devices=filtered("exclude", "device.isCompliant -eq True"))),
    Kind("mfa-portals", 0.3, 0.1, lambda names: policy(
        "Administration needs multifactor authentication", _everyone(names), grant=grant("mfa"),
        apps={"includeApplications": ["MicrosoftAdminPortals"]})),
    Kind("frequency-but-app", 0.2, 0.1, lambda names: policy(
        "Everybody signs in every week", _everyone(names), session=session(signInFrequency=hours(168)),
        apps={"excludeApplications": [names.own_app]}, clients=("browser", "mobileAppsAndDesktopClients"))),
    Kind("frequency-group-but-role", 0.25, 0.2, lambda names: policy(
        "Headquarters signs in twice a day",
        users(includeGroups=[names.groups["Headquarters"]], excludeRoles=[*_ADMIN_ROLES, DESK_ROLE]),
        session=session(signInFrequency=hours(12)))),
    Kind("mfa-role-but-glass", 0.25, 0.1, lambda names: policy(
        "Readers and global administrators need multifactor authentication",
        users(includeRoles=[*_ADMIN_ROLES[:1], DESK_ROLE], excludeUsers=list(names.glass)), grant=grant("mfa"))),
    Kind("mfa-not-windows", 0.25, 0.1, lambda names: policy(
        "Phones and Macs need multifactor authentication or a compliant device", _everyone(names),
        grant=grant("mfa", "compliantDevice"), platforms=platforms("all", exclude="windows"))),
    Kind("mfa-home-countries", 0.2, 0.1, lambda names: policy(
        "Working from home needs multifactor authentication", _everyone(names), grant=grant("mfa"),
        locations=locations(names.home_countries, "AllTrusted"))),
    Kind("mfa-odd-devices", 0.2, 0.1, lambda names: policy(
        "Devices of an odd kind need multifactor authentication", _everyone(names), grant=grant("mfa"),
        devices=filtered(
            "include",
            '(device.trustType -eq "AzureAD" -and (device.isCompliant -ne True -or device.displayName -startsWith '
            '"MAC-")) -or -not (device.trustType -in ["AzureAD", "ServerAD"] -or device.isCompliant -eq True)'))),
    Kind("frequency-no-risk", 0.2, 0.1, lambda names: policy(
        "Contractors without risk sign in every day", users(includeGroups=[names.groups["Contractors"]]),
        session=session(signInFrequency=hours(24)), signInRiskLevels=["low", "none"])),
    Kind("terms-partner", 0.2, 0.0, lambda names: policy(
        "Partners accept the terms of use", users(includeGuestsOrExternalUsers=guests(names.partner)),
        grant=grant(termsOfUse=["5b3d7f52-3e0c-4c2b-9a73-0d2a4a1c6a11"]))),
    Kind("register-devices", 0.3, 0.0, lambda names: policy(
        "Multifactor authentication to register a device", _everyone(names), grant=grant("mfa"),
        apps={"includeApplications": [], "includeUserActions": ["urn:user:registerdevice"]})),
    Kind("context-sensitive", 0.3, 0.0, lambda names: policy(
        "Sensitive documents need a compliant device", _everyone(names), grant=grant("compliantDevice"),
        apps={"includeApplications": [], "includeAuthenticationContextClassReferences": ["c1"]})),
    Kind("insider-risk", 0.2, 0.0, lambda names: policy(
        "Block insiders at risk", _everyone(names), grant=grant("block"), insiderRiskLevels="elevated")),
)  # fmt: skip
