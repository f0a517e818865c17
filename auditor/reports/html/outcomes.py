"""Outcomes of interrupts in the order in which charts and tables show them: what may be a complaint comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.reports.html.markup import Content, Html, el, joined, number
from auditor.reports.html.tables import Column
from auditor.tenant.sign_in_log import Outcome

ORDER = (
    Outcome.FAILED.value,
    Outcome.ABANDONED.value,
    Outcome.NOT_KNOWN.value,
    Outcome.PENDING.value,
    Outcome.CONTINUED.value,
    Outcome.COMPLETED.value,
)

Counts = Iterable[tuple[str, int]]

COLUMNS = tuple(Column(each.capitalize(), "number") for each in ORDER)


def in_order(counts: Counts) -> Iterator[tuple[str, int]]:
    """Every outcome, zeros included."""
    found = dict(counts)
    return ((each, max(0, found.get(each, 0))) for each in ORDER)


def cells(counts: Counts) -> Iterator[Content]:
    """For `COLUMNS`."""
    return (number(count) for _, count in in_order(counts))


def total(counts: Counts) -> int:
    return sum(count for _, count in in_order(counts))


def slug(outcome: str) -> str:
    return outcome.replace(" ", "-")


def said(counts: Counts) -> str:
    """ "3 failed, 1 completed": zeros are left out."""
    return ", ".join(f"{count:,} {outcome}" for outcome, count in in_order(counts) if count) or "none"


def legend() -> Html:
    """Each outcome with its colour and pattern."""
    keys = (el("li", _key(outcome), outcome.capitalize()) for outcome in ORDER)
    return el("ul", *keys, class_="legend", aria_hidden="true")


def _key(outcome: str) -> Html:
    box = el("rect", x=1, y=1, width=12, height=12, class_=f"o-{slug(outcome)}")
    return el("svg", box, width=14, height=14, aria_hidden="true", focusable="false")


def patterns() -> Html:
    """What the fills of charts refer to, once a page. Patterns tell outcomes apart where colours do not."""
    hatch = _pattern("hatch", 6, el("path", d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5", class_="ink"))
    dots = _pattern("dots", 5, el("circle", cx="2.5", cy="2.5", r=1, class_="ink"))
    rows = _pattern("rows", 4, el("path", d="M0 1H4", class_="ink"))
    defs = el("defs", hatch, dots, rows)
    return el("svg", defs, class_="patterns", width=0, height=0, aria_hidden="true", focusable="false")


def _pattern(name: str, size: int, *shapes: Html) -> Html:
    ground = el("rect", width=size, height=size, class_="ground")
    return el(
        "pattern",
        joined(ground, *shapes),
        id=f"pattern-{name}",
        class_=name,
        patternUnits="userSpaceOnUse",
        width=size,
        height=size,
    )
