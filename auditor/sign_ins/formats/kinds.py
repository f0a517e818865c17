"""The logs that leave a tenant: categories of diagnostic settings, and the tables of Log Analytics that hold them.

Sources: Microsoft Entra "Configure diagnostic settings for activity logs" (categories), Azure Monitor's
table reference.
"""

from __future__ import annotations

SIGN_INS = "SignInLogs"
SILENT = "NonInteractiveUserSignInLogs"
SERVICE_PRINCIPALS = "ServicePrincipalSignInLogs"
MANAGED_IDENTITIES = "ManagedIdentitySignInLogs"
AUDITS = "AuditLogs"
AUTHENTICATION_STEPS = "AuthDetails"
"""The portal's files of that name: a row per step of a sign-in."""
SETTINGS = "settings"
"""What lies in a file beside the log: policies, users, whatever a tenant is set up of."""
ANOTHER = "another log"
"""For names that this version does not know: what a file says there is not repeated."""

CATEGORIES = frozenset({SIGN_INS, SILENT, "SignIn"})
"""Of the sign-ins of people. "SignIn" is what the first years' rows say."""
TABLES = {"SigninLogs": SIGN_INS, "AADNonInteractiveUserSignInLogs": SILENT}
"""Table -> category, of the sign-ins of people."""

_OTHER_CATEGORIES = (
    AUDITS,
    SERVICE_PRINCIPALS,
    MANAGED_IDENTITIES,
    "ADFSSignInLogs",
    "B2CRequestLogs",
    "AzureADGraphActivityLogs",
    "CustomSecurityAttributeAuditLogs",
    "EnrichedOffice365AuditLogs",
    "MicrosoftGraphActivityLogs",
    "MicrosoftManagedIdentitySignInLogs",
    "MicrosoftNonInteractiveUserSignInLogs",
    "MicrosoftServicePrincipalSignInLogs",
    "NetworkAccessAlerts",
    "NetworkAccessConnectionEvents",
    "NetworkAccessTrafficLogs",
    "ProvisioningLogs",
    "RemoteNetworkHealthLogs",
    "RiskyServicePrincipals",
    "RiskyUsers",
    "ServicePrincipalRiskEvents",
    "UserRiskEvents",
)
_OTHERS = {
    **{name: name for name in _OTHER_CATEGORIES},
    **{f"AAD{name}": name for name in _OTHER_CATEGORIES},
    "EnrichedMicrosoft365AuditLogs": "EnrichedOffice365AuditLogs",
    "NetworkAccessTraffic": "NetworkAccessTrafficLogs",
}


def other(name: str) -> str:
    """The kind of another log, by the name of its category or table."""
    return _OTHERS.get(name, ANOTHER)
