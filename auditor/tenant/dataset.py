"""The datasets a tenant is made of: what each is, what it takes to read it, and how reading it ended.

This table is the one place that knows which permission, licence or role brings which data: collecting, the
messages of checks that could not run, and the documentation all read it from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar, Union

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dataset:
    """`permissions`: Microsoft Graph permissions, any one of which suffices, the least first; empty: none is needed.
    `after`: datasets that must be read first, as they tell what to ask for."""

    name: str
    title: str
    permissions: tuple[str, ...] = ()
    licence: str = ""
    after: tuple[str, ...] = ()

    @property
    def remedy(self) -> str:
        """What would bring this dataset, as a sentence."""
        if not self.permissions:
            return ""
        least, *others = self.permissions
        also = f" (or {', '.join(others)})" if others else ""
        return f"Grant the application permission {least}{also} and consent to it."


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("organization", "organization", ("Organization.Read.All", "Directory.Read.All")),
        Dataset(
            "branding",
            "company branding",
            ("OrganizationalBranding.Read.All", "Organization.Read.All"),
            after=("organization",),
        ),
        Dataset("sign_in_page", "sign-in page settings", after=("organization",)),
        Dataset("policies", "Conditional Access policies", ("Policy.Read.All",)),
        Dataset(
            "directory_objects", "users and groups that policies name", ("Directory.Read.All",), after=("policies",)
        ),
        Dataset(
            "role_templates",
            "directory roles",
            ("RoleManagement.Read.Directory", "Directory.Read.All"),
            after=("policies",),
        ),
        Dataset(
            "service_principals",
            "applications that policies name",
            ("Application.Read.All", "Directory.Read.All"),
            after=("policies",),
        ),
        Dataset("sign_ins", "sign-in log", ("AuditLog.Read.All",), licence="Microsoft Entra ID P1"),
    )
}


def with_prerequisites(names: Iterable[str]) -> tuple[str, ...]:
    """These datasets and those that must be read before them, in the order to read them in."""
    wanted: set[str] = set()
    for name in names:
        wanted |= {name, *with_prerequisites(DATASETS[name].after)}
    return tuple(name for name in DATASETS if name in wanted)


@dataclass(frozen=True, slots=True)
class Collected(Generic[T]):
    """All of it was read."""

    value: T


@dataclass(frozen=True, slots=True)
class Partial(Generic[T]):
    """A part was read. Nothing may be concluded from what is absent in `value`; `reason` says what is missing."""

    value: T
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing was read. `reason`: why not. `remedy`: the permission, licence, role or setting that would bring it."""

    reason: str
    remedy: str = ""


Reading = Union[Collected[T], Partial[T], Missing]
