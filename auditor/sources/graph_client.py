"""Microsoft Graph through msgraph-sdk: its builders make the request, its adapter signs and sends it, and the raw
bytes come back. Its typed models are not used: they decode about 170 sign-ins a second, below Graph's own 500.

The adapter's own retries are off: it repeats some faults and not others, never says that it waits, and ignores a
fractional Retry-After. `GraphClient` asks again for what may pass (see `auditor.sources.patience`), takes a fresh token
when one has expired in mid-run, and doubts what Microsoft is known to say wrongly.
"""

from __future__ import annotations

import email.utils
import json
import os
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import msgspec

from auditor.errors import ConfigError, Refused, SourceError
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential
from auditor.sources.pace import Pace
from auditor.sources.patience import PASSING, UNTRUSTED, Passing, Waiting, patiently
from auditor.tenant.dataset import NOT_PREMIUM as NOT_PREMIUM
from auditor.tenant.mending import mended

if TYPE_CHECKING:
    import httpx
    from azure.core.credentials_async import AsyncTokenCredential
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.generated.base_graph_service_client import BaseGraphServiceClient

T = TypeVar("T")

TIMEOUT = 100.0  # seconds without a byte; Graph itself gives up after 300

FRESH_TOKENS = 4  # how often a request refused with 401 is repeated with a fresh token
PREMIUM_DOUBTS = 4  # how often a 403 for want of a premium licence is doubted

_TRUST = "Name the certificate authorities with ca_file, SSL_CERT_FILE or REQUESTS_CA_BUNDLE."


class LostPlace(SourceError):
    """Graph no longer knows where in a collection its own nextLink points. Asking anew from the start may help."""


class Page(msgspec.Struct):
    """One page of a collection: its rows as they came, and where the next one is."""

    value: list[msgspec.Raw]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


class GraphClient:
    """Sends requests of `builders` (msgraph-sdk's request builders). Use `graph_client` to make one."""

    def __init__(self, builders: BaseGraphServiceClient, cloud: Cloud, credential: Credential) -> None:
        self.builders = builders
        self._graph = cloud.graph
        self._origin = _origin(cloud.graph)
        self._credential = credential

    def address(self, api: str) -> str:
        """Where a version of Graph ("v1.0" or "beta") is, without a slash at the end."""
        return f"{self._graph}/{api}"

    async def read(self, request: RequestInformation, kind: type[T], pace: Pace, waiting: Waiting) -> T:
        """The answer, decoded as `kind`. `Refused` for a no, `SourceError` when it could not be had at all."""
        from kiota_abstractions.native_response_handler import NativeResponseHandler
        from kiota_http.middleware.options import ResponseHandlerOption

        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        # Members of evolvable enums (reportOnlySuccess and others) come as unknownFutureValue without it.
        request.headers.try_add("Prefer", "include-unknown-enum-members")
        doubts = _Doubts(self._credential)

        async def attempt() -> T:
            if (due := pace.due()) > 0:
                waiting(due, "to stay below Graph's limit")
            await pace.turn()
            try:
                response = await self._send(request)
            except _transport_errors() as error:
                if UNTRUSTED in str(error):
                    raise SourceError("Graph's certificate is not trusted.", _TRUST) from None
                raise Passing(f"the connection to Graph failed ({type(error).__name__})") from None
            finally:
                pace.answered()
            if response.is_success:
                try:
                    return _decoded(response.content, kind)
                except ValueError as error:
                    raise Passing(f"the answer is not what Graph sends ({error})") from None
            if response.status_code in PASSING:
                why = f"Graph answered {response.status_code} {_error_of(response)[0]}".rstrip()
                raise Passing(why, _retry_after(response))
            refusal = _refusal(response)
            doubts.about(refusal)
            raise refusal

        return await patiently(attempt, waiting)

    async def _send(self, request: RequestInformation) -> httpx.Response:
        if request.headers.contains("Authorization"):
            request.headers.remove("Authorization")  # kiota would send the token of the try before once more
        # With the native response handler the adapter returns the response itself, whatever its type says.
        send: Callable[..., Awaitable[object]] = self.builders.request_adapter.send_primitive_async
        response = cast("httpx.Response", await send(request, "bytes", {}))
        # The body has been read. A response and its stream hold each other: pages would pile up, dozens of megabytes of
        # them, until the garbage collector comes round.
        del response.stream
        return response

    async def pages(self, request: RequestInformation, pace: Pace, waiting: Waiting) -> AsyncIterator[Page]:
        """Every page of a collection. It ends only at an absent nextLink: pages may be short or empty.

        `LostPlace` when a nextLink is refused (a skip token expires): what follows can only be had by a new query.
        """
        page = await self.read(request, Page, pace, waiting)
        yield page
        while page.next_link:
            try:
                page = await self.read(self._follow(page.next_link), Page, pace, waiting)
            except Refused as refusal:
                if refusal.status == 400:
                    raise LostPlace(refusal.what) from None
                raise
            yield page

    def _follow(self, link: str) -> RequestInformation:
        """The request for a nextLink, verbatim. A link to another host gets no request: it would carry the token."""
        from kiota_abstractions.method import Method
        from kiota_abstractions.request_information import RequestInformation

        if _origin(link) != self._origin:
            leads = link.partition("?")[0][:200]
            raise SourceError(
                f"Graph's nextLink leads to another host ({leads}), and was not followed.",
                "Somebody between here and Graph may be changing answers: look at the proxy.",
            )
        request = RequestInformation(Method.GET)
        request.url = link
        request.headers.try_add("Accept", "application/json")
        return request


