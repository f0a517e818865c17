"""Faults on request: a wrapper around an application that now and then does to its answers what life does.

It stands inside the record, so that what the client was given is what is recorded. A fault that answers in the place of
the service does so before it is asked, so a throttle does not count it; every other is done to an answer with 200, and
an error of the service goes out as it is. All of this runs in the event loop, and needs no lock.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auditor.local_tenant.service.clock import Clock
from auditor.local_tenant.service.fault_answers import REFUSALS, Answer, Headers, refusal
from auditor.local_tenant.service.fault_pages import PAGE_FAULTS, Listing, PageFaults, Place, Question
from auditor.local_tenant.service.faults import MOST_IN_A_ROW, Faults
from auditor.local_tenant.service.record import DROPPED, Service

_PAGE_PATHS = ("/common/GetCredentialType", "/common/userrealm/")
_PREMIUM_PATHS = ("/auditlogs/signins", "/reports/authenticationmethods/userregistrationdetails")
_LISTED = PAGE_FAULTS | {"expired-skiptoken"}
_OF_GRAPH = _LISTED | {"expired-token", "premium-403"}
_LASTING = frozenset({"outage", "forbidden-midway"})
_LOSING = frozenset({"hang", "truncated", "reset-in-body", "cut-json"})
"""The faults that lose an answer which the service has given."""
_ARRIVES = 0.05  # seconds in which the first half of a body reaches the client before a reset overtakes it


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a fault may depend on."""

    service: Service
    method: str
    question: Question
    bearer: str
    """The digest of the access token, or nothing."""

    @property
    def key(self) -> tuple[str, str, Listing, Place]:
        """The same for a request and its repetitions, with whichever serial its skiptoken has."""
        return self.service, self.method, self.question.listing, replace(self.question.place, serial="")


