"""Cells that a spreadsheet shows and does not run."""

from __future__ import annotations

import unicodedata
from typing import Any

from auditor.reports.plain import plain

# Below what a cell of Excel holds (32,767).
LONGEST = 10_000

_FORMULA = frozenset("=+-@")


def cell(value: Any) -> Any:
    """Text on one line, without control, format and surrogate characters; text that a spreadsheet would take for a
    formula gets an apostrophe before it. Everything but text is given back as it is.

    Wide forms of the signs (\uff1d, \ufe62 and the like) count as the signs, as spreadsheets read them so where people
    type them. A cell that only becomes a formula when a file is split at another sign than the comma (`x;=1`) is left:
    any cure would change what the tenant says.
    """
    if not isinstance(value, str):
        return value
    shown = plain(value, LONGEST)
    first = unicodedata.normalize("NFKC", shown.lstrip()[:1])[:1]
    return f"'{shown}" if first in _FORMULA else shown
