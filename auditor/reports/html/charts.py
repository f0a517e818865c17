"""Charts as inline SVG: sideways in percent, so that they fit any width, and downwards in pixels, so that text stays
legible. Whoever shows one puts its table after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.reports.html.markup import Html, el, joined, shown
from auditor.reports.html.outcomes import Counts, in_order, legend, said, slug, total
from auditor.reports.sentences import many

_HEIGHT = 180
_TOP = 10
_BOTTOM = 24
_ROW = 38
_BAR = 12
_MOST_LABELS = 6


def columns(title: str, about: str, bars: Sequence[tuple[str, str, Counts]]) -> Html:
    """Stacked columns, from left to right. Each bar: its label below the axis ("" for none), its whole name, and its
    counts. `about` says in words what is to be seen."""
    highest = max((total(counts) for _, _, counts in bars), default=0)
    step, top = _scale(highest)
    scale = _HEIGHT / top
    marks = (_mark(value, _TOP + _HEIGHT - value * scale) for value in range(0, top + 1, step))
    width = 100 / max(1, len(bars))
    stacks = (_column(number * width, width, bar, scale) for number, bar in enumerate(bars))
    labels = _labels([label for label, _, _ in bars], width)
    svg = _svg(title, about, _TOP + _HEIGHT + _BOTTOM, joined(*marks, *stacks, *labels), "columns")
    return el("figure", el("figcaption", title), legend(), svg)


def _scale(highest: int) -> tuple[int, int]:
    """The distance of the lines across, a round number, and the highest one: as low as the highest bar allows."""
    step = 1
    while step * 4 < highest:
        digit = int(str(step)[0])
        step = step * 2 if digit in (1, 5) else step // 2 * 5
    return step, max(1, -(-highest // step)) * step


def _mark(value: int, y: float) -> Html:
    line = el("line", x1="0", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="axis" if value == 0 else "grid")
    return joined(line, el("text", f"{value:,}", x=-8, y=f"{y + 4:.1f}", text_anchor="end"))


def _column(x: float, width: float, bar: tuple[str, str, Counts], scale: float) -> Html:
    _, name, counts = bar
    y = float(_TOP + _HEIGHT)
    parts = [el("title", f"{name}: {said(counts)}")]
    for outcome, count in in_order(counts):
        if count:
            height = count * scale
            y -= height
            parts.append(_rect(f"{x + width * 0.09:.3f}%", y, f"{width * 0.82:.3f}%", height, outcome))
    return el("g", *parts) if len(parts) > 1 else joined()


def _rect(x: str, y: float, width: str, height: float, outcome: str) -> Html:
    return el("rect", x=x, y=f"{y:.1f}", width=width, height=f"{height:.1f}", class_=f"o-{slug(outcome)}")


def _labels(labels: Sequence[str], width: float) -> Iterator[Html]:
    """Not more than there is room for; one that would run over the edge is left out."""
    named = [(number, label) for number, label in enumerate(labels) if label]
    every = -(-len(named) // _MOST_LABELS) or 1
    for number, label in named[::every]:
        x = number * width
        tick = el("line", x1=f"{x:.2f}%", x2=f"{x:.2f}%", y1=_TOP + _HEIGHT, y2=_TOP + _HEIGHT + 6, class_="axis")
        yield tick
        if x <= 90:
            yield el("text", label, x=f"{x:.2f}%", y=_TOP + _HEIGHT + 19)


def bars(title: str, about: str, rows: Sequence[tuple[str, Counts]]) -> Html:
    """Stacked bars, one below the other, each under its name."""
    most = max((total(counts) for _, counts in rows), default=0) or 1
    drawn = joined(*(_bar(number * _ROW, label, counts, most) for number, (label, counts) in enumerate(rows)))
    return el("figure", el("figcaption", title), legend(), _svg(title, about, len(rows) * _ROW, drawn, "bars"))


def _bar(y: int, label: str, counts: Counts, most: int) -> Html:
    counts = list(counts)
    drawn: list[Html] = [
        el("title", f"{label}: {said(counts)}"),
        el("text", shown(label, 44), x=0, y=y + 13),
        el("text", f"{total(counts):,}", x="100%", y=y + 13, text_anchor="end", class_="value"),
    ]
    x = 0.0
    for outcome, count in in_order(counts):
        if count:
            width = 100 * count / most
            drawn.append(_rect(f"{x:.2f}%", y + 19, f"{width:.2f}%", _BAR, outcome))
            x += width
    return el("g", *drawn)


def _svg(title: str, about: str, height: int, content: Html, kind: str) -> Html:
    return el(
        "svg",
        content,
        class_=f"chart {kind}",
        height=height,
        role="img",
        aria_label=f"{title}. {about}",
        focusable="false",
    )


def most_of(rows: Iterable[tuple[str, Counts]]) -> str:
    """Which one stands out, for people who do not see the chart."""
    ordered = sorted(((total(counts), label) for label, counts in rows), key=lambda each: -each[0])
    if not ordered:
        return "Nothing is in it."
    count, label = ordered[0]
    return f"The most are in {label}: {many(count, 'interrupt')}. The table that follows has all numbers."
