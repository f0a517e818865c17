"""What the sign-in page tells anyone who types a user name: the tenant's branding, the stay-signed-in switch in it.

Two anonymous, undocumented addresses, in the shapes seen in life: `GetCredentialType`, which the page itself posts to,
and `userrealm`. A tenant without branding, and a domain that nobody owns, both answer without rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auditor.local_tenant.service.clock import Clock, http_date
from auditor.local_tenant.service.clouds import Places

_UNKNOWN, _MANAGED, _FEDERATED = 1, 3, 4
"""`DomainType`, as the page numbers the kinds of domain."""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in page of one tenant: its domains with their kind ("Managed", "Federated"), and its branding rows."""

    places: Places
    display_name: str
    domains: dict[str, str]
    branding: list[dict[str, Any]] | None
    clock: Clock

    def routes(self) -> list[Route]:
        """Its part of the login host."""
        return [
            Route("/common/GetCredentialType", self._credential_type, methods=["POST"]),
            Route("/common/userrealm/{user}", self._user_realm),
        ]

    async def _credential_type(self, request: Request) -> Response:
        request.scope["service"] = "page"
        try:
            asked = json.loads(await request.body())
        except ValueError:
            asked = None
        user = asked.get("username") if isinstance(asked, dict) else None
        if not isinstance(user, str):
            return self._answer({"error": {"code": "6000", "message": "The request cannot be read."}})
        kind = self._kind(user)
        properties: dict[str, Any] = {
            "UserTenantBranding": self.branding if kind else None,
            "DomainType": {None: _UNKNOWN, "Federated": _FEDERATED}.get(kind, _MANAGED),
        }
        return self._answer(
            {
                "Username": user,
                "Display": user,
                "IfExistsResult": 0 if kind else 1,
                "IsUnmanaged": False,
                "ThrottleStatus": 0,
                "Credentials": {
                    "PrefCredential": 1,
                    "HasPassword": True,
                    "RemoteNgcParams": None,
                    "FidoParams": None,
                    "SasParams": None,
                    "CertAuthParams": None,
                    "GoogleParams": None,
                    "FacebookParams": None,
                    "OtcNotAutoSent": False,
                },
                "EstsProperties": properties,
                "IsSignupDisallowed": True,
                "apiCanary": "not-a-secret",
            }
        )

    async def _user_realm(self, request: Request) -> Response:
        request.scope["service"] = "page"
        user = request.path_params["user"]
        kind = self._kind(user)
        cloud = {"cloud_instance_name": self.places.login(request.headers.get("host", "")).instance}
        if kind is None:
            return self._answer({"NameSpaceType": "Unknown", "Login": user, **cloud})
        return self._answer(
            {
                "NameSpaceType": kind,
                "Login": user,
                "DomainName": user.rpartition("@")[2],
                "FederationBrandName": self.display_name,
                "TenantBrandingInfo": self.branding,
                **cloud,
            }
        )

    def _kind(self, user: str) -> str | None:
        return self.domains.get(user.rpartition("@")[2].lower()) if "@" in user else None

    def _answer(self, body: dict[str, Any]) -> Response:
        return JSONResponse(body, headers={"Cache-Control": "no-store", "Date": http_date(self.clock())})
