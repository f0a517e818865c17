"""A run as JUnit XML, for pipelines that show tests: each tenant a suite, each check a test case.

A check fails where an open finding reaches `fail_on`, exactly as the exit code has it; the text of the failure has
every such finding. Findings below it, accepted ones and information stand in the output of their case and fail
nothing. A check that was not run, or saw only a part and failed nothing, is skipped with its reason; one with a fault
is an error. A dataset that was not or not wholly read is a case of its own, skipped, because no check may need it. A
tenant that could not be looked at is a suite with one error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from auditor.check import CheckResult, Status
from auditor.finding import Finding, Severity
from auditor.reports.plain import plain
from auditor.reports.sentences import many, name
from auditor.run import Run, TenantRun, Unreached

_LONGEST = 10_000
_LONGEST_NAME = 300

Element = ElementTree.Element


def render(run: Run, fail_on: str = "low") -> str:
    """XML text. `fail_on`: a severity's name, or "never"."""
    suites = Element("testsuites", name="auditor")
    for tenant in run.tenants:
        suites.append(_suite(tenant, run, fail_on))
    for unreached in run.unreached:
        suites.append(_unreached(unreached, run))
    for count in ("tests", "failures", "errors"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _suite(tenant: TenantRun, run: Run, fail_on: str) -> Element:
    where = plain(tenant.domain or tenant.id or "a tenant that the files do not name", _LONGEST_NAME)
    cases = [
        *(_check(tenant, result, where, fail_on) for result in tenant.checks),
        *_datasets(tenant, where),
    ]
    setting = tenant.stay_signed_in
    facts = {
        "tenant": tenant.id,
        "version": run.version,
        "window start": tenant.window[0],
        "window end": tenant.window[1],
        "stay signed in": f"{setting.verdict}. {setting.why}",
        "fails on": fail_on,
    }
    suite = _whole(name(tenant), run, cases, facts)
    ElementTree.SubElement(suite, "system-out").text = "\n".join(
        [
            *(plain(each, _LONGEST) for each in (*tenant.notes, *tenant.interrupts.caveats)),
            *(
                plain(f"The acceptance of {each.check} for {each.subject}: {each.state}. {each.reason}", _LONGEST)
                for each in tenant.acceptances
                if each.state != "accepted"
            ),
        ]
    )
    return suite


def _whole(called: str, run: Run, cases: list[Element], facts: dict[str, str]) -> Element:
    suite = Element(
        "testsuite",
        name=plain(called, _LONGEST_NAME),
        tests=str(len(cases)),
        failures=str(_having(cases, "failure")),
        errors=str(_having(cases, "error")),
        skipped=str(_having(cases, "skipped")),
        timestamp=plain(run.started.removesuffix("Z"), 40),
    )
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in facts.items():
        ElementTree.SubElement(properties, "property", name=key, value=plain(value, _LONGEST))
    suite.extend(cases)
    return suite


def _having(cases: Iterable[Element], tag: str) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _case(where: str, called: str) -> Element:
    return Element("testcase", classname=where, name=plain(called, _LONGEST_NAME))


def _say(case: Element, tag: str, kind: str, message: str, text: str = "") -> None:
    said = ElementTree.SubElement(case, tag, type=kind, message=plain(message.strip(), _LONGEST))
    said.text = text


def _check(tenant: TenantRun, result: CheckResult, where: str, fail_on: str) -> Element:
    case = _case(where, result.id)
    accepted = tenant.accepted
    found = [(each, accepted.get(each.fingerprint(tenant.id, result.id))) for each in result.findings]
    failing = [each for each, by in found if not by and _fails(each.severity, fail_on)]
    reason = f"{result.reason} {result.remedy}"
    if failing:
        worst = max((each.severity for each in failing), key=lambda severity: severity.rank)
        message = failing[0].message if len(failing) == 1 else f"{result.title}: {many(len(failing), 'finding')}"
        _say(case, "failure", worst.value, message, "\n".join(map(_finding, failing)))
    elif result.status is Status.FAILED:
        _say(case, "error", "failed", reason)
    elif not result.looked_wholly:
        only = "Only a part was seen" if result.status is Status.FOUND else "Not run"
        _say(case, "skipped", "not looked at", f"{only}: {reason}")
    told = [f"Check: {plain(result.title, _LONGEST)}"]
    if failing and result.reason:
        told.append(f"Only a part was seen: {plain(reason, _LONGEST)}")
    for finding, by in found:
        if by:
            until = f", until {by.until}" if by.until else ""
            owner = f" ({by.owner})" if by.owner else ""
            told.append(f"Accepted{plain(until, 40)}: {plain(by.reason + owner, _LONGEST)}\n{_finding(finding)}")
        elif not _fails(finding.severity, fail_on):
            told.append(f"Does not fail the check:\n{_finding(finding)}")
    ElementTree.SubElement(case, "system-out").text = "\n".join(told)
    return case


def _fails(severity: Severity, fail_on: str) -> bool:
    """As the exit code does it: information never counts."""
    return fail_on != "never" and severity.rank >= max(Severity(fail_on).rank, Severity.LOW.rank)


def _finding(finding: Finding) -> str:
    subject = plain(finding.subject.name or finding.subject.id, _LONGEST_NAME)
    lines = [f"{finding.severity.value.upper()} {subject}: {plain(finding.message, _LONGEST)}"]
    lines += [f"  To do: {plain(finding.remedy, _LONGEST)}"] if finding.remedy else []
    lines += [f"  Seen: {plain(each.statement, _LONGEST)}" for each in finding.evidence]
    return "\n".join(lines)


def _datasets(tenant: TenantRun, where: str) -> Iterator[Element]:
    for each in tenant.datasets:
        if each.state != "collected":
            case = _case(where, f"dataset {each.name}")
            _say(case, "skipped", each.state, f"The {each.title}: {each.state}. {each.reason} {each.remedy}")
            yield case


def _unreached(unreached: Unreached, run: Run) -> Element:
    case = _case(plain(unreached.tenant, _LONGEST_NAME), "the tenant can be looked at")
    _say(case, "error", "not looked at", f"{unreached.what} {unreached.remedy}")
    return _whole(unreached.tenant, run, [case], {"version": run.version})
