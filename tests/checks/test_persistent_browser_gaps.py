from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Confidence, Finding, Severity
from auditor.testing import (
    Administrators,
    branding_row,
    named_location,
    policy,
    role_assignment,
    run_check,
)
from auditor_checks.persistent_browser_gaps import check

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
SYNC = "d29b2b05-8046-44ba-8758-1e26182fcf32"
ROLES = [{"id": GLOBAL, "displayName": "Global Administrator"}, {"id": SYNC, "displayName": "Synchronization"}]
TEMPLATE = {"mode": "include", "rule": 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True'}
PORTAL = "https://portal.azure.us"


def user(name: str, **more: str) -> dict[str, Any]:
    account = {"@odata.type": "#microsoft.graph.user", "id": f"u-{name.lower()}", "displayName": name}
    return account | {"userPrincipalName": f"{name.lower()}@contoso.com"} | more


def group(name: str) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.group", "id": f"g-{name.lower()}", "displayName": name}


OBJECTS = [user("Ada"), user("Bob"), user("Eve"), user("Fire"), group("VIP"), group("Big"), group("Only")]


def never(name: str = "Never", **conditions: Any) -> dict[str, Any]:
    made = policy(name)
    users = made["conditions"]["users"] | conditions.pop("users", {})
    made["conditions"] |= conditions | {"users": users}
    return made


def run(*policies: dict[str, Any], **parts: Any) -> CheckResult:
    shown = {"sign_in_page": [branding_row(False)], "directory_objects": OBJECTS, "role_templates": ROLES}
    return run_check(check, policies=policies, **(shown | parts))


def found(*policies: dict[str, Any], **parts: Any) -> dict[tuple[str, str], Finding]:
    findings = run(*policies, **parts).findings
    told = {(each.subject.kind, each.subject.id): each for each in findings}
    assert len(told) == len(findings), "one finding for each subject"
    return told


def test_clear_with_the_strictest_policy_and_with_microsofts_template() -> None:
    held = {"role_assignments": [role_assignment("u-ada", GLOBAL)]}
    assert run(never(), **held).status is Status.CLEAR
    assert run(never(devices={"deviceFilter": TEMPLATE}), **held).status is Status.CLEAR


def test_not_run_without_policies() -> None:
    result = run_check(check, missing={"policies": "Graph answered 403."})
    assert result.status is Status.NOT_RUN
    assert "Policy.Read.All" in result.remedy


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (never(clientAppTypes=["mobileAppsAndDesktopClients"]), "Browsers are not among"),
        (never() | {"state": "enabledForReportingButNotEnforced"}, "report-only"),
        (never() | {"state": "disabled"}, "disabled"),
        (policy(mode="always"), ""),
        (policy(enabled=False), "not enabled"),
        (never(users={"includeUsers": ["None"]}), "reaches nobody"),
        (policy(mode=None), ""),
    ],
)
def test_one_finding_where_nothing_acts(made: dict[str, Any], words: str) -> None:
    (finding,) = run(made, role_assignments=[role_assignment("u-ada", GLOBAL)]).findings
    assert (finding.severity, finding.subject.kind) == (Severity.HIGH, "setting")
    assert "No policy keeps browser sessions from outliving the browser" in finding.message
    assert words in finding.message


@pytest.mark.parametrize(
    ("page", "severity", "words"),
    [
        ([branding_row(False)], Severity.HIGH, "High, because"),
        ([branding_row(True)], Severity.MEDIUM, "and the prompt to stay signed in is hidden"),
        ([], Severity.MEDIUM, "and whether the prompt to stay signed in is shown is not known"),
    ],
)
def test_the_prompt_weighs(page: list[dict[str, Any]], severity: Severity, words: str) -> None:
    (finding,) = run(sign_in_page=page).findings
    assert finding.severity is severity
    assert words in finding.message


def test_a_policy_for_one_test_user_leaves_everybody_else() -> None:
    told = found(never(users={"includeUsers": ["u-bob"]}), role_assignments=[role_assignment("u-ada", GLOBAL)])
    assert told["members", "member"].severity is Severity.MEDIUM
    guests = [subject for kind, subject in told if kind == "guests"]
    assert len(guests) == 5
    assert all(told["guests", each].severity is Severity.HIGH for each in guests)
    assert "'Ada'" in told["role", GLOBAL].message


