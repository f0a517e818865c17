"""A CONNECT proxy on loopback, behind which the local tenant has the real host names of Microsoft's clouds.

A client that is told of it by the standard variables alone (`HTTPS_PROXY`, and for its certificates `SSL_CERT_FILE` or
`REQUESTS_CA_BUNDLE`) asks for `login.microsoftonline.com:443` and is given a tunnel to the local login service; TLS is
between the two of them. Every other host is refused: nothing gets out. One thread runs it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from auditor.local_tenant.service.clouds import GRAPH_HOSTS, LOGIN_HOSTS

if TYPE_CHECKING:
    from auditor.local_tenant.service.tenant import LocalTenant

_HEAD_TIMEOUT = 30
_CHUNK = 65536
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_GRANTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Tunnel(NamedTuple):
    """What the proxy was asked for: `CONNECT` and `host:port`, and whether there was a tunnel."""

    method: str
    target: str
    granted: bool


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy."""

    proxy_url: str
    """`http://127.0.0.1:PORT`, for `HTTPS_PROXY`."""
    tunnels: list[Tunnel] = field(default_factory=list)
    """What it was asked for so far, refusals included; it only grows."""


@contextmanager
def running(tenant: LocalTenant) -> Iterator[Proxy]:
    """A proxy before `tenant`, until the block is left; tunnels that are still open then are cut."""
    ports = {host: _port(tenant.login_url) for host in LOGIN_HOSTS}
    ports |= {host: _port(tenant.graph_url) for host in GRAPH_HOSTS}
    started: concurrent.futures.Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]]
    started = concurrent.futures.Future()
    tunnels: list[Tunnel] = []

    async def serve() -> None:
        connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            connections[task] = writer
            try:
                await _tunnel(reader, writer, ports, tunnels)
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError):
                pass  # the client is gone, or never spoke HTTP
            finally:
                writer.close()
                del connections[task]

        stop = asyncio.Event()
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        started.set_result((asyncio.get_running_loop(), stop, server.sockets[0].getsockname()[1]))
        await stop.wait()
        server.close()
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.gather(*connections)

    def run() -> None:
        try:
            asyncio.run(serve())
        except OSError as failed:
            started.set_exception(failed)

    thread = threading.Thread(target=run, name="local-tenant-proxy", daemon=True)
    thread.start()
    loop, stop, port = started.result()
    try:
        yield Proxy(f"http://127.0.0.1:{port}", tunnels)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ports: Mapping[str, int], tunnels: list[Tunnel]
) -> None:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_TIMEOUT)
    method, _, rest = head.decode("latin-1").partition(" ")
    target = rest.partition(" ")[0]
    host, _, port = target.lower().rpartition(":")
    granted = method == "CONNECT" and port == "443" and host in ports
    tunnels.append(Tunnel(method, target, granted))
    if not granted:
        writer.write(_REFUSED)
        await writer.drain()
        return
    there_reader, there_writer = await asyncio.open_connection("127.0.0.1", ports[host])
    ways = [
        asyncio.ensure_future(_pump(reader, there_writer)),
        asyncio.ensure_future(_pump(there_reader, writer)),
    ]
    try:
        writer.write(_GRANTED)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        there_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carries bytes one way until their source ends; a reset is passed on as one."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        writer.transport.abort()
