import json
from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Severity
from auditor.testing import branding_row, policy, run_check, sign_in
from auditor_checks.session_lifetime import check

PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"


def asking(name: str = "Again", value: int | None = 4, unit: str | None = "hours", **control: Any) -> dict[str, Any]:
    each = policy(name, mode=None)
    frequency = {"isEnabled": True, "value": value, "type": unit, "frequencyInterval": "timeBased"}
    return each | {"sessionControls": {"signInFrequency": frequency | control}}


def lifetime(name: str, definition: Any, default: bool | None = True) -> dict[str, Any]:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    return {"id": f"id of {name}", "displayName": name, "isOrganizationDefault": default, "definition": [text]}


def idle(length: str = "01:00:00", application: str = "default", default: bool | None = True) -> dict[str, Any]:
    entries = [{"ApplicationId": application, "WebSessionIdleTimeout": length}]
    rules = {"ActivityBasedTimeoutPolicy": {"Version": 1, "ApplicationPolicies": entries}}
    return lifetime("Idle", rules, default)


def tokens(default: bool | None = True, **properties: str) -> dict[str, Any]:
    return lifetime("Tokens", {"TokenLifetimePolicy": {"Version": 1, **properties}}, default)


def said(result: CheckResult) -> dict[str, Severity]:
    return {each.key: each.severity for each in result.findings}


def message(result: CheckResult, key: str) -> str:
    (found,) = (each.message for each in result.findings if each.key == key)
    return found


@pytest.mark.parametrize(
    "policies",
    [
        [],
        [policy(mode=None)],
        [asking() | {"state": "enabledForReportingButNotEnforced"}],
        [asking() | {"state": "disabled"}],
        [asking(isEnabled=False)],
        [policy(enabled=False)],
    ],
)
def test_clear_when_nothing_is_set(policies: list[Any]) -> None:
    assert run_check(check, policies=policies).status is Status.CLEAR


@pytest.mark.parametrize("dataset", ["policies", "activity_timeouts", "token_lifetimes"])
def test_not_run_when_nothing_is_set_in_what_was_read(dataset: str) -> None:
    for how in ("missing", "partial"):
        result = run_check(check, **{how: {dataset: "Graph answered 403."}})
        assert result.status is Status.NOT_RUN
        assert "Graph answered 403." in result.reason


def test_the_whole_picture() -> None:
    result = run_check(
        check,
        policies=[
            asking(),
            asking("Days", 7, "days"),
            asking("Each", None, None, frequencyInterval="everyTime"),
            policy(),
        ],
        activity_timeouts=[idle("00:15:00", PORTAL)],
        token_lifetimes=[tokens(AccessTokenLifetime="8:00:00")],
        sign_in_page=[branding_row(True)],
    )
    told = message(result, "picture")
    for words in (
        "'Again' asks for a sign-in every 4 hours (all users; all resources; any client).",
        "'Days' asks for a sign-in every 7 days",
        "'Each' asks for a sign-in every time",
        "the most restrictive decides",
        "'No persistent sessions' says never",
        "The prompt is hidden.",
        "the Azure portal after 15 minutes ('Idle')",
        "tokens last 8 hours in the whole tenant ('Tokens')",
    ):
        assert words in told
    assert said(result) == {"picture": Severity.INFO, "token-lifetime-and-frequency": Severity.LOW}


def test_many_policies_make_no_long_report() -> None:
    result = run_check(check, policies=[asking(f"P{number}", number) for number in range(1, 20)])
    assert "And 16 more do." in message(result, "picture")
    assert len(result.findings) == 1


def test_what_could_not_be_read_is_told() -> None:
    result = run_check(check, activity_timeouts=[idle()], missing={"policies": "403.", "token_lifetimes": "404."})
    told = message(result, "picture")
    assert "The Conditional Access policies were not read: 403." in told
    assert "The token lifetime policies were not read: 404." in told
    assert "No policy" not in told
    assert said(result) == {"picture": Severity.INFO}  # without policies nobody knows whom the prompt reaches


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"sign_in_page": [branding_row(False)]}, True),
        ({"sign_in_page": [branding_row(False)], "activity_timeouts": [idle(application=PORTAL)]}, False),
        ({"sign_in_page": [branding_row(False)], "activity_timeouts": [idle(default=False)]}, False),
        ({"sign_in_page": [branding_row(False)], "activity_timeouts": [idle(default=None)]}, False),
        ({"sign_in_page": [branding_row(False)], "activity_timeouts": [idle("soon")]}, False),
        ({"sign_in_page": [branding_row(False)], "policies": [policy()]}, False),  # nobody meets the prompt
        ({"sign_in_page": [branding_row(True)]}, False),
        ({}, False),
    ],
)
def test_users_who_stay_signed_in_escape_the_idle_timeout(parts: dict[str, Any], expected: bool) -> None:
    result = run_check(check, **{"activity_timeouts": [idle()], **parts})
    assert said(result).get("idle-timeout-escaped") == (Severity.LOW if expected else None)


