"""Client assertions: how an application proves with a signed token who it is, in place of a secret.

Two kinds. One names the application itself as issuer and is signed with the key of a certificate that is registered
for it (RS256 or PS256; the header names the certificate by its SHA-1 or SHA-256 thumbprint). The other was issued by
another identity provider and is trusted where a federated credential says so: issuer, audience and subject must match
to the letter. Either may be used again until it expires: clients do keep them for some minutes, and Entra lets them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from auditor.local_tenant.service.clients import Client
from auditor.local_tenant.service.refusals import LoginRefused, wrong_client, wrong_request

if TYPE_CHECKING:
    from auditor.local_tenant.service.issuer import Issuer

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_ALGORITHMS = ("RS256", "PS256")
_SKEW = 300  # seconds by which a client's clock may be off
_LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion, taken apart and not yet believed."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @classmethod
    def read(cls, text: str) -> Assertion:
        """Raises `LoginRefused` for what is no signed token of a kind that Entra takes."""
        try:
            header = jwt.get_unverified_header(text)
            claims = jwt.decode(text, options={"verify_signature": False})
        except jwt.PyJWTError as malformed:
            raise wrong_request(50027, "JWT token is invalid or malformed.") from malformed
        if header.get("alg") not in _ALGORITHMS:
            raise wrong_request(
                5002738, f"Invalid JWT token. '{header.get('alg')}' is not a supported signature algorithm."
            )
        return cls(text, header, claims)

    def check_lifetime(self, now: float) -> None:
        """Raises `LoginRefused` before and after its time."""
        start, end = self.claims.get("nbf", 0), self.claims.get("exp", 0)
        if not isinstance(start, (int, float)) or not isinstance(end, (int, float)):
            raise wrong_request(50027, "JWT token is invalid or malformed: its times are no numbers.")
        if not start - _SKEW <= now < end + _SKEW:
            raise wrong_client(
                700024,
                f"Client assertion is not within its valid time range. Current time: {_moment(now)}, assertion valid "
                f"from {_moment(start)}, expiry time of assertion {_moment(end)}.",
            )

    def is_signed_with(self, key: rsa.RSAPublicKey) -> bool:
        """Whether the signature is that key's."""
        try:
            jwt.decode(
                self.text,
                key,
                algorithms=list(_ALGORITHMS),
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": False,
                    "verify_sub": False,
                    "verify_jti": False,
                },
            )
        except jwt.InvalidSignatureError:
            return False
        except jwt.PyJWTError as malformed:
            raise wrong_request(50027, "JWT token is invalid or malformed.") from malformed
        return True


def check(text: str, client: Client, *, endpoints: Collection[str], issuer: Issuer, now: float) -> None:
    """Raises `LoginRefused` unless the assertion proves that `client` speaks.

    `endpoints`: the names of the token endpoint, one of which the application's own assertion must be made for.
    `issuer`: the other identity provider, whose tokens federated credentials may trust.
    """
    assertion = Assertion.read(text)
    presented = str(assertion.claims.get("iss", ""))
    if "://" in presented:
        _check_federated(assertion, client, issuer, now)
        return
    if presented.lower() != client.client_id:
        raise wrong_client(
            700021, "Client assertion application identifier doesn't match 'client_id' parameter of the request."
        )
    if assertion.claims.get("sub") != presented:
        raise wrong_client(50048, "Subject must match the issuer claim in the client assertion.")
    _check_certificate(assertion, client, now)
    if assertion.claims.get("aud") not in endpoints:
        raise wrong_client(700023, "Client assertion audience claim does not match Realm issuer.")
    assertion.check_lifetime(now)


def _check_certificate(assertion: Assertion, client: Client, now: float) -> None:
    named = {
        hash_name: str(assertion.header[header]).rstrip("=")
        for header, hash_name in (("x5t", "sha1"), ("x5t#S256", "sha256"))
        if header in assertion.header
    }
    if not named:
        raise wrong_request(50027, "Invalid JWT token. No certificate thumbprint specified in token header.")
    found = next(
        (one for one in client.certificates if all(_thumbprint(one, name) == text for name, text in named.items())),
        None,
    )
    if found is None:
        raise _not_registered("is not registered on application", "The key was not found.", client)
    start, end = found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()
    if not start <= now < end:
        raise _not_registered(
            "is expired on application",
            f"The key used is expired., Found key 'Start={_moment(start)}, End={_moment(end)}'",
            client,
        )
    key = found.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or not assertion.is_signed_with(key):
        reason = "Key was found, but use of the key to verify the signature failed."
        raise wrong_client(700027, f"Client assertion failed signature validation. [Reason - {reason}]")


def _not_registered(what: str, reason: str, client: Client) -> LoginRefused:
    return wrong_client(
        700027,
        f"The certificate with identifier used to sign the client assertion {what}. "
        f"[Reason - {reason}, app Id '{client.client_id}']",
    )


def _check_federated(assertion: Assertion, client: Client, issuer: Issuer, now: float) -> None:
    """Each test leaves the credentials that still match; the code tells at which of them none was left."""
    audiences = assertion.claims.get("aud")
    presented = audiences[0] if isinstance(audiences, list) and len(audiences) == 1 else audiences
    matching = client.federated
    for code, name, value in (
        (700211, "issuer", assertion.claims.get("iss")),
        (700212, "audience", presented),
        (700213, "subject", assertion.claims.get("sub")),
    ):
        matching = tuple(one for one in matching if getattr(one, name) == value)
        if not matching:
            raise wrong_client(
                code,
                f"No matching federated identity record found for presented assertion {name} '{value}'. Check the "
                "federated identity credential's subject, audience and issuer against it.",
            )
    key_id = str(assertion.header.get("kid", ""))
    key = issuer.public_key(key_id) if assertion.claims["iss"] == issuer.url else None
    if key is None:
        raise wrong_client(
            7000272,
            f"The certificate with identifier {key_id} used to sign the federated credential could not be found in "
            f"the metadata of identity provider {assertion.claims['iss']}.",
        )
    if not assertion.is_signed_with(key):
        reason = "The provided signature value did not match the expected signature value."
        raise wrong_client(700027, f"Client assertion failed signature validation. [Reason - {reason}]")
    assertion.check_lifetime(now)


def _thumbprint(certificate: x509.Certificate, hash_name: str) -> str:
    digest = hashlib.new(hash_name, certificate.public_bytes(serialization.Encoding.DER), usedforsecurity=False)
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _moment(seconds: float) -> str:
    if not 0 <= seconds <= _LATEST:  # a forger's number need not be a time
        return "9999-12-31T23:59:59.0000000Z"
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}.0000000Z"
