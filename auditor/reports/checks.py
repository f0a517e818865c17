"""The installed checks, and one check's page, for a terminal. Checks of other packages may lack documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.check import Check
from auditor.reports.checks_page import data, documented, severities
from auditor.reports.page import Page

_LONGEST_ID = 31
_NEEDS = 14
_PERMISSION = 38  # the longest name of one
_FATE = 15


def as_table(origins: Iterable[tuple[str, Sequence[Check]]], *, width: int = 80, colour: bool = False) -> str:
    """The checks under where they come from ("auditor 0.1.0"), in lines no longer than `width`."""
    page = Page(width, colour)
    for number, (origin, checks) in enumerate(origins):
        if number:
            page.line("")
        page.title(f"From {origin}")
        page.table(
            ("Check", "Finds", "Needs"),
            [[each.id, each.title, ", ".join(each.needs) or "-"] for each in checks],
            [_LONGEST_ID, page.width - _LONGEST_ID - _NEEDS - 4, _NEEDS],
        )
        for fault in (each.fault for each in checks if each.fault):
            page.prose(fault)
    page.line("")
    page.prose("`auditor checks ID` shows a check's page. `auditor doctor` tells which can run on your tenant.")
    return page.text()


def as_page(check: Check, origin: str, *, width: int = 80, colour: bool = False) -> str:
    """All that is known of one check."""
    page = Page(width, colour)
    told = documented(check)
    page.title(check.id)
    page.prose(told.summary or check.title)
    for paragraph in told.other:
        page.line("")
        page.prose(paragraph)
    for heading, paragraphs in told.sections:
        page.heading(heading)
        for number, paragraph in enumerate(paragraphs):
            if number:
                page.line("")
            page.prose(paragraph if number else paragraph[:1].upper() + paragraph[1:], "  ")
    if told.lacks:
        page.line("")
        page.prose(f"Its package documents nothing under: {', '.join(told.lacks)}.")
    page.heading("Data that it reads")
    if rows := data(check):
        widths: list[int | None] = [page.width - _PERMISSION - _FATE - 4, _PERMISSION, _FATE]
        page.table(("Data", "Permission", "Without it"), [list(each) for each in rows], widths)
    else:
        page.prose("None.", "  ")
    page.line("")
    page.prose(f"Severity of its findings: {severities(check)}. It comes from {origin}.")
    return page.text()
