"""How attempts go: which rows an attempt has, in which order, and what each interrupt among them ends in.

Outcomes are decided here, before any row exists. The words are those of the published rule: completed (a success
follows), failed (the attempt ends in an error), continued (another interrupt follows and no success), abandoned
(nothing follows), pending (the log ends too soon to tell), not known.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import NamedTuple

from auditor.local_tenant.simulation.codes import FAILURES, INTERRUPTS, UNCATALOGUED

COMPLETED, FAILED, CONTINUED = "completed", "failed", "continued"
ABANDONED, PENDING, NOT_KNOWN = "abandoned", "pending", "not known"

_ENDINGS = (COMPLETED, ABANDONED, FAILED, CONTINUED, NOT_KNOWN)
_ENDING_WEIGHTS = list(accumulate((60.0, 21.0, 10.0, 6.0, 3.0)))

CODES = tuple(INTERRUPTS)
_CODE_WEIGHTS = list(accumulate(weight for weight, _ in INTERRUPTS.values()))
_FAILURE_CODES = tuple(code for code, (weight, _) in FAILURES.items() if weight)
_FAILURE_WEIGHTS = list(accumulate(weight for weight, _ in FAILURES.values() if weight))

# Earlier interrupts of one attempt come first: whose session, then the factors, then consent and the last prompts.
_EARLY = frozenset({16000, 16001, 16003, 50059, 50143, 50168, 51006, 81010, 81012, 81014})
_LATE = frozenset({65001, 90094, 90095, 52004, 50125, 50203, 50199})


class Line(NamedTuple):
    """One row to be: its code, and for an interrupt the outcome."""

    code: int
    outcome: str = ""


SUCCESS = Line(0)


def ending(rng: Random) -> str:
    """How an attempt with an interrupt ends: an outcome."""
    return _ENDINGS[bisect(_ENDING_WEIGHTS, rng.random() * _ENDING_WEIGHTS[-1])]


def interrupt_code(rng: Random) -> int:
    """An interrupt code, by how often it comes."""
    return CODES[bisect(_CODE_WEIGHTS, rng.random() * _CODE_WEIGHTS[-1])]


def failure_code(rng: Random) -> int:
    """The code of an ordinary failure."""
    return _FAILURE_CODES[bisect(_FAILURE_WEIGHTS, rng.random() * _FAILURE_WEIGHTS[-1])]


def in_order(rng: Random, codes: list[int]) -> list[int]:
    """Interrupt codes in the order in which a sign-in meets them, as a rule: the stay-signed-in prompt comes last."""
    odd = rng.random() < 0.2

    def rank(code: int) -> float:
        if code == 50058:
            return -1
        return rng.random() if odd else 3 if code == 50140 else 2 if code in _LATE else 0 if code in _EARLY else 1

    return sorted(codes, key=rank)


def script(rng: Random, outcome: str, codes: list[int], *, decided: bool) -> list[Line]:
    """The rows of an attempt whose interrupts are `codes`, in order, and which ends in `outcome`.

    `decided`: the log goes on long enough after it for an unfinished interrupt to count as abandoned.
    """
    chance = rng.random()
    if outcome == COMPLETED:
        lines = [Line(code, COMPLETED) for code in codes]
        if chance < 0.06:
            lines.append(Line(failure_code(rng)))
        lines.append(SUCCESS)
        if chance > 0.97:
            lines.insert(0, SUCCESS)
        elif chance > 0.95 and decided:
            lines.append(Line(codes[-1], ABANDONED))
        elif chance > 0.93 and decided:
            lines.append(Line(failure_code(rng)))
        return lines
    if outcome == FAILED:
        lines = [Line(code, FAILED) for code in codes]
        return [*lines, *(Line(failure_code(rng)) for _ in range(2 if chance < 0.2 else 1))]
    if outcome == PENDING:
        lines = [Line(code, PENDING) for code in codes]
        return [*lines, Line(failure_code(rng))] if chance < 0.2 else lines
    if outcome == NOT_KNOWN:
        lines = [Line(code, NOT_KNOWN) for code in codes]
        return [*lines, Line(UNCATALOGUED[int(chance * len(UNCATALOGUED))])]
    lines = [*(Line(code, CONTINUED) for code in codes[:-1]), Line(codes[-1], ABANDONED)]
    if chance < 0.06:
        lines.insert(0, SUCCESS)
    elif chance < 0.12 and len(lines) > 1:
        lines.insert(1, Line(failure_code(rng)))
    return lines


def without_correlation(rng: Random, codes: list[int]) -> list[Line]:
    """Rows that carry no correlation id: nothing can be joined, so nothing is known, success or not."""
    lines = [Line(code, NOT_KNOWN) for code in codes]
    return [*lines, SUCCESS] if rng.random() < 0.4 else lines


def falls_in_order(lines: list[Line]) -> bool:
    """Whether the rows already stand as they would be put at equal times: interrupts, errors, successes."""
    ranks = [0 if line.outcome else 2 if line.code == 0 else 1 for line in lines]
    return ranks == sorted(ranks)