def test_always_with_an_idle_timeout() -> None:
    result = run_check(check, policies=[policy(mode="always")], activity_timeouts=[idle()])
    assert said(result) == {"picture": Severity.INFO, "always-and-idle-timeout": Severity.LOW}
    assert "is not documented" in message(result, "always-and-idle-timeout")
    off = policy(mode="always") | {"state": "disabled"}
    assert said(run_check(check, policies=[off], activity_timeouts=[idle()])) == {"picture": Severity.INFO}


@pytest.mark.parametrize(
    ("parts", "severity"),
    [
        ({"policies": [asking()], "token_lifetimes": [tokens(AccessTokenLifetime="8:00:00")]}, Severity.LOW),
        ({"policies": [asking()], "token_lifetimes": [tokens(False, AccessTokenLifetime="8:00:00")]}, Severity.INFO),
        ({"policies": [asking()], "token_lifetimes": [tokens(AccessTokenLifetime="soon")]}, None),
        ({"policies": [asking()], "token_lifetimes": [tokens(MaxInactiveTime="1.00:00:00")]}, None),
        ({"policies": [policy()], "token_lifetimes": [tokens(AccessTokenLifetime="8:00:00")]}, None),
    ],
)
def test_token_lifetimes_and_sign_in_frequency(parts: dict[str, Any], severity: Severity | None) -> None:
    assert said(run_check(check, **parts)).get("token-lifetime-and-frequency") == severity


def test_retired_lifetimes_are_no_protection() -> None:
    result = run_check(
        check, token_lifetimes=[tokens(MaxAgeSessionSingleFactor="04:00:00", MaxInactiveTime="until-revoked")]
    )
    assert said(result) == {"picture": Severity.INFO, "retired-lifetimes": Severity.LOW}
    assert "ignored MaxAgeSessionSingleFactor, MaxInactiveTime since January 2021, which stand in 'Tokens'." in message(
        result, "retired-lifetimes"
    )
    assert "tokens last" not in message(result, "picture")


@pytest.mark.parametrize(
    ("value", "unit", "expected"), [(91, "days", True), (90, "days", False), (91, "hours", False), (23, "hours", False)]
)
def test_a_frequency_beyond_the_default_and_days_are_no_hours(value: int, unit: str, expected: bool) -> None:
    assert ("long-frequency" in said(run_check(check, policies=[asking("P", value, unit)]))) is expected


def test_several_frequencies_for_the_same_sign_ins() -> None:
    both = [asking(), asking("Weekly", 7, "days")]
    result = run_check(check, policies=both, sign_ins=[sign_in(0), sign_in(50140)])
    assert said(result) == {"picture": Severity.INFO, "several-frequencies": Severity.INFO}
    assert "frequencies reach: 1, most" in message(result, "several-frequencies")
    assert "'Again' (every 4 hours), 'Weekly' (every 7 days)" in message(result, "several-frequencies")
    assert said(run_check(check, policies=both, missing={"sign_ins": "403"})) == {"picture": Severity.INFO}


def test_what_is_not_understood_is_named_and_decides_nothing() -> None:
    result = run_check(
        check,
        policies=[asking("Odd", 4, "weeks")],
        activity_timeouts=[lifetime("Twisted", "[" * 10_000)],
        token_lifetimes=[tokens(Tomorrow="1")],
        sign_in_page=[branding_row(False)],
    )
    assert said(result) == {"picture": Severity.INFO, "not-understood": Severity.INFO}
    told = message(result, "not-understood")
    for words in ("'Odd': its sign-in frequency", "'Twisted': a definition that is no JSON", "'Tokens': Tomorrow"):
        assert words in told


def test_the_fingerprints_outlive_names_and_counts() -> None:
    def prints(name: str, rows: int) -> set[str]:
        changed = asking() | {"displayName": name}
        result = run_check(check, policies=[changed, asking("B", 7, "days")], sign_ins=[sign_in(0)] * rows)
        return {each.fingerprint("t", check.id) for each in result.findings}

    assert prints("Old name", 1) == prints("New name", 1)
