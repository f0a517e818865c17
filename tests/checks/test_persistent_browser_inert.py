import json
from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Finding, Severity
from auditor.testing import named_location, policy, role_assignment, run_check
from auditor_checks.persistent_browser_inert import check

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
BOB = "aaaaaaaa-0000-4000-8000-000000000002"
ROBOT = "aaaaaaaa-0000-4000-8000-000000000003"
FULL, EMPTY, GONE, BIG, UNREAD = (f"dddddddd-0000-4000-8000-00000000000{number}" for number in range(1, 6))
OFFICE = named_location("Office", ranges=["198.51.100.0/24"])
TENANT = {
    "directory_objects": [
        {"@odata.type": "#microsoft.graph.user", "id": ADA, "displayName": "Ada"},
        {"@odata.type": "#microsoft.graph.user", "id": BOB, "displayName": "Bob"},
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": ROBOT, "displayName": "Robot"},
        *({"@odata.type": "#microsoft.graph.group", "id": group, "displayName": "Pilot"} for group in (FULL, EMPTY)),
    ],
    "role_templates": [
        {"id": GLOBAL, "displayName": "Global Administrator"},
        {"id": READER, "displayName": "Global Reader"},
    ],
    "role_assignments": [role_assignment(ADA, GLOBAL), role_assignment(ROBOT, READER)],
    "group_members": {FULL: [ADA, BOB], EMPTY: [], GONE: None, BIG: 30_000},
    "named_locations": [OFFICE],
}
REPORT_ONLY = "enabledForReportingButNotEnforced"


def made(
    mode: str = "never", state: str = "enabled", users: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    one = policy(mode=mode)
    one["conditions"] |= more | ({"users": users} if users is not None else {})
    return one | {"state": state}


def ran(*policies: dict[str, Any], **parts: Any) -> CheckResult:
    return run_check(check, policies=policies, **(TENANT | parts))


def found(one: dict[str, Any], **parts: Any) -> Finding:
    (finding,) = ran(one, **parts).findings
    return finding


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (made(state="disabled"), "The policy is disabled: it does nothing."),
        (made(state=REPORT_ONLY), "The policy is report-only"),
        (policy(enabled=False), "is not enabled"),
        (made(clientAppTypes=["mobileAppsAndDesktopClients", "other"]), "Browsers are not among its client apps"),
        (made() | {"grantControls": {"operator": "OR", "builtInControls": ["block"]}}, "blocks every sign-in"),
        (made(users={"includeUsers": ["None"]}), "It includes no user, group, role or guest"),
        (made(users={"includeGroups": [EMPTY]}), "there are no people in the group 'Pilot'."),
        (made(users={"includeGroups": [GONE]}), f"the group {GONE} no longer exists."),
        (made(users={"includeRoles": [READER]}), "nobody holds the role 'Global Reader'."),
        (
            made(users={"includeUsers": ["All"], "excludeUsers": ["All"]}),
            "everybody whom it includes is also excluded.",
        ),
        (made(users={"includeUsers": [ADA], "excludeUsers": [ADA]}), "everybody whom it includes is also excluded."),
        (made(users={"includeGroups": [FULL], "excludeUsers": [ADA, BOB]}), "everybody whom it includes is also excl"),
        (
            made(users={"includeGroups": [GONE, FULL], "excludeUsers": [ADA, BOB]}),
            "no longer exists; everybody else whom it includes is also excluded.",
        ),
        # Nobody can be told to be in a group that was only counted; whoever is, is also excluded.
        (made(users={"includeGroups": [BIG], "excludeGroups": [BIG]}), "everybody whom it includes is also excluded."),
        (
            made(users={}, clientApplications={"includeServicePrincipals": ["x"]}),
            "workload identities",
        ),
        (
            made(platforms={"includePlatforms": ["iOS"], "excludePlatforms": ["iOS"]}),
            "What it includes and excludes of platforms leaves nothing.",
        ),
        (
            made(locations={"includeLocations": [OFFICE["id"]], "excludeLocations": ["All"]}),
            "What it includes and excludes of locations leaves nothing.",
        ),
        (
            made(locations={"includeLocations": ["99999999-0000-4000-8000-000000000009"]}),
            "for locations that the tenant does not have: 99999999-0000-4000-8000-000000000009.",
        ),
        (
            made(
                devices={
                    "deviceFilter": {
                        "mode": "include",
                        "rule": 'device.trustType -eq "AzureAD" -and device.trustType -eq "ServerAD"',
                    }
                }
            ),
            "There is no device that its filter lets it reach",
        ),
        (
            made(devices={"deviceFilter": {"mode": "include", "rule": 'device.trustType -eq "Workplace"'}})
            | {"grantControls": {"operator": "OR", "builtInControls": ["domainJoinedDevice"]}},
            "Its own grant lets in none of the devices",
        ),
        (made(applications={"includeApplications": ["None"]}), "of resources leaves nothing."),
    ],
)
def test_each_reason_is_named(one: dict[str, Any], words: str) -> None:
    finding = found(one)
    assert finding.severity is Severity.LOW
    assert "It sets browser sessions to never and does nothing." in finding.message
    assert words in finding.message


