"""The applications and managed identities that may sign in to the local tenant, with what each is permitted.

Secrets are made anew at each start and live in memory only. A client proves who it is with its secret, or with an
assertion under one of its certificates or federated credentials; a public one does not prove it, and people sign in
through it.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

READ_EVERYTHING = frozenset(
    {
        "Application.Read.All",
        "AuditLog.Read.All",
        "Directory.Read.All",
        "GroupMember.Read.All",
        "Organization.Read.All",
        "OrganizationalBranding.Read.All",
        "Policy.Read.All",
        "RoleManagement.Read.Directory",
        "User.Read.All",
    }
)
"""The application permissions under which every endpoint of the local Graph answers in full."""


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """Whose tokens prove that a client speaks: exactly this issuer's, about this subject, for this audience."""

    issuer: str
    subject: str
    audience: str


@dataclass(frozen=True, slots=True)
class Client:
    """An application or a managed identity: who it is, and the Graph permissions it was granted.

    They are application permissions, or for a public client (on people's own machines) delegated ones.
    """

    client_id: str
    display_name: str
    object_id: str
    permissions: frozenset[str]
    secret: str | None = field(default=None, repr=False)
    certificates: tuple[Certificate, ...] = ()
    federated: tuple[FederatedCredential, ...] = ()
    public: bool = False

    def has_secret(self, offered: str) -> bool:
        """Whether `offered` is this client's secret; a managed identity has none."""
        return self.secret is not None and hmac.compare_digest(self.secret.encode(), offered.encode())


class Clients:
    """The register of clients. Threads may register and look up at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Client] = {}

    def add(
        self,
        display_name: str,
        permissions: Iterable[str],
        *,
        secret: bool = False,
        certificates: Iterable[Certificate] = (),
        federated: Iterable[FederatedCredential] = (),
        public: bool = False,
    ) -> Client:
        """Registers one more client under a new id, with a new secret if it is to have one."""
        client = Client(
            client_id=str(uuid.uuid4()),
            display_name=display_name,
            object_id=str(uuid.uuid4()),
            permissions=frozenset(permissions),
            secret=secrets.token_urlsafe(30) if secret else None,
            certificates=tuple(certificates),
            federated=tuple(federated),
            public=public,
        )
        with self._lock:
            self._by_id[client.client_id] = client
        return client

    def find(self, client_id: str) -> Client | None:
        """The client of that id, which is compared without regard to case."""
        with self._lock:
            return self._by_id.get(client_id.lower())
