from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Finding, Severity
from auditor.testing import branding_row, policy, role_assignment, run_check, sign_in
from auditor_checks.persistent_browser_conflict import check

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
BOB = "aaaaaaaa-0000-4000-8000-000000000002"
GROUP = "dddddddd-0000-4000-8000-000000000001"
PEOPLE = [
    {"@odata.type": "#microsoft.graph.user", "id": ADA, "displayName": "Ada", "userPrincipalName": "ada@contoso.com"},
    {"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Pilot"},
]
ROLES = [{"id": GLOBAL, "displayName": "Global Administrator"}]


def made(mode: str, users: dict[str, Any] | None = None, state: str = "enabled", **conditions: Any) -> dict[str, Any]:
    one = policy(mode, mode=mode)
    one["conditions"] |= conditions | ({"users": users} if users else {})
    return one | {"state": state}


def ran(*policies: dict[str, Any], **parts: Any) -> CheckResult:
    """With the prompt shown, unless told otherwise."""
    shown = {"sign_in_page": [branding_row(False)], "directory_objects": PEOPLE, "role_templates": ROLES}
    return run_check(check, policies=policies, **(shown | parts))


def found(*policies: dict[str, Any], **parts: Any) -> Finding:
    (finding,) = ran(*policies, **parts).findings
    return finding


def test_a_sign_in_that_both_reach_makes_it_certain() -> None:
    finding = found(made("always"), made("never"), sign_ins=[sign_in(0), sign_in(0)])
    assert finding.severity is Severity.MEDIUM
    assert "both reach 2 completed browser sign-ins of the log, for example of ada@contoso.com" in finding.message
    assert "Which of them wins is not documented." in finding.message
    assert finding.evidence[-1].source == "sign_ins"


@pytest.mark.parametrize("row", [sign_in(50140), sign_in(0, clientAppUsed="IMAP4")])
def test_a_row_that_is_no_completed_browser_sign_in_proves_nothing(row: dict[str, Any]) -> None:
    finding = found(made("always"), made("never"), sign_ins=[row])
    assert finding.severity is Severity.LOW
    assert "No sign-in of the log shows it, and nothing keeps the two apart: people: an ordinary mem" in finding.message


def test_the_order_of_the_policies_makes_no_other_finding() -> None:
    pair = [made("always"), made("never")]
    assert found(*pair).fingerprint("t", check.id) == found(*pair[::-1]).fingerprint("t", check.id)


@pytest.mark.parametrize(
    "policies",
    [
        (made("always"),),
        (made("never"), policy("other")),
        (made("always", {"includeUsers": [ADA]}), made("never", {"includeUsers": ["All"], "excludeUsers": [ADA]})),
        # The group was only counted: whoever is in it, no one is both in it and not.
        (
            made("always", {"includeGroups": [GROUP]}),
            made("never", {"includeUsers": ["All"], "excludeGroups": [GROUP]}),
        ),
        (made("always"), made("never", state="enabledForReportingButNotEnforced")),
        (made("always", state="disabled"), made("never")),
        (made("always"), policy("never", mode="never", enabled=False)),
        (made("always"), made("never", clientAppTypes=["mobileAppsAndDesktopClients"])),
        (made("always"), made("never") | {"grantControls": {"operator": "OR", "builtInControls": ["block"]}}),
        (made("always"), policy("new", mode="unknownFutureValue")),
        (
            made("always", devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}}),
            made("never", devices={"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}),
        ),
        (
            made("always", platforms={"includePlatforms": ["windows"]}),
            made("never", platforms={"includePlatforms": ["all"], "excludePlatforms": ["windows"]}),
        ),
    ],
)
def test_apart(policies: tuple[dict[str, Any], ...]) -> None:
    result = ran(*policies, sign_ins=[sign_in(0)], group_members={GROUP: 30_000})
    assert result.status is Status.CLEAR


def test_what_is_not_known_is_named() -> None:
    pair = made("always", {"includeGroups": [GROUP]}), made("never", {"includeUsers": [BOB]})
    finding = found(*pair, missing={"group_members": "Graph answered 403."})
    assert finding.severity is Severity.INFO
    assert (
        "is not known. people: The members of the group 'Pilot' are not known: Graph answered 403." in finding.message
    )


