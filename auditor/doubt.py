"""What a check could not decide about one thing, while it could about another.

A check whose only result is a doubt ends *not run*; beside a finding that counts, a doubt is told as information, so
that nobody takes what was not decided for clear. No doubt is left out: those that say the same of several things are
told in one sentence that names them all.

Of policies of which only a part was read, nothing that none of them does is certain: `of_those_read` and `sureness`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.check import NotDecided
from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.tenant.dataset import Partial
from auditor.tenant.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Doubt:
    """`message`: what is not known, as sentences. `of`: of what it is not known, in words; the message then has no full
    stop, for these follow it. `why`: sentences. `remedy`: what would tell. Doubts of one message and one `why` are
    told in one sentence; as information those about one subject are one."""

    subject: Subject
    message: str
    remedy: str = ""
    of: tuple[str, ...] = ()
    why: str = ""


def told(said: Iterable[Finding | Doubt]) -> tuple[Finding, ...]:
    """The findings, doubts among them as information. NotDecided when nothing but information was found beside them."""
    given = tuple(said)
    doubts = [each for each in given if isinstance(each, Doubt)]
    findings = [each for each in given if isinstance(each, Finding)]
    if doubts and all(each.severity is Severity.INFO for each in findings):
        raise NotDecided(_joined(_sentences(doubts)), _remedies(doubts))
    return (*findings, *_information(doubts))


def _sentences(doubts: Iterable[Doubt]) -> Iterator[str]:
    alike: dict[tuple[str, str], dict[str, None]] = {}
    for each in doubts:
        alike.setdefault((each.message, each.why), {}).update(dict.fromkeys(each.of))
    for (message, why), names in alike.items():
        yield f"{message}: {', '.join(names)}. {why}".rstrip() if names else f"{message} {why}".rstrip()


def _information(doubts: Iterable[Doubt]) -> Iterator[Finding]:
    """One about each subject, so that it stays the same finding whatever the number of doubts."""
    about: dict[tuple[str, str], list[Doubt]] = {}
    for each in doubts:
        about.setdefault((each.subject.kind, each.subject.id), []).append(each)
    for alike in about.values():
        yield Finding(
            severity=Severity.INFO,
            confidence=Confidence.STATED,
            subject=alike[0].subject,
            message=_joined(_sentences(alike)),
            remedy=_remedies(alike) or "Nothing, or look for yourself.",
            key="not known",
        )


def _remedies(doubts: Iterable[Doubt]) -> str:
    return _joined(each.remedy for each in doubts if each.remedy)


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(sentences))


def of_those_read(tenant: Tenant) -> str:
    """What follows on "no policy": nothing where all policies were read, else " of those that were read"."""
    return " of those that were read" if _in_part(tenant) else ""


def sureness(tenant: Tenant) -> Confidence:
    """Of what no policy does: one that was not read may do it."""
    return Confidence.INFERRED if _in_part(tenant) else Confidence.STATED


def _in_part(tenant: Tenant) -> bool:
    return isinstance(tenant.reading("policies"), Partial)
