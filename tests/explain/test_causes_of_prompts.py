"""50140: expected, changed since, contradicted, hidden now, a guest's; and each with what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from auditor.explain.explanation import Explanation
from auditor.finding import Confidence
from auditor.tenant.records import Attestation
from auditor.testing import AT, END, after, branding_row, policy, sign_in

Why = Callable[..., Explanation]
Json = dict[str, Any]

SHOWN = [branding_row(hidden=False)]
HIDDEN = [branding_row(hidden=True)]
NEVER = policy("No sessions")
GUEST = {"homeTenantId": "99999999-0000-4000-8000-000000000001"}


def scoped(**conditions: Any) -> Json:
    return {**NEVER, "conditions": {**NEVER["conditions"], **conditions}}


def changed(version: Json, minutes: float, **what: Any) -> Json:
    return {**version, "modifiedDateTime": after(minutes), **what}


def told(said: Explanation) -> str:
    return " ".join(each.statement for each in said.evidence)


def test_expected(why: Why) -> None:
    said = why(sign_in(50140), sign_in_page=SHOWN)
    assert (said.cause, said.confidence, said.missing) == ("prompt-expected", Confidence.STATED, ())
    assert [(each.source, each.at) for each in said.evidence] == [("sign_in_page", END), ("policies", "")]


@pytest.mark.parametrize("page", [[], [branding_row(hidden=None)]])
def test_a_setting_that_is_not_known_is_proven_by_the_prompt(why: Why, page: list[Json]) -> None:
    said = why(sign_in(50140), sign_in_page=page)
    assert (said.cause, said.confidence, said.missing) == ("prompt-expected", Confidence.INFERRED, ())
    assert "so the setting showed it then" in told(said)


def test_without_the_page_it_says_so(why: Why) -> None:
    said = why(sign_in(50140), missing={"sign_in_page": "It was not asked."})
    assert said.confidence is Confidence.INFERRED
    assert any("It was not asked." in each for each in said.missing)


def test_without_policies_nothing_is_known(why: Why) -> None:
    said = why(sign_in(50140), sign_in_page=SHOWN, missing={"policies": "Forbidden."})
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.GENERAL)
    assert any("Forbidden." in each and "Policy.Read.All" in each for each in said.missing)


def test_with_policies_read_in_part_it_is_inferred(why: Why) -> None:
    part = {"policies": [{**NEVER, "state": "disabled"}], "partial": {"policies": "One was twisted."}}
    said = why(sign_in(50140), sign_in_page=SHOWN, **part)
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.INFERRED)
    assert any("Not wholly read" in each for each in said.missing)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param({**NEVER, "state": "disabled"}, id="disabled"),
        pytest.param({**NEVER, "state": "enabledForReportingButNotEnforced"}, id="report-only"),
        pytest.param(policy("No sessions", enabled=False), id="control-off"),
    ],
)
def test_policies_that_enforce_nothing_keep_no_prompt_away(why: Why, made: Json) -> None:
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[made])
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.STATED)


def test_a_policy_in_force_that_does_not_reach_it(why: Why) -> None:
    somebody = scoped(users={"includeUsers": ["aaaaaaaa-0000-4000-8000-0000000000ff"]})
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[somebody])
    assert (said.cause, said.confidence, said.missing) == ("prompt-expected", Confidence.INFERRED, ())


@pytest.mark.parametrize(
    "made",
    [
        pytest.param({**NEVER, "state": "enabledTomorrow"}, id="state"),
        pytest.param(policy("No sessions", mode="sometimes"), id="mode"),
        pytest.param(scoped(users={"includeUsers": ["All"], "includeAgents": ["x"]}), id="condition"),
    ],
)
def test_unknown_words_are_no_answer(why: Why, made: Json) -> None:
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[made])
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.INFERRED)
    assert said.missing


def test_a_policy_that_the_row_calls_applied_contradicts_it(why: Why, applied: Callable[..., Json]) -> None:
    row = sign_in(50140, appliedConditionalAccessPolicies=[applied(NEVER, "success")])
    said = why(row, sign_in_page=SHOWN, policies=[NEVER])
    assert (said.cause, said.confidence, said.missing) == ("policy-should-have-suppressed", Confidence.STATED, ())
    assert "'No sessions'" in told(said)


def test_a_policy_that_should_have_reached_it_contradicts_it(why: Why) -> None:
    said = why(sign_in(50140), sign_in_page=HIDDEN, policies=[NEVER])
    assert (said.cause, said.confidence) == ("policy-should-have-suppressed", Confidence.INFERRED)
    assert said.missing


def test_a_control_on_some_resources_is_where_to_look(why: Why, applied: Callable[..., Json]) -> None:
    row = sign_in(50140, appliedConditionalAccessPolicies=[applied(NEVER, "success")])
    some = scoped(applications={"includeApplications": [row["resourceId"]]})
    said = why(row, sign_in_page=SHOWN, policies=[some])
    assert (said.cause, said.confidence) == ("policy-should-have-suppressed", Confidence.INFERRED)
    assert "not set for all resources" in told(said)


def test_the_row_beats_our_own_reading(why: Why, applied: Callable[..., Json]) -> None:
    other = policy("MFA", mode=None)
    row = sign_in(50140, appliedConditionalAccessPolicies=[applied(other, "success"), applied(NEVER, "notApplied")])
    said = why(row, sign_in_page=SHOWN, policies=[other, NEVER])
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.STATED)
    assert "'No sessions'" in told(said)


def test_a_result_of_tomorrow_is_not_known(why: Why, applied: Callable[..., Json]) -> None:
    row = sign_in(50140, appliedConditionalAccessPolicies=[applied(NEVER, "perhaps")])
    said = why(row, sign_in_page=SHOWN, policies=[NEVER])
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.INFERRED)
    assert any("'perhaps'" in each for each in said.missing)


def test_another_client_than_a_browser_is_not_documented(why: Why) -> None:
    row = sign_in(50140, clientAppUsed="Mobile Apps and Desktop clients")
    said = why(row, sign_in_page=SHOWN, policies=[NEVER])
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.INFERRED)
    assert any("not a browser" in each for each in said.missing)


def test_a_policy_created_since(why: Why, change: Callable[..., Json]) -> None:
    made = changed(NEVER, 60, createdDateTime=after(60))
    entry = change(None, made, after(60))
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[made], policy_changes=[entry])
    assert (said.cause, said.confidence, said.missing) == ("policy-changed-since", Confidence.STATED, ())
    assert [(each.source, each.at) for each in said.evidence] == [("policy_changes", after(60))]
    assert "'boss@contoso.com'" in told(said)


def test_a_policy_enabled_since(why: Why, change: Callable[..., Json]) -> None:
    entry = change({**NEVER, "state": "disabled"}, changed(NEVER, 60), after(60))
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[changed(NEVER, 60)], policy_changes=[entry])
    assert (said.cause, said.confidence) == ("policy-changed-since", Confidence.STATED)


def test_a_policy_changed_before_and_renamed_since_contradicts_it(why: Why, change: Callable[..., Json]) -> None:
    entries = [change({**NEVER, "displayName": "Draft"}, changed(NEVER, 60), after(60))]
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[changed(NEVER, 60)], policy_changes=entries)
    assert said.cause == "policy-should-have-suppressed"


def test_a_policy_deleted_since_counts_as_it_was(why: Why, change: Callable[..., Json]) -> None:
    entry = change(NEVER, None, after(60), activity="Delete conditional access policy")
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[], policy_changes=[entry])
    assert said.cause == "policy-should-have-suppressed"


@pytest.mark.parametrize("how", ["not-read", "cut-off", "not-in-the-log"])
def test_a_change_that_cannot_be_read_leaves_then_unknown(why: Why, change: Callable[..., Json], how: str) -> None:
    entries = [change(json.dumps(NEVER)[:90], changed(NEVER, 60), after(60))] if how == "cut-off" else []
    missing = {"policy_changes": "Forbidden."} if how == "not-read" else {}
    said = why(
        sign_in(50140), sign_in_page=SHOWN, policies=[changed(NEVER, 60)], policy_changes=entries, missing=missing
    )
    assert (said.cause, said.confidence) == ("policy-changed-since", Confidence.INFERRED)
    assert any("before its change is not known" in each for each in said.missing)
    assert any("Forbidden." in each for each in said.missing) is (how == "not-read")


def test_a_change_between_two_that_the_log_lost_leaves_then_unknown(why: Why, change: Callable[..., Json]) -> None:
    """The version before the change that the log has was itself made after the sign-in."""
    entry = change(changed(NEVER, 30, state="disabled"), changed(NEVER, 60), after(60))
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[changed(NEVER, 60)], policy_changes=[entry])
    assert (said.cause, said.confidence) == ("policy-changed-since", Confidence.INFERRED)


def test_changes_before_it_do_not_matter(why: Why, change: Callable[..., Json]) -> None:
    entry = change({**NEVER, "state": "disabled"}, changed(NEVER, -60), after(-60))
    said = why(sign_in(50140), sign_in_page=SHOWN, policies=[changed(NEVER, -60)], policy_changes=[entry])
    assert said.cause == "policy-should-have-suppressed"


def test_hidden_now(why: Why) -> None:
    said = why(sign_in(50140), sign_in_page=HIDDEN)
    assert (said.cause, said.confidence) == ("setting-changed-since", Confidence.STATED)
    assert [each.at for each in said.evidence] == [END, ""]


def test_hidden_before_it(why: Why) -> None:
    said = why(sign_in(50140), sign_in_page=[{**HIDDEN[0], "read": after(-60)}])
    assert (said.cause, said.confidence) == ("setting-changed-since", Confidence.INFERRED)
    assert "came after that" in told(said)


def test_hidden_by_an_admins_word(why: Why) -> None:
    said = why(sign_in(50140), attestation=Attestation("hidden", "Ada", "2026-11-06"))
    assert (said.cause, said.confidence) == ("setting-changed-since", Confidence.INFERRED)
    assert "Ada in the config" in told(said)


def test_a_guests_home_decides(why: Why) -> None:
    said = why(sign_in(50140, **GUEST), sign_in_page=HIDDEN)
    assert (said.cause, said.confidence) == ("prompt-unexpected-for-guest", Confidence.STATED)
    assert "another tenant" in told(said)


def test_a_guest_of_the_house_is_a_guest(why: Why) -> None:
    said = why(sign_in(50140, userType="guest", crossTenantAccessType="none"), sign_in_page=SHOWN)
    assert said.cause == "prompt-unexpected-for-guest"
    assert "another tenant" not in told(said)


def test_a_row_that_does_not_say_whose_it_is(why: Why) -> None:
    said = why(sign_in(50140, homeTenantId=None), sign_in_page=SHOWN)
    assert (said.cause, said.confidence) == ("prompt-expected", Confidence.INFERRED)
    assert any("is a guest is not known" in each for each in said.missing)


def test_in_another_tenant_ours_decides_nothing(why: Why) -> None:
    said = why(sign_in(50140, resourceTenantId="99999999-0000-4000-8000-000000000002"), sign_in_page=HIDDEN)
    assert (said.cause, said.confidence, said.evidence) == ("prompt-expected", Confidence.GENERAL, ())
    assert any("another tenant" in each for each in said.missing)


def test_microsofts_own_rules_are_noted(explained: Callable[..., list[Explanation]]) -> None:
    rows = [sign_in(65001), sign_in(50140, after(1), riskLevelDuringSignIn="high")]
    said = explained(*rows, sign_in_page=SHOWN)[1]
    assert said.cause == "prompt-expected"
    assert "while consent is asked for" in told(said)
    assert "at high risk" in told(said)
    quiet = explained(sign_in(50140, AT), sign_in_page=SHOWN)[0]
    assert "Microsoft documents" not in told(quiet)


def test_names_cannot_hide_the_rest(why: Why, applied: Callable[..., Json]) -> None:
    hostile = {**NEVER, "displayName": "\x1b[2J\u202e" + "x" * 10_000}
    row = sign_in(50140, appliedConditionalAccessPolicies=[applied(hostile, "success")])
    said = why(row, sign_in_page=SHOWN, policies=[hostile])
    assert said.cause == "policy-should-have-suppressed"
    assert "\x1b" not in told(said)
    assert len(told(said)) < 400
