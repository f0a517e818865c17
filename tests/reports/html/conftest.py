"""Runs to make pages of: a simulated tenant with all that may be said of it, and the same with hostile text in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timezone
from enum import Enum
from itertools import cycle
from typing import Any

import pytest

from auditor.audit import facts
from auditor.check import Status
from auditor.compare import compare
from auditor.finding import Severity
from auditor.local_tenant.simulation import Simulation
from auditor.run import Acceptance, Run, TenantRun, Unreached
from auditor.testing import END, parts_of, tenant
from auditor_checks import ALL

HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "javascript:document.title='owned'",
    '"><img src=x onerror="document.title=\'owned\'">',
    "' autofocus onfocus='document.title=1",
    "</style><script>document.title = 'owned'</script>",
    "</title><svg onload=document.title=1>",
    '=HYPERLINK("https://evil.example","a bill")',
    "\x1b]0;owned\x07\x1b[31mred",
    "right\u202eleft\u2066",
    "a|b`c`",
    "nul\x00",
    "lone \ud800",
    "&lt;b&gt;",
    "\u05d0\u05d1\u05d2 (1)",
    "x" * 10_000,
)

# Fields whose words are of a closed list, so that the page takes the same ways as without hostile text.
_CLOSED = frozenset({"check", "id", "state", "verdict", "mode", "outcome", "outcomes", "confidence", "fingerprint"})


@pytest.fixture(scope="session")
def audited() -> TenantRun:
    """A simulated tenant, a week of its log, wholly read."""
    end = datetime.fromisoformat(f"{END[:19]}+00:00").astimezone(timezone.utc)
    simulation = Simulation(seed=1, users=80, days=7, end=end)
    with tenant(**parts_of(simulation, "beta"), portal="https://portal.azure.com") as made:
        return facts(made, ALL, {"kind": "Microsoft Graph", "cloud": "global", "api": "beta"})


@pytest.fixture(scope="session")
def eventful(audited: TenantRun) -> TenantRun:
    """The same tenant after a change: a finding came, one got worse, one is accepted, a dataset is missing now, and a
    check was not run."""
    always = next(each for each in audited.checks if each.id == "persistent-browser-always")
    gaps = next(each for each in audited.checks if each.id == "persistent-browser-gaps")
    accepted = gaps.findings[0]
    older = dataclasses.replace(
        audited,
        checks=tuple(
            dataclasses.replace(each, findings=tuple(_less(finding) for finding in each.findings))
            if each is always
            else dataclasses.replace(each, findings=each.findings[:-1])
            if each is gaps
            else each
            for each in audited.checks
        ),
        stay_signed_in=dataclasses.replace(audited.stay_signed_in, verdict="hidden"),
        policies=dataclasses.replace(audited.policies, policies=audited.policies.policies[1:]),
    )
    newer = dataclasses.replace(
        audited,
        datasets=tuple(
            dataclasses.replace(each, state="missing", rows=None, reason="Graph answered 403.", remedy="Grant it.")
            if each.name == "named_locations"
            else each
            for each in audited.datasets
        ),
        checks=tuple(
            dataclasses.replace(each, status=Status.NOT_RUN, findings=(), reason="Not read.", remedy="Read it.")
            if each.id == "persistent-browser-inert"
            else each
            for each in audited.checks
        ),
        acceptances=(
            Acceptance(
                gaps.id,
                accepted.subject.name,
                "Another control keeps them apart.",
                "Security team",
                "2027-01-31",
                "accepted",
                (accepted.fingerprint(audited.id, gaps.id),),
            ),
            Acceptance("prompt-moot", "Trial", "Until the pilot ends.", "Ada", "2026-10-31", "expired"),
            Acceptance("prompt-moot", "Nobody", "Forgotten.", "Bob", "", "matches nothing"),
            Acceptance("persistent-browser-inert", "Somebody", "It is meant.", "Eve", "", "not looked at"),
        ),
    )
    return dataclasses.replace(newer, since=compare(older, newer, "2026-11-01T00:10:00Z"))


def _less(finding: Any) -> Any:
    return dataclasses.replace(finding, severity=Severity.LOW)


@pytest.fixture
def report_on() -> Callable[..., Run]:
    """`report_on(tenant, ...)`: the run of those tenants, `unreached=` of others besides."""

    def make(*tenants: TenantRun, unreached: tuple[Unreached, ...] = ()) -> Run:
        return Run("2026-11-08T00:10:00Z", "1.2.3", (("auditor", "1.2.3"),), tenants, unreached)

    return make


@pytest.fixture
def hostile() -> Callable[[Any], Any]:
    """`hostile(run)`: the same with hostile text wherever text of a tenant or a file may stand."""

    def spoiled(run: Any) -> Any:
        texts = cycle(HOSTILE)

        def spoil(value: Any, field: str) -> Any:
            if field in _CLOSED or isinstance(value, Enum):
                return value
            if isinstance(value, tuple):
                return tuple(spoil(each, field) for each in value)
            if dataclasses.is_dataclass(value) and not isinstance(value, type):
                fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
                return dataclasses.replace(value, **{name: spoil(each, name) for name, each in fields.items()})
            return next(texts) if isinstance(value, str) else value

        return spoil(run, "")

    return spoiled
