from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Confidence, Finding, Severity
from auditor.testing import Administrators, named_location, policy, role_assignment, run_check
from auditor_checks.admin_session_lifetime import check

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
OWN_MAKING = "99999999-0000-4000-8000-000000000001"
ROLES = [{"id": GLOBAL, "displayName": "Global Administrator"}, {"id": READER, "displayName": "Global Reader"}]
UNMANAGED = {"mode": "include", "rule": 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True'}
NEVER = "No browser session that ends with the browser"
AGAIN = "No new sign-in within 4 hours"


def user(name: str, **more: str) -> dict[str, Any]:
    account = {"@odata.type": "#microsoft.graph.user", "id": f"u-{name.lower()}", "displayName": name}
    return account | {"userPrincipalName": f"{name.lower()}@contoso.com"} | more


def group(name: str) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.group", "id": f"g-{name.lower()}", "displayName": name}


OBJECTS = [user("Ada"), user("Bob"), user("Fire"), group("VIP"), group("Admins"), group("Only")]
ADA = role_assignment("u-ada", GLOBAL)


def frequency(value: int | None = 4, unit: str | None = "hours", **more: Any) -> dict[str, Any]:
    return {
        "isEnabled": True,
        "value": value,
        "type": unit,
        "frequencyInterval": "timeBased",
        "authenticationType": "primaryAndSecondaryAuthentication",
        **more,
    }


def admins(
    name: str = "Admins", mode: str | None = "never", again: dict[str, Any] | None = None, **conditions: Any
) -> dict[str, Any]:
    """A policy for all users, with both halves."""
    made = policy(name, mode=mode)
    made["sessionControls"] = {**(made["sessionControls"] or {}), "signInFrequency": again or frequency()}
    users = made["conditions"]["users"] | conditions.pop("users", {})
    made["conditions"] |= conditions | {"users": users}
    return made


def only(*roles: str, **more: Any) -> dict[str, Any]:
    return {"includeUsers": [], "includeRoles": list(roles), **more}


def run(*policies: dict[str, Any], **parts: Any) -> CheckResult:
    given = {"directory_objects": OBJECTS, "role_templates": ROLES, "role_assignments": [ADA]}
    return run_check(check, policies=policies, **(given | parts))


def found(*policies: dict[str, Any], **parts: Any) -> Finding:
    (finding,) = run(*policies, **parts).findings
    assert (finding.subject.kind, finding.subject.id) == ("role", GLOBAL)
    return finding


def lacks(finding: Finding) -> tuple[bool, bool]:
    return NEVER in finding.message, AGAIN in finding.message


@pytest.mark.parametrize(
    "policies",
    [
        [admins()],
        [admins(users=only(GLOBAL, READER))],
        [admins(again=frequency(None, None, frequencyInterval="everyTime"))],
        [policy(), admins("again", mode=None)],
        [admins("windows", platforms={"includePlatforms": ["windows"]}),
         admins("rest", platforms={"includePlatforms": ["all"], "excludePlatforms": ["windows"]})],
    ],
)  # fmt: skip
def test_clear_with_both_halves(policies: list[dict[str, Any]]) -> None:
    assert run(*policies).status is Status.CLEAR


def test_not_run_without_policies_and_without_anybody() -> None:
    assert run_check(check, missing={"policies": "403."}).status is Status.NOT_RUN
    result = run(admins(), role_assignments=[])
    assert result.status is Status.NOT_RUN
    assert "no tenant is without" in result.reason


@pytest.mark.parametrize(
    ("made", "never", "again", "words"),
    [
        (admins(users={"includeUsers": ["u-bob"]}), True, True, "The person is not included."),
        (admins(clientAppTypes=["mobileAppsAndDesktopClients"]), True, True, "The client app is not included."),
        (
            admins(applications={"includeApplications": ["All"], "excludeApplications": ["Office365"]}),
            True,
            True,
            "browser for Office 365: 'Ada'",
        ),
        (admins(users={"excludeGroups": ["g-vip"]}), True, True, "By the group 'VIP'."),
        (admins() | {"state": "enabledForReportingButNotEnforced"}, True, True, "report-only"),
        (admins(again=frequency(4, "days")), False, True, "after 4 days only"),
        (admins(again=frequency(5)), False, True, "after 5 hours only"),
        (admins(again=frequency(authenticationType="secondaryAuthentication")), False, True, "second factor only"),
        (admins(again=frequency(isEnabled=False)), False, True, "not enabled"),
        (admins(users=only(READER)), True, True, "The person is not included."),
        (admins(users=only(GLOBAL, READER, excludeRoles=[GLOBAL])), True, True, "By the role 'Global Administrator'."),
        (admins(mode="always"), True, False, "No policy sets it."),
        (admins(mode=None), True, False, "No policy sets it."),
        (policy(), False, True, "No policy sets it."),
        (admins(platforms={"includePlatforms": ["all"], "excludePlatforms": ["linux"]}), True, True, "on Linux"),
        (
            admins(devices={"deviceFilter": {"mode": "exclude", "rule": 'device.extensionAttribute1 -eq "PAW"'}}),
            True,
            True,
            "on some of the devices",
        ),
    ],
)
def test_what_others_pass(made: dict[str, Any], never: bool, again: bool, words: str) -> None:
    finding = found(made, group_members={"g-vip": ["u-ada"]})
    assert lacks(finding) == (never, again)
    assert words in finding.message
    assert "'Ada'" in finding.message
    assert (finding.severity, finding.confidence) == (Severity.HIGH, Confidence.STATED)


def test_a_control_that_is_not_enabled_is_none() -> None:
    disabled = admins()
    disabled["sessionControls"]["persistentBrowser"]["isEnabled"] = False
    assert lacks(found(disabled)) == (True, False)


def test_the_hours_of_the_config() -> None:
    daily = admins(again=frequency(1, "days"))
    assert run(daily, administrators=Administrators(sign_in_hours=24)).status is Status.CLEAR
    finding = found(daily, administrators=Administrators(sign_in_hours=23))
    assert "No new sign-in within 23 hours" in finding.message


def test_always_for_all_beside_it_changes_nothing() -> None:
    assert run(policy("always", mode="always"), admins(users=only(GLOBAL))).status is Status.CLEAR


def test_managed_devices_alone_weigh_less() -> None:
    finding = found(admins(devices={"deviceFilter": UNMANAGED}))
    assert finding.severity is Severity.MEDIUM
    assert "on a hybrid joined device that is compliant" in finding.message


def test_the_policy_that_comes_nearest_is_named() -> None:
    far = admins("Far", users={"includeUsers": ["u-bob"]}, again=frequency(9, "days")) | {"state": "disabled"}
    near = admins("Near", again=frequency(8), users=only(GLOBAL))
    message = found(far, near).message
    assert "Nearest comes 'Near': It asks to sign in again after 8 hours only." in message


def test_who_holds_it_through_a_group_and_who_may_activate_it() -> None:
    finding = found(
        admins(users={"excludeUsers": ["u-ada", "u-bob"]}),
        role_assignments=[role_assignment("g-admins", GLOBAL)],
        role_eligibilities=[role_assignment("u-bob", GLOBAL)],
        group_members={"g-admins": ["u-ada"]},
    )
    assert "'Ada' (through the group 'Admins'), 'Bob' (eligible)" in finding.message
    assert finding.severity is Severity.HIGH


def test_who_may_activate_a_role_is_covered_by_policies_for_it() -> None:
    eligible = {"role_assignments": [], "role_eligibilities": [role_assignment("u-bob", GLOBAL)]}
    assert run(admins(users=only(GLOBAL)), **eligible).status is Status.CLEAR
    finding = found(admins(users=only(READER)), **eligible)
    assert (finding.severity, "takes activating" in finding.message) == (Severity.MEDIUM, True)


@pytest.mark.parametrize(
    "elsewhere", [role_assignment("u-bob", GLOBAL, "/administrativeUnits/1"), role_assignment("u-bob", OWN_MAKING)]
)
def test_parts_of_the_directory_and_roles_of_ones_own_are_not_looked_at(elsewhere: dict[str, Any]) -> None:
    assert run(admins(users=only(GLOBAL)), role_assignments=[ADA, elsewhere]).status is Status.CLEAR


def test_a_role_of_an_administrative_unit_does_not_bring_its_holder_into_a_policy() -> None:
    held = [role_assignment("u-bob", READER, "/administrativeUnits/1"), role_assignment("u-bob", GLOBAL)]
    finding = found(admins(users=only(READER)), role_assignments=held)
    assert "'Bob'" in finding.message


def test_an_excluded_group_too_big_to_be_listed_is_not_known() -> None:
    result = run(admins(users={"excludeGroups": ["g-vip"]}), group_members={"g-vip": 30_000})
    assert result.status is Status.NOT_RUN
    assert "The group 'VIP' is too big" in result.reason
    assert "'Ada'" in result.reason


def test_a_group_too_big_to_be_listed_that_holds_a_role() -> None:
    held = {"role_assignments": [ADA, role_assignment("g-admins", READER)], "group_members": {"g-admins": 30_000}}
    assert run(admins(), **held).status is Status.CLEAR
    (finding,) = run(admins(users=only(GLOBAL)), **held).findings
    assert finding.subject.id == READER
    assert "whoever is in the group 'Admins'" in finding.message


def test_without_the_holders_the_roles_are_judged() -> None:
    missing = {"role_assignments": "403.", "role_eligibilities": "403."}
    assert run(admins(), missing=missing).status is Status.CLEAR
    left_out = run(admins(users={"excludeRoles": [GLOBAL]}), missing=missing)
    (finding,) = left_out.findings
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.INFERRED)
    assert "Global Administrator" in finding.message
    excluded = run(admins(users={"excludeUsers": ["u-bob"]}), missing=missing)
    assert excluded.status is Status.NOT_RUN
    assert "RoleManagement.Read.Directory" in excluded.remedy


