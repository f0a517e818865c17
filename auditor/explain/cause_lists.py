"""Causes that stand in lists of several, or under several codes. See `causes` for which code has which."""

from __future__ import annotations

from auditor.explain.cause import Cause

NOT_EVIDENCED = "not-evidenced"


def not_evidenced(what: str, advice: str) -> Cause:
    return Cause(NOT_EVIDENCED, "Not evidenced", f"The code says that {what}; the data do not tell why.", advice)


_LEAVE = "Nothing needs to be done when the user completes it."

PROMPTS = (
    Cause(
        "prompt-expected",
        "Expected prompt",
        "The stay-signed-in setting shows the prompt, and no Conditional Access policy kept it from this sign-in.",
        "Nothing needs to be done: it is a step of signing in, and an abandoned one means that the user left. Clearing "
        "the cache or registering for MFA does nothing about it. To ask nobody, hide the setting or enforce a "
        "persistent browser policy for all resources.",
    ),
    Cause(
        "policy-changed-since",
        "Policy changed since",
        "A policy that reaches this sign-in today keeps the prompt away, and was created or changed after it.",
        "Nothing needs to be done about prompts from before the change. Look for later ones.",
    ),
    Cause(
        "policy-should-have-suppressed",
        "Contradicts a policy",
        "A policy with an enforced persistent browser control reached this sign-in, and still the prompt was shown.",
        "Open the policies tab of this sign-in in the portal and compare. Look first at whether the policy is set for "
        "all resources, which its control needs, and whether groups changed meanwhile. Clearing the cache does nothing "
        "about it.",
    ),
    Cause(
        "setting-changed-since",
        "Setting hidden now",
        "The setting hides the prompt now and showed it then: it was changed in between, or one of the two is stale.",
        "Nothing needs to be done if somebody hid the prompt on purpose. If it keeps appearing, read the setting again "
        "in the portal.",
    ),
    Cause(
        "prompt-unexpected-for-guest",
        "Guest",
        "The user is a guest here. Microsoft documents that guests are not asked; what they meet is up to their home.",
        "Nothing can be done in this tenant: its setting does not reach guests. A persistent browser policy does.",
    ),
)

CONFIRMATIONS = (
    Cause(
        "custom-scheme-redirect",
        "Custom redirect address",
        "The app has redirect addresses outside http, https and chrome-extension, for which users have to confirm.",
        "Nothing needs to be done if users know the app. The prompt stays until the app is sent answers at https "
        "addresses only; clearing the cache or registering for MFA does nothing about it.",
    ),
    Cause(
        "extension-outside-chrome",
        "Browser extension outside Chrome",
        "The app has a chrome-extension redirect address, which is exempt from confirmation in desktop Chrome only.",
        "Nothing needs to be done. Users who mind use the extension in Chrome on a desktop; clearing the cache does "
        "nothing about it.",
    ),
    Cause(
        "device-code",
        "Device code",
        "The user entered a code that another device showed, and had to confirm which app it signs in.",
        "Ask the user whether they started it: whoever talks somebody into entering a code signs in as them. Block the "
        "device code flow by Conditional Access where nobody needs it.",
    ),
    Cause(
        "redirects-all-safe",
        "Not explained",
        "All redirect addresses of the app are exempt from confirmation, so they do not explain the prompt.",
        "Nothing needs to be done when users go on. Check that the addresses were not changed lately, and that the "
        "user started the sign-in. Clearing the cache or registering for MFA does nothing about it.",
    ),
    Cause(
        "app-not-readable",
        "Redirect addresses not known",
        "The app's redirect addresses are not known: it is Microsoft's own, or is not in this tenant, or was not read.",
        "Nothing needs to be done when users know the app and go on. Clearing the cache or registering for MFA does "
        "nothing about it.",
    ),
)

