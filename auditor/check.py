"""A check: what it needs, and what it finds in a tenant.

A check is data, not a class to inherit from: a module writes a function `Tenant -> findings` and a `Check` around it.
`needs` drives everything else: what is fetched, which permissions are asked for, the not-run message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from auditor.errors import NotCollected
from auditor.finding import Finding, Severity
from auditor.tenant.dataset import DATASETS
from auditor.tenant.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Check:
    """`id` is named after the problem. `needs`: datasets without which it cannot run. `wants`: datasets that make its
    answer better and whose absence it copes with itself. `docs`: its page, usually the module's docstring.
    `severities`: those that its findings may have, for its page; empty: it does not say."""

    id: str
    title: str
    needs: tuple[str, ...]
    run: Callable[[Tenant], Iterable[Finding]]
    wants: tuple[str, ...] = ()
    docs: str = ""
    severities: tuple[Severity, ...] = ()

    def __post_init__(self) -> None:
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
    """Runs one check. A fault in it ends it *failed*, with what went wrong, and touches no other check."""

    def ended(status: Status, findings: tuple[Finding, ...] = (), reason: str = "", remedy: str = "") -> CheckResult:
        return CheckResult(check.id, check.title, status, findings, reason, remedy)

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
    except Exception as fault:  # a check may come from anybody: its fault is reported as its result, not hidden
        return ended(Status.FAILED, reason=f"The check has a fault: {type(fault).__name__}: {fault}")
    unseen = " ".join(
        f"The {DATASETS[name].title}: only a part was read. {reading.reason}"
        for name, reading in tenant.partly_read(check.needs)
    )
    if findings:
        return ended(Status.FOUND, findings, reason=unseen)
    if unseen:
        return ended(Status.NOT_RUN, reason=f"Nothing was found in what was read, and not all of it was. {unseen}")
    return ended(Status.CLEAR)
