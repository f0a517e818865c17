"""What a caller may read: an application what it was granted, a person what both the application and they may.

A person's directory roles bound what an application can do for them. Most of the directory is open to every member;
reports want a role, and policies are as good as not permitted to those without one.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.local_tenant.service.graph.endpoint import Endpoint, GraphRefused, permissions
from auditor.local_tenant.service.people import GLOBAL_ADMINISTRATOR, GLOBAL_READER
from auditor.local_tenant.service.tokens import Claims

_SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d"
_SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
_CONDITIONAL_ACCESS_ADMINISTRATOR = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"
_SECURITY_OPERATOR = "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f"
_REPORTS_READER = "4a5d8f65-41da-4de4-8968-e035b65339cf"

_READERS = frozenset({GLOBAL_ADMINISTRATOR, GLOBAL_READER, _SECURITY_ADMINISTRATOR, _SECURITY_READER})
REPORT_READERS = _READERS | {_REPORTS_READER, _SECURITY_OPERATOR}
"""The roles to which sign-in logs and their like are open."""
_POLICY_READERS = _READERS | {_CONDITIONAL_ACCESS_ADMINISTRATOR}
_FOR_POLICY_READERS = permissions(
    "Policy.Read.All Policy.Read.ConditionalAccess Policy.ReadWrite.ConditionalAccess Policy.Read.AuthenticationMethod "
    "Policy.ReadWrite.AuthenticationMethod Policy.Read.ApplicationConfiguration "
    "Policy.ReadWrite.ApplicationConfiguration"
)


@dataclass(frozen=True, slots=True)
class Access:
    """What one token opens. `roles` is None for an application that asks for itself."""

    permissions: frozenset[str]
    roles: frozenset[str] | None

    def check(self, endpoint: Endpoint) -> None:
        """Raises `GraphRefused` (403) when the endpoint is not open to it."""
        if not endpoint.permissions & self.permissions:
            raise endpoint.denial.refused(endpoint.permissions)
        if self.roles is not None and endpoint.roles and not endpoint.roles & self.roles:
            raise GraphRefused(403, "Authentication_RequestFromUnsupportedUserRole", "User is not in the allowed roles")


def access_of(claims: Claims) -> Access:
    """The access that a verified token gives."""
    if "scp" not in claims:
        return Access(frozenset(claims.get("roles", ())), None)
    scopes, roles = permissions(claims["scp"]), frozenset(claims.get("wids", ()))
    return Access(scopes if roles & _POLICY_READERS else scopes - _FOR_POLICY_READERS, roles)
