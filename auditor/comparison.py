"""What changed between two runs of one tenant: the records. How they are made stands in `auditor.compare`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from auditor.finding import Finding, Severity


class Fate(str, Enum):
    """What became of a finding. `ACCEPTED`: it is still there and was accepted meanwhile. `BACK`: it was accepted and
    is no more. `NOT_KNOWN`: it is not reported, and its check could not wholly look."""

    NEW = "new"
    WORSE = "more severe"
    LESS = "less severe"
    SAME = "still there"
    ACCEPTED = "accepted"
    BACK = "accepted no more"
    FIXED = "fixed"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class FindingChange:
    """`finding`: as the newer run has it, else as the older one had. `before`: its severity in the older run, None: it
    was not there. `after` likewise."""

    fate: Fate
    check: str
    fingerprint: str
    finding: Finding
    before: Severity | None
    after: Severity | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something named that was one thing and is another. `before`, `after`: in words; "" for none."""

    what: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Interrupts of one code a day, before and after. `beyond_noise`: see `auditor.compare`."""

    code: int
    name: str
    before: float
    after: float
    beyond_noise: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """`since`: when the older run was made, as ISO text. `unable`: what was looked at then and could not be now;
    `able`: the other way round. `trends`: None where one of the logs was not wholly read."""

    since: str
    findings: tuple[FindingChange, ...]
    setting: Change | None
    policies: tuple[Change, ...]
    unable: tuple[Change, ...]
    able: tuple[Change, ...]
    trends: tuple[Trend, ...] | None

    def of(self, fate: Fate) -> tuple[FindingChange, ...]:
        return tuple(each for each in self.findings if each.fate is fate)
