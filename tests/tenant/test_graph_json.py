from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from auditor.tenant import graph_json
from auditor.tenant.records import (
    Application,
    GroupMembers,
    LifetimePolicy,
    NamedLocation,
    Organization,
    RegistrationCampaign,
    RoleHolding,
)
from auditor.testing import AT, branding_row, named_location, organization, policy, role_assignment

Json = dict[str, Any]


def without(made: Json, key: str) -> Json:
    return {name: value for name, value in made.items() if name != key}


def test_one_twisted_object_costs_no_other() -> None:
    policies, faults = graph_json.read_all(graph_json.policy, [policy("one"), {"id": "x"}, 7, policy("two")])
    assert [each.name for each in policies] == ["one", "two"]
    assert faults == ("Not understood: policy x has no usable state.", "Not understood: an entry is no object.")


def test_the_organization() -> None:
    assert graph_json.organization(organization()) == Organization(
        id=organization()["id"],
        name="Contoso",
        initial_domain="contoso.onmicrosoft.com",
        default_domain="contoso.com",
        managed_domains=("contoso.com",),
    )
    assert graph_json.organization({"id": "x"}).initial_domain is None
    with pytest.raises(ValueError, match="verifiedDomains"):
        graph_json.organization({"id": "x", "verifiedDomains": "contoso.com"})


@pytest.mark.parametrize(
    ("row", "locale", "disabled"),
    [
        (branding_row(True), 0, True),
        (branding_row(False, 1033), 1033, False),
        (branding_row(None), 0, None),
        ({"Locale": "0", "KeepMeSignedInDisabled": "true"}, None, None),
        ({"Locale": False}, None, None),
    ],
)
def test_branding_rows_are_never_guessed(row: dict[str, Any], locale: int | None, disabled: bool | None) -> None:
    found = graph_json.page_branding(row)
    assert (found.locale, found.keep_me_signed_in_disabled) == (locale, disabled)


def test_named_objects() -> None:
    group = graph_json.directory_object({"@odata.type": "#microsoft.graph.group", "id": "g", "displayName": "Pilot"})
    assert (group.kind, group.name) == ("group", "Pilot")
    assert graph_json.directory_object({"id": "x"}).name == "x"


def test_named_locations() -> None:
    offices = named_location("Offices", ranges=["203.0.113.0/24", "2001:db8::/48"], trusted=True)
    assert graph_json.named_location(offices) == NamedLocation(
        offices["id"], "Offices", "ip", trusted=True, ranges=("203.0.113.0/24", "2001:db8::/48")
    )
    blocked = named_location("Blocked", countries=["KP"]) | {"includeUnknownCountriesAndRegions": True}
    assert graph_json.named_location(blocked) == NamedLocation(
        blocked["id"], "Blocked", "country", countries=("KP",), include_unknown=True, lookup="clientIpAddress"
    )
    network = {"@odata.type": "#microsoft.graph.compliantNetworkNamedLocation", "id": "n"}
    assert graph_json.named_location(network) == NamedLocation("n", "", "compliantNetworkNamedLocation")


@pytest.mark.parametrize(
    "twisted",
    [
        without(named_location("x"), "@odata.type"),
        without(named_location("x"), "ipRanges"),
        named_location("x") | {"ipRanges": "203.0.113.0/24"},
        named_location("x") | {"ipRanges": [{"lowerAddress": "203.0.113.0", "upperAddress": "203.0.113.9"}]},
        named_location("x", countries=["NL"]) | {"countriesAndRegions": None},
        named_location("x", countries=["NL"]) | {"countriesAndRegions": [31]},
    ],
)
def test_a_location_that_cannot_be_read_is_not_an_empty_one(twisted: Json) -> None:
    with pytest.raises(ValueError, match=twisted["id"]):
        graph_json.named_location(twisted)


def test_what_is_no_flag_is_not_known() -> None:
    assert graph_json.named_location(named_location("x") | {"isTrusted": "true"}).trusted is None


def test_holders_of_roles() -> None:
    unit = "/administrativeUnits/u"
    assert graph_json.role_assignment(role_assignment("p", "r")) == RoleHolding("r", "p", "/", eligible=False)
    assert graph_json.role_eligibility(role_assignment("p", "r", unit)) == RoleHolding("r", "p", unit, eligible=True)
    part = role_assignment("p", "r") | {"directoryScopeId": None, "appScopeId": "/"}
    assert graph_json.role_assignment(part).scope != "/"


@pytest.mark.parametrize("key", ["principalId", "roleDefinitionId", "directoryScopeId"])
@pytest.mark.parametrize("value", [None, "", 7, []])
def test_a_role_without_holder_kind_or_scope(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match="role eligibility"):
        graph_json.role_eligibility(role_assignment("p", "r") | {key: value})


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"count": 2, "members": ["A", "b"]}, GroupMembers("g", 2, frozenset({"a", "b"}))),
        ({"count": 0, "members": []}, GroupMembers("g", 0, frozenset())),
        ({"count": 30_000, "members": None}, GroupMembers("g", 30_000, None)),
        ({"count": None, "members": None, "gone": True}, GroupMembers("g", None, None, gone=True)),
    ],
)
def test_members(stored: Json, expected: GroupMembers) -> None:
    assert graph_json.group_members({"id": "g", "gone": False} | stored) == expected


