"""The shapes that pass between the parts of the log: a sign-in, an attempt, its steps; and which keys are beta's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from auditor.local_tenant.simulation.apps import App
from auditor.local_tenant.simulation.evaluation import Reach
from auditor.local_tenant.simulation.people import Person

BETA_SIGN_IN_KEYS = frozenset(
    {
        "agent",
        "appOwnerTenantId",
        "appTokenProtectionStatus",
        "appliedEventListeners",
        "authenticationAppPolicyEvaluationDetails",
        "authenticationContextClassReferences",
        "authenticationDetails",
        "authenticationMethodsUsed",
        "authenticationProcessingDetails",
        "authenticationProtocol",
        "authenticationRequirement",
        "authenticationRequirementPolicies",
        "autonomousSystemNumber",
        "azureResourceId",
        "clientCredentialType",
        "clientSessionId",
        "conditionalAccessAudiences",
        "crossTenantAccessType",
        "federatedCredentialId",
        "flaggedForReview",
        "globalSecureAccessIpAddress",
        "homeTenantName",
        "incomingTokenType",
        "ipAddressFromResourceProvider",
        "isTenantRestricted",
        "isThroughGlobalSecureAccess",
        "managedServiceIdentity",
        "mfaDetail",
        "networkLocationDetails",
        "originalRequestId",
        "originalTransferMethod",
        "privateLinkDetails",
        "processingTimeInMilliseconds",
        "resourceOwnerTenantId",
        "resourceServicePrincipalId",
        "rootActorId",
        "servicePrincipalCredentialKeyId",
        "servicePrincipalCredentialThumbprint",
        "sessionId",
        "sessionLifetimePolicies",
        "signInEventTypes",
        "signInIdentifier",
        "signInIdentifierType",
        "signInTokenProtectionStatus",
        "tokenIssuerName",
        "tokenIssuerType",
        "tokenProtectionStatusDetails",
        "uniqueTokenIdentifier",
        "userType",
    }
)
"""Keys of a row that only the beta endpoint answers with."""


class Circumstance(NamedTuple):
    """Who signs in to what, from where and with what, and what the policies of that moment make of it."""

    person: Person
    app: App
    device: int
    place: int
    client: str
    """browser, desktop, mobile or legacy."""
    risk: str
    reach: Reach


class Step(NamedTuple):
    """One row of an attempt: `outcome` and `cause` are what was drawn for an interrupt, empty for anything else.

    `stage` names how far the policies got: see `Reach.applied`.
    """

    tick: int
    id: str
    code: int
    stage: str
    outcome: str = ""
    cause: str = ""
    anonymous: bool = False
    broker: App | None = None


@dataclass(slots=True)
class Attempt:
    """The rows of one attempt, oldest first. `correlation` is None where the log carries none."""

    circumstance: Circumstance
    correlation: str | None
    session: str
    noise: int
    """Random bits for what the rows show besides: address, time taken."""
    steps: list[Step] = field(default_factory=list)
