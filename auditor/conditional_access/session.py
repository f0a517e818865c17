"""Policies that set a persistent browser session: what each is set to do, and what stands in its way.

Problems are slugs, so that a machine can count on them; `PROBLEMS` has the sentence for each. They are read off one
policy alone. Which sign-ins it reaches, and what several policies do together, takes the evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.tenant.policy import DISABLED, REPORT_ONLY, Policy

ALWAYS = "always"
NEVER = "never"

PROBLEMS = {
    "always": "Browser sessions survive closing the browser, on every device that the policy reaches.",
    "browser-not-included": "Browsers are not among its client apps, so it has no browser session to act on.",
    "control-not-enabled": "The control is in the policy and is not enabled, so it does nothing.",
    "disabled": "The policy is disabled: it does nothing.",
    "mode-not-known": "The control's mode is neither always nor never: this version does not know what it does.",
    "nobody-in-scope": "It includes no user, group, role or guest: it reaches nobody.",
    "not-all-apps": "It is not set for all resources without exception, which Microsoft Entra wants for this control.",
    "people-excluded": "People are excluded: for them this policy says nothing.",
    "report-only": "The policy is report-only: it records what it would do and changes nothing.",
    "state-not-known": "The policy's state is none that this version knows.",
}

# With one of these a policy has no effect on anybody's browser session.
INERT = frozenset({"browser-not-included", "control-not-enabled", "disabled", "nobody-in-scope", "report-only"})


def sets_persistent_browser(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """The policies that set the control, whatever their state and whether or not it is enabled."""
    return tuple(policy for policy in policies if policy.persistent_browser is not None)


def problems(policy: Policy) -> tuple[str, ...]:
    """The slugs of what is wrong with, or stands in the way of, this policy's persistent browser control, sorted."""
    return tuple(sorted(_problems(policy)))


def _problems(policy: Policy) -> Iterator[str]:
    control = policy.persistent_browser
    assert control is not None  # see sets_persistent_browser
    if control.mode == ALWAYS:
        yield "always"
    elif control.mode != NEVER:
        yield "mode-not-known"
    if control.enabled is not True:
        yield "control-not-enabled"
    if policy.state == DISABLED:
        yield "disabled"
    elif policy.state == REPORT_ONLY:
        yield "report-only"
    elif not policy.enforced:
        yield "state-not-known"
    if not {"all", "browser"} & set(policy.conditions.client_app_types):
        yield "browser-not-included"
    if not policy.conditions.applications.everything:
        yield "not-all-apps"
    if policy.conditions.users.nobody_included:
        yield "nobody-in-scope"
    if control.mode == NEVER and policy.conditions.users.somebody_excluded:
        yield "people-excluded"
