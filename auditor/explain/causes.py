"""The closed list of causes, by code: of every interrupt, and of the failures that look like one.

A slug is part of outputs and never changes its meaning. Of a code with one cause, the code itself names it. Where the
data may fall short of telling, the list has `not-evidenced`, which never comes with more than general confidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from auditor.explain.cause import Cause
from auditor.explain.cause_lists import (
    ACCOUNT_CHOICE,
    CHALLENGES,
    CONFIRMATIONS,
    DEVICE_POLICY,
    ENROLMENTS,
    FREQUENCIES,
    PROMPTS,
    RESETS,
    SEAMLESS,
    not_evidenced,
)
from auditor.explain.cause_lists import NOT_EVIDENCED as NOT_EVIDENCED


def _one(slug: str, title: str, meaning: str, advice: str) -> tuple[Cause, ...]:
    return (Cause(slug, title, meaning, advice),)


CAUSES: Mapping[int, tuple[Cause, ...]] = MappingProxyType(
    {
        50140: PROMPTS,
        50199: CONFIRMATIONS,
        50125: RESETS,
        50072: ENROLMENTS,
        50079: ENROLMENTS,
        50074: CHALLENGES,
        50076: CHALLENGES,
        50078: CHALLENGES,
        50097: (
            Cause(
                "device-filter",
                "Device filter of a policy",
                "A Conditional Access policy filters devices, so the device had to prove what it is.",
                "Nothing needs to be done: the row that follows tells the outcome.",
            ),
            DEVICE_POLICY,
            not_evidenced("the device had to prove what it is", "Nothing needs to be done when a success follows."),
        ),
        50129: (
            DEVICE_POLICY,
            not_evidenced(
                "the device is not registered",
                "Have the user add the work account to the device, if it is meant to have access.",
            ),
        ),
        50127: (
            Cause(
                "app-policy",
                "Policy for apps",
                "A Conditional Access policy asks for an approved or protected app, which needs a broker app.",
                "Have the user install Microsoft Authenticator or Company Portal and register the device with it.",
            ),
            not_evidenced(
                "the device has no broker app",
                "Have the user install Microsoft Authenticator or Company Portal, if the device is meant to have "
                "access.",
            ),
        ),
        50158: (
            Cause(
                "terms-of-use",
                "Terms of use",
                "A Conditional Access policy wants terms of use to be accepted.",
                "Nothing needs to be done when the user accepts them. If many stop here, look at whether the document "
                "opens on their devices.",
            ),
            Cause(
                "external-factor",
                "External challenge",
                "A Conditional Access policy sent the user to an outside provider of multifactor authentication.",
                "Nothing needs to be done when a success follows. If attempts end here, ask the provider.",
            ),
            not_evidenced("a further challenge was open", "The row that follows tells the outcome."),
        ),
        50142: (
            Cause(
                "policy",
                "Conditional Access policy",
                "A Conditional Access policy wants the user to change the password, as a rule because of risk.",
                "Look at the user's risk in ID Protection, and check that the user can reset the password.",
            ),
            not_evidenced("a policy wants the password changed", "Look at the user's risk in ID Protection."),
        ),
        50137: _one(
            "password-change-by-security-policy",
            "Change wanted by a security policy",
            "A security policy wants the user to change the password.",
            "Look at the user's risk in ID Protection. Nothing needs to be done once the password is changed.",
        ),
        50055: _one(
            "password-expired",
            "Password expired",
            "The password has expired, and the user was asked for a new one.",
            "Nothing needs to be done once it is changed. Microsoft advises against passwords that expire.",
        ),
        50144: _one(
            "on-premises-password-expired",
            "Password expired on premises",
            "The password has expired in the directory on premises, where it has to be changed.",
            "The user changes it there, or by password reset where writeback is on.",
        ),
        70043: FREQUENCIES,
        70044: FREQUENCIES,
        65001: _one(
            "consent",
            "Consent",
            "Nobody has consented to what the app asks for, so the user was asked.",
            "Review the app, then consent for everybody or refuse. Nothing needs to be done when a success follows.",
        ),
        90094: _one(
            "administrator-consent",
            "Consent of an administrator",
            "The app asks for permissions that only an administrator can consent to.",
            "Review the app, then consent for everybody or refuse.",
        ),
        90095: _one(
            "administrator-consent-request",
            "Request for consent",
            "The user was told that an administrator has to consent, and could ask for it.",
            "Answer the request among the admin consent requests.",
        ),
        52004: _one(
            "linkedin-consent",
            "Consent for LinkedIn",
            "The user has not agreed to share data with LinkedIn.",
            "Nothing needs to be done. Switch LinkedIn account connections off if nobody is to be asked.",
        ),
        50203: _one(
            "registration-campaign",
            "Registration campaign",
            "The campaign of the authentication methods policy asked the user to set up Microsoft Authenticator.",
            "Nothing needs to be done: the user registers or puts it off.",
        ),
        50058: _one(
            "no-session",
            "No session",
            "An app tried to sign in silently, and the browser held no session for it.",
            "Nothing needs to be done: a visible sign-in follows. If it does not, look at blocked third-party cookies.",
        ),
        50059: _one(
            "tenant-not-named",
            "Tenant not named",
            "Neither the app nor the account told which tenant was meant.",
            "Nothing needs to be done for single cases; otherwise the app should name the tenant.",
        ),
        50143: _one(
            "session-of-another-tenant",
            "Session of another tenant",
            "The user was signed in to another tenant than the one the app asked for.",
            "Nothing needs to be done for single cases: the user chooses the right account.",
        ),
        50168: _one(
            "browser-extension-token",
            "Single sign-on by browser extension",
            "The browser can fetch a single sign-on token from the device, and the sign-in paused for it.",
            "Nothing needs to be done when a success follows. Otherwise look at the extension and the device's "
            "registration.",
        ),
        51006: _one(
            "integrated-authentication",
            "Integrated Windows authentication",
            "The app wants integrated Windows authentication, and the session was made without it.",
            "Nothing needs to be done when a success follows.",
        ),
        16000: ACCOUNT_CHOICE,
        16001: ACCOUNT_CHOICE,
        16003: _one(
            "account-not-in-tenant",
            "Account not in the tenant",
            "The account that single sign-on offered is not in the tenant.",
            "Invite the user if access is intended. Nothing needs to be done otherwise.",
        ),
        81010: SEAMLESS,
        81012: SEAMLESS,
        81014: SEAMLESS,
        50133: (
            Cause(
                "password-changed",
                "Password changed",
                "The user's password changed, which ended the session.",
                "Nothing needs to be done if the user knows of the change. If not, find out who made it.",
            ),
            not_evidenced("the session is over", "Nothing needs to be done when the user signs in again."),
        ),
        50173: (
            Cause(
                "password-changed",
                "Password changed",
                "The user's password changed, which ended the session.",
                "Nothing needs to be done if the user knows of the change. If not, find out who made it.",
            ),
            Cause(
                "sessions-revoked",
                "Sessions revoked",
                "The user's sessions were revoked.",
                "Nothing needs to be done if that was intended. If not, the audit log shows who did it.",
            ),
            not_evidenced("the session was revoked", "Nothing needs to be done when the user signs in again."),
        ),
        50187: _one(
            "device-not-authenticated",
            "Device not authenticated",
            "The device did not show usable details of itself.",
            "Nothing needs to be done when a success follows. Otherwise look at the device's registration.",
        ),
        500121: (
            Cause(
                "declined",
                "Declined",
                "The prompt was turned down.",
                "Ask the user whether they started the sign-in. If not, somebody has the password: reset it.",
            ),
            Cause(
                "fraud-reported",
                "Reported as fraud",
                "The user reported the prompt as not theirs.",
                "Somebody has the password: reset it, end the sessions, and look at what else was tried.",
            ),
            Cause(
                "not-answered",
                "Not answered",
                "Nobody answered the prompt in time.",
                "Ask the user whether they started the sign-in. If not, somebody has the password: reset it.",
            ),
            Cause(
                "wrong-code",
                "Wrong code",
                "The code that was entered was not the right one.",
                "Nothing needs to be done for single cases. Many in a row are somebody guessing.",
            ),
            not_evidenced("the MFA prompt was not passed", "Have the user try again and check the registered methods."),
        ),
    }
)

_BY_SLUG = {code: {each.slug: each for each in causes} for code, causes in CAUSES.items()}


def cause(code: int, slug: str) -> Cause:
    """The cause of this code with this slug. KeyError where there is none."""
    return _BY_SLUG[code][slug]
