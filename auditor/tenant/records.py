"""The small records of a tenant: organization, named objects, what the sign-in page told, the admin's word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str
    initial_domain: str | None
    default_domain: str | None
    managed_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectoryObject:
    """`app_id` only for service principals: policies name applications by it, not by the object's id."""

    id: str
    kind: str
    name: str
    app_id: str | None = None


@dataclass(frozen=True, slots=True)
class PageBranding:
    """One branding row as the sign-in page sends it to anybody. `locale` 0 is the default row; None when the page did
    not say. `keep_me_signed_in_disabled` is None when the key was absent: then this row decides nothing. `read` is
    the instant of reading, `route` the page's endpoint, `asked_for` the domain."""

    asked_for: str
    route: str
    read: str
    locale: int | None
    keep_me_signed_in_disabled: bool | None


@dataclass(frozen=True, slots=True)
class Attestation:
    """What an admin wrote into the config: the setting as seen in the portal. `on`: an ISO date."""

    setting: str
    by: str
    on: str
