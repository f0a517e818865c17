from __future__ import annotations

from typing import Any

import pytest

from auditor.tenant import graph_policy
from auditor.tenant.policy import (
    REPORT_ONLY,
    Applications,
    Conditions,
    Filter,
    Grant,
    Guests,
    Listed,
    PersistentBrowser,
    Policy,
    SignInFrequency,
    Users,
)
from auditor.testing import policy


def changed(json: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, last = path.split(".")
    inner = json
    for key in parents:
        if inner.get(key) is None:
            inner[key] = {}
        inner = inner[key]
    inner[last] = value
    return json


def conditions(**given: Any) -> Conditions:
    made = policy()
    made["conditions"] |= given
    return graph_policy.policy(made).conditions


def test_a_policy() -> None:
    json = policy("Template")
    json["templateId"] = "62e51ccc-c9c3-4554-ac70-066172c81007"
    json["modifiedDateTime"] = "2026-02-02T00:00:00Z"
    json["conditions"] |= {
        "users": {
            "includeUsers": ["All"],
            "excludeGroups": ["g1"],
            "includeRoles": ["r1"],
            "includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest"},
            "excludeGuestsOrExternalUsers": {"externalTenants": {"membershipKind": "all"}},
        },
        "applications": {
            "includeApplications": ["All"],
            "excludeApplications": ["a1"],
            "includeUserActions": ["urn:x"],
        },
        "devices": {"deviceFilter": {"mode": "include", "rule": "device.isCompliant -ne True"}},
        "locations": {"includeLocations": ["All"]},
        "signInRiskLevels": [],
    }
    assert graph_policy.policy(json) == Policy(
        id=json["id"],
        name="Template",
        state="enabled",
        conditions=Conditions(
            users=Users(
                include_users=("All",),
                exclude_groups=("g1",),
                include_roles=("r1",),
                include_guests=Guests(("internalGuest", "b2bCollaborationGuest")),
                exclude_guests=Guests(("kinds not given",)),
            ),
            applications=Applications(include=("All",), exclude=("a1",), user_actions=("urn:x",)),
            client_app_types=("all",),
            device_filter=Filter("include", "device.isCompliant -ne True"),
            locations=Listed(include=("All",)),
            unknown=("users: kinds not given", "applications: urn:x"),
        ),
        persistent_browser=PersistentBrowser("never", True),
        template_id="62e51ccc-c9c3-4554-ac70-066172c81007",
        created="2026-01-01T00:00:00Z",
        modified="2026-02-02T00:00:00Z",
    )


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (None, None),
        ({}, PersistentBrowser(None, None)),
        ({"mode": "always", "isEnabled": None}, PersistentBrowser("always", None)),
        ({"mode": "unknownFutureValue", "isEnabled": False}, PersistentBrowser("unknownFutureValue", False)),
        ({"mode": "never", "isEnabled": "true"}, PersistentBrowser("never", None)),
    ],
)
def test_the_control_is_never_guessed(control: Any, expected: PersistentBrowser | None) -> None:
    assert (
        graph_policy.policy(changed(policy(), "sessionControls.persistentBrowser", control)).persistent_browser
        == expected
    )


