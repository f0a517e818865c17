"""Findings as people deal with them: one check's findings of one severity with one remedy are one thing to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from auditor.check import CheckResult
from auditor.finding import Finding, Severity
from auditor.run import Acceptance, TenantRun


class Group(NamedTuple):
    severity: Severity
    result: CheckResult
    remedy: str
    findings: Sequence[Finding]


def grouped(found: Iterable[tuple[CheckResult, Finding]]) -> Sequence[Group]:
    """The most severe first, then by check, then what concerns most; findings by their subject's name."""
    groups: dict[tuple[Severity, str, str], tuple[CheckResult, list[Finding]]] = {}
    for result, finding in found:
        groups.setdefault((finding.severity, result.id, finding.remedy), (result, []))[1].append(finding)
    made = [
        Group(severity, result, remedy, sorted(findings, key=lambda each: each.subject.name))
        for (severity, _, remedy), (result, findings) in groups.items()
    ]
    return sorted(made, key=lambda each: (-each.severity.rank, each.result.id, -len(each.findings), each.remedy))


def accepted(tenant: TenantRun) -> Sequence[tuple[CheckResult, Finding, Acceptance]]:
    """The findings that the config accepts, the most severe first."""
    holding = tenant.accepted
    found = [
        (result, finding, holding[fingerprint])
        for result in tenant.checks
        for finding in result.findings
        if (fingerprint := finding.fingerprint(tenant.id, result.id)) in holding
    ]
    return sorted(found, key=lambda each: (-each[1].severity.rank, each[0].id, each[1].subject.name))
