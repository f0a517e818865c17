"""The managed-identity endpoint, as Azure Automation and App Service offer it to the code they run.

Plain HTTP on loopback, guarded by a header whose value only the runbook's environment holds. Azure Automation demands
`Metadata: True` as well, which not every client sends: the local tenant demands both.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auditor.local_tenant.service.clients import Client
from auditor.local_tenant.service.clock import Clock, http_date
from auditor.local_tenant.service.tokens import LIFETIME, Tokens

PATH = "/metadata/identity/oauth2/token"


@dataclass(frozen=True, slots=True)
class Identity:
    """Gives tokens to the system-assigned identity, or to the user-assigned one when asked for it by `client_id`."""

    header: str
    unassigned_header: str
    """Of another account, to which no identity is assigned."""
    system_assigned: Client
    user_assigned: Client
    audiences: frozenset[str]
    tokens: Tokens
    clock: Clock

    def application(self) -> Starlette:
        """The endpoint as an application."""
        return Starlette(routes=[Route(PATH, self._token)])

    async def _token(self, request: Request) -> Response:
        if request.headers.get("metadata", "").lower() != "true":
            return self._refusal(400, "The header Metadata: True is missing.")
        header = request.headers.get("x-identity-header", "").encode()
        if not any(hmac.compare_digest(header, known.encode()) for known in (self.header, self.unassigned_header)):
            return self._refusal(401, "The header X-IDENTITY-HEADER is missing or does not match.")
        resource = request.query_params.get("resource", "")
        if resource.rstrip("/") not in self.audiences:
            return self._refusal(400, f"The resource '{resource}' was not found in the tenant.")
        client = self._identity(request)
        if client is None or header == self.unassigned_header.encode():
            return self._refusal(400, "No managed identity was found for the client id, resource id or principal id.")
        return self._answer(
            {
                "access_token": self.tokens.issue(client, resource.rstrip("/"), client.permissions),
                "client_id": client.client_id,
                "expires_on": str(int(self.clock()) + LIFETIME),
                "not_before": str(int(self.clock())),
                "resource": resource,
                "token_type": "Bearer",
            }
        )

    def _identity(self, request: Request) -> Client | None:
        asked = {"client_id": self.user_assigned.client_id, "object_id": self.user_assigned.object_id}
        for parameter in ("client_id", "object_id", "mi_res_id"):
            if wanted := request.query_params.get(parameter):
                return self.user_assigned if asked.get(parameter) == wanted.lower() else None
        return self.system_assigned

    def _refusal(self, status: int, message: str) -> Response:
        body = {"statusCode": status, "message": message, "correlationId": str(uuid.uuid4())}
        return self._answer(body, status)

    def _answer(self, body: dict[str, Any], status: int = 200) -> Response:
        return JSONResponse(body, status, {"Date": http_date(self.clock())})
