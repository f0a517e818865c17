"""Policies, branding and the rest of a tenant's settings as they lie beside an exported log.

Sources: Microsoft Graph (lists and objects), EntraExporter's schema and Export-Entra (a folder per object, an object a
file; Windows PowerShell writes UTF-16), ScubaGear's provider for Microsoft Entra ID (`conditional_access_policies` and
`tenant_details` in one document), and the Microsoft Graph PowerShell SDK, whose objects have names in PascalCase, an
object of nulls where Graph says null, and what the SDK does not know under `AdditionalProperties`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime

from auditor.local_tenant.simulation.identity import Json
from auditor.local_tenant.simulation.tenant import Simulation

_GRAPH = "https://graph.microsoft.com/v1.0/$metadata#"
_LISTS: dict[str, tuple[str, Callable[[Simulation], object]]] = {
    "conditionalAccessPolicies.json": ("identity/conditionalAccess/policies", Simulation.policies),
    "namedLocations.json": ("identity/conditionalAccess/namedLocations", Simulation.named_locations),
    "organization.json": ("organization", lambda simulation: [simulation.organization()]),
    "users.json": ("users", lambda simulation: list(simulation.users())),
    "groups.json": ("groups", Simulation.groups),
    "servicePrincipals.json": ("servicePrincipals", Simulation.service_principals),
    "applications.json": ("applications", Simulation.applications),
    "userRegistrationDetails.json": (
        "reports/authenticationMethods/userRegistrationDetails",
        lambda simulation: list(simulation.registration_details()),
    ),
}


def graph(simulation: Simulation, start: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """(file name, text): Graph's answers, a dataset a file; branding and security defaults are single objects, and
    there is no branding file where Graph answers 404."""
    for name, (what, read) in _LISTS.items():
        yield name, _document({"@odata.context": f"{_GRAPH}{what}", "value": read(simulation)})
    audits = list(simulation.directory_audits(start, end))
    yield "directoryAudits.json", _document({"@odata.context": f"{_GRAPH}auditLogs/directoryAudits", "value": audits})
    defaults = {"@odata.context": f"{_GRAPH}policies/identitySecurityDefaultsEnforcementPolicy/$entity"}
    yield "identitySecurityDefaultsEnforcementPolicy.json", _document({**defaults, **simulation.security_defaults()})
    branding = simulation.branding()
    if branding is not None:
        yield "branding.json", _document({"@odata.context": f"{_GRAPH}branding/$entity", **branding})


def entra_exporter(simulation: Simulation) -> Iterator[tuple[str, str]]:
    """(path, text) as EntraExporter writes a tenant. A list of one object becomes that object, as PowerShell has it."""
    yield "Organization/Organization.json", _document(simulation.organization())
    localizations = simulation.branding_localizations()
    if localizations:
        one = localizations[0] if len(localizations) == 1 else localizations
        yield "Organization/Branding/Localizations.json", _document(one)
    folders = {
        "Identity/Conditional/AccessPolicies": simulation.policies(),
        "Identity/Conditional/NamedLocations": simulation.named_locations(),
        "Policies/IdentitySecurityDefaultsEnforcementPolicy": [simulation.security_defaults()],
        "Policies/ActivityBasedTimeoutPolicy": simulation.activity_based_timeout_policies(),
        "Policies/TokenLifetimePolicy": simulation.token_lifetime_policies(),
        "Groups": simulation.groups(),
    }
    for folder, found in folders.items():
        for each in found:
            yield f"{folder}/{each['id']}/{each['id']}.json", _document(each)


def scuba_gear(simulation: Simulation) -> tuple[str, str]:
    """(file name, text): the settings that ScubaGear's providers export, of which these concern Entra ID."""
    organization = simulation.organization()
    tenant = {
        "DisplayName": organization["displayName"],
        "DomainName": simulation.initial_domain,
        "TenantId": simulation.tenant_id,
        "AADAdditionalData": power_shell(organization),
    }
    return "ProviderSettingsExport.json", _document(
        {
            "baseline_version": "1",
            "module_version": "1.6.0",
            "date": "11/21/2026 09:00:00 Coordinated Universal Time",
            "tenant_details": [tenant],
            "conditional_access_policies": [power_shell(policy) for policy in simulation.policies()],
            "cap_table_data": [{"Name": policy["displayName"], "State": "On"} for policy in simulation.policies()],
            "authorization_policies": [],
            "privileged_users": {},
            "aad_successful_commands": ["Get-MgBetaIdentityConditionalAccessPolicy"],
            "aad_unsuccessful_commands": [],
        }
    )


