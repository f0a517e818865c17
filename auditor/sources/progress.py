"""What a source is doing, told while it does it. Who shows it, and how, is not the source's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`dataset`: the one being read. `rows`, `pages`: read so far. `share`: of the window, 0 to 1, where it is known.
    `waiting`: seconds that the next request will wait, with `why`; 0 when it does not."""

    dataset: str
    rows: int = 0
    pages: int = 0
    share: float | None = None
    waiting: float = 0.0
    why: str = ""


Report = Callable[[Progress], None]