@pytest.mark.parametrize(
    "twisted", [{"count": None}, {"count": True}, {"count": -1}, {"count": 1, "members": "a"}, {"members": [1]}]
)
def test_a_group_that_cannot_be_read(twisted: Json) -> None:
    with pytest.raises(ValueError, match="group g"):
        graph_json.group_members({"id": "g", "count": 1} | twisted)


def test_lifetime_policies() -> None:
    made = {"id": "i", "displayName": "Idle", "isOrganizationDefault": True, "definition": ["{}", "not JSON"]}
    assert graph_json.lifetime_policy(made) == LifetimePolicy("i", "Idle", True, ("{}", "not JSON"))
    assert graph_json.lifetime_policy({"id": "i"}) == LifetimePolicy("i", "", None, ())
    with pytest.raises(ValueError, match="lifetime policy i: definition"):
        graph_json.lifetime_policy({"id": "i", "definition": "{}"})


def test_federated_domains() -> None:
    made = organization()
    made["verifiedDomains"].append({"name": "old.example", "type": "Federated", "isInitial": False})
    found = graph_json.organization(made)
    assert (found.federated_domains, found.managed_domains) == (("old.example",), ("contoso.com",))


def test_a_user_whose_type_is_left_out_is_a_user() -> None:
    found = graph_json.directory_object({"id": "u", "displayName": "Ada", "userPrincipalName": "ada@contoso.com"})
    assert (found.kind, found.name, found.user_principal_name) == ("user", "Ada", "ada@contoso.com")
    assert graph_json.directory_object({"id": "g", "displayName": "Pilot"}).kind == "object"


def audit(old: str | None, new: str | None, **changes: Any) -> Json:
    entry: Json = {
        "id": "Directory_1",
        "category": "Policy",
        "result": "success",
        "activityDisplayName": "Update conditional access policy",
        "activityDateTime": AT,
        "initiatedBy": {"app": None, "user": {"id": "u", "displayName": None, "userPrincipalName": "ada@contoso.com"}},
        "targetResources": [
            {
                "id": policy()["id"],
                "type": "Policy",
                "modifiedProperties": [
                    {"displayName": "Note", "oldValue": None, "newValue": '"x"'},
                    {"displayName": "ConditionalAccessPolicy", "oldValue": old, "newValue": new},
                ],
            }
        ],
    }
    return entry | changes


def test_a_change_of_a_policy() -> None:
    old, new = policy() | {"state": "disabled"}, policy()
    (change,) = graph_json.policy_changes(audit(json.dumps(old), json.dumps(new)))
    assert (change.before, change.after) == (graph_json.policy(old), graph_json.policy(new))
    assert (change.policy_id, change.at, change.by) == (new["id"], AT, "ada@contoso.com")
    assert change.activity == "Update conditional access policy"


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        "",
        "not JSON",
        json.dumps(policy())[:200],
        "[" * 100_000,
        "9" * 10_000,
        "[]",
        "null",
        '"text"',
        '{"id": "x"}',
        json.dumps(policy() | {"conditions": "All"}),
        "\ud800",
        json.dumps("\ud800"),
    ],
    ids=lambda text: repr(text)[:20],
)
def test_a_value_that_cannot_be_read_loses_no_row(hostile: str | None) -> None:
    (change,) = graph_json.policy_changes(audit(hostile, json.dumps(policy())))
    assert change.before is None
    assert change.after == graph_json.policy(policy())


def test_broken_names_inside_a_value_are_mended() -> None:
    (change,) = graph_json.policy_changes(audit(None, json.dumps(policy("bad \ud800 name") | {"id": "p"})))
    assert change.after is not None
    assert change.after.name == "bad \ufffd name"


@pytest.mark.parametrize(
    ("initiated", "by"),
    [
        ({"user": {"id": "u", "displayName": "Ada", "userPrincipalName": None}}, "Ada"),
        ({"user": {"id": "u"}, "app": None}, "u"),
        ({"user": None, "app": {"displayName": "Terraform", "appId": "a"}}, "Terraform"),
        ({"app": {"appId": "a"}}, "a"),
        ({}, ""),
        (None, ""),
    ],
)
def test_who_changed_it(initiated: Any, by: str) -> None:
    (change,) = graph_json.policy_changes(audit(None, None, initiatedBy=initiated))
    assert change.by == by


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"targetResources": []}, [""]),
        ({"targetResources": None}, [""]),
        ({"targetResources": [{"id": None}, {"id": "b", "modifiedProperties": None}]}, ["", "b"]),
        ({"result": "failure"}, []),
        ({"result": "timeout"}, [policy()["id"]]),
        ({"category": "UserManagement"}, []),
        ({"category": None}, [policy()["id"]]),
    ],
)
def test_what_was_changed(changes: Json, ids: list[str]) -> None:
    assert [each.policy_id for each in graph_json.policy_changes(audit(None, None, **changes))] == ids


