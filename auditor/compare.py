"""What changed between two runs of one tenant. Pure; only what both could look at is compared.

A finding that is no longer reported is fixed only when its check looked, at all it needs, and did not find it: else it
is *not known*. The same holds for the setting, the policies and the interrupts.

Interrupts are compared as counts per day by one simple test: each count is taken as Poisson, and a change is beyond
noise when it is more than `SIGMAS` standard deviations of the difference and more than a fifth of the earlier rate.
Attempts come in clusters, so counts vary more than Poisson's: hence the second condition, and the wide margin of the
first. Windows that overlap share rows, which makes the test more careful and never less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from auditor.check import Status
from auditor.comparison import Change, Comparison, Fate, FindingChange, Trend
from auditor.finding import Finding, Severity
from auditor.run import PolicyAnswer, Run, TenantRun
from auditor.tenant.instant import MINUTE, parse

SIGMAS = 4.0
LEAST_CHANGE = 0.2

_DAY = 24 * 60 * MINUTE


def not_comparable(older: Run, newer: Run) -> str:
    """Why two runs must not be compared, as a sentence; "" when they may be."""
    if older.redacted == newer.redacted:
        return ""
    if older.redacted and newer.redacted:
        return "The two runs were redacted with different tables: what is the same has two names in them."
    which = "older" if older.redacted else "newer"
    return f"Only the {which} run was redacted: what is the same has two names in them."


def compare(older: TenantRun, newer: TenantRun, since: str) -> Comparison:
    """Two runs of one tenant. `since`: when the older one was made."""
    return Comparison(
        since=since,
        findings=tuple(_findings(older, newer)),
        setting=_setting(older, newer),
        policies=tuple(_policies(older, newer)),
        unable=tuple(_lost(older, newer)),
        able=tuple(replace(each, before=each.after, after=each.before) for each in _lost(newer, older)),
        trends=_trends(older, newer),
    )


def _findings(older: TenantRun, newer: TenantRun) -> Iterator[FindingChange]:
    """In the order of the newer run's checks; what is no longer reported comes last."""
    before, after = _by_fingerprint(older), _by_fingerprint(newer)
    for fingerprint, (check, finding) in after.items():
        known = before.get(fingerprint)
        severity = known[1].severity if known else None
        fate = _fate(severity, finding.severity)
        if severity is not None and (fingerprint in older.accepted) != (fingerprint in newer.accepted):
            fate = Fate.ACCEPTED if fingerprint in newer.accepted else Fate.BACK
        yield FindingChange(fate, check, fingerprint, finding, severity, finding.severity)
    looked = {result.id: result for result in newer.checks}
    for fingerprint, (check, finding) in before.items():
        if fingerprint not in after:
            result = looked.get(check)
            fate = Fate.FIXED if result is not None and result.looked_wholly else Fate.NOT_KNOWN
            yield FindingChange(fate, check, fingerprint, finding, finding.severity, None)


def _fate(before: Severity | None, after: Severity) -> Fate:
    if before is None:
        return Fate.NEW
    if before is after:
        return Fate.SAME
    return Fate.WORSE if after.rank > before.rank else Fate.LESS


def _by_fingerprint(run: TenantRun) -> Mapping[str, tuple[str, Finding]]:
    """All but information, which says what there is and not what is wrong."""
    return {
        finding.fingerprint(run.id, result.id): (result.id, finding)
        for result in run.checks
        for finding in result.findings
        if finding.severity is not Severity.INFO
    }


def _setting(older: TenantRun, newer: TenantRun) -> Change | None:
    before, after = older.stay_signed_in.verdict, newer.stay_signed_in.verdict
    return None if before == after else Change("setting", "Show option to remain signed in", before, after)


def _policies(older: TenantRun, newer: TenantRun) -> Iterator[Change]:
    """Those that set persistent browser sessions, and nothing where one of the runs could not read them all."""
    if not (_read(older, "policies") and _read(newer, "policies")):
        return
    before = {policy.id: policy for policy in older.policies.policies}
    after = {policy.id: policy for policy in newer.policies.policies}
    for identity, policy in after.items():
        known = before.get(identity)
        was, now = _words(known) if known else "", _words(policy)
        if was != now:
            yield Change("policy", policy.name or identity, was, now)
    for identity, policy in before.items():
        if identity not in after:
            yield Change("policy", policy.name or identity, _words(policy), "")


def _words(policy: PolicyAnswer) -> str:
    problems = f"; {', '.join(policy.problems)}" if policy.problems else ""
    return f"{policy.mode} persistent, {policy.state}, aimed at {policy.aim}{problems}"


def _lost(then: TenantRun, now: TenantRun) -> Iterator[Change]:
    """What could be looked at in the first run and cannot in the second."""
    states = {each.name: each for each in now.datasets}
    for dataset in then.datasets:
        current = states.get(dataset.name)
        if dataset.state == "collected" and (current is None or current.state != "collected"):
            yield Change("dataset", dataset.title, dataset.state, current.state if current else "not asked for")
    results = {each.id: each for each in now.checks}
    for result in then.checks:
        if result.status in (Status.CLEAR, Status.FOUND):
            found = results.get(result.id)
            if found is None or found.status in (Status.NOT_RUN, Status.FAILED):
                yield Change("check", result.id, result.status.value, found.status.value if found else "not there")


def _read(run: TenantRun, dataset: str) -> bool:
    return any(each.name == dataset and each.state == "collected" for each in run.datasets)


def _trends(older: TenantRun, newer: TenantRun) -> tuple[Trend, ...] | None:
    if not (_read(older, "sign_ins") and _read(newer, "sign_ins")):
        return None
    days = _days(older), _days(newer)
    if not (days[0] and days[1]):
        return None
    before = {each.code: each for each in older.interrupts.interrupts}
    after = {each.code: each for each in newer.interrupts.interrupts}
    found = []
    for code in sorted(before.keys() | after.keys()):
        counts = tuple(each[code].count if code in each else 0 for each in (before, after))
        rates = counts[0] / days[0], counts[1] / days[1]
        name = (after.get(code) or before[code]).name
        beyond = _beyond_noise(counts[0], days[0], counts[1], days[1])
        found.append(Trend(code, name, round(rates[0], 2), round(rates[1], 2), beyond))
    return tuple(found)


def _days(run: TenantRun) -> float:
    start, end = (parse(text) for text in run.window)
    return (end - start) / _DAY


def _beyond_noise(before: int, days_before: float, after: int, days_after: float) -> bool:
    was, now = before / days_before, after / days_after
    deviation = math.sqrt(before / days_before**2 + after / days_after**2)
    return abs(now - was) > SIGMAS * deviation > 0 and abs(now - was) > LEAST_CHANGE * was