def test_without_those_who_may_activate_a_role_a_policy_on_groups_decides_nothing() -> None:
    by_group = admins(users={"includeUsers": [], "includeGroups": ["g-vip"]})
    result = run(by_group, group_members={"g-vip": ["u-ada"]}, missing={"role_eligibilities": "No P2."})
    assert result.status is Status.NOT_RUN
    assert "No P2." in result.reason
    assert run(admins(), missing={"role_eligibilities": "No P2."}).status is Status.CLEAR


@pytest.mark.parametrize("users", [{"excludeUsers": ["u-fire"]}, {"excludeGroups": ["g-only"]}])
def test_emergency_accounts_are_left_aside(users: dict[str, Any]) -> None:
    parts = {
        "role_assignments": [ADA, role_assignment("u-fire", GLOBAL)],
        "group_members": {"g-only": ["u-fire"]},
        "administrators": Administrators(break_glass=("fire@contoso.com", "who@contoso.com")),
    }
    assert run(admins(users=users), **parts).status is Status.CLEAR
    finding = found(admins(users=users, again=frequency(8)), **parts)
    assert "'Fire'" not in finding.message
    said = " ".join(each.statement for each in finding.evidence)
    assert "'Fire'" in said
    assert "'who@contoso.com' in the config was not found" in said


