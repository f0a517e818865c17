"""The door of Graph: who asks, whether they may, whether too often; then the endpoint, then the answer's envelope.

A page of a thousand sign-ins takes some tens of milliseconds to make, so endpoints run in a worker thread and the event
loop stays free; everything before that is done in the loop and needs no lock.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auditor.local_tenant.service.clock import Clock, graph_date, http_date
from auditor.local_tenant.service.clouds import Places
from auditor.local_tenant.service.graph import directory, organization, policies, preview, reports, roles, what_if
from auditor.local_tenant.service.graph.access import access_of
from auditor.local_tenant.service.graph.endpoint import (
    INCLUDE_UNKNOWN,
    Call,
    Endpoint,
    GraphRefused,
    bad_request,
)
from auditor.local_tenant.service.paging import Pages
from auditor.local_tenant.service.preview import USUAL, Preview
from auditor.local_tenant.service.throttle import Limit, Throttle
from auditor.local_tenant.service.tokens import Claims, TokenRefused, Tokens

if TYPE_CHECKING:
    from auditor.local_tenant.simulation import Simulation

ENDPOINTS: tuple[Endpoint, ...] = (
    *reports.ENDPOINTS,
    *policies.ENDPOINTS,
    *preview.ENDPOINTS,
    *what_if.ENDPOINTS,
    *organization.ENDPOINTS,
    *directory.ENDPOINTS,
    *roles.ENDPOINTS,
)
VERSIONS = ("v1.0", "beta")

_JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
_SLASHES = re.compile("/{2,}")


@dataclass(frozen=True, slots=True)
class Graph:
    """Graph of one tenant. `throttle` is None when nobody is ever asked to wait."""

    simulation: Simulation
    tokens: Tokens
    places: Places
    pages: Pages
    throttle: Throttle | None
    clock: Clock
    preview: Preview = USUAL
    _endpoints: tuple[Endpoint, ...] = field(default=ENDPOINTS)

    def application(self) -> Starlette:
        """Graph as an application."""
        return Starlette(
            routes=[Route("/{path:path}", self._respond, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])],
            exception_handlers={GraphRefused: self._refusal},
        )

    async def _respond(self, request: Request) -> Response:
        claims = self._caller(request)
        request.scope["token_verified"] = True
        version, path = self._address(request)
        endpoint, parameters = self._endpoint(request.method, path)
        access = access_of(claims)
        if endpoint.limit and self.throttle:
            self._admit(self.throttle, endpoint.limit, str(claims["appid"]))
        access.check(endpoint)
        preview.refuse(self.preview, f"{version}{path}")
        call = Call(
            simulation=self.simulation,
            pages=self.pages,
            host=f"{request.url.scheme}://{request.headers['host']}",
            version=version,
            path=path,
            parameters=parameters,
            options={name.lower(): value for name, value in request.query_params.items() if name.startswith("$")},
            headers=request.headers,
            permissions=access.permissions,
            body=await request.body(),
            preview=self.preview,
        )
        headers = self._headers(request)
        if call.wants_unknown_members:
            headers["Preference-Applied"] = INCLUDE_UNKNOWN
        content, media_type = await run_in_threadpool(_content, endpoint, call)
        return Response(content, headers=headers, media_type=media_type)

    def _caller(self, request: Request) -> Claims:
        host = request.headers.get("host", "")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise self._unauthenticated(host, "Access token is empty.")
        try:
            return self.tokens.verify(token.strip(), self.places.graph_audiences(host), self.places.graph_issuers(host))
        except TokenRefused as refused:
            raise self._unauthenticated(host, str(refused)) from refused

    def _unauthenticated(self, host: str, message: str) -> GraphRefused:
        login_url = self.places.graph(host).login_url
        challenge = f'Bearer realm="", authorization_uri="{login_url}/common/oauth2/authorize"'
        return GraphRefused(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})

    def _address(self, request: Request) -> tuple[str, str]:
        """Version and path. The SDK writes two slashes after the version, and Graph does not mind."""
        version, _, path = _SLASHES.sub("/", request.scope["path"]).lstrip("/").partition("/")
        if version.lower() not in VERSIONS:
            raise bad_request(f"Invalid version: {version}")
        return version.lower(), "/" + path.rstrip("/")

    def _endpoint(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
        others = False
        for endpoint in self._endpoints:
            parameters = endpoint.match(path)
            if parameters is not None and endpoint.method == method:
                return endpoint, parameters
            others = others or parameters is not None
        if others:
            raise GraphRefused(405, "BadRequest", f"The method {method} is not allowed here: this Graph is read-only.")
        raise bad_request(f"Resource not found for the segment '{path.rpartition('/')[2]}'.")

    def _admit(self, throttle: Throttle, limit: Limit, client_id: str) -> None:
        wait = throttle.refuse(limit, client_id)
        if wait is not None:
            raise GraphRefused(
                429,
                "TooManyRequests",
                "This request is throttled. Please try again after some time.",
                {"Retry-After": str(wait)} if limit.says_when else None,
            )

    async def _refusal(self, request: Request, refused: Exception) -> Response:
        assert isinstance(refused, GraphRefused)
        headers = self._headers(request)
        inner = {
            "date": graph_date(self.clock()),
            "request-id": headers["request-id"],
            "client-request-id": headers["client-request-id"],
        }
        body: dict[str, Any] = {"error": {"code": refused.code, "message": refused.message, "innerError": inner}}
        return Response(
            msgspec.json.encode(body), refused.status, {**headers, **refused.headers}, media_type="application/json"
        )

    def _headers(self, request: Request) -> dict[str, str]:
        request_id = str(uuid.uuid4())
        return {
            "Cache-Control": "no-cache",
            "Date": http_date(self.clock()),
            "OData-Version": "4.0",
            "request-id": request_id,
            "client-request-id": request.headers.get("client-request-id", request_id),
        }


def _content(endpoint: Endpoint, call: Call) -> tuple[bytes, str]:
    answer = endpoint.answer(call)
    if isinstance(answer, str):
        return answer.encode(), "text/plain"
    return msgspec.json.encode(answer), _JSON
