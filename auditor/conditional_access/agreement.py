"""Our evaluation held to the tenant's own record: a finished sign-in says what Entra decided on each policy.

The figure lets a reader trust what the report says of policies. A policy that changed after a sign-in is not compared
with it, nor one whose result says neither that its conditions held nor that they did not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.conditional_access.board import Board, Verdict, numbers
from auditor.conditional_access.reduction import changed_at
from auditor.tenant.sign_in_log import SignInLog


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`ours`: whether the conditions hold, as evaluated; the record says the opposite. `count`: sign-ins,
    `example` the id of one."""

    policy_id: str
    name: str
    ours: bool
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """`sign_ins`: finished ones with a record. The rest are decisions, one per sign-in and policy: compared ones, and
    those left out because the policy changed later. `because`: what is missing where we do not know."""

    sign_ins: int
    agreed: int
    disagreed: int
    not_known: int
    changed_later: int
    because: tuple[tuple[str, int], ...]
    disagreements: tuple[Disagreement, ...]


def agreement(log: SignInLog, board: Board) -> Agreement:
    """`board`: the policies by whose numbers the log kept its record, in the same order."""
    sights = log.sights()
    sign_ins = agreed = disagreed = not_known = changed_later = 0
    doubts: dict[tuple[int, int], tuple[Verdict, int]] = {}
    against: dict[tuple[int, bool], tuple[int, str]] = {}
    unchanged: dict[tuple[int, ...], int] = {}
    for recorded in log.recorded():
        parts = who, what, how = board.parts(sights[recorded.sight].circumstances)
        yes, no = who.yes & what.yes & how.yes, who.no | what.no | how.no
        compared = unchanged.get(recorded.changes)
        if compared is None:
            compared = unchanged[recorded.changes] = _unchanged(board, recorded.changes)
        held, held_not = recorded.held & compared, recorded.held_not & compared
        sign_ins += recorded.count
        changed_later += recorded.count * ((recorded.held | recorded.held_not) & ~compared).bit_count()
        agreed += recorded.count * (yes & held | no & held_not).bit_count()
        for ours, wrong in ((True, yes & held_not), (False, no & held)):
            if wrong:
                disagreed += recorded.count * wrong.bit_count()
                for number in numbers(wrong):
                    count, example = against.get((number, ours), (0, recorded.example))
                    against[number, ours] = count + recorded.count, example
        doubtful = (held | held_not) & ~(yes | no)
        if doubtful:
            not_known += recorded.count * doubtful.bit_count()
            for part in parts:
                if part.because:
                    key = id(part), doubtful
                    doubts[key] = part, doubts.get(key, (part, 0))[1] + recorded.count
    disagreements = (
        Disagreement(board.policies[number].id, board.policies[number].name, ours, count, example)
        for (number, ours), (count, example) in against.items()
    )
    return Agreement(
        sign_ins,
        agreed,
        disagreed,
        not_known,
        changed_later,
        _reasons(doubts.items()),
        tuple(sorted(disagreements, key=lambda each: (-each.count, each.policy_id, each.ours))),
    )


def _reasons(doubts: Iterable[tuple[tuple[int, int], tuple[Verdict, int]]]) -> tuple[tuple[str, int], ...]:
    """Each reason with how many decisions it is one of; `doubts`: the policies in doubt, a part that may say why, and
    how often they met."""
    because: Counter[str] = Counter()
    for (_, doubtful), (part, count) in doubts:
        for number in numbers(doubtful):
            for reason in part.because.get(number, ()):
                because[reason] += count
    return tuple(because.most_common())


def _unchanged(board: Board, changes: tuple[int, ...]) -> int:
    """The policies that have not changed since a time by which these changes had happened. One that says in words that
    cannot be read when it changed may have."""
    known = set(changes)
    bits = 0
    for number, policy in enumerate(board.policies):
        if policy.modified is None or changed_at(policy) in known:
            bits |= 1 << number
    return bits
