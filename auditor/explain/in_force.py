"""The policies in force at a time that reached a sign-in, as worked out here: where the row does not tell of them."""

from __future__ import annotations

from collections.abc import Callable

from auditor.conditional_access.board import Board, numbers
from auditor.conditional_access.evaluate import in_force
from auditor.conditional_access.reduction import Reduction
from auditor.conditional_access.three_values import Applies
from auditor.explain.surroundings import Surroundings
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.policy import Policy


class InForce:
    """Of the policies that are `wanted`, whatever the time."""

    def __init__(self, surroundings: Surroundings, wanted: Callable[[Policy], bool]) -> None:
        self._around = surroundings
        self._wanted = wanted
        versions = tuple(policy for policy in surroundings.history.versions() if self._counts(policy))
        self.alike = Reduction(versions, surroundings.directory).alike
        """Makes sign-ins alike that none of them can tell apart."""
        self._boards: dict[int, Board] = {}

    def reaching(self, epoch: int, circumstances: Circumstances) -> tuple[Policy, ...]:
        """Those whose conditions certainly held."""
        board = self._boards.get(epoch)
        if board is None:
            then = self._around.history.standing(epoch).policies
            board = self._boards[epoch] = Board([each for each in then if self._counts(each)], self._around.directory)
        holds, _ = board.verdict(circumstances)
        return tuple(board.policies[number] for number in numbers(holds))

    def _counts(self, policy: Policy) -> bool:
        return in_force(policy).applies is Applies.YES and self._wanted(policy)
