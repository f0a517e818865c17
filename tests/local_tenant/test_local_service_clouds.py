"""The local tenant under the real host names of Microsoft's clouds, through a CONNECT proxy."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import jwt
import msal
import pytest
from azure.identity import WorkloadIdentityCredential

from auditor.local_tenant.service import LocalTenant, proxy
from auditor.local_tenant.service.clouds import CLOUDS, GRAPH_HOSTS, LOGIN_HOSTS
from auditor.local_tenant.simulation import Simulation

PAIRS = [(cloud.logins[0], graph) for cloud in CLOUDS for graph in cloud.graphs]


@pytest.fixture(scope="module")
def behind(tenant: LocalTenant) -> Iterator[proxy.Proxy]:
    with proxy.running(tenant) as running:
        yield running


@pytest.fixture
def environment(tenant: LocalTenant, behind: proxy.Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what any corporate proxy asks for."""
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", behind.proxy_url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.ca_file))
    monkeypatch.setenv("SSL_CERT_FILE", str(tenant.ca_file))


def get(url: str, token: str = "") -> httpx.Response:
    with httpx.Client(headers={"Authorization": f"Bearer {token}"} if token else {}) as client:
        return client.get(url)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("login", "graph"), PAIRS)
def test_msal_signs_in_and_graph_answers(tenant: LocalTenant, behind: proxy.Proxy, login: str, graph: str) -> None:
    app = msal.ConfidentialClientApplication(
        tenant.client_id, client_credential=tenant.client_secret, authority=f"https://{login}/{tenant.tenant_id}"
    )
    token = app.acquire_token_for_client([f"https://{graph}/.default"])["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["aud"], claims["iss"]) == (f"https://{graph}", f"https://{login}/{tenant.tenant_id}/")
    page = get(f"https://{graph}/v1.0/auditLogs/signIns?$top=1", token)
    assert page.status_code == 200
    assert page.json()["@odata.nextLink"].startswith(f"https://{graph}/v1.0/auditLogs/signins?")
    assert get(page.json()["@odata.nextLink"], token).status_code == 200
    assert ("CONNECT", f"{login}:443", True) in behind.tunnels
    assert ("CONNECT", f"{graph}:443", True) in behind.tunnels


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("login", "graph"), PAIRS)
def test_a_certificate_a_person_and_a_workload(tenant: LocalTenant, login: str, graph: str) -> None:
    authority, scope = f"https://{login}/{tenant.tenant_id}", f"https://{graph}/.default"
    certificate = tenant.certificate_client
    confidential = msal.ConfidentialClientApplication(
        certificate.client_id,
        client_credential={"private_key_pfx_path": str(certificate.files.pfx_file)},
        authority=authority,
    )
    public = msal.PublicClientApplication(tenant.public_client_id, authority=authority)
    flow = public.initiate_device_flow([scope])
    assert login not in flow["verification_uri"]
    tenant.approve_device_code(flow["user_code"])
    with WorkloadIdentityCredential(
        tenant_id=tenant.tenant_id,
        client_id=tenant.federated_client_id,
        token_file_path=str(tenant.federated_token_file()),
        authority=login,
    ) as workload:
        tokens = [
            confidential.acquire_token_for_client([scope])["access_token"],
            public.acquire_token_by_device_flow(flow)["access_token"],
            workload.get_token(scope).token,
        ]
    assert [get(f"https://{graph}/v1.0/organization", token).status_code for token in tokens] == [200, 200, 200]
    (account,) = public.get_accounts()
    assert public.acquire_token_silent([scope], account, force_refresh=True)["access_token"]


