"""What is not known may be so or not so, and either way it is the same for two policies that speak of it.

Where nobody read who is in a group, a policy for the group and one for all but the group still cannot reach the same
person: both cases are gone through, and in neither they meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from auditor.tenant.policy import ALL, Conditions, Listed

MOST = 4
"""How many things are guessed apart, as each doubles the cases. Where there are more, what is not known stays so."""


class Guess(NamedTuple):
    """`unknown`: groups, roles or locations of which nobody knows whether a person or a place is in them; `inside`:
    those of them in which it is, by this guess."""

    unknown: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()


def guesses(lists: Sequence[Sequence[str]], unknown: Iterable[str]) -> tuple[Guess, ...]:
    """All that are possible. `lists`: of two policies, in which the unknown stands; what stands in the same of them is
    guessed together."""
    alike: dict[tuple[bool, ...], set[str]] = {}
    for name in unknown:
        alike.setdefault(tuple(name in each for each in lists), set()).add(name)
    if len(alike) > MOST:
        return (Guess(),)
    every = frozenset(unknown)
    return tuple(
        Guess(
            every,
            frozenset[str]().union(*(names for names, inside in zip(alike.values(), chosen, strict=True) if inside)),
        )
        for chosen in product((False, True), repeat=len(alike))
    )


def by_guess(conditions: Conditions, guess: Guess) -> Conditions:
    """The conditions with the unknown settled: who is inside is meant as if all were, who is not as if it were not
    there."""
    if not guess.unknown:
        return conditions
    users, locations = conditions.users, conditions.locations
    return replace(
        conditions,
        users=replace(
            users,
            include_users=(*users.include_users, *_settled((*users.include_groups, *users.include_roles), guess)),
            exclude_users=(*users.exclude_users, *_settled((*users.exclude_groups, *users.exclude_roles), guess)),
            include_groups=_rest(users.include_groups, guess),
            exclude_groups=_rest(users.exclude_groups, guess),
            include_roles=_rest(users.include_roles, guess),
            exclude_roles=_rest(users.exclude_roles, guess),
        ),
        locations=locations and _places(locations, guess),
    )


def _places(locations: Listed, guess: Guess) -> Listed:
    included = (*_rest(locations.include, guess), *_settled(locations.include, guess))
    excluded = (*_rest(locations.exclude, guess), *_settled(locations.exclude, guess))
    if locations.include and not included:
        return Listed((ALL,), (ALL,))  # nowhere: to include nothing would mean something else
    return Listed(included, excluded)


def _rest(names: tuple[str, ...], guess: Guess) -> tuple[str, ...]:
    return tuple(name for name in names if name not in guess.unknown)


def _settled(names: tuple[str, ...], guess: Guess) -> tuple[str, ...]:
    return () if guess.inside.isdisjoint(names) else (ALL,)
