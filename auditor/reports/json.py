"""A run as JSON: the shape `auditor/run/v1`, published in docs/run-v1.schema.json. Domain types may change, this may
not; what is added must be optional.
"""

from __future__ import annotations

import json
from typing import Any

from auditor.check import CheckResult
from auditor.comparison import Change, Comparison
from auditor.finding import Evidence, Finding
from auditor.run import AgreementAnswer, AttemptAnswer, CauseAnswer, ReachAnswer, Run, TenantRun

SCHEMA = "auditor/run/v1"


def render(run: Run) -> str:
    """JSON text, ASCII only: hostile text cannot leave its string, and every console can print it."""
    return json.dumps(document(run), indent=2) + "\n"


def document(run: Run) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": {
            "name": "auditor",
            "version": run.version,
            "started": run.started,
            "plugins": [{"name": name, "version": version} for name, version in run.plugins],
        },
        "tenants": [_tenant(tenant) for tenant in run.tenants],
        "unreached": [{"tenant": each.tenant, "what": each.what, "remedy": each.remedy} for each in run.unreached],
        "redacted": run.redacted or None,
    }


def _tenant(tenant: TenantRun) -> dict[str, Any]:
    answer = tenant.stay_signed_in
    return {
        "id": tenant.id,
        "name": tenant.name,
        "domain": tenant.domain,
        "source": dict(tenant.source),
        "window": {"start": tenant.window[0], "end": tenant.window[1]},
        "datasets": [
            {
                "name": each.name,
                "title": each.title,
                "state": each.state,
                "reason": each.reason,
                "remedy": each.remedy,
                "rows": each.rows,
            }
            for each in tenant.datasets
        ],
        "stay_signed_in": {
            "verdict": answer.verdict,
            "confidence": answer.confidence or None,
            "why": answer.why,
            "evidence": [_evidence(each) for each in answer.evidence],
        },
        # null and not [] where nothing could be read: an empty list would be an answer.
        "interrupts": [
            {
                "code": each.code,
                "name": each.name,
                "count": each.count,
                "users": each.users,
                "outcomes": dict(each.outcomes),
                "meaning": each.meaning,
                "advice": each.advice,
                "again": each.again,
                "causes": [_cause(cause) for cause in each.causes],
                "clusters": {
                    what: [{"name": name, "count": count} for name, count in names] for what, names in each.clusters
                },
            }
            for each in tenant.interrupts.interrupts
        ]
        if tenant.interrupts.known
        else None,
        "interrupts_over_time": {
            "span_hours": tenant.interrupts.span_hours,
            "spans": [{"start": each.start, "outcomes": dict(each.outcomes)} for each in tenant.interrupts.over_time],
        },
        "interrupts_by_app": [
            {"id": each.id, "name": each.name, "outcomes": dict(each.outcomes)} for each in tenant.interrupts.apps
        ],
        "example_attempts": [_attempt(each) for each in tenant.interrupts.attempts],
        "not_explained_for_want_of": _reasons(tenant.interrupts.missing),
        "uncatalogued_codes": dict(tenant.interrupts.uncatalogued),
        "rows_without_a_code": tenant.interrupts.uncoded or None,
        "rows_of_one_id": tenant.interrupts.repeated or None,
        "caveats": list(tenant.interrupts.caveats),
        "notes": list(tenant.notes),
        "persistent_browser_policies": [
            {
                "id": each.id,
                "name": each.name,
                "state": each.state,
                "mode": each.mode,
                "problems": list(each.problems),
                "inert": each.inert,
                "aim": each.aim,
                "unknown": list(each.unknown),
                "link": each.link or None,
                "reach": _reach(each.reach),
                "devices": [
                    {"device": row.device, "compliant": row.compliant, "reached": row.reached} for row in each.devices
                ],
            }
            for each in tenant.policies.policies
        ]
        if tenant.policies.known
        else None,
        "policies": tenant.policies.of,
        "unlisted_policies": [
            {
                "id": each.id,
                "name": each.name,
                "rows": each.rows,
                "last": each.last,
                "grants": list(each.grants),
                "sessions": list(each.sessions),
                "standing": each.standing,
                "deleted": each.deleted or None,
            }
            for each in tenant.policies.unlisted
        ],
        "policies_caveats": list(tenant.policies.caveats),
        "policy_evaluation": _agreement(tenant.policies.agreement),
        "grounds": [
            {"answer": each.answer, "read": list(each.read), "lacks": list(each.lacks)} for each in tenant.grounds
        ],
        "checks": [_check(tenant, each) for each in tenant.checks],
        "acceptances": [
            {
                "check": each.check,
                "subject": each.subject,
                "reason": each.reason,
                "owner": each.owner,
                "until": each.until or None,
                "state": each.state,
                "fingerprints": list(each.fingerprints),
            }
            for each in tenant.acceptances
        ],
        "since_last_run": comparison(tenant.since) if tenant.since else None,
    }


