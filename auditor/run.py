"""A whole run as data: for each tenant the three answers, the datasets and the results of the checks.

It holds no more than reports print. Reports and history read this and `auditor.finding`, and nothing else of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.check import CheckResult, Status
from auditor.comparison import Comparison
from auditor.finding import Evidence, Finding, Severity

CLEAR = 0
NOT_LOOKED_AT = 3
NO_CODE = "no code"
"""What `InterruptsAnswer.uncatalogued` calls rows without a code."""
_FOUND = {Severity.LOW: 11, Severity.MEDIUM: 12, Severity.HIGH: 13, Severity.CRITICAL: 14}


@dataclass(frozen=True, slots=True)
class DatasetResult:
    """`state`: collected, partial or missing. `rows`: objects read, or rows of the log; None when missing."""

    name: str
    title: str
    state: str
    rows: int | None
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class StaySignedIn:
    """`verdict`: shown, hidden or not known. `confidence`: stated, inferred, or "" (not known)."""

    verdict: str
    confidence: str
    why: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CauseAnswer:
    """Interrupts of one code with one cause. `confidence`: how many were stated, inferred, general, zeros left out.
    `outcomes`: likewise. `example`: id of one of them, a stated one if there is one, and `evidence`: what speaks for
    its cause."""

    slug: str
    title: str
    meaning: str
    advice: str
    count: int
    confidence: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    example: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class InterruptAnswer:
    """One interrupt code of the window. `outcomes`: a count for each outcome, zeros included, in the rule's order.
    `causes`: most frequent first; none where the log was read without what explanations need. `clusters`: on whom and
    what the failed and abandoned ones cluster, as (what, its names with counts). `again`: how many of the users met it
    in two attempts or more; None: not counted for this code."""

    code: int
    name: str
    count: int
    users: int
    outcomes: tuple[tuple[str, int], ...]
    meaning: str
    advice: str
    causes: tuple[CauseAnswer, ...] = ()
    clusters: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    again: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Interrupts of a stretch of time that begins at `start` (ISO text), by outcome, zeros left out."""

    start: str
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """Interrupts of one application, by outcome, zeros left out. `id`: its appId; "" stands for all the others."""

    id: str
    name: str
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """One row of an attempt. `at`: ISO text; "" where only the row's place was kept. `code`: None where the row has
    none; 0 is success. `outcome`, `cause`, `confidence`: of an interrupt, else ""."""

    at: str
    code: int | None
    outcome: str = ""
    cause: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class AttemptAnswer:
    """An attempt to sign in, as an example. `id`: of its first interrupt's row."""

    id: str
    user: str
    app: str
    steps: tuple[StepAnswer, ...]


