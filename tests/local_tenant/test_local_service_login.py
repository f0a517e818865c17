"""The login service, through MSAL and by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import msal
import pytest

from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation


def ask(client: httpx.Client, tenant: LocalTenant, directory: str | None = None, **changes: Any) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        "scope": f"{tenant.graph_url}/.default",
        **changes,
    }
    return client.post(
        f"{tenant.login_url}/{directory or tenant.tenant_id}/oauth2/v2.0/token",
        data={name: value for name, value in form.items() if value is not None},
    )


def test_msal_signs_in_and_the_token_is_signed_by_a_published_key(
    tenant: LocalTenant, token: str, stranger: httpx.Client
) -> None:
    keys = stranger.get(f"{tenant.login_url}/{tenant.tenant_id}/discovery/v2.0/keys").json()
    found = {key["kid"]: jwt.PyJWK(key) for key in keys["keys"]}
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, found[header["kid"]].key, algorithms=["RS256"], audience=tenant.graph_url)
    assert header["alg"] == "RS256"
    assert claims["tid"] == tenant.tenant_id
    assert claims["appid"] == tenant.client_id
    assert claims["idtyp"] == "app"
    assert "AuditLog.Read.All" in claims["roles"]
    assert claims["exp"] - claims["iat"] == 3599


@pytest.mark.parametrize("name", ["initial_domain", "custom_domain"])
def test_the_authority_may_name_a_domain(tenant: LocalTenant, simulation: Simulation, name: str) -> None:
    app = msal.ConfidentialClientApplication(
        tenant.client_id,
        client_credential=tenant.client_secret,
        authority=f"{tenant.login_url}/{getattr(simulation, name)}",
        instance_discovery=False,
        verify=str(tenant.ca_file),
    )
    assert "access_token" in app.acquire_token_for_client([f"{tenant.graph_url}/.default"])


def test_msal_reports_an_unknown_tenant(tenant: LocalTenant) -> None:
    with pytest.raises(ValueError, match="tenant"):
        msal.ConfidentialClientApplication(
            tenant.client_id,
            client_credential=tenant.client_secret,
            authority=f"{tenant.login_url}/elsewhere.onmicrosoft.com",
            instance_discovery=False,
            verify=str(tenant.ca_file),
        )


def test_msal_reports_a_wrong_secret(tenant: LocalTenant) -> None:
    app = msal.ConfidentialClientApplication(
        tenant.client_id,
        client_credential="wrong",
        authority=f"{tenant.login_url}/{tenant.tenant_id}",
        instance_discovery=False,
        verify=str(tenant.ca_file),
    )
    result = app.acquire_token_for_client([f"{tenant.graph_url}/.default"])
    assert result["error"] == "invalid_client"
    assert result["error_codes"] == [7000215]
    assert result["error_description"].startswith("AADSTS7000215: ")


@pytest.mark.parametrize(
    ("changes", "code", "error", "status"),
    [
        ({"client_secret": "wrong"}, 7000215, "invalid_client", 401),
        ({"client_secret": None}, 7000216, "invalid_client", 401),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, 700016, "unauthorized_client", 400),
        ({"client_id": None}, 900144, "invalid_request", 400),
        ({"grant_type": None}, 900144, "invalid_request", 400),
        ({"grant_type": "password"}, 70003, "unsupported_grant_type", 400),
        ({"scope": None}, 900144, "invalid_request", 400),
        ({"scope": "User.Read"}, 1002012, "invalid_scope", 400),
        ({"scope": "https://elsewhere.example/.default"}, 500011, "invalid_resource", 400),
        ({"directory": "nowhere.example"}, 90002, "invalid_request", 400),
        ({"directory": "common"}, 50059, "invalid_request", 400),
    ],
)
def test_refusals(
    tenant: LocalTenant, stranger: httpx.Client, changes: dict[str, Any], code: int, error: str, status: int
) -> None:
    answer = ask(stranger, tenant, **changes)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert all(body[name] in body["error_description"] for name in ("trace_id", "correlation_id", "timestamp"))
    assert body["error_uri"].endswith(f"/error?code={code}")


def test_a_managed_identity_has_no_secret_to_guess(tenant: LocalTenant, stranger: httpx.Client) -> None:
    for guess in ("", "None"):
        body = ask(stranger, tenant, client_id=tenant.identity_client_id, client_secret=guess).json()
        assert body["error_codes"][0] in (7000215, 7000216)


def test_the_correlation_id_is_the_callers(tenant: LocalTenant, stranger: httpx.Client) -> None:
    url = f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/token"
    body = stranger.post(url, headers={"client-request-id": "mine"}).json()
    assert body["correlation_id"] == "mine"


def test_basic_credentials(tenant: LocalTenant, stranger: httpx.Client) -> None:
    def basic(text: str) -> httpx.Response:
        return stranger.post(
            f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/token",
            data={"grant_type": "client_credentials", "scope": f"{tenant.graph_url}/.default"},
            headers={"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"},
        )

    assert basic(f"{tenant.client_id}:{tenant.client_secret}").json()["token_type"] == "Bearer"
    assert basic(f"{tenant.client_id}:wrong").json()["error_codes"] == [7000215]


def test_discovery(tenant: LocalTenant, stranger: httpx.Client) -> None:
    def configuration(name: str) -> dict[str, Any]:
        answer = stranger.get(f"{tenant.login_url}/{name}/v2.0/.well-known/openid-configuration")
        return dict(answer.json(), status=answer.status_code)

    here = f"{tenant.login_url}/{tenant.tenant_id}"
    assert configuration(tenant.tenant_id)["issuer"] == f"{here}/v2.0"
    assert configuration(tenant.tenant_id.upper())["token_endpoint"] == f"{here}/oauth2/v2.0/token"
    assert "{tenantid}" in configuration("common")["issuer"]
    unknown = configuration("nowhere.example")
    assert (unknown["status"], unknown["error"], unknown["error_codes"]) == (400, "invalid_tenant", [90002])


def test_instance_discovery(tenant: LocalTenant, stranger: httpx.Client) -> None:
    def discover(endpoint: str) -> httpx.Response:
        return stranger.get(
            f"{tenant.login_url}/common/discovery/instance",
            params={"api-version": "1.1", "authorization_endpoint": endpoint},
        )

    known = discover(f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/authorize").json()
    assert stranger.get(known["tenant_discovery_endpoint"]).status_code == 200
    unknown = discover("https://elsewhere.example/common/oauth2/v2.0/authorize")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid_instance")


def test_no_secret_and_no_token_is_recorded(
    tenant: LocalTenant, token: str, graph: httpx.Client, msal_token: Callable[..., str]
) -> None:
    graph.get("/organization")
    recorded = json.dumps(list(tenant.requests)) + repr(tenant)
    assert tenant.client_secret not in recorded
    assert tenant.identity_header not in recorded
    assert token not in recorded