def test_of_a_policy_for_some_applications_the_effect_is_not_known() -> None:
    pair = made("always"), made("never", applications={"includeApplications": ["Office365"]})
    finding = found(*pair, sign_ins=[sign_in(0)])
    assert finding.severity is Severity.INFO
    assert "'never': The policy is not set for all resources" in finding.message


def test_a_role_that_may_be_activated_counts() -> None:
    pair = made("always", {"includeRoles": [GLOBAL]}), made("never", {"includeUsers": [ADA]})
    assert ran(*pair).status is Status.CLEAR
    finding = found(*pair, role_eligibilities=[role_assignment(ADA, GLOBAL)])
    assert finding.severity is Severity.LOW
    assert "once people have activated roles that they may: people: 'Ada'." in finding.message
    in_part = role_assignment(ADA, GLOBAL, "/administrativeUnits/1")
    assert ran(*pair, role_eligibilities=[in_part]).status is Status.CLEAR


def test_not_clear_where_nobody_knows_who_may_activate_a_role() -> None:
    pair = made("always", {"includeRoles": [GLOBAL]}), made("never", {"includeUsers": [ADA]})
    result = ran(*pair, missing={"role_eligibilities": "Graph answered 403."})
    assert result.status is Status.NOT_RUN
    assert "Who may activate roles" in result.reason
    assert "RoleEligibilitySchedule.Read.Directory" in result.remedy


def test_without_the_log_nothing_is_claimed_of_it() -> None:
    finding = found(made("always"), made("never"), missing={"sign_ins": "Graph answered 403."})
    assert "The sign-in log was not read, and nothing keeps the two apart" in finding.message


def test_a_policy_overrides_a_hidden_setting() -> None:
    kept = made("always", {"includeGroups": [GROUP]})
    finding = found(kept, sign_in_page=[branding_row(True)], group_members={GROUP: [BOB]})
    assert (finding.severity, finding.key) == (Severity.LOW, "overrides-the-setting")
    assert "overrides the hidden setting for group 'Pilot'" in finding.message
    assert any(each.source == "sign_in_page" for each in finding.evidence)


def test_a_policy_that_keeps_nobodys_session_overrides_nothing() -> None:
    kept = made("always", {"includeGroups": [GROUP]})
    assert ran(kept, sign_in_page=[branding_row(True)], group_members={GROUP: []}).status is Status.CLEAR


def test_not_clear_where_the_setting_is_not_known() -> None:
    result = ran(made("always"), sign_in_page=[])
    assert result.status is Status.NOT_RUN
    assert "Whether the setting to stay signed in is hidden" in result.reason
    assert ran(made("never"), sign_in_page=[]).status is Status.CLEAR


def test_not_run_without_policies() -> None:
    assert run_check(check, missing={"policies": "Graph answered 403."}).status is Status.NOT_RUN


def test_an_excluded_group_that_was_not_read_takes_nothing_from_all_others() -> None:
    everybody_but = {"includeUsers": ["All"], "excludeGroups": [GROUP]}
    finding = found(made("always", everybody_but), made("never"))
    assert finding.severity is Severity.LOW
    assert "So it is for all but the members of the group 'Pilot', who were not read." in finding.message
    one = found(made("always", {"includeUsers": [ADA], "excludeGroups": [GROUP]}), made("never"))
    assert one.severity is Severity.INFO
    assert "not known" in one.message
    apart = ran(made("always", everybody_but), made("never", {"includeUsers": [], "includeGroups": [GROUP]}))
    assert apart.status is Status.CLEAR


def test_beside_a_finding_what_was_not_read_is_told() -> None:
    pair = made("always", {"includeUsers": ["All"], "excludeRoles": [GLOBAL]}), made("never")
    result = ran(*pair, sign_in_page=[], missing={"role_eligibilities": "No P2.", "sign_in_page": "403."})
    told = {finding.subject.kind: finding for finding in result.findings}
    assert told["policy"].severity is Severity.LOW
    assert told["roles"].severity is told["setting"].severity is Severity.INFO
    assert "No P2." in told["roles"].message
    assert "Whether the setting to stay signed in is hidden" in told["setting"].message
