"""A run for the person at the keyboard: first the three answers in words, then findings by severity, what is accepted,
what changed since the last run, what could not be looked at and why, then the tables. Fits 80 columns and uses more
where there are more.
"""

from __future__ import annotations

from auditor.check import CheckResult, Status
from auditor.comparison import Comparison
from auditor.finding import Finding, Severity
from auditor.reports import sentences
from auditor.reports.changes import changes
from auditor.reports.grouped import accepted
from auditor.reports.meanings import meanings
from auditor.reports.page import Page
from auditor.reports.plain import plain
from auditor.reports.sentences import counted
from auditor.run import Run, TenantRun

_MOST_REASONS = 5
_LONGEST = 600

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}


def render(run: Run, *, width: int = 80, colour: bool = False) -> str:
    """Text of lines no longer than `width` (at least 80, at most 160 are used), with or without ANSI colours."""
    page = Page(width, colour)
    if run.redacted:
        page.prose(sentences.REDACTED)
        page.line("")
    for number, tenant in enumerate(run.tenants):
        if number:
            page.line("")
            page.line("=" * page.width)
        _tenant(page, tenant)
    _unreached(page, run)
    return page.text()


def _tenant(page: Page, tenant: TenantRun) -> None:
    page.title(sentences.name(tenant))
    page.prose(sentences.window(tenant))
    for note in tenant.notes:
        page.prose(note)
    _answers(page, tenant)
    _findings(page, tenant)
    _accepted(page, tenant)
    _since(page, tenant.since)
    _not_looked_at(page, tenant)
    _interrupts(page, tenant)
    _policies(page, tenant)
    _trust(page, tenant)
    meanings(page, tenant)


def _unreached(page: Page, run: Run) -> None:
    if not run.unreached:
        return
    page.line("")
    page.line("=" * page.width)
    page.title(f"Tenants that could not be looked at: {len(run.unreached)}")
    for each in run.unreached:
        page.prose(f"{each.tenant}: {each.what} {each.remedy}", "    ", "  - ")


def _answers(page: Page, tenant: TenantRun) -> None:
    three = zip(sentences.QUESTIONS, sentences.answers(tenant), sentences.grounds(tenant), strict=True)
    for number, (question, answer, grounds) in enumerate(three, 1):
        page.line("")
        page.title(f"{number}. {question}")
        page.prose(answer, "   ")
        page.prose(grounds, "   ")
        if number == 2:
            for each in tenant.stay_signed_in.evidence:
                page.prose(each.statement, "     ", "   - ")
        if number == 3:
            for caveat in tenant.policies.caveats:
                page.prose(caveat, "     ", "   - ")


def _findings(page: Page, tenant: TenantRun) -> None:
    counted = [pair for pair in tenant.open_findings() if pair[1].severity is not Severity.INFO]
    counted.sort(key=lambda pair: (-pair[1].severity.rank, pair[0].id, pair[1].subject.name))
    aside = f" ({len(tenant.accepted)} accepted, apart)" if tenant.accepted else ""
    page.heading(f"Findings: {len(counted) or 'none above information'}{aside}")
    page.prose(sentences.unseen(tenant))
    for result, finding in counted:
        _finding(page, result, finding)


def _finding(page: Page, result: CheckResult, finding: Finding) -> None:
    severity = page.paint(finding.severity.value.upper(), _COLOURS[finding.severity])
    page.line("")
    page.line(f"{severity}  {plain(finding.subject.name or finding.subject.id, page.width - 12)}")
    page.prose(finding.message, "  ")
    page.prose(f"To do: {finding.remedy}", "  ")
    link = plain(finding.link, page.width)
    if link and len(link) + 2 <= page.width:  # a broken one would lead nowhere; the JSON report has it
        page.line(f"  {link}")
    page.line(page.paint(f"  {result.id}, {finding.confidence.value}", "2"))


