"""A few attempts as examples: one of each way to go on, put together in passing from their interrupts."""

from __future__ import annotations

from auditor.explain.explanation import Explanation
from auditor.run import AttemptAnswer, StepAnswer
from auditor.sign_ins.catalogue import SUCCESS
from auditor.tenant.instant import SECOND, to_text
from auditor.tenant.sign_in_log import Interrupt, Outcome

_LEAST_ROWS = {Outcome.COMPLETED: 3, Outcome.FAILED: 2, Outcome.CONTINUED: 2, Outcome.ABANDONED: 1}
"""An attempt that completes after a single interrupt shows nothing."""


class Examples:
    """Interrupts come in order of time. The first attempt of each kind that has enough rows is taken."""

    def __init__(self) -> None:
        self._taken: dict[Outcome, list[tuple[Interrupt, Explanation]]] = {}

    def add(self, interrupt: Interrupt, explanation: Explanation) -> None:
        if not interrupt.correlation_id:
            return
        for attempt in self._taken.values():
            if _of_one_attempt(attempt[0][0], interrupt):
                attempt.append((interrupt, explanation))
                return
        least = _LEAST_ROWS.get(interrupt.outcome)
        if least is not None and interrupt.outcome not in self._taken and len(interrupt.attempt) >= least:
            self._taken[interrupt.outcome] = [(interrupt, explanation)]

    def answers(self) -> tuple[AttemptAnswer, ...]:
        return tuple(_answer(self._taken[outcome]) for outcome in _LEAST_ROWS if outcome in self._taken)


def _of_one_attempt(first: Interrupt, later: Interrupt) -> bool:
    same = (first.correlation_id, first.user_id, first.attempt) == (
        later.correlation_id,
        later.user_id,
        later.attempt,
    )
    return same and later.at >= first.at


def _answer(found: list[tuple[Interrupt, Explanation]]) -> AttemptAnswer:
    """Interrupts and the success that ended them bear their times; of other rows only their place is kept."""
    first = found[0][0]
    waiting = list(found)
    steps = []
    for code in first.attempt:
        if waiting and waiting[0][0].code == code:
            interrupt, explanation = waiting.pop(0)
            steps.append(
                StepAnswer(
                    interrupt.created, code, interrupt.outcome.value, explanation.cause, explanation.confidence.value
                )
            )
        elif code == SUCCESS and first.seconds is not None and not _succeeded(steps):
            steps.append(StepAnswer(to_text(first.at + round(first.seconds * SECOND)), code))
        else:
            steps.append(StepAnswer("", code))
    return AttemptAnswer(first.id, first.user or first.user_id, first.app or first.app_id, tuple(steps))


def _succeeded(steps: list[StepAnswer]) -> bool:
    return any(step.code == SUCCESS and step.at for step in steps)
