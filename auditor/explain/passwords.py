"""50055, 50137, 50144: a new password was wanted, as the code says. The audit log tells whether one was set."""

from __future__ import annotations

from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.surroundings import HOUR, Surroundings, ticks
from auditor.finding import Confidence, Evidence
from auditor.tenant.sign_in_log import Interrupt

CODES = (50055, 50137, 50144)

_SAID = {"changed": "The person changed the password", "reset": "The password was reset"}


class Passwords:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._known = {code: fallback(code) for code in CODES}

    def explain(self, interrupt: Interrupt) -> Explanation:
        known = self._known[interrupt.code]
        for event in self._around.events(interrupt.user_id):
            when = ticks(event.at)
            if event.kind in _SAID and when is not None and interrupt.at <= when <= interrupt.at + HOUR:
                said = Evidence("user_events", f"{_SAID[event.kind]} then.", event.at)
                return Explanation(known.cause, Confidence.INFERRED, (said,))
        return known
