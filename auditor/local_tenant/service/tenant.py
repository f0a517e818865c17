"""Putting the local tenant together: who serves what where, and what a client has to know to use it."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.local_tenant.service.clients import READ_EVERYTHING, Clients, FederatedCredential
from auditor.local_tenant.service.clock import Clock
from auditor.local_tenant.service.preview import USUAL, Preview

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from auditor.local_tenant.service.certificates import CertificateClient, CertificateFiles
    from auditor.local_tenant.service.delegated import Delegated
    from auditor.local_tenant.service.faults import Faults
    from auditor.local_tenant.service.issuer import Issuer
    from auditor.local_tenant.service.record import RequestRecord
    from auditor.local_tenant.simulation import Simulation


@dataclass(frozen=True, slots=True)
class LocalTenant:
    """A running local tenant, as a client sees it."""

    login_url: str
    """`https://localhost:PORT`; the authority is this and the tenant id. The sign-in page has the same address."""
    graph_url: str
    """`https://localhost:PORT`, without a version; the scope is this and `/.default`."""
    ca_file: Path
    """The certificate authority to trust (PEM); it is gone when the tenant stops."""
    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    """Of an application that may read everything; made anew at each start."""
    identity_endpoint: str
    """Managed identity, as `IDENTITY_ENDPOINT` in Azure Automation: plain HTTP."""
    identity_header: str = field(repr=False)
    identity_client_id: str
    """The user-assigned managed identity; without a client id one gets the system-assigned one."""
    unassigned_identity_header: str = field(repr=False)
    """In place of `identity_header`, that of an account to which no identity is assigned."""
    certificate_client: CertificateClient
    """An application with a certificate, which may read everything."""
    federated_client_id: str
    """Of an application that trusts the tokens that `federated_token_file` writes, and may read everything."""
    public_client_id: str
    """Of an application through which people sign in, by device code or browser, to read everything they may."""
    administrator: str
    """Who signs in when nobody else was named: the user principal name of one who may read everything."""
    ordinary_user: str
    """Somebody without any directory role."""
    requests: RequestRecord = field(repr=False)
    """What was asked of it so far."""
    _clients: Clients = field(repr=False)
    _directory: Path = field(repr=False)
    _clock: Clock = field(repr=False)
    _issuer: Issuer = field(repr=False)
    _delegated: Delegated = field(repr=False)

    def register_client(self, permissions: Iterable[str]) -> tuple[str, str]:
        """Adds an application with these Graph application permissions; its client id and secret."""
        client = self._clients.add("Another app", permissions, secret=True)
        return client.client_id, client.secret or ""

    def register_public_client(self, permissions: Iterable[str]) -> str:
        """Adds an application through which people sign in, with these delegated permissions; its client id."""
        return self._clients.add("Another app on a desk", permissions, public=True).client_id

    def register_certificate(
        self, files: CertificateFiles, permissions: Iterable[str] = READ_EVERYTHING
    ) -> CertificateClient:
        """Adds an application with this certificate."""
        from auditor.local_tenant.service.certificates import CertificateClient

        client = self._clients.add("Another app with a certificate", permissions, certificates=[files.certificate])
        return CertificateClient(client.client_id, files)

    def create_certificate(self, name: str, *, days: float = 365) -> CertificateFiles:
        """Makes a certificate that nobody knows, valid for so many days (less than 0: it has expired), as `NAME.pem`
        and so on. The files go with the tenant."""
        from auditor.local_tenant.service import certificates

        return certificates.create(self._directory, name, now=self._clock(), days=days)

    def register_federated(
        self, issuer: str, subject: str, audience: str, permissions: Iterable[str] = READ_EVERYTHING
    ) -> str:
        """Adds an application with this federated credential; its client id."""
        credential = FederatedCredential(issuer, subject, audience)
        return self._clients.add("Another workload", permissions, federated=[credential]).client_id

    @property
    def federated_issuer(self) -> str:
        """The address of the other identity provider."""
        return self._issuer.url

    def federated_token_file(self, **changes: Any) -> Path:
        """Writes a fresh token of the other identity provider to a new file, which goes with the tenant.

        `changes` make it a bad one: `subject`, `audience`, `issuer`, `key_id` (text), `expires_in` (seconds, less than
        0 for a token of the past), `forged` (true for a stranger's signature).
        """
        path = self._directory / f"federated-{secrets.token_hex(8)}.jwt"
        path.touch(mode=0o600)
        path.write_text(self._issuer.token(**changes))
        return path

    def sign_in_as(self, user: str) -> None:
        """From now on this person (id or user principal name) signs in, by browser or device code. `LookupError` where
        there is nobody of that name."""
        self._delegated.people.expect(user)

    def pending_device_codes(self) -> list[str]:
        """The user codes of the devices that wait, oldest first."""
        return self._delegated.device_codes.pending()

    def approve_device_code(self, user_code: str) -> None:
        """Signs in whoever is expected to; by itself that happens at the third poll. `LookupError`: no such code."""
        self._delegated.device_codes.decide(user_code, "approved", self._delegated.people.expected)

    def decline_device_code(self, user_code: str) -> None:
        """Says no. `LookupError`: no such code."""
        self._delegated.device_codes.decide(user_code, "declined")

    def expire_device_code(self, user_code: str) -> None:
        """As if its fifteen minutes were over. `LookupError`: no such code."""
        self._delegated.device_codes.decide(user_code, "expired")

    def approve_device_codes_after(self, polls: int | None) -> None:
        """How many polls go unanswered before a device's code is approved by itself; None: never."""
        self._delegated.device_codes.approved_after = polls

    def revoke_refresh_tokens(self, user: str) -> None:
        """Revokes all refresh tokens of a person (id or user principal name). `LookupError`: nobody of that name."""
        person = self._delegated.people.find(user)
        if person is None:
            raise LookupError(user)
        self._delegated.refresh_tokens.revoke(person)


@contextmanager
def running(
    simulation: Simulation,
    *,
    throttle: bool = True,
    port: int = 0,
    clock: Clock = time.time,
    faults: Faults | None = None,
    preview: Preview = USUAL,
) -> Iterator[LocalTenant]:
    """Serves `simulation` on loopback until the block is left.

    `throttle` false answers however often one asks. `port` is the login service's; Graph and the managed-identity
    endpoint take the two after it (0: any that are free). `clock` gives the seconds since the epoch by which
    tokens expire and requests are counted. `faults` are those that login, sign-in page and Graph shall show; each
    stands in `requests`. `preview`: what Graph's beta shows besides. Raises `OSError` when a port is taken.
    """
    # The web stack takes a while to import: whoever only names `running` need not wait for it.
    from auditor.local_tenant.service import certificates
    from auditor.local_tenant.service.clouds import Places
    from auditor.local_tenant.service.delegated import Delegated
    from auditor.local_tenant.service.fault_injection import FaultInjection
    from auditor.local_tenant.service.graph.application import Graph
    from auditor.local_tenant.service.identity import PATH, Identity
    from auditor.local_tenant.service.issuer import AUDIENCE, SUBJECT, Issuer
    from auditor.local_tenant.service.listener import Authority, loopback, serving
    from auditor.local_tenant.service.login import Login
    from auditor.local_tenant.service.page import SignInPage
    from auditor.local_tenant.service.paging import Pages
    from auditor.local_tenant.service.people import People
    from auditor.local_tenant.service.record import RequestRecord, recorded
    from auditor.local_tenant.service.sign_ins import AuthorizationCodes, DeviceCodes, RefreshTokens
    from auditor.local_tenant.service.throttle import Throttle
    from auditor.local_tenant.service.tokens import Tokens

    with ExitStack() as stack:
        sockets = [stack.enter_context(loopback(port + offset if port else 0)) for offset in range(3)]
        sockets.append(stack.enter_context(loopback(0)))
        login_url, graph_url, identity_url, issuer_url = (
            f"{scheme}://localhost:{bound.port}"
            for scheme, bound in zip(("https", "https", "http", "https"), sockets, strict=True)
        )
        places = Places(login_url=login_url, graph_url=graph_url, tenant_id=simulation.tenant_id)
        domains = {domain["name"].lower(): domain["type"] for domain in simulation.organization()["verifiedDomains"]}
        clients, record = Clients(), RequestRecord()
        tokens = Tokens(issuer=places.local.issuer, tenant_id=simulation.tenant_id, clock=clock)
        issuer = Issuer(issuer_url, clock)
        people = People(simulation)
        auditor = clients.add("Tenant auditor", READ_EVERYTHING, secret=True)
        delegated = Delegated(
            tenant_id=simulation.tenant_id,
            clients=clients,
            tokens=tokens,
            people=people,
            codes=AuthorizationCodes(clock),
            device_codes=DeviceCodes(clock),
            refresh_tokens=RefreshTokens(clock),
        )
        login = Login(
            tenant_id=simulation.tenant_id,
            domains=frozenset(domains),
            places=places,
            clients=clients,
            issuer=issuer,
            tokens=tokens,
            delegated=delegated,
            clock=clock,
        )
        page = SignInPage(
            places=places,
            display_name=simulation.display_name,
            domains=domains,
            branding=simulation.sign_in_page(),
            clock=clock,
        )
        graph = Graph(
            simulation=simulation,
            tokens=tokens,
            places=places,
            pages=Pages(secrets.token_bytes(32)),
            throttle=Throttle(clock) if throttle else None,
            clock=clock,
            preview=preview,
        )
        identity = Identity(
            header=secrets.token_urlsafe(30),
            unassigned_header=secrets.token_urlsafe(30),
            system_assigned=clients.add("Runbook (system assigned)", READ_EVERYTHING),
            user_assigned=clients.add("Runbook (user assigned)", READ_EVERYTHING),
            audiences=places.local.audiences,
            tokens=tokens,
            clock=clock,
        )
        directory = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="auditor-local-tenant-", ignore_cleanup_errors=True)
        )
        authority = Authority.create(Path(directory))
        certificate = certificates.create(Path(directory), "certificate", now=clock())
        certified = clients.add("Auditor with a certificate", READ_EVERYTHING, certificates=[certificate.certificate])
        trusted = [FederatedCredential(issuer.url, SUBJECT, AUDIENCE)]
        login_host: ASGIApp = login.application([*page.routes(), *login.routes()])
        graph_host: ASGIApp = graph.application()
        if faults is not None:
            injection = FaultInjection(faults, clock)
            login_host, graph_host = injection.around(login_host, "login"), injection.around(graph_host, "graph")
        stack.enter_context(
            serving(
                [
                    (recorded(login_host, "login", record), sockets[0], authority),
                    (recorded(graph_host, "graph", record), sockets[1], authority),
                    (recorded(identity.application(), "identity", record), sockets[2], None),
                    (recorded(issuer.application(), "issuer", record), sockets[3], authority),
                ]
            )
        )
        yield LocalTenant(
            login_url=login_url,
            graph_url=graph_url,
            ca_file=authority.ca_file,
            tenant_id=simulation.tenant_id,
            client_id=auditor.client_id,
            client_secret=auditor.secret or "",
            identity_endpoint=f"{identity_url}{PATH}",
            identity_header=identity.header,
            identity_client_id=identity.user_assigned.client_id,
            unassigned_identity_header=identity.unassigned_header,
            certificate_client=certificates.CertificateClient(certified.client_id, certificate),
            federated_client_id=clients.add("Workload", READ_EVERYTHING, federated=trusted).client_id,
            public_client_id=clients.add("Auditor on a desk", READ_EVERYTHING, public=True).client_id,
            administrator=people.administrator.user_principal_name,
            ordinary_user=people.ordinary.user_principal_name,
            requests=record,
            _clients=clients,
            _directory=Path(directory),
            _clock=clock,
            _issuer=issuer,
            _delegated=delegated,
        )
