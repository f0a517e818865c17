from __future__ import annotations

from typing import Any

import pytest

from auditor.conditional_access.aim import aim
from auditor.tenant.graph_policy import policy as parsed
from auditor.testing import policy

NAMES = {
    ("u-1", "directory_objects"): "Ada",
    ("g-1", "directory_objects"): "Pilot",
    ("r-1", "role_templates"): "Global Reader",
    ("a-1", "service_principals"): "Expenses",
    ("l-1", "named_locations"): "Offices",
}


RULE = "device.isCompliant -eq True"


def said(**conditions: Any) -> str:
    made = policy()
    made["conditions"] |= conditions
    return aim(parsed(made), lambda identity, dataset: NAMES.get((identity, dataset)))


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({}, "all users; all resources; any client"),
        ({"users": {}}, "nobody; all resources; any client"),
        ({"users": {"includeUsers": ["None"]}}, "nobody; all resources; any client"),
        ({"users": {"includeUsers": ["u-1"], "includeGroups": ["g-1"], "includeRoles": ["r-1"]}},
         "user 'Ada', group 'Pilot', role 'Global Reader'; all resources; any client"),
        ({"users": {"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers", "u-9"]}},
         "all users except guests, user u-9; all resources; any client"),
        ({"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}}},
         "guests; all resources; any client"),
        ({"users": {"includeUsers": ["u-1", "u-2", "u-3", "u-4", "u-5"]}},
         "user 'Ada', user u-2, user u-3 and 2 more; all resources; any client"),
        ({"applications": {"includeApplications": ["None"]}}, "all users; no resource; any client"),
        ({"applications": {"includeApplications": ["Office365", "a-1"], "excludeApplications": ["a-2"]}},
         "all users; Office 365, application 'Expenses' except application a-2; any client"),
        ({"applications": {"includeUserActions": ["urn:user:registerdevice"]}},
         "all users; the user action urn:user:registerdevice; any client"),
        ({"applications": {"includeAuthenticationContextClassReferences": ["c1"]}},
         "all users; the authentication context c1; any client"),
        ({"applications": {"includeApplications": ["All"], "applicationFilter": {"mode": "exclude", "rule": "x"}}},
         "all users; all resources except applications by a filter; any client"),
        ({"applications": {"applicationFilter": {"mode": "include", "rule": "x"}}},
         "all users; applications by a filter; any client"),
        ({"clientAppTypes": ["browser", "other"]}, "all users; all resources; clients: browser, other"),
        ({"clientAppTypes": []}, "all users; all resources; clients: none"),
    ],
)  # fmt: skip
def test_who_what_and_with_which_client(conditions: dict[str, Any], words: str) -> None:
    assert said(**conditions) == words


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"devices": {"deviceFilter": {"mode": "include", "rule": RULE}}}, f"only devices with {RULE}"),
        ({"devices": {"deviceFilter": {"mode": "exclude", "rule": RULE}}}, f"not devices with {RULE}"),
        ({"devices": {"deviceFilter": {"mode": "new", "rule": RULE}}},
         f"devices in the mode 'new' with {RULE}; as it sets what this version does not know: devices: the mode new"),
        ({"devices": {"deviceFilter": {"mode": "include", "rule": 'device.colour -eq "red"'}}},
         'only devices with device.colour -eq "red"; '
         "as it sets what this version does not know: devices: device.colour"),
        ({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}}, "platforms: all except iOS"),
        ({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted", "l-1", "l-2"]}},
         "locations: any except all trusted ones, location 'Offices', location l-2"),
        ({"locations": {"excludeLocations": ["l-1"]}}, "locations: none except location 'Offices'"),
        ({"signInRiskLevels": ["high", "medium"]}, "sign-in risk: high, medium"),
        ({"userRiskLevels": ["high"]}, "user risk: high"),
        ({"insiderRiskLevels": "elevated"}, "insider risk: elevated"),
        ({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}, "authentication flows: deviceCodeFlow"),
        ({"agents": {"includeAgents": ["All"]}}, "as it sets what this version does not know: agents"),
        ({"agentIdRiskLevels": "high"}, "as it sets what this version does not know: agentIdRiskLevels"),
        ({"times": {"x": 1}}, "as it sets what this version does not know: times"),
        ({"platforms": {"includePlatforms": []}, "locations": None, "signInRiskLevels": []}, ""),
    ],
)  # fmt: skip
def test_further_conditions(conditions: dict[str, Any], words: str) -> None:
    whom = "a part that is not known of all users" if "does not know" in words else "all users"
    assert said(**conditions) == "; ".join([whom, "all resources", "any client", *([words] if words else [])])


def test_roles_of_administrators_are_named_though_no_roles_were_read() -> None:
    role = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
    assert "role 'Application Administrator' except role 'Application Administrator'" in said(
        users={"includeRoles": [role], "excludeRoles": [role.upper()]}
    )
    assert "role 99999999-0000-4000-8000-000000000001" in said(
        users={"includeRoles": ["99999999-0000-4000-8000-000000000001"]}
    )
