"""Signing in through MSAL: client secret, certificate, managed identity, and persons (device code, browser).

MSAL fails in many ways: an answer with `error`, an exception of requests, a ValueError (a tenant that does not exist, a
certificate that cannot be read, a busy service), an error of its own. `_through_msal` makes one of them, and cuts the
causes off: a traceback may hold the request's body.
"""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.config import TenantConfig, read_certificate, read_secret
from auditor.errors import ConfigError, SignInError
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential, Person, refused
from auditor.sources.patience import PASSING, UNTRUSTED, Passing

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken

TIMEOUT = 30.0  # seconds for one request to the login service
BROWSER_TIMEOUT = 300  # seconds for a person to sign in

_MAY_PASS = {"temporarily_unavailable", "server_error"}


def client_secret(tenant: TenantConfig, cloud: Cloud) -> Credential:
    """An app registration by its secret."""
    secret = read_secret(tenant.credential, f"tenant {tenant.id}")
    described = f"application {tenant.credential.client_id} with a client secret"
    return _confidential(tenant, cloud, described, secret)


def certificate(tenant: TenantConfig, cloud: Cloud) -> Credential:
    """An app registration by its certificate: a PEM file with key and certificate, or a PFX file."""
    path, content, password = read_certificate(tenant.credential, f"tenant {tenant.id}")
    is_pfx = path.suffix.lower() in (".pfx", ".p12")
    _check_certificate(path, content, password, is_pfx=is_pfx)
    described = f"application {tenant.credential.client_id} with the certificate {path.name}"
    proof: dict[str, Any] = {"passphrase": password} if password else {}
    if is_pfx:
        proof["private_key_pfx_path"] = str(path)
    else:
        proof["private_key"] = proof["public_certificate"] = content.decode("ascii", "replace")
    return _confidential(tenant, cloud, described, proof)


