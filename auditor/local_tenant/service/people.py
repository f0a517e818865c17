"""The people of the tenant who sign in: who they are, and which directory roles they hold.

Nobody types a password here. Whoever is expected signs in at once: an administrator who may read everything, until a
test says otherwise or the client names somebody (`login_hint`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.local_tenant.simulation import Simulation

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
_ORDINARY_MEMBER = "b79fbf4d-3ef9-4689-8143-76b194e85509"  # in every member's token
_ADMINISTRATORS = (GLOBAL_READER, GLOBAL_ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account in the tenant. `roles` are the template ids of directory roles held tenant-wide, also
    through a group."""

    id: str
    user_principal_name: str
    name: str
    roles: frozenset[str]


class People:
    """The accounts that may sign in, and who will do so next. Threads may ask and set at once."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._lock = threading.Lock()
        self.administrator = self._administrator()
        self.ordinary = self._ordinary()
        self._expected = self.administrator

    @property
    def expected(self) -> Person:
        """Who signs in next."""
        with self._lock:
            return self._expected

    def expect(self, user: str) -> None:
        """From now on this one signs in (id or user principal name). Raises `LookupError` if there is no such user."""
        found = self.find(user)
        if found is None:
            raise LookupError(f"The tenant has no enabled user '{user}'.")
        with self._lock:
            self._expected = found

    def find(self, user: str) -> Person | None:
        """The enabled user of that id or user principal name."""
        wanted = user.lower()
        row = self._simulation.user(wanted)
        if row is None and "@" in wanted:
            rows = self._simulation.users()
            row = next((one for one in rows if one["userPrincipalName"].lower() == wanted), None)
        return self._person(row) if row and row["accountEnabled"] else None

    def _administrator(self) -> Person:
        """One who may read everything, with no more rights than that if there is such a one."""
        assigned = self._simulation.role_assignments()
        holders = (
            self.find(one["principalId"])
            for role in _ADMINISTRATORS
            for one in assigned
            if one["roleDefinitionId"] == role and one["directoryScopeId"] == "/"
        )
        return next(found for found in holders if found)

    def _ordinary(self) -> Person:
        """A member without any role."""
        return self._person(
            next(
                row
                for row in self._simulation.users()
                if row["accountEnabled"] and row["userType"] == "Member" and not self._simulation.roles_held(row["id"])
            )
        )

    def _person(self, row: dict[str, Any]) -> Person:
        own = {_ORDINARY_MEMBER} if row["userType"] == "Member" else set()
        return Person(
            row["id"],
            row["userPrincipalName"],
            row["displayName"],
            self._simulation.roles_held(row["id"]) | own,
        )
