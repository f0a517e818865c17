"""Does a policy limit browser sessions, where its conditions hold: to the life of the browser, or in time?"""

from __future__ import annotations

from auditor.conditional_access.decision import YES, Decision, all_of, no, not_known
from auditor.conditional_access.evaluate import in_force
from auditor.conditional_access.persistence import acts
from auditor.conditional_access.session import ALWAYS
from auditor.tenant.policy import Policy, SignInFrequency

BOTH_FACTORS = "primaryAndSecondaryAuthentication"
SECOND_FACTOR = "secondaryAuthentication"


def never_persistent(policy: Policy) -> Decision:
    """Whether it ends browser sessions with the browser."""
    control = policy.persistent_browser
    if control is not None and control.mode == ALWAYS:
        return no("It makes browser sessions persistent.")
    return all_of((acts(policy), _ordinary(policy)))


def asks_again_within(policy: Policy, hours: int) -> Decision:
    """Whether it makes people sign in again, by all factors, after so many hours at the latest.

    A control that asks for the second factor only leaves the first one to the old session, so it does not count. Graph
    does not require the kind of authentication to be given, and Microsoft Entra asks for both factors then.
    """
    control = policy.sign_in_frequency
    if control is None:
        return no("It sets no sign-in frequency.")
    if control.enabled is False:
        return no("Its sign-in frequency is not enabled.")
    return all_of((in_force(policy), _often_enough(control, hours), _ordinary(policy)))


def _often_enough(control: SignInFrequency, hours: int) -> Decision:
    asked = control.hours
    if control.authentication == SECOND_FACTOR:
        return no("Its sign-in frequency asks for the second factor only.")
    if control.enabled is None:
        return not_known("It does not say whether its sign-in frequency is enabled.")
    if asked is None or asked < 0 or (asked == 0 and control.interval != "everyTime"):
        return not_known("How often it asks to sign in again is not known to this version.")
    if asked > hours:
        unit = (control.unit or "").removesuffix("s") if control.value == 1 else control.unit
        return no(f"It asks to sign in again after {control.value} {unit} only.")
    if control.authentication not in (None, BOTH_FACTORS):
        return not_known(f"What its sign-in frequency asks for is not known to this version: {control.authentication}.")
    return YES


def _ordinary(policy: Policy) -> Decision:
    """Whether it is for ordinary sign-ins at all: by people who are at no risk, and to resources."""
    conditions = policy.conditions
    if conditions.users.nobody_included:
        return no("It includes nobody.")
    if conditions.user_risks and "none" not in conditions.user_risks:
        return no("It is for people at risk only.")
    if conditions.insider_risks:
        return no("It is for people of insider risk only.")
    if conditions.applications.user_actions and not conditions.applications.include:
        return no("It is for user actions only.")
    return YES
