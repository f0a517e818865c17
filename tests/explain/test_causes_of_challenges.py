"""The codes behind which policies stand: MFA, devices, apps, challenges, passwords, sign-in frequency."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.explain.explanation import Explanation
from auditor.finding import Confidence
from auditor.testing import END, after, audit_entry, policy, sign_in

Why = Callable[..., Explanation]
Json = dict[str, Any]

ENROLMENTS = (50072, 50079)
CHALLENGES = (50074, 50076, 50078)
MFA_CODES = (*ENROLMENTS, *CHALLENGES)
USER = sign_in(0)["userId"]

STATED, INFERRED, GENERAL = Confidence.STATED, Confidence.INFERRED, Confidence.GENERAL


def grants(*controls: str, operator: str = "OR", **more: Any) -> Json:
    return {
        **policy("Asks", mode=None),
        "grantControls": {"operator": operator, "builtInControls": [*controls], **more},
    }


MFA = grants("mfa")
STRENGTH = grants(authenticationStrength={"id": "00000000-0000-0000-0000-000000000004"})
DEVICE = grants("compliantDevice", operator="AND")
APP = grants("approvedApplication", "compliantApplication")
TERMS = grants(termsOfUse=["5b3d7f52-3e0c-4c2b-9a73-0d2a4a1c6a11"])
FACTOR = grants(customAuthenticationFactors=["Outside"])
PASSWORD = grants("mfa", "passwordChange", operator="AND")
FILTERED: Json = {
    **DEVICE,
    "conditions": {
        **DEVICE["conditions"],
        "devices": {"deviceFilter": {"mode": "exclude", "rule": 'device.trustType -eq "ServerAD"'}},
    },
}
HOURLY: Json = {
    **policy("Asks", mode=None),
    "sessionControls": {
        "signInFrequency": {"isEnabled": True, "value": 4, "type": "hours", "frequencyInterval": "timeBased"}
    },
}


@pytest.mark.parametrize("code", MFA_CODES)
@pytest.mark.parametrize("made", [MFA, STRENGTH, PASSWORD])
def test_a_policy_of_the_row(why: Why, applied: Callable[..., Json], code: int, made: Json) -> None:
    row = sign_in(code, appliedConditionalAccessPolicies=[applied(made)])
    said = why(row, policies=[made])
    assert (said.cause, said.confidence, said.missing) == ("policy", STATED, ())
    assert "'Asks'" in said.evidence[0].statement


def test_a_policy_of_the_row_that_asks_for_something_else(why: Why, applied: Callable[..., Json]) -> None:
    row = sign_in(50074, appliedConditionalAccessPolicies=[applied(DEVICE)])
    assert why(row, policies=[DEVICE]).cause == "not-evidenced"


@pytest.mark.parametrize("result", ["success", "reportOnlyInterrupted", "reportOnlyFailure", "tomorrow"])
def test_a_policy_that_is_satisfied_or_only_reports_asked_for_nothing(
    why: Why, applied: Callable[..., Json], result: str
) -> None:
    report_only = {**MFA, "state": "enabledForReportingButNotEnforced"}
    row = sign_in(50074, appliedConditionalAccessPolicies=[applied(MFA, result)])
    assert why(row, policies=[report_only]).cause == "not-evidenced"


@pytest.mark.parametrize(
    ("words", "cause", "confidence"),
    [
        (["Mfa"], "policy", STATED),
        (["RequireAuthenticationStrength"], "policy", STATED),
        (["RequireCompliantDevice"], "not-evidenced", GENERAL),
        ([], "policy", INFERRED),
    ],
)
def test_a_policy_that_is_gone_goes_by_the_rows_words(
    why: Why, applied: Callable[..., Json], words: list[str], cause: str, confidence: Confidence
) -> None:
    said = why(sign_in(50076, appliedConditionalAccessPolicies=[applied(MFA, enforcedGrantControls=words)]))
    assert (said.cause, said.confidence) == (cause, confidence)
    assert bool(said.missing) is (confidence is INFERRED) or cause == "not-evidenced"


def test_a_policy_changed_since_goes_by_what_it_was(
    why: Why, applied: Callable[..., Json], change: Callable[..., Json]
) -> None:
    row = sign_in(50076, appliedConditionalAccessPolicies=[applied(MFA)])
    now = {**DEVICE, "modifiedDateTime": after(60)}
    assert why(row, policies=[now], policy_changes=[change(MFA, now, after(60))]).confidence is STATED
    # And where that cannot be read, today's is a guess.
    again = why(row, policies=[{**MFA, "modifiedDateTime": after(60)}])
    assert (again.cause, again.confidence) == ("policy", INFERRED)
    assert any("changed since" in each for each in again.missing)


@pytest.mark.parametrize("code", MFA_CODES)
def test_security_defaults_stand_in_the_row(why: Why, applied: Callable[..., Json], code: int) -> None:
    defaults = {"id": "SecurityDefaults", "displayName": "Security defaults"}
    row = sign_in(code, appliedConditionalAccessPolicies=[applied(defaults, enforcedGrantControls=["Mfa"])])
    said = why(row)
    assert (said.cause, said.confidence) == ("security-defaults", STATED)


@pytest.mark.parametrize("code", MFA_CODES)
def test_security_defaults_that_are_on(why: Why, code: int) -> None:
    said = why(sign_in(code), security_defaults=True)
    assert (said.cause, said.confidence) == ("security-defaults", INFERRED)


@pytest.mark.parametrize(
    ("provider", "cause"),
    [
        ("user", "per-user-mfa"),
        ("multiConditionalAccess", "policy"),
        ("securityDefaults", "security-defaults"),
        ("request", "app-request"),
        ("riskBasedPolicy", "risk-policy"),
    ],
)
@pytest.mark.parametrize("code", MFA_CODES)
def test_what_a_beta_row_says_required_it(why: Why, code: int, provider: str, cause: str) -> None:
    required = [{"requirementProvider": provider, "detail": "Because"}]
    said = why(sign_in(code, authenticationRequirementPolicies=required))
    assert (said.cause, said.confidence) == (cause, STATED)
    assert "'Because'" in said.evidence[0].statement


@pytest.mark.parametrize(("code", "cause"), [(50079, "registration"), (50074, "risk-policy")])
def test_registration_that_id_protection_wants(why: Why, code: int, cause: str) -> None:
    required = [{"requirementProvider": "mfaRegistrationRequiredByIdentityProtectionPolicy", "detail": ""}]
    assert why(sign_in(code, authenticationRequirementPolicies=required)).cause == cause


def test_a_provider_of_tomorrow_is_named_and_no_answer(why: Why, applied: Callable[..., Json]) -> None:
    required = [{"requirementProvider": "tomorrow", "detail": ""}]
    row = sign_in(50072, authenticationRequirementPolicies=required)
    said = why({**row, "appliedConditionalAccessPolicies": [applied(MFA, "notApplied")]}, policies=[MFA])
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)
    assert any("'tomorrow'" in each.statement for each in said.evidence)


NOTHING = {"authenticationRequirementPolicies": []}


@pytest.mark.parametrize("code", ENROLMENTS)
def test_registration_is_what_is_left(why: Why, applied: Callable[..., Json], code: int) -> None:
    row = sign_in(code, **NOTHING, appliedConditionalAccessPolicies=[applied(MFA, "notApplied")])
    said = why(row, policies=[MFA])
    assert (said.cause, said.confidence, said.missing) == ("registration", INFERRED, ())
    assert len(said.evidence) == 3


@pytest.mark.parametrize("code", CHALLENGES)
def test_a_challenge_has_more_causes_than_can_be_ruled_out(why: Why, applied: Callable[..., Json], code: int) -> None:
    row = sign_in(code, **NOTHING, appliedConditionalAccessPolicies=[applied(MFA, "notApplied")])
    said = why(row, policies=[MFA])
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)


@pytest.mark.parametrize(
    ("row", "parts", "words"),
    [
        ({}, {}, "per-user MFA"),
        (NOTHING, {}, "the row shows none"),
        (NOTHING, {"missing": {"security_defaults": "Forbidden."}}, "Forbidden."),
    ],
)
def test_what_was_not_looked_at_is_not_ruled_out(why: Why, row: Json, parts: Json, words: str) -> None:
    said = why(sign_in(50072, **row), **parts)
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)
    assert any(words in each for each in said.missing)


def test_a_policy_in_force_where_the_row_is_silent(why: Why) -> None:
    said = why(sign_in(50076), policies=[MFA])
    assert (said.cause, said.confidence) == ("policy", INFERRED)
    assert said.missing


@pytest.mark.parametrize(
    "made",
    [
        pytest.param({**MFA, "state": "disabled"}, id="disabled"),
        pytest.param({**MFA, "state": "enabledForReportingButNotEnforced"}, id="report-only"),
        pytest.param(grants("mfa", "compliantDevice"), id="or-else"),
        pytest.param({**MFA, "modifiedDateTime": END}, id="changed-since"),
    ],
)
def test_policies_that_need_not_have_asked(why: Why, made: Json) -> None:
    assert why(sign_in(50076), policies=[made]).cause == "not-evidenced"


def test_what_is_known_of_the_person_comes_with_it(why: Why) -> None:
    details = {"id": USER, "isMfaRegistered": False, "lastUpdatedDateTime": END}
    said = why(sign_in(50072), security_defaults=True, registrations=[details])
    assert [each.source for each in said.evidence] == ["security_defaults", "registrations"]
    done = audit_entry("User registered security info", USER, after(2))
    said = why(sign_in(50072), security_defaults=True, registrations=[details], user_events=[done])
    assert [each.source for each in said.evidence] == ["security_defaults", "user_events"]
    assert len(why(sign_in(50074), security_defaults=True, registrations=[details]).evidence) == 1


@pytest.mark.parametrize(
    ("code", "made", "cause"),
    [
        (50097, FILTERED, "device-filter"),
        (50097, DEVICE, "device-policy"),
        (50129, DEVICE, "device-policy"),
        (50127, APP, "app-policy"),
        (50158, TERMS, "terms-of-use"),
        (50158, FACTOR, "external-factor"),
        (50142, PASSWORD, "policy"),
        (70043, HOURLY, "sign-in-frequency"),
        (70044, HOURLY, "sign-in-frequency"),
    ],
)
def test_controls_of_policies(why: Why, applied: Callable[..., Json], code: int, made: Json, cause: str) -> None:
    row = sign_in(code, appliedConditionalAccessPolicies=[applied(made)])
    said = why(row, policies=[made])
    assert (said.cause, said.confidence, said.missing) == (cause, STATED, ())
    assert "'Asks'" in said.evidence[0].statement
    # Without the policies it is weaker, and says why.
    weaker = why(row, missing={"policies": "Forbidden."})
    assert weaker.confidence is not STATED
    assert weaker.missing or weaker.cause == "not-evidenced"
    # And of a row that shows no policies nothing can be said.
    silent = why(sign_in(code, appliedConditionalAccessPolicies=None))
    assert (silent.cause, silent.confidence) == ("not-evidenced", GENERAL)
    if code < 70000:
        assert any("Policy.Read.All" in each for each in silent.missing)
    # A policy that asks for something else is no cause.
    assert why(row, policies=[MFA]).cause == "not-evidenced"


def test_both_a_filter_and_a_device(why: Why, applied: Callable[..., Json]) -> None:
    other = {**DEVICE, "id": "other", "displayName": "Other"}
    row = sign_in(50097, appliedConditionalAccessPolicies=[applied(other), applied(FILTERED)])
    said = why(row, policies=[other, FILTERED])
    assert said.cause == "device-filter"
    assert "Other" not in said.evidence[0].statement


def test_the_interval_of_the_policy_is_named(why: Why, applied: Callable[..., Json]) -> None:
    said = why(sign_in(70044, appliedConditionalAccessPolicies=[applied(HOURLY)]), policies=[HOURLY])
    assert "'Asks' (every 4 hours)" in said.evidence[0].statement


def test_a_row_that_says_what_limited_the_session(why: Why, applied: Callable[..., Json]) -> None:
    limited = [{"expirationRequirement": "signInFrequencyPeriodicReauthentication", "detail": ""}]
    said = why(sign_in(70044, sessionLifetimePolicies=limited))
    assert (said.cause, said.confidence) == ("sign-in-frequency", INFERRED)
    row = sign_in(70044, sessionLifetimePolicies=limited, appliedConditionalAccessPolicies=[applied(HOURLY, "success")])
    said = why(row, policies=[HOURLY])
    assert (said.cause, said.confidence) == ("sign-in-frequency", STATED)
    assert "'Asks'" in said.evidence[1].statement
    strange = [{"expirationRequirement": "tomorrow", "detail": ""}]
    assert why(sign_in(70044, sessionLifetimePolicies=strange)).cause == "not-evidenced"


def test_a_sign_in_frequency_in_force_where_the_row_is_silent(why: Why) -> None:
    said = why(sign_in(70043), policies=[HOURLY])
    assert (said.cause, said.confidence) == ("sign-in-frequency", INFERRED)
    assert said.missing
    assert why(sign_in(70043), policies=[{**HOURLY, "state": "disabled"}]).cause == "not-evidenced"


@pytest.mark.parametrize("code", [50074, 50097, 70043])
def test_in_another_tenant_our_policies_decide_nothing(why: Why, applied: Callable[..., Json], code: int) -> None:
    row = sign_in(code, resourceTenantId="99999999-0000-4000-8000-000000000002")
    said = why({**row, "appliedConditionalAccessPolicies": [applied(MFA)]}, policies=[MFA, HOURLY])
    assert (said.cause, said.confidence, said.evidence) == ("not-evidenced", GENERAL, ())
    assert any("another tenant" in each for each in said.missing)