def power_shell_list(found: list[Json], *, dates: str = "iso") -> str:
    """What `Get-Mg... | ConvertTo-Json -Depth 10` prints for a list of Graph objects. `dates`: "iso", or "windows" for
    Windows PowerShell's `/Date(1763715600000)/`."""
    objects = [power_shell(each, dates=dates) for each in found]
    return _document(objects[0] if len(objects) == 1 else objects)


_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# What the SDK makes an object of, though Graph says null.
_SHELLS: dict[str, Json] = {
    "grantControls": {"AuthenticationStrength": {"Id": None}, "BuiltInControls": None, "Operator": None},
    "sessionControls": {
        "ApplicationEnforcedRestrictions": {"IsEnabled": None},
        "CloudAppSecurity": {"CloudAppSecurityType": None, "IsEnabled": None},
        "DisableResilienceDefaults": None,
        "PersistentBrowser": {"IsEnabled": None, "Mode": None},
        "SignInFrequency": {"IsEnabled": None, "Type": None, "Value": None},
    },
    "persistentBrowser": {"IsEnabled": None, "Mode": None},
    "signInFrequency": {"IsEnabled": None, "Type": None, "Value": None},
    "applicationEnforcedRestrictions": {"IsEnabled": None},
    "cloudAppSecurity": {"CloudAppSecurityType": None, "IsEnabled": None},
    "applicationFilter": {"Mode": None, "Rule": None},
    "deviceFilter": {"Mode": None, "Rule": None},
    "devices": {"DeviceFilter": {"Mode": None, "Rule": None}},
    "locations": {"ExcludeLocations": None, "IncludeLocations": None},
    "platforms": {"ExcludePlatforms": None, "IncludePlatforms": None},
    "clientApplications": {"ExcludeServicePrincipals": None, "IncludeServicePrincipals": None},
    "includeGuestsOrExternalUsers": {"ExternalTenants": {"MembershipKind": None}, "GuestOrExternalUserTypes": None},
    "excludeGuestsOrExternalUsers": {"ExternalTenants": {"MembershipKind": None}, "GuestOrExternalUserTypes": None},
}
# Named locations are of a type that the SDK's cmdlet does not know: all that is theirs stays under Graph's names.
_OF_EVERY_TYPE = frozenset({"id", "displayName", "createdDateTime", "modifiedDateTime", "deletedDateTime"})


def power_shell(found: Json, *, dates: str = "iso") -> Json:
    """A Graph object as the Microsoft Graph PowerShell SDK has it."""
    if "@odata.type" in found:
        known = {key: value for key, value in found.items() if key in _OF_EVERY_TYPE}
        rest = {key: value for key, value in found.items() if key not in _OF_EVERY_TYPE}
        return {**_pascal(known, dates), "AdditionalProperties": rest}
    return {**_pascal(found, dates), "AdditionalProperties": {}}


def _pascal(found: Json, dates: str) -> Json:
    return {key[:1].upper() + key[1:]: _value(key, value, dates) for key, value in found.items()}


def _value(key: str, value: object, dates: str) -> object:
    if value is None:
        return _SHELLS.get(key)
    if isinstance(value, dict):
        return _pascal(value, dates)
    if isinstance(value, list):
        return [_pascal(each, dates) if isinstance(each, dict) else each for each in value]
    if dates == "windows" and isinstance(value, str) and _STAMP.fullmatch(value):
        moment = datetime.fromisoformat(f"{value[:19]}+00:00")
        return f"/Date({int(moment.timestamp()) * 1000})/"
    return value


def _document(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