def _origin(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an https address; None for any other, and where a user name stands before the host."""
    try:
        parts = urlsplit(address)
        port = parts.port or 443
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port


class _Doubts:
    """Answers that are a no, and not always the last word; per request. Raises `Passing` while there is doubt."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._expired = self._premium = 0

    def about(self, refusal: Refused) -> None:
        if refusal.status == 401 and self._expired < FRESH_TOKENS:
            self._expired += 1
            self._credential.renew()
            raise Passing("the token has expired", wait=0.0)
        # Premium tenants are told now and then that they are none.
        if refusal.code == NOT_PREMIUM and self._premium < PREMIUM_DOUBTS:
            self._premium += 1
            raise Passing(f"Graph answered 403 {refusal.code}, which it is known to do by mistake")


@asynccontextmanager
async def graph_client(cloud: Cloud, credential: Credential, api: str) -> AsyncIterator[GraphClient]:
    """A client of one cloud's Graph that signs in with `credential`, open while the block lasts."""
    import httpx
    from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
    from kiota_http.middleware.options import RedirectHandlerOption, RetryHandlerOption
    from msgraph.graph_request_adapter import GraphRequestAdapter
    from msgraph.graph_service_client import GraphServiceClient
    from msgraph_core import GraphClientFactory

    provider = AzureIdentityAuthenticationProvider(
        cast("AsyncTokenCredential", credential),
        scopes=[f"{cloud.graph}/.default"],
        allowed_hosts=[urlsplit(cloud.graph).hostname or ""],
    )
    no_retries = RetryHandlerOption(max_retries=0, should_retry=False)
    # Graph redirects no JSON: whoever does wants the answer, or the token, to come from or go to somewhere else.
    no_redirects = RedirectHandlerOption(max_redirect=0, should_redirect=False)
    async with httpx.AsyncClient(
        verify=trust(cloud), timeout=TIMEOUT, http2=True, base_url=f"{cloud.graph}/{api}"
    ) as plain:
        # msgraph-core puts its own transports in the place of these and closes none of them.
        connections = [plain._transport, *(each for each in plain._mounts.values() if each is not None)]
        wrapped = GraphClientFactory.create_with_default_middleware(
            client=plain, options={option.get_key(): option for option in (no_retries, no_redirects)}
        )
        adapter = GraphRequestAdapter(provider, wrapped)
        adapter.base_url = f"{cloud.graph}/{api}"
        try:
            yield GraphClient(GraphServiceClient(request_adapter=adapter), cloud, credential)
        finally:
            for transport in connections:
                await transport.aclose()


def trust(cloud: Cloud) -> ssl.SSLContext:
    """Whom to believe over TLS: the config's file, else SSL_CERT_FILE or REQUESTS_CA_BUNDLE, else the usual ones.

    httpx honours only the first of the two variables and MSAL only the second; here either will do.
    """
    import certifi

    path = cloud.ca_file or os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
    try:
        is_folder = os.path.isdir(path)
        return ssl.create_default_context(cafile=None if is_folder else path, capath=path if is_folder else None)
    except OSError as error:
        raise ConfigError(f"The certificate authorities in {path} cannot be read: {error}.") from error


def _decoded(content: bytes, kind: type[T]) -> T:
    """The answer; one bad name in it is mended, and costs no page. ValueError when it is not what was asked for."""
    try:
        return msgspec.json.decode(content, type=kind)
    except ValueError:
        return msgspec.json.decode(mended(content), type=kind)


def _transport_errors() -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.RequestError,)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, whole or fractional, or an HTTP date; None when the answer says nothing usable."""
    said = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _error_of(response: httpx.Response) -> tuple[str, str]:
    """Graph's error code and message, shortened; empty when the body is none of Graph's (a proxy's page)."""
    try:
        error: Any = json.loads(response.content)["error"]
        return str(error["code"])[:100], " ".join(str(error["message"]).split())[:300]
    except (ValueError, KeyError, TypeError):
        return "", ""


def _refusal(response: httpx.Response) -> Refused:
    code, message = _error_of(response)
    said = f"{code}: {message}" if code else "without a reason"
    return Refused(f"Graph answered {response.status_code} {said}", status=response.status_code, code=code)