def test_people_in_a_group_may_be_everybody() -> None:
    told = found(never(users={"includeUsers": [], "includeGroups": ["g-big"]}), group_members={"g-big": 30_000})
    finding = told["members", "member"]
    assert (finding.severity, finding.confidence) == (Severity.LOW, Confidence.INFERRED)
    assert "only in 'Big'" in finding.message


def test_an_excluded_suite_is_a_gap() -> None:
    told = found(never(applications={"includeApplications": ["All"], "excludeApplications": ["Office365"]}))
    assert list(told) == [("resource", "Office365")]
    assert told["resource", "Office365"].severity is Severity.MEDIUM


def test_a_big_group_is_counted() -> None:
    told = found(never(users={"excludeGroups": ["g-big"]}), group_members={"g-big": 30_000}, portal=PORTAL)
    finding = told["group", "g-big"]
    assert list(told) == [("group", "g-big")]
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.INFERRED)
    assert "30000 members" in finding.message
    assert finding.link.startswith(PORTAL)


def test_excluded_people_by_name_with_what_they_hold() -> None:
    told = found(
        never(users={"excludeGroups": ["g-vip"], "excludeUsers": ["u-bob", "u-gone"]}),
        group_members={"g-vip": ["u-ada", "u-eve"]},
        role_assignments=[role_assignment("u-ada", GLOBAL)],
    )
    assert set(told) == {("group", "g-vip"), ("user", "u-bob"), ("role", GLOBAL)}
    vip = told["group", "g-vip"]
    assert vip.severity is Severity.HIGH
    assert "2 members of it: 'Ada', 'Eve'. Administrators are among it: Global Administrator." in vip.message
    assert told["user", "u-bob"].severity is Severity.LOW
    assert told["role", GLOBAL].severity is Severity.HIGH


def test_an_exclusion_that_another_policy_covers_is_no_gap() -> None:
    most = never("most", users={"excludeGroups": ["g-vip"], "excludeUsers": ["u-bob"]})
    rest = never("rest", users={"includeUsers": ["u-bob"], "includeGroups": ["g-vip"]})
    assert run(most, rest, group_members={"g-vip": ["u-ada"]}).status is Status.CLEAR
    assert run(most, rest, group_members={"g-vip": 30_000}).status is Status.CLEAR


def test_whoever_a_policy_is_not_for_is_not_excluded() -> None:
    admins = never(users={"includeUsers": [], "includeRoles": [GLOBAL], "excludeGroups": ["g-vip"]})
    told = found(admins, group_members={"g-vip": ["u-eve"]}, role_assignments=[role_assignment("u-ada", GLOBAL)])
    assert ("group", "g-vip") not in told
    assert ("role", GLOBAL) not in told
    assert ("members", "member") in told


def test_an_excluded_role_that_makes_no_administrator() -> None:
    told = found(never(users={"excludeRoles": [SYNC]}), role_assignments=[role_assignment("u-eve", SYNC)])
    assert list(told) == [("role", SYNC)]
    assert told["role", SYNC].severity is Severity.LOW


def test_who_may_activate_a_role_is_judged_as_if_it_were_active() -> None:
    told = found(never(users={"excludeRoles": [GLOBAL]}), role_eligibilities=[role_assignment("u-bob", GLOBAL)])
    assert "'Bob' (eligible)" in told["role", GLOBAL].message


@pytest.mark.parametrize("missing", [{}, {"role_assignments": "403."}])
def test_a_role_left_out_is_found_even_without_its_holders(missing: dict[str, str]) -> None:
    roles = never(users={"includeUsers": [], "includeRoles": [READER]})
    templates = [*ROLES, {"id": READER, "displayName": "Global Reader"}]
    told = found(roles, role_templates=templates, missing=missing, role_assignments=[role_assignment("u-ada", GLOBAL)])
    finding = told["roles", "administrators"] if missing else told["role", GLOBAL]
    assert finding.severity is (Severity.MEDIUM if missing else Severity.HIGH)
    assert ("403." in finding.message) is bool(missing)
    assert "'Global Administrator'" in finding.message
    assert "'Global Reader'" not in finding.message
    assert [kind for kind, _ in told if kind == "role"] == ([] if missing else ["role"])