@pytest.mark.parametrize(
    "twisted",
    [
        {"activityDateTime": None},
        {"activityDateTime": "yesterday"},
        {"targetResources": "p"},
        {"targetResources": [7]},
        {"initiatedBy": "ada"},
        {"id": None},
    ],
)
def test_an_entry_that_cannot_be_read_is_named(twisted: Json) -> None:
    with pytest.raises(ValueError, match="audit log"):
        graph_json.policy_changes(audit(None, None, **twisted))


def test_security_defaults() -> None:
    assert graph_json.security_defaults({"isEnabled": True}) is True
    assert graph_json.security_defaults({"isEnabled": False}) is False
    for twisted in (None, "true", 1):
        with pytest.raises(ValueError, match="security defaults has no usable isEnabled"):
            graph_json.security_defaults({"isEnabled": twisted})


def campaign(**said: Any) -> RegistrationCampaign:
    enforcement = {"authenticationMethodsRegistrationCampaign": said}
    return graph_json.registration_campaign({"id": "p", "registrationEnforcement": enforcement})


def test_the_registration_campaign() -> None:
    assert campaign(state="enabled", snoozeDurationInDays=1) == RegistrationCampaign("enabled", 1)
    assert campaign(state="default", snoozeDurationInDays=0) == RegistrationCampaign("default", 0)
    for twisted in (None, "3", True, 1.5):
        assert campaign(state="microsoftManaged", snoozeDurationInDays=twisted).snooze_days is None


@pytest.mark.parametrize(
    "enforcement",
    [
        None,
        {},
        {"authenticationMethodsRegistrationCampaign": None},
        {"authenticationMethodsRegistrationCampaign": {"state": None}},
        {"authenticationMethodsRegistrationCampaign": "enabled"},
        "enabled",
    ],
)
def test_a_campaign_that_is_not_told_is_not_off(enforcement: Any) -> None:
    with pytest.raises(ValueError, match="authentication methods policy"):
        graph_json.registration_campaign({"id": "p", "registrationEnforcement": enforcement})


def test_an_application() -> None:
    json = {"id": "o", "appId": "A-1", "displayName": "Notes", "appOwnerOrganizationId": "t", "replyUrls": ["app://x"]}
    assert graph_json.application(json) == Application("A-1", "Notes", "t", ("app://x",))
    bare = graph_json.application({"appId": "A-1", "displayName": None, "replyUrls": []})
    assert bare == Application("A-1", "", "", ())


@pytest.mark.parametrize("addresses", [None, "https://a.example", [None], [7], {"0": "https://a.example"}])
def test_an_application_whose_addresses_are_not_told_is_not_one_without(addresses: Any) -> None:
    with pytest.raises(ValueError, match=r"service principal of A-1.*replyUrls"):
        graph_json.application({"appId": "A-1", "replyUrls": addresses})


@pytest.mark.parametrize(
    "parse",
    [
        graph_json.named_location,
        graph_json.role_assignment,
        graph_json.group_members,
        graph_json.lifetime_policy,
        graph_json.policy_changes,
        graph_json.user_events,
        graph_json.security_defaults,
        graph_json.registration_campaign,
        graph_json.application,
        graph_json.registration,
        graph_json.password_dates,
    ],
)
def test_an_object_without_anything_is_an_error(parse: Callable[[Json], object]) -> None:
    with pytest.raises(ValueError, match=r"usable|no scope"):
        parse({})


P1, P2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "EEC0EB4F-6444-4F95-ABA0-50C24D67F998"
EXCHANGE = {
    "service": "exchange",
    "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "capabilityStatus": "Enabled",
}


@pytest.mark.parametrize(
    ("plans", "premium"),
    [
        ([], False),
        ([EXCHANGE], False),
        ([EXCHANGE, {**EXCHANGE, "servicePlanId": P1}], True),
        ([{**EXCHANGE, "servicePlanId": P2, "capabilityStatus": "Warning"}], True),
        ([{**EXCHANGE, "service": "AADPremiumService"}], True),
        ([{**EXCHANGE, "servicePlanId": P1, "capabilityStatus": "A word of tomorrow"}], True),
        ([{**EXCHANGE, "servicePlanId": P1, "capabilityStatus": "Suspended"}], False),
        ([{**EXCHANGE, "servicePlanId": None}], False),
        ([EXCHANGE, 7], None),
        ({}, None),
        (None, None),
    ],
)
def test_whether_a_premium_plan_is_among_the_organizations(plans: object, premium: bool | None) -> None:
    assert graph_json.organization({**organization(), "assignedPlans": plans}).premium is premium
    assert graph_json.organization(organization()).premium is None
