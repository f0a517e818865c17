"""A few attempts to sign in, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from auditor.reports.html.markup import Html, code, el, joined, name, sentences, shown
from auditor.reports.html.outcomes import slug
from auditor.reports.html.place import Place
from auditor.reports.html.tables import cut, rest
from auditor.run import AttemptAnswer, StepAnswer, TenantRun
from auditor.sign_ins.catalogue import SUCCESS, catalogue, title

_BYTES = 14_000
_BYTES_OF_ONE = 4_000

_KINDS = {
    "success": "succeeded",
    "interrupt": "interrupt",
    "failure": "failure",
    "other": "neither an interrupt nor a failure, as far as is known",
}


def timelines(place: Place, tenant: TenantRun) -> Html | None:
    causes: dict[tuple[int | None, str], str] = {
        (each.code, cause.slug): cause.title for each in tenant.interrupts.interrupts for cause in each.causes
    }
    kept, left = cut(tenant.interrupts.attempts, lambda each: _attempt(place, each, causes), place.room(_BYTES))
    if not kept:
        return None
    return joined(place.heading(1, "Examples of attempts"), el("div", kept, class_="timelines"), rest(left, "attempt"))


def _attempt(place: Place, attempt: AttemptAnswer, causes: Mapping[tuple[int | None, str], str]) -> Html:
    start = attempt.steps[0].at if attempt.steps else ""
    steps, left = cut(attempt.steps, lambda each: _step(each, start, causes), _BYTES_OF_ONE)
    return el(
        "article",
        place.heading(
            2, name(attempt.user, "Somebody whom the log does not name"), " in ", name(attempt.app, "an app")
        ),
        el("p", sentences(shown(start[:19].replace("T", " "), 19), "UTC, request", code(attempt.id)), class_="fine"),
        el("ol", steps, class_="timeline"),
        rest(left, "step"),
    )


def _step(step: StepAnswer, start: str, causes: Mapping[tuple[int | None, str], str]) -> Html:
    kind = _kind(step)
    called = "No code" if step.code is None else "Success" if step.code == SUCCESS else title(step.code)
    said = _KINDS[kind]
    if kind == "interrupt" and step.outcome:
        said = f"interrupt, {step.outcome}"
    cause = causes.get((step.code, step.cause), step.cause).rstrip(".")
    why = f" Why: {cause} ({step.confidence or 'not known'})." if cause else ""
    return el(
        "li",
        _mark(kind),
        el("span", _after(start, step.at), class_="at"),
        el("b", shown(called, 80)),
        el("span", shown(f"{said[:1].upper()}{said[1:]}.{why}", 240), class_="fine"),
    )


def _kind(step: StepAnswer) -> str:
    if step.code == SUCCESS:
        return "success"
    if step.outcome:
        return "interrupt"
    entry = catalogue().get(step.code) if step.code is not None else None
    if entry is None:
        return "other"
    return "interrupt" if entry.kind == "interrupt" else "failure"


def _mark(kind: str) -> Html:
    """A ring, a disc or a square: the words beside it say the same."""
    shape = (
        el("rect", x=2, y=2, width=10, height=10, class_=f"step-{slug(kind)}")
        if kind == "failure"
        else el("circle", cx=7, cy=7, r=5, class_=f"step-{slug(kind)}")
    )
    return el("svg", shape, width=14, height=14, aria_hidden="true", focusable="false")


def _after(start: str, at: str) -> str:
    """How long after the first step; the time of day where that cannot be told, or that it came next where not even
    that is known."""
    try:
        first, then = (datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S") for text in (start, at))
    except ValueError:
        return at[11:19] or "then"
    seconds = int((then - first).total_seconds())
    if seconds < 120:
        return f"+{seconds} s" if seconds else "0 s"
    return f"+{seconds // 60} min" if seconds < 7200 else f"+{seconds // 3600} h"