def _accepted(page: Page, tenant: TenantRun) -> None:
    if not tenant.acceptances:
        return
    page.heading("Acceptances")
    for result, finding, by in accepted(tenant):
        subject = plain(finding.subject.name or finding.subject.id, 120)
        owner = f" ({plain(by.owner, 120)})" if by.owner else ""
        until = f", until {by.until}" if by.until else ""
        page.prose(
            f"{finding.severity.value} {subject} ({result.id}): {plain(finding.message, _LONGEST)} "
            f"Accepted{until}: {by.reason}{owner}",
            "    ",
            "  - ",
        )
    for each in tenant.acceptances:
        if each.state != "accepted":
            said = f"The acceptance of {each.check} for {plain(each.subject, 120)}: {each.state}"
            ended = f", it held until {each.until}" if each.state == "expired" else ""
            page.prose(f"{said}{ended}. {each.reason}", "    ", "  - ")


def _since(page: Page, since: Comparison | None) -> None:
    if since is None:
        return
    page.heading(f"Since the run of {sentences.instant(since.since)} UTC")
    for said in changes(since):
        page.prose(said, "    ", "  - ")


def _not_looked_at(page: Page, tenant: TenantRun) -> None:
    missing = [each for each in tenant.datasets if each.state != "collected"]
    results = [each for each in tenant.checks if each.status in (Status.NOT_RUN, Status.FAILED) or each.reason]
    aside = sentences.left_aside(tenant)
    if not missing and not results and not tenant.interrupts.caveats and not aside:
        return
    page.heading("What could not be looked at")
    page.prose(aside, "    ", "  - ")
    for each in missing:
        page.prose(f"{each.title}: {each.state}. {each.reason} {each.remedy}", "    ", "  - ")
    for result in results:
        page.prose(f"check {result.id}: {result.status.value}. {result.reason} {result.remedy}", "    ", "  - ")
    for caveat in tenant.interrupts.caveats:
        page.prose(caveat, "    ", "  - ")


def _interrupts(page: Page, tenant: TenantRun) -> None:
    found = tenant.interrupts.interrupts
    if not found:
        return
    page.heading("Interrupts")
    name_width = 24 if page.width < 110 else 46
    page.table(
        ("Code", "Interrupt", "Rows", "Users", "How the attempts went on"),
        [[str(e.code), e.name, f"{e.count:,}", f"{e.users:,}", counted(e.outcomes)] for e in found],
        [None, name_width, None, None, page.width - name_width - 5 - 8 - 7 - 8],
    )


def _policies(page: Page, tenant: TenantRun) -> None:
    if not tenant.policies.policies:
        return
    page.heading("Policies that set persistent browser sessions")
    free = page.width - 6 - 10 - 8
    page.table(
        ("Policy", "Mode", "State", "Problems"),
        [
            [
                plain(policy.name or policy.id, 120),
                plain(policy.mode, 20),
                plain(sentences.state(policy), 20),
                ", ".join(policy.problems) or "-",
            ]
            for policy in tenant.policies.policies
        ],
        [free // 2, 9, 12, free - free // 2 - 2],
    )
    page.line("")
    for policy in tenant.policies.policies:
        said = f"{plain(policy.name or policy.id, 120)}: aimed at {policy.aim}. {sentences.reach(policy)}"
        page.prose(said.rstrip(), "    ", "  ")


def _trust(page: Page, tenant: TenantRun) -> None:
    """How far what is said of policies can be trusted."""
    held = tenant.policies.agreement
    if held is None:
        return
    page.heading("The evaluation of policies, held to the log")
    compared = held.agreed + held.disagreed + held.not_known
    page.prose(
        f"{held.sign_ins:,} finished sign-ins say what Microsoft Entra decided on each policy, {compared:,} decisions "
        f"in all. The evaluation agrees with {held.agreed:,}, disagrees with {held.disagreed:,}, and does not know "
        f"{held.not_known:,}."
        + (f" {held.changed_later:,} more are older than a policy's last change." if held.changed_later else ""),
        "  ",
    )
    for each in held.disagreements[:_MOST_REASONS]:
        ours, log = ("applies", "did not apply") if each.evaluated else ("does not apply", "applied")
        page.prose(
            f"{plain(each.policy or each.policy_id, 120)} {ours}, by the evaluation; by the log it {log} to "
            f"{each.count:,} sign-ins, such as {each.example}.",
            "    ",
            "  - ",
        )
    for reason, count in held.because[:_MOST_REASONS]:
        page.prose(f"Not known, {count:,} times: {reason}", "    ", "  - ")
