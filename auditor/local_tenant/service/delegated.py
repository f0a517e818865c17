"""Signing in as a person: with a code typed on another device, in the browser (authorization code with PKCE), and
going on without a question (refresh token).

The browser's page asks nothing: whoever is expected, or named by `login_hint`, signs in at once, and the browser is
sent back to the application. What this tenant's people consented to is what the client was granted.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from auditor.local_tenant.service import scopes
from auditor.local_tenant.service.clients import Client, Clients
from auditor.local_tenant.service.clouds import Place
from auditor.local_tenant.service.people import People, Person
from auditor.local_tenant.service.refusals import LoginRefused, wrong_request
from auditor.local_tenant.service.sign_ins import (
    DEVICE_CODE_LIFETIME,
    AuthorizationCodes,
    DeviceCodes,
    RefreshTokens,
    SignIn,
)
from auditor.local_tenant.service.tokens import LIFETIME, Tokens

Form = Mapping[str, str]
Json = dict[str, Any]

_INTERVAL = 1  # seconds between two polls; Entra asks for 5
_REDIRECT_URI = re.compile(r"http://localhost(:\d{1,5})?/?")  # Entra does not compare a loopback address's port
_CHALLENGE = 43  # characters of a SHA-256 in base64url
_PAGE = """<!DOCTYPE html><html><head><title>Working...</title></head><body onload="document.forms[0].submit()">
<form method="POST" action="{action}">{fields}<noscript><input type="submit" value="Continue"></noscript></form>
</body></html>"""


@dataclass(frozen=True, slots=True)
class Delegated:
    """The sign-ins of people, all through public clients."""

    tenant_id: str
    clients: Clients
    tokens: Tokens
    people: People
    codes: AuthorizationCodes
    device_codes: DeviceCodes
    refresh_tokens: RefreshTokens

    def device_code(self, client: Client, form: Form, place: Place) -> Json:
        """A code for a device to show (RFC 8628)."""
        code, user_code = self.device_codes.issue(client, scopes.read(form.get("scope", ""), client, place))
        return {
            "user_code": user_code,
            "device_code": code,
            "verification_uri": place.device_login,
            "expires_in": DEVICE_CODE_LIFETIME,
            "interval": _INTERVAL,
            "message": f"To sign in, use a web browser to open the page {place.device_login} and enter the code "
            f"{user_code} to authenticate.",
        }

    async def device_page(self, request: Request) -> Response:
        """Where people would type a device's code."""
        return PlainTextResponse("Nothing to do here: the local tenant approves a device's code by itself.\n")

    def by_device_code(self, client: Client, form: Form, place: Place) -> Json:
        """The grant of a device that polls."""
        return self._granted(
            self.device_codes.poll(wanted(form, "device_code"), client, self.people.expected), form, place
        )

    def by_authorization_code(self, client: Client, form: Form, place: Place) -> Json:
        """The grant of an application that a browser came back to."""
        verifier = form.get("code_verifier", "")
        challenge = _base64url(hashlib.sha256(verifier.encode()).digest()) if verifier else ""
        sign_in = self.codes.redeem(wanted(form, "code"), client, form.get("redirect_uri", ""), challenge)
        return self._granted(sign_in, form, place)

    def by_refresh_token(self, client: Client, form: Form, place: Place) -> Json:
        """The grant of an application for which a person signed in before. Other scopes than then may be asked for."""
        sign_in = self.refresh_tokens.redeem(wanted(form, "refresh_token"), client)
        asked = scopes.read(form["scope"], client, place) if form.get("scope") else sign_in.scopes
        return self._granted(SignIn(sign_in.person, client, asked), form, place)

    def _granted(self, sign_in: SignIn, form: Form, place: Place) -> Json:
        person, client, granted = sign_in.person, sign_in.client, sign_in.scopes
        granted.check_consent(client)
        answer: Json = {
            "token_type": "Bearer",
            "scope": granted.text(),
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "access_token": self.tokens.issue_for(
                person, client, granted.resource, granted.permissions, issuer=place.issuer
            ),
        }
        if "offline_access" in granted.openid:
            answer["refresh_token"] = self.refresh_tokens.issue(sign_in)
        if "openid" in granted.openid:
            answer["id_token"] = self.tokens.id_token(person, client, login_url=place.login_url, nonce=sign_in.nonce)
        if form.get("client_info") == "1":
            answer["client_info"] = self._client_info(person)
        return answer

    def authorize(self, query: Form, place: Place) -> Response:
        """The sign-in page, which sends the browser back with a code or an error, in the address or as a form.

        Raises `LoginRefused` where the application does not want to be sent anything.
        """
        client, redirect_uri = self._asking(query)
        answer = {}
        try:
            answer = self._code(client, redirect_uri, query, place)
        except LoginRefused as refused:
            answer = {"error": refused.error, "error_description": f"AADSTS{refused.code}: {refused.message}"}
        if "state" in query:
            answer["state"] = query["state"]
        if query.get("response_mode") == "form_post":
            fields = (
                f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in answer.items()
            )
            return HTMLResponse(_PAGE.format(action=html.escape(redirect_uri), fields="".join(fields)))
        mark = "#" if query.get("response_mode") == "fragment" else "?"
        return RedirectResponse(f"{redirect_uri}{mark}{urlencode(answer)}", 302)

    def _asking(self, query: Form) -> tuple[Client, str]:
        client, redirect_uri = self.clients.find(wanted(query, "client_id")), wanted(query, "redirect_uri")
        if client is None:
            raise unknown_client(query["client_id"], self.tenant_id)
        if not client.public or not _REDIRECT_URI.fullmatch(redirect_uri):
            raise wrong_request(
                50011,
                f"The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs "
                f"configured for the application '{client.client_id}'.",
            )
        return client, redirect_uri

    def _code(self, client: Client, redirect_uri: str, query: Form, place: Place) -> dict[str, str]:
        if query.get("response_type") != "code":
            raise LoginRefused(
                700054, "unsupported_response_type", "The response_type is not enabled for the application."
            )
        challenge = query.get("code_challenge", "")
        if challenge and query.get("code_challenge_method") != "S256":
            raise wrong_request(50149, "Invalid Code_Challenge_method parameter: it must be S256.")
        if challenge and len(challenge) != _CHALLENGE:
            raise wrong_request(501491, "Invalid size of Code_Challenge parameter.")
        sign_in = SignIn(
            self._person(query), client, scopes.read(query.get("scope", ""), client, place), query.get("nonce")
        )
        sign_in.scopes.check_consent(client)
        answer = {"code": self.codes.issue(sign_in, redirect_uri, challenge)}
        if query.get("client_info") == "1":
            answer["client_info"] = self._client_info(sign_in.person)
        return answer

    def _person(self, query: Form) -> Person:
        if not (hint := query.get("login_hint")):
            return self.people.expected
        if (named := self.people.find(hint)) is None:
            raise LoginRefused(
                50034, "access_denied", f"The user account {hint} does not exist in the directory {self.tenant_id}."
            )
        return named

    def _client_info(self, person: Person) -> str:
        return _base64url(json.dumps({"uid": person.id, "utid": self.tenant_id}).encode())


GRANTS: dict[str, Callable[[Delegated, Client, Form, Place], Json]] = {
    "authorization_code": Delegated.by_authorization_code,
    "refresh_token": Delegated.by_refresh_token,
    "urn:ietf:params:oauth:grant-type:device_code": Delegated.by_device_code,
}


def wanted(form: Form, name: str) -> str:
    """A parameter that must be there. Raises `LoginRefused`."""
    if not form.get(name):
        raise wrong_request(900144, f"The request body must contain the following parameter: '{name}'.")
    return form[name]


def unknown_client(client_id: str, tenant_id: str) -> LoginRefused:
    """That nobody is registered under this id."""
    return LoginRefused(
        700016,
        "unauthorized_client",
        f"Application '{client_id}' was not found in the directory '{tenant_id}'. "
        "It may not be installed there, or the request went to the wrong tenant.",
    )


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
