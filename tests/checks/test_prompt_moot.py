from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Confidence, Severity
from auditor.testing import after, branding_row, named_location, policy, role_assignment, run_check, sign_in
from auditor_checks.prompt_moot import check

SHOWN, HIDDEN = [branding_row(False)], [branding_row(True)]
PORTAL = "https://portal.azure.com"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
GROUP = "99999999-0000-4000-8000-000000000001"
ROLE = "62e90394-69f5-4237-9190-012177145e10"
COMPANY_DEVICE = {"deviceId": "d1", "trustType": "Azure AD joined", "isCompliant": True}
UNMANAGED = {"devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}}
MANAGED = {"devices": {"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}}}


def made(name: str = "P", mode: str = "never", **conditions: Any) -> dict[str, Any]:
    each = policy(name, mode=mode)
    each["conditions"] |= conditions
    return each


def users(**more: Any) -> dict[str, Any]:
    return {"includeUsers": ["All"], **more}


def keys(result: CheckResult) -> list[tuple[str, Severity]]:
    return [(each.key, each.severity) for each in result.findings]


@pytest.mark.parametrize("mode", ["always", "never"])
@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"clientAppTypes": ["browser"]},
        {"users": users(excludeUsers=["GuestsOrExternalUsers"])},  # guests do not meet this tenant's prompt
        {"platforms": {"includePlatforms": ["all"], "excludePlatforms": []}},
        {"locations": {"includeLocations": ["All"], "excludeLocations": []}},
    ],
)
def test_a_policy_for_every_browser_sign_in_makes_it_moot(mode: str, conditions: dict[str, Any]) -> None:
    result = run_check(check, sign_in_page=SHOWN, policies=[made(mode=mode, **conditions)], sign_ins=[sign_in(0)])
    assert keys(result) == [("moot", Severity.LOW)]
    (finding,) = result.findings
    assert f"'P' ({mode}) reaches every browser sign-in" in finding.message
    assert "Of 1 completed browser sign-ins" in finding.message
    assert finding.confidence is Confidence.STATED


def test_it_needs_no_log() -> None:
    result = run_check(check, sign_in_page=SHOWN, policies=[made()], missing={"sign_ins": "403"}, portal=PORTAL)
    assert keys(result) == [("moot", Severity.LOW)]
    assert "nothing was counted" in result.findings[0].message
    assert result.findings[0].link.startswith(PORTAL)


@pytest.mark.parametrize(
    ("modified", "words", "confidence"),
    [
        ("2026-11-05T00:00:00Z", "met it last on 2026-11-04, before that last changed", Confidence.STATED),
        ("2026-11-01T00:00:00Z", "did meet it, last on 2026-11-04", Confidence.INFERRED),
        (None, "did meet it", Confidence.STATED),
    ],
)
def test_prompts_in_the_log_are_accounted_for(modified: str | None, words: str, confidence: Confidence) -> None:
    one = made() | {"modifiedDateTime": modified, "createdDateTime": modified}
    rows = [sign_in(50140), sign_in(0)]
    (finding,) = run_check(check, sign_in_page=SHOWN, policies=[one], sign_ins=rows).findings
    assert words in finding.message
    assert finding.confidence is confidence


def test_always_and_never_for_everybody_predict_no_winner() -> None:
    (finding,) = run_check(check, sign_in_page=SHOWN, policies=[made("A", "always"), made("B")]).findings
    assert "Which of always and never wins is not documented." in finding.message


@pytest.mark.parametrize(
    "one",
    [
        policy() | {"state": "enabledForReportingButNotEnforced"},
        policy() | {"state": "disabled"},
        policy(enabled=False),
        policy(mode=None),
        made(clientAppTypes=["mobileAppsAndDesktopClients"]),
        made(users={"includeUsers": ["None"]}),
        made(**MANAGED),
        made(signInRiskLevels=["high"]),
    ],
)
def test_what_does_not_reach_people_leaves_them_to_the_setting(one: dict[str, Any]) -> None:
    result = run_check(check, sign_in_page=SHOWN, policies=[one], sign_ins=[sign_in(0)])
    assert result.status is Status.CLEAR


def test_clear_without_any_policy_whatever_the_log() -> None:
    result = run_check(check, sign_in_page=SHOWN, policies=[], missing={"sign_ins": "403"})
    assert result.status is Status.CLEAR


