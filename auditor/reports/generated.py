"""The Markdown that the generated pages in `docs/` are made of. Its text is ours: nothing of a tenant gets there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

WIDTH = 120


def table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Its lines; cells are Markdown, in which a pipe is a pipe."""
    yield _row(heading)
    yield "|" + "---|" * len(heading)
    yield from map(_row, rows)


def paragraph(text: str) -> str:
    """Its lines, and an empty one."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
