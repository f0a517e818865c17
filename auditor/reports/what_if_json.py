"""What would come of a change, as JSON: the shape `auditor/what-if/v1`, published in docs/what-if-v1.schema.json. What
is added must be optional. null, and not an empty list, stands where something could not be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from auditor.what_if.consequences import AtMost, Consequences, FindingChange, GraphOpinion, Prompts, PromptsAnswer

SCHEMA = "auditor/what-if/v1"


def as_json(found: Consequences, *, version: str, started: str) -> str:
    """JSON text, ASCII only. `version`: of auditor. `started`: ISO text."""
    return json.dumps(document(found, version=version, started=started), indent=2) + "\n"


def document(found: Consequences, *, version: str, started: str) -> dict[str, Any]:
    change, setting = found.change, found.setting
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": version, "started": started},
        "tenant": {"id": found.tenant_id, "name": found.tenant, "domain": found.domain},
        "source": dict(found.source),
        "window": {"start": found.window[0], "end": found.window[1]},
        "change": {
            "kind": change.kind,
            "description": change.description,
            "policy_id": change.policy_id or None,
            "policy": change.policy or None,
            "mode": change.mode or None,
            "state": change.state or None,
        },
        "answer": found.answer,
        "stay_signed_in": {
            "verdict": setting.verdict,
            "confidence": setting.confidence or None,
            "why": setting.why,
        },
        "prompts": None if found.prompts is None else _prompts(found.prompts),
        "prompts_again": None if found.prompts_again is None else _at_most(found.prompts_again),
        "sessions": {"may_lose": _all(found.may_lose), "may_gain": _all(found.may_gain)},
        "elsewhere": [{"statement": each.statement, "source": each.source} for each in found.elsewhere],
        "findings": {
            "disappear": [_finding(each) for each in found.findings.disappear],
            "arise": [_finding(each) for each in found.findings.arise],
            "not_compared": [
                {"check": each.check, "reason": each.reason, "remedy": each.remedy}
                for each in found.findings.not_compared
            ],
        },
        "undecided": [{"of": each.of, "reason": each.reason, "count": each.count} for each in found.undecided],
        "unread": [
            {"name": each.name, "state": each.state, "reason": each.reason, "remedy": each.remedy}
            for each in found.unread
        ],
        "graph": None if found.graph is None else _graph(found.graph),
    }


def _prompts(prompts: PromptsAnswer) -> dict[str, Any]:
    return {
        "total": prompts.total,
        "vanish": _whom(prompts.vanish),
        "hidden_already": _whom(prompts.gone),
        "stay": _whom(prompts.stay),
        "not_known": _whom(prompts.not_known),
        "not_known_unless": {**_whom(prompts.unless), "among": prompts.unless_in},
        "spared_most": [{"user": name, "prompts": count} for name, count in prompts.people],
        "most_on": [{"app": name, "prompts": count} for name, count in prompts.apps],
        "apps": prompts.all_apps,
    }


def _whom(whom: Prompts) -> dict[str, int]:
    return {"prompts": whom.prompts, "people": whom.people}


def _all(found: Iterable[AtMost] | None) -> list[dict[str, Any]] | None:
    return None if found is None else [_at_most(each) for each in found]


def _at_most(each: AtMost) -> dict[str, Any]:
    return {
        "reason": each.reason,
        "at_most_sign_ins": each.sign_ins,
        "certain_sign_ins": each.certain,
        "at_most_people": each.people,
        "why": each.why,
    }


def _finding(change: FindingChange) -> dict[str, Any]:
    finding = change.finding
    return {
        "check": change.check,
        "fingerprint": change.fingerprint,
        "severity": finding.severity.value,
        "subject": {"kind": finding.subject.kind, "id": finding.subject.id, "name": finding.subject.name},
        "message": finding.message,
    }


def _graph(graph: GraphOpinion) -> dict[str, Any]:
    return {
        "asked": graph.asked,
        "agree": graph.agree,
        "disagree": graph.disagree,
        "not_enough_information": graph.not_enough,
        "not_known": graph.not_known,
        "changed_since": graph.changed,
        "differences": [
            {
                "policy_id": each.policy_id,
                "policy": each.policy,
                "evaluated": "applies" if each.ours else "does not apply",
                "graph": each.graph,
                "count": each.count,
                "example": each.example,
            }
            for each in graph.differences
        ],
        "reason": graph.reason,
        "remedy": graph.remedy,
        "api": graph.api or None,
    }
