"""Lines for a terminal: wrapped to its width, coloured or not, and harmless whatever a tenant put into them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from tabulate import tabulate

from auditor.reports.plain import plain

NARROWEST = 80
WIDEST = 160
LONGEST_PARAGRAPH = 1500


class Page:
    """A page of so many columns: at least 80, at most 160 are used."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self._colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def paint(self, text: str, code: str) -> str:
        """The text in an ANSI colour, where colours are wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and code else text

    def line(self, text: str) -> None:
        """A line as it is: the caller has made it fit and harmless."""
        self._lines.append(text)

    def title(self, text: str) -> None:
        self.line(self.paint(plain(text, self.width), "1"))

    def heading(self, text: str) -> None:
        self.line("")
        self.title(text)

    def prose(self, text: str, indent: str = "", first: str | None = None) -> None:
        """A paragraph, wrapped; text from a tenant may be in it. `first` stands before its first line, not `indent`."""
        self._lines += textwrap.wrap(
            plain(text, LONGEST_PARAGRAPH),
            self.width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
        )

    def table(self, headers: Iterable[str], rows: list[list[str]], widths: list[int | None]) -> None:
        """Cells may hold text from a tenant; `widths` are the most columns of each, None for as many as it takes."""
        harmless = [[plain(cell, LONGEST_PARAGRAPH) for cell in row] for row in rows]
        self._lines += tabulate(
            harmless, headers=list(headers), tablefmt="simple", maxcolwidths=widths, disable_numparse=True
        ).splitlines()
