import gc
import os
import socket
import ssl
import struct

from auditor.local_tenant.service import LocalTenant

RESETS = 10


def test_a_connection_that_its_client_resets_is_closed_here_too(tenant: LocalTenant) -> None:
    # One left open is complained of when it is collected, in the middle of another test (asyncio before 3.11).
    trust = ssl.create_default_context(cafile=str(tenant.ca_file))
    port = int(tenant.login_url.rpartition(":")[2])
    for _ in range(RESETS):
        with trust.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as client:
            client.sendall(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 404")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    with trust.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as client:
        client.sendall(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(100)  # the service has come round to what happened before
    gc.collect()
