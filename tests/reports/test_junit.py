from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from auditor.check import CheckResult, Status
from auditor.finding import Severity
from auditor.reports.junit import render
from auditor.run import Run, exit_code

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")


def read(run: Run, fail_on: str = "low") -> ElementTree.Element:
    root = ElementTree.fromstring(render(run, fail_on).encode())
    SCHEMA.validate(root)
    return root


def case(root: ElementTree.Element, where: str, name: str) -> ElementTree.Element:
    (found,) = (each for each in root.iter("testcase") if (each.get("classname"), each.get("name")) == (where, name))
    return found


def kinds(element: ElementTree.Element) -> list[str]:
    return [each.tag for each in element if each.tag != "system-out"]


def of_one(canonical: Run, *severities: Severity, status: Status = Status.FOUND, reason: str = "") -> Run:
    """A tenant with one check, which found something of each severity."""
    tenant = replace(canonical.tenants[0], acceptances=(), datasets=())
    finding = next(each for result in tenant.checks for each in result.findings)
    findings = tuple(replace(finding, severity=each, message=f"It is {each.value}.") for each in severities)
    check = CheckResult("one", "One", status, findings, reason, "Do it." if reason else "")
    return replace(canonical, tenants=(replace(tenant, checks=(check,)),), unreached=())


def test_each_check_is_a_case_of_each_tenant(canonical: Run) -> None:
    root = read(canonical)
    names = [each.get("name") for each in root.iter("testcase") if each.get("classname") == "contoso.com"]
    assert names == [each.id for each in canonical.tenants[0].checks]


def test_counts_are_those_of_the_cases(canonical: Run) -> None:
    root = read(canonical)
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(count) == str(sum(each.find(tag) is not None for each in cases))
    assert root.get("errors") == "1"


def test_findings_fail_with_every_message(canonical: Run) -> None:
    failure = case(read(of_one(canonical, Severity.HIGH, Severity.LOW)), "contoso.com", "one")[0]
    assert (failure.tag, failure.get("type"), failure.get("message")) == ("failure", "high", "One: 2 findings")
    assert "It is high." in (failure.text or "")
    assert "It is low." in (failure.text or "")


@pytest.mark.parametrize("fail_on", ["low", "medium", "high", "critical", "never"])
@pytest.mark.parametrize("severity", list(Severity))
def test_a_check_fails_exactly_where_the_exit_code_is_that_of_a_finding(
    canonical: Run, severity: Severity, fail_on: str
) -> None:
    run = of_one(canonical, severity)
    found = case(read(run, fail_on), "contoso.com", "one")
    assert kinds(found) == (["failure"] if exit_code(run, fail_on) > 10 else [])
    assert f"It is {severity.value}." in "".join(found.itertext())


def test_accepted_findings_fail_nothing_and_are_told(canonical: Run) -> None:
    tenant = canonical.tenants[0]
    always = next(each for each in tenant.checks if each.id == "persistent-browser-always")
    desk = tuple(each for each in always.findings if each.subject.name == "Front desk")
    run = replace(canonical, tenants=(replace(tenant, checks=(replace(always, findings=desk),)),))
    found = case(read(run), "contoso.com", "persistent-browser-always")
    assert kinds(found) == []
    assert "Accepted: The desk is manned | day and night. (@ops)\nHIGH Front desk" in (
        found.findtext("system-out") or ""
    )


@pytest.mark.parametrize(
    ("status", "severities", "reason", "kind", "said"),
    [
        (Status.NOT_RUN, (), "No log.", ["skipped"], "Not run: No log. Do it."),
        (Status.FAILED, (), "A fault.", ["error"], "A fault. Do it."),
        (Status.CLEAR, (), "", [], ""),
        (Status.FOUND, (Severity.INFO,), "One page.", ["skipped"], "Only a part was seen: One page. Do it."),
        (Status.FOUND, (Severity.HIGH,), "One page.", ["failure"], "It is high."),
    ],
)
def test_what_could_not_be_looked_at_is_not_passed(
    canonical: Run, status: Status, severities: tuple[Severity, ...], reason: str, kind: list[str], said: str
) -> None:
    found = case(read(of_one(canonical, *severities, status=status, reason=reason)), "contoso.com", "one")
    assert kinds(found) == kind
    assert not kind or found[0].get("message") == said
    assert not (severities and reason) or reason in "".join((*found.itertext(), *found[0].attrib.values()))


def test_datasets_that_were_not_wholly_read_are_skipped_cases(canonical: Run) -> None:
    root = read(canonical)
    assert kinds(case(root, "woodgrove.example", "dataset sign_ins")) == ["skipped"]
    assert kinds(case(root, "woodgrove.example", "dataset policies")) == ["skipped"]


def test_a_tenant_out_of_reach_is_an_error(canonical: Run) -> None:
    found = case(read(canonical), "fabrikam.example", "the tenant can be looked at")
    assert kinds(found) == ["error"]
    assert found[0].get("message") == "Signing in was refused: the secret has expired. Renew the secret."
