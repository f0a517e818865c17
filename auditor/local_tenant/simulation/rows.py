"""Writes rows of the sign-in log: every key of the beta signIn, from an attempt and one of its steps.

The v1.0 row is the same without BETA_SIGN_IN_KEYS. Nested values are shared between rows to keep making them cheap:
whoever serves rows may change the outer dict, and copies whatever is deeper before changing it.
"""

from __future__ import annotations

from functools import lru_cache

from auditor.local_tenant.simulation.apps import MICROSOFT, RESOURCES, App
from auditor.local_tenant.simulation.codes import reason
from auditor.local_tenant.simulation.devices import DEVICES, device_detail
from auditor.local_tenant.simulation.identity import ZERO_GUID, Json, guid
from auditor.local_tenant.simulation.people import Person
from auditor.local_tenant.simulation.places import PLACES
from auditor.local_tenant.simulation.shapes import Attempt, Step
from auditor.local_tenant.simulation.times import stamp

_CLIENTS = {
    "browser": "Browser",
    "desktop": "Mobile Apps and Desktop clients",
    "mobile": "Mobile Apps and Desktop clients",
    "legacy": "Other clients",
}

_TEMPLATE: Json = {
    "id": "",
    "createdDateTime": "",
    "userDisplayName": "",
    "userPrincipalName": "",
    "userId": "",
    "appId": "",
    "appDisplayName": "",
    "ipAddress": "",
    "ipAddressFromResourceProvider": None,
    "clientAppUsed": "",
    "userAgent": "",
    "correlationId": None,
    "conditionalAccessStatus": "notApplied",
    "originalRequestId": "",
    "isInteractive": True,
    "tokenIssuerName": "",
    "tokenIssuerType": "AzureAD",
    "authenticationProcessingDetails": [],
    "networkLocationDetails": [],
    "clientCredentialType": "none",
    "processingTimeInMilliseconds": 0,
    "riskDetail": "none",
    "riskLevelAggregated": "none",
    "riskLevelDuringSignIn": "none",
    "riskState": "none",
    "riskEventTypes": [],
    "riskEventTypes_v2": [],
    "resourceDisplayName": "",
    "resourceId": "",
    "resourceTenantId": "",
    "homeTenantId": "",
    "homeTenantName": "",
    "authenticationMethodsUsed": [],
    "authenticationRequirement": "singleFactorAuthentication",
    "authenticationAppDeviceDetails": None,
    "authenticationAppPolicyEvaluationDetails": [],
    "signInIdentifier": "",
    "signInIdentifierType": None,
    "servicePrincipalName": None,
    "servicePrincipalId": "",
    "signInEventTypes": ["interactiveUser"],
    "userType": "member",
    "flaggedForReview": False,
    "isTenantRestricted": False,
    "isThroughGlobalSecureAccess": False,
    "globalSecureAccessIpAddress": None,
    "autonomousSystemNumber": 0,
    "crossTenantAccessType": "none",
    "servicePrincipalCredentialKeyId": None,
    "servicePrincipalCredentialThumbprint": "",
    "federatedCredentialId": None,
    "uniqueTokenIdentifier": "",
    "sessionId": "",
    "clientSessionId": None,
    "incomingTokenType": "none",
    "authenticationProtocol": "none",
    "originalTransferMethod": "none",
    "resourceServicePrincipalId": None,
    "rootActorId": None,
    "appOwnerTenantId": "",
    "resourceOwnerTenantId": "",
    "azureResourceId": None,
    "agent": {"agentType": "notAgentic", "parentAppId": None},
    "managedServiceIdentity": None,
    "privateLinkDetails": None,
    "appTokenProtectionStatus": None,
    "signInTokenProtectionStatus": "none",
    "tokenProtectionStatusDetails": None,
    "mfaDetail": None,
    "status": None,
    "deviceDetail": None,
    "location": None,
    "appliedConditionalAccessPolicies": [],
    "authenticationContextClassReferences": [],
    "authenticationDetails": [],
    "authenticationRequirementPolicies": [],
    "sessionLifetimePolicies": [],
    "conditionalAccessAudiences": [],
    "appliedEventListeners": [],
}

_PASSWORD_FAILED = frozenset({50126, 50053, 50034, 50057})
_MFA_CODES = frozenset({50072, 50074, 50076, 50078, 50079, 500121})
_NOBODY = device_detail(5, "")
_BY_POLICY = [{"requirementProvider": "multiConditionalAccess", "detail": "Conditional Access"}]
_BY_USER = [{"requirementProvider": "user", "detail": "Per-user MFA"}]
_LIFETIME = [{"expirationRequirement": "signInFrequencyPeriodicReauthentication", "detail": "Sign-in frequency"}]
_RESOURCE_IDS = frozenset(resource for resource, _ in RESOURCES)
_REMEMBERED = 32768


