"""The record of what the local tenant was asked, so that tests can prove what went over the wire, and what did not.

Each service is wrapped in `recorded`, around the faults on request if there are any: what is recorded is what the
client was given.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Service = Literal["login", "graph", "identity", "page", "issuer"]

DROPPED = "local_tenant.dropped"
"""The type of the message that an application sends instead of an answer when it is about to drop the connection."""

_KEPT = 100_000


class Asked(NamedTuple):
    """One request: never its headers or its body, so never a secret or a token."""

    service: Service
    method: str
    path: str
    """With the query, as it was sent."""
    status: int
    """0 when the connection was dropped without an answer."""
    token_verified: bool
    """Whether it bore an access token whose signature, audience, issuer and lifetime were found good."""
    fault: str = ""
    """The fault on request that it met, by its name in `faults`."""


class RequestRecord:
    """The last 100,000 requests in the order in which they were answered. Any thread may read while others add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: deque[Asked] = deque(maxlen=_KEPT)

    def add(self, asked: Asked) -> None:
        with self._lock:
            self._asked.append(asked)

    def clear(self) -> None:
        """Forgets everything so far."""
        with self._lock:
            self._asked.clear()

    def __iter__(self) -> Iterator[Asked]:
        with self._lock:
            return iter(list(self._asked))

    def __len__(self) -> int:
        with self._lock:
            return len(self._asked)

    def of(self, service: Service) -> list[Asked]:
        """The requests to one service."""
        return [asked for asked in self if asked.service == service]


def recorded(application: ASGIApp, service: Service, record: RequestRecord) -> ASGIApp:
    """The same application, each of its answers recorded as coming from `service`.

    An application that finds a token good, answers for another service or meets the client with a fault, says so in the
    scope (`token_verified`, `service`, `fault`).
    """

    async def recording(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] in ("http.response.start", DROPPED):
                path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
                record.add(
                    Asked(
                        service=scope.get("service", service),
                        method=scope["method"],
                        path=f"{path}?{query}" if query else path,
                        status=message.get("status", 0),
                        token_verified=scope.get("token_verified", False),
                        fault=scope.get("fault", ""),
                    )
                )
            if message["type"] != DROPPED:
                await send(message)

        await application(scope, receive, sending)

    return recording
