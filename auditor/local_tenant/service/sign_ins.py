"""What the login service remembers of people's sign-ins: codes on their way to a token, and refresh tokens.

All of it is in memory, and all of it may be asked and changed by any thread: a test approves a device's code while the
client polls for it.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from typing import Literal

from auditor.local_tenant.service.clients import Client
from auditor.local_tenant.service.clock import Clock
from auditor.local_tenant.service.people import Person
from auditor.local_tenant.service.refusals import LoginRefused, wrong_client, wrong_grant
from auditor.local_tenant.service.scopes import Scopes

DEVICE_CODE_LIFETIME = 900
"""Seconds in which a device's code must be approved."""

_CODE_LIFETIME = 600
_REFRESH_LIFETIME = 90 * 86400
_APPROVED_AFTER = 2
_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"  # no vowels: no words

Decision = Literal["pending", "approved", "declined", "expired", "redeemed"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """That a person signed in through a client, and what the client may have of it."""

    person: Person
    client: Client
    scopes: Scopes
    nonce: str | None = None


@dataclass(slots=True)
class _Code:
    sign_in: SignIn
    redirect_uri: str
    challenge: str
    expires: float
    redeemed: bool = False


class AuthorizationCodes:
    """Codes that a browser carries to the application, each good once and for ten minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, _Code] = {}

    def issue(self, sign_in: SignIn, redirect_uri: str, challenge: str) -> str:
        """A new code. `challenge` is the SHA-256 of the verifier (PKCE), or "" where the client sent none."""
        code = secrets.token_urlsafe(64)
        with self._lock:
            self._codes[code] = _Code(sign_in, redirect_uri, challenge, self._clock() + _CODE_LIFETIME)
        return code

    def redeem(self, code: str, client: Client, redirect_uri: str, verified_challenge: str) -> SignIn:
        """The sign-in behind the code, for the client and address that it was made for. Raises `LoginRefused`."""
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.sign_in.client.client_id != client.client_id:
                raise wrong_grant(9002313, "Invalid request. Request is malformed or invalid.")
            if found.redeemed:
                raise wrong_grant(
                    54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code."
                )
            if self._clock() >= found.expires:
                raise wrong_grant(70008, "The provided authorization code or refresh token has expired.")
            if redirect_uri != found.redirect_uri:
                raise wrong_client(
                    500112, f"The reply address '{redirect_uri}' does not match the one the code was requested for."
                )
            if found.challenge and found.challenge != verified_challenge:
                raise wrong_grant(
                    501481 if verified_challenge else 50148,
                    "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
                )
            found.redeemed = True
            return found.sign_in


@dataclass(slots=True)
class _DeviceCode:
    user_code: str
    client: Client
    scopes: Scopes
    expires: float
    polls: int = 0
    decision: Decision = "pending"
    person: Person | None = None


class DeviceCodes:
    """Codes that devices show and people type elsewhere.

    Unless somebody decides otherwise, a code is approved after it was polled for twice. A client that polls too often
    is not told to slow down: that is not among the answers that Entra documents.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, _DeviceCode] = {}
        self.approved_after: int | None = _APPROVED_AFTER
        """How many polls go unanswered before a code is approved by itself; None: until somebody decides."""

    def issue(self, client: Client, scopes: Scopes) -> tuple[str, str]:
        """A new pair: the device's code and the person's."""
        code, user_code = secrets.token_urlsafe(96), "".join(secrets.choice(_LETTERS) for _ in range(9))
        with self._lock:
            self._codes[code] = _DeviceCode(user_code, client, scopes, self._clock() + DEVICE_CODE_LIFETIME)
        return code, user_code

    def pending(self) -> list[str]:
        """The user codes that wait for somebody, oldest first."""
        with self._lock:
            now = self._clock()
            return [one.user_code for one in self._codes.values() if one.decision == "pending" and now < one.expires]

    def decide(self, user_code: str, decision: Decision, person: Person | None = None) -> None:
        """Settles a pending code. Raises `LookupError` for one that is not pending."""
        with self._lock:
            for one in self._codes.values():
                if one.user_code == user_code.replace("-", "").upper() and one.decision == "pending":
                    one.decision, one.person = decision, person
                    return
        raise LookupError(f"No device waits with the code '{user_code}'.")

    def poll(self, code: str, client: Client, expected: Person) -> SignIn:
        """The sign-in, once there is one; `expected` approves where nobody was named. Raises `LoginRefused`."""
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.client.client_id != client.client_id or found.decision == "redeemed":
                raise LoginRefused(70018, "bad_verification_code", "Invalid verification code.")
            if found.decision == "expired" or self._clock() >= found.expires:
                raise LoginRefused(
                    70020,
                    "expired_token",
                    "The provided value for the parameter 'device_code' is not valid. This device code has expired.",
                )
            if found.decision == "declined":
                raise LoginRefused(65004, "authorization_declined", "The user declined the authorization request.")
            if found.decision == "pending" and not self._approves_itself(found):
                found.polls += 1
                raise LoginRefused(
                    70016,
                    "authorization_pending",
                    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
                )
            found.decision = "redeemed"
            return SignIn(found.person or expected, client, found.scopes)

    def _approves_itself(self, code: _DeviceCode) -> bool:
        return self.approved_after is not None and code.polls >= self.approved_after


@dataclass(slots=True)
class _RefreshToken:
    sign_in: SignIn
    number: int
    expires: float


class RefreshTokens:
    """Refresh tokens. Each use gives a new one and, as in Entra, leaves the old one good until it expires: 90 days."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, _RefreshToken] = {}
        self._good_from: dict[str, int] = {}
        """Of a person, the number of the first token that is good again."""

    def issue(self, sign_in: SignIn) -> str:
        """A new one."""
        token = f"1.{secrets.token_urlsafe(120)}"
        with self._lock:
            self._tokens[token] = _RefreshToken(sign_in, len(self._tokens), self._clock() + _REFRESH_LIFETIME)
        return token

    def revoke(self, person: Person) -> None:
        """Revokes all that this person has, as an administrator does who suspects theft."""
        with self._lock:
            self._good_from[person.id] = len(self._tokens)

    def redeem(self, token: str, client: Client) -> SignIn:
        """The sign-in that goes on. Raises `LoginRefused`."""
        with self._lock:
            found = self._tokens.get(token)
            if found is None:
                raise wrong_grant(9002313, "Invalid request. Request is malformed or invalid.")
            if found.sign_in.client.client_id != client.client_id:
                raise wrong_grant(70000, "Provided grant is invalid or malformed: it was issued to another client.")
            if found.number < self._good_from.get(found.sign_in.person.id, 0):
                raise wrong_grant(
                    50173,
                    "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
                    "bad_token",
                )
            if self._clock() >= found.expires:
                raise wrong_grant(700082, "The refresh token has expired due to inactivity.", "token_expired")
            return replace(found.sign_in, nonce=None)
