"""A tenant without Microsoft Entra ID P1: what it cannot have, and what there is without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.check import Check, CheckResult
from auditor.finding import Severity
from auditor.tenant.dataset import NOT_PREMIUM, Missing
from auditor.tenant.records import Organization
from auditor.tenant.tenant import Tenant

_P1 = "Microsoft Entra ID P1"


REFUSED_BY_MISTAKE = (
    f"Microsoft Graph refused the sign-in log for want of {_P1}, which is among the organization's plans: it is known "
    "to say so by mistake. Run the same command again."
)


def premium_where_refused(tenant: Tenant) -> bool | None:
    """Of a tenant whose log Graph refuses for want of the licence, which it is known to do by mistake: whether the
    organization's plans hold it. None where it did not refuse, and where the plans are not known."""
    organization, log = tenant.reading("organization"), tenant.reading("sign_ins")
    if isinstance(organization, Missing) or not isinstance(log, Missing) or NOT_PREMIUM not in log.reason:
        return None
    known: Organization = organization.value
    return known.premium


def within_means(check: Check, result: CheckResult) -> CheckResult:
    """The result, for a tenant without the licence: what a finding on policies tells to do takes it, and says so."""
    if not _on_policies(check):
        return result
    return replace(
        result,
        findings=tuple(
            replace(each, remedy=f"It takes {_P1}, which this tenant does not have: {each.remedy} {_FREE_OF_POLICIES}")
            for each in result.findings
        ),
    )


def _on_policies(check: Check) -> bool:
    return "policies" in check.needs


_FREE_OF_POLICIES = (
    "Without it there are security defaults, which ask for a second factor and set no limit to sessions."
)


def licence_note(tenant: Tenant, checks: Sequence[Check], results: Sequence[CheckResult]) -> str:
    """What the report says of it, with how many findings wait for the licence."""
    waiting = [result for check, result in zip(checks, results, strict=True) if _on_policies(check)]
    count = sum(each.severity is not Severity.INFO for result in waiting for each in result.findings)
    wait = f" {count} {'finding waits' if count == 1 else 'findings wait'} for it." if count else ""
    defaults = tenant.reading("security_defaults")
    state = "" if isinstance(defaults, Missing) else f" ({'on' if defaults.value else 'off'} here)"
    return (
        f"Conditional Access and the sign-in log of Microsoft Graph take {_P1}, which this tenant does not have: Graph "
        f"refuses the log for want of it, and it is not among the organization's plans.{wait} Free of charge are "
        f"security defaults{state}, and the sign-in log as a download in the portal: "
        "`auditor run --from InteractiveSignIns.csv` reads it."
    )
