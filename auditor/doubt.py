"""What a check could not decide about one thing, while it could about another.

A check whose only result is a doubt ends *not run*; beside a finding that counts, a doubt is told as information, so
that nobody takes what was not decided for clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.check import NotDecided
from auditor.finding import Confidence, Finding, Severity, Subject

MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """`message`: what is not known, and why, as sentences. `remedy`: what would tell."""

    subject: Subject
    message: str
    remedy: str = ""


def told(said: Iterable[Finding | Doubt]) -> tuple[Finding, ...]:
    """The findings, doubts among them as information. NotDecided when nothing but information was found beside them."""
    given = tuple(said)
    doubts = [each for each in given if isinstance(each, Doubt)]
    findings = [each for each in given if isinstance(each, Finding)]
    if doubts and all(each.severity is Severity.INFO for each in findings):
        messages = list(dict.fromkeys(each.message for each in doubts))
        more = len(messages) - MOST_TOLD
        raise NotDecided(
            " ".join(messages[:MOST_TOLD]) + (f" And {more} more like this." if more > 0 else ""),
            " ".join(dict.fromkeys(each.remedy for each in doubts if each.remedy)),
        )
    return (*findings, *(_information(each) for each in doubts))


def _information(doubt: Doubt) -> Finding:
    return Finding(
        severity=Severity.INFO,
        confidence=Confidence.STATED,
        subject=doubt.subject,
        message=doubt.message,
        remedy=doubt.remedy or "Nothing, or look for yourself.",
        key="not known",
    )
