"""What the parts of the page say."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.comparison import Fate
from auditor.finding import Confidence, Evidence, Finding, Severity, Subject
from auditor.reports.html import render
from auditor.run import (
    AgreementAnswer,
    DeviceAnswer,
    DisagreementAnswer,
    InterruptsAnswer,
    PoliciesAnswer,
    PolicyAnswer,
    Run,
    StaySignedIn,
    StepAnswer,
    TenantRun,
    Unreached,
)
from auditor.testing import policy

ReportOn = Callable[..., Run]
LINK = "https://portal.azure.com/#view/x"


def text_of(markup: str) -> str:
    """As it reads, each element on its own."""
    body = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def part(markup: str, name: str) -> str:
    """One part of a page on one tenant."""
    found = re.search(rf'<section id="{name}".*?</section>', markup, re.DOTALL)
    assert found is not None, name
    return found[0]


def first_screen(markup: str) -> str:
    return text_of(markup.partition("<main")[2].partition('<section id="findings"')[0])


def finding(severity: Severity = Severity.HIGH, name: str = "Kiosks", **fields: Any) -> Finding:
    given: dict[str, Any] = {"message": f"{name} is open. High, because so.", "remedy": "Close it.", **fields}
    return Finding(severity, Confidence.STATED, Subject("policy", name.lower(), name), **given)


def checked(tenant: TenantRun, *findings: Finding, **fields: Any) -> TenantRun:
    result = CheckResult("open-kiosks", "Kiosks that are open", Status.FOUND, findings, **fields)
    return dataclasses.replace(tenant, checks=(result,))


# -- the first screen


def test_the_first_screen_answers_the_three_questions(audited: TenantRun, report_on: ReportOn) -> None:
    screen = first_screen(render(report_on(audited)))
    total = sum(each.count for each in audited.interrupts.interrupts)
    assert f"{total:,} interrupts of {len(audited.interrupts.interrupts)} kinds:" in screen
    assert "Yes, users are asked Stated: The sign-in page says that the prompt is shown." in screen
    assert f"6 of the {audited.policies.of} policies In force: 1 always persistent, 2 never persistent." in screen
    assert "Without effect as they are: 3. Found between them: 1 conflict and" in screen
    high = sum(found.severity is Severity.HIGH for _, found in audited.open_findings())
    assert f"{high} High" in screen


def test_what_is_not_known_is_said_to_be_with_the_reason(run_of: Callable[..., Run]) -> None:
    run = run_of(missing={name: "Graph answered 403." for name in ("sign_ins", "policies", "sign_in_page")})
    page = render(run)
    screen = first_screen(page)
    assert screen.count("Not known") == 3
    assert "The sign-in log could not be read. Graph answered 403. Grant" in screen
    assert "Neither the sign-in page nor the sign-in log decides it. Microsoft's default" in screen
    assert "The sign-in page was not wholly read. Graph answered 403." in screen
    assert "The policies could not be read. Graph answered 403." in screen
    assert "Nothing was found above information in what could be looked at." in text_of(part(page, "findings"))
    assert text_of(part(page, "interrupts")).startswith("Interrupts Not known: the sign-in log could not be read.")
    assert "Not known: the policies could not be read." in text_of(part(page, "policies"))
    assert "Check persistent-browser-always not run" in text_of(part(page, "unseen"))
    assert 'class="alert"' in page


def test_a_part_is_no_whole(run_of: Callable[..., Run]) -> None:
    parts = {"sign_ins": "One day of seven.", "policies": "One page."}
    page = render(run_of(policies=[policy(mode=None)], partial=parts))
    screen = first_screen(page)
    assert (
        "None seen No interrupt was seen in what was read of the log. Only a part was read. One day of seven." in screen
    )
    assert "None: the only policy that could be read does not. Only a part was read. One page." in screen
    assert "None: the only policy that could be read does not." in text_of(part(page, "policies"))
    assert "Sign-in log only a part was read One day of seven." in text_of(part(page, "unseen"))


def test_the_setting_hidden(audited: TenantRun, report_on: ReportOn) -> None:
    hidden = StaySignedIn("hidden", "inferred", "It was said.", (Evidence("config", "Ada says so.", "2026-11-01"),))
    screen = first_screen(render(report_on(dataclasses.replace(audited, stay_signed_in=hidden))))
    assert "No, the prompt is hidden Inferred: It was said. Evidence (1) Ada says so." in screen


# -- findings


def test_findings_of_one_remedy_are_one_thing_to_do(audited: TenantRun, report_on: ReportOn) -> None:
    tenant = checked(
        audited,
        finding(name="Kiosks"),
        finding(name="Desks"),
        finding(name="Labs", remedy="Lock it."),
        finding(Severity.LOW, "Halls", message="Halls is open. Low, because so."),
    )
    told = text_of(part(render(report_on(tenant)), "findings"))
    assert "4 findings, and 3 things to do: those with one remedy are one entry." in told
    assert (
        "High High Kiosks that are open (2) Close it. All of them: High, because so. "
        "Kiosks that are open: high Policy What was seen Desks Desks is open. Kiosks Kiosks is open." in told
    )
    assert "High Labs Labs is open. High, because so. Lock it." in told
    assert "Low Low Halls Halls is open." in told
    assert told.index("(2)") < told.index("Lock it.") < told.index("Halls")


def test_a_finding_shows_evidence_and_where_to_look(audited: TenantRun, report_on: ReportOn) -> None:
    seen = (Evidence("policies", "It says 'always'.", "2026-11-01T10:20:30Z"),)
    tenant = checked(audited, finding(evidence=seen, link=LINK), finding(name="Odd", link="https://evil.example/"))
    found = part(render(report_on(tenant)), "findings")
    assert f'<a href="{LINK}" rel="noopener noreferrer"><bdi>Kiosks</bdi></a>' in found
    assert "evil.example" not in found
    assert "Evidence (1) It says 'always'. (policies, 2026-11-01 10:20)" in text_of(found)
    both = checked(audited, finding(evidence=seen), finding(name="Desks", evidence=seen))
    assert text_of(part(render(report_on(both)), "findings")).count("It says 'always'.") == 1


def test_information_comes_last_and_the_interrupts_not_twice(audited: TenantRun, report_on: ReportOn) -> None:
    told = text_of(part(render(report_on(checked(audited, finding(Severity.INFO, message="It is so.")))), "findings"))
    assert told.startswith("Findings Nothing was found above information. For information Info Kiosks It is so.")
    interrupts = next(each for each in audited.checks if each.id == "interrupts")
    only = dataclasses.replace(audited, checks=(interrupts,))
    assert text_of(part(render(report_on(only)), "findings")) == "Findings Nothing was found above information."


def test_accepted_findings_stand_apart(eventful: TenantRun, report_on: ReportOn) -> None:
    page = render(report_on(eventful))
    told = text_of(part(page, "accepted"))
    (accepted,) = (
        each
        for result in eventful.checks
        for each in result.findings
        if each.fingerprint(eventful.id, result.id) in eventful.accepted
    )
    assert told.startswith("Accepted findings (1)")
    assert f"{accepted.subject.name} persistent-browser-gaps {accepted.message}" in told
    assert "Another control keeps them apart. Security team 2027-01-31" in told
    assert "prompt-moot Trial expired on 2026-10-31: what it accepted counts again." in told
    assert "prompt-moot Nobody matches nothing: it can go from the config. Reason given: Forgotten." in told
    assert "persistent-browser-inert Somebody is not known to match anything" in told
    assert accepted.message not in text_of(part(page, "findings"))
    assert "1 Accepted" in first_screen(page)
    assert "1 more are among the accepted findings" in text_of(part(page, "policies"))


def test_without_acceptances_there_is_no_such_part(audited: TenantRun, report_on: ReportOn) -> None:
    assert 'id="accepted"' not in render(report_on(audited))


# -- since the last run, and what could not be looked at


def test_what_changed_since_the_last_run(eventful: TenantRun, report_on: ReportOn) -> None:
    page = render(report_on(eventful))
    told = text_of(part(page, "since"))
    since = eventful.since
    assert since is not None
    assert "Compared with the run of 2026-11-01 00:10 UTC. Findings: 1 new, 1 more severe," in told
    (new,) = since.of(Fate.NEW)
    (worse,) = since.of(Fate.WORSE)
    assert f"{new.finding.subject.name} {new.check} new - {new.finding.severity.value}" in told
    assert f"{worse.finding.subject.name} {worse.check} more severe low {worse.finding.severity.value}" in told
    assert "accepted meanwhile" in told
    assert "not known: not reported any more, and its check could not wholly look" in told
    assert "Show option to remain signed in (setting) hidden shown" in told
    assert "Administrators stay signed in (policy) none always persistent" in told
    assert "named locations (dataset) collected missing" in told
    assert "No interrupt is more or less frequent than chance alone would make it." in told
    findings = part(page, "findings")
    assert findings.count('<span class="tag">new</span>') == 1
    assert findings.count('<span class="tag">more severe than last time</span>') == 1


def test_trends_and_nothing_to_compare_with(eventful: TenantRun, report_on: ReportOn) -> None:
    since = eventful.since
    assert since is not None
    assert since.trends
    first = dataclasses.replace(since.trends[0], before=1.04, after=9.0, beyond_noise=True)
    up = dataclasses.replace(eventful, since=dataclasses.replace(since, trends=(first, *since.trends[1:])))
    told = text_of(part(render(report_on(up)), "since"))
    assert f"{first.code} {first.name}".strip() + " up from 1.0 to 9.0 a day." in told
    unread = dataclasses.replace(eventful, since=dataclasses.replace(since, trends=None))
    assert "Interrupts are not compared: one of the two logs" in text_of(part(render(report_on(unread)), "since"))
    alone = text_of(part(render(report_on(dataclasses.replace(eventful, since=None))), "since"))
    assert alone == "Since the last run There is no earlier run to compare with."


def test_what_could_not_be_looked_at_and_why(eventful: TenantRun, audited: TenantRun, report_on: ReportOn) -> None:
    page = render(report_on(eventful))
    told = text_of(part(page, "unseen"))
    assert "Named locations not read Graph answered 403. Grant it." in told
    assert "Check persistent-browser-inert not run Not read. Read it." in told
    assert "2 Not or not wholly looked at" in first_screen(page)
    assert "2 datasets and checks are not, or not wholly, among this" in text_of(part(page, "findings"))
    assert "Named locations not read - Graph answered 403. Grant it." in text_of(part(page, "datasets"))
    whole = text_of(part(render(report_on(audited)), "unseen"))
    assert "Every dataset was wholly read and every check ran." in whole
    assert audited.interrupts.caveats[0] in whole


def test_the_window_and_every_dataset(audited: TenantRun, report_on: ReportOn) -> None:
    told = text_of(part(render(report_on(audited)), "datasets"))
    log = next(each for each in audited.datasets if each.name == "sign_ins")
    assert f"Sign-in log from 2026-11-01 00:00 to 2026-11-08 00:00 UTC, {log.rows:,} rows, all of it read." in told
    for each in audited.datasets:
        assert f"{each.title[0].upper()}{each.title[1:]} wholly read {each.rows:,}" in told
    assert "api: beta" in told


# -- interrupts


def test_interrupts_by_code_with_causes_evidence_and_advice(audited: TenantRun, report_on: ReportOn) -> None:
    told = text_of(part(render(report_on(audited)), "interrupts"))
    first = audited.interrupts.interrupts[0]
    counts = {name: count for name, count in first.outcomes}
    ordered = [counts[each] for each in ("failed", "abandoned", "not known", "pending", "continued", "completed")]
    row = " ".join(f"{each:,}" for each in (first.users, first.count, *ordered))
    assert f"{first.code} {first.name} {row}" in told
    cause = first.causes[0]
    assert f"{cause.meaning} {cause.advice}" in told
    assert f"For example {cause.example} : {cause.evidence[0].statement}" in told
    for code, count in audited.interrupts.uncatalogued:
        assert f"{code} in {count:,} row" in told
    assert audited.interrupts.attempts[0].user in told


def test_charts_show_what_there_is(audited: TenantRun, report_on: ReportOn) -> None:
    markup = part(render(report_on(audited)), "interrupts")
    columns, apps, causes = re.findall(r'<svg class="chart [^>]*>.*?</svg>', markup, re.DOTALL)
    spans = [each for each in audited.interrupts.over_time if each.outcomes]
    assert columns.count("<g>") == len(spans)
    assert columns.count("<rect") == sum(len(each.outcomes) for each in spans)
    assert apps.count("<rect") == sum(len(each.outcomes) for each in audited.interrupts.apps)
    for chart in (apps, causes):
        widths = [float(each) for each in re.findall(r'width="([0-9.]+)%"', chart)]
        assert max(sum(map(float, re.findall(r'width="([0-9.]+)%"', bar))) for bar in chart.split("<g>")) <= 100.1
        assert min(widths) > 0
    heights = [sum(map(float, re.findall(r' height="([0-9.]+)"', bar))) for bar in columns.split("<g>")[1:]]
    totals = [sum(dict(each.outcomes).values()) for each in spans]
    assert heights.index(max(heights)) == totals.index(max(totals))
    assert max(heights) <= 181
    assert "08 Nov" not in columns
    assert ">01 Nov</text>" in columns


def test_steps_of_an_attempt(audited: TenantRun, report_on: ReportOn) -> None:
    attempt = dataclasses.replace(
        audited.interrupts.attempts[0],
        steps=(
            StepAnswer("2026-11-01T10:00:00Z", 50140, "continued", "prompt-expected", "stated"),
            StepAnswer("2026-11-01T10:01:59Z", 50126),
            StepAnswer("2026-11-01T10:30:00Z", 999_999),
            StepAnswer("2026-11-01T13:00:00Z", None),
            StepAnswer("", 0),
            StepAnswer("at noon, or then", 50076, "pending"),
        ),
    )
    tenant = dataclasses.replace(audited, interrupts=dataclasses.replace(audited.interrupts, attempts=(attempt,)))
    told = text_of(part(render(report_on(tenant)), "interrupts")).partition("Examples of attempts")[2]
    assert "0 s 50140 KmsiInterrupt Interrupt, continued. Why: Expected prompt (stated)." in told
    assert "+119 s 50126 InvalidUserNameOrPassword Failure." in told
    assert "+30 min 999999 Neither an interrupt nor a failure, as far as is known." in told
    assert "+3 h No code Neither" in told
    assert "then Success Succeeded." in told
    assert "then 50076 UserStrongAuthClientAuthNRequired Interrupt, pending." in told


def test_a_log_without_interrupts_says_what_it_does_not_know(audited: TenantRun, report_on: ReportOn) -> None:
    none = InterruptsAnswer(known=True, uncatalogued=(("999999", 2), ("50126", 1), ("no code", 1)))
    told = text_of(part(render(report_on(dataclasses.replace(audited, interrupts=none))), "interrupts"))
    assert told.startswith("Interrupts None was seen in what was read of the log.")
    assert (
        "999999 in 2 rows. 50126 in 1 row. This version knows it: 50126 InvalidUserNameOrPassword. no code in" in told
    )


# -- policies


KIOSKS = PolicyAnswer(
    "p1",
    "Kiosks",
    "enabled",
    "always",
    ("always",),
    False,
    "all users; all resources; any client",
    devices=(
        DeviceAnswer("unregistered", None, "yes"),
        DeviceAnswer("AzureAD", True, "no"),
        DeviceAnswer("AzureAD", False, "yes"),
        DeviceAnswer("ServerAD", True, "not known"),
        DeviceAnswer("ServerAD", False, "yes"),
        DeviceAnswer("Workplace", True, "no"),
    ),
    link=LINK,
)
EVERYBODY = PolicyAnswer("p2", "Everybody", "enabled", "never", (), False, "all users", unknown=("insiderMood",))
TRIAL = PolicyAnswer("p3", "Trial", "enabledForReportingButNotEnforced", "never", ("report-only",), True, "all users")


def with_policies(tenant: TenantRun, *policies: PolicyAnswer, **fields: Any) -> TenantRun:
    return dataclasses.replace(tenant, policies=PoliciesAnswer(True, policies, len(policies), **fields))


def row_of(markup: str, name: str) -> list[str]:
    """The cells of a policy in the matrix, as words."""
    (row,) = (
        each
        for each in re.findall(r"<tr>.*?</tr>", markup, re.DOTALL)
        if f"<bdi>{name}</bdi>" in each and "cell" in each
    )
    return [text_of(each) for each in re.findall(r'<td class="cell.*?</td>', row)]


def test_the_matrix_shows_who_on_which_device_in_which_mode(audited: TenantRun, report_on: ReportOn) -> None:
    markup = part(render(report_on(with_policies(audited, KIOSKS, EVERYBODY, TRIAL))), "policies")
    unsure = "always or not: not known"
    # What the truth table does not hold is not known either.
    assert row_of(markup, "Kiosks") == ["always", "-", "always", unsure, "always", "-", unsure]
    assert row_of(markup, "Everybody") == ["never"] * 7
    assert row_of(markup, "Trial") == ["never"] * 7
    assert markup.count('class="cell idle"') == 7
    told = text_of(markup)
    assert told.index("In force") < told.index("Everybody") < told.index("Without effect as they are")
    assert told.index("Without effect as they are") < told.index("Trial report-only all users")
    assert "Everybody sets what this version does not know all users" in told
    assert "Kiosks all users all resources any client" in told


def test_conflicts_and_gaps_are_seen_with_the_policies(audited: TenantRun, report_on: ReportOn) -> None:
    conflict = Finding(
        Severity.MEDIUM,
        Confidence.INFERRED,
        Subject("policy", "p1", "Kiosks"),
        "Both reach it.",
        "Part them.",
        key="p2",
    )
    possible = dataclasses.replace(conflict, severity=Severity.INFO, key="p3")
    gap = Finding(Severity.HIGH, Confidence.STATED, Subject("role", "r", "Global Reader"), "No policy.", "Write one.")
    results = (
        CheckResult("persistent-browser-conflict", "C", Status.FOUND, (conflict, possible)),
        CheckResult("persistent-browser-gaps", "G", Status.FOUND, (gap,), "One page of two.", "Read it again."),
    )
    tenant = dataclasses.replace(with_policies(audited, KIOSKS, EVERYBODY, TRIAL), checks=results)
    told = text_of(part(render(report_on(tenant)), "policies"))
    assert "Kiosks conflict all users" in told
    assert "Everybody conflict sets what" in told
    assert "Trial possible conflict report-only" in told
    assert "Medium Kiosks Both reach it. Info Kiosks Both reach it." in told
    assert "High Global Reader Not wholly known. One page of two. Read it again." in told


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ((), "Conflicts Not known: the check persistent-browser-conflict is not part of this run."),
        (
            (CheckResult("persistent-browser-conflict", "C", Status.CLEAR),),
            "Conflicts No two policies contradict each other.",
        ),
        (
            (CheckResult("persistent-browser-conflict", "C", Status.NOT_RUN, (), "Not read.", "Read it."),),
            "Conflicts Not wholly known. Not read. Read it.",
        ),
    ],
)
def test_no_conflict_is_claimed_only_where_it_was_looked_for(
    audited: TenantRun, report_on: ReportOn, results: tuple[CheckResult, ...], said: str
) -> None:
    tenant = dataclasses.replace(with_policies(audited, EVERYBODY), checks=results)
    assert said in text_of(part(render(report_on(tenant)), "policies"))


def test_how_far_the_evaluation_agrees_with_the_log(audited: TenantRun, report_on: ReportOn) -> None:
    held = AgreementAnswer(
        2_000,
        19_999,
        1,
        7,
        3,
        (("The log does not say it.", 7),),
        (DisagreementAnswer("p1", "Kiosks", True, 1, "row-1"),),
    )
    told = text_of(part(render(report_on(with_policies(audited, KIOSKS, agreement=held))), "policies"))
    assert "2,000 finished sign-ins say what Microsoft Entra decided on each policy: 20,007 decisions." in told
    assert "agrees with 19,999 (99.9 % of those that it decides), disagrees with 1, and does not know 7." in told
    assert "3 more are older than a policy's last change." in told
    assert "Kiosks applies did not apply 1 row-1" in told
    assert "7 times: The log does not say it." in told
    without = text_of(part(render(report_on(with_policies(audited, KIOSKS))), "policies"))
    assert "Not known: there is no log, or it does not show what was decided on policies." in without


def test_reach_in_the_log(audited: TenantRun, report_on: ReportOn) -> None:
    told = text_of(part(render(report_on(audited)), "policies"))
    reached = audited.policies.policies[0]
    assert reached.reach is not None
    counts = (reached.reach.applies, reached.reach.applies_not, reached.reach.not_known)
    assert f"{reached.name} {' '.join(f'{each:,}' for each in counts)}" in told


# -- several tenants


def test_several_tenants_have_an_overview_first(audited: TenantRun, report_on: ReportOn) -> None:
    blind = dataclasses.replace(
        audited,
        name="Fabrikam",
        interrupts=InterruptsAnswer(known=False),
        policies=PoliciesAnswer(known=False),
        stay_signed_in=StaySignedIn("not known", "", "Nothing decides it."),
        checks=tuple(dataclasses.replace(each, status=Status.NOT_RUN, findings=()) for each in audited.checks),
    )
    unreached = (Unreached("woodgrove.com", "Signing in was refused.", "Renew the secret."),)
    page = render(report_on(audited, blind, unreached=unreached))
    overview = text_of(part(page, "overview"))
    assert "2 tenants were looked at, and 1 could not be." in overview
    unseen = len(audited.checks)
    assert f"Fabrikam {unseen} 0 0 0 0 Not known not known not known" in overview
    assert "Contoso 0 0 " in overview
    assert "nothing in this report is about them Tenant What happened What to do woodgrove.com" in overview
    assert "woodgrove.com Signing in was refused. Renew the secret." in overview
    assert page.index('id="overview"') < page.index('id="tenant-1-top"') < page.index('id="tenant-2-top"')
    assert '<a href="#tenant-2-top"><bdi>Fabrikam</bdi></a>' in page


def test_one_tenant_beside_unreached_ones_has_an_overview_too(audited: TenantRun, report_on: ReportOn) -> None:
    page = render(report_on(audited, unreached=(Unreached("woodgrove.com", "It is down.", ""),)))
    assert "1 tenant was looked at, and 1 could not be." in text_of(part(page, "overview"))
    assert 'id="overview"' not in render(report_on(audited))
