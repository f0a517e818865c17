"""Failures that look like interrupts: sessions that were ended (50133, 50173), and MFA prompts not passed (500121)."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.explain.causes import NOT_EVIDENCED
from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.phrases import quoted
from auditor.explain.surroundings import HOUR, Surroundings, ticks
from auditor.finding import Confidence, Evidence
from auditor.tenant.instant import MINUTE
from auditor.tenant.records import PasswordDates, UserEvent
from auditor.tenant.sign_in_log import Interrupt

CODES = (50133, 50173)
NOT_PASSED = 500121

_REVOKED = 50173
_LONGEST = 90 * 24 * HOUR
"""No session lives longer without a sign-in, by Microsoft's default."""
_TOGETHER = 5 * MINUTE
"""A change of the password moves both dates."""

_DETAILS = (
    ("fraud", "fraud-reported"),
    ("declined", "declined"),
    ("did not respond", "not-answered"),
    ("timed out", "not-answered"),
    ("invalid verification code", "wrong-code"),
    ("wrong code", "wrong-code"),
)
"""What Microsoft's texts of the status' additional details hold, in lower case."""


class Sessions:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._dates: Mapping[str, PasswordDates] = surroundings.value("password_dates") or {}
        self._lacking = (
            *surroundings.lacking("password_dates", "When the password changed is not known."),
            *surroundings.lacking("user_events", "Who changed the password is not known."),
        )

    def explain(self, interrupt: Interrupt) -> Explanation:
        event = _last_change(self._around.events(interrupt.user_id), interrupt.at)
        by_whom = () if event is None else (_told(event),)
        dates = self._dates.get(interrupt.user_id.lower())
        if dates is not None:
            found = _by_dates(interrupt, dates)
            if found is not None:
                return Explanation(found.cause, found.confidence, (*found.evidence, *by_whom))
        if by_whom:
            return Explanation("password-changed", Confidence.INFERRED, by_whom)
        if dates is None:
            return fallback(interrupt.code, *self._lacking)
        said = Evidence("password_dates", "The dates of the password do not tell: they are of before or after it.")
        return Explanation(NOT_EVIDENCED, Confidence.GENERAL, (said,), self._lacking)


def _by_dates(interrupt: Interrupt, dates: PasswordDates) -> Explanation | None:
    """Only the last of each date is kept: one of after the interrupt hides what was before."""
    changed, valid_from = ticks(dates.changed), ticks(dates.valid_from)
    earliest = interrupt.at - _LONGEST
    if interrupt.code == _REVOKED and valid_from is not None and earliest <= valid_from <= interrupt.at:
        by_itself = changed is None or abs(valid_from - changed) > _TOGETHER
        if by_itself:
            said = Evidence("password_dates", "The person's sessions of before were revoked.", dates.valid_from)
            return Explanation("sessions-revoked", Confidence.INFERRED, (said,))
    if changed is not None and earliest <= changed <= interrupt.at:
        where = ", in the directory on premises or here" if dates.synchronized else ""
        said = Evidence("password_dates", f"The password last changed before that{where}.", dates.changed)
        return Explanation("password-changed", Confidence.INFERRED, (said,))
    return None


def _last_change(events: tuple[UserEvent, ...], at: int) -> UserEvent | None:
    before = (each for each in events if each.kind in ("reset", "changed") and (ticks(each.at) or at + 1) <= at)
    return max(before, key=lambda each: ticks(each.at) or 0, default=None)


def _told(event: UserEvent) -> Evidence:
    by = f", by {quoted(event.by)}" if event.by else ""
    return Evidence("user_events", f"{quoted(event.activity)}{by}.", event.at)


class NotPassed:
    """500121, by what the row says of how it ended."""

    def __init__(self) -> None:
        self._known = fallback(NOT_PASSED, "The row does not say how the MFA prompt ended.")

    def explain(self, interrupt: Interrupt) -> Explanation:
        details = interrupt.seen.details if interrupt.seen is not None else ""
        lowered = details.lower()
        slug = next((slug for words, slug in _DETAILS if words in lowered), "")
        if not slug:
            return self._known
        return Explanation(slug, Confidence.STATED, (Evidence("sign_ins", f"The row says: {quoted(details)}."),))