HOSTILE = ([], {}, "", "All", 7, True, [7], [None], [["a"]], [{}])


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("id", [None, "", 7, ["p"]]),
        ("state", [None, "", 7, {"x": 1}]),
        ("conditions", [each for each in HOSTILE if not isinstance(each, dict)]),
        ("conditions.users", [each for each in HOSTILE if not isinstance(each, dict)]),
        ("conditions.applications", [7, "All", ["All"]]),
        ("conditions.platforms", [7, "all", ["all"]]),
        ("conditions.locations", [7, "All", ["All"]]),
        ("conditions.devices", [7, "include", ["x"]]),
        ("conditions.authenticationFlows", [7, "none", ["none"]]),
        *(
            (f"conditions.{name}", ["All", 7, True, {"x": 1}, [7], [None], [["a"]], [{}]])
            for name in (
                "users.includeUsers", "users.excludeUsers", "users.includeGroups", "users.excludeGroups",
                "users.includeRoles", "users.excludeRoles", "applications.includeApplications",
                "applications.excludeApplications", "applications.includeUserActions",
                "applications.includeAuthenticationContextClassReferences", "platforms.includePlatforms",
                "platforms.excludePlatforms", "locations.includeLocations", "locations.excludeLocations",
                "clientAppTypes", "signInRiskLevels", "userRiskLevels",
            )
        ),
        *(
            (f"conditions.{name}", [7, True, {"x": 1}, [7], [None]])
            for name in ("insiderRiskLevels", "authenticationFlows.transferMethods",
                         "users.includeGuestsOrExternalUsers.guestOrExternalUserTypes")
        ),
        ("conditions.users.excludeGuestsOrExternalUsers", ["All", 7, ["x"]]),
        ("conditions.users.includeGuestsOrExternalUsers.externalTenants", ["all", 7, ["x"]]),
        ("conditions.users.includeGuestsOrExternalUsers.externalTenants.membershipKind", [7, ["all"], {"x": 1}]),
        ("conditions.users.includeGuestsOrExternalUsers.externalTenants.members", ["t", 7, [7]]),
        ("conditions.devices.deviceFilter", ["include", 7, ["x"], {"mode": "include"}, {"rule": "x"},
                                             {"mode": 7, "rule": "x"}, {"mode": "include", "rule": ["x"]}]),
        ("conditions.applications.applicationFilter", ["include", 7, ["x"], {"mode": "include"}]),
        ("grantControls", ["block", 7, ["block"]]),
        ("grantControls.builtInControls", ["block", 7, [7]]),
        ("grantControls.termsOfUse", ["x", [7]]),
        ("grantControls.customAuthenticationFactors", ["x", [7]]),
        ("grantControls.authenticationStrength", ["x", 7, ["x"]]),
        ("sessionControls", ["x", 7, ["x"]]),
        ("sessionControls.persistentBrowser", ["never", 7, True, ["never"]]),
        ("sessionControls.signInFrequency", ["4", 4, True, [4]]),
    ],
)  # fmt: skip
def test_a_twisted_policy_is_an_error_that_names_it_and_the_field(path: str, refused: list[Any]) -> None:
    what = "policy" if path == "id" else policy()["id"]
    field = path.rpartition(".")[2]
    field = {"deviceFilter": "deviceFilter|mode|rule", "applicationFilter": "applicationFilter|mode|rule"}.get(
        field, field
    )
    for value in refused:
        with pytest.raises(ValueError, match=rf"(?i)policy.*(?s:.*)({field})") as error:
            graph_policy.policy(changed(policy(), path, value))
        assert what in str(error.value)


@pytest.mark.parametrize(
    ("given", "unknown"),
    [
        ({"agents": {"include": ["x"]}}, "agents"),
        ({"agentIdRiskLevels": "high"}, "agentIdRiskLevels"),
        ({"users": {"includeAgents": ["x"]}}, "users.includeAgents"),
        ({"users": {"includeUsers": ["AllAgentUsers"]}}, "users: AllAgentUsers"),
        ({"users": {"excludeUsers": ["SomeTomorrow2"]}}, "users: SomeTomorrow2"),
        ({"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "none"}}}, "users: none"),
        ({"users": {"excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest,x"}}}, "users: x"),
        ({"users": {"excludeGuestsOrExternalUsers": {"x": 1}}}, "users.excludeGuestsOrExternalUsers.x"),
        ({"users": {"excludeGuestsOrExternalUsers": {"x": 1}}}, "users: kinds not given"),
        ({"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest", "externalTenants": {
            "membershipKind": "unknownFutureValue"}}}}, "users: unknownFutureValue"),
        ({"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest", "externalTenants": {
            "membershipKind": "all", "except": ["t"]}}}}, "users.includeGuestsOrExternalUsers.externalTenants.except"),
        ({"applications": {"includeApplications": ["AllAgentIdResources"]}}, "applications: AllAgentIdResources"),
        ({"applications": {"excludeApplications": ["Office366"]}}, "applications: Office366"),
        ({"applications": {"includeUserActions": ["urn:user:new"]}}, "applications: urn:user:new"),
        ({"applications": {"globalSecureAccess": {"x": 1}}}, "applications.globalSecureAccess"),
        ({"applications": {"applicationFilter": {"mode": "include", "rule": "x", "scope": "y"}}},
         "applications.applicationFilter.scope"),
        ({"clientAppTypes": ["browser", "unknownFutureValue"]}, "clientAppTypes: unknownFutureValue"),
        ({"platforms": {"includePlatforms": ["visionOS"]}}, "platforms: visionOS"),
        ({"platforms": {"excludePlatforms": ["visionOS"]}}, "platforms: visionOS"),
        ({"platforms": {"includeChips": ["z80"]}}, "platforms.includeChips"),
        ({"locations": {"includeOrbits": ["low"]}}, "locations.includeOrbits"),
        ({"devices": {"includeDevices": ["All"]}}, "devices.includeDevices"),
        ({"devices": {"deviceFilter": {"mode": "include", "rule": "x", "scope": "y"}}}, "devices.deviceFilter.scope"),
        ({"deviceStates": {"includeStates": ["All"]}}, "deviceStates"),
        ({"signInRiskLevels": ["unknownFutureValue"]}, "signInRiskLevels: unknownFutureValue"),
        ({"userRiskLevels": ["dire"]}, "userRiskLevels: dire"),
        ({"insiderRiskLevels": "minor,dire"}, "insiderRiskLevels: dire"),
        ({"authenticationFlows": {"transferMethods": "deviceCodeFlow,pigeon"}}, "authenticationFlows: pigeon"),
        ({"authenticationFlows": {"carriers": "pigeon"}}, "authenticationFlows.carriers"),
        ({"times": {"includedRanges": [{}]}}, "times"),
    ],
)  # fmt: skip
def test_what_this_version_does_not_know_is_named(given: dict[str, Any], unknown: str) -> None:
    found = conditions(**given)
    assert unknown in found.unknown
    name = next(iter(given))
    assert unknown in found.unknown_in(name)
    assert found.unknown_in("something else") == ()