class FaultInjection:
    """The faults of one local tenant, and what it has to remember so that each is true and can be passed."""

    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._drawn = sorted(faults.names - _LASTING)
        self._lasting = sorted(faults.names & _LASTING)
        self._pages = PageFaults() if faults.names & _LISTED else None
        self._requests: Counter[Service] = Counter()
        self._in_a_row: Counter[tuple[str, str, Listing, Place]] = Counter()
        self._lost: Counter[Listing] = Counter()
        self._expired_serials: set[str] = set()
        self._expired_tokens: set[str] = set()
        self._proven_tokens: set[str] = set()

    def around(self, application: ASGIApp, service: Service) -> ASGIApp:
        """The same application, with faults."""

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            asked = _asked(scope, service)
            scope["service"] = asked.service
            self._requests[asked.service] += 1
            draw = Random(f"{self._faults.seed}/{asked.service}/{self._requests[asked.service]}")
            fault = self._fault(asked, draw)
            if fault in REFUSALS:
                scope["fault"] = fault
                await _deliver(send, refusal(fault, asked.service, self._clock(), self._faults.retry_after))
            elif fault == "reset":
                scope["fault"] = fault
                await send({"type": DROPPED})
                await _reset(scope, receive)
            else:
                answer = await self._answer(application, scope, receive, asked)
                if answer.status == 200:
                    answer, fault = self._seen(asked, answer, fault, draw)
                    scope["fault"] = fault
                    await self._convey(answer, fault, draw, scope, receive, send)
                else:
                    await _deliver(send, answer)

        return faulty

    def _fault(self, asked: _Asked, draw: Random) -> str:
        """The fault that this request is to meet, or nothing."""
        question = asked.question
        if asked.service == "graph":
            if self._lasting and self._requests["graph"] > self._faults.after:
                return self._lasting[0]
            if self._pages and self._pages.forbids_the_rest(question):
                return "foreign-link"
            if asked.bearer in self._expired_tokens:
                return "expired-token"
            if question.place.serial in self._expired_serials:
                return "expired-skiptoken"
        possible = [fault for fault in self._drawn if self._can(fault, asked)]
        if not possible or self._in_a_row[asked.key] >= MOST_IN_A_ROW or draw.random() >= self._faults.rate:
            del self._in_a_row[asked.key]
            return ""
        self._in_a_row[asked.key] += 1
        fault = draw.choice(possible)
        if fault == "expired-token":
            self._expired_tokens.add(asked.bearer)
        elif fault == "expired-skiptoken":
            self._expired_serials.add(question.place.serial)
            self._lost[question.listing] += 1
        return fault

    def _can(self, fault: str, asked: _Asked) -> bool:
        """Whether the fault makes sense for the request."""
        question = asked.question
        if fault not in _OF_GRAPH:
            return True
        if asked.service != "graph":
            return False
        if fault == "expired-token":  # never one that was good for nothing yet, or a client could refresh for ever
            return asked.bearer in self._proven_tokens
        if asked.method != "GET":
            return False
        if fault == "premium-403":
            return question.listing[0].endswith(_PREMIUM_PATHS)
        if fault == "expired-skiptoken":
            return bool(question.place.serial) and self._lost[question.listing] < MOST_IN_A_ROW
        return self._pages is not None and self._pages.can(fault, question)

    async def _answer(self, application: ASGIApp, scope: Scope, receive: Receive, asked: _Asked) -> Answer:
        """The service's own answer, whole. It never sees a skiptoken of ours."""
        status, headers, body = 500, Headers(), bytearray()

        async def keep(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))

        as_sent = scope["query_string"]
        if asked.question.place.serial:
            scope["query_string"] = asked.question.query(asked.question.place.token).encode("latin-1")
        try:
            await application(scope, receive, keep)
        finally:
            scope["query_string"] = as_sent
        return Answer(status, [header for header in headers if header[0] != b"content-length"], bytes(body))

    def _seen(self, asked: _Asked, answer: Answer, fault: str, draw: Random) -> tuple[Answer, str]:
        """What of a good answer goes out, and the fault that it can really show; takes note of what it proves."""
        is_page = self._pages is not None and asked.service == "graph" and asked.method == "GET" and _is_json(answer)
        if fault in _LOSING and asked.service == "login" and b'"scope"' in answer.body:
            fault = ""  # tokens for a code that is good for once: whoever loses them has no way to them
        if asked.bearer:
            self._proven_tokens.add(asked.bearer)
        if self._pages is None or not is_page:
            return answer, "" if fault in PAGE_FAULTS else fault
        body, shown, last = self._pages.given(asked.question, answer.body, fault, draw)
        if last and fault not in _LOSING:
            self._lost.pop(asked.question.listing, None)
        return replace(answer, body=body), shown if fault in PAGE_FAULTS else fault

    async def _convey(
        self, answer: Answer, fault: str, draw: Random, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Sends the answer, or what the fault leaves of it."""
        half = len(answer.body) // 2
        if fault == "cut-json":
            await _deliver(send, replace(answer, body=answer.body[:half]))
            return
        if fault != "stall" and fault not in _LOSING:
            await _deliver(send, answer)
            return
        begun = fault in ("truncated", "reset-in-body") or draw.random() < 0.5
        if begun:
            await send(_start(answer))
            await send({"type": "http.response.body", "body": answer.body[:half], "more_body": True})
        if fault == "stall":
            await _gone(receive, self._faults.stall)
            if not begun:
                await send(_start(answer))
            await send({"type": "http.response.body", "body": answer.body[half if begun else 0 :]})
        elif fault == "truncated":
            scope["connection"].close()
            await _gone(receive)
        else:
            if not begun:
                await send({"type": DROPPED})
            await _gone(receive, self._faults.hang if fault == "hang" else _ARRIVES)
            await _reset(scope, receive)


def _asked(scope: Scope, service: Service) -> _Asked:
    address = f"{scope['scheme']}://{_header(scope, b'host')}{scope['raw_path'].decode('latin-1')}"
    bearer = _header(scope, b"authorization") if service == "graph" else ""
    return _Asked(
        service="page" if service == "login" and scope["path"].startswith(_PAGE_PATHS) else service,
        method=scope["method"],
        question=Question.read(address, scope["query_string"].decode("latin-1")),
        bearer=hashlib.sha256(bearer.encode()).hexdigest() if bearer else "",
    )


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _is_json(answer: Answer) -> bool:
    return any(name == b"content-type" and b"json" in value for name, value in answer.headers)


def _start(answer: Answer) -> Message:
    length = (b"content-length", str(len(answer.body)).encode())
    return {"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]}


async def _deliver(send: Send, answer: Answer) -> None:
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


async def _reset(scope: Scope, receive: Receive) -> None:
    """Ends the connection as a machine does that knows nothing of it."""
    connection: asyncio.Transport = scope["connection"]
    if not connection.is_closing():  # as it is when the client was the first to go
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        plain: socket.socket = connection.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.abort()
    await _gone(receive)


async def _gone(receive: Receive, seconds: float | None = None) -> None:
    """Waits until the client is gone, but at most so long."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(gone(), seconds)
