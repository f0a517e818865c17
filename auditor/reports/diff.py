"""What changed between two runs, for people and as JSON: the shape `auditor/diff/v1`, whose comparisons are those of
the run's schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from auditor.comparison import Comparison
from auditor.reports.changes import changes
from auditor.reports.json import comparison
from auditor.reports.page import Page
from auditor.reports.sentences import instant, name
from auditor.run import TenantRun

SCHEMA = "auditor/diff/v1"

Compared = Iterable[tuple[TenantRun, Comparison]]


def as_text(compared: Compared, width: int) -> str:
    """Lines no longer than `width`. Each tenant with its comparison."""
    page = Page(width, colour=False)
    for number, (tenant, since) in enumerate(compared):
        if number:
            page.line("")
        page.title(f"{name(tenant)}: since {instant(since.since)} UTC")
        for sentence in changes(since):
            page.prose(sentence, "    ", "  - ")
    return page.text()


def as_json(compared: Compared) -> str:
    """JSON text, ASCII only."""
    tenants = [{"id": tenant.id, "name": tenant.name, **comparison(since)} for tenant, since in compared]
    return json.dumps({"schema": SCHEMA, "tenants": tenants}, indent=2) + "\n"
