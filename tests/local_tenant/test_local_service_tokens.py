"""Graph believes no token but the tenant's own, for Graph, in force, with a permission for what is asked."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.service.graph.application import ENDPOINTS
from auditor.local_tenant.simulation import Simulation

STRANGERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Watch:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def timed(simulation: Simulation, watch: Watch) -> Iterator[LocalTenant]:
    with running(simulation, clock=watch) as tenant:
        yield tenant


def refusal(client: httpx.Client, token: str) -> str:
    answer = client.get("/organization", headers={"Authorization": f"Bearer {token}"})
    body = answer.json()
    assert answer.status_code == 401
    assert body["error"]["code"] == "InvalidAuthenticationToken"
    assert "authorization_uri" in answer.headers["WWW-Authenticate"]
    return str(body["error"]["message"])


def forged(token: str, **changes: Any) -> str:
    """The same header and claims (changed as said) under a key of one's own."""
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    return jwt.encode(claims, STRANGERS_KEY, algorithm="RS256", headers=jwt.get_unverified_header(token))


def test_forged_signature(tenant: LocalTenant, stranger: httpx.Client, token: str) -> None:
    assert "Signature" in refusal(stranger, forged(token))
    assert not tenant.requests.of("graph")[-1].token_verified


def test_another_key_id(stranger: httpx.Client, token: str) -> None:
    claims = jwt.decode(token, options={"verify_signature": False})
    assert "key" in refusal(stranger, jwt.encode(claims, STRANGERS_KEY, algorithm="RS256", headers={"kid": "mine"}))


def test_changed_claims(stranger: httpx.Client, token: str) -> None:
    header, claims, signature = token.split(".")
    more = {**jwt.decode(token, options={"verify_signature": False}), "roles": ["Directory.ReadWrite.All"]}
    claims = urlsafe_b64encode(json.dumps(more).encode()).decode().rstrip("=")
    assert "Signature" in refusal(stranger, f"{header}.{claims}.{signature}")


def test_other_algorithms(stranger: httpx.Client, token: str) -> None:
    claims, header = jwt.decode(token, options={"verify_signature": False}), jwt.get_unverified_header(token)
    for unsigned in (
        jwt.encode(claims, "", algorithm="none", headers={"kid": header["kid"]}),
        jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": header["kid"]}),
    ):
        refusal(stranger, unsigned)


@pytest.mark.parametrize("text", ["garbage", "a.b.c", "e30.e30.", "…"])
def test_no_token_at_all(stranger: httpx.Client, text: str) -> None:
    answer = stranger.get("/organization", headers={b"Authorization": f"Bearer {text}".encode()})
    assert answer.status_code == 401


def test_a_token_for_another_resource(
    tenant: LocalTenant, stranger: httpx.Client, msal_token: Callable[..., str]
) -> None:
    other = msal_token(tenant, tenant.client_id, tenant.client_secret, "https://management.azure.com")
    assert "audience" in refusal(stranger, other)


def test_a_token_of_another_tenant(
    timed: LocalTenant, tenant: LocalTenant, stranger: httpx.Client, msal_token: Callable[..., str]
) -> None:
    other = msal_token(timed, timed.client_id, timed.client_secret, "https://graph.microsoft.com")
    refusal(stranger, other)


def test_tokens_expire_and_are_not_good_before_their_time(
    timed: LocalTenant,
    watch: Watch,
    msal_token: Callable[..., str],
    bearing: Callable[..., httpx.Client],
) -> None:
    began = watch.now
    token = msal_token(timed, timed.client_id, timed.client_secret)
    with bearing(timed, token) as client:
        assert client.get("/organization").status_code == 200
        watch.now = began + 3598
        assert client.get("/organization").status_code == 200
        watch.now = began + 3599
        assert "expired" in refusal(client, token)
        watch.now = began - 1
        refusal(client, token)
        watch.now = began
        assert client.get("/organization").status_code == 200


def test_every_endpoint_wants_a_token_and_a_permission(
    tenant: LocalTenant, stranger: httpx.Client, permitted: Callable[..., httpx.Client]
) -> None:
    with permitted("Mail.Read") as nobody:
        for endpoint in ENDPOINTS:
            path = endpoint.path.replace("{id}", tenant.tenant_id).replace("{locale}", "fr-FR")
            assert stranger.request(endpoint.method, path).status_code == 401, path
            refused = nobody.request(endpoint.method, path)
            assert refused.status_code == 403, path
            assert refused.json()["error"]["code"] == endpoint.denial.code, path


def test_the_denial_of_the_reports_names_the_permission(permitted: Callable[..., httpx.Client]) -> None:
    with permitted() as nobody:
        error = nobody.get("/auditLogs/signIns").json()["error"]
    assert error["code"] == "Authentication_MSGraphPermissionMissing"
    assert "AuditLog.Read.All" in error["message"]


def test_each_permission_opens_its_own_door_only(permitted: Callable[..., httpx.Client]) -> None:
    with permitted("AuditLog.Read.All") as client:
        assert client.get("/auditLogs/signIns?$top=1").status_code == 200
        assert client.get("/identity/conditionalAccess/policies").status_code == 403
        assert client.get("/users").status_code == 403


def test_graphs_public_name_is_an_audience_too(
    tenant: LocalTenant, msal_token: Callable[..., str], bearing: Callable[..., httpx.Client]
) -> None:
    token = msal_token(tenant, tenant.client_id, tenant.client_secret, "https://graph.microsoft.com")
    with bearing(tenant, token) as client:
        assert client.get("/organization").status_code == 200
