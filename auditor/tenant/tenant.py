"""A tenant as it was read: each dataset collected, partly collected or missing, and never a silent default.

The properties below unwrap a dataset or raise `NotCollected`: a check that touches what is missing ends *not run*,
whatever it would have said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.errors import NotCollected
from auditor.tenant.dataset import DATASETS, Missing, Partial, Reading
from auditor.tenant.policy import Policy
from auditor.tenant.records import Attestation, DirectoryObject, Organization, PageBranding
from auditor.tenant.sign_in_log import SignInLog


@dataclass(frozen=True, slots=True)
class Tenant:
    """`id`, `name`, `domain`: as far as known, else "". `window`: start and end of the log asked for, in ticks."""

    id: str
    name: str
    domain: str
    window: tuple[int, int]
    readings: Mapping[str, Reading[Any]]
    attestation: Attestation | None = None

    def reading(self, dataset: str) -> Reading[Any]:
        """How reading `dataset` ended. Asking for one that the check did not declare is a fault of the check."""
        if dataset not in DATASETS:
            raise KeyError(dataset)
        try:
            return self.readings[dataset]
        except KeyError:
            raise LookupError(f"the check reads {dataset!r} without declaring it in needs or wants") from None

    def seen_by(self, datasets: Iterable[str]) -> Tenant:
        """The same tenant with nothing but these datasets, as a check that declared them sees it."""
        wanted = set(datasets)
        return replace(self, readings={name: value for name, value in self.readings.items() if name in wanted})

    def demand(self, dataset: str) -> Any:
        """The value of a dataset, whole or in part. NotCollected when it is missing."""
        reading = self.reading(dataset)
        if isinstance(reading, Missing):
            raise NotCollected(dataset, reading.reason, reading.remedy)
        return reading.value

    @property
    def organization(self) -> Organization:
        value: Organization = self.demand("organization")
        return value

    @property
    def policies(self) -> tuple[Policy, ...]:
        value: tuple[Policy, ...] = self.demand("policies")
        return value

    @property
    def sign_in_page(self) -> tuple[PageBranding, ...]:
        value: tuple[PageBranding, ...] = self.demand("sign_in_page")
        return value

    @property
    def branding_configured(self) -> bool:
        """Whether company branding is configured at all. It says nothing about the stay-signed-in setting."""
        return bool(self.demand("branding"))

    @property
    def sign_ins(self) -> SignInLog:
        value: SignInLog = self.demand("sign_ins")
        return value

    def name_of(self, identity: str, dataset: str) -> str | None:
        """The display name of an object that a policy names, or None where it was not read or no longer exists.

        `dataset`: directory_objects (users, groups), role_templates, or service_principals (looked up by appId).
        """
        reading = self.reading(dataset)
        if isinstance(reading, Missing):
            return None
        objects: Mapping[str, DirectoryObject] = reading.value
        found = objects.get(identity)
        return found.name if found else None

    def partly_read(self, datasets: Iterable[str]) -> tuple[tuple[str, Partial[Any]], ...]:
        """Those of `datasets` of which only a part was read."""
        readings = ((name, self.readings.get(name)) for name in datasets)
        return tuple((name, reading) for name, reading in readings if isinstance(reading, Partial))
