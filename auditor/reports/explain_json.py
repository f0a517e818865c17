"""What `auditor explain` answers as JSON: the shape `auditor/explain/v1`, published in docs/explain-v1.schema.json.
What is added must be optional. null stands where the row or the catalogue does not say.
"""

from __future__ import annotations

import json
from typing import Any

from auditor.explain.answer import Answer, AskingPolicy, AttemptAnswer, CodeAnswer, Explained, KnownCause, Place, Step

SCHEMA = "auditor/explain/v1"


def as_json(answer: Answer, *, version: str, started: str) -> str:
    """JSON text, ASCII only. `version`: of auditor. `started`: ISO text."""
    return json.dumps(document(answer, version=version, started=started), indent=2) + "\n"


def document(answer: Answer, *, version: str, started: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": version, "started": started},
        "codes": [_code(code) for code in answer.codes],
        "ids": [{"kind": kind, "id": identity} for kind, identity in answer.ids],
        "at": answer.at or None,
        "attempts": [_attempt(attempt) for attempt in answer.attempts],
        "looked_in": [_place(place) for place in answer.places],
        "unreached": [{"tenant": each.tenant, "what": each.what, "remedy": each.remedy} for each in answer.unreached],
        "not_looked_for_because": answer.why_not or None,
    }


def _code(code: CodeAnswer) -> dict[str, Any]:
    known = bool(code.kind)
    return {
        "code": code.code,
        "in_catalogue": known,
        "name": code.name or None,
        "class": code.kind or None,
        "interrupt": code.kind == "interrupt" if known else None,
        "meaning": code.meaning or None,
        "advice": code.advice or None,
        "microsoft_workbooks": code.workbook or None,
        "causes": [_cause(cause) for cause in code.causes],
        "evidence": list(code.evidence),
    }


def _cause(cause: KnownCause) -> dict[str, Any]:
    return {"cause": cause.slug, "title": cause.title, "meaning": cause.meaning, "advice": cause.advice}


def _attempt(attempt: AttemptAnswer) -> dict[str, Any]:
    return {
        "tenant": attempt.tenant,
        "correlation_id": attempt.correlation_id or None,
        "user": attempt.user or None,
        "user_id": attempt.user_id or None,
        "ending": attempt.ending,
        "ended": attempt.ended,
        "steps": [_step(step) for step in attempt.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    interrupt = bool(step.outcome)
    return {
        "id": step.id,
        "at": step.at,
        "asked_for": step.asked_for,
        "code": step.code,
        "name": step.name or None,
        "class": step.kind or None,
        "user": step.user or None,
        "user_id": step.user_id or None,
        "app": step.app or None,
        "app_id": step.app_id or None,
        "resource": step.resource or None,
        "client": step.client or None,
        "browser": step.browser or None,
        "operating_system": step.system or None,
        "ip": step.ip or None,
        "country": step.country or None,
        "details": step.details or None,
        "outcome": step.outcome or None,
        "outcome_confidence": ("stated" if step.stated else "inferred") if step.outcome == "completed" else None,
        "seconds_to_complete": step.seconds if interrupt else None,
        "explanation": None if step.explained is None else _explained(step.explained),
        "policies": None if step.policies is None else [_policy(policy) for policy in step.policies],
    }


def _explained(explained: Explained) -> dict[str, Any]:
    return {
        **_cause(explained.cause),
        "confidence": explained.confidence,
        "evidence": [
            {"source": each.source, "statement": each.statement, "at": each.at or None} for each in explained.evidence
        ],
        "missing": list(explained.missing),
    }


def _policy(policy: AskingPolicy) -> dict[str, Any]:
    return {
        "id": policy.id or None,
        "name": policy.name or None,
        "result": policy.result or None,
        "controls": list(policy.controls),
        "link": policy.link or None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "live": place.live,
        "found": place.found,
        "window": None if place.window is None else {"start": place.window[0], "end": place.window[1]},
        "rows": place.rows,
        "partial": place.partial,
        "caveats": list(place.caveats),
    }