def test_a_policy_that_is_enabled_for_a_part_is_not_known() -> None:
    found = graph_policy.policy(policy() | {"partialEnablementStrategy": {"percent": 10}})
    assert found.conditions.unknown == ("partialEnablementStrategy",)
    assert graph_policy.policy(policy() | {"partialEnablementStrategy": None}).conditions.unknown == ()


def test_what_is_empty_is_not_set() -> None:
    nothing = {
        "platforms": {"includePlatforms": [], "excludePlatforms": []}, "locations": None,
        "devices": {"deviceFilter": None},
        "clientApplications": {"includeServicePrincipals": [], "excludeServicePrincipals": []},
        "servicePrincipalRiskLevels": [], "signInRiskLevels": [], "insiderRiskLevels": None, "times": None,
        "deviceStates": {}, "authenticationFlows": {"transferMethods": "none"}, "x@odata.context": "y",
    }  # fmt: skip
    empty = {"includeGuestsOrExternalUsers": None, "excludeGuestsOrExternalUsers": {"@odata.type": "#x"}}
    plain = policy()["conditions"]
    assert conditions(**nothing, users=plain["users"] | empty) == conditions()


@pytest.mark.parametrize(
    ("tenants", "expected"),
    [
        (None, ("all", ())),
        ({}, ("all", ())),
        ({"membershipKind": "all"}, ("all", ())),
        ({"@odata.type": "#x", "membershipKind": "enumerated", "members": ["T-1"]}, ("enumerated", ("t-1",))),
        ({"members": ["t-1"]}, ("enumerated", ("t-1",))),
        ({"membershipKind": None, "members": []}, ("membership not given", ())),
    ],
)
def test_which_tenants_guests_come_from(tenants: Any, expected: tuple[str, tuple[str, ...]]) -> None:
    guests = {"guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": tenants}
    found = conditions(users={"includeGuestsOrExternalUsers": guests}).users.include_guests
    assert found == Guests(("b2bCollaborationGuest",), *expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, Grant()),
        ({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}, Grant("AND", ("mfa", "compliantDevice"))),
        ({"authenticationStrength": {"id": "s", "displayName": "Strong"}}, Grant(authentication_strength="Strong")),
        ({"authenticationStrength": {"id": "s"}}, Grant(authentication_strength="s")),
        (
            {"termsOfUse": ["t"], "customAuthenticationFactors": ["f"]},
            Grant(terms_of_use=("t",), custom_factors=("f",)),
        ),
    ],
)
def test_grant_controls(given: Any, expected: Grant) -> None:
    assert graph_policy.policy(policy() | {"grantControls": given}).grant == expected


