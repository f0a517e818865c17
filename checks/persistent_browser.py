"""Policies that set persistent browser sessions.

What it means: a Conditional Access policy decides, instead of the user, whether the browser session survives closing
the browser. Every policy that sets the control is listed with its mode, its state and whom and what it is aimed at.

Why it matters: "always" leaves sessions on devices that others may use. "never" looks like protection and is none
where the policy is disabled, report-only, aimed at nobody, or leaves people out.

What to do: see to it that no "always" reaches devices or people it should not, and that a "never" does what it says.

What it cannot see: which sign-ins a policy really reaches, and what several policies do together, is not evaluated
here; no winner between "always" and "never" is documented, so none is predicted.
"""

from collections.abc import Iterator

from auditor.api import (
    INERT,
    PROBLEMS,
    Check,
    Confidence,
    Evidence,
    Finding,
    Policy,
    Severity,
    Subject,
    Tenant,
    aim,
    problems,
    sets_persistent_browser,
)

_STATES = {"enabledForReportingButNotEnforced": "report-only"}


def run(tenant: Tenant) -> Iterator[Finding]:
    for policy in sets_persistent_browser(tenant.policies):
        yield _finding(policy, aim(policy, tenant.name_of))


def _finding(policy: Policy, aimed_at: str) -> Finding:
    control = policy.persistent_browser
    mode = (control.mode if control else None) or "not known"
    state = _STATES.get(policy.state, policy.state)
    found = problems(policy)
    said = " ".join(PROBLEMS[slug] for slug in found) or "Nothing was found to stand in its way."
    return Finding(
        severity=_severity(found),
        confidence=Confidence.STATED,
        subject=Subject("policy", policy.id, policy.name),
        message=f"Persistent browser session: {mode}. State: {state}. Aimed at {aimed_at}. {said}",
        remedy=_remedy(found),
        evidence=(Evidence("policies", f"sessionControls.persistentBrowser of {policy.id}", policy.modified or ""),),
    )


def _severity(found: tuple[str, ...]) -> Severity:
    """An "always" in force opens something; a "never" with a hole seems to close something; the rest is to know."""
    if INERT & set(found):
        return Severity.LOW if "always" not in found else Severity.INFO
    if "always" in found or "mode-not-known" in found or "state-not-known" in found:
        return Severity.MEDIUM
    return Severity.LOW if found else Severity.INFO


def _remedy(found: tuple[str, ...]) -> str:
    if INERT & set(found):
        return "Repair the policy if it is meant to work, or delete it so that nobody relies on it."
    if "always" in found:
        return "Limit it to devices that one person uses and that are managed, or remove it."
    return "Look at whom or what it leaves out, and whether another policy covers them." if found else "Nothing."


check = Check(
    id="persistent-browser",
    title="Policies that set persistent browser sessions",
    needs=("policies",),
    wants=("directory_objects", "role_templates", "service_principals"),
    run=run,
    docs=__doc__ or "",
)
