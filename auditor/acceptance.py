"""Findings that the config accepts: they stay visible, with the reason, and no longer count. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from auditor.run import Acceptance, TenantRun

ACCEPTED = "accepted"
EXPIRED = "expired"
NOTHING = "matches nothing"
NOT_LOOKED_AT = "not looked at"


class Rule(Protocol):
    """A table [[accept]] of the config."""

    @property
    def check(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def until(self) -> str:
        """The form YYYY-MM-DD, or ""."""
        ...


def accepting(
    tenants: Sequence[TenantRun], rules: Iterable[Rule], today: date, *, others: bool = False
) -> tuple[TenantRun, ...]:
    """The same tenants with what became of each rule. A rule holds on its last day, too. A rule that matches in one
    tenant is not held against the others. `others`: there are tenants that were not looked at, and a rule may be about
    one of them."""
    found: list[list[Acceptance]] = [[] for _ in tenants]
    for rule in rules:
        matches = [_matching(tenant, rule) for tenant in tenants]
        held = EXPIRED if rule.until and today > date.fromisoformat(rule.until) else ACCEPTED
        for tenant, match, acceptances in zip(tenants, matches, found, strict=True):
            if match:
                acceptances.append(_acceptance(rule, held, match))
            elif not any(matches):
                acceptances.append(_acceptance(rule, NOT_LOOKED_AT if others else _unmatched(tenant, rule), ()))
    return tuple(replace(tenant, acceptances=tuple(each)) for tenant, each in zip(tenants, found, strict=True))


def _acceptance(rule: Rule, state: str, fingerprints: tuple[str, ...]) -> Acceptance:
    return Acceptance(rule.check, rule.subject, rule.reason, rule.owner, rule.until, state, fingerprints)


def _matching(tenant: TenantRun, rule: Rule) -> tuple[str, ...]:
    wanted = rule.subject.casefold()
    return tuple(
        finding.fingerprint(tenant.id, result.id)
        for result in tenant.checks
        if result.id == rule.check
        for finding in result.findings
        if wanted in (finding.subject.id.casefold(), finding.subject.name.casefold())
    )


def _unmatched(tenant: TenantRun, rule: Rule) -> str:
    """A check that could not wholly look may have missed what the rule is about."""
    result = next((each for each in tenant.checks if each.id == rule.check), None)
    return NOT_LOOKED_AT if result is not None and not result.looked_wholly else NOTHING
