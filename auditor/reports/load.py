"""A run back from its JSON: `load(render(run)) == run`. Any other report can then be made of it, and runs compared.

Only keys are turned into field names here; `msgspec` builds the records and refuses what has another shape. What an
earlier version did not write yet has the fields' own defaults.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from auditor.encoding import NotText, decoded
from auditor.errors import RunFileError
from auditor.reports.json import SCHEMA
from auditor.run import Run
from auditor.tenant.dataset import DATASETS

Json = Mapping[str, Any]


def load(text: bytes, name: str) -> Run:
    """`name`: what to call the file in errors. RunFileError when it holds no run that this version can read."""
    try:
        # Unlike msgspec, json reads half of a surrogate pair, which a saved run may hold.
        document = json.loads(decoded(text))
    except NotText as error:
        raise RunFileError(
            f"{name} cannot be read: {error}.", "Name a file that `auditor run --format json` wrote."
        ) from None
    except (ValueError, RecursionError) as error:
        raise RunFileError(
            f"{name} is no JSON: {error}.", "Name a file that `auditor run --format json` wrote."
        ) from None
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise RunFileError(
            f"{name} has the schema {schema!r}, and this version reads {SCHEMA!r}.",
            "Name a file that `auditor run --format json` wrote.",
        )
    try:
        return msgspec.convert(_run(document), Run)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunFileError(
            f"{name} is damaged: {type(error).__name__}: {error}.", "Make the run again, or name another file."
        ) from None


def _run(json: Json) -> Json:
    tool = json["tool"]
    return {
        "started": tool["started"],
        "version": tool["version"],
        "plugins": [(each["name"], each["version"]) for each in tool["plugins"]],
        "tenants": [_tenant(each) for each in json["tenants"]],
        "unreached": json.get("unreached", ()),
        "redacted": json.get("redacted") or "",
    }


def _tenant(json: Json) -> Json:
    return {
        "id": json["id"],
        "name": json["name"],
        "domain": json["domain"],
        "source": _pairs(json["source"]),
        "window": (json["window"]["start"], json["window"]["end"]),
        "datasets": [{"title": _title(each["name"]), **each} for each in json["datasets"]],
        "stay_signed_in": {
            **json["stay_signed_in"],
            "confidence": json["stay_signed_in"]["confidence"] or "",
            "evidence": [_evidence(each) for each in json["stay_signed_in"]["evidence"]],
        },
        "interrupts": _interrupts(json),
        "policies": _policies(json),
        "checks": [_check(each) for each in json["checks"]],
        "acceptances": [{**each, "until": each["until"] or ""} for each in json.get("acceptances", ())],
        "since": _comparison(json.get("since_last_run")),
        "grounds": json.get("grounds", ()),
        "notes": json.get("notes", ()),
    }


def _comparison(json: Json | None) -> Json | None:
    if json is None:
        return None
    return {
        **json,
        "findings": [{**each, "finding": _finding(each)} for each in json["findings"]],
        "trends": json["interrupts_a_day"],
    }


def _title(dataset: str) -> str:
    known = DATASETS.get(dataset)
    return known.title if known else dataset


def _interrupts(json: Json) -> Json:
    time = json.get("interrupts_over_time", {})
    return {
        "known": json["interrupts"] is not None,
        "interrupts": [_interrupt(each) for each in json["interrupts"] or ()],
        "uncatalogued": _pairs(json["uncatalogued_codes"]),
        "uncoded": json.get("rows_without_a_code") or "",
        "repeated": json.get("rows_of_one_id") or "",
        "caveats": json["caveats"],
        "missing": _reasons(json.get("not_explained_for_want_of", ())),
        "over_time": [_with_pairs(each, "outcomes") for each in time.get("spans", ())],
        "span_hours": time.get("span_hours", 0),
        "apps": [_with_pairs(each, "outcomes") for each in json.get("interrupts_by_app", ())],
        "attempts": [_attempt(each) for each in json.get("example_attempts", ())],
    }


def _interrupt(json: Json) -> Json:
    return {
        **_with_pairs(json, "outcomes"),
        "causes": [
            {
                **_with_pairs(each, "outcomes", "confidence"),
                "slug": each["cause"],
                "evidence": [_evidence(seen) for seen in each["evidence"]],
            }
            for each in json.get("causes", ())
        ],
        "clusters": [
            (what, [(each["name"], each["count"]) for each in names])
            for what, names in json.get("clusters", {}).items()
        ],
    }


def _attempt(json: Json) -> Json:
    return {
        **json,
        "steps": [
            {name: "" if value is None and name != "code" else value for name, value in step.items()}
            for step in json["steps"]
        ],
    }


def _policies(json: Json) -> Json:
    listed = json["persistent_browser_policies"]
    return {
        "known": listed is not None,
        "policies": [
            {**each, "link": each.get("link") or "", "reach": _reach(each.get("reach"))} for each in listed or ()
        ],
        "of": json.get("policies", 0),
        "agreement": _agreement(json.get("policy_evaluation")),
        "unlisted": [{**each, "deleted": each["deleted"] or ""} for each in json.get("unlisted_policies", ())],
        "caveats": json.get("policies_caveats", ()),
    }


def _reach(json: Json | None) -> Json | None:
    return None if json is None else {**json, "because": _reasons(json["not_known_because"])}


def _agreement(json: Json | None) -> Json | None:
    if json is None:
        return None
    return {
        **json,
        "because": _reasons(json["not_known_because"]),
        "disagreements": [
            {**each, "evaluated": {"applies": True, "does not apply": False}[each["evaluated"]]}
            for each in json["disagreements"]
        ],
    }


def _check(json: Json) -> Json:
    return {**json, "findings": [_finding(each) for each in json["findings"]]}


def _finding(json: Json) -> Json:
    return {
        **json,
        "link": json.get("link") or "",
        "evidence": [_evidence(each) for each in json["evidence"]],
    }


def _evidence(json: Json) -> Json:
    return {**json, "at": json["at"] or ""}


def _reasons(json: Sequence[Json]) -> Sequence[tuple[Any, Any]]:
    return [(each["reason"], each["count"]) for each in json]


def _with_pairs(json: Json, *names: str) -> Json:
    return {**json, **{name: _pairs(json[name]) for name in names}}


def _pairs(json: Json) -> Sequence[tuple[str, Any]]:
    return list(json.items())