def test_guests_of_one_tenant() -> None:
    guests = {
        "guestOrExternalUserTypes": "b2bCollaborationGuest",
        "externalTenants": {"membershipKind": "enumerated", "members": ["t-1"]},
    }
    told = found(never(users={"excludeGuestsOrExternalUsers": guests}))
    assert list(told) == [("guests", "b2bCollaborationGuest")]
    assert "of the tenant t-1" in told["guests", "b2bCollaborationGuest"].message


def test_a_filter_for_one_model_covers_hardly_any_device() -> None:
    told = found(
        never(devices={"deviceFilter": {"mode": "include", "rule": TEMPLATE["rule"] + ' -and device.model -eq "X1"'}})
    )
    assert ("device", "unregistered") not in told, "-or binds less than -and"
    one = 'device.isCompliant -ne True -and device.model -eq "X1"'
    told = found(never(devices={"deviceFilter": {"mode": "include", "rule": one}}))
    assert set(told) == {("device", "unregistered"), ("device", "AzureAD not compliant")}
    assert "covers all sign-ins on" in told["device", "AzureAD not compliant"].message
    assert {each.severity for each in told.values()} == {Severity.HIGH}


def test_managed_devices_alone_are_the_wrong_way_round() -> None:
    told = found(never(devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}}))
    assert {kind for kind, _ in told} == {"device"}
    assert ("device", "unregistered") in told
    assert not [subject for _, subject in told if subject.endswith(" compliant") and "not" not in subject]


