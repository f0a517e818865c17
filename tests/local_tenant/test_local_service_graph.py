"""The envelope of Graph: links, headers, errors, the throttle; and Microsoft's own client."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation


def test_msgraph_sdk_reads_sign_ins_raw_and_policies_as_objects(tenant: LocalTenant, token: str) -> None:
    from kiota_abstractions.authentication import AccessTokenProvider, BaseBearerTokenAuthenticationProvider
    from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
    from msgraph.generated.base_graph_service_client import BaseGraphServiceClient
    from msgraph.graph_request_adapter import GraphRequestAdapter
    from msgraph_core import GraphClientFactory

    class Tokens(AccessTokenProvider):
        async def get_authorization_token(self, uri: str, additional_authentication_context: Any = None) -> str:
            return token

        def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
            return AllowedHostsValidator([])

    async def read() -> tuple[bytes, Any]:
        transport = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=str(tenant.ca_file)))
        client = GraphClientFactory.create_with_default_middleware(
            client=httpx.AsyncClient(transport=transport), host=tenant.graph_url
        )
        adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Tokens()), client)
        adapter.base_url = f"{tenant.graph_url}/v1.0/"  # the SDK adds a slash of its own
        graph = BaseGraphServiceClient(adapter)
        options = graph.audit_logs.sign_ins.SignInsRequestBuilderGetQueryParameters(top=3)
        request = graph.audit_logs.sign_ins.to_get_request_information(RequestConfiguration(query_parameters=options))
        raw = await adapter.send_primitive_async(request, "bytes", {})
        policies = await graph.identity.conditional_access.policies.get()
        await transport.aclose()  # the SDK's own transport, put around this one, closes nothing
        return raw, policies

    raw, policies = asyncio.run(read())
    page = json.loads(raw)
    assert len(page["value"]) == 3
    assert "/v1.0/auditLogs/signins?" in page["@odata.nextLink"]
    assert policies.value
    assert all(policy.id for policy in policies.value)
    asked = [asked for asked in tenant.requests.of("graph") if "//auditLogs" in asked.path]
    assert asked[-1].status == 200
    assert asked[-1].token_verified


def test_envelope(graph: httpx.Client, tenant: LocalTenant) -> None:
    answer = graph.get("/organization", headers={"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    assert uuid.UUID(answer.headers["request-id"])
    assert answer.headers["Date"].endswith("GMT")
    assert answer.headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
    assert answer.json()["@odata.context"] == f"{tenant.graph_url}/v1.0/$metadata#organization"
    assert "@microsoft.graph.tips" in answer.json()
    assert "Preference-Applied" not in answer.headers


def test_errors_have_graphs_shape(graph: httpx.Client) -> None:
    answer = graph.get("/users/nobody", headers={"client-request-id": "mine"})
    error = answer.json()["error"]
    assert answer.status_code == 404
    assert error["code"] == "Request_ResourceNotFound"
    assert error["innerError"]["client-request-id"] == "mine"
    assert error["innerError"]["request-id"] == answer.headers["request-id"]
    assert len(error["innerError"]["date"]) == len("2026-11-20T08:15:31")


@pytest.mark.parametrize(
    "path", ["/v1.0//organization", "/v1.0/Organization", "//beta//organization/", "/V1.0/organization"]
)
def test_addresses_are_read_generously(graph: httpx.Client, tenant: LocalTenant, path: str) -> None:
    assert graph.get(f"{tenant.graph_url}{path}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1.0/nothing", 400),
        ("GET", "/v1.0", 400),
        ("GET", "/v2.0/organization", 400),
        ("GET", "/", 400),
        ("POST", "/v1.0/users", 405),
        ("PATCH", "/v1.0/organization/x", 405),
        ("DELETE", "/v1.0/identity/conditionalAccess/policies/x", 405),
    ],
)
def test_what_is_not_there(graph: httpx.Client, tenant: LocalTenant, method: str, path: str, status: int) -> None:
    answer = graph.request(method, f"{tenant.graph_url}{path}")
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == "BadRequest"


def test_next_links_are_on_the_host_that_was_asked(graph: httpx.Client, tenant: LocalTenant) -> None:
    by_number = tenant.graph_url.replace("localhost", "127.0.0.1")
    page = graph.get(f"{by_number}/v1.0/users?$top=1").json()
    assert page["@odata.nextLink"].startswith(f"{by_number}/v1.0/users?")
    assert page["@odata.context"].startswith(by_number)


def test_throttles(
    simulation: Simulation, msal_token: Callable[..., str], bearing: Callable[..., httpx.Client]
) -> None:
    now = [1_795_000_000.0]
    with running(simulation, clock=lambda: now[0]) as tenant:
        token = msal_token(tenant, tenant.client_id, tenant.client_secret)
        other = msal_token(tenant, *tenant.register_client(["AuditLog.Read.All", "Policy.Read.All"]))
        reports = ("/auditLogs/signIns?$top=1", "/auditLogs/directoryAudits?$top=1")
        with bearing(tenant, token) as client, bearing(tenant, other) as neighbour:
            assert [client.get(reports[n % 2]).status_code for n in range(6)] == [200] * 5 + [429]
            refused = client.get("/reports/authenticationMethods/userRegistrationDetails")
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
            assert refused.json()["error"]["code"] == "TooManyRequests"
            assert neighbour.get(reports[0]).status_code == 200, "counted per app"
            now[0] += 10
            assert client.get(reports[0]).status_code == 200

            assert client.get("/identity/conditionalAccess/policies").status_code == 200
            refused = neighbour.get("/identity/conditionalAccess/namedLocations")
            assert refused.status_code == 429, "counted per tenant"
            assert "Retry-After" not in refused.headers
            assert client.get("/users?$top=1").status_code == 200, "others are not throttled"
            now[0] += 1
            assert neighbour.get("/identity/conditionalAccess/policies").status_code == 200


def three_free_ports() -> int:
    """The first of three in a row below those that systems hand out to clients: nobody else takes them meanwhile."""
    for port in range(20_000, 30_000, 3):
        with ExitStack() as stack:
            try:
                for offset in range(3):
                    listening = stack.enter_context(socket.socket())
                    listening.bind(("127.0.0.1", port + offset))
            except OSError:
                continue
            return port
    raise AssertionError("there are no three free ports in a row")


def test_starts_on_chosen_ports_and_frees_them(simulation: Simulation) -> None:
    port = three_free_ports()
    for _ in range(2):
        with running(simulation, port=port) as again:
            assert again.login_url == f"https://localhost:{port}"
            assert again.graph_url == f"https://localhost:{port + 1}"
            assert again.identity_endpoint.startswith(f"http://localhost:{port + 2}/")
            with pytest.raises(OSError, match=r"in use|10048|10013"), running(simulation, port=port):
                pass
    assert not again.ca_file.exists()
    assert not again.ca_file.parent.exists()


def test_the_private_key_is_its_owners_alone(tenant: LocalTenant) -> None:
    assert tenant.ca_file.exists()
    if os.name == "posix":
        assert tenant.ca_file.parent.stat().st_mode & 0o777 == 0o700


def test_to_name_the_service_costs_no_web_stack() -> None:
    heavy = {"starlette", "uvicorn", "trustme", "jwt", "cryptography", "odata_query", "msgspec"}
    program = f"import sys, auditor.local_tenant.service; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_secrets_are_new_at_each_start(simulation: Simulation) -> None:
    with running(simulation) as one, running(simulation) as two:
        assert one.client_secret != two.client_secret
        assert one.identity_header != two.identity_header
        assert one.graph_url != two.graph_url
