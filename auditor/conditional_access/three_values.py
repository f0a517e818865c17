"""Yes, no and not known, joined by Kleene's rules: what is not known decides only where the rest does not."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Applies(str, Enum):
    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


def every(values: Iterable[Applies]) -> Applies:
    """NO if one is NO, else NOT_KNOWN if one is, else YES; YES of nothing. Reads no further than the first NO."""
    joined = Applies.YES
    for value in values:
        if value is Applies.NO:
            return value
        if value is Applies.NOT_KNOWN:
            joined = value
    return joined


def some(values: Iterable[Applies]) -> Applies:
    """YES if one is YES, else NOT_KNOWN if one is, else NO; NO of nothing. Reads no further than the first YES."""
    return negated(every(map(negated, values)))


def negated(value: Applies) -> Applies:
    return _OPPOSITES[value]


_OPPOSITES = {Applies.YES: Applies.NO, Applies.NO: Applies.YES, Applies.NOT_KNOWN: Applies.NOT_KNOWN}
