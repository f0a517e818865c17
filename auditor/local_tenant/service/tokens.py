"""Access tokens: RS256, signed by the login service and verified by Graph as by any honest resource server.

The private key is made anew at each start. The claims are those of tokens for Graph (version 1.0, so `appid` and not
`azp`), app-only (`roles`) or for a person (`scp`, and in `wids` the directory roles held); id tokens are version 2.0.
Time is judged by the local tenant's own clock, which is why PyJWT, which reads the machine's, checks signatures only.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from auditor.local_tenant.service.clients import Client
from auditor.local_tenant.service.clock import Clock
from auditor.local_tenant.service.people import Person

LIFETIME = 3599
"""Seconds for which a token is good."""

Claims = dict[str, Any]


class TokenRefused(Exception):
    """A token that is not to be believed; the message says why, in the words Graph would send."""


class Tokens:
    """Issues and verifies the tokens of one tenant."""

    def __init__(self, *, issuer: str, tenant_id: str, clock: Clock) -> None:
        self._issuer = issuer
        self._tenant_id = tenant_id
        self._clock = clock
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._key_id = base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:20]).decode().rstrip("=")

    def jwks(self) -> dict[str, Any]:
        """The published key set (RFC 7517)."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{"kty": "RSA", "use": "sig", "kid": self._key_id, "n": public["n"], "e": public["e"]}]}

    def issue(self, client: Client, audience: str, permissions: Iterable[str], *, issuer: str | None = None) -> str:
        """An app-only token for `audience` with `permissions` as its roles, good for `LIFETIME` seconds.

        `issuer` is the tenant's own where none is given.
        """
        claims: Claims = {
            **self._common(client, audience, issuer or self._issuer),
            "appidacr": "1" if client.secret else "2",
            "idp": issuer or self._issuer,
            "idtyp": "app",
            "oid": client.object_id,
            "roles": sorted(permissions),
            "sub": client.object_id,
        }
        if not claims["roles"]:
            del claims["roles"]
        return self._signed(claims)

    def issue_for(
        self, person: Person, client: Client, audience: str, scopes: Iterable[str], *, issuer: str | None = None
    ) -> str:
        """A token with which `client` acts for `person` within `scopes`, good for `LIFETIME` seconds."""
        return self._signed(
            {
                **self._common(client, audience, issuer or self._issuer),
                "acr": "1",
                "amr": ["pwd", "mfa"],
                "appidacr": "0" if client.public else "1",
                "idtyp": "user",
                "ipaddr": "127.0.0.1",
                "name": person.name,
                "oid": person.id,
                "scp": " ".join(sorted(scopes)),
                "sub": _pairwise(person, client),
                "unique_name": person.user_principal_name,
                "upn": person.user_principal_name,
                "wids": sorted(person.roles),
            }
        )

    def id_token(self, person: Person, client: Client, *, login_url: str, nonce: str | None) -> str:
        """What tells `client` who signed in (OpenID Connect), as the login service at `login_url` says it."""
        now = int(self._clock())
        claims: Claims = {
            "aud": client.client_id,
            "iss": f"{login_url}/{self._tenant_id}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "auth_time": now,
            "name": person.name,
            "oid": person.id,
            "preferred_username": person.user_principal_name,
            "sub": _pairwise(person, client),
            "tid": self._tenant_id,
            "uti": secrets.token_urlsafe(16),
            "ver": "2.0",
        }
        return self._signed(claims | {"nonce": nonce} if nonce else claims)

    def _common(self, client: Client, audience: str, issuer: str) -> Claims:
        now = int(self._clock())
        return {
            "aud": audience,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "app_displayname": client.display_name,
            "appid": client.client_id,
            "tid": self._tenant_id,
            "uti": secrets.token_urlsafe(16),
            "ver": "1.0",
        }

    def _signed(self, claims: Claims) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def verify(self, token: str, audiences: Iterable[str], issuers: Iterable[str] = ()) -> Claims:
        """The claims of a token that this tenant signed for one of `audiences` and that is in force now.

        `issuers` are the names under which it may have signed it; the tenant's own where none is given. Raises
        `TokenRefused` for every other.
        """
        try:
            if jwt.get_unverified_header(token).get("kid") != self._key_id:
                raise TokenRefused("Access token validation failure. The signing key is not known.")
            claims: Claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidSignatureError as refused:
            raise TokenRefused("Access token validation failure. Signature is invalid.") from refused
        except jwt.PyJWTError as refused:
            raise TokenRefused("Access token could not be read: the JWT is not well formed.") from refused
        if claims.get("aud") not in set(audiences):
            raise TokenRefused("Access token validation failure. Invalid audience.")
        if claims.get("iss") not in (set(issuers) or {self._issuer}) or claims.get("tid") != self._tenant_id:
            raise TokenRefused("Access token validation failure. Invalid issuer.")
        now = self._clock()
        if not claims.get("nbf", float("inf")) <= now < claims.get("exp", float("-inf")):
            raise TokenRefused("Lifetime validation failed, the token is expired.")
        return claims


def _pairwise(person: Person, client: Client) -> str:
    """A person's name for one application alone."""
    digest = hashlib.sha256(f"{person.id} {client.client_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
