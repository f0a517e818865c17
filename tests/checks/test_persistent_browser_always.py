from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Confidence, Finding, Severity
from auditor.testing import policy, role_assignment, run_check, sign_in
from auditor_checks.persistent_browser_always import check

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
BOB = "aaaaaaaa-0000-4000-8000-000000000002"
GROUP = "dddddddd-0000-4000-8000-000000000001"
MANAGED = 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"'
PEOPLE = [
    {"@odata.type": "#microsoft.graph.user", "id": ADA, "displayName": "Ada", "userPrincipalName": "ada@contoso.com"},
    {"@odata.type": "#microsoft.graph.user", "id": BOB, "displayName": "Bob", "userPrincipalName": "bob@contoso.com"},
    {"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Pilot"},
]
ROLES = [{"id": GLOBAL, "displayName": "Global Administrator"}]


def always(*, grant: Any = None, state: str = "enabled", **conditions: Any) -> dict[str, Any]:
    made = policy("Keep", mode="always")
    made["conditions"] |= conditions
    return made | {"grantControls": grant, "state": state}


def devices(mode: str, rule: str) -> dict[str, Any]:
    return {"deviceFilter": {"mode": mode, "rule": rule}}


def ran(made: dict[str, Any], **parts: Any) -> CheckResult:
    parts = {"directory_objects": PEOPLE, "role_templates": ROLES} | parts
    return run_check(check, policies=[made], portal="https://portal.azure.com", **parts)


def found(made: dict[str, Any], **parts: Any) -> Finding:
    (finding,) = ran(made, **parts).findings
    return finding


def test_for_everybody_on_any_device_it_is_high() -> None:
    finding = found(always(), sign_ins=[sign_in(0), sign_in(50140), sign_in(0, clientAppUsed="IMAP4")])
    assert (finding.severity, finding.confidence) == (Severity.HIGH, Confidence.STATED)
    assert "for all users; all resources; any client." in finding.message
    assert "It reaches every ordinary member and guests." in finding.message
    assert "Devices: any, those that nobody manages among them." in finding.message
    assert "Completed browser sign-ins in the log: 1; it reaches 1." in finding.message
    assert "High, because it reaches everybody and guests, also on devices that nobody manages." in finding.message
    assert "ada@contoso.com in Expenses" in finding.evidence[1].statement
    assert finding.link.startswith("https://portal.azure.com/#view/")


GROUP_ONLY = {"includeGroups": [GROUP]}
CHOSEN = {"users": GROUP_ONLY}


