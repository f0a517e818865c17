"""What would come of a change, worked out on a collected tenant, as data: reports read this.

Nothing in it has happened. "Today" is the tenant as it was collected; "tomorrow" the same with the change.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.finding import Finding
from auditor.run import CLEAR, NOT_LOOKED_AT, DatasetResult, StaySignedIn


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """`kind`: hide-prompt, new-policy, replace-policy or disable-policy. `policy`, `mode`, `state`: of the policy as it
    would be, "" where the change has none. `description`: the change in a clause, after "What if"."""

    kind: str
    description: str
    policy_id: str = ""
    policy: str = ""
    mode: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Prompts:
    """So many prompts to stay signed in of the log, of so many distinct people."""

    prompts: int
    people: int


@dataclass(frozen=True, slots=True)
class PromptsAnswer:
    """Every prompt of the log, by what tomorrow's rules would make of it. `vanish`: it would not be shown. `gone`: nor
    would it by today's rules, which have changed since. `stay`: it would be shown. `people`, `apps`: those with most
    of the prompts that vanish, by name, with how many; `all_apps`: on how many applications in all. `unless`: of those
    not known, the ones that would not be shown unless the person is among `unless_in`, whom policies exclude, in
    words."""

    total: int
    vanish: Prompts
    gone: Prompts
    stay: Prompts
    not_known: Prompts
    people: tuple[tuple[str, int], ...] = ()
    apps: tuple[tuple[str, int], ...] = ()
    all_apps: int = 0
    unless: Prompts = Prompts(0, 0)
    unless_in: str = ""


@dataclass(frozen=True, slots=True)
class AtMost:
    """Completed browser sign-ins: `certain` of them for certain, as far as rules go, and never more than `sign_ins`.
    `people`: distinct ones; None where the log does not tell. `why`: what it rests on, and what it leaves out."""

    reason: str
    sign_ins: int
    certain: int
    people: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A documented consequence that no log shows. `source`: the page, with its date."""

    statement: str
    source: str


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding of `check` that would go or come."""

    check: str
    fingerprint: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A check that could not be run on one of the two, or saw only a part of the data."""

    check: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class FindingsAnswer:
    disappear: tuple[FindingChange, ...] = ()
    arise: tuple[FindingChange, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """`of`: "prompts" or "sign-ins"; `count` of them, for this reason; one may have several."""

    of: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class OpinionDiffers:
    """A policy on which Graph and we differ. `ours`: whether its conditions hold. `graph`: Graph's reasons, or "it
    applies". `count`: questions. `example`: id of a sign-in row."""

    policy_id: str
    policy: str
    ours: bool
    graph: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class GraphOpinion:
    """Our evaluation of today's policies held to Graph's own. `asked`: sign-ins it answered for; the others count
    decisions, one for each of them and each policy. `not_enough`: Graph had too little to go by; `not_known`: we had.
    `changed`: left out, as the policy changed since it was collected. `reason`, `remedy`: why more was not asked.
    `api`: the version of Graph that answered, or ""."""

    asked: int = 0
    agree: int = 0
    disagree: int = 0
    not_enough: int = 0
    not_known: int = 0
    changed: int = 0
    differences: tuple[OpinionDiffers, ...] = ()
    reason: str = ""
    remedy: str = ""
    api: str = ""


@dataclass(frozen=True, slots=True)
class Consequences:
    """`answer`: the short one, a sentence or two. `prompts`, `prompts_again`, `may_lose`, `may_gain`: None where that
    could not be looked at, which is not the same as nothing. `prompts_again`: sign-ins that may show a prompt and did
    not. `may_lose`, `may_gain`: a session that survives closing the browser. `unread`: what this rests on and was not
    wholly read. `graph`: None when Graph was not to be asked."""

    tenant_id: str
    tenant: str
    domain: str
    source: tuple[tuple[str, str], ...]
    window: tuple[str, str]
    change: ChangeAnswer
    answer: str
    setting: StaySignedIn
    prompts: PromptsAnswer | None
    prompts_again: AtMost | None
    may_lose: tuple[AtMost, ...] | None
    may_gain: tuple[AtMost, ...] | None
    elsewhere: tuple[Elsewhere, ...]
    findings: FindingsAnswer
    undecided: tuple[Undecided, ...]
    unread: tuple[DatasetResult, ...] = ()
    graph: GraphOpinion | None = None

    @property
    def exit_code(self) -> int:
        """0 worked out, 3 something asked for could not be looked at."""
        refused = self.graph is not None and bool(self.graph.reason)
        return NOT_LOOKED_AT if self.unread or refused else CLEAR
