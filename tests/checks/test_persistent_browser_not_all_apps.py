from typing import Any

import pytest

from auditor.check import Status
from auditor.finding import Severity
from auditor.testing import policy, run_check
from auditor_checks.persistent_browser_not_all_apps import check


def aimed_at(mode: str = "never", **applications: Any) -> dict[str, Any]:
    made = policy(mode=mode)
    made["conditions"]["applications"] = applications
    return made


@pytest.mark.parametrize(
    ("made", "severity", "words"),
    [
        (
            aimed_at(includeApplications=["a1", "Office365"]),
            Severity.MEDIUM,
            "It sets browser sessions to never and is aimed at 'Expenses', Office 365 only, and not at all resources.",
        ),
        (
            aimed_at("always", includeApplications=["a2"]),
            Severity.MEDIUM,
            "to always and is aimed at the application a2",
        ),
        (aimed_at(includeApplications=["None"]), Severity.MEDIUM, "is aimed at no resource"),
        (
            aimed_at(includeUserActions=["urn:user:registerdevice"]),
            Severity.MEDIUM,
            "the user action urn:user:registerdevice only",
        ),
        (
            aimed_at(includeAuthenticationContextClassReferences=["c1"]),
            Severity.MEDIUM,
            "the authentication context c1 only",
        ),
        (
            aimed_at(applicationFilter={"mode": "include", "rule": 'CustomSecurityAttribute.a -eq "b"'}),
            Severity.MEDIUM,
            "applications by the filter CustomSecurityAttribute.a",
        ),
        (
            aimed_at(includeApplications=["All"], excludeApplications=["a1"]),
            Severity.LOW,
            "for all resources except 'Expenses'. All tabs share one session",
        ),
        (
            aimed_at(includeApplications=["All"], applicationFilter={"mode": "exclude", "rule": "x"}),
            Severity.LOW,
            "except applications by the filter x",
        ),
        (aimed_at(includeApplications=["All", "a1"]), Severity.INFO, "it also names 'Expenses'"),
        (
            aimed_at(includeApplications=[f"a{number}" for number in range(2, 9)]),
            Severity.MEDIUM,
            "the application a6 and 2 more only",
        ),
    ],
)
def test_found(made: dict[str, Any], severity: Severity, words: str) -> None:
    apps = [{"id": "sp", "appId": "a1", "displayName": "Expenses"}]
    (finding,) = run_check(check, policies=[made], service_principals=apps).findings
    assert finding.severity is severity
    assert words in finding.message


def test_a_policy_that_changes_its_exceptions_is_still_the_same_problem() -> None:
    made = [aimed_at(includeApplications=["All"], excludeApplications=[each]) for each in ("a1", "a2")]
    prints = {run_check(check, policies=[each]).findings[0].fingerprint("t", check.id) for each in made}
    assert len(prints) == 1


@pytest.mark.parametrize(
    "made",
    [
        policy(),
        policy(mode=None),
        policy(enabled=False) | aimed_at(includeApplications=["a1"]) | {"sessionControls": {}},
        aimed_at(includeApplications=["a1"]) | {"state": "enabledForReportingButNotEnforced"},
        aimed_at(includeApplications=["a1"]) | {"state": "disabled"},
    ],
)
def test_clear(made: dict[str, Any]) -> None:
    assert run_check(check, policies=[made]).status is Status.CLEAR


def test_ids_stand_in_for_names_that_were_not_read() -> None:
    result = run_check(
        check, policies=[aimed_at(includeApplications=["a1"])], missing={"service_principals": "Graph answered 403."}
    )
    assert "the application a1" in result.findings[0].message


def test_not_run_without_policies() -> None:
    assert run_check(check, missing={"policies": "Graph answered 403."}).status is Status.NOT_RUN
