"""70043, 70044: which sign-in frequency ended the session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from auditor.explain.asked import FREQUENCY, asking
from auditor.explain.causes import NOT_EVIDENCED
from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.history import by_id
from auditor.explain.in_force import InForce
from auditor.explain.phrases import quoted
from auditor.explain.surroundings import KEPT, Surroundings
from auditor.finding import Confidence, Evidence
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.policy import Policy
from auditor.tenant.sign_in_log import Interrupt, PolicyResult

CODES = (70043, 70044)

_SLUG = "sign-in-frequency"
_LIFETIMES = {
    "signInFrequencyPeriodicReauthentication": "a sign-in frequency",
    "signInFrequencyEveryTime": "a sign-in frequency of every time",
}
_REACHED = "The row does not name the policy: the ones named were worked out anew."

_Lifetimes = Optional[tuple[tuple[str, str], ...]]
_Key = tuple[int, Optional[tuple[PolicyResult, ...]], _Lifetimes, Circumstances]


class Lifetime:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._in_force = InForce(surroundings, FREQUENCY.held)
        self._known: dict[_Key, Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        around, seen = self._around, interrupt.seen
        if seen is None or around.unseen(interrupt):
            return fallback(interrupt.code, around.unseen(interrupt))
        key = (
            around.history.epoch(interrupt.at),
            seen.policies,
            seen.lifetimes,
            self._in_force.alike(seen.circumstances),
        )
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = self._explained(interrupt, *key)
        return found

    def _explained(
        self,
        interrupt: Interrupt,
        epoch: int,
        results: tuple[PolicyResult, ...] | None,
        lifetimes: _Lifetimes,
        circumstances: Circumstances,
    ) -> Explanation:
        assert interrupt.seen is not None
        unsatisfied = self._around.unsatisfied(interrupt.seen, epoch)
        asked = asking(unsatisfied, FREQUENCY, or_unknown=True)
        if asked.policies:
            evidence = tuple(
                Evidence("sign_ins", f"The row calls the policy {_how_often(each.policy, each.result)} not satisfied.")
                for each in asked.policies
            )
            return Explanation(_SLUG, asked.confidence, evidence, asked.missing)
        limits = [_LIFETIMES[requirement] for requirement, _ in lifetimes or () if requirement in _LIFETIMES]
        said = tuple(Evidence("sign_ins", f"The row says that the session was limited by {each}.") for each in limits)
        applied = tuple(self._applied(epoch, results))
        reaching = applied or self._in_force.reaching(epoch, circumstances)
        named = tuple(Evidence("policies", f"In force for this sign-in: {_how_often(each)}.") for each in reaching)
        lacking = self._around.lacking("policies", "Which policy limits the session is not known.")
        if said or applied:
            confidence = Confidence.STATED if applied else Confidence.INFERRED
            return Explanation(_SLUG, confidence, (*said, *named), () if applied else (*lacking, _REACHED))
        if reaching:
            return Explanation(_SLUG, Confidence.INFERRED, named, (_REACHED,))
        nothing = Evidence("sign_ins", "The row names no policy with a sign-in frequency.")
        return Explanation(NOT_EVIDENCED, Confidence.GENERAL, () if results is None else (nothing,), lacking)

    def _applied(self, epoch: int, results: tuple[PolicyResult, ...] | None) -> Iterator[Policy]:
        """Policies with a sign-in frequency that the row calls satisfied."""
        then = by_id(self._around.history.standing(epoch).policies)
        for result in results or ():
            policy = then.get(result.id.lower())
            if result.result == "success" and policy is not None and FREQUENCY.held(policy):
                yield policy


def _how_often(policy: Policy | None, result: PolicyResult | None = None) -> str:
    """The policy's name, and its interval where it says one."""
    name = policy.name if policy is not None else result.name if result is not None else ""
    identity = policy.id if policy is not None else result.id if result is not None else ""
    frequency = policy.sign_in_frequency if policy is not None else None
    hours = frequency.hours if frequency is not None else None
    if hours is None:
        return quoted(name, identity)
    interval = {0: "every time", 1: "every hour"}.get(hours, f"every {hours} hours")
    return f"{quoted(name, identity)} ({interval})"
