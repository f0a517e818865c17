"""A run for the person at the keyboard: first the three answers in words, then findings by severity, then what could
not be looked at and why, then the tables. Fits 80 columns and uses more where there are more.
"""

from __future__ import annotations

from collections import Counter

from auditor.check import CheckResult, Status
from auditor.finding import Finding, Severity
from auditor.reports.meanings import confidences, counted, meanings, title
from auditor.reports.page import Page
from auditor.reports.plain import plain
from auditor.run import DeviceAnswer, PolicyAnswer, Run, TenantRun

_MOST_REASONS = 5
_SETTING = 'Is "Show option to remain signed in" on?'

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
    for number, tenant in enumerate(run.tenants):
        if number:
            page.line("")
            page.line("=" * page.width)
        _tenant(page, tenant)
    _unreached(page, run)
    return page.text()


def _tenant(page: Page, tenant: TenantRun) -> None:
    name = tenant.name or tenant.id or "A tenant that the files do not name"
    page.title(f"{name} ({tenant.domain})" if tenant.domain else name)
    page.prose(_window(tenant))
    _answers(page, tenant)
    _findings(page, tenant)
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


def _window(tenant: TenantRun) -> str:
    start, end = (text[:16].replace("T", " ") for text in tenant.window)
    log = next(each for each in tenant.datasets if each.name == "sign_ins")
    if tenant.window[0] == tenant.window[1]:
        return f"No sign-in log: {log.reason}"
    read = {"collected": "all of it read", "partial": "only a part of it read", "missing": "not read"}[log.state]
    rows = "" if log.rows is None else f", {log.rows:,} rows"
    return f"Sign-in log from {start} to {end} UTC{rows}, {read}."


def _answers(page: Page, tenant: TenantRun) -> None:
    answers = (
        ("Interrupts in the sign-in log: is anything broken?", _interrupts_answer(tenant)),
        (_SETTING, _setting_answer(tenant)),
        ("Which Conditional Access policies set persistent browser sessions?", _policies_answer(tenant)),
    )
    for number, (question, answer) in enumerate(answers, 1):
        page.line("")
        page.title(f"{number}. {question}")
        page.prose(answer, "   ")
        if question is _SETTING:
            for each in tenant.stay_signed_in.evidence:
                page.prose(each.statement, "     ", "   - ")


def _interrupts_answer(tenant: TenantRun) -> str:
    answer = tenant.interrupts
    if not answer.known:
        return "Not known: the sign-in log could not be read (see below)."
    if not answer.interrupts:
        return "No interrupt was seen in what was read of the log."
    total = sum(each.count for each in answer.interrupts)
    outcomes = counted(
        [
            (name, sum(dict(each.outcomes)[name] for each in answer.interrupts))
            for name, _ in answer.interrupts[0].outcomes
        ]
    )
    top = answer.interrupts[0]
    said = (
        f"{total:,} interrupts of {len(answer.interrupts)} kinds: {outcomes}. "
        f"Most frequent: {title(top)} ({top.count:,}). An interrupt is a step of a sign-in, not an error; "
        "the failed and abandoned ones are worth a look."
    )
    strangers = sum(count for _, count in answer.uncatalogued)
    said += f" {strangers:,} rows have a code that is not in the catalogue." if strangers else ""
    explained = confidences(answer.interrupts)
    return said + (f" Why each happened: {counted(explained)}." if explained else "")


def _setting_answer(tenant: TenantRun) -> str:
    answer = tenant.stay_signed_in
    said = {"shown": "Yes, users are asked", "hidden": "No, the prompt is hidden"}.get(answer.verdict, "Not known")
    sure = f" ({answer.confidence})" if answer.confidence else ""
    return f"{said}{sure}. {answer.why}"


def _policies_answer(tenant: TenantRun) -> str:
    answer = tenant.policies
    if not answer.known:
        return "Not known: the policies could not be read (see below)."
    state = next(each.state for each in tenant.datasets if each.name == "policies")
    those = f"the {answer.of} policies" + ("" if state == "collected" else " that could be read")
    if not answer.policies:
        return f"None of {those}."
    effective = [policy for policy in answer.policies if not policy.inert]
    modes = Counter(policy.mode for policy in effective)
    by_mode = ", ".join(f"{count} {mode} persistent" for mode, count in sorted(modes.items())) or "none"
    inert = len(answer.policies) - len(effective)
    without = f" Without effect as they are: {inert}." if inert else ""
    return f"{len(answer.policies)} of {those}. In force: {by_mode}.{without}"


def _findings(page: Page, tenant: TenantRun) -> None:
    counted = [
        (result, finding)
        for result in tenant.checks
        for finding in result.findings
        if finding.severity is not Severity.INFO
    ]
    counted.sort(key=lambda pair: (-pair[1].severity.rank, pair[0].id, pair[1].subject.name))
    page.heading(f"Findings: {len(counted)}" if counted else "Findings: none above information")
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


def _not_looked_at(page: Page, tenant: TenantRun) -> None:
    missing = [each for each in tenant.datasets if each.state != "collected"]
    results = [each for each in tenant.checks if each.status in (Status.NOT_RUN, Status.FAILED) or each.reason]
    if not missing and not results and not tenant.interrupts.caveats:
        return
    page.heading("What could not be looked at")
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
                _state(policy.state),
                ", ".join(policy.problems) or "-",
            ]
            for policy in tenant.policies.policies
        ],
        [free // 2, 9, 12, free - free // 2 - 2],
    )
    page.line("")
    for policy in tenant.policies.policies:
        page.prose(f"{plain(policy.name or policy.id, 120)}: aimed at {policy.aim}.{_reach(policy)}", "    ", "  ")


def _reach(policy: PolicyAnswer) -> str:
    said = ""
    if policy.reach is not None:
        total = policy.reach.applies + policy.reach.applies_not + policy.reach.not_known
        said = f" Of {total:,} completed browser sign-ins its conditions hold for {policy.reach.applies:,}"
        if policy.reach.not_known:
            said += f", and for {policy.reach.not_known:,} that is not known ({policy.reach.because[0][0].rstrip('.')})"
        said += "."
    if policy.devices:
        said += f" Devices: {'; '.join(_device(row) for row in policy.devices)}."
    return said


def _device(row: DeviceAnswer) -> str:
    compliant = {None: "", True: " compliant", False: " not compliant"}[row.compliant]
    return f"{row.device}{compliant} {row.reached}"


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


def _state(state: str) -> str:
    return "report-only" if state == "enabledForReportingButNotEnforced" else plain(state, 20)
