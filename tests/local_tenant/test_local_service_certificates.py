"""Signing in with a certificate, through MSAL and with assertions made by hand."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import msal
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.service.certificates import CertificateClient, CertificateFiles
from auditor.local_tenant.simulation import Simulation


def by_msal(tenant: LocalTenant, client_id: str, credential: dict[str, Any], authority: str = "") -> dict[str, Any]:
    app = msal.ConfidentialClientApplication(
        client_id,
        client_credential=credential,
        authority=f"{tenant.login_url}/{authority or tenant.tenant_id}",
        instance_discovery=False,
        verify=str(tenant.ca_file),
    )
    return dict(app.acquire_token_for_client([f"{tenant.graph_url}/.default"]))


def pem(files: CertificateFiles, path: Path | None = None) -> dict[str, Any]:
    """By SHA-1, MSAL signs with RS256."""
    return {"private_key": (path or files.pem_file).read_text(), "thumbprint": files.thumbprint}


@pytest.mark.parametrize("form", ["pem", "protected pem", "pfx", "protected pfx", "certificate"])
def test_every_form_of_a_certificate_signs_in(
    tenant: LocalTenant, bearing: Callable[..., httpx.Client], form: str
) -> None:
    client = tenant.certificate_client
    files = client.files
    if form == "certificate" and tuple(map(int, msal.__version__.split(".")[:2])) < (1, 35):
        pytest.skip("this release of MSAL wants the thumbprint")
    text = files.pem_file.read_text()
    credential: dict[str, Any] = {
        "pem": pem(files),
        "protected pem": {**pem(files, files.protected_pem_file), "passphrase": files.password},
        "pfx": {"private_key_pfx_path": str(files.pfx_file)},
        "protected pfx": {"private_key_pfx_path": str(files.protected_pfx_file), "passphrase": files.password},
        "certificate": {"private_key": text, "public_certificate": text},  # by SHA-256, and signed with PS256
    }[form]
    result = by_msal(tenant, client.client_id, credential)
    claims = jwt.decode(result["access_token"], options={"verify_signature": False})
    assert (claims["appid"], claims["appidacr"], claims["idtyp"]) == (client.client_id, "2", "app")
    with bearing(tenant, result["access_token"]) as graph:
        assert graph.get("/organization").status_code == 200


@pytest.mark.parametrize("name", ["initial_domain", "custom_domain"])
def test_under_a_domain(tenant: LocalTenant, simulation: Simulation, name: str) -> None:
    client = tenant.certificate_client
    result = by_msal(tenant, client.client_id, pem(client.files), getattr(simulation, name))
    assert "access_token" in result


def test_a_wrong_password_opens_nothing(tenant: LocalTenant) -> None:
    files = tenant.certificate_client.files
    for credential in (
        {"private_key_pfx_path": str(files.protected_pfx_file), "passphrase": "wrong"},
        {**pem(files, files.protected_pem_file), "passphrase": "wrong"},
    ):
        with pytest.raises(ValueError, match=r"password|decrypt|PKCS12"):
            by_msal(tenant, tenant.certificate_client.client_id, credential)


def test_the_files_are_their_owners_alone(tenant: LocalTenant) -> None:
    files = tenant.certificate_client.files
    if os.name == "posix":
        paths = (files.pem_file, files.protected_pem_file, files.pfx_file, files.protected_pfx_file)
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


@pytest.fixture(scope="module")
def stray(tenant: LocalTenant) -> CertificateFiles:
    return tenant.create_certificate("stray")


def test_an_unregistered_certificate(tenant: LocalTenant, stray: CertificateFiles) -> None:
    result = by_msal(tenant, tenant.certificate_client.client_id, pem(stray))
    assert (result["error"], result["error_codes"]) == ("invalid_client", [700027])
    assert "not registered" in result["error_description"]


def test_an_expired_certificate(tenant: LocalTenant) -> None:
    old = tenant.register_certificate(tenant.create_certificate("old", days=-1))
    result = by_msal(tenant, old.client_id, pem(old.files))
    assert (result["error"], result["error_codes"]) == ("invalid_client", [700027])
    assert "expired" in result["error_description"]


def test_another_registered_certificate(tenant: LocalTenant) -> None:
    client = tenant.register_certificate(tenant.create_certificate("new"), ["AuditLog.Read.All"])
    assert "access_token" in by_msal(tenant, client.client_id, pem(client.files))


def test_an_application_that_nobody_knows(tenant: LocalTenant) -> None:
    stranger = "11111111-2222-3333-4444-555555555555"
    result = by_msal(tenant, stranger, pem(tenant.certificate_client.files))
    assert result["error_codes"] == [700016]


def thumbprint(files: CertificateFiles, algorithm: hashes.HashAlgorithm | None = None) -> str:
    digest = files.certificate.fingerprint(algorithm or hashes.SHA256())
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def assertion(
    tenant: LocalTenant,
    client: CertificateClient,
    *,
    key: CertificateFiles | None = None,
    algorithm: str = "PS256",
    header: dict[str, Any] | None = None,
    **changes: Any,
) -> str:
    now = time.time()
    claims = {
        "aud": f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/token",
        "iss": client.client_id,
        "sub": client.client_id,
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "jti": "1",
        **changes,
    }
    private = load_pem_private_key((key or client.files).pem_file.read_bytes(), None)
    headers = {"x5t#S256": thumbprint(client.files)} if header is None else header
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        private,  # type: ignore[arg-type]
        algorithm=algorithm,
        headers=headers,
    )


def ask(http: httpx.Client, tenant: LocalTenant, text: str, **changes: str) -> tuple[int, str, list[int]]:
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.certificate_client.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": text,
        "scope": f"{tenant.graph_url}/.default",
        **changes,
    }
    answer = http.post(f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/token", data=form)
    body = answer.json()
    assert ("access_token" in body) == (answer.status_code == 200)
    return answer.status_code, body.get("error", ""), body.get("error_codes", [])


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
@pytest.mark.parametrize("named", ["x5t", "x5t#S256", "both"])
def test_both_algorithms_and_both_thumbprints(
    tenant: LocalTenant, stranger: httpx.Client, algorithm: str, named: str
) -> None:
    files = tenant.certificate_client.files
    header = {"x5t": thumbprint(files, hashes.SHA1()), "x5t#S256": thumbprint(files)}
    chosen = header if named == "both" else {named: header[named]}
    text = assertion(tenant, tenant.certificate_client, algorithm=algorithm, header=chosen)
    assert ask(stranger, tenant, text)[0] == 200
    assert ask(stranger, tenant, text)[0] == 200, "MSAL uses one for ten minutes"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"aud": "https://elsewhere.example/token"}, (401, "invalid_client", [700023])),
        ({"aud": None}, (401, "invalid_client", [700023])),
        ({"exp": time.time() - 400}, (401, "invalid_client", [700024])),
        ({"nbf": time.time() + 4000}, (401, "invalid_client", [700024])),
        ({"exp": None}, (401, "invalid_client", [700024])),
        ({"exp": float("inf"), "nbf": 1e300}, (401, "invalid_client", [700024])),
        ({"exp": "soon"}, (400, "invalid_request", [50027])),
        ({"sub": "11111111-2222-3333-4444-555555555555"}, (401, "invalid_client", [50048])),
        ({"iss": "11111111-2222-3333-4444-555555555555"}, (401, "invalid_client", [700021])),
        ({"iss": None}, (401, "invalid_client", [700021])),
        ({"iss": "https://issuer.example"}, (401, "invalid_client", [700211])),
        ({"header": {}}, (400, "invalid_request", [50027])),
        ({"header": {"x5t": "AAAA"}}, (401, "invalid_client", [700027])),
        ({"header": {"x5t": 7}}, (401, "invalid_client", [700027])),
        ({"algorithm": "RS512"}, (400, "invalid_request", [5002738])),
    ],
)
def test_assertions_that_prove_nothing(
    tenant: LocalTenant, stranger: httpx.Client, changes: dict[str, Any], refusal: tuple[int, str, list[int]]
) -> None:
    assert ask(stranger, tenant, assertion(tenant, tenant.certificate_client, **changes)) == refusal


def test_a_forged_signature(tenant: LocalTenant, stranger: httpx.Client, stray: CertificateFiles) -> None:
    forged = assertion(tenant, tenant.certificate_client, key=stray)
    assert ask(stranger, tenant, forged) == (401, "invalid_client", [700027])


def test_changed_claims(tenant: LocalTenant, stranger: httpx.Client) -> None:
    client = tenant.certificate_client
    (header, _, signature), (_, claims, _) = (
        assertion(tenant, client, exp=exp).split(".") for exp in (1, time.time() + 600)
    )
    assert ask(stranger, tenant, f"{header}.{claims}.{signature}") == (401, "invalid_client", [700027])


@pytest.mark.parametrize(("text", "code"), [("garbage", 50027), ("a.b.c", 50027), ("e30.e30.", 5002738), ("…", 50027)])
def test_what_is_no_assertion(tenant: LocalTenant, stranger: httpx.Client, text: str, code: int) -> None:
    assert ask(stranger, tenant, text) == (400, "invalid_request", [code])


def test_one_applications_certificate_is_of_no_use_to_another(tenant: LocalTenant, stranger: httpx.Client) -> None:
    mine = tenant.certificate_client
    other = CertificateClient(tenant.client_id, mine.files)
    text = assertion(tenant, other)
    assert ask(stranger, tenant, text, client_id=tenant.client_id) == (401, "invalid_client", [700027])
    assert ask(stranger, tenant, text) == (401, "invalid_client", [700021])


def test_the_type_of_the_assertion_is_asked_for(tenant: LocalTenant, stranger: httpx.Client) -> None:
    text = assertion(tenant, tenant.certificate_client)
    assert ask(stranger, tenant, text, client_assertion_type="")[2] == [900144]
    assert ask(stranger, tenant, text, client_assertion_type="urn:other")[2] == [50027]


def test_no_assertion_is_recorded(tenant: LocalTenant, stranger: httpx.Client) -> None:
    text = assertion(tenant, tenant.certificate_client)
    ask(stranger, tenant, text)
    recorded = repr(list(tenant.requests)) + repr(tenant)
    assert text not in recorded
    assert tenant.certificate_client.files.password not in recorded