def test_all_reasons_are_named() -> None:
    message = found(made(state=REPORT_ONLY, clientAppTypes=["other"], users={"includeGroups": [EMPTY]})).message
    assert all(words in message for words in ("report-only", "Browsers are not among", "no people in the group"))


def test_an_always_that_does_nothing_harms_nobody() -> None:
    finding = found(made("always", state="disabled"))
    assert finding.severity is Severity.INFO
    assert "Nothing comes of it as long as this stays so." in finding.message


@pytest.mark.parametrize(
    "one",
    [
        made(),
        made("always"),
        policy(mode=None) | {"state": "disabled"},
        made(users={"includeUsers": [ADA]}),
        made(users={"includeGroups": [EMPTY, FULL], "excludeUsers": [ADA]}),
        made(users={"includeRoles": [GLOBAL]}),
        made(users={"includeUsers": ["All"], "excludeGroups": [FULL]}),
        made(users={"includeGroups": [BIG], "excludeUsers": [ADA]}),
        made(clientAppTypes=["browser"]),
        # Devices that the filter tells apart by something else than how they are joined may be there.
        made(devices={"deviceFilter": {"mode": "include", "rule": 'device.model -eq "X1"'}}),
        made(locations={"includeLocations": ["AllTrusted"]}),
        made(locations={"includeLocations": ["00000000-0000-0000-0000-000000000000"]}),
        made(userRiskLevels=["high"]),
        made(applications={"includeApplications": ["All"], "excludeApplications": ["a1"]}),
    ],
    ids=lambda one: json.dumps(one["conditions"]),
)
def test_clear(one: dict[str, Any]) -> None:
    assert ran(one).status is Status.CLEAR


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (made(users={"includeGroups": [UNREAD]}), "The members of the group"),
        (made(users={"includeGroups": [BIG], "excludeGroups": [UNREAD]}), "unless everybody whom it is for is among"),
        (made(state="paused"), "state 'paused' is not known"),
        (
            policy() | {"sessionControls": {"persistentBrowser": {"mode": "never"}}},
            "does not say whether its persistent browser control is enabled",
        ),
        (made(clientAppTypes=["holograms"]), "clientAppTypes: holograms"),
        (made(timesOfDay=["night"]), "timesOfDay"),
    ],
)
def test_what_is_not_known_is_never_nobody(one: dict[str, Any], words: str) -> None:
    result = ran(one)
    assert result.status is Status.NOT_RUN
    assert words in result.reason
    # Beside something certain it is said as well.
    certain, unsure = ran(made(state="disabled"), one | {"id": "other"}).findings
    assert (certain.severity, unsure.severity) == (Severity.LOW, Severity.INFO)
    assert words in unsure.message


