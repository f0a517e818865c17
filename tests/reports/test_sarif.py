import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.finding import Severity
from auditor.reports.sarif import FINGERPRINT, render
from auditor.run import Run

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def runs(canonical: Run) -> list[dict[str, Any]]:
    text = render(canonical)
    assert text.isascii()
    document = json.loads(text)
    jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER).validate(document)
    made: list[dict[str, Any]] = document["runs"]
    return made


def test_tenants_are_told_apart(runs: list[dict[str, Any]]) -> None:
    assert [each["automationDetails"]["id"] for each in runs] == [
        "auditor/11111111-2222-4333-8444-555555555555/",
        "auditor/99999999-2222-4333-8444-555555555555/",
        "auditor-not-looked-at/fabrikam.example/",
    ]


def test_a_tenant_out_of_reach_has_no_results_and_no_empty_list_of_them(runs: list[dict[str, Any]]) -> None:
    assert "results" not in runs[2]
    (invocation,) = runs[2]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "the secret has expired" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_each_finding_is_a_result_of_its_rule(runs: list[dict[str, Any]], canonical: Run) -> None:
    for run, tenant in zip(runs, canonical.tenants, strict=False):
        found = [(check.id, each) for check in tenant.checks for each in check.findings]
        assert [each["ruleId"] for each in run["results"]] == [check for check, _ in found]
        for result, (check, finding) in zip(run["results"], found, strict=True):
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == check
            assert result["partialFingerprints"] == {FINGERPRINT: finding.fingerprint(tenant.id, check)}


def test_levels_follow_severity(canonical: Run) -> None:
    tenant = canonical.tenants[0]
    result = next(each for each in tenant.checks if each.findings)
    findings = tuple(replace(result.findings[0], severity=each) for each in Severity)
    run = replace(canonical, tenants=(replace(tenant, checks=(replace(result, findings=findings),)),))
    made = json.loads(render(run))["runs"][0]["results"]
    assert [(each["level"], each["kind"]) for each in made] == [
        ("none", "informational"),
        ("note", "fail"),
        ("warning", "fail"),
        ("error", "fail"),
        ("error", "fail"),
    ]


def test_a_subject_has_its_tenant_as_parent(runs: list[dict[str, Any]]) -> None:
    places = runs[0]["logicalLocations"]
    assert (places[0]["kind"], places[0]["name"]) == ("tenant", "Contoso (contoso.com)")
    assert [each["index"] for each in places] == list(range(len(places)))
    for result in runs[0]["results"]:
        (place,) = result["locations"][0]["logicalLocations"]
        assert places[place["index"]] == place
        assert place["parentIndex"] == 0
    assert len({each["fullyQualifiedName"] for each in places}) == len(places)


def test_accepted_and_expired(runs: list[dict[str, Any]]) -> None:
    found = {
        place["name"]: each["suppressions"]
        for each in runs[0]["results"]
        for place in each["locations"][0]["logicalLocations"]
        if each["ruleId"].startswith("persistent-browser")
    }
    assert found["Front desk"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "The desk is manned | day and night. (@ops)",
        }
    ]
    assert found["Trial"][0]["status"] == "rejected"
    assert found["Trial"][0]["justification"] == "It runs until spring. It expired: 2026-11-20."
    assert found["Persistent browser session"] == []


def test_what_was_not_looked_at_is_an_error_of_the_execution(runs: list[dict[str, Any]]) -> None:
    whole, part = (each["invocations"][0] for each in runs[:2])
    assert whole["executionSuccessful"] is True
    assert part["executionSuccessful"] is False
    told = part["toolExecutionNotifications"]
    rules = {each["associatedRule"]["id"]: each["level"] for each in told if "associatedRule" in each}
    assert rules["interrupts"] == "error"
    assert [
        each["level"] for each in told if "The Conditional Access policies: partial" in each["message"]["text"]
    ] == ["warning"]
    assert [each["level"] for each in told if "The sign-in log: missing" in each["message"]["text"]] == ["error"]


def test_other_packages_of_checks_are_named(runs: list[dict[str, Any]]) -> None:
    assert runs[0]["tool"]["extensions"] == [{"name": "auditor-extra", "version": "0.1"}]