@dataclass(frozen=True, slots=True)
class InterruptsAnswer:
    """`known`: whether the log could be read at all; without it the empty list says nothing. `caveats`: what the
    source leaves out, as sentences. `uncoded`: that rows have no code, so that they may be interrupts, and `repeated`:
    what became of rows that bear one id; sentences, or "". `missing`: what would explain more, with the number of
    interrupts, most frequent first. `over_time`: stretches of equal length that cover the window, each `span_hours`
    long. `apps`: most interrupts first, the last one for all others. `attempts`: examples."""

    known: bool
    interrupts: tuple[InterruptAnswer, ...] = ()
    uncatalogued: tuple[tuple[str, int], ...] = ()
    caveats: tuple[str, ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    over_time: tuple[Span, ...] = ()
    span_hours: int = 0
    apps: tuple[AppAnswer, ...] = ()
    attempts: tuple[AttemptAnswer, ...] = ()
    uncoded: str = ""
    repeated: str = ""


@dataclass(frozen=True, slots=True)
class ReachAnswer:
    """The log's completed browser sign-ins, by whether the policy's conditions hold for them, whatever its state.
    `because`: what is missing where that is not known, with the number of sign-ins, most frequent first."""

    applies: int
    applies_not: int
    not_known: int
    because: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceAnswer:
    """One line of a device filter's truth table. `device`: unregistered, AzureAD, ServerAD or Workplace. `compliant`:
    None for one that is not registered. `reached`: yes, no or not known."""

    device: str
    compliant: bool | None
    reached: str


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """A policy that sets a persistent browser session. `problems`: slugs, see `conditional_access.session`. `inert`:
    one of them leaves it without effect. `aim`: who and what it is aimed at, in words. `reach`: None without a log.
    `devices`: none without a device filter. `unknown`: what it sets and this version does not know."""

    id: str
    name: str
    state: str
    mode: str
    problems: tuple[str, ...]
    inert: bool
    aim: str
    reach: ReachAnswer | None = None
    devices: tuple[DeviceAnswer, ...] = ()
    unknown: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class DisagreementAnswer:
    """Sign-ins of which the log says the opposite of the evaluation. `evaluated`: whether the policy's conditions hold,
    by the evaluation. `example`: id of one of those sign-ins."""

    policy_id: str
    policy: str
    evaluated: bool
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """The evaluation of all policies, held to what the log says that Microsoft Entra decided. `sign_ins`: finished ones
    with a record; the other figures are decisions, one for each sign-in and policy. `changed_later`: left out, because
    the policy changed after the sign-in. `because`: see `ReachAnswer`."""

    sign_ins: int
    agreed: int
    disagreed: int
    not_known: int
    changed_later: int
    because: tuple[tuple[str, int], ...] = ()
    disagreements: tuple[DisagreementAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class UnlistedAnswer:
    """A policy that the log names and the list of policies lacks. `rows`: how many name it, the last of them at `last`
    (ISO text). `grants`, `sessions`: controls that they name, in the log's words. `standing`: lacking (the list is not
    whole), deleted, no longer seen, or whose policy is not known. `deleted`: when, as ISO text, or ""."""

    id: str
    name: str
    rows: int
    last: str
    grants: tuple[str, ...]
    sessions: tuple[str, ...]
    standing: str
    deleted: str = ""


@dataclass(frozen=True, slots=True)
class PoliciesAnswer:
    """`known`: whether policies could be read at all; without it the empty list says nothing. `of`: of how many.
    `agreement`: None where there is no log, or it does not show what was decided on policies. `unlisted`: policies that
    the list lacks, those that most rows name first. `caveats`: what is to be said of the list, as sentences."""

    known: bool
    policies: tuple[PolicyAnswer, ...] = ()
    of: int = 0
    agreement: AgreementAnswer | None = None
    unlisted: tuple[UnlistedAnswer, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an answer rests on. `read`: the names of the datasets that were read, in part at least, the ones that decide
    first; none where nothing was read that decides. `lacks`: of those that were not wholly read."""

    answer: str
    read: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Findings that the config accepts. `subject`: its id or name, as the config has it. `until`: an ISO date, or "".
    `state`: "accepted", "expired", "matches nothing" (in any tenant of the run), or "not looked at" (its check could
    not wholly look, or a tenant of the config was not looked at). `fingerprints`: of the findings it matches."""

    check: str
    subject: str
    reason: str
    owner: str
    until: str
    state: str
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TenantRun:
    """`window`: start and end of the log asked for, as ISO text. `source`: where the data came from. `since`: what
    changed since the last run that was kept; None: there is none to compare with. `grounds`: of the three answers, in
    their order; none in runs of version 0.1. `notes`: what is to be said of the whole report, as sentences."""

    id: str
    name: str
    domain: str
    source: tuple[tuple[str, str], ...]
    window: tuple[str, str]
    datasets: tuple[DatasetResult, ...]
    stay_signed_in: StaySignedIn
    interrupts: InterruptsAnswer
    policies: PoliciesAnswer
    checks: tuple[CheckResult, ...]
    acceptances: tuple[Acceptance, ...] = ()
    since: Comparison | None = None
    grounds: tuple[Grounds, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def accepted(self) -> Mapping[str, Acceptance]:
        """By the finding's fingerprint: those that count no more, as long as the acceptance holds."""
        holding = (each for each in self.acceptances if each.state == "accepted")
        return {fingerprint: each for each in holding for fingerprint in each.fingerprints}

    def open_findings(self) -> Iterator[tuple[CheckResult, Finding]]:
        """Those that nobody accepted, information among them."""
        accepted = self.accepted
        for result in self.checks:
            for finding in result.findings:
                if finding.fingerprint(self.id, result.id) not in accepted:
                    yield result, finding


@dataclass(frozen=True, slots=True)
class Unreached:
    """A tenant of the config that could not be looked at. `tenant`: its id or domain, as the config has it. `what`
    happened, and what to do about it (`remedy`, may be empty)."""

    tenant: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Run:
    """`started`: ISO text. `plugins`: the loaded packages of checks, as name and version. `unreached`: the tenants
    that should be among `tenants` and are not. `redacted`: which table the pseudonyms in it are of, or "" for none."""

    started: str
    version: str
    plugins: tuple[tuple[str, str], ...]
    tenants: tuple[TenantRun, ...]
    unreached: tuple[Unreached, ...] = ()
    redacted: str = ""


def exit_code(run: Run, fail_on: str) -> int:
    """0 clear, 3 something could not be looked at, 11 to 14 the highest severity found that reaches `fail_on` (a
    severity's name, or "never"). A finding outranks what could not be looked at; an accepted one does not count."""
    results = [result for tenant in run.tenants for result in tenant.checks]
    found = [finding.severity for tenant in run.tenants for _, finding in tenant.open_findings()]
    worst = max(found, key=lambda severity: severity.rank, default=Severity.INFO)
    if fail_on != "never" and worst.rank >= max(Severity(fail_on).rank, Severity.LOW.rank):
        return _FOUND[worst]
    unseen = any(result.status in (Status.NOT_RUN, Status.FAILED) or result.reason for result in results)
    incomplete = any(dataset.state != "collected" for tenant in run.tenants for dataset in tenant.datasets)
    return NOT_LOOKED_AT if unseen or incomplete or run.unreached else CLEAR