def test_platforms_and_places() -> None:
    told = found(never(platforms={"includePlatforms": ["all"], "excludePlatforms": ["linux"]}))
    assert list(told) == [("platform", "linux")]
    office = named_location("Office", ranges=["203.0.113.0/24"], trusted=True)
    shop = named_location("Shop", ranges=["198.51.100.0/24"])
    told = found(
        never(locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted", shop["id"]]}),
        named_locations=[office, shop],
    )
    assert {subject: each.severity for (_, subject), each in told.items()} == {
        "AllTrusted": Severity.LOW,
        shop["id"]: Severity.MEDIUM,
    }
    assert "'Shop'" in told["location", shop["id"]].message


def test_a_policy_for_one_platform_is_judged_there() -> None:
    told = found(never(platforms={"includePlatforms": ["android"]}, users={"excludeUsers": ["u-bob"]}))
    assert {kind for kind, _ in told} == {"platform", "user"}
    assert ("platform", "windows") in told
    assert ("platform", "android") not in told


EMERGENCY = Administrators(break_glass=("fire@contoso.com",))


@pytest.mark.parametrize("users", [{"excludeUsers": ["u-fire"]}, {"excludeGroups": ["g-only"]}])
def test_emergency_accounts_are_expected_to_be_excluded(users: dict[str, Any]) -> None:
    held = [role_assignment("u-fire", GLOBAL)]
    members = {"g-only": ["u-fire"]}
    made = never(users=users)
    assert run(made, role_assignments=held, group_members=members, administrators=EMERGENCY).status is Status.CLEAR
    assert run(made, role_assignments=held, group_members=members).status is Status.FOUND
    more = {"g-only": ["u-fire", "u-eve"]}
    told = found(made, role_assignments=held, group_members=more, administrators=EMERGENCY)
    assert ("group", "g-only") in told if "excludeGroups" in users else not told


def test_an_emergency_account_that_is_not_excluded_is_information() -> None:
    expected = Administrators(break_glass=("fire@contoso.com", "who@contoso.com"))
    told = found(never(), administrators=expected)
    assert set(told) == {("user", "u-fire"), ("account", "who@contoso.com")}
    assert {each.severity for each in told.values()} == {Severity.INFO}


def test_what_is_not_known_is_not_clear() -> None:
    made = never(users={"excludeGroups": ["g-vip"]})
    result = run(made, missing={"group_members": "403."})
    assert result.status is Status.NOT_RUN
    assert "'VIP'" in result.reason
    assert "GroupMember.Read.All" in result.remedy
    made["conditions"]["users"]["excludeUsers"] = ["u-bob"]
    told = found(made, missing={"group_members": "403."})
    assert [told[each].severity for each in (("user", "u-bob"), ("group", "g-vip"))] == [Severity.LOW, Severity.INFO]
    unknown = never() | {"state": "tomorrow"}
    assert run(unknown).status is Status.NOT_RUN


def test_who_may_activate_a_role_does_not_matter_where_the_role_is_covered() -> None:
    assert run(never(), missing={"role_eligibilities": "No P2."}).status is Status.CLEAR
    by_group = never("b", users={"includeUsers": ["All"], "excludeGroups": ["g-vip"]})
    result = run(by_group, missing={"role_eligibilities": "No P2."}, group_members={"g-vip": []})
    assert result.status is Status.NOT_RUN
    assert "may activate" in result.reason


def test_a_policy_that_was_not_read_may_cover_it() -> None:
    result = run(never(users={"excludeUsers": ["u-bob"]}), partial={"policies": "One page of two."})
    (finding,) = result.findings
    assert finding.confidence is Confidence.INFERRED
    assert "only a part was read" in result.reason


def test_the_fingerprint_outlives_a_new_member() -> None:
    made = never(users={"excludeGroups": ["g-vip"]})
    prints = {
        run(made, group_members={"g-vip": people}).findings[0].fingerprint("t", check.id)
        for people in (["u-eve"], ["u-eve", "u-bob"])
    }
    assert len(prints) == 1


@pytest.mark.parametrize("unread", [{}, {"role_assignments": "403.", "role_eligibilities": "403."}])
def test_no_doubt_hides_another(unread: dict[str, str]) -> None:
    result = run(never(users={"excludeGroups": ["g-vip"]}), missing={"group_members": "403.", **unread})
    assert result.status is Status.NOT_RUN
    assert "the group 'VIP' (by" in result.reason
    assert "The members of the group 'VIP' are not known: 403." in result.reason
    assert result.reason.count("who holds or may activate these roles") == (1 if unread else 0)
    assert ("'User Administrator'" in result.reason) is bool(unread)
    assert "more like this" not in result.reason


def test_roles_whose_holders_were_not_read_are_one_finding_of_one_identity() -> None:
    unread = {"role_assignments": "403."}
    without = [never(users={"excludeRoles": roles}) for roles in ([GLOBAL], [GLOBAL, READER])]
    (one,), (two,) = (run(made, missing=unread).findings for made in without)
    assert one.fingerprint("t", check.id) == two.fingerprint("t", check.id)
    assert (one.severity, one.confidence) == (Severity.MEDIUM, Confidence.INFERRED)
    assert "'Global Administrator', 'Global Reader'" in two.message
    assert "RoleManagement.Read.Directory" in two.remedy


@pytest.mark.parametrize("page", [[], [branding_row(False)], [branding_row(True)]])
def test_an_excluded_global_administrator_is_medium_whoever_it_is(page: list[dict[str, Any]]) -> None:
    result = run(never(users={"excludeRoles": [GLOBAL]}), sign_in_page=page, missing={"role_assignments": "403."})
    assert [each.severity for each in result.findings] == [Severity.MEDIUM]


def test_other_roles_may_be_held_by_nobody() -> None:
    result = run(never(users={"excludeRoles": [READER]}), missing={"role_assignments": "403."})
    assert result.status is Status.NOT_RUN
    assert "Whether anybody holds one of these roles" in result.reason
    assert "'Global Reader'. Who holds roles was not read: 403." in result.reason
    lesser = run(never(users={"excludeRoles": [SYNC]}), missing={"role_assignments": "403."})
    assert lesser.status is Status.NOT_RUN
    assert "'Synchronization'" in lesser.reason


def test_of_a_part_of_the_policies_no_more_is_claimed() -> None:
    partial = {"policies": "One of two was not understood."}
    for made in (never(users={"excludeUsers": ["u-bob"]}), never() | {"state": "disabled"}):
        for finding in run(made, partial=partial).findings:
            assert "policy of those that were read" in finding.message
            assert finding.confidence is Confidence.INFERRED
    for finding in run(never(users={"excludeUsers": ["u-bob"]})).findings:
        assert "that were read" not in finding.message
    assert run(partial=partial).status is Status.NOT_RUN