def comparison(since: Comparison) -> dict[str, Any]:
    """What changed since an earlier run, also for `auditor diff`."""
    return {
        "since": since.since,
        "findings": [
            {
                "fate": each.fate.value,
                "check": each.check,
                "before": each.before.value if each.before else None,
                "after": each.after.value if each.after else None,
                **_finding(each.fingerprint, each.finding),
            }
            for each in since.findings
        ],
        "setting": _change(since.setting) if since.setting else None,
        "policies": [_change(each) for each in since.policies],
        "unable": [_change(each) for each in since.unable],
        "able": [_change(each) for each in since.able],
        "interrupts_a_day": None
        if since.trends is None
        else [
            {
                "code": each.code,
                "name": each.name,
                "before": each.before,
                "after": each.after,
                "beyond_noise": each.beyond_noise,
            }
            for each in since.trends
        ],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"what": change.what, "name": change.name, "before": change.before, "after": change.after}


def _cause(cause: CauseAnswer) -> dict[str, Any]:
    return {
        "cause": cause.slug,
        "title": cause.title,
        "meaning": cause.meaning,
        "advice": cause.advice,
        "count": cause.count,
        "confidence": dict(cause.confidence),
        "outcomes": dict(cause.outcomes),
        "example": cause.example,
        "evidence": [_evidence(each) for each in cause.evidence],
    }


def _attempt(attempt: AttemptAnswer) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "user": attempt.user,
        "app": attempt.app,
        "steps": [
            {
                "at": step.at or None,
                "code": step.code,
                "outcome": step.outcome or None,
                "cause": step.cause or None,
                "confidence": step.confidence or None,
            }
            for step in attempt.steps
        ],
    }


def _reach(reach: ReachAnswer | None) -> dict[str, Any] | None:
    if reach is None:
        return None
    return {
        "applies": reach.applies,
        "applies_not": reach.applies_not,
        "not_known": reach.not_known,
        "not_known_because": _reasons(reach.because),
    }


def _agreement(agreement: AgreementAnswer | None) -> dict[str, Any] | None:
    if agreement is None:
        return None
    return {
        "sign_ins": agreement.sign_ins,
        "agreed": agreement.agreed,
        "disagreed": agreement.disagreed,
        "not_known": agreement.not_known,
        "changed_later": agreement.changed_later,
        "not_known_because": _reasons(agreement.because),
        "disagreements": [
            {
                "policy_id": each.policy_id,
                "policy": each.policy,
                "evaluated": "applies" if each.evaluated else "does not apply",
                "count": each.count,
                "example": each.example,
            }
            for each in agreement.disagreements
        ],
    }


def _reasons(because: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"reason": reason, "count": count} for reason, count in because]


def _check(tenant: TenantRun, result: CheckResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title,
        "status": result.status.value,
        "reason": result.reason,
        "remedy": result.remedy,
        "findings": [_finding(each.fingerprint(tenant.id, result.id), each) for each in result.findings],
    }


def _finding(fingerprint: str, finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "subject": {"kind": finding.subject.kind, "id": finding.subject.id, "name": finding.subject.name},
        "key": finding.key,
        "message": finding.message,
        "remedy": finding.remedy,
        "link": finding.link or None,
        "evidence": [_evidence(each) for each in finding.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"source": evidence.source, "statement": evidence.statement, "at": evidence.at or None}
