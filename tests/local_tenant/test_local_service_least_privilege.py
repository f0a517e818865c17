"""What an evaluation of policies reads besides them, each with the least permission that Microsoft documents for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.service.people import People
from auditor.local_tenant.simulation import Simulation

Permitted = Callable[..., httpx.Client]
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


@pytest.mark.parametrize(
    ("permission", "path", "method"),
    [
        ("Policy.Read.All", "/identity/conditionalAccess/namedLocations", "named_locations"),
        ("Policy.Read.All", "/policies/activityBasedTimeoutPolicies", "activity_based_timeout_policies"),
        ("Policy.Read.ApplicationConfiguration", "/policies/activityBasedTimeoutPolicies",
         "activity_based_timeout_policies"),
        ("Policy.Read.All", "/policies/tokenLifetimePolicies", "token_lifetime_policies"),
        ("Policy.Read.ApplicationConfiguration", "/policies/tokenLifetimePolicies", "token_lifetime_policies"),
        ("RoleManagement.Read.Directory", "/roleManagement/directory/roleAssignments", "role_assignments"),
        ("RoleEligibilitySchedule.Read.Directory", "/roleManagement/directory/roleEligibilitySchedules",
         "role_eligibilities"),
    ],
)  # fmt: skip
def test_listings(permitted: Permitted, simulation: Simulation, permission: str, path: str, method: str) -> None:
    with permitted(permission) as client:
        assert rows(client.get(path)) == list(getattr(simulation, method)())
    with permitted("User.Read.All") as client:
        assert client.get(path).status_code == 403


def test_changes_of_policies_since_a_moment(permitted: Permitted, simulation: Simulation) -> None:
    start, end = datetime(2026, 11, 18, tzinfo=timezone.utc), datetime(2026, 11, 21, tzinfo=timezone.utc)
    changes = [one for one in simulation.directory_audits(start, end) if one["category"] == "Policy"]
    assert len(changes) > 1
    oldest = changes[-1]["activityDateTime"]
    with permitted("AuditLog.Read.All") as client:

        def since(moment: str) -> list[dict[str, Any]]:
            condition = f"category eq 'Policy' and activityDateTime ge {moment}"
            return rows(client.get("/auditLogs/directoryAudits", params={"$filter": condition}))

        assert since("2026-11-18T00:00:00Z") == since(oldest) == changes
        assert since(changes[-2]["activityDateTime"]) == changes[:-1]
        assert since("2026-11-21T00:00:00Z") == []
        for other in ("category ne 'Policy'", "activityDateTime gt 2026-11-18T00:00:00Z"):
            assert client.get("/auditLogs/directoryAudits", params={"$filter": other}).status_code == 400


def test_members_with_nested_groups_and_their_number(permitted: Permitted, simulation: Simulation) -> None:
    groups = {one["displayName"]: one["id"] for one in simulation.groups()}
    expected = [member["id"] for member in simulation.group_members(groups["Headquarters"])]
    url = f"/groups/{groups['Headquarters']}/transitiveMembers"
    with permitted("GroupMember.Read.All") as client:
        found = rows(client.get(f"{url}?$select=id&$top=999"))
        assert [one["id"] for one in found] == expected
        assert [one["id"] for one in found if one["@odata.type"] != "#microsoft.graph.user"] == [groups["Executives"]]
        assert all(one.keys() == {"@odata.type", "id"} for one in found)
        counted = client.get(f"{url}/$count", headers={"ConsistencyLevel": "eventual"})
        assert (counted.status_code, counted.text) == (200, str(len(expected)))
        whole = {one["id"]: one for one in rows(client.get(f"{url}?$top=999"))}
        assert whole[groups["Executives"]]["displayName"] == "Executives"
        assert {one["displayName"] for key, one in whole.items() if key != groups["Executives"]} == {None}
    with permitted("User.Read.All") as client:
        assert client.get(url).status_code == 403


def test_a_user_by_name(permitted: Permitted, simulation: Simulation) -> None:
    own, guest = (next(one for one in simulation.users() if one["userType"] == kind) for kind in ("Member", "Guest"))
    with permitted("User.Read.All") as client:
        for person in (own, guest):
            name = quote(person["userPrincipalName"], safe="")
            found = client.get(f"/users/{name.upper()}?$select=id,userType,onPremisesSyncEnabled").json()
            assert {key: value for key, value in found.items() if "@" not in key} == {
                "id": person["id"],
                "userType": person["userType"],
                "onPremisesSyncEnabled": None,
            }
            assert found["@odata.context"].endswith("/$metadata#users(id,userType,onPremisesSyncEnabled)/$entity")
        # The log's name of a guest is not that of the account.
        assert client.get(f"/users/{guest['mail']}").status_code == 404
        assert client.get(f"/users/{own['id']}?$select=nothing").status_code == 400
    with permitted("GroupMember.Read.All") as client:
        assert client.get(f"/users/{own['id']}").status_code == 403


def test_a_group_holds_a_role(permitted: Permitted, simulation: Simulation) -> None:
    with permitted("RoleManagement.Read.Directory", "GroupMember.Read.All") as client:
        url = f"/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{SECURITY_READER}'"
        (held,) = rows(client.get(url))
        members = rows(client.get(f"/groups/{held['principalId']}/transitiveMembers?$select=id"))
        assert all(SECURITY_READER in simulation.roles_held(one["id"]) for one in members)
        assert len(members) > 1


def test_without_a_licence_nobody_is_eligible(
    msal_token: Callable[..., str], bearing: Callable[..., httpx.Client]
) -> None:
    end = datetime(2026, 11, 21, tzinfo=timezone.utc)
    with (
        running(Simulation(seed=4, users=20, days=1, end=end, premium=False)) as tenant,
        bearing(tenant, msal_token(tenant, tenant.client_id, tenant.client_secret)) as client,
    ):
        refused = client.get("/roleManagement/directory/roleEligibilitySchedules")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "AadPremiumLicenseRequired")
        assert rows(client.get("/roleManagement/directory/roleAssignments"))


def test_a_role_through_a_group_opens_reports(tenant: LocalTenant, simulation: Simulation) -> None:
    desk = next(one for one in simulation.groups() if one["displayName"] == "Security Desk")
    member = next(simulation.group_members(desk["id"]))
    people = People(simulation)
    found = people.find(member["id"])
    assert found is not None
    assert SECURITY_READER in found.roles
    assert SECURITY_READER not in people.ordinary.roles
    assert people.ordinary.user_principal_name == tenant.ordinary_user
