"""A local tenant that runs once for all tests of its services, and clients of it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import httpx
import msal
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from auditor.local_tenant.service import Faults, LocalTenant, fault_injection, running
from auditor.local_tenant.service.fault_injection import FaultInjection
from auditor.local_tenant.service.faults import MOST_IN_A_ROW
from auditor.local_tenant.service.record import Service
from auditor.local_tenant.simulation import Simulation

END = datetime(2026, 11, 21, tzinfo=timezone.utc)


@pytest.fixture(scope="session", autouse=True)
def _no_other_authorities() -> Iterator[None]:
    """`requests` lets these variables outweigh the CA file that MSAL was given."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return Simulation(seed=1, users=60, days=3, end=END, setting="hidden")


@pytest.fixture(scope="session")
def tenant(simulation: Simulation) -> Iterator[LocalTenant]:
    with running(simulation, throttle=False) as tenant:
        yield tenant


def sign_in(tenant: LocalTenant, client_id: str, secret: str, resource: str | None = None) -> str:
    """An access token by way of MSAL."""
    app = msal.ConfidentialClientApplication(
        client_id,
        client_credential=secret,
        authority=f"{tenant.login_url}/{tenant.tenant_id}",
        instance_discovery=False,
        verify=str(tenant.ca_file),
    )
    result = app.acquire_token_for_client([f"{resource or tenant.graph_url}/.default"])
    assert "access_token" in result, result
    return str(result["access_token"])


def client_of(tenant: LocalTenant, token: str | None = None) -> httpx.Client:
    """An HTTP client that trusts the tenant, and bears the token when it asks Graph (its base is v1.0)."""
    return httpx.Client(
        base_url=f"{tenant.graph_url}/v1.0",
        verify=ssl.create_default_context(cafile=str(tenant.ca_file)),
        headers={"Authorization": f"Bearer {token}"} if token else {},
        trust_env=False,
    )


@pytest.fixture(scope="session")
def token(tenant: LocalTenant) -> str:
    return sign_in(tenant, tenant.client_id, tenant.client_secret)


@pytest.fixture(scope="session")
def graph(tenant: LocalTenant, token: str) -> Iterator[httpx.Client]:
    """May read everything."""
    with client_of(tenant, token) as client:
        yield client


@pytest.fixture(scope="session")
def stranger(tenant: LocalTenant) -> Iterator[httpx.Client]:
    """Trusts the tenant and bears no token."""
    with client_of(tenant) as client:
        yield client


@pytest.fixture(scope="session")
def permitted(tenant: LocalTenant) -> Callable[..., httpx.Client]:
    """A client of an application with just these permissions."""

    def make(*permissions: str) -> httpx.Client:
        return client_of(tenant, sign_in(tenant, *tenant.register_client(permissions)))

    return make


def pages_of(client: httpx.Client, url: str, **headers: str) -> list[dict[str, Any]]:
    """Every page of a listing, by its next links."""
    pages = []
    following: str | None = url
    while following:
        answer = client.get(following, headers=headers)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        following = pages[-1].get("@odata.nextLink")
    return pages


@pytest.fixture(scope="session")
def every_page() -> Callable[..., list[dict[str, Any]]]:
    """`(client, url, **headers)` -> the pages of a listing."""
    return pages_of


@pytest.fixture(scope="session")
def msal_token() -> Callable[..., str]:
    """`(tenant, client_id, secret, resource=Graph)` -> an access token."""
    return sign_in


@pytest.fixture(scope="session")
def bearing() -> Callable[..., httpx.Client]:
    """`(tenant, token=None)` -> a client."""
    return client_of


C = TypeVar("C", bound="PlainClient")


class PlainClient:
    """Asks a tenant by the plain protocols, without any retry, once its block is entered."""

    def __init__(self, tenant: LocalTenant, timeout: float = 5) -> None:
        self.tenant = tenant
        trust = ssl.create_default_context(cafile=str(tenant.ca_file))
        self.http = httpx.Client(base_url=f"{tenant.graph_url}/v1.0", verify=trust, trust_env=False, timeout=timeout)

    def __enter__(self: C) -> C:
        self.bear_new_token()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, url: str) -> httpx.Response:
        return self.http.get(url)

    def walk(self, url: str) -> list[str]:
        """The ids on every page of a listing, as they come."""
        return [row["id"] for page in pages_of(self.http, url) for row in page["value"]]

    def met(self, service: Service = "graph") -> list[tuple[int, str]]:
        """Status and fault of each request to a service, as the tenant recorded them."""
        return [(asked.status, asked.fault) for asked in self.tenant.requests.of(service)]

    def sign_in(self) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.tenant.client_id,
            "client_secret": self.tenant.client_secret,
            "scope": f"{self.tenant.graph_url}/.default",
        }
        address = f"{self.tenant.login_url}/{self.tenant.tenant_id}/oauth2/v2.0/token"
        return self.http.post(address, data=form, headers={"Authorization": ""})

    def bear_new_token(self) -> None:
        """Signs in, however often it has to try."""
        for _ in range(MOST_IN_A_ROW + 1):
            try:
                token = self.sign_in().raise_for_status().json()["access_token"]
            except (httpx.HTTPError, ValueError):
                continue
            self.http.headers["Authorization"] = f"Bearer {token}"
            return
        raise AssertionError("more faults in a row than are allowed")


class Changing:
    """Stands in for the fault injection of one tenant and changes its faults, as a new tenant for each takes time."""

    def __init__(self) -> None:
        self._bare: dict[Service, ASGIApp] = {}
        self._now: dict[Service, ASGIApp] = {}

    def around(self, application: ASGIApp, service: Service) -> ASGIApp:
        self._bare[service] = application

        async def changing(scope: Scope, receive: Receive, send: Send) -> None:
            await self._now[service](scope, receive, send)

        return changing

    def show(self, faults: Faults) -> None:
        injection = FaultInjection(faults, time.time)
        self._now = {service: injection.around(bare, service) for service, bare in self._bare.items()}


@pytest.fixture(scope="session")
def faulty(simulation: Simulation) -> Iterator[Callable[..., AbstractContextManager[PlainClient]]]:
    """`with faulty(*names, timeout=5, **settings) as client`: a client that has signed in to a tenant with these
    faults, at every turn unless a rate is set. Not to be nested."""
    changing = Changing()

    @contextmanager
    def show(*names: str, timeout: float = 5, **settings: Any) -> Iterator[PlainClient]:
        changing.show(Faults(frozenset(names), **{"rate": 1.0, "stall": 0.1, "hang": 0.2, **settings}))
        with PlainClient(tenant, timeout) as client:
            tenant.requests.clear()
            yield client

    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fault_injection, "FaultInjection", lambda *_: changing)
            tenant = stack.enter_context(running(simulation, throttle=False, faults=Faults(frozenset())))
        yield show


@pytest.fixture(scope="session")
def plain_client() -> type[PlainClient]:
    """`with plain_client(tenant) as client`: a client that has signed in."""
    return PlainClient


@pytest.fixture(scope="session")
def every_id(simulation: Simulation) -> list[str]:
    """Of the log's interactive rows, newest first."""
    return [row["id"] for row in simulation.sign_ins(END - timedelta(days=9), END) if row["isInteractive"]]