@pytest.mark.usefixtures("environment")
def test_tokens_of_one_cloud_are_worth_nothing_in_another(tenant: LocalTenant) -> None:
    def token(login: str, graph: str) -> dict[str, str]:
        app = msal.ConfidentialClientApplication(
            tenant.client_id, client_credential=tenant.client_secret, authority=f"https://{login}/{tenant.tenant_id}"
        )
        return dict(app.acquire_token_for_client([f"https://{graph}/.default"]))

    for login, graph in PAIRS:
        for other_login, other_graph in PAIRS:
            if login != other_login:
                assert token(login, other_graph)["error_codes"] == [500011]
        refused = [
            get(f"https://{other}/v1.0/organization", token(login, graph)["access_token"]).status_code
            for other in GRAPH_HOSTS
            if other != graph
        ]
        assert set(refused) == {401}
        challenge = get(f"https://{graph}/v1.0/organization").headers["WWW-Authenticate"]
        assert f'authorization_uri="https://{login}/common/oauth2/authorize"' in challenge


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: str(cloud.instance))
def test_discovery_follows_the_name(tenant: LocalTenant, simulation: Simulation, cloud: object) -> None:
    for host in cloud.logins:  # type: ignore[attr-defined]
        found = get(f"https://{host}/{tenant.tenant_id}/v2.0/.well-known/openid-configuration").json()
        addresses = [value for name, value in found.items() if name.endswith(("_endpoint", "_uri", "issuer"))]
        assert {urlsplit(address).netloc for address in addresses} == {host}
        assert found["cloud_instance_name"] == cloud.instance  # type: ignore[attr-defined]
        assert get(found["jwks_uri"]).status_code == 200
        realm = get(f"https://{host}/common/userrealm/somebody@{simulation.initial_domain}?api-version=2.0").json()
        assert realm["cloud_instance_name"] == cloud.instance  # type: ignore[attr-defined]
        instance = get(
            f"https://{host}/common/discovery/instance?api-version=1.1"
            f"&authorization_endpoint=https://{host}/common/oauth2/v2.0/authorize"
        ).json()
        assert any(host in group["aliases"] for group in instance["metadata"])
        assert get(instance["tenant_discovery_endpoint"]).status_code == 200


def test_another_host_name_is_the_local_tenant(tenant: LocalTenant, stranger: httpx.Client) -> None:
    path = f"{tenant.tenant_id}/v2.0/.well-known/openid-configuration"
    found = stranger.get(f"{tenant.login_url}/{path}", headers={"Host": "login.elsewhere.example"}).json()
    assert found["issuer"].startswith(tenant.login_url)


@pytest.mark.parametrize(
    "target", ["elsewhere.example:443", "graph.microsoft.com:80", "graph.microsoft.com", "localhost:443", ""]
)
def test_nothing_gets_out(behind: proxy.Proxy, target: str) -> None:
    assert spoken(behind, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").startswith("HTTP/1.1 403 ")
    assert behind.tunnels[-1].granted is False
    for request in ("GET http://graph.microsoft.com/ HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n"):
        assert spoken(behind, request).startswith("HTTP/1.1 403 ")


def spoken(behind: proxy.Proxy, text: str) -> str:
    address = urlsplit(behind.proxy_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(text.encode())
        return connection.recv(1000).decode()


def test_a_client_that_leaves_in_the_middle_harms_nobody(tenant: LocalTenant) -> None:
    with proxy.running(tenant) as behind:
        address = urlsplit(behind.proxy_url)
        for text in ("", "CONN", "CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n", "x" * 100_000):
            with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
                connection.sendall(text.encode())
        left_open = socket.create_connection((address.hostname, address.port), timeout=10)
        left_open.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n")
        assert left_open.recv(1000).startswith(b"HTTP/1.1 200 ")
    with left_open:
        assert left_open.recv(1000) == b"", "stopping cuts what is open"
    with pytest.raises(OSError, match=r"refused|10061"):
        socket.create_connection((address.hostname, address.port), timeout=10)


@pytest.mark.usefixtures("environment")
def test_every_name_is_served_under_a_certificate_of_its_own(tenant: LocalTenant) -> None:
    for host in LOGIN_HOSTS:
        assert get(f"https://{host}/{tenant.tenant_id}/discovery/v2.0/keys").status_code == 200
    for host in GRAPH_HOSTS:
        assert get(f"https://{host}/v1.0/organization").status_code == 401
