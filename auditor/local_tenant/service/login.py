"""The login service: discovery, the key set and the token endpoint, as Entra ID answers them.

Error codes are Entra's own (AADSTS...), the sentences are ours. What signs in, and with what proof, is decided in two
steps that stay apart: `_speaker` finds which client speaks and checks its credential (`assertions` checks those that
are signed), then the grant type says who signs in: the client itself, here, or a person, in `delegated`. Addresses
follow the name under which the service was reached (`clouds`).
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auditor.local_tenant.service import assertions, delegated
from auditor.local_tenant.service.clients import Client, Clients
from auditor.local_tenant.service.clock import Clock, http_date, login_timestamp
from auditor.local_tenant.service.clouds import CLOUDS, LOGIN_HOSTS, Place, Places
from auditor.local_tenant.service.delegated import Delegated, wanted
from auditor.local_tenant.service.issuer import Issuer
from auditor.local_tenant.service.refusals import LoginRefused, wrong_client, wrong_request
from auditor.local_tenant.service.scopes import MANAGEMENT
from auditor.local_tenant.service.tokens import LIFETIME, Tokens

_NO_TENANT = ("common", "organizations")
_DEFAULT = "/.default"


@dataclass(frozen=True, slots=True)
class Login:
    """What the login service knows: its tenant, its clients and people, whom it trusts, and what it is called."""

    tenant_id: str
    domains: frozenset[str]
    places: Places
    clients: Clients
    issuer: Issuer
    tokens: Tokens
    delegated: Delegated
    clock: Clock

    def routes(self) -> list[Route]:
        """Its part of the login host; the sign-in page has the other."""
        return [
            Route("/common/discovery/instance", self._instance),
            Route("/devicelogin", self.delegated.device_page),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", self._configuration),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/devicecode", self._device_code, methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/authorize", self._authorize),
        ]

    def application(self, routes: list[Route]) -> Starlette:
        """The login host, of its own routes and those of the sign-in page, which words refusals as Entra does."""
        return Starlette(routes=routes, exception_handlers={LoginRefused: self._refusal})

    async def _instance(self, request: Request) -> Response:
        place = self._place(request)
        asked = urlsplit(request.query_params.get("authorization_endpoint", ""))
        known = [urlsplit(place.login_url).netloc]
        metadata = [{"preferred_network": known[0], "preferred_cache": known[0], "aliases": known}]
        if place is not self.places.local:
            known = [*LOGIN_HOSTS]
            metadata = [
                {"preferred_network": one.logins[0], "preferred_cache": one.cache, "aliases": [*one.logins]}
                for one in CLOUDS
            ]
        if asked.netloc not in known:
            raise LoginRefused(50049, "invalid_instance", "The instance is not known or not valid.")
        tenant = asked.path.strip("/").partition("/")[0]
        return self._answer(
            {
                "tenant_discovery_endpoint": f"https://{asked.netloc}/{tenant}/v2.0/.well-known/openid-configuration",
                "api-version": request.query_params.get("api-version", "1.1"),
                "metadata": metadata,
            }
        )

    async def _configuration(self, request: Request) -> Response:
        tenant, place = request.path_params["tenant"], self._place(request)
        known = tenant if tenant in _NO_TENANT else self._tenant(tenant, error="invalid_tenant")
        here = f"{place.login_url}/{known}"
        return self._answer(
            {
                "token_endpoint": f"{here}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "jwks_uri": f"{here}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{place.login_url}/{'{tenantid}' if known in _NO_TENANT else known}/v2.0",
                "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{here}/oauth2/v2.0/devicecode",
                "end_session_endpoint": f"{here}/oauth2/v2.0/logout",
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "tid", "ver"],
                "tenant_region_scope": None,
                "cloud_instance_name": place.instance,
                "msgraph_host": urlsplit(place.graph_url).netloc,
            }
        )

    async def _keys(self, request: Request) -> Response:
        if request.path_params["tenant"] not in _NO_TENANT:
            self._tenant(request.path_params["tenant"], error="invalid_tenant")
        return self._answer(self.tokens.jwks())

    async def _token(self, request: Request) -> Response:
        form, place = await _form(request), self._place(request)
        tenant = request.path_params["tenant"]
        grant_type = form.get("grant_type", "")
        by_person = delegated.GRANTS.get(grant_type)
        if tenant in _NO_TENANT:
            raise self._no_tenant(bool(by_person))
        self._tenant(tenant, error="invalid_request")
        if by_person is None and wanted(form, "grant_type") != "client_credentials":
            raise LoginRefused(70003, "unsupported_grant_type", "The app asked for a grant type that is not supported.")
        client = self._speaker(request, form, place)
        if by_person is not None:
            return self._answer(by_person(self.delegated, client, form, place))
        audience = self._audience(wanted(form, "scope"), place)
        permissions = client.permissions if audience in place.audiences else frozenset()
        token = self.tokens.issue(client, audience, permissions, issuer=place.issuer)
        return self._answer(
            {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}
        )

    async def _device_code(self, request: Request) -> Response:
        self._tenant_of_people(request)
        form = await _form(request)
        client = self._client(wanted(form, "client_id"))
        return self._answer(self.delegated.device_code(client, form, self._place(request)))

    async def _authorize(self, request: Request) -> Response:
        self._tenant_of_people(request)
        return self.delegated.authorize(request.query_params, self._place(request))

    def _place(self, request: Request) -> Place:
        return self.places.login(request.headers.get("host", ""))

    def _tenant_of_people(self, request: Request) -> None:
        if request.path_params["tenant"] in _NO_TENANT:
            raise self._no_tenant(by_person=True)
        self._tenant(request.path_params["tenant"], error="invalid_request")

    def _no_tenant(self, by_person: bool) -> LoginRefused:
        if by_person:
            return wrong_request(
                50194, "The application is not configured as a multi-tenant application: /common is not for it."
            )
        return wrong_request(50059, "Nothing in the request or its credentials names a tenant.")

    def _tenant(self, name: str, *, error: str) -> str:
        if name.lower() == self.tenant_id or name.lower() in self.domains:
            return self.tenant_id
        raise LoginRefused(90002, error, f"Tenant '{name}' not found. Check the tenant id and the cloud.")

    def _client(self, client_id: str) -> Client:
        client = self.clients.find(client_id)
        if client is None:
            raise delegated.unknown_client(client_id, self.tenant_id)
        return client

    def _speaker(self, request: Request, form: Mapping[str, str], place: Place) -> Client:
        """The client whose request this is, after it proved it, unless it is a public one and cannot."""
        basic = _basic(request.headers.get("authorization", ""))
        client_id, secret = basic or (wanted(form, "client_id"), form.get("client_secret"))
        client, assertion = self._client(client_id), form.get("client_assertion")
        if client.public and (secret or assertion):
            raise wrong_client(
                700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
            )
        if client.public and form["grant_type"] != "client_credentials":
            return client
        if assertion:
            if form.get("client_assertion_type") != assertions.TYPE:
                wanted(form, "client_assertion_type")
                raise wrong_request(50027, "The client_assertion_type is not one of a JWT.")
            now = self.clock()
            assertions.check(assertion, client, endpoints=self._endpoints(request, place), issuer=self.issuer, now=now)
            return client
        if not secret:
            raise _no_proof(form["grant_type"])
        if not client.has_secret(secret):
            raise wrong_client(
                7000215,
                f"Invalid client secret provided for app '{client.client_id}'. "
                "Send the value of the secret, not its id.",
            )
        return client

    def _endpoints(self, request: Request, place: Place) -> list[str]:
        """What an assertion made for this token endpoint may call it."""
        tenants = (self.tenant_id, request.path_params["tenant"])
        return [
            f"{place.login_url}/{tenant}/{end}"
            for tenant in tenants
            for end in ("oauth2/v2.0/token", "oauth2/token", "v2.0")
        ]

    def _audience(self, scope: str, place: Place) -> str:
        resource = scope[: -len(_DEFAULT)].rstrip("/")
        if not scope.endswith(_DEFAULT) or " " in scope:
            raise LoginRefused(
                1002012,
                "invalid_scope",
                f"The scope '{scope}' is not valid: client credentials need a resource followed by /.default.",
            )
        if resource not in (*place.audiences, MANAGEMENT):
            raise LoginRefused(
                500011,
                "invalid_resource",
                f"The resource principal named {resource} was not found in the tenant {self.tenant_id}.",
            )
        return resource

    async def _refusal(self, request: Request, refused: Exception) -> Response:
        assert isinstance(refused, LoginRefused)
        timestamp, trace = login_timestamp(self.clock()), str(uuid.uuid4())
        correlation = request.headers.get("client-request-id") or str(uuid.uuid4())
        body = {
            "error": refused.error,
            "error_description": (
                f"AADSTS{refused.code}: {refused.message} Trace ID: {trace} "
                f"Correlation ID: {correlation} Timestamp: {timestamp}"
            ),
            "error_codes": [refused.code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{self._place(request).login_url}/error?code={refused.code}",
        }
        return self._answer(body | {"suberror": refused.suberror} if refused.suberror else body, refused.status)

    def _answer(self, body: Mapping[str, Any], status: int = 200) -> Response:
        headers = {"Cache-Control": "no-store", "Date": http_date(self.clock()), "x-ms-request-id": str(uuid.uuid4())}
        return JSONResponse(body, status, headers)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _no_proof(grant_type: str) -> LoginRefused:
    if grant_type == "client_credentials":
        return wrong_client(
            7000216,
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
        )
    return wrong_client(
        7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    )


def _basic(header: str) -> tuple[str, str] | None:
    """Client id and secret out of a Basic header, each percent-encoded before the two were joined (RFC 6749, 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as malformed:
        raise wrong_request(900144, "The Basic credentials cannot be read.") from malformed
    return unquote_plus(client_id), unquote_plus(secret)
