"""What an endpoint of the local Graph is: a path, the permissions of which one is wanted, and a function that answers.

Also how Graph says no. `Denial` holds the ways of its parts to say that a permission is missing, each with Microsoft's
code; `GraphRefused` is any error answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.local_tenant.service.paging import Pages
from auditor.local_tenant.service.preview import USUAL, Preview
from auditor.local_tenant.service.throttle import Limit

if TYPE_CHECKING:
    from auditor.local_tenant.simulation import Simulation

INCLUDE_UNKNOWN = "include-unknown-enum-members"


class GraphRefused(Exception):
    """An error answer of Graph."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str, code: str = "BadRequest") -> GraphRefused:
    """400, for a question that Graph does not understand or does not take."""
    return GraphRefused(400, code, message)


def not_found(what: str) -> GraphRefused:
    """404, for an object that is not there."""
    return GraphRefused(
        404,
        "Request_ResourceNotFound",
        f"Resource '{what}' does not exist or one of its queried reference-property objects are not present.",
    )


@dataclass(frozen=True, slots=True)
class Denial:
    """How one part of Graph says that none of the permissions it wants is in the token (403)."""

    code: str
    message: str

    def refused(self, wanted: frozenset[str]) -> GraphRefused:
        return GraphRefused(403, self.code, self.message.format(", ".join(sorted(wanted))))


REPORTS_DENIAL = Denial(
    "Authentication_MSGraphPermissionMissing",
    "The principal does not have required Microsoft Graph permission(s): {} to call this API.",
)
DIRECTORY_DENIAL = Denial("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
POLICY_DENIAL = Denial(
    "AccessDenied", "You cannot perform the requested operation, required scopes are missing in the token."
)
METHODS_DENIAL = Denial("accessDenied", "Request Authorization failed")
ELIGIBILITY_DENIAL = Denial("PermissionScopeNotGranted", "Authorization failed due to missing permission scope {}.")


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated, permitted question: everything that an endpoint needs to answer it."""

    simulation: Simulation
    pages: Pages
    host: str
    """Scheme and authority by which the caller reached Graph; links are made of it."""
    version: str
    path: str
    """Below the version, with one slash before each segment."""
    parameters: Mapping[str, str]
    """What stood in the path for the template's `{names}`."""
    options: Mapping[str, str]
    """The OData options of the query, names in lower case: `$filter`."""
    headers: Mapping[str, str]
    permissions: frozenset[str]
    body: bytes
    preview: Preview = USUAL

    @property
    def wants_unknown_members(self) -> bool:
        """Whether the caller asked to see the enum members that came after `unknownFutureValue`."""
        return INCLUDE_UNKNOWN in self.headers.get("prefer", "").lower()

    def context(self, of: str) -> str:
        """The `@odata.context` of an answer."""
        return f"{self.host}/{self.version}/$metadata#{of}"


Answer = Callable[[Call], "dict[str, Any] | str"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of Graph. `permissions`: any one of them lets a caller in. A text answer goes out as plain text."""

    path: str
    permissions: frozenset[str]
    denial: Denial
    answer: Answer
    method: str = "GET"
    limit: Limit | None = None
    roles: frozenset[str] = frozenset()
    """The directory roles of which a signed-in person must hold one; empty: any member may ask."""
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        object.__setattr__(self, "_pattern", re.compile(pattern, re.IGNORECASE))

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters in `path` if it is this endpoint's; Graph reads paths without regard to case."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None


def permissions(text: str) -> frozenset[str]:
    """The permissions named in `text`, separated by spaces."""
    return frozenset(text.split())
