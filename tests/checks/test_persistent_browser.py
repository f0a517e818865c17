from typing import Any

import pytest

from auditor.check import Status
from auditor.finding import Severity
from auditor.testing import policy, run_check
from checks.persistent_browser import check


def changed(**conditions: Any) -> dict[str, Any]:
    made = policy()
    made["conditions"] |= conditions
    return made


def findings(*policies: dict[str, Any]) -> list[tuple[Severity, str]]:
    result = run_check(check, policies=policies)
    return [(finding.severity, finding.message) for finding in result.findings]


def test_clear_when_no_policy_sets_it() -> None:
    assert run_check(check, policies=[policy(mode=None)]).status is Status.CLEAR


def test_not_run_without_policies() -> None:
    result = run_check(check, missing={"policies": "Graph answered 403."})
    assert result.status is Status.NOT_RUN
    assert "Policy.Read.All" in result.remedy


def test_a_never_without_a_hole_is_information() -> None:
    ((severity, message),) = findings(policy())
    assert severity is Severity.INFO
    assert "Aimed at all users; all resources; any client." in message


def test_an_always_in_force_is_worse() -> None:
    ((severity, message),) = findings(policy(mode="always"))
    assert severity is Severity.MEDIUM
    assert "survive closing the browser" in message


def test_an_always_that_does_nothing_is_information() -> None:
    off = policy(mode="always") | {"state": "disabled"}
    assert [severity for severity, _ in findings(off)] == [Severity.INFO]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (policy() | {"state": "enabledForReportingButNotEnforced"}, "report-only"),
        (policy() | {"state": "disabled"}, "disabled"),
        (policy(enabled=False), "not enabled"),
        (changed(clientAppTypes=["mobileAppsAndDesktopClients"]), "Browsers are not among"),
        (changed(users={"includeUsers": ["None"]}), "reaches nobody"),
        (changed(users={"includeUsers": ["All"], "excludeGroups": ["g1"]}), "except group g1"),
        (changed(applications={"includeApplications": ["Office365"]}), "Office 365"),
        (
            changed(applications={"includeApplications": ["All"], "excludeApplications": ["a1"]}),
            "except application a1",
        ),
    ],
)
def test_a_never_with_a_hole_is_low(made: dict[str, Any], words: str) -> None:
    ((severity, message),) = findings(made)
    assert severity is Severity.LOW
    assert words in message


def test_a_mode_that_microsoft_adds_tomorrow_is_not_taken_for_never() -> None:
    ((severity, message),) = findings(policy(mode="unknownFutureValue"))
    assert severity is Severity.MEDIUM
    assert "neither always nor never" in message


def test_names_are_used_where_they_were_read() -> None:
    made = changed(
        users={
            "includeGroups": ["g1"],
            "excludeRoles": ["r1"],
            "includeUsers": ["u1", "u2", "u3", "GuestsOrExternalUsers"],
        },
        applications={"includeApplications": ["a1"]},
    )
    result = run_check(
        check,
        policies=[made],
        directory_objects=[{"id": "g1", "displayName": "Pilot"}, {"id": "u1", "displayName": "Ada"}],
        role_templates=[{"id": "r1", "displayName": "Global Administrator"}],
        service_principals=[{"id": "sp", "appId": "a1", "displayName": "Expenses"}],
    )
    message = result.findings[0].message
    assert "user 'Ada', user u2, user u3 and 2 more" in message
    assert "except role 'Global Administrator'" in message
    assert "application 'Expenses'" in message


def test_the_fingerprint_outlives_a_new_name() -> None:
    made = policy("Old name")
    renamed = made | {"displayName": "New name"}
    prints = {run_check(check, policies=[each]).findings[0].fingerprint("t", check.id) for each in (made, renamed)}
    assert len(prints) == 1
