"""What a policy really reaches: which of the sign-ins that the log holds, and which kinds of device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.conditional_access.board import Board
from auditor.conditional_access.device_filter import TableRow
from auditor.conditional_access.ways import devices_reached
from auditor.tenant.sign_in_log import Example, Sight

BROWSER_OR_NOT_KNOWN = ("browser", "")


@dataclass(frozen=True, slots=True)
class Reach:
    """Completed browser sign-ins, by whether the policy's conditions hold for them. `because`: what is missing where
    it is not known, most frequent first. `example`: one that it reaches. `devices`: its device filter's table."""

    applies: int
    applies_not: int
    not_known: int
    because: tuple[tuple[str, int], ...]
    example: Example | None
    devices: tuple[TableRow, ...]


def reach(board: Board, sights: Iterable[Sight]) -> tuple[Reach, ...]:
    """For each of the board's policies, in their order."""
    counts = [[0, 0, 0] for _ in board.policies]
    because: list[Counter[str]] = [Counter() for _ in board.policies]
    examples: list[Example | None] = [None for _ in board.policies]
    for sight in sights:
        if not sight.completed or sight.circumstances.way.client not in BROWSER_OR_NOT_KNOWN:
            continue
        yes, no = board.verdict(sight.circumstances)
        for number in range(len(board.policies)):
            bit = 1 << number
            kind = 0 if yes & bit else 1 if no & bit else 2
            counts[number][kind] += sight.completed
            if kind == 0 and examples[number] is None:
                examples[number] = sight.example
            elif kind == 2:
                for reason in board.because(sight.circumstances, number):
                    because[number][reason] += sight.completed
    return tuple(
        Reach(
            counts[number][0],
            counts[number][1],
            counts[number][2],
            tuple(because[number].most_common()),
            examples[number],
            devices_reached(policy.conditions),
        )
        for number, policy in enumerate(board.policies)
    )