@pytest.mark.parametrize(
    ("given", "expected", "hours"),
    [
        (None, None, None),
        ({"isEnabled": True, "value": 4, "type": "hours", "frequencyInterval": "timeBased",
          "authenticationType": "primaryAndSecondaryAuthentication"},
         SignInFrequency(True, 4, "hours", "timeBased", "primaryAndSecondaryAuthentication"), 4),
        ({"isEnabled": True, "value": 2, "type": "days"}, SignInFrequency(True, 2, "days", None), 48),
        ({"isEnabled": True, "value": None, "type": None, "frequencyInterval": "everyTime"},
         SignInFrequency(True, None, None, "everyTime"), 0),
        ({"isEnabled": True, "value": 4, "type": "hours", "frequencyInterval": "unknownFutureValue"},
         SignInFrequency(True, 4, "hours", "unknownFutureValue"), None),
        ({"value": "4", "type": "hours"}, SignInFrequency(None, None, "hours", None), None),
        ({"value": True, "type": "hours"}, SignInFrequency(None, None, "hours", None), None),
        ({"value": 4, "type": "fortnights"}, SignInFrequency(None, 4, "fortnights", None), None),
        ({"value": 4}, SignInFrequency(None, 4, None, None), None),
    ],
)  # fmt: skip
def test_sign_in_frequency(given: Any, expected: SignInFrequency | None, hours: int | None) -> None:
    found = graph_policy.policy(policy() | {"sessionControls": {"signInFrequency": given}}).sign_in_frequency
    assert found == expected
    assert found is None or found.hours == hours


@pytest.mark.parametrize("control", [{"isEnabled": False, "mode": None}, {"isEnabled": False, "mode": ""}, [], ""])
def test_a_control_that_is_not_set_is_none(control: Any) -> None:
    assert (
        graph_policy.policy(changed(policy(), "sessionControls.persistentBrowser", control)).persistent_browser is None
    )


@pytest.mark.parametrize("control", [{}, {"isEnabled": True, "mode": ""}, {"mode": None}])
def test_a_control_without_a_mode_that_may_be_on_is_not_known(control: Any) -> None:
    found = graph_policy.policy(changed(policy(), "sessionControls.persistentBrowser", control)).persistent_browser
    assert found is not None
    assert found.mode is None


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_empty_of_any_shape_is_not_set(empty: Any) -> None:
    names = ("platforms", "locations", "devices", "authenticationFlows", "clientApplications", "signInRiskLevels")
    for name in names[:5] if empty == {} else names:
        assert conditions(**{name: empty}) == conditions()
    for name in ("sessionControls", "grantControls"):
        assert graph_policy.policy(policy(mode=None) | {name: empty}) == graph_policy.policy(policy(mode=None))


def test_words_are_known_in_any_case() -> None:
    told = conditions(
        users={"includeUsers": ["all"], "excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "InternalGuest"}},
        applications={"includeApplications": ["ALL"], "excludeApplications": ["office365"]},
        clientAppTypes=["Browser"],
        platforms={"includePlatforms": ["MacOS"]},
        locations={"includeLocations": ["all"], "excludeLocations": ["allTrusted"]},
        devices={"deviceFilter": {"mode": "Exclude", "rule": "device.isCompliant -eq True"}},
        signInRiskLevels=["None"],
    )
    assert told.unknown == ()
    assert (told.users.include_users, told.users.exclude_guests) == (("All",), Guests(("internalGuest",)))
    assert (told.applications.include, told.applications.exclude) == (("All",), ("Office365",))
    assert (told.client_app_types, told.sign_in_risks) == (("browser",), ("none",))
    assert (told.platforms, told.locations) == (Listed(("macOS",)), Listed(("All",), ("AllTrusted",)))
    assert told.device_filter == Filter("exclude", "device.isCompliant -eq True")
    made = graph_policy.policy(
        policy()
        | {
            "state": "EnabledForReportingButNotEnforced",
            "sessionControls": {
                "persistentBrowser": {"isEnabled": True, "mode": "Never"},
                "signInFrequency": {"isEnabled": True, "value": 4, "type": "Hours", "frequencyInterval": "TimeBased"},
            },
        }
    )
    assert (made.state, made.persistent_browser) == (REPORT_ONLY, PersistentBrowser("never", True))
    assert made.sign_in_frequency is not None
    assert made.sign_in_frequency.hours == 4
    assert graph_policy.policy(policy() | {"state": "Pending"}).state == "Pending"
