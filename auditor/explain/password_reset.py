"""50125: whether the user had to register for password reset, to confirm that, or had a password that was reset.

Decided by what the audit log holds near the interrupt. Registering completes it, so that a later snapshot which says
"registered" proves nothing; one that says "not registered" supports that it is still outstanding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.explain.causes import NOT_EVIDENCED
from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.phrases import quoted
from auditor.explain.surroundings import HOUR, Surroundings, ticks
from auditor.finding import Confidence, Evidence
from auditor.tenant.records import Registration, UserEvent
from auditor.tenant.sign_in_log import Interrupt

CODE = 50125

_NEAR = HOUR
"""Between a page and what the user did on it, either way: the log's times are those of writing."""
_RESET_BEFORE = 24 * HOUR
"""A reset counts until the user next signs in; longer ago it may have been dealt with."""

_NOBODY = "The row does not say whose sign-in it was."

_SAID = {
    "registered": "The person registered security information",
    "confirmed": "The person confirmed the security information",
    "started": "The person began to register security information",
    "reset": "The password was reset",
    "changed": "The person changed the password",
}


class PasswordReset:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._registrations: dict[str, Registration] = surroundings.value("registrations") or {}
        self._no_events = surroundings.lacking(
            "user_events", "Whether the person registered, or the password was reset, is not known."
        )
        self._no_snapshot = surroundings.lacking(
            "registrations", "Whether the person is registered for password reset is not known."
        )
        self._known: dict[Registration | None, Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        if not interrupt.user_id:
            return fallback(CODE, _NOBODY)
        events = self._around.events(interrupt.user_id)
        by_events = _by_events(interrupt.at, events) if events else None
        if by_events is not None:
            return by_events
        snapshot = self._registrations.get(interrupt.user_id.lower())
        removed = any(event.kind == "removed" and (ticks(event.at) or 0) >= interrupt.at for event in events)
        return self._by_snapshot(snapshot, removed)

    def _by_snapshot(self, snapshot: Registration | None, removed: bool) -> Explanation:
        missing = self._no_events
        if snapshot is None:
            return fallback(CODE, *missing, *self._no_snapshot)
        if removed:
            return fallback(CODE, *missing, "The person's registration was removed since: the snapshot says nothing.")
        if snapshot.reset_registered is False and snapshot.reset_enabled is not False:
            said = Evidence(
                "registrations", "The person had not registered for password reset when it was read.", snapshot.updated
            )
            return Explanation("registration", Confidence.INFERRED, (said,), missing)
        said = Evidence("registrations", _state(snapshot), snapshot.updated)
        return Explanation(NOT_EVIDENCED, Confidence.GENERAL, (said,), missing)


def _by_events(at: int, events: Sequence[UserEvent]) -> Explanation | None:
    for slug, kinds, start, end in (
        ("registration", ("registered", "started"), at, at + _NEAR),
        ("confirmation", ("confirmed",), at - _NEAR, at + _NEAR),
        ("reset", ("reset",), at - _RESET_BEFORE, at),
        ("reset", ("changed", "reset"), at, at + _NEAR),
        ("registration", ("registered", "started"), at - _NEAR, at),
    ):
        found = list(_within(events, kinds, start, end))
        if found:
            event = found[-1] if end == at else found[0]
            by = f", by {quoted(event.by)}" if event.kind == "reset" and event.by else ""
            said = Evidence("user_events", f"{_SAID[event.kind]}{by}: {quoted(event.activity)}.", event.at)
            return Explanation(slug, Confidence.INFERRED, (said,))
    return None


def _within(events: Sequence[UserEvent], kinds: Sequence[str], start: int, end: int) -> Iterator[UserEvent]:
    for event in events:
        when = ticks(event.at)
        if event.kind in kinds and when is not None and start <= when <= end:
            yield event


def _state(snapshot: Registration) -> str:
    if snapshot.reset_enabled is False:
        return "Password reset is not enabled for the person: the setting changed since, or another policy asked."
    if snapshot.reset_registered is None:
        return "Graph does not say whether the person is registered for password reset."
    return "The person is registered for password reset, then or since."
