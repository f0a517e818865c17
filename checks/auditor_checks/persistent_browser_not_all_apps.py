"""Persistent browser policies that are not for all resources.

What it means: a policy is in force that decides about browser sessions, and it is aimed at some applications only, at
user actions or authentication contexts, or at all resources but some. All tabs of a browser share one session, so
Microsoft Entra wants this control on all resources and refuses new policies for some applications only (Microsoft Graph
with 1032, InvalidConditionsForPersistentBrowserSessionMode). Older ones are still there.

Why it matters: what such a policy does is not documented. Whoever relies on it for a few applications believes sessions
to be settled that are not, and what one application asks for may hold for the tabs of all others.

What to do: aim the policy at all resources. If something has to be told apart, do it by people or devices, not by
applications. Exceptions from all resources seem to be allowed; leave out none that is not needed.

What it cannot see: what Microsoft Entra does with such a policy, and which applications a filter by custom attributes
means, for these attributes are not read.
"""

from collections.abc import Iterator, Sequence

from auditor.api import (
    ALL,
    NONE,
    Check,
    Confidence,
    Evidence,
    Finding,
    Policy,
    Severity,
    Subject,
    Tenant,
    persists,
    policy_link,
)

_MOST_NAMED = 5
_SUITES = {"Office365": "Office 365", "MicrosoftAdminPortals": "the Microsoft admin portals"}


def run(tenant: Tenant) -> Iterator[Finding]:
    for policy in tenant.policies:
        control = policy.persistent_browser
        if policy.enforced and control is not None and control.enabled is True:
            if ALL not in policy.conditions.applications.include:
                yield _some_only(tenant, policy)
            elif not policy.conditions.applications.everything:
                yield _all_but(tenant, policy)


def _some_only(tenant: Tenant, policy: Policy) -> Finding:
    aimed_at = tuple(_aimed_at(tenant, policy))
    said = (
        f"is aimed at {', '.join(aimed_at)} only, and not at all resources" if aimed_at else "is aimed at no resource"
    )
    return _finding(
        tenant,
        policy,
        Severity.MEDIUM,
        f"and {said}{_but(tenant, policy)}. What this control does on such a policy is not documented, and Microsoft "
        "Entra refuses new ones. Medium, because whoever counts on it counts on nothing that is known.",
        "Aim it at all resources, or take the control out of it.",
        "some-applications",
    )


def _all_but(tenant: Tenant, policy: Policy) -> Finding:
    applications = policy.conditions.applications
    others = tuple(name for name in applications.include if name != ALL)
    beside = f" (it also names {_named(tenant, others)}, which are among them)" if others else ""
    leaving_out = bool(applications.exclude or applications.filter)
    because = (
        "All tabs share one session: what becomes of it when somebody uses what is left out is not documented. Low, "
        "because exceptions seem to be allowed and the rule holds for the rest."
    )
    return _finding(
        tenant,
        policy,
        Severity.LOW if leaving_out else Severity.INFO,
        f"for all resources{_but(tenant, policy)}{beside}. {because if leaving_out else 'That does no harm.'}",
        "Leave out no application that need not be left out." if leaving_out else "Name all resources alone.",
        "all-but-some",
    )


def _finding(tenant: Tenant, policy: Policy, severity: Severity, what: str, remedy: str, key: str) -> Finding:
    return Finding(
        severity=severity,
        confidence=Confidence.STATED,
        subject=Subject("policy", policy.id, policy.name),
        message=f"It sets browser sessions to {persists(policy) or 'a mode that is not known'} {what}",
        remedy=remedy,
        evidence=(Evidence("policies", f"conditions.applications of {policy.id}", policy.modified or ""),),
        key=key,
        link=policy_link(tenant.portal, policy.id),
    )


def _aimed_at(tenant: Tenant, policy: Policy) -> Iterator[str]:
    applications = policy.conditions.applications
    named = tuple(name for name in applications.include if name != NONE)
    if named:
        yield _named(tenant, named)
    yield from (f"the user action {action}" for action in applications.user_actions)
    yield from (f"the authentication context {context}" for context in applications.authentication_contexts)
    if applications.filter is not None and applications.filter.mode != "exclude":
        yield f"applications by the filter {applications.filter.rule}"


def _but(tenant: Tenant, policy: Policy) -> str:
    applications = policy.conditions.applications
    left_out = [_named(tenant, applications.exclude)] if applications.exclude else []
    if applications.filter is not None and applications.filter.mode != "include":
        left_out.append(f"applications by the filter {applications.filter.rule}")
    elif applications.filter is not None and ALL in applications.include:
        return f", with the filter {applications.filter.rule}"
    return f" except {' and '.join(left_out)}" if left_out else ""


def _named(tenant: Tenant, applications: Sequence[str]) -> str:
    more = len(applications) - _MOST_NAMED
    words = [_SUITES.get(each) or _name(tenant, each) for each in applications[:_MOST_NAMED]]
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")


def _name(tenant: Tenant, application: str) -> str:
    name = tenant.name_of(application, "service_principals")
    return f"{name!r}" if name else f"the application {application}"


check = Check(
    id="persistent-browser-not-all-apps",
    title="Persistent browser policies that are not for all resources",
    needs=("policies",),
    wants=("service_principals",),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW, Severity.MEDIUM),
)
