"""The managed-identity endpoint, through MSAL in Azure Automation's environment and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import msal
import pytest
import requests

from auditor.local_tenant.service import LocalTenant

# Older releases of MSAL warn of a function of their own.
pytestmark = pytest.mark.filterwarnings("ignore:Use list:DeprecationWarning")


@pytest.fixture
def automation(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", tenant.identity_endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", tenant.identity_header)
    monkeypatch.delenv("IDENTITY_SERVER_THUMBPRINT", raising=False)


def by_msal(tenant: LocalTenant, identity: Any) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False
        client = msal.ManagedIdentityClient(identity, http_client=session)
        return dict(client.acquire_token_for_client(resource=tenant.graph_url))


@pytest.mark.usefixtures("automation")
def test_system_assigned(tenant: LocalTenant, bearing: Callable[..., httpx.Client]) -> None:
    result = by_msal(tenant, msal.SystemAssignedManagedIdentity())
    assert 3590 <= result["expires_in"] <= 3600
    with bearing(tenant, result["access_token"]) as client:
        assert client.get("/organization").status_code == 200


@pytest.mark.usefixtures("automation")
def test_user_assigned(tenant: LocalTenant) -> None:
    result = by_msal(tenant, msal.UserAssignedManagedIdentity(client_id=tenant.identity_client_id))
    claims = jwt.decode(result["access_token"], options={"verify_signature": False})
    assert claims["appid"] == tenant.identity_client_id


@pytest.mark.usefixtures("automation")
def test_unknown_user_assigned(tenant: LocalTenant) -> None:
    result = by_msal(tenant, msal.UserAssignedManagedIdentity(client_id="11111111-2222-3333-4444-555555555555"))
    assert "access_token" not in result
    assert "400" in result["error_description"]


@pytest.mark.parametrize(
    ("left_out", "changes", "status"),
    [
        ("Metadata", {}, 400),
        ("X-IDENTITY-HEADER", {}, 401),
        ("", {"X-IDENTITY-HEADER": "guessed"}, 401),
        ("", {"Metadata": "False"}, 400),
    ],
)
def test_both_headers_are_demanded(tenant: LocalTenant, left_out: str, changes: dict[str, str], status: int) -> None:
    headers = {"Metadata": "True", "X-IDENTITY-HEADER": tenant.identity_header, **changes}
    headers.pop(left_out, None)
    with httpx.Client(trust_env=False) as client:
        answer = client.get(tenant.identity_endpoint, params={"resource": tenant.graph_url}, headers=headers)
    assert answer.status_code == status
    assert answer.json()["statusCode"] == status
    assert "access_token" not in answer.text


def test_shape_and_unknown_resource(tenant: LocalTenant) -> None:
    headers = {"Metadata": "True", "X-IDENTITY-HEADER": tenant.identity_header}
    with httpx.Client(trust_env=False, headers=headers) as client:
        body = client.get(tenant.identity_endpoint, params={"resource": f"{tenant.graph_url}/"}).json()
        assert body["token_type"] == "Bearer"
        assert body["expires_on"].isdecimal()
        assert body["resource"] == f"{tenant.graph_url}/"
        assert client.get(tenant.identity_endpoint, params={"resource": "https://x.example"}).status_code == 400
        assert client.get(tenant.identity_endpoint).status_code == 400


@pytest.mark.parametrize("identity", [None, "user assigned"])
def test_an_account_without_an_identity(
    tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch, identity: str | None
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", tenant.identity_endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", tenant.unassigned_identity_header)
    monkeypatch.delenv("IDENTITY_SERVER_THUMBPRINT", raising=False)
    asked = (
        msal.UserAssignedManagedIdentity(client_id=tenant.identity_client_id)
        if identity
        else msal.SystemAssignedManagedIdentity()
    )
    result = by_msal(tenant, asked)
    assert "access_token" not in result
    assert "No managed identity was found" in result["error_description"]


def test_the_shape_of_a_refusal(tenant: LocalTenant) -> None:
    headers = {"Metadata": "True", "X-IDENTITY-HEADER": tenant.unassigned_identity_header}
    with httpx.Client(trust_env=False, headers=headers) as client:
        answer = client.get(tenant.identity_endpoint, params={"resource": tenant.graph_url})
    assert answer.status_code == 400
    assert set(answer.json()) == {"statusCode", "message", "correlationId"}


@pytest.mark.usefixtures("automation")
@pytest.mark.parametrize("host", ["graph.microsoft.com", "graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"])
def test_the_graph_of_every_cloud(tenant: LocalTenant, bearing: Callable[..., httpx.Client], host: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)
        token = client.acquire_token_for_client(resource=f"https://{host}")["access_token"]
    with bearing(tenant, token) as graph:
        assert graph.get("/organization", headers={"Host": host}).status_code == 200
