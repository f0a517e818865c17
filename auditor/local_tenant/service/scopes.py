"""What a person's sign-in asks for: the `scope` of a request, read as Entra reads it.

A scope is a resource and a permission of it (`https://graph.microsoft.com/AuditLog.Read.All`; Graph's may stand alone),
or `.default` for all that the client was granted, or one of OpenID Connect's. One request is for one resource.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.local_tenant.service.clients import Client
from auditor.local_tenant.service.clouds import Place
from auditor.local_tenant.service.refusals import LoginRefused, wrong_grant

MANAGEMENT = "https://management.azure.com"
"""A resource that is known to every tenant, and of no use with Graph."""

_OPENID = frozenset({"openid", "profile", "email", "offline_access"})
_DEFAULT = ".default"
_PERMISSION = re.compile(r"[A-Za-z]\w*([.-]\w+)*")


@dataclass(frozen=True, slots=True)
class Scopes:
    """What may be granted: permissions of one resource, and what else comes with the token."""

    resource: str
    permissions: frozenset[str]
    default: bool
    """Whether `.default` was asked for, which an answer repeats."""
    openid: frozenset[str]
    missing: frozenset[str]
    """What was asked for and nobody consented to; with any, there is no token."""

    def check_consent(self, client: Client) -> None:
        """Raises `LoginRefused` where consent is missing."""
        if self.missing:
            raise wrong_grant(
                65001,
                f"The user or administrator has not consented to use the application with ID '{client.client_id}' "
                f"named '{client.display_name}'. Send an interactive authorization request for it.",
                "consent_required",
            )

    def text(self) -> str:
        """As the answer's `scope` says it."""
        names = sorted(self.permissions) + ([_DEFAULT] if self.default else [])
        return " ".join([*(f"{self.resource}/{name}" for name in names), *sorted(self.openid - {"offline_access"})])


def read(text: str, client: Client, place: Place) -> Scopes:
    """The scopes in `text`, and which of them `client` was not granted. Raises `LoginRefused` for what cannot be
    read."""
    asked = text.split()
    if not asked:
        raise LoginRefused(900144, "invalid_request", "The request body must contain the following parameter: 'scope'.")
    openid = frozenset(asked) & _OPENID
    split = [_split(one, place) for one in asked if one not in _OPENID]
    resources = {resource for resource, _ in split} or {place.graph_url}
    if len(resources) > 1:
        raise LoginRefused(
            28000, "invalid_request", "The scope is not valid because it contains more than one resource."
        )
    (resource,) = resources
    if resource not in (*place.audiences, MANAGEMENT):
        raise LoginRefused(
            500011, "invalid_resource", f"The resource principal named {resource} was not found in the tenant."
        )
    names = {name for _, name in split}
    if _DEFAULT in names and len(names) > 1:
        raise LoginRefused(70011, "invalid_scope", ".default scope can't be combined with resource-specific scopes.")
    for name in names - {_DEFAULT}:
        if not _PERMISSION.fullmatch(name):
            raise LoginRefused(70011, "invalid_scope", f"The scope '{name}' is not valid.")
    granted = client.permissions if client.public and resource in place.audiences else frozenset()
    return Scopes(
        resource,
        granted if _DEFAULT in names else frozenset(names),
        _DEFAULT in names,
        openid,
        frozenset(names - granted - {_DEFAULT}),
    )


def _split(scope: str, place: Place) -> tuple[str, str]:
    resource, slash, name = scope.rpartition("/")
    return (resource.rstrip("/"), name) if slash else (place.graph_url, name)
