"""The codes the simulated log shows: interrupts, failures, and a few that stand in no catalogue.

How often each comes is a guess at a busy tenant: the frequent ones are frequent in published logs and questions.
"""

from __future__ import annotations

INTERRUPTS: dict[int, tuple[float, str]] = {
    50140: (22.0, "This occurred due to 'Keep me signed in' interrupt when the user was signing in."),
    50076: (12.0, "Due to a configuration change made by your administrator, or because you moved to a new location, "
                  "you must use multi-factor authentication to access the resource."),
    50074: (10.0, "Strong Authentication is required."),
    50058: (8.0, "Session information is not sufficient for single-sign-on."),
    50125: (7.0, "Sign-in was interrupted due to a password reset or password registration entry."),
    50199: (6.0, "For security reasons, user confirmation is required for this request."),
    65001: (5.0, "The user or administrator has not consented to use the application."),
    50097: (4.0, "Device authentication is required."),
    16000: (3.0, "Either multiple user identities are available for the current request or the selected account is "
                 "not supported for the scenario."),
    50072: (3.0, "User needs to enroll for second factor authentication (interactive)."),
    50079: (3.0, "User needs to enroll for second factor authentication."),
    70044: (2.0, "The session has expired or is invalid due to sign-in frequency checks by conditional access."),
    70043: (1.5, "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."),
    50078: (1.5, "Presented multi-factor authentication has expired due to policies configured by your administrator."),
    50158: (1.5, "External security challenge was not satisfied."),
    50129: (1.2, "Device is not workplace joined."),
    50055: (1.2, "The password is expired."),
    50203: (1.2, "User has not registered the authenticator app."),
    50127: (0.8, "The user needs to install a broker application to gain access to this content."),
    50137: (0.8, "Password change is required due to a security policy."),
    50142: (0.8, "Password change is required due to a conditional access policy."),
    50143: (0.8, "Session mismatch: the session is invalid because the user tenant does not match the domain hint."),
    50144: (0.8, "The user's Active Directory password has expired."),
    50059: (0.8, "No tenant-identifying information found in either the request or implied by any credentials."),
    50168: (0.8, "The client is capable of obtaining an SSO token through a browser extension, but none was sent."),
    51006: (0.8, "Windows Integrated authentication is needed."),
    52004: (0.8, "The user has not provided consent for access to LinkedIn resources."),
    16001: (0.8, "User account selection is invalid."),
    16003: (0.8, "The user has not been explicitly added to the tenant."),
    81010: (0.8, "Desktop SSO failed because the user's Kerberos ticket has expired or is invalid."),
    81012: (0.8, "The user trying to sign in is different from the user signed into the device."),
    81014: (0.8, "Other."),
    90094: (0.8, "An administrator needs to consent to the permissions the application asked for."),
    90095: (0.8, "Admin consent is required."),
}  # fmt: skip
"""Code -> how often it comes relative to the others, and the failureReason its rows carry."""

FAILURES: dict[int, tuple[float, str]] = {
    50126: (40.0, "Error validating credentials due to invalid username or password."),
    500121: (15.0, "Authentication failed during strong authentication request."),
    50053: (8.0, "Account is locked because the user tried to sign in too many times with an incorrect user ID or "
                 "password."),
    50105: (4.0, "The signed in user is not assigned to a role for the application."),
    50034: (6.0, "The user account does not exist in the directory."),
    50057: (3.0, "The user account is disabled."),
    50133: (2.0, "Session is invalid due to expiration or recent password change."),
    50173: (2.0, "The provided grant has expired due to it being revoked, a fresh auth token is needed."),
    50187: (1.0, "Device authentication failed."),
    530032: (1.0, "Access was blocked by a security policy of the tenant."),
    65004: (2.0, "User declined to consent to access the app."),
    53003: (0.0, "Access has been blocked by Conditional Access policies."),
    53000: (0.0, "Device is not in required device state: compliant."),
    53001: (0.0, "Device is not in required device state: domain_joined."),
}  # fmt: skip
"""Code -> how often it comes by itself (0: only where a policy asks for it), and its failureReason."""

UNCATALOGUED = (50206, 50207, 999999)
"""Codes that stand in no published list."""


def reason(code: int) -> str:
    """The failureReason of a row with the code; success carries "Other.", as in life."""
    if code in INTERRUPTS:
        return INTERRUPTS[code][1]
    return FAILURES[code][1] if code in FAILURES else "Other."