@pytest.mark.parametrize(
    ("made", "severity", "words"),
    [
        # The kinds of device by the truth table of the filter, not by looking for words in it.
        (always(devices=devices("include", MANAGED), **CHOSEN), Severity.LOW, "managed devices only"),
        (
            always(devices=devices("include", MANAGED)),
            Severity.MEDIUM,
            "everybody, guests and administrators on managed devices.",
        ),
        (
            always(devices=devices("exclude", MANAGED), **CHOSEN),
            Severity.MEDIUM,
            "Devices: not registered; Entra joined, not compliant; registered, not compliant. Completed",
        ),
        # Microsoft's template, which says or: a compliant Entra joined device is reached as well.
        (
            always(devices=devices("include", 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True')),
            Severity.HIGH,
            "not registered; Entra joined, compliant or not; hybrid joined, not compliant; registered, compliant or",
        ),
        # One model of laptop: by what the filter asks for besides, nobody knows which devices.
        (
            always(devices=devices("include", 'device.model -eq "X1" -and device.isCompliant -ne True'), **CHOSEN),
            Severity.MEDIUM,
            "perhaps Entra joined, not compliant; perhaps hybrid joined, not compliant; perhaps registered, not",
        ),
        (always(devices=devices("include", "no rule")), Severity.MEDIUM, "its device filter is not understood"),
        # The policy's own grant lets in none but compliant devices.
        (
            always(grant={"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}, **CHOSEN),
            Severity.LOW,
            "Devices: Entra joined, compliant; hybrid joined, compliant; registered, compliant. Completed",
        ),
        (
            always(grant={"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}, **CHOSEN),
            Severity.MEDIUM,
            "Devices: any",
        ),
        (
            always(users={"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest"}}),
            Severity.HIGH,
            "It reaches guests.",
        ),
        (always(users={"includeRoles": [GLOBAL]}), Severity.HIGH, "It reaches administrators ('Ada')."),
        (always(users={"includeUsers": ["All"], "excludeRoles": [GLOBAL]}), Severity.HIGH, "every ordinary member and"),
    ],
)
def test_the_severity_follows_from_people_and_devices(made: dict[str, Any], severity: Severity, words: str) -> None:
    finding = found(made, role_assignments=[role_assignment(ADA, GLOBAL)], group_members={GROUP: [BOB]})
    assert finding.severity is severity
    assert words in finding.message


def test_an_administrator_in_the_group_counts() -> None:
    made = always(**CHOSEN)
    finding = found(made, role_assignments=[role_assignment(BOB, GLOBAL)], group_members={GROUP: [BOB]})
    assert finding.severity is Severity.HIGH
    assert "administrators ('Bob')" in finding.message


def test_who_may_activate_a_role_is_an_administrator() -> None:
    made = always(users={"includeUsers": [BOB], "includeRoles": [GLOBAL]})
    finding = found(made, role_eligibilities=[role_assignment(ADA, GLOBAL)])
    assert "administrators ('Ada')" in finding.message


@pytest.mark.parametrize(
    "made",
    [
        policy(),
        policy(mode=None),
        policy(mode="always", enabled=False),
        always(state="disabled"),
        always(state="enabledForReportingButNotEnforced"),
        always(clientAppTypes=["mobileAppsAndDesktopClients"]),
        always(users={"includeUsers": ["None"]}),
        always(users={"includeGroups": [GROUP]}),
        always(users={"includeUsers": ["All"], "excludeUsers": ["All"]}),
        always(grant={"operator": "OR", "builtInControls": ["block"]}),
        always(
            devices=devices("include", "device.isCompliant -ne True"),
            grant={"operator": "OR", "builtInControls": ["compliantDevice"]},
        ),
    ],
    ids=lambda made: str(made["conditions"]) if isinstance(made, dict) else "",
)
def test_what_keeps_no_session_is_clear(made: dict[str, Any]) -> None:
    assert ran(made, group_members={GROUP: []}).status is Status.CLEAR


def test_not_run_without_policies() -> None:
    result = run_check(check, missing={"policies": "Graph answered 403."})
    assert result.status is Status.NOT_RUN
    assert "Policy.Read.All" in result.remedy


def test_what_was_not_read_is_said_and_decides_nothing() -> None:
    unread = dict.fromkeys(("group_members", "sign_ins", "role_assignments"), "Graph answered 403.")
    finding = found(always(**CHOSEN), missing=unread)
    assert finding.severity is Severity.MEDIUM
    assert finding.confidence is Confidence.INFERRED
    assert "Whether it does so is not known: The members of the group 'Pilot' are not known" in finding.message
    assert "How many sign-ins it reaches is not known: the sign-in log was not read." in finding.message


def test_a_group_that_is_too_big_to_be_listed_reaches_somebody() -> None:
    finding = found(always(**CHOSEN), group_members={GROUP: 30_000})
    assert finding.confidence is Confidence.STATED
    assert "It may reach ordinary members" in finding.message


def test_sign_ins_that_cannot_be_decided_are_counted_apart() -> None:
    guest = sign_in(0, homeTenantId="99999999-2222-4333-8444-555555555555", userId=BOB)
    made = always(users={"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest"}})
    message = found(made, sign_ins=[guest, sign_in(0)]).message
    assert "Completed browser sign-ins in the log: 2; it reaches 0; of 1 that is not known: The log does not" in message


@pytest.mark.parametrize("mode", ["unknownFutureValue", None])
def test_a_mode_that_is_not_known_is_neither_kept_quiet_nor_taken_for_always(mode: str | None) -> None:
    made = always() | {"sessionControls": {"persistentBrowser": {"mode": mode, "isEnabled": True}}}
    finding = found(made)
    assert (finding.severity, finding.key) == (Severity.MEDIUM, "mode-not-known")
    assert f"What the mode {mode!r} does is not known to this version." in finding.message
    assert "survive" not in finding.message


def test_a_state_that_is_not_known_is_not_taken_for_disabled() -> None:
    finding = found(always(state="paused"))
    assert finding.severity is Severity.MEDIUM
    assert "The policy's state 'paused' is not known to this version." in finding.message


def test_names_are_used_where_they_were_read() -> None:
    made = always(
        users={"includeGroups": [GROUP], "includeUsers": [ADA, "u2", "u3", "u4"], "excludeRoles": [GLOBAL]},
        applications={"includeApplications": ["All"], "excludeApplications": ["a1"]},
        locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
    )
    apps = [{"id": "sp", "appId": "a1", "displayName": "Expenses"}]
    message = found(made, service_principals=apps, group_members={GROUP: [BOB]}).message
    assert "user 'Ada', user u2, user u3 and 2 more except role 'Global Administrator'" in message
    assert "all resources except application 'Expenses'" in message
    assert "locations: any except all trusted ones" in message


def test_of_a_log_that_was_read_in_part_no_more_is_claimed() -> None:
    finding = found(always(), sign_ins=[sign_in(0)], partial={"sign_ins": "Graph stopped answering."})
    assert "Completed browser sign-ins in the part of the log that was read: 1; it reaches 1." in finding.message


def test_hostile_names_and_a_new_name_make_no_other_finding() -> None:
    old, new = always(), always() | {"displayName": "=cmd()<script>"}
    assert len({found(each).fingerprint("t", check.id) for each in (old, new)}) == 1


@pytest.mark.parametrize(
    ("users", "parts", "but"),
    [
        (
            {"excludeGroups": [GROUP]},
            {"missing": {"group_members": "403."}},
            "the members of the group 'Pilot', who were",
        ),
        ({"excludeGroups": [GROUP]}, {}, "the members of the group 'Pilot', who were not read"),
        (
            {"excludeGroups": [GROUP]},
            {"group_members": {GROUP: 30_000}},
            "the members of the group 'Pilot', who are too many",
        ),
        (
            {"excludeRoles": [GLOBAL]},
            {"missing": {"role_assignments": "403."}},
            "those who hold the role 'Global Administrator', who were not read",
        ),
    ],
)
def test_an_excluded_group_that_was_not_read_takes_nothing_from_all_others(
    users: dict[str, Any], parts: dict[str, Any], but: str
) -> None:
    finding = found(always(users={"includeUsers": ["All"], **users}), **parts)
    assert (finding.severity, finding.confidence) == (Severity.HIGH, Confidence.STATED)
    assert "It reaches every ordinary member" in finding.message
    assert ", but for t" in finding.message
    assert but in finding.message
    assert "Whether it does so is not known" not in finding.message


def test_an_excluded_group_that_was_not_read_leaves_a_named_person_in_doubt() -> None:
    finding = found(always(users={"includeUsers": [ADA], "excludeGroups": [GROUP]}), role_assignments=[])
    assert "Whether it does so is not known: The members of the group 'Pilot' are not known" in finding.message
    held = found(
        always(users={"includeUsers": [ADA], "excludeGroups": [GROUP]}), role_assignments=[role_assignment(ADA, GLOBAL)]
    )
    assert held.severity is Severity.MEDIUM
    assert "It may reach administrators." in held.message


@pytest.mark.parametrize(
    "condition",
    [
        {"agents": {"includeAgents": ["All"]}},
        {"agentContext": {"x": "y"}},
        {"agentIdRiskLevels": "high"},
        {"times": {"x": ["1"]}},
        {"ofTomorrow": 1},
    ],
)
def test_of_a_condition_that_is_not_known_it_says_nobody_is_reached_for_sure(condition: dict[str, Any]) -> None:
    finding = found(always(**condition))
    assert "It reaches" not in finding.message
    assert "a part that is not known of all users" in finding.message
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.INFERRED)


def test_no_tenant_is_without_a_global_administrator() -> None:
    unread = {"missing": {"role_assignments": "403.", "role_eligibilities": "403."}, "role_templates": []}
    finding = found(always(users={"includeUsers": [], "includeRoles": [GLOBAL, HELPDESK]}), **unread)
    assert finding.severity is Severity.HIGH
    assert "for role 'Global Administrator', role 'Helpdesk Administrator';" in finding.message
    assert "It reaches administrators." in finding.message
    for users in (
        {"includeUsers": [], "includeRoles": [GLOBAL], "excludeUsers": [ADA]},  # who may be the only one
        {"includeUsers": [], "includeRoles": [HELPDESK]},
    ):
        finding = found(always(users=users), **unread)
        assert finding.severity is Severity.MEDIUM
        assert "Whether it does so is not known" in finding.message
        assert "It may reach" in finding.message
