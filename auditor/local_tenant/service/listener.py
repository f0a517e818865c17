"""Sockets, certificates and the thread that serves them all.

One thread runs one event loop with a uvicorn server per service, so nothing here forks or touches signals, and stopping
is the same on every system. Both loopback addresses are bound where both exist: a client that tries `::1` first would
otherwise wait on Windows. Nothing is bound that another machine could reach.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from auditor.local_tenant.service.clouds import GRAPH_HOSTS, LOGIN_HOSTS

_KEEP_ALIVE = 120
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Authority:
    """The private certificate authority of one local tenant, as files in a directory that only its owner may enter."""

    ca_file: Path
    certificate_file: Path

    @classmethod
    def create(cls, directory: Path) -> Authority:
        """Makes the authority and a certificate for the loopback names, and for those of Microsoft's clouds: a client
        that comes through a proxy asks for them."""
        authority = trustme.CA(organization_name="auditor local tenant")
        made = cls(directory / "ca.pem", directory / "localhost.pem")
        authority.cert_pem.write_to_path(str(made.ca_file))
        certificate = authority.issue_cert("localhost", "127.0.0.1", "::1", *LOGIN_HOSTS, *GRAPH_HOSTS)
        certificate.private_key_and_cert_chain_pem.write_to_path(str(made.certificate_file))
        return made


@dataclass(frozen=True, slots=True)
class Loopback:
    """Sockets bound to one port on the loopback addresses, closed when the block is left."""

    sockets: list[socket.socket]

    @property
    def port(self) -> int:
        """The port, the same on each address."""
        return int(self.sockets[0].getsockname()[1])

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        for bound in self.sockets:
            bound.close()


def loopback(port: int) -> Loopback:
    """Binds `port` (0 for any that is free) on 127.0.0.1, and on ::1 if there is such an address.

    Raises `OSError` when the port is taken.
    """
    for _ in range(_TRIES):
        first = _bound(socket.AF_INET, "127.0.0.1", port)
        try:
            return Loopback([first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])])
        except OSError:
            if port or not _has_ipv6():
                return Loopback([first])
            first.close()
    return Loopback([_bound(socket.AF_INET, "127.0.0.1", port)])


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on
    try:
        if os.name != "nt":  # on Windows the option would let another process take the port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _has_ipv6() -> bool:
    try:
        _bound(socket.AF_INET6, "::1", 0).close()
    except OSError:
        return False
    return True


@contextmanager
def serving(
    applications: Sequence[tuple[ASGIApp, Loopback, Authority | None]],
) -> Iterator[None]:
    """Serves each application on its sockets, over TLS where an authority is given, until the block is left."""
    servers = [(_server(application, authority), bound.sockets) for application, bound, authority in applications]

    async def serve() -> None:
        await asyncio.gather(*(server.serve(sockets=sockets) for server, sockets in servers))

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="local-tenant", daemon=True)
    thread.start()
    try:
        while not all(server.started for server, _ in servers):
            if not thread.is_alive():
                raise RuntimeError("The local tenant did not start; the reason stands in the log above.")
            time.sleep(0.002)
        yield
    finally:
        for server, _ in servers:
            server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    """Drops its connections when it stops: to wait for clients that keep theirs open would take a second each time."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


class _Protocol(H11Protocol):
    """Puts the connection into the scope of its requests, so that an application may drop it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        application: ASGIApp = self.app

        async def connected(scope: Scope, receive: Receive, send: Send) -> None:
            scope["connection"] = transport
            await application(scope, receive, send)

        self.app = connected

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # uvicorn leaves a transport open whose client reset it, which asyncio before 3.11 complains of when it is
        # collected, in the middle of whatever runs then.
        self.transport.close()


def _server(application: ASGIApp, authority: Authority | None) -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            application,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=1,
            ssl_certfile=authority.certificate_file if authority else None,
        )
    )
