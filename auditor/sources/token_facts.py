"""What an access token says of whom it was given to. For showing only: it is Graph that verifies it, and nothing here
decides by it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """`name`: the application's or the user's. `permissions`: application roles or delegated scopes, sorted. All are
    "" or empty where the token does not say."""

    kind: str
    name: str
    id: str
    tenant: str
    permissions: tuple[str, ...]


def token_facts(token: str) -> TokenFacts:
    """The facts of a JWT; of another kind of token, nothing."""
    claims = _claims(token)

    def text(*names: str) -> str:
        return next((value for name in names if isinstance(value := claims.get(name), str) and value), "")

    scopes = text("scp").split()
    roles = claims.get("roles")
    roles = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    if scopes:
        return TokenFacts("user", text("upn", "unique_name", "name"), text("oid"), text("tid"), tuple(sorted(scopes)))
    name = text("app_displayname")
    return TokenFacts("application", name, text("appid", "azp"), text("tid"), tuple(sorted(roles)))


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
