"""Tables and lists that cannot grow without end: what does not fit is left out, and that is said.

Each has so many bytes for its rows; together they keep a report on one tenant below 300 kB, whatever its log holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from auditor.reports.html.markup import Content, Html, el, joined
from auditor.reports.sentences import many

BYTES = 12_000

T = TypeVar("T")


class Column(NamedTuple):
    """`kind`: "" for text, "number", "name" (a row's heading, the first column), "narrow" (short words),
    or "chip" (a label that needs no title)."""

    title: str
    kind: str = ""


class Cut(NamedTuple):
    """`kept`: markup of those that fit. `left`: how many do not."""

    kept: Html
    left: int


def cut(items: Sequence[T], draw: Callable[[T], Html], size: int = BYTES) -> Cut:
    """The first ones, at least one, whose markup fits into `size` bytes. The others are not drawn."""
    kept: list[Html] = []
    used = 0
    for item in items:
        drawn = draw(item)
        used += len(drawn.encode("utf-8", "replace"))
        if kept and used > size:
            break
        kept.append(drawn)
    return Cut(joined(*kept), len(items) - len(kept))


def rest(left: int, what: str = "row") -> Html | None:
    """Where the others are."""
    if not left:
        return None
    return el("p", f"{many(left, f'more {what}')}: in the JSON report of this run.", class_="rest")


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Content]],
    *,
    size: int = BYTES,
    what: str = "row",
    wide: bool = False,
    quiet: bool = False,
    kind: str = "",
    more: int = 0,
) -> Html:
    """A cell is markup, or text that is escaped. `what`: one of the rows, for saying how many are left out; `more` were
    left out before. `wide`: may
    be scrolled sideways on a narrow screen. `quiet`: the caption repeats the heading, and only screen readers tell it.
    `kind`: classes; "stack" puts cells below each other on a narrow screen."""
    labelled = "stack" in kind and len(columns) > 2
    kept, left = cut(list(rows), lambda row: _row(columns, row, labelled), size)
    heads = el("tr", *(el("th", each.title, scope="col", class_=each.kind or None) for each in columns))
    whole = el(
        "table",
        el("caption", caption, class_="quiet" if quiet else None),
        el("thead", heads),
        el("tbody", kept),
        class_=kind or None,
    )
    if wide:
        whole = el("div", whole, class_="scroll", role="group", aria_label=caption, tabindex=0)
    return joined(whole, rest(left + more, what))


def _row(columns: Sequence[Column], cells: Sequence[Content], labelled: bool) -> Html:
    return el("tr", *(_cell(column, cell, labelled) for column, cell in zip(columns, cells, strict=True)))


def _cell(column: Column, content: Content, labelled: bool) -> Html:
    if column.kind == "name":
        return el("th", content, scope="row", class_=column.kind)
    title = column.title if labelled and content and column.kind != "chip" else None
    return el("td", content, class_=column.kind or None, data_label=title)


def listed(items: Iterable[Content], *, size: int = BYTES, what: str = "entry", kind: str = "") -> Html:
    kept, left = cut(list(items), lambda item: el("li", item), size)
    return joined(el("ul", kept, class_=kind or None), rest(left, what)) if kept else kept


def details(summary: Content, *children: Content, kind: str = "") -> Html:
    """Closed on a screen, and open on paper."""
    return el("details", el("summary", summary), *children, class_=kind or None)