class RowWriter:
    """Writes the rows of one tenant."""

    def __init__(self, seed: int, tenant: str) -> None:
        self._seed, self._tenant = seed, tenant
        self._device = lru_cache(maxsize=_REMEMBERED)(_device_keys)
        self._factors = lru_cache(maxsize=1024)(_factors)
        self._apps: dict[str, Json] = {}
        self._people: dict[int, Json] = {}

    def _app_keys(self, app: App) -> Json:
        own_resource = app.owner if app.resource not in _RESOURCE_IDS else MICROSOFT
        keys = {
            "appId": app.id,
            "appDisplayName": app.name,
            "appOwnerTenantId": app.owner,
            "resourceId": app.resource,
            "resourceDisplayName": app.resource_name,
            "resourceOwnerTenantId": own_resource,
            "resourceServicePrincipalId": guid(self._seed, "service principal", app.resource),
            "conditionalAccessAudiences": [{"applicationId": app.resource, "audienceReasons": "none"}],
        }
        self._apps[app.id] = keys
        return keys

    def _person_keys(self, person: Person) -> Json:
        keys = {
            "userId": person.id,
            "userDisplayName": person.name,
            "userPrincipalName": person.upn,
            "signInIdentifier": person.upn,
            "homeTenantId": person.home,
            "homeTenantName": person.home_name if person.guest else "",
            "resourceTenantId": self._tenant,
            "userType": "guest" if person.guest else "member",
            "crossTenantAccessType": "b2bCollaboration" if person.guest else "none",
        }
        if len(self._people) >= _REMEMBERED:
            self._people.clear()
        self._people[person.index] = keys
        return keys

    def row(self, attempt: Attempt, step: Step) -> Json:
        """One complete beta row."""
        circumstance, code, noise = attempt.circumstance, step.code, attempt.noise
        person, reach, before = circumstance.person, circumstance.reach, step.stage == "before"
        app = circumstance.app
        place = PLACES[circumstance.place]
        created = stamp(step.tick)
        status, applied = reach.applied(step.stage)
        agent, device = self._device(circumstance.device, person.id)
        row = {
            **_TEMPLATE,
            **(self._people.get(person.index) or self._person_keys(person)),
            **(self._apps.get(app.id) or self._app_keys(app)),
            **self._factors(
                code,
                not before and "mfa" in reach.demanded,
                not before and "frequency" in reach.demanded,
                step.cause == "per-user-mfa",
                noise & 1,
            ),
            "id": step.id,
            "createdDateTime": created,
            "originalRequestId": attempt.steps[0].id,
            "correlationId": attempt.correlation,
            "ipAddress": place.address(noise & 0xFFFF),
            "location": place.location,
            "autonomousSystemNumber": place.system,
            "clientAppUsed": _CLIENTS[circumstance.client],
            "userAgent": agent,
            "deviceDetail": device,
            "processingTimeInMilliseconds": 80 + (noise >> 16) % 400,
            "sessionId": attempt.session,
            "uniqueTokenIdentifier": f"{attempt.session[:8]}{step.id[:13]}",
            "conditionalAccessStatus": status,
            "appliedConditionalAccessPolicies": applied,
            "authenticationDetails": [
                {"authenticationStepDateTime": created, **(_WRONG if code in _PASSWORD_FAILED else _RIGHT)}
            ],
        }
        if step.broker:
            # The broker signs in for the app: the resource, which the policies judged, is still the app's.
            broker = step.broker
            row.update(appId=broker.id, appDisplayName=broker.name, appOwnerTenantId=broker.owner)
        if circumstance.risk != "none":
            row.update(_RISKY)
            row["riskLevelDuringSignIn"] = row["riskLevelAggregated"] = circumstance.risk
        if step.anonymous:
            row.update(_ANONYMOUS)
            row["homeTenantId"] = self._tenant
        elif code == 50097:
            row["deviceDetail"] = _unseen(circumstance.device)
        return row


def _unseen(kind: int) -> Json:
    """The device before it was asked who it is: system and browser, nothing more."""
    return {**_NOBODY, "operatingSystem": DEVICES[kind].system, "browser": DEVICES[kind].browser}


def _factors(code: int, by_policy: bool, limited: bool, by_user: bool, in_token: int) -> Json:
    """The part of a row that tells of second factors and session lifetime, and its status."""
    details = None
    keys: Json = {}
    if by_policy or by_user:
        keys["authenticationRequirement"] = "multiFactorAuthentication"
        keys["authenticationRequirementPolicies"] = _BY_POLICY if by_policy else _BY_USER
    if by_policy:
        details = "MFA requirement satisfied by claim in the token" if in_token else "MFA completed in Azure AD"
    if code in _MFA_CODES:
        details = "MFA required in Azure AD"
    if limited:
        keys["sessionLifetimePolicies"] = _LIFETIME
    keys["status"] = {"errorCode": code, "failureReason": reason(code), "additionalDetails": details}
    return keys


def _device_keys(kind: int, owner: str) -> tuple[str, Json]:
    return DEVICES[kind].agent, device_detail(kind, owner)


_RIGHT: Json = {
    "authenticationMethod": "Password",
    "authenticationMethodDetail": "Password in the cloud",
    "succeeded": True,
    "authenticationStepResultDetail": "Correct password",
    "authenticationStepRequirement": "Primary authentication",
}
_WRONG: Json = {**_RIGHT, "succeeded": False, "authenticationStepResultDetail": "Invalid username or password"}
_RISKY: Json = {
    "riskState": "atRisk",
    "riskEventTypes": ["unfamiliarFeatures"],
    "riskEventTypes_v2": ["unfamiliarFeatures"],
}
_ANONYMOUS: Json = {
    "userId": ZERO_GUID,
    "userDisplayName": "",
    "userPrincipalName": "",
    "signInIdentifier": "",
    "homeTenantName": "",
    "userType": "member",
    "crossTenantAccessType": "none",
    "authenticationDetails": [],
}
