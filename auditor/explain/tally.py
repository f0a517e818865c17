"""The interrupts of a log, explained and counted: one pass over them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from auditor.explain.causes import cause
from auditor.explain.clusters import Clusters, Names, Returning
from auditor.explain.examples import Examples
from auditor.explain.explanation import Explanation
from auditor.finding import Confidence, Evidence
from auditor.run import AppAnswer, AttemptAnswer, CauseAnswer, Span
from auditor.tenant.instant import MINUTE, to_seconds_text
from auditor.tenant.sign_in_log import Interrupt, Outcome

MOST_APPS = 15
MOST_SPANS = 60
LEAST_OF_A_CLUSTER = 3
"""Interrupts of one code with one name; fewer are chance."""

_HOUR = 60 * MINUTE
_HOURS = (1, 2, 3, 6, 12, 24)
_STRENGTH = {Confidence.STATED: 2, Confidence.INFERRED: 1, Confidence.GENERAL: 0}
_UNFINISHED = (Outcome.FAILED, Outcome.ABANDONED)
_SKIPPABLE = (50125, 50203)
"""Prompts that a user may skip, or put off, and meet again."""

Outcomes = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """By code: the causes, most frequent first, and on whom and what the failed and abandoned ones cluster. `missing`:
    what would explain more, with the number of interrupts, most frequent first. `spans`: each of `span_hours`. `again`:
    of codes that may keep coming back, how many users met them in two attempts or more."""

    causes: Mapping[int, tuple[CauseAnswer, ...]]
    clusters: Mapping[int, tuple[tuple[str, Names], ...]]
    missing: tuple[tuple[str, int], ...]
    apps: tuple[AppAnswer, ...]
    spans: tuple[Span, ...]
    span_hours: int
    attempts: tuple[AttemptAnswer, ...]
    again: Mapping[int, int]


def tally(
    interrupts: Iterable[Interrupt], explain: Callable[[Interrupt], Explanation], window: tuple[int, int]
) -> Tally:
    """Each interrupt once. `window`: start and end of the log in ticks."""
    causes: dict[int, dict[str, _Cause]] = defaultdict(lambda: defaultdict(_Cause))
    clusters: dict[int, Clusters] = defaultdict(Clusters)
    missing: Counter[str] = Counter()
    apps: dict[str, _App] = defaultdict(_App)
    hours: dict[int, Counter[Outcome]] = defaultdict(Counter)
    examples = Examples()
    returning = {code: Returning() for code in _SKIPPABLE}
    for interrupt in interrupts:
        explanation = explain(interrupt)
        causes[interrupt.code][explanation.cause].add(interrupt, explanation)
        missing.update(explanation.missing)
        apps[interrupt.app_id].add(interrupt)
        hours[interrupt.at // _HOUR][interrupt.outcome] += 1
        examples.add(interrupt, explanation)
        if interrupt.outcome in _UNFINISHED:
            clusters[interrupt.code].add(interrupt)
        if interrupt.code in returning:
            returning[interrupt.code].add(interrupt)
    spans, span_hours = _spans(hours, window)
    return Tally(
        {code: _ordered(code, found) for code, found in causes.items()},
        {code: _clustered(found) for code, found in clusters.items()},
        tuple(missing.most_common()),
        _apps(apps),
        spans,
        span_hours,
        examples.answers(),
        {code: each.again for code, each in returning.items()},
    )


class _Cause:
    """The interrupts of one code with one cause. The example is the first of those that are explained best."""

    def __init__(self) -> None:
        self._confidence: Counter[Confidence] = Counter()
        self._outcomes: Counter[Outcome] = Counter()
        self._example = ""
        self._evidence: tuple[Evidence, ...] = ()
        self._strength = -1

    def add(self, interrupt: Interrupt, explanation: Explanation) -> None:
        self._confidence[explanation.confidence] += 1
        self._outcomes[interrupt.outcome] += 1
        strength = _STRENGTH[explanation.confidence]
        if strength > self._strength:
            self._strength, self._example, self._evidence = strength, interrupt.id, explanation.evidence

    def answer(self, code: int, slug: str) -> CauseAnswer:
        known = cause(code, slug)
        return CauseAnswer(
            slug,
            known.title,
            known.meaning,
            known.advice,
            self._confidence.total(),
            tuple((each.value, self._confidence[each]) for each in Confidence if self._confidence[each]),
            _in_order(self._outcomes),
            self._example,
            self._evidence,
        )


def _ordered(code: int, found: Mapping[str, _Cause]) -> tuple[CauseAnswer, ...]:
    answers = (each.answer(code, slug) for slug, each in found.items())
    return tuple(sorted(answers, key=lambda each: (-each.count, each.slug)))


def _clustered(found: Clusters) -> tuple[tuple[str, Names], ...]:
    kept = ((what, tuple(each for each in names if each[1] >= LEAST_OF_A_CLUSTER)) for what, names in found.most())
    return tuple((what, names) for what, names in kept if names)


class _App:
    def __init__(self) -> None:
        self.name = ""
        self.outcomes: Counter[Outcome] = Counter()

    def add(self, interrupt: Interrupt) -> None:
        self.name = interrupt.app or self.name
        self.outcomes[interrupt.outcome] += 1


def _apps(found: Mapping[str, _App]) -> tuple[AppAnswer, ...]:
    """Those with the most interrupts, and the others as one. A row without an app is among the others."""
    ordered = sorted(found.items(), key=lambda each: (not each[0], -each[1].outcomes.total(), each[0]))
    shown = [(id, app) for id, app in ordered[:MOST_APPS] if id]
    others: Counter[Outcome] = Counter()
    for _, app in ordered[len(shown) :]:
        others.update(app.outcomes)
    answers = [AppAnswer(id, app.name, _in_order(app.outcomes)) for id, app in shown]
    return (*answers, AppAnswer("", "", _in_order(others))) if others else tuple(answers)


def _spans(hours: Mapping[int, Counter[Outcome]], window: tuple[int, int]) -> tuple[tuple[Span, ...], int]:
    """Stretches that cover the window, of so many hours that there are not too many of them."""
    first, last = window[0] // _HOUR, (window[1] - 1) // _HOUR
    count = last - first + 1
    length = next((each for each in _HOURS if count <= each * MOST_SPANS), -(-count // (24 * MOST_SPANS)) * 24)
    counted: dict[int, Counter[Outcome]] = defaultdict(Counter)
    for hour, outcomes in hours.items():
        counted[(hour - first) // length].update(outcomes)
    spans = (
        Span(to_seconds_text((first + number * length) * _HOUR), _in_order(counted[number]))
        for number in range(-(-count // length))
    )
    return tuple(spans), length


def _in_order(outcomes: Mapping[Outcome, int]) -> Outcomes:
    return tuple((each.value, outcomes[each]) for each in Outcome if outcomes.get(each))
