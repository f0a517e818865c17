"""What `auditor doctor` found out about a setup, as data: reports read this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom the program signed in as. `permissions`: what the token says it may do."""

    kind: str
    name: str
    id: str
    tenant: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetExamined:
    """`reason`, `remedy`: why it cannot be read, and what would bring it; "" when it can."""

    name: str
    title: str
    readable: bool
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CheckExamined:
    """`verdict`: "runs", "runs with less" (a wanted dataset is missing) or "cannot run". `lacks`: names of datasets."""

    id: str
    verdict: str
    lacks: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """One tenant of the config. `signed_in` is None when signing in failed, as `fault` and `remedy` say."""

    tenant: str
    credential: str
    signed_in: SignedIn | None
    fault: str = ""
    remedy: str = ""
    datasets: tuple[DatasetExamined, ...] = ()
    checks: tuple[CheckExamined, ...] = ()

    @property
    def well(self) -> bool:
        return self.signed_in is not None and all(dataset.readable for dataset in self.datasets)
