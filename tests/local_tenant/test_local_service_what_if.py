"""Graph's What If over the wire: Microsoft's documented body, what it answers, and what it refuses."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import httpx
import jsonschema
import pytest
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.service.schema import REQUIRED, load
from auditor.local_tenant.simulation import Simulation

URL = "/identity/conditionalAccess/evaluate"
MAIL = "00000002-0000-0ff1-ce00-000000000000"

Json = dict[str, Any]


@pytest.fixture(scope="session")
def body(simulation: Simulation) -> Json:
    """Of a member, and complete."""
    member = next(one for one in simulation.users() if one["userType"] == "Member" and "breakglass" not in str(one))
    return {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": member["id"]},
        "signInContext": {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [MAIL]},
        "signInConditions": {
            "devicePlatform": "windows",
            "clientAppType": "browser",
            "signInRiskLevel": "none",
            "userRiskLevel": "none",
            "country": "NL",
            "ipAddress": "198.51.100.7",
            "insiderRiskLevel": "none",
            "authenticationFlow": {"transferMethod": "none"},
            "deviceInfo": {"trustType": "Workplace", "isCompliant": False, "displayName": "WIN-1"},
        },
    }


def changed(body: Json, where: str, value: Any) -> Json:
    """The body with another value at a path; None takes away what is there."""
    new = copy.deepcopy(body)
    *steps, last = where.split("/")
    inner = new
    for step in steps:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return new


def told(client: httpx.Client, body: Json, url: str = URL) -> dict[str, str]:
    """Display name -> reasons."""
    answer = client.post(url, json=body)
    assert answer.status_code == 200, answer.text
    return {one["displayName"]: one["analysisReasons"] for one in answer.json()["value"]}


@pytest.mark.parametrize("version", ["v1.0", "beta"])
def test_each_policy_whole_with_its_answer(
    graph: httpx.Client, tenant: LocalTenant, simulation: Simulation, body: Json, version: str
) -> None:
    answer = graph.post(f"{tenant.graph_url}/{version}{URL}", json=body)
    assert answer.status_code == 200, answer.text
    context = f"{tenant.graph_url}/{version}/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)"
    assert answer.json()["@odata.context"] == context
    assert "@odata.nextLink" not in answer.json()
    rows = answer.json()["value"]
    policies = graph.get(f"{tenant.graph_url}/{version}/identity/conditionalAccess/policies").json()["value"]
    answers = ("policyApplies", "analysisReasons")
    assert [{name: value for name, value in row.items() if name not in answers} for row in rows] == policies
    valid = jsonschema.Draft202012Validator({**load(), "$ref": "#/$defs/microsoft.graph.conditionalAccessPolicy"})
    for row in rows:
        if version == "v1.0":  # of which the schema is
            valid.validate(row)
        assert row.keys() >= REQUIRED["microsoft.graph.conditionalAccessPolicy"]
        assert (row["analysisReasons"] == "notSet") is row["policyApplies"]
    assert {row["policyApplies"] for row in rows} == {True, False}
    assert [row["id"] for row in rows] == [one["id"] for one in simulation.policies()]


def test_only_what_applies(graph: httpx.Client, body: Json) -> None:
    every = told(graph, body)
    some = told(graph, {**body, "appliedPoliciesOnly": True})
    assert some == {name: why for name, why in every.items() if why == "notSet"}
    assert 0 < len(some) < len(every)
    assert told(graph, {**body, "appliedPoliciesOnly": False}) == every


def test_what_the_demo_tenant_answers(graph: httpx.Client, simulation: Simulation, body: Json) -> None:
    states = {one["displayName"]: one["state"] for one in simulation.policies()}
    every = told(graph, body)
    assert every["Require multifactor authentication outside the office"] == "notSet"
    assert every["No persistent sessions for mail and files"] == "notSet"
    assert every["No persistent sessions (trial)"] == "notSet"
    assert states["No persistent sessions (trial)"] == "enabledForReportingButNotEnforced"
    assert every["Block legacy authentication"] == "clientApps"
    assert every["Block sign-ins from some countries"] == "location"
    assert every["Private devices sign in every day"] == "notSet"
    asked = changed(
        body, "signInConditions/deviceInfo", {"trustType": "ServerAD", "deviceId": "1", "isCompliant": True}
    )
    assert told(graph, asked)["Private devices sign in every day"] == "devices"
    asked = changed(body, "signInConditions/ipAddress", "203.0.113.77")
    assert told(graph, asked)["Require multifactor authentication outside the office"] == "location"
    asked = changed(body, "signInContext/includeApplications", ["elsewhere"])
    assert told(graph, asked)["No persistent sessions for mail and files"] == "application"


@pytest.mark.parametrize(
    ("where", "policy"),
    [
        ("signInConditions/clientAppType", "Block legacy authentication"),
        ("signInConditions/ipAddress", "Require multifactor authentication outside the office"),
        ("signInConditions/country", "Block sign-ins from some countries"),
        ("signInConditions/deviceInfo", "Private devices sign in every day"),
    ],
)
def test_what_is_left_out_is_not_known(graph: httpx.Client, body: Json, where: str, policy: str) -> None:
    assert told(graph, changed(body, where, None))[policy] == "notEnoughInformation"
    if where.endswith("clientAppType"):
        assert told(graph, changed(body, where, "all"))[policy] == "notEnoughInformation"


def test_a_device_without_a_join_is_not_registered(graph: httpx.Client, body: Json) -> None:
    for device in ({}, {"operatingSystem": "Windows"}, {"trustType": "", "isCompliant": False}):
        asked = changed(body, "signInConditions/deviceInfo", device)
        assert told(graph, asked)["Private devices sign in every day"] == "notSet"


@pytest.mark.parametrize(
    ("context", "reached"),
    [
        ({"@odata.type": "#microsoft.graph.userActionContext", "userAction": "registerSecurityInformation"}, True),
        ({"@odata.type": "#microsoft.graph.authContext", "authenticationContextValue": "c1"}, False),
    ],
)
def test_actions_and_contexts(graph: httpx.Client, body: Json, context: Json, reached: bool) -> None:
    every = told(graph, {**body, "signInContext": context})
    assert (every["Require multifactor authentication outside the office"] == "notSet") is reached
    assert every["No persistent sessions for mail and files"] == "application"


def test_other_identities(graph: httpx.Client, simulation: Simulation, body: Json) -> None:
    guest = {"externalTenantId": "elsewhere", "externalUserType": "b2bCollaborationGuest"}
    asked = {**body, "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", **guest}}
    assert told(graph, asked)["Administrators stay signed in"] == "users"
    assert told(graph, asked)["Require multifactor authentication outside the office"] == "notSet"
    service = {"@odata.type": "#microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": "any"}
    assert set(told(graph, {**body, "signInIdentity": service}).values()) == {"workloadIdentities"}
    holders = {one["roleDefinitionId"]: one["principalId"] for one in simulation.role_assignments()}
    administrator = holders["f28a1f50-f6e7-4571-818b-6a12f2af6b6c"]
    asked = changed(body, "signInIdentity/userId", administrator.upper())
    assert told(graph, asked)["Administrators stay signed in"] == "notSet"


def test_the_body_of_microsofts_own_client(graph: httpx.Client, body: Json) -> None:
    evaluate = pytest.importorskip(
        "msgraph.generated.identity.conditional_access.evaluate.evaluate_post_request_body",
        reason="the oldest SDK allowed does not know the action; the product writes its body by hand",
    )
    from msgraph.generated.models.application_context import ApplicationContext
    from msgraph.generated.models.conditional_access_client_app import ConditionalAccessClientApp
    from msgraph.generated.models.device_info import DeviceInfo
    from msgraph.generated.models.sign_in_conditions import SignInConditions
    from msgraph.generated.models.user_sign_in import UserSignIn

    asked = evaluate.EvaluatePostRequestBody(
        sign_in_identity=UserSignIn(user_id=body["signInIdentity"]["userId"]),
        sign_in_context=ApplicationContext(include_applications=[MAIL]),
        sign_in_conditions=SignInConditions(
            client_app_type=ConditionalAccessClientApp.Browser,
            device_info=DeviceInfo(trust_type="AzureAD", is_compliant=True, extension_attribute1="SAW"),
            odata_type="#microsoft.graph.signInConditions",
        ),
        applied_policies_only=True,
    )
    writer = JsonSerializationWriter()
    writer.write_object_value(None, asked)
    assert "No persistent sessions for mail and files" in told(graph, json.loads(writer.get_serialized_content()))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("signInIdentity", None),
        ("signInContext", None),
        ("signInConditions", None),
        ("conditionalAccessWhatIfSubject", {}),
        ("signInIdentity/@odata.type", None),
        ("signInIdentity/@odata.type", "#microsoft.graph.applicationContext"),
        ("signInIdentity/userId", None),
        ("signInIdentity/userId", "11111111-2222-4333-8444-555555555555"),
        ("signInIdentity/userId", 7),
        ("signInIdentity", {"@odata.type": "#microsoft.graph.userSignIn", "externalUserType": "b2bCollaborationGuest"}),
        ("signInContext/includeApplications", []),
        ("signInContext/includeApplications", "All"),
        ("signInContext", {"@odata.type": "#microsoft.graph.authContext", "authenticationContextValue": "c100"}),
        ("signInContext", {"@odata.type": "#microsoft.graph.userActionContext", "userAction": "registerDevice"}),
        ("signInConditions/devicePlatform", "Windows 11"),
        ("signInConditions/signInRiskLevel", "severe"),
        ("signInConditions/ipAddress", "203.0.113.0/24"),
        ("signInConditions/country", "Netherlands"),
        ("signInConditions/deviceInfo", {"isManaged": True}),
        ("signInConditions/deviceInfo", {"isCompliant": "True"}),
        ("signInConditions/deviceInfo", {"trustType": True}),
        ("signInConditions/weather", "rain"),
        ("appliedPoliciesOnly", "yes"),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused(graph: httpx.Client, body: Json, where: str, value: Any) -> None:
    answer = graph.post(URL, json=changed(body, where, value))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest"), answer.text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"signInIdentity":"\xff"}', b"null"])
def test_what_is_no_body_is_refused(graph: httpx.Client, content: bytes) -> None:
    assert graph.post(URL, content=content).status_code == 400


def test_options_are_refused_and_nothing_else_is_offered(graph: httpx.Client, body: Json) -> None:
    assert graph.post(f"{URL}?$select=id", json=body).status_code == 400
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert graph.request(method, URL).status_code == 405


def test_permissions(permitted: Callable[..., httpx.Client], body: Json) -> None:
    for enough in ("Policy.Read.All", "Policy.Read.ConditionalAccess", "Policy.ReadWrite.ConditionalAccess"):
        with permitted(enough) as client:
            assert client.post(URL, json=body).status_code == 200
    with permitted("Directory.Read.All", "AuditLog.Read.All") as client:
        refused = client.post(URL, json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "AccessDenied")


def test_it_shares_the_limit_of_conditional_access_and_changes_nothing(
    simulation: Simulation, msal_token: Callable[..., str], bearing: Callable[..., httpx.Client], body: Json
) -> None:
    now = [1_795_000_000.0]
    before = copy.deepcopy(simulation.policies())
    with running(simulation, clock=lambda: now[0]) as tenant:
        token = msal_token(tenant, tenant.client_id, tenant.client_secret)
        with bearing(tenant, token) as client:
            assert client.post(URL, json=body).status_code == 200
            refused = client.get("/identity/conditionalAccess/policies")
            assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)
            assert client.post(URL, json=body).status_code == 429
            now[0] += 1
            assert client.post(URL, json=body).status_code == 200
    assert simulation.policies() == before
