"""Workload identity federation, through azure-identity, and the other identity provider it trusts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import WorkloadIdentityCredential

from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.service.issuer import AUDIENCE, SUBJECT


def by_azure_identity(tenant: LocalTenant, token_file: Path, client_id: str = "") -> str:
    credential = WorkloadIdentityCredential(
        tenant_id=tenant.tenant_id,
        client_id=client_id or tenant.federated_client_id,
        token_file_path=str(token_file),
        authority=tenant.login_url,
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca_file),
    )
    with credential:
        return str(credential.get_token(f"{tenant.graph_url}/.default").token)


def test_azure_identity_signs_in(tenant: LocalTenant, bearing: Callable[..., httpx.Client]) -> None:
    token = by_azure_identity(tenant, tenant.federated_token_file())
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["appid"], claims["idtyp"]) == (tenant.federated_client_id, "app")
    with bearing(tenant, token) as graph:
        assert graph.get("/organization").status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "https://issuer.example"}, 700211),
        ({"audience": "api://elsewhere"}, 700212),
        ({"subject": "system:serviceaccount:audit:somebody-else"}, 700213),
        ({"subject": SUBJECT.upper()}, 700213),
        ({"key_id": "unheard-of"}, 7000272),
        ({"forged": True}, 700027),
        ({"expires_in": -3600}, 700024),
    ],
)
def test_tokens_that_prove_nothing(tenant: LocalTenant, changes: dict[str, Any], code: int) -> None:
    with pytest.raises(ClientAuthenticationError, match=f"AADSTS{code}: "):
        by_azure_identity(tenant, tenant.federated_token_file(**changes))


def test_what_is_no_token(tenant: LocalTenant, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("not a token")
    with pytest.raises(ClientAuthenticationError, match="AADSTS50027: "):
        by_azure_identity(tenant, path)


def test_an_application_without_a_federated_credential(tenant: LocalTenant) -> None:
    for client_id in (tenant.client_id, tenant.certificate_client.client_id):
        with pytest.raises(ClientAuthenticationError, match="AADSTS700211: "):
            by_azure_identity(tenant, tenant.federated_token_file(), client_id)


def test_an_application_with_a_credential_of_its_own(tenant: LocalTenant) -> None:
    audience = "api://AzureADTokenExchangeUSGov"
    client_id = tenant.register_federated(tenant.federated_issuer, "build", audience, ["AuditLog.Read.All"])
    good = tenant.federated_token_file(subject="build", audience=audience)
    assert by_azure_identity(tenant, good, client_id)
    with pytest.raises(ClientAuthenticationError, match="AADSTS700213: "):
        by_azure_identity(tenant, tenant.federated_token_file(subject="other", audience=audience), client_id)


def test_an_issuer_whose_keys_are_out_of_reach(tenant: LocalTenant) -> None:
    client_id = tenant.register_federated("https://issuer.example", SUBJECT, AUDIENCE)
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000272: "):
        by_azure_identity(tenant, tenant.federated_token_file(issuer="https://issuer.example"), client_id)


def test_the_issuer_can_be_checked_by_anyone(tenant: LocalTenant, stranger: httpx.Client) -> None:
    found = stranger.get(f"{tenant.federated_issuer}/.well-known/openid-configuration").json()
    keys = {key["kid"]: jwt.PyJWK(key) for key in stranger.get(found["jwks_uri"]).json()["keys"]}
    token = tenant.federated_token_file().read_text()
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, keys[header["kid"]].key, algorithms=["RS256"], audience=AUDIENCE, issuer=found["issuer"])
    assert claims["sub"] == SUBJECT
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(
            tenant.federated_token_file(forged=True).read_text(),
            keys[header["kid"]].key,
            algorithms=["RS256"],
            audience=AUDIENCE,
        )
    assert [asked.status for asked in tenant.requests.of("issuer")][-2:] == [200, 200]
