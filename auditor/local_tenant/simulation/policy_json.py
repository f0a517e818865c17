"""A Conditional Access policy as Graph writes it, put together out of the parts that matter."""

from __future__ import annotations

from auditor.local_tenant.simulation.identity import Json

EXTERNAL = "b2bCollaborationGuest,b2bCollaborationMember"


def policy(
    name: str,
    who: Json,
    *,
    apps: Json | None = None,
    clients: tuple[str, ...] = ("all",),
    grant: Json | None = None,
    session: Json | None = None,
    **conditions: object,
) -> Json:
    """A policy for all resources unless `apps` says otherwise; `who` is made by `users`."""
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
            "users": who,
        },
        "grantControls": grant,
        "sessionControls": session,
    }


def users(**parts: list[str] | Json) -> Json:
    """The condition that says for whom: nobody but those in `parts`."""
    nobody: Json = {
        "includeUsers": [],
        "excludeUsers": [],
        "includeGroups": [],
        "excludeGroups": [],
        "includeRoles": [],
        "excludeRoles": [],
        "includeGuestsOrExternalUsers": None,
        "excludeGuestsOrExternalUsers": None,
    }
    return {**nobody, **parts}


def guests(*tenants: str) -> Json:
    """Guests of these tenants, of any if none is named."""
    some = {"membershipKind": "enumerated", "members": list(tenants)} if tenants else {"membershipKind": "all"}
    kind = "Enumerated" if tenants else "All"
    return {
        "guestOrExternalUserTypes": EXTERNAL,
        "externalTenants": {"@odata.type": f"#microsoft.graph.conditionalAccess{kind}ExternalTenants", **some},
    }


def locations(include: str, exclude: str = "") -> Json:
    """A named location or keyword, without another."""
    return {"includeLocations": [include], "excludeLocations": [exclude] if exclude else []}


def platforms(*include: str, exclude: str = "") -> Json:
    """Device platforms, without another."""
    return {"includePlatforms": list(include), "excludePlatforms": [exclude] if exclude else []}


def filtered(mode: str, rule: str) -> Json:
    """A filter for devices; `mode` is include or exclude."""
    return {"deviceFilter": {"mode": mode, "rule": rule}}


def grant(*controls: str, operator: str = "OR", **more: list[str]) -> Json:
    """Grant controls."""
    asked: Json = {
        "operator": operator,
        "builtInControls": list(controls),
        "customAuthenticationFactors": [],
        "termsOfUse": [],
        "authenticationStrength": None,
    }
    return {**asked, **more}


def session(**controls: Json) -> Json:
    """Session controls."""
    empty = ("disableResilienceDefaults", "applicationEnforcedRestrictions", "cloudAppSecurity", "signInFrequency")
    return {**dict.fromkeys((*empty, "persistentBrowser", "secureSignInSession")), **controls}


def persistent(mode: str | None, enabled: bool = True) -> Json:
    """Session controls that set the persistent browser."""
    return session(persistentBrowser={"mode": mode, "isEnabled": enabled})


def hours(number: int) -> Json:
    """A sign-in frequency."""
    return {
        "value": number,
        "type": "hours",
        "authenticationType": "primaryAndSecondaryAuthentication",
        "frequencyInterval": "timeBased",
        "isEnabled": True,
    }
