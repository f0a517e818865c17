"""A three-valued answer with its reasons, and how answers combine. What is not known is never turned into a no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.conditional_access.three_values import Applies, every, negated, some


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons`: sentences on what decided it, or on what is missing. They speak of the policy and the tenant and
    never of one sign-in, so that they can be counted."""

    applies: Applies
    reasons: tuple[str, ...] = ()


YES = Decision(Applies.YES)
NO = Decision(Applies.NO)


def yes(reason: str) -> Decision:
    return Decision(Applies.YES, (reason,))


def no(reason: str) -> Decision:
    return Decision(Applies.NO, (reason,))


def not_known(reason: str) -> Decision:
    return Decision(Applies.NOT_KNOWN, (reason,))


def all_of(decisions: Iterable[Decision]) -> Decision:
    """Yes when all are; with the reasons of those that decided it."""
    given = tuple(decisions)
    return _because(every(each.applies for each in given), given)


def any_of(decisions: Iterable[Decision]) -> Decision:
    """Yes when one is; with the reasons of those that decided it."""
    given = tuple(decisions)
    return _because(some(each.applies for each in given), given)


def chosen(include: Iterable[Decision], exclude: Iterable[Decision], what: str) -> Decision:
    """Included and not excluded: exclusion beats inclusion, whatever is included. `what`: "The person"."""
    out = any_of(exclude)
    if out.applies is Applies.YES:
        return no(f"{what} is excluded: {' '.join(sorted(out.reasons))}" if out.reasons else f"{what} is excluded.")
    included = any_of(include)
    if included.applies is Applies.NO:
        return no(f"{what} is not included.")
    return all_of((included, Decision(negated(out.applies), out.reasons)))


def _because(applies: Applies, given: tuple[Decision, ...]) -> Decision:
    reasons = (reason for each in given if each.applies is applies for reason in each.reasons)
    return Decision(applies, tuple(dict.fromkeys(reasons)))
