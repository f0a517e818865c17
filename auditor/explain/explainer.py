"""Why an interrupt happened: picks the family of its code and hands it what stands around it in the tenant."""

from __future__ import annotations

from collections.abc import Callable

from auditor.explain import (
    confirmation,
    consent,
    controls,
    general,
    lifetime,
    password_reset,
    passwords,
    prompt,
    second_factor,
    sessions,
)
from auditor.explain.explanation import Explanation
from auditor.explain.surroundings import Surroundings
from auditor.tenant.sign_in_log import Interrupt
from auditor.tenant.tenant import Tenant


class Explainer:
    """For one tenant. What is alike is worked out once and remembered, up to a bound."""

    def __init__(self, tenant: Tenant) -> None:
        around = Surroundings(tenant)
        self._families: dict[int, Callable[[Interrupt], Explanation]] = {
            **dict.fromkeys(general.CODES, general.General().explain),
            **dict.fromkeys(second_factor.CODES, second_factor.SecondFactor(around).explain),
            **dict.fromkeys(controls.CODES, controls.Controls(around).explain),
            **dict.fromkeys(lifetime.CODES, lifetime.Lifetime(around).explain),
            **dict.fromkeys(passwords.CODES, passwords.Passwords(around).explain),
            **dict.fromkeys(consent.CODES, consent.Consent(around).explain),
            **dict.fromkeys(sessions.CODES, sessions.Sessions(around).explain),
            prompt.CODE: prompt.Prompt(around).explain,
            confirmation.CODE: confirmation.Confirmation(around).explain,
            password_reset.CODE: password_reset.PasswordReset(around).explain,
            general.CAMPAIGN: general.Campaign(around).explain,
            sessions.NOT_PASSED: sessions.NotPassed().explain,
        }

    def explain(self, interrupt: Interrupt) -> Explanation:
        """`interrupt` may also be a row of one of the failures that have causes. KeyError for a code that is not in
        `causes.CAUSES`."""
        return self._families[interrupt.code](interrupt)
