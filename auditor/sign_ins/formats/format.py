"""What a format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auditor.sign_ins.rows import GraphRow
from auditor.sign_ins.seen import SeenRow


@dataclass(frozen=True, slots=True)
class Format:
    """Each door takes one row's JSON text (of a table: an object of its columns) and raises ValueError (msgspec's
    errors are such) when that is no row of this format. What a row lacks is absent or None, never a default. The narrow
    one may leave out, of rows that are no interrupts, what is kept of interrupts only."""

    name: str
    narrow: Callable[[bytes], GraphRow]
    wide: Callable[[bytes], SeenRow]
    whole: Callable[[bytes], dict[str, Any]]
