"""A check: what it needs, and what it finds in a tenant.

A check is data, not a class to inherit from: a module writes a function `Tenant -> findings` and a `Check` around it.
`needs` drives everything else: what is fetched, which permissions are asked for, the not-run message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from auditor.errors import NotCollected
from auditor.finding import Confidence, Evidence, Finding, Severity, Subject
from auditor.tenant.dataset import DATASETS
from auditor.tenant.tenant import Tenant

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Check:
    """`id` is named after the problem. `needs`: datasets without which it cannot run. `wants`: datasets that make its
    answer better and whose absence it copes with itself. `docs`: its page, usually the module's docstring.
    `severities`: those that its findings may have; empty: it does not say. `package` and `fault` are set by
    `auditor.plugins`: the name and version of the distribution that brings it, and why it could not be loaded (then it
    ends *failed*), or "". ValueError when the id is no word for file names and anchors, or a part has another type."""

    id: str
    title: str
    needs: tuple[str, ...]
    run: Callable[[Tenant], Iterable[Finding]]
    wants: tuple[str, ...] = ()
    docs: str = ""
    severities: tuple[Severity, ...] = ()
    package: str = field(default="", compare=False)
    fault: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id of a check: letters, digits, '-', '_' and '.' make one")
        if not isinstance(self.title, str) or not isinstance(self.docs, str) or not callable(self.run):
            raise ValueError(f"check {self.id!r}: title and docs are texts, and run is a function")
        if not all(isinstance(each, Severity) for each in self.severities):
            raise ValueError(f"check {self.id!r}: severities holds something that is no Severity")
        unknown = [name for name in (*self.needs, *self.wants) if name not in DATASETS]
        if unknown:
            raise ValueError(f"check {self.id!r} asks for unknown datasets: {', '.join(unknown)}")


class Status(str, Enum):
    """`CLEAR` only when everything the check needs was wholly read."""

    CLEAR = "clear"
    FOUND = "found"
    NOT_RUN = "not run"
    FAILED = "failed"


class NotDecided(Exception):
    """Raised by a check whose data are all there and do not decide its question: it ends *not run* with this reason."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`reason`: why it was not run or failed; for a found one with partial data, what it could not see."""

    id: str
    title: str
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    remedy: str = ""

    @property
    def looked_wholly(self) -> bool:
        """Whether what it does not report is not there."""
        return self.status in (Status.CLEAR, Status.FOUND) and not self.reason


def run_check(check: Check, tenant: Tenant) -> CheckResult:
    """Runs one check. Whatever is wrong with it ends it *failed*, with its package and the reason, and touches no other
    check: an exception of any kind (but Ctrl-C, which is the user's), or findings that a report cannot hold."""

    def ended(status: Status, findings: tuple[Finding, ...] = (), reason: str = "", remedy: str = "") -> CheckResult:
        return CheckResult(check.id, check.title, status, findings, reason, remedy)

    def failed(why: str) -> CheckResult:
        return ended(Status.FAILED, reason=f"The check{f' of {check.package}' if check.package else ''} {why}")

    if check.fault:
        return ended(Status.FAILED, reason=check.fault)
    try:
        seen = tenant.seen_by((*check.needs, *check.wants))
        for name in check.needs:
            seen.demand(name)
        findings = tuple(check.run(seen))
    except NotCollected as missing:
        title = DATASETS[missing.dataset].title
        return ended(Status.NOT_RUN, reason=f"The {title} could not be read: {missing.reason}", remedy=missing.remedy)
    except NotDecided as undecided:
        return ended(Status.NOT_RUN, reason=undecided.reason, remedy=undecided.remedy)
    except KeyboardInterrupt:
        raise
    except BaseException as fault:  # a check may come from anybody: even SystemExit is its result, and ends nothing
        return failed(f"has a fault: {said(fault)}")
    wrong = next(_wrong(check, findings, tenant.id), "")
    if wrong:
        return failed(f"gives findings that cannot be reported: {wrong}.")
    unseen = " ".join(
        f"The {DATASETS[name].title}: only a part was read. {reading.reason}"
        for name, reading in tenant.partly_read(check.needs)
    )
    if findings:
        return ended(Status.FOUND, findings, reason=unseen)
    if unseen:
        return ended(Status.NOT_RUN, reason=f"Nothing was found in what was read, and not all of it was. {unseen}")
    return ended(Status.CLEAR)


def said(fault: BaseException) -> str:
    """An exception as its kind and its text, for people; one that cannot say its text costs no more than that."""
    try:
        return f"{type(fault).__name__}: {fault}"
    except Exception:  # the text is made by the same code that failed
        return type(fault).__name__


def _wrong(check: Check, findings: tuple[object, ...], tenant: str) -> Iterator[str]:
    """What keeps these from being findings of the check. Types are looked at, too: reports, the history and acceptances
    rely on them, and would lose the whole report."""
    fingerprints: set[str] = set()
    for each in findings:
        if type(each) is not Finding:
            yield f"a {type(each).__name__} is no Finding"
            return
        if not isinstance(each.severity, Severity):
            yield f"{each.severity!r} is no Severity"
        elif check.severities and each.severity not in check.severities:
            yield f"the check does not declare the severity {each.severity.value}"
        if not isinstance(each.confidence, Confidence):
            yield f"{each.confidence!r} is no Confidence"
        if type(each.subject) is not Subject:
            yield f"a {type(each.subject).__name__} is no Subject"
            return
        evidence = each.evidence
        if not isinstance(evidence, tuple) or not all(type(seen) is Evidence for seen in evidence):
            yield "evidence is no tuple of Evidence"
            return
        texts = [getattr(each.subject, name) for name in ("kind", "id", "name")]
        texts += [getattr(each, name) for name in ("message", "remedy", "key", "link")]
        texts += [getattr(seen, name) for seen in evidence for name in ("source", "statement", "at")]
        if not all(isinstance(text, str) for text in texts):
            yield "a part that should be a text is none"
            return
        fingerprint = each.fingerprint(tenant, check.id)
        if fingerprint in fingerprints:
            about = f"{each.subject.kind} {each.subject.name}"
            yield f"two of them are about the {about} and have the same key {each.key!r}"
        fingerprints.add(fingerprint)
