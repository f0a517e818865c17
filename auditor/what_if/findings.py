"""Which findings a change would make go, and which come: the checks are run on today's tenant and on tomorrow's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.check import Check, CheckResult, Status, run_check
from auditor.tenant.tenant import Tenant
from auditor.what_if.consequences import FindingChange, FindingsAnswer, NotCompared


def compared(today: Tenant, tomorrow: Tenant, checks: Iterable[Check]) -> FindingsAnswer:
    """The findings of these checks that are there on one day only, by their fingerprints."""
    disappear: list[FindingChange] = []
    arise: list[FindingChange] = []
    left_out: list[NotCompared] = []
    for check in checks:
        before, after = run_check(check, today), run_check(check, tomorrow)
        unseen = next((each for each in (before, after) if each.status in (Status.NOT_RUN, Status.FAILED)), None)
        if unseen is not None:
            left_out.append(NotCompared(check.id, unseen.reason, unseen.remedy))
            continue
        was, will = _by_fingerprint(before, today.id), _by_fingerprint(after, today.id)
        disappear += [was[each] for each in was if each not in will]
        arise += [will[each] for each in will if each not in was]
    return FindingsAnswer(_sorted(disappear), _sorted(arise), tuple(left_out))


def _by_fingerprint(result: CheckResult, tenant: str) -> dict[str, FindingChange]:
    found = ((each.fingerprint(tenant, result.id), each) for each in result.findings)
    return {fingerprint: FindingChange(result.id, fingerprint, each) for fingerprint, each in found}


def _sorted(changes: Sequence[FindingChange]) -> tuple[FindingChange, ...]:
    return tuple(sorted(changes, key=lambda each: (-each.finding.severity.rank, each.check, each.finding.subject.name)))