def _check_certificate(path: Path, content: bytes, password: str, *, is_pfx: bool) -> None:
    """ConfigError unless the file holds a key and a certificate that the password opens: MSAL would only say so after
    it had asked the login service, and in words for developers."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

    secret = password.encode() or None
    try:
        if is_pfx:
            key, certificate, _ = pkcs12.load_key_and_certificates(content, secret)
            if key is None or certificate is None:
                raise ValueError("it lacks the key or the certificate")
        else:
            load_pem_private_key(content, secret)
            x509.load_pem_x509_certificate(content)
    except (ValueError, TypeError) as error:  # TypeError: a password is missing, or there is one too many
        raise ConfigError(
            f"The certificate file {path} cannot be used: {' '.join(str(error).split())[:200]}.",
            "Check its password (secret_file, secret_env), and that it holds both the private key and the certificate.",
        ) from None


def _confidential(tenant: TenantConfig, cloud: Cloud, described: str, proof: str | dict[str, Any]) -> Credential:
    line = _Line(cloud.ca_file)

    @functools.cache
    def application() -> Any:
        import msal

        return msal.ConfidentialClientApplication(
            tenant.credential.client_id,
            client_credential=proof,
            authority=f"{cloud.login}/{tenant.id}",
            instance_discovery=False,
            http_client=line.session,
            http_cache=line.http_cache,
        )

    def acquire(scope: str, claims: str | None) -> AccessToken:
        return _through_msal(
            described,
            line,
            lambda: application().acquire_token_for_client([scope], claims_challenge=claims),
            login=f"the login service {cloud.login}",
        )

    return Credential(described, acquire, application.cache_clear)


_NO_IDENTITY = (
    "There is no managed identity here: IDENTITY_ENDPOINT is not set, and the metadata service of Azure does not "
    "answer as one."
)
_ELSEWHERE = (
    "Switch the identity on at the Automation account or the other Azure host and run it there, or choose another kind "
    "of credential."
)


def managed_identity(client_id: str) -> Credential:
    """The identity of the Azure host that this runs on; user-assigned with a client id, else system-assigned."""
    described = f"user-assigned managed identity {client_id}" if client_id else "system-assigned managed identity"
    line = _Line("")

    @functools.cache
    def client() -> Any:
        import msal

        identity = (
            msal.UserAssignedManagedIdentity(client_id=client_id) if client_id else msal.SystemAssignedManagedIdentity()
        )
        return msal.ManagedIdentityClient(identity, http_client=line.session, http_cache=line.http_cache)

    def ask(scope: str, claims: str | None) -> Mapping[str, Any] | None:
        import requests

        named = bool(os.environ.get("IDENTITY_ENDPOINT"))
        try:
            found: Mapping[str, Any] | None = client().acquire_token_for_client(
                resource=scope.removesuffix("/.default"), claims_challenge=claims
            )
        except requests.ConnectionError:
            # On every host of Azure the metadata service is a part of the host itself.
            if not named:
                raise SignInError(_NO_IDENTITY, _ELSEWHERE) from None
            raise
        except ValueError as error:
            # What answers at its address, and is none, answers with a page.
            if not named and line.last_status not in PASSING and _unreadable(error):
                raise SignInError(_NO_IDENTITY, _ELSEWHERE) from None
            raise
        return found

    def acquire(scope: str, claims: str | None) -> AccessToken:
        return _through_msal(
            described,
            line,
            lambda: ask(scope, claims),
            login="the identity endpoint of this host",
            otherwise="Check that this host has the identity, and that the identity is assigned to it.",
        )

    return Credential(described, acquire, client.cache_clear)


def person(tenant: TenantConfig, cloud: Cloud, asked: Person) -> Credential:
    """Somebody who signs in, by device code or in a browser. The token is kept, encrypted by the operating system,
    where that can be had, else in memory alone, which is said."""
    by_browser = tenant.credential.kind == "browser"
    described = f"a person {'in a browser' if by_browser else 'by device code'} (client {tenant.credential.client_id})"
    scopes = [f"{cloud.graph}/{permission}" for permission in asked.permissions]
    line = _Line(cloud.ca_file)
    fresh = False

    @functools.cache
    def application() -> Any:
        import msal

        return msal.PublicClientApplication(
            tenant.credential.client_id,
            authority=f"{cloud.login}/{tenant.id}",
            instance_discovery=False,
            http_client=line.session,
            http_cache=line.http_cache,
            token_cache=_token_cache(asked.cache_folder / f"{tenant.credential.client_id}.bin", asked.tell),
        )

    def ask(claims: str | None) -> Mapping[str, Any] | None:
        app = application()
        for account in app.get_accounts():
            found: Mapping[str, Any] | None = app.acquire_token_silent(
                scopes, account, force_refresh=fresh, claims_challenge=claims
            )
            if found:
                return found
        if by_browser:
            asked.tell("Sign in in the browser window that opens.")
            signed_in: Mapping[str, Any] = app.acquire_token_interactive(
                scopes, timeout=BROWSER_TIMEOUT, claims_challenge=claims
            )
            return signed_in
        flow = app.initiate_device_flow(scopes)
        if "user_code" not in flow:
            return flow  # type: ignore[no-any-return]  # an error
        asked.tell(flow["message"])
        answer: Mapping[str, Any] = app.acquire_token_by_device_flow(flow, claims_challenge=claims)
        return answer

    def acquire(_: str, claims: str | None) -> AccessToken:
        nonlocal fresh
        token = _through_msal(described, line, lambda: ask(claims), login=f"the login service {cloud.login}")
        fresh = False
        return token

    def forget() -> None:
        nonlocal fresh
        fresh = True

    return Credential(described, acquire, forget)


def _token_cache(path: Path, tell: Callable[[str], None]) -> Any:
    """A cache that outlives the run, encrypted by the operating system, or None for one in memory."""
    import msal_extensions

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        persistence = msal_extensions.build_encrypted_persistence(str(path))
    except (ImportError, ValueError, RuntimeError, OSError) as error:
        # msal-extensions lets through whatever the platform's keyring raises.
        tell(f"No keyring encrypts the token here ({type(error).__name__}): it is kept in memory, for this run alone.")
        return None
    return msal_extensions.PersistedTokenCache(persistence)


class _Line:
    """The line to the login service. `last_status`: of the last answer, None while there was none; MSAL's errors do
    not tell a tenant that does not exist from a service that was busy when it was asked. `http_cache`: MSAL keeps bad
    answers in it for a minute, so it is emptied before another try."""

    def __init__(self, ca_file: str) -> None:
        import requests

        self.last_status: int | None = None
        self.http_cache: dict[str, Any] = {}
        self.session = requests.Session()
        self.session.hooks["response"].append(self._remember)
        # With each request: as the session's own setting ca_file would lose against REQUESTS_CA_BUNDLE.
        options: dict[str, Any] = {"timeout": TIMEOUT} | ({"verify": ca_file} if ca_file else {})
        self.session.request = functools.partial(self.session.request, **options)  # type: ignore[method-assign]

    def _remember(self, response: Any, *_: Any, **__: Any) -> None:
        self.last_status = response.status_code

    @property
    def said_no(self) -> bool:
        """The last answer was a refusal and not a fault that may pass. Without an answer it is MSAL that refuses."""
        status = self.last_status
        return status is None or (400 <= status < 500 and status not in PASSING)


def _unreadable(error: ValueError) -> bool:
    """Whether MSAL says that it could not read an answer, or the login service's description of itself."""
    return isinstance(error, json.JSONDecodeError) or "authority configuration" in str(error)


def _through_msal(
    described: str,
    line: _Line,
    ask: Callable[[], Mapping[str, Any] | None],
    *,
    login: str,
    otherwise: str = "Look the code up with the correlation id.",
) -> AccessToken:
    import requests
    from azure.core.credentials import AccessToken
    from msal.exceptions import MsalError

    line.http_cache.clear()
    try:
        answer = ask() or {}
    except requests.RequestException as error:
        if UNTRUSTED in str(error):
            raise refused(
                described,
                f"the certificate of {login} is not trusted",
                "Name the certificate authorities with ca_file or REQUESTS_CA_BUNDLE.",
            ) from None
        raise Passing(
            f"{login} could not be reached ({type(error).__name__}); check the network and HTTPS_PROXY"
        ) from None
    except (ValueError, RuntimeError, MsalError) as error:
        if not line.said_no and (not isinstance(error, ValueError) or _unreadable(error)):
            raise Passing(f"{login} answered {line.last_status}, and MSAL could not read it") from None
        raise refused(described, str(error), "Check the tenant's id and the cloud.") from None
    token = answer.get("access_token")
    if token:
        return AccessToken(token, int(time.time()) + int(answer.get("expires_in", 0)))
    if answer.get("error") in _MAY_PASS or not line.said_no:
        raise Passing(f"{login} answered {line.last_status} {answer.get('error', '')}".rstrip())
    said = str(answer.get("error_description") or answer.get("error") or "")
    correlation = answer.get("correlation_id")
    if correlation and "Correlation ID:" not in said:
        said = f"{said} Correlation ID: {correlation}"
    raise refused(described, said, otherwise)
