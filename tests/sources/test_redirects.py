"""A redirect from Graph's address: followed, it would bring somebody else's answers, or take the token elsewhere."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme
from azure.core.credentials import AccessToken

from auditor.errors import Refused
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential
from auditor.sources.graph_client import Page, graph_client
from auditor.sources.pace import Pace


@contextmanager
def served(authority: trustme.CA, location: str, asked: list[str]) -> Iterator[str]:
    """An HTTPS server that redirects whoever asks; its address."""

    class Redirects(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization", "no token"))
            self.send_response(302 if location else 200)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Redirects)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_it_is_not_followed(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    there: list[str] = []
    here: list[str] = []

    async def read(graph: str) -> None:
        cloud = Cloud("custom", "https://login.example", graph, "", ca_file=str(tmp_path / "ca.pem"))
        credential = Credential("nobody", lambda scope, claims: AccessToken("token", 2**31))
        async with graph_client(cloud, credential, "v1.0") as client:
            request = client.builders.organization.to_get_request_information()
            await client.read(request, Page, Pace(9, 0.0), lambda seconds, why: None)

    with (
        served(authority, "", there) as elsewhere,
        served(authority, f"{elsewhere}/v1.0/organization", here) as graph,
        pytest.raises(Refused, match="302"),
    ):
        asyncio.run(read(graph))
    assert here == ["Bearer token"]
    assert there == []
