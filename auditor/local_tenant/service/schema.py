"""The published shape of what Graph v1.0 answers: which properties each type has, and which of them must be there.

`graph_v1_schema.json` (JSON Schema, made from Microsoft's CSDL) knows every property and its type but demands none, so
an empty object would pass: `REQUIRED` is our own list of what an answer must carry to be of use. `property_names` lets
the service refuse a `$select` of what does not exist.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

REQUIRED: dict[str, frozenset[str]] = {
    f"microsoft.graph.{name}": frozenset(properties.split())
    for name, properties in {
        "signIn": (
            "id createdDateTime userId userPrincipalName userDisplayName appId appDisplayName clientAppUsed "
            "correlationId conditionalAccessStatus appliedConditionalAccessPolicies ipAddress isInteractive "
            "resourceId resourceDisplayName status deviceDetail location riskDetail riskLevelAggregated "
            "riskLevelDuringSignIn riskState riskEventTypes riskEventTypes_v2 homeTenantId resourceTenantId userAgent"
        ),
        "signInStatus": "errorCode failureReason additionalDetails",
        "appliedConditionalAccessPolicy": "id displayName enforcedGrantControls enforcedSessionControls result",
        "directoryAudit": (
            "id category correlationId result resultReason activityDisplayName activityDateTime loggedByService "
            "operationType initiatedBy targetResources additionalDetails"
        ),
        "userRegistrationDetails": (
            "id userPrincipalName userDisplayName userType isAdmin isSsprRegistered isSsprEnabled isSsprCapable "
            "isMfaRegistered isMfaCapable isPasswordlessCapable methodsRegistered lastUpdatedDateTime"
        ),
        "conditionalAccessPolicy": (
            "id templateId displayName createdDateTime modifiedDateTime state conditions grantControls sessionControls"
        ),
        "conditionalAccessConditionSet": "clientAppTypes applications users",
        "conditionalAccessSessionControls": "persistentBrowser signInFrequency",
        "namedLocation": "id displayName createdDateTime modifiedDateTime",
        "organization": "id displayName verifiedDomains createdDateTime tenantType assignedPlans",
        "verifiedDomain": "name type isDefault isInitial",
        "organizationalBranding": "id",
        "organizationalBrandingLocalization": "id",
        "servicePrincipal": "id appId displayName appOwnerOrganizationId replyUrls servicePrincipalType tags",
        "application": "id appId displayName web spa publicClient isFallbackPublicClient",
        "group": "id displayName securityEnabled groupTypes",
        "unifiedRoleAssignment": "id principalId roleDefinitionId directoryScopeId",
        "identitySecurityDefaultsEnforcementPolicy": "id displayName isEnabled",
        "activityBasedTimeoutPolicy": "id displayName definition isOrganizationDefault",
        "tokenLifetimePolicy": "id displayName definition isOrganizationDefault",
    }.items()
}
"""Type -> the properties that each of our answers of that type carries."""


@lru_cache(maxsize=1)
def load() -> dict[str, Any]:
    """The JSON Schema; its types stand in `$defs`."""
    text = files("auditor.local_tenant.service").joinpath("graph_v1_schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def property_names(type_name: str) -> frozenset[str]:
    """The properties of a type of Graph v1.0, given by its full name (`microsoft.graph.user`)."""
    return frozenset(load()["$defs"][type_name]["properties"])
