"""How the login service says no: Entra's codes, with sentences of our own."""

from __future__ import annotations


class LoginRefused(Exception):
    """An error answer of the login service. `suberror` says more to clients, where Entra gives one."""

    def __init__(self, code: int, error: str, message: str, status: int = 400, suberror: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.error = error
        self.message = message
        self.status = status
        self.suberror = suberror


def wrong_client(code: int, message: str) -> LoginRefused:
    """401: the application did not prove who it is."""
    return LoginRefused(code, "invalid_client", message, status=401)


def wrong_grant(code: int, message: str, suberror: str = "") -> LoginRefused:
    """400: what was to be exchanged for a token is not, or no longer, worth one."""
    return LoginRefused(code, "invalid_grant", message, suberror=suberror)


def wrong_request(code: int, message: str) -> LoginRefused:
    """400: the request cannot be understood."""
    return LoginRefused(code, "invalid_request", message)
