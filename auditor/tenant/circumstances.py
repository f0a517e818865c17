"""A sign-in as conditions see it: who asks for what, and how. Named tuples, for a million of them are compared.

None and "" mean *not known*, never "none": what a row leaves out decides nothing.
"""

from __future__ import annotations

from typing import NamedTuple

MEMBER = "member"
"""The kind of a person who is no guest; the other kinds are Graph's guestOrExternalUserTypes."""

COLLABORATION = frozenset({"b2bCollaborationGuest", "b2bCollaborationMember"})
DIRECT_CONNECT = "b2bDirectConnectUser"
"""The kind of a person of another tenant who has no account in this one, and meets it in shared channels."""

EXTERNAL = COLLABORATION | {DIRECT_CONNECT, "otherExternalUser", "serviceProvider"}
"""Kinds of people whose home is another tenant."""

INTERNAL_GUEST = "internalGuest"
"""A guest whose account is of this tenant."""

ANY_KIND = EXTERNAL | {MEMBER, INTERNAL_GUEST}

SOMEBODY = "Somebody-or-other"
"""In the place of an id of a person or a tenant that no policy knows anything of. No policy can name it: what has a
hyphen is an id, and read in lower case."""


class Person(NamedTuple):
    """`kinds`: those that this person may be of; one where it is known. `home`: id of the tenant they belong to."""

    user_id: str
    kinds: frozenset[str] = ANY_KIND
    home: str = ""


class Target(NamedTuple):
    """`resource`: appId of what a token is asked for. `app`: appId of the client that asks. `audiences`: appIds of
    everything that policies were asked about, where the log says so. `contexts`: authentication contexts asked for.
    `public`: whether the client is a public one, which is never a target itself; None: not known. `owner`: id of the
    tenant that owns the resource."""

    resource: str
    app: str = ""
    audiences: frozenset[str] | None = None
    contexts: frozenset[str] | None = None
    public: bool | None = None
    owner: str = ""


class Device(NamedTuple):
    """`registered`: known to the directory at all; if not, it has no properties. `trust`: "AzureAD", "ServerAD",
    "Workplace". `name`: its display name."""

    registered: bool | None = None
    trust: str | None = None
    compliant: bool | None = None
    id: str | None = None
    name: str | None = None


class Way(NamedTuple):
    """`client` and `platform` in a policy's words. `country`: two letters. `trusted_network`: whether the log calls the
    network trusted. `risk`: of the sign-in. `flow`: the transfer method ("deviceCodeFlow", ...), "none" for none."""

    client: str = ""
    platform: str = ""
    device: Device = Device()
    address: str = ""
    country: str | None = None
    trusted_network: bool | None = None
    risk: str = ""
    flow: str = ""


class Circumstances(NamedTuple):
    person: Person
    target: Target
    way: Way