def test_the_people_whom_it_leaves_out_are_named() -> None:
    one = made(users=users(excludeUsers=["b" * 8 + ADA[8:]], excludeGroups=[GROUP], excludeRoles=[ROLE]))
    result = run_check(
        check,
        sign_in_page=SHOWN,
        policies=[one],
        sign_ins=[sign_in(0)],
        directory_objects=[
            {"id": GROUP, "displayName": "Pilot", "@odata.type": "#microsoft.graph.group"},
            {"id": ADA, "displayName": "Ada", "@odata.type": "#microsoft.graph.user"},
        ],
        group_members={GROUP: [ADA]},
        role_templates=[{"id": ROLE, "displayName": "Global Administrator"}],
        role_assignments=[role_assignment(ADA, ROLE)],
    )
    assert keys(result) == [("partly-moot", Severity.INFO)]
    message = result.findings[0].message
    assert "group 'Pilot', role 'Global Administrator' (2 people)" in message
    assert "policies decide for 0, 1 are left to the setting" in message


@pytest.mark.parametrize(
    ("members", "key", "words"),
    [
        ({GROUP: 5_000}, "partly-moot", "how many people is not known"),
        ({GROUP: []}, "moot", "reaches every browser sign-in"),
        ({GROUP: None}, "moot", "reaches every browser sign-in"),
    ],
)
def test_an_excluded_group(members: dict[str, Any], key: str, words: str) -> None:
    one = made(users=users(excludeGroups=[GROUP]))
    (finding,) = run_check(check, sign_in_page=SHOWN, policies=[one], group_members=members).findings
    assert finding.key == key
    assert words in finding.message


def test_members_that_were_not_read_are_not_nobody() -> None:
    one = made(users=users(excludeGroups=[GROUP]))
    result = run_check(check, sign_in_page=SHOWN, policies=[one], missing={"group_members": "403"})
    assert keys(result) == [("partly-moot", Severity.INFO)]


def test_policies_that_reach_everybody_together() -> None:
    rows = [sign_in(0), sign_in(0, after(1), deviceDetail=COMPANY_DEVICE), sign_in(0, after(2), homeTenantId="another")]
    both = [made("A", "always", **MANAGED), made("B", **UNMANAGED)]
    result = run_check(check, sign_in_page=SHOWN, policies=both, sign_ins=rows)
    assert keys(result) == [("moot-in-the-log", Severity.LOW)]
    assert "all 2 completed browser sign-ins" in result.findings[0].message
    assert run_check(check, sign_in_page=SHOWN, policies=both[:1], sign_ins=rows).status is Status.CLEAR


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"missing": {"sign_ins": "403"}}, "was not read"),
        ({"sign_ins": [sign_in(0, homeTenantId="another")]}, "no browser sign-in in the log"),
        ({"sign_ins": [sign_in(0, deviceDetail=None)]}, "it is not known whether a policy decides"),
    ],
)
def test_not_run_where_only_the_log_could_tell_and_does_not(parts: dict[str, Any], words: str) -> None:
    result = run_check(check, sign_in_page=SHOWN, policies=[made(**UNMANAGED)], **parts)
    assert result.status is Status.NOT_RUN
    assert words in result.reason


def test_a_policy_that_is_not_for_all_resources_settles_nothing() -> None:
    one = made(applications={"includeApplications": ["Office365"]})
    result = run_check(check, sign_in_page=SHOWN, policies=[one], missing={"sign_ins": "403"})
    assert result.status is Status.NOT_RUN


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([made()], [("hidden-and-never", Severity.INFO)]),
        ([made(mode="always")], [("hidden-and-always", Severity.INFO)]),
        ([made("A", "always"), made("B")], [("hidden-and-always", Severity.INFO)]),
        ([made(mode="always", **MANAGED)], []),
        ([], []),
    ],
)
def test_when_it_is_hidden(policies: list[Any], expected: list[tuple[str, Severity]]) -> None:
    result = run_check(check, sign_in_page=HIDDEN, policies=policies, missing={"sign_ins": "403"})
    assert keys(result) == expected
    assert result.status is (Status.FOUND if expected else Status.CLEAR)


@pytest.mark.parametrize(
    "parts",
    [{"policies": [made()]}, {"sign_in_page": SHOWN, "missing": {"policies": "403"}}],
    ids=["setting not known", "no policies"],
)
def test_not_run(parts: dict[str, Any]) -> None:
    assert run_check(check, **parts).status is Status.NOT_RUN


def test_a_place_that_is_left_out_is_not_everybody() -> None:
    office = named_location("Office", ranges=["198.51.100.0/24"])
    one = made(locations={"includeLocations": ["All"], "excludeLocations": [office["id"]]})
    result = run_check(check, sign_in_page=SHOWN, policies=[one], named_locations=[office], sign_ins=[sign_in(0)])
    assert result.status is Status.CLEAR
