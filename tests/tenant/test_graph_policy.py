from typing import Any

import pytest

from auditor.tenant import graph_policy
from auditor.tenant.policy import (
    Applications,
    Conditions,
    Filter,
    Guests,
    Listed,
    PersistentBrowser,
    Policy,
    Users,
)
from auditor.testing import policy


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
        graph_policy.policy(changed(policy(), path, value))