RESETS = (
    Cause(
        "registration",
        "Registration for password reset",
        "The user was asked to register details for resetting the password.",
        "Have the user register. Where only the reset policy asks, it can be skipped for ever and keeps returning; "
        "clearing the cache does not end it.",
    ),
    Cause(
        "confirmation",
        "Confirmation for password reset",
        "The user was asked whether the details for resetting the password are still right.",
        "Nothing needs to be done. How often it comes is set in the portal, under password reset.",
    ),
    Cause(
        "reset",
        "Password reset",
        "The user's password had been reset or had to be changed.",
        "Nothing needs to be done once the user has a new password. If nobody knows of the reset, find out who did it.",
    ),
    not_evidenced(
        "the user met a page of password reset",
        "Nothing needs to be done for single cases. A registered user may have been asked to confirm them, "
        "as often as the portal says.",
    ),
)

_BY_POLICY = Cause(
    "policy",
    "Conditional Access policy",
    "A Conditional Access policy asked for multifactor authentication.",
    "Nothing needs to be done when a success follows. If it comes too often, look at the policy and its sign-in "
    "frequency; clearing the cache makes it come more often.",
)
_BY_DEFAULTS = Cause(
    "security-defaults",
    "Security defaults",
    "The tenant's security defaults asked for multifactor authentication.",
    "Nothing needs to be done when a success follows. Security defaults have no exceptions; only Conditional Access "
    "policies in their place can make some.",
)
_BY_USER_SETTING = Cause(
    "per-user-mfa",
    "Per-user MFA",
    "Multifactor authentication is required of this user by the user's own MFA state.",
    "Nothing needs to be done when a success follows. Microsoft advises to replace per-user MFA by Conditional Access.",
)
_BY_APP = Cause(
    "app-request",
    "Asked for by the app",
    "The app itself asked for multifactor authentication.",
    "Nothing needs to be done when a success follows. Otherwise it is a matter for the app's vendor.",
)
_BY_RISK = Cause(
    "risk-policy",
    "Risk policy",
    "A policy of Microsoft Entra ID Protection asked for multifactor authentication.",
    "Look at the user's risk in ID Protection before anything else.",
)
ENROLMENTS = (
    _BY_POLICY,
    _BY_DEFAULTS,
    _BY_USER_SETTING,
    _BY_APP,
    _BY_RISK,
    Cause(
        "registration",
        "Registration for MFA",
        "No policy asked in this sign-in: the user had to register a method because the tenant wants one registered.",
        "Have the user register a method. A user who cannot needs a Temporary Access Pass.",
    ),
    not_evidenced("the user has to register for MFA", "Nothing needs to be done when the user finishes registering."),
)
CHALLENGES = (
    _BY_POLICY,
    _BY_DEFAULTS,
    _BY_USER_SETTING,
    _BY_APP,
    _BY_RISK,
    not_evidenced("MFA was required", f"{_LEAVE} Users who did not start the sign-in may have lost their password."),
)

DEVICE_POLICY = Cause(
    "device-policy",
    "Policy for devices",
    "A Conditional Access policy asks for a compliant or hybrid joined device, so the device had to prove what it is.",
    "Nothing needs to be done when a success follows. Otherwise register or enrol the device, or leave it outside.",
)

FREQUENCIES = (
    Cause(
        "sign-in-frequency",
        "Sign-in frequency",
        "A Conditional Access policy limits how long a session may go on without a new sign-in.",
        "Nothing needs to be done: it follows the interval of the policy. If it comes too often, lengthen that; "
        "clearing the cache only ends sessions sooner.",
    ),
    not_evidenced(
        "a sign-in frequency ended the session", "Nothing needs to be done when the user signs in again and gets in."
    ),
)

ACCOUNT_CHOICE = (
    Cause(
        "account-choice",
        "Choice of account",
        "Several accounts were signed in, or the one chosen did not fit, so the user had to choose.",
        "Nothing needs to be done. A browser profile for each account ends it.",
    ),
)
SEAMLESS = (
    Cause(
        "seamless-sign-on",
        "Seamless single sign-on",
        "Seamless single sign-on did not work on this device, so the user had to sign in another way.",
        "Nothing needs to be done for single cases. If many meet it, check clocks and the key of the AZUREADSSOACC "
        "account.",
    ),
)
