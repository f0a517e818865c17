"""What a cause is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """`slug`: its name, stable, part of outputs. `title`: a few words for a table. `meaning`: one sentence. `advice`:
    what to do, or that nothing is to be done, in one or two sentences."""

    slug: str
    title: str
    meaning: str
    advice: str
