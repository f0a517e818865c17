"""The examination of a setup, for people and for machines. It reads `auditor.examination` and nothing else of ours."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from auditor.examination import Examination
from auditor.reports.page import Page

SCHEMA = "auditor/doctor/v1"


def as_json(examinations: Sequence[Examination]) -> str:
    """JSON text, ASCII only; the shape is that of the records in `auditor.examination`."""
    tenants = [{**dataclasses.asdict(each), "well": each.well} for each in examinations]
    return json.dumps({"schema": SCHEMA, "tenants": tenants}, indent=2) + "\n"


def as_table(examinations: Sequence[Examination], *, width: int = 80, colour: bool = False) -> str:
    """Text of lines no longer than `width`."""
    page = Page(width, colour)
    for number, examined in enumerate(examinations):
        if number:
            page.line("")
        _examination(page, examined)
    return page.text()


def _examination(page: Page, examined: Examination) -> None:
    page.title(f"Tenant {examined.tenant}")
    who = examined.signed_in
    if who is None:
        page.prose(f"Not signed in. {examined.fault}", "  ", "  ")
        page.prose(examined.remedy, "  ", "  ")
        return
    name = f"{who.name} ({who.id})" if who.name else who.id
    page.prose(f"Signed in by {examined.credential}, as the {who.kind} {name} in tenant {who.tenant}.", "  ", "  ")
    page.prose(f"The token may: {', '.join(who.permissions) or 'nothing that it says'}.", "  ", "  ")
    page.heading("What can be read")
    page.table(
        ("Dataset", "Readable", "What is missing"),
        [
            [each.title, "yes" if each.readable else "no", f"{each.reason} {each.remedy}".strip() or "-"]
            for each in examined.datasets
        ],
        [28, None, page.width - 28 - 14],
    )
    page.heading("Which checks can run")
    page.table(
        ("Check", "Verdict", "What would bring the rest"),
        [[each.id, each.verdict, " ".join(each.remedies) or ", ".join(each.lacks) or "-"] for each in examined.checks],
        [24, 14, page.width - 24 - 14 - 6],
    )
