"""Which policies with a persistent browser control reached a sign-in, and so should have kept the prompt away.

It is read off the row where that tells: a row that calls any policy applied shows that they were asked. Else the
policies as they were are worked out anew, with people in the groups and roles of today. A control on some resources
only counts here, too: it is meant to act, and why it may not is what the reader has to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from auditor.conditional_access.board import Board
from auditor.conditional_access.evaluate import in_force
from auditor.conditional_access.persistence import BROWSER, acts, same_effect
from auditor.conditional_access.reduction import Reduction
from auditor.conditional_access.session import ALWAYS, NEVER
from auditor.conditional_access.three_values import Applies
from auditor.explain.history import by_id
from auditor.explain.phrases import quoted
from auditor.explain.surroundings import Surroundings
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.policy import Policy, persists
from auditor.tenant.sign_in_log import PolicyResult

_APPLIED = frozenset({"success", "failure"})
_REPORT_ONLY = "reportOnly"
_NOT_BROWSER = "The client was not a browser: what a persistent browser control does there is not documented."
_NO_CLIENT = "The row does not say with which kind of client the person signed in."


@dataclass(slots=True)
class Reached:
    """Enforced policies with the control. `any`: there was one at all. `told`: the row tells which policies applied.
    `recorded`: it says so of these; `judged`: these reached the sign-in as worked out here; `denied`: these too, but
    the row does not call them applied. `doubts`: why it is not known of others."""

    told: bool
    any: bool = False
    recorded: list[Policy] = field(default_factory=list)
    judged: list[Policy] = field(default_factory=list)
    denied: list[Policy] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def policies(self) -> list[Policy]:
        return [*self.recorded, *self.judged]


class _Candidate(NamedTuple):
    """A policy that may act. `bit`: for its place on the board. `doubts`: why it is not known whether it acts at all;
    none: it does, or is meant to."""

    bit: int
    policy: Policy
    doubts: tuple[str, ...]


class _Candidates(NamedTuple):
    board: Board
    each: tuple[_Candidate, ...]


class Suppression:
    def __init__(self, surroundings: Surroundings) -> None:
        self._history, self._directory = surroundings.history, surroundings.directory
        self.alike = Reduction(tuple(filter(_may_act, self._history.versions())), self._directory).alike
        """Makes sign-ins alike that no such policy, of whatever time, can tell apart."""
        self._then: dict[int, _Candidates] = {}
        self._today = self._candidates(self._history.today)

    def reached(self, epoch: int, circumstances: Circumstances, results: tuple[PolicyResult, ...] | None) -> Reached:
        """At the time of the sign-in."""
        then = self._then.get(epoch)
        if then is None:
            then = self._then[epoch] = self._candidates(self._history.standing(epoch).policies)
        found = Reached(told=bool(results), any=bool(then.each))
        said = {each.id.lower(): each.result for each in results or ()}
        holds, holds_not = then.board.verdict(circumstances)
        client = circumstances.way.client
        for bit, policy, doubts in then.each:
            result = said.get(policy.id.lower(), "")
            if found.told and result not in _APPLIED:
                if not result and holds & bit and not doubts:
                    found.denied.append(policy)
                elif result and not result.startswith(_REPORT_ONLY):
                    found.doubts.append(f"The row says of the policy {_name(policy)}: {quoted(result)}.")
            elif not found.told and holds_not & bit:
                continue
            elif doubts:
                found.doubts += doubts
            elif client != BROWSER:
                found.doubts.append(_NOT_BROWSER if client else _NO_CLIENT)
            elif found.told:
                found.recorded.append(policy)
            elif holds & bit:
                found.judged.append(policy)
            else:
                found.doubts += then.board.because(circumstances, bit.bit_length() - 1)
        return found

    def since(self, epoch: int, circumstances: Circumstances) -> tuple[Policy, ...]:
        """Policies that keep the prompt away from such a sign-in today, and were created or changed since."""
        if circumstances.way.client != BROWSER:
            return ()
        holds, _ = self._today.board.verdict(circumstances)
        return tuple(
            policy
            for bit, policy, doubts in self._today.each
            if holds & bit and not doubts and self._changed(policy, epoch)
        )

    def doubts_since(self, epoch: int, circumstances: Circumstances) -> Iterator[str]:
        """Why it is not known whether such policies reach the sign-in today."""
        board = self._today.board
        holds, holds_not = board.verdict(circumstances)
        for bit, policy, doubts in self._today.each:
            if not (holds | holds_not) & bit and not doubts and self._changed(policy, epoch):
                yield f"Whether the policy {_name(policy)}, which was changed since, reaches this sign-in is not known."
                yield from board.because(circumstances, bit.bit_length() - 1)

    def _changed(self, policy: Policy, epoch: int) -> bool:
        then = by_id(self._history.standing(epoch).policies).get(policy.id.lower())
        return then is None or not same_effect(then, policy)

    def _candidates(self, policies: Iterable[Policy]) -> _Candidates:
        may_act = tuple(filter(_may_act, policies))
        each = (_Candidate(1 << number, policy, _doubts(policy)) for number, policy in enumerate(may_act))
        return _Candidates(Board(may_act, self._directory), tuple(each))


def _may_act(policy: Policy) -> bool:
    return acts(policy).applies is not Applies.NO


def _doubts(policy: Policy) -> tuple[str, ...]:
    if persists(policy) in (ALWAYS, NEVER) and in_force(policy).applies is Applies.YES:
        return ()
    return tuple(f"The policy {_name(policy)}: {reason}" for reason in acts(policy).reasons)


def _name(policy: Policy) -> str:
    return quoted(policy.name, policy.id)
