"""Signing in. One seam: a `Credential` gives tokens to the Graph client; how it gets them is its own business.

MSAL does what it can (`msal_sign_in`), azure-identity the rest (`azure_sign_in`). Each failure becomes one
`SignInError`: what was tried, as whom, what Entra said (code, correlation id), what to do. Secrets and tokens appear in
none of them.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from auditor.config import TenantConfig
from auditor.errors import SignInError, SourceError
from auditor.sources.clouds import Cloud
from auditor.sources.patience import patiently

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken

T = TypeVar("T")

_ADVICE = {
    7000215: "The secret is not this application's: copy its value (not its id) from Certificates & secrets.",
    7000222: "The secret has expired: make a new one under Certificates & secrets.",
    7000112: "The application is disabled in this tenant: enable its enterprise application.",
    7000218: "The application is not set up for public clients: allow public client flows under Authentication.",
    700016: "The application is not in this tenant: check client_id and the tenant's id.",
    700024: "The assertion is outside its time: check this machine's clock, and the federated token's age.",
    700027: "The certificate is not registered for this application, or its key is another one: upload it again.",
    700211: "No federated credential of the application trusts this issuer: compare the issuers.",
    700212: "The federated token has another audience than the application's federated credential: compare them.",
    700213: "No federated credential of the application has this subject: compare the subjects, letter by letter.",
    70016: "The device code was not used in time: run the command again and sign in sooner.",
    70018: "The device code is not valid any more: run the command again.",
    70020: "The device code has expired: run the command again and sign in sooner.",
    90002: "No tenant has this id or domain: check the tenant's id and the cloud.",
    50034: "The account is not in this tenant: check the tenant's id.",
    50076: "Entra wants MFA: sign in with a browser or a device code, interactively.",
    53003: "A Conditional Access policy blocks this sign-in: look for it in the sign-in log.",
    65001: "Nobody has consented to the permissions: an administrator grants them under API permissions.",
}
_CODE = re.compile(r"AADSTS(\d+)")
_CORRELATION = re.compile(r"Correlation ID: ([0-9a-fA-F-]{36})")


def nothing() -> None:
    """For credentials that keep no token of their own."""


@dataclass(slots=True)
class Credential:
    """Whom the program signs in as. `described` is for messages: the way and the client, never a secret.

    `acquire(scope, claims)` blocks and returns a token with its expiry, or raises `SignInError`, or `Passing` for what
    another try may mend. `forget()` drops the token that it keeps, so that the next one is fresh.
    """

    described: str
    acquire: Callable[[str, str | None], AccessToken]
    forget: Callable[[], None] = nothing
    _signed_in: bool = field(default=False, init=False)

    async def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """azure-core's AsyncTokenCredential, as msgraph-sdk wants it.

        SignInError when signing in failed from the start: nothing can be read then. SourceError when a fresh token
        could not be had in mid-run: what was read stays.
        """

        async def attempt() -> AccessToken:
            return await _in_thread(lambda: self.acquire(scopes[0], claims))

        try:
            token = await patiently(attempt, lambda seconds, why: None)
        except SignInError as error:
            if self._signed_in:
                raise SourceError(error.what, error.remedy) from None
            raise
        except SourceError as error:
            if self._signed_in:
                raise
            raise SignInError(f"Signing in as {self.described} failed: {error.what}", error.remedy) from None
        self._signed_in = True
        return token

    def renew(self) -> None:
        """The token in hand was refused as expired: the next one must be fresh."""
        self.forget()


@dataclass(frozen=True, slots=True)
class Person:
    """How to deal with somebody who signs in. `permissions`: the Graph permissions to ask for. `tell`: shows a message
    to the one who has to act. `cache_folder`: where the encrypted token may be kept."""

    permissions: tuple[str, ...]
    tell: Callable[[str], None]
    cache_folder: Path


def credential_of(tenant: TenantConfig, cloud: Cloud, person: Person) -> Credential:
    """The credential that the config chose. ConfigError when a secret or file is not to be had."""
    from auditor.sources import azure_sign_in, msal_sign_in

    # MSAL logs an answer that it cannot read, with the access token in it, azure-identity logs what it then raises, and
    # Python prints warnings that nobody asked for. Nothing is lost: each of their failures becomes an error of ours.
    for library in ("msal", "azure"):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    kind = tenant.credential.kind
    if kind == "client-secret":
        return msal_sign_in.client_secret(tenant, cloud)
    if kind == "certificate":
        return msal_sign_in.certificate(tenant, cloud)
    if kind == "managed-identity":
        return msal_sign_in.managed_identity(tenant.credential.client_id)
    if kind == "workload-identity":
        return azure_sign_in.workload_identity(tenant, cloud)
    if kind == "azure-cli":
        return azure_sign_in.azure_cli(tenant.id)
    return msal_sign_in.person(tenant, cloud, person)


def refused(described: str, said: str, otherwise: str) -> SignInError:
    """The error for what Entra said: its first sentence, the correlation id, and advice by code, else `otherwise`."""
    text = " ".join(said.split())
    codes = [int(code) for code in _CODE.findall(text)]
    correlation = _CORRELATION.search(text)
    traced = f" (correlation id {correlation[1]})" if correlation else ""
    first = re.split(r" (?:Trace ID:|To troubleshoot|Content:)", text, maxsplit=1)[0][:300].rstrip(". ")
    advice = next((_ADVICE[code] for code in codes if code in _ADVICE), otherwise)
    return SignInError(f"Signing in as {described} was refused: {first or 'no reason was given'}{traced}.", advice)


async def _in_thread(work: Callable[[], T]) -> T:
    """Runs blocking work beside the loop. In a daemon thread: a person who does not answer a prompt must not keep
    Ctrl-C from ending the program, as the loop's own threads would."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        try:
            result, error = work(), None
        except BaseException as raised:  # handed to the waiting coroutine, whatever it is
            result, error = None, raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="auditor-sign-in").start()
    return await done
