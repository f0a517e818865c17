"""A run as SARIF 2.1.0 (OASIS), for viewers and pipelines that read static analysis results.

Each tenant is a run of its own, told apart by the id of its automation details, so that a service that keeps results
closes none of one tenant because another has none. A tenant that could not be looked at is a run without results at
all, under an id of another kind: an empty list would say that nothing was found there.

Findings have logical locations only (there is no file and no line): the subject, and the tenant as its parent. Level:
error for critical and high, warning for medium, note for low; information is of the kind *informational* and has none.
What was not read or not run is an execution notification, an error where the results lack something for it; then the
execution was not successful.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from auditor.check import CheckResult, Status
from auditor.finding import Finding, Severity
from auditor.reports.plain import plain
from auditor.reports.sentences import name
from auditor.run import Acceptance, Run, TenantRun, Unreached

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "auditor/v1"

_LONGEST = 10_000
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "none",
}

Json = dict[str, Any]


def render(run: Run) -> str:
    """JSON text, ASCII only."""
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [*(_run(run, each) for each in run.tenants), *(_unreached(run, each) for each in run.unreached)],
    }
    return json.dumps(document, indent=2) + "\n"


def _run(run: Run, tenant: TenantRun) -> Json:
    places = _Places(tenant)
    rules = {result.id: index for index, result in enumerate(tenant.checks)}
    results = [
        _result(tenant, result, rules[result.id], finding, places.of(finding))
        for result in tenant.checks
        for finding in result.findings
    ]
    notifications = list(_notifications(tenant, rules))
    setting = tenant.stay_signed_in
    return {
        "tool": _tool(run, tenant.checks),
        "automationDetails": {"id": _plain(f"auditor/{tenant.id}/"), "description": _text(f"Tenant {name(tenant)}")},
        "invocations": [_invocation(run, notifications)],
        "logicalLocations": places.listed,
        "results": results,
        "columnKind": "utf16CodeUnits",
        "properties": {
            "tenant": {"id": _plain(tenant.id), "name": _plain(tenant.name), "domain": _plain(tenant.domain)},
            "window": {"start": tenant.window[0], "end": tenant.window[1]},
            "staySignedIn": {
                "verdict": setting.verdict,
                "confidence": setting.confidence or None,
                "why": _plain(setting.why),
            },
        },
    }


def _unreached(run: Run, unreached: Unreached) -> Json:
    notification = {"level": "error", "message": _text(f"{unreached.what} {unreached.remedy}")}
    return {
        "tool": _tool(run, ()),
        "automationDetails": {
            "id": _plain(f"auditor-not-looked-at/{unreached.tenant}/"),
            "description": _text(f"Tenant {unreached.tenant}, which could not be looked at"),
        },
        "invocations": [_invocation(run, [notification])],
    }


def _tool(run: Run, checks: Sequence[CheckResult]) -> Json:
    return {
        "driver": {
            "name": "auditor",
            "version": _plain(run.version),
            "rules": [
                {"id": each.id, "shortDescription": _text(each.title), "help": _text(each.title)} for each in checks
            ],
        },
        # Each once: a package may bring its checks by several entry points.
        "extensions": [
            {"name": _plain(called), "version": _plain(version)}
            for called, version in dict.fromkeys(run.plugins)
            if called != "auditor"
        ],
    }


def _invocation(run: Run, notifications: list[Json]) -> Json:
    return {
        "executionSuccessful": all(each["level"] != "error" for each in notifications),
        "startTimeUtc": run.started,
        "toolExecutionNotifications": notifications,
    }


class _Places:
    """The logical locations of a run, each once: the tenant first, then what findings are about."""

    def __init__(self, tenant: TenantRun) -> None:
        whole = _plain(tenant.id) or "tenant"
        called = _plain(name(tenant))
        self.listed: list[Json] = [{"index": 0, "name": called, "fullyQualifiedName": whole, "kind": "tenant"}]
        self._tenant = whole
        self._known: dict[str, Json] = {}

    def of(self, finding: Finding) -> Json:
        subject = finding.subject
        full = f"{self._tenant}/{_plain(subject.kind)}/{_plain(subject.id)}"
        if full not in self._known:
            self._known[full] = {
                "index": len(self.listed),
                "name": _plain(subject.name or subject.id),
                "fullyQualifiedName": full,
                "kind": _plain(subject.kind),
                "parentIndex": 0,
            }
            self.listed.append(self._known[full])
        return self._known[full]


def _result(tenant: TenantRun, result: CheckResult, index: int, finding: Finding, place: Json) -> Json:
    fingerprint = finding.fingerprint(tenant.id, result.id)
    return {
        "ruleId": result.id,
        "ruleIndex": index,
        "kind": "informational" if finding.severity is Severity.INFO else "fail",
        "level": _LEVELS[finding.severity],
        "message": _text(f"{finding.message} {finding.remedy}"),
        "locations": [{"logicalLocations": [place]}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        # Empty and not left out: it is known that nobody accepted it.
        "suppressions": [
            _suppression(each) for each in dict.fromkeys(tenant.acceptances) if fingerprint in each.fingerprints
        ],
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "remedy": finding.remedy,
            "link": finding.link or None,
            "evidence": [
                {"source": each.source, "statement": each.statement, "at": each.at or None} for each in finding.evidence
            ],
        },
    }


def _suppression(acceptance: Acceptance) -> Json:
    """An expired one is *rejected*: then the result counts, and it can be seen that it once was accepted."""
    held = acceptance.state == "accepted"
    until = f" {'Until' if held else 'It expired:'} {acceptance.until}." if acceptance.until else ""
    owner = f" ({acceptance.owner})" if acceptance.owner else ""
    return {
        "kind": "external",
        "status": "accepted" if held else "rejected",
        "justification": _plain(f"{acceptance.reason}{owner}{until}"),
    }


def _notifications(tenant: TenantRun, rules: dict[str, int]) -> Iterator[Json]:
    for dataset in tenant.datasets:
        if dataset.state != "collected":
            said = f"The {dataset.title}: {dataset.state}. {dataset.reason} {dataset.remedy}"
            yield {"level": "warning" if dataset.state == "partial" else "error", "message": _text(said)}
    for result in tenant.checks:
        if not result.looked_wholly:
            ran = result.status in (Status.FOUND, Status.CLEAR)
            said = "Only a part was seen" if ran else result.status.value.capitalize()
            yield {
                "level": "warning" if ran else "error",
                "message": _text(f"{said}: {result.reason} {result.remedy}"),
                "associatedRule": {"id": result.id, "index": rules[result.id]},
            }
    for acceptance in tenant.acceptances:
        if acceptance.state != "accepted":
            said = f"The acceptance of {acceptance.check} for {acceptance.subject}: {acceptance.state}."
            yield {"level": "note", "message": _text(f"{said} {acceptance.reason}")}
    for said in (*tenant.notes, *tenant.interrupts.caveats):
        yield {"level": "note", "message": _text(said)}


def _text(said: str) -> Json:
    """A message that holds no link and no placeholder: viewers make links of `[text](address)` and put arguments in the
    place of `{0}`."""
    return {"text": _plain(said.strip()).replace("](", "] (").replace("{", "{{").replace("}", "}}")}


def _plain(said: str) -> str:
    return plain(said, _LONGEST)
