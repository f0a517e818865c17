"""What two policies can tell apart: a question about all sign-ins becomes one about a few of each kind, as whoever and
whatever no policy names is as good as anything like it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from auditor.conditional_access.guesses import Guess
from auditor.tenant.policy import Conditions

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
K = TypeVar("K")

Pair = tuple[Conditions, Conditions]


@dataclass(frozen=True, slots=True)
class Class(Generic[T_co]):
    """`label`: what it is, in words. `variants`: exactly one of them is the case, and where they are several it is not
    known which. `doubts`: what then is not known; or, where it does not `exists` for certain, why not."""

    label: str
    variants: tuple[tuple[T_co, Guess], ...]
    doubts: tuple[str, ...] = ()
    exists: bool = True


def one_of_each(items: Iterable[T], trait: Callable[[T], K]) -> tuple[T, ...]:
    """The first of the items with each trait."""
    found: dict[K, T] = {}
    for each in items:
        found.setdefault(trait(each), each)
    return tuple(found.values())