def test_a_guest_who_is_an_administrator() -> None:
    guest = user("Gus", userPrincipalName="gus_fabrikam.com#EXT#@contoso.com")
    members = admins(users={"excludeUsers": ["GuestsOrExternalUsers"]})
    held = [ADA, role_assignment("u-gus", GLOBAL)]
    finding = found(members, role_assignments=held, directory_objects=[*OBJECTS, guest])
    assert "'Gus'" in finding.message
    assert "'Ada'" not in finding.message


def test_a_trusted_place_counts_like_any_other() -> None:
    office = named_location("Office", ranges=["203.0.113.0/24"], trusted=True)
    away = admins(locations={"includeLocations": ["All"], "excludeLocations": [office["id"]]})
    assert "from the location 'Office'" in found(away, named_locations=[office]).message


def test_a_role_that_nobody_holds_is_not_reported() -> None:
    assert run(admins(users=only(GLOBAL))).status is Status.CLEAR


def test_many_people_are_cut() -> None:
    people = [user(f"P{number}") for number in range(9)]
    held = [role_assignment(each["id"], GLOBAL) for each in people]
    finding = found(role_assignments=held, directory_objects=people)
    assert "and 6 more" in finding.message
    prints = {
        found(role_assignments=held[:count], directory_objects=people).fingerprint("t", check.id) for count in (1, 9)
    }
    assert len(prints) == 1


HOLDERS_UNREAD = {"role_assignments": "403.", "role_eligibilities": "403."}


@pytest.mark.parametrize(
    ("made", "never", "again", "words"),
    [
        (policy(), False, True, "No policy sets it."),
        (admins(again=frequency(4, "days")), False, True, "Nearest comes 'Admins': It asks to sign in again after 4 d"),
        (admins(users={"excludeRoles": [GLOBAL]}), True, True, "The person is excluded: By the role 'Global Admin"),
    ],
)
def test_roles_whose_holders_were_not_read_are_one_finding(
    made: dict[str, Any], never: bool, again: bool, words: str
) -> None:
    (finding,) = run(made, role_templates=[], missing=HOLDERS_UNREAD).findings
    assert (finding.subject.id, finding.key) == ("administrators", "holders not read")
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.INFERRED)
    assert lacks(finding) == (never, again)
    assert words in finding.message
    assert "no tenant is without a Global Administrator" in finding.message
    assert "Who holds roles was not read: 403." in finding.message
    assert "RoleManagement.Read.Directory" in finding.remedy


def test_the_finding_about_unread_roles_keeps_its_identity() -> None:
    some = (admins(users={"excludeRoles": roles}) for roles in ([GLOBAL], [GLOBAL, READER]))
    prints = {
        finding.fingerprint("t", check.id) for made in some for finding in run(made, missing=HOLDERS_UNREAD).findings
    }
    assert len(prints) == 1


def test_of_a_role_that_nobody_may_hold_nothing_is_found() -> None:
    result = run(admins(users={"excludeRoles": [READER]}), missing=HOLDERS_UNREAD)
    assert result.status is Status.NOT_RUN
    assert "Whether anybody holds one of these roles" in result.reason
    assert "'Global Reader'" in result.reason
    # Some Global Administrator was read: whether there are others is not known.
    part = run(admins(users={"includeUsers": ["u-ada"]}), partial={"role_assignments": "One page of two."})
    assert part.status is Status.NOT_RUN


def test_of_a_part_of_the_policies_no_more_is_claimed() -> None:
    finding = found(admins(again=frequency(9)), partial={"policies": "One of two was not understood."})
    assert "No new sign-in within 4 hours by any policy of those that were read: 'Ada'" in finding.message
    assert finding.confidence is Confidence.INFERRED
    assert run(partial={"policies": "None of two was understood."}).status is Status.NOT_RUN
