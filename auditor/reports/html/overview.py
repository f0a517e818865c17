"""Several tenants: an overview first, with those that could not be looked at."""

from __future__ import annotations

from collections import Counter

from auditor.finding import Severity
from auditor.reports.html.answers import interrupt_counts, setting_verdict
from auditor.reports.html.markup import Content, Html, el, name, number, sentences, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, table
from auditor.reports.html.unseen import unseen
from auditor.reports.sentences import many
from auditor.run import Run, TenantRun, Unreached

_SEVERE = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def overview(run: Run, prefixes: list[str]) -> Html:
    """`prefixes`: of each tenant's ids."""
    columns = (
        Column("Tenant", "name"),
        Column("Not or not wholly looked at", "number"),
        *(Column(each.value.capitalize(), "number") for each in _SEVERE),
        Column("Prompt to stay signed in"),
        Column("Interrupts failed or abandoned", "number"),
        Column("Policies", "number"),
    )
    rows = [_row(tenant, prefix) for tenant, prefix in zip(run.tenants, prefixes, strict=True)]
    place = Place("", 2)
    found = (
        [table("Findings and answers by tenant", columns, rows, size=40_000, what="tenant", wide=True)] if rows else []
    )
    said = many(len(run.tenants), "tenant was", "tenants were") + " looked at"
    if run.unreached:
        said += f", and {many(len(run.unreached), 'could', 'could')} not be"
    return place.part("overview", "Overview", el("p", f"{said}.", class_="lead"), *found, unreached(run.unreached))


def _row(tenant: TenantRun, prefix: str) -> tuple[Content, ...]:
    severities = Counter(finding.severity for _, finding in tenant.open_findings())
    called = el("a", name(tenant.name or tenant.domain, tenant.id), href=f"#{prefix}top")
    counts = interrupt_counts(tenant)
    total = sum(counts.values())
    left = len(unseen(tenant))
    interrupts: Content = "not known"
    if tenant.interrupts.known:
        interrupts = f"{counts['failed'] + counts['abandoned']:,} of {total:,}"
    policies = f"{len(tenant.policies.policies):,} of {tenant.policies.of:,}" if tenant.policies.known else "not known"
    return (
        called,
        el("b", f"{left:,}") if left else number(0),
        *(number(severities[each]) for each in _SEVERE),
        setting_verdict(tenant),
        interrupts,
        policies,
    )


def unreached(tenants: tuple[Unreached, ...]) -> Html | None:
    if not tenants:
        return None
    columns = (Column("Tenant", "name"), Column("What happened"), Column("What to do"))
    rows = [(name(each.tenant), shown(each.what, 600), shown(each.remedy, 600)) for each in tenants]
    caption = sentences("Tenants that could not be looked at: nothing in this report is about them")
    return table(caption, columns, rows, size=20_000, what="tenant", kind="stack")
