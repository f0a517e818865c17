"""The other identity provider: an OIDC issuer as a cluster or a build service has one, whose tokens Entra may trust.

It is a service of its own, with a discovery document and a key set, so that anyone may check its tokens. The login
service checks them with the same key, which is made anew at each start.
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auditor.local_tenant.service.clock import Clock, http_date

AUDIENCE = "api://AzureADTokenExchange"
SUBJECT = "system:serviceaccount:audit:tenant-auditor"


class Issuer:
    """The issuer at `url`."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self.key_id = secrets.token_urlsafe(16)
        self._clock = clock
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def public_key(self, key_id: str) -> rsa.RSAPublicKey | None:
        """The key of that name, as the key set gives it."""
        return self._key.public_key() if key_id == self.key_id else None

    def token(
        self,
        *,
        subject: str = SUBJECT,
        audience: str = AUDIENCE,
        issuer: str | None = None,
        expires_in: float = 3600,
        key_id: str | None = None,
        forged: bool = False,
    ) -> str:
        """A token about `subject` for `audience`, good for `expires_in` seconds (less than 0: it has expired).

        `issuer` and `key_id` are what it says of itself in place of the truth; a forged one bears a stranger's
        signature under this issuer's name and key id.
        """
        now = int(self._clock())
        claims = {
            "iss": issuer or self.url,
            "sub": subject,
            "aud": [audience],
            "iat": now,
            "nbf": now + min(0, int(expires_in)) - 60,
            "exp": now + int(expires_in),
            "jti": secrets.token_urlsafe(16),
        }
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if forged else self._key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id or self.key_id})

    def application(self) -> Starlette:
        """Its discovery document and its key set."""
        return Starlette(
            routes=[Route("/.well-known/openid-configuration", self._configuration), Route("/keys", self._keys)]
        )

    async def _configuration(self, request: Request) -> Response:
        return self._answer(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _keys(self, request: Request) -> Response:
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id, "n": public["n"], "e": public["e"]}
        return self._answer({"keys": [key]})

    def _answer(self, body: dict[str, Any]) -> Response:
        return JSONResponse(body, headers={"Date": http_date(self._clock())})
