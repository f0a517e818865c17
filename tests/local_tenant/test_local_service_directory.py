"""The directory, policies, branding and roles: selection, filters, pages, what is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation

Pages = Callable[..., list[dict[str, Any]]]


def values(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page["value"]]


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/users", "users"),
        ("/groups", "groups"),
        ("/servicePrincipals", "service_principals"),
        ("/applications", "applications"),
        ("/identity/conditionalAccess/policies", "policies"),
        ("/identity/conditionalAccess/namedLocations", "named_locations"),
        ("/policies/activityBasedTimeoutPolicies", "activity_based_timeout_policies"),
        ("/policies/tokenLifetimePolicies", "token_lifetime_policies"),
        ("/directoryRoleTemplates", "directory_role_templates"),
        ("/roleManagement/directory/roleDefinitions", "role_definitions"),
        ("/roleManagement/directory/roleAssignments", "role_assignments"),
        ("/roleManagement/directory/roleEligibilitySchedules", "role_eligibilities"),
        ("/reports/authenticationMethods/userRegistrationDetails", "registration_details"),
    ],
)
def test_listings_are_whole_and_paged(
    graph: httpx.Client, every_page: Pages, simulation: Simulation, path: str, method: str
) -> None:
    expected = [row["id"] for row in getattr(simulation, method)()]
    assert [row["id"] for row in values(every_page(graph, f"{path}?$top=7"))] == expected
    pages = every_page(graph, path)
    assert [row["id"] for row in values(pages)] == expected
    if path != "/users":
        asked = values(every_page(graph, path, Prefer="include-unknown-enum-members"))
        assert asked == list(getattr(simulation, method)())


def test_a_user_unselected_is_short(graph: httpx.Client, simulation: Simulation) -> None:
    whole = next(iter(simulation.users()))
    short = graph.get(f"/users/{whole['id']}").json()
    assert "displayName" in short
    assert "accountEnabled" not in short
    assert "userType" not in short
    chosen = graph.get(f"/users/{whole['id']}?$select=id,userType").json()
    assert {name for name in chosen if "@" not in name} == {"id", "userType"}
    by_name = graph.get(f"/users/{whole['userPrincipalName']}?$select=id").json()
    assert by_name["id"] == whole["id"]
    guest = "someone_elsewhere.example#EXT#@here.example"
    assert guest.lower() in graph.get(f"/users/{quote(guest)}").json()["error"]["message"].lower()
    assert graph.get("/users?$select=id,userType&$top=2").json()["@odata.context"].endswith("#users(id,userType)")


def test_selecting_what_does_not_exist(graph: httpx.Client) -> None:
    answer = graph.get("/users?$select=id,hideKeepMeSignedIn")
    assert answer.status_code == 400
    assert "hideKeepMeSignedIn" in answer.json()["error"]["message"]


def test_service_principals_by_app_id(graph: httpx.Client, simulation: Simulation) -> None:
    apps = [row["appId"] for row in simulation.service_principals()][:3]
    one = graph.get("/servicePrincipals", params={"$filter": f"appId eq '{apps[0]}'", "$select": "appId,replyUrls"})
    assert [row["appId"] for row in one.json()["value"]] == apps[:1]
    assert set(one.json()["value"][0]) == {"appId", "replyUrls"}
    among = ",".join(f"'{app}'" for app in apps)
    several = graph.get("/servicePrincipals", params={"$filter": f"appId in ({among})"})
    assert {row["appId"] for row in several.json()["value"]} == set(apps)
    many = ",".join(f"'{n}'" for n in range(16))
    refused = graph.get("/servicePrincipals", params={"$filter": f"appId in ({many})"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize(
    "url", ["/users?$top=1000", "/users?$skip=1", "/groups?$expand=members", "/users?$filter=jobTitle eq 'x'"]
)
def test_what_the_directory_does_not_take(graph: httpx.Client, url: str) -> None:
    assert graph.get(url).status_code == 400


def test_group_members(
    graph: httpx.Client, every_page: Pages, permitted: Callable[..., httpx.Client], simulation: Simulation
) -> None:
    group = max(simulation.groups(), key=lambda group: len(list(simulation.group_members(group["id"]))))
    expected = [member["id"] for member in simulation.group_members(group["id"])]
    url = f"/groups/{group['id']}/transitiveMembers"
    members = values(every_page(graph, f"{url}?$top=5&$select=id,displayName"))
    assert [member["id"] for member in members] == expected
    assert members[0]["@odata.type"] == "#microsoft.graph.user"
    assert members[0]["displayName"]
    counted = graph.get(f"{url}/$count", headers={"ConsistencyLevel": "eventual"})
    assert (counted.text, counted.headers["Content-Type"].partition(";")[0]) == (str(len(expected)), "text/plain")
    assert graph.get(f"{url}/$count").status_code == 400
    assert graph.get("/groups/nobody/transitiveMembers").status_code == 404
    nobody = graph.get("/groups/nobody/transitiveMembers/$count", headers={"ConsistencyLevel": "eventual"})
    assert nobody.status_code == 404
    with permitted("GroupMember.Read.All") as client:
        member = client.get(url).json()["value"][0]
        assert member["id"] == expected[0]
        assert member["displayName"] is None


def test_get_by_ids(graph: httpx.Client, simulation: Simulation) -> None:
    user = next(iter(simulation.users()))["id"]
    group = simulation.groups()[0]["id"]
    principal = simulation.service_principals()[0]["id"]

    def ask(**body: Any) -> httpx.Response:
        return graph.post("/directoryObjects/getByIds", json=body)

    found = ask(ids=[principal, user, "nobody", group, user]).json()["value"]
    assert [(row["@odata.type"].rpartition(".")[2], row["id"]) for row in found] == [
        ("servicePrincipal", principal),
        ("user", user),
        ("group", group),
    ]
    assert "accountEnabled" not in found[1]
    assert [row["id"] for row in ask(ids=[user, group], types=["group"]).json()["value"]] == [group]
    assert len(ask(ids=[user, group], types=["directoryObject"]).json()["value"]) == 2
    assert ask(ids=["x"] * 1001).status_code == 400
    assert ask(ids="x").status_code == 400
    assert ask().status_code == 400
    assert graph.post("/directoryObjects/getByIds", content=b"{").status_code == 400


def test_single_objects(graph: httpx.Client, tenant: LocalTenant, simulation: Simulation) -> None:
    policy = simulation.policies()[0]
    found = graph.get(f"/identity/conditionalAccess/policies/{policy['id']}").json()
    assert found["displayName"] == policy["displayName"]
    assert graph.get("/identity/conditionalAccess/policies/nobody").status_code == 404
    assert "isEnabled" in graph.get("/policies/identitySecurityDefaultsEnforcementPolicy").json()
    assert graph.get("/policies/authenticationMethodsPolicy").json()["id"] == "authenticationMethodsPolicy"
    assert graph.get(f"/organization/{tenant.tenant_id}").json()["id"] == tenant.tenant_id
    assert graph.get("/organization/nobody").status_code == 404
    for path, rows in (("groups", simulation.groups()), ("applications", simulation.applications())):
        assert graph.get(f"/{path}/{rows[0]['id']}").json()["displayName"] == rows[0]["displayName"]
    assert graph.get("/servicePrincipals/nobody").status_code == 404


def test_branding(graph: httpx.Client, tenant: LocalTenant, simulation: Simulation) -> None:
    url = f"/organization/{tenant.tenant_id}/branding"
    default = simulation.branding()
    assert default is not None
    for language in ("0", "default", "xx-XX"):
        assert graph.get(url, headers={"Accept-Language": language}).json()["id"] == default["id"]
    listed = graph.get(f"{url}/localizations").json()["value"]
    assert [row["id"] for row in listed] == [row["id"] for row in simulation.branding_localizations()]
    for row in listed:
        assert graph.get(f"{url}/localizations/{row['id']}").json()["id"] == row["id"]
    assert graph.get(f"{url}/localizations/xx-XX").status_code == 404
    assert "KeepMeSignedIn" not in graph.get(url).text


def test_no_branding(msal_token: Callable[..., str], bearing: Callable[..., httpx.Client]) -> None:
    end = datetime(2026, 11, 21, tzinfo=timezone.utc)
    with (
        running(Simulation(seed=4, users=20, days=1, end=end, setting="no branding")) as tenant,
        bearing(tenant, msal_token(tenant, tenant.client_id, tenant.client_secret)) as client,
    ):
        for path in ("branding", "branding/localizations"):
            missing = client.get(f"/organization/{tenant.tenant_id}/{path}")
            assert missing.status_code == 404
            assert missing.json()["error"]["code"] == "Request_ResourceNotFound"