def test_unread_data_is_asked_for() -> None:
    one = made(users={"includeRoles": [READER]})
    result = ran(one, missing={"role_assignments": "Graph answered 403."})
    assert result.status is Status.NOT_RUN
    assert "RoleManagement.Read.Directory" in result.remedy


def test_a_role_that_people_activate_is_no_mistake() -> None:
    one = made(users={"includeRoles": [READER]})
    finding = found(one, role_eligibilities=[role_assignment(BOB, READER)])
    assert finding.severity is Severity.INFO
    assert "'Bob' may activate the role 'Global Reader'. It acts as soon as a role is activated." in finding.message
    in_part = [role_assignment(BOB, READER, "/administrativeUnits/1")]
    assert found(one, role_eligibilities=in_part).severity is Severity.LOW
    unread = found(one, missing={"role_eligibilities": "It takes Microsoft Entra ID P2."})
    assert "Who may activate such a role was not read: It takes Microsoft Entra ID P2." in unread.message


def change(one: dict[str, Any], at: str, before: str | None, after: str, activity: str) -> dict[str, Any]:
    old = None if before is None else json.dumps(one | {"state": before})
    return {
        "id": at,
        "activityDateTime": f"{at}T10:00:00Z",
        "activityDisplayName": activity,
        "category": "Policy",
        "result": "success",
        "initiatedBy": {"user": {"userPrincipalName": "bob@contoso.com"}},
        "targetResources": [
            {
                "id": one["id"],
                "modifiedProperties": [
                    {
                        "displayName": "ConditionalAccessPolicy",
                        "oldValue": old,
                        "newValue": json.dumps(one | {"state": after}),
                    }
                ],
            }
        ],
    }


UPDATE, ADD = "Update conditional access policy", "Add conditional access policy"
TRIAL = made(state=REPORT_ONLY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([], "Since when is not known. It was last changed on 2026-01-01."),
        (
            # The newest first, as Graph lists them: renamed since.
            [
                change(TRIAL, "2026-11-05", REPORT_ONLY, REPORT_ONLY, UPDATE),
                change(TRIAL, "2026-11-03", "enabled", REPORT_ONLY, UPDATE),
            ],
            "So it has been since 2026-11-03, by bob@contoso.com.",
        ),
        ([change(TRIAL, "2026-11-02", None, REPORT_ONLY, ADD)], "So it has been since 2026-11-02"),
        # What was before was cut off, so this may not be where it began.
        ([change(TRIAL, "2026-11-02", None, REPORT_ONLY, UPDATE)], "Since when is not known."),
        # The log is behind: by its last word the policy is enabled.
        ([change(TRIAL, "2026-11-02", REPORT_ONLY, "enabled", UPDATE)], "Since when is not known."),
        ([change(made() | {"id": "other"}, "2026-11-02", "enabled", REPORT_ONLY, UPDATE)], "Since when is not known."),
    ],
)
def test_since_when(changes: list[dict[str, Any]], words: str) -> None:
    assert words in found(TRIAL, policy_changes=changes).message


def test_since_when_without_the_audit_log() -> None:
    message = found(TRIAL, missing={"policy_changes": "Graph answered 403."}).message
    assert "Since when is not known, for the changes were not read. It was last changed on 2026-01-01." in message


def test_not_run_without_policies() -> None:
    assert run_check(check, missing={"policies": "Graph answered 403."}).status is Status.NOT_RUN


def test_an_excluded_group_that_was_not_read_may_be_everybody() -> None:
    result = ran(made(users={"includeUsers": ["All"], "excludeGroups": [UNREAD]}))
    assert result.status is Status.NOT_RUN
    said = f"It does, unless everybody whom it is for is among the members of the group {UNREAD}, who were not read."
    assert said in result.reason
