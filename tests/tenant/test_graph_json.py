from typing import Any

import pytest

from auditor.tenant import graph_json
from auditor.tenant.policy import Applications, DeviceFilter, PersistentBrowser, Policy, Users
from auditor.tenant.records import Organization
from auditor.testing import branding_row, organization, policy


def changed(json: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, last = path.split(".")
    inner = json
    for key in parents:
        inner = inner.setdefault(key, {})
    inner[last] = value
    return json


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
    assert graph_json.policy(json) == Policy(
        id=json["id"],
        name="Template",
        state="enabled",
        users=Users(
            include_users=("All",),
            exclude_groups=("g1",),
            include_roles=("r1",),
            include_guests=("internalGuest", "b2bCollaborationGuest"),
            exclude_guests=("kinds not given",),
        ),
        applications=Applications(include=("All",), exclude=("a1",), user_actions=("urn:x",)),
        client_app_types=("all",),
        device_filter=DeviceFilter("include", "device.isCompliant -ne True"),
        other_conditions=("locations",),
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
        graph_json.policy(changed(policy(), "sessionControls.persistentBrowser", control)).persistent_browser
        == expected
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", None),
        ("state", None),
        ("conditions", "all"),
        ("conditions.users", []),
        ("conditions.users.includeUsers", "All"),
        ("conditions.users.includeGroups", [1]),
        ("conditions.clientAppTypes", "all"),
        ("conditions.devices", {"deviceFilter": {"mode": "include"}}),
        ("sessionControls", []),
        ("sessionControls.persistentBrowser", "never"),
    ],
)
def test_a_twisted_policy_is_an_error_that_names_it(path: str, value: Any) -> None:
    with pytest.raises(ValueError, match="policy"):
        graph_json.policy(changed(policy(), path, value))


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
