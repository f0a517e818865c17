"""Which completed sign-ins a changed policy would give another browser session, or let meet the prompt again.

The log counts sign-ins alike in all that policies can tell apart, so these are sign-ins and not people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditional_access.decision import NO, YES, Decision, all_of
from auditor.conditional_access.persistence import BROWSER, Persistence, Session
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.sign_in_log import SignInLog
from auditor.what_if.consequences import AtMost
from auditor.what_if.rules import Rules, of_this_tenant, whose

_SETTLED = frozenset({Session.ALWAYS, Session.NEVER, Session.AS_ANSWERED})
_CONTESTED = "A policy that says always and one that says never both reach them: which wins is not documented."
_AGAIN = (
    "Completed browser sign-ins of the tenant's own users that the policy keeps the prompt from today. Seamless single "
    "sign-on, a user at risk or a consent in mid-sign-in keep it away as well, and who has a session is not asked."
)
_LOSE = "Completed browser sign-ins: by policy their sessions survive today, or may; then not, or not for certain."
_GAIN = "Completed browser sign-ins: by policy their sessions would survive, or may; today not, or not for certain."


@dataclass(frozen=True, slots=True)
class SignInsReplayed:
    """`again`: may meet the prompt again. `lose`, `gain`: a session that survives closing the browser. `undecided`:
    reasons, with sign-ins."""

    again: AtMost
    lose: AtMost
    gain: AtMost
    undecided: Counter[str]


@dataclass(slots=True)
class _Tally:
    at_most: int = 0
    certain: int = 0

    def add(self, decision: Decision, sign_ins: int) -> None:
        if decision.applies is not Applies.NO:
            self.at_most += sign_ins
        if decision.applies is Applies.YES:
            self.certain += sign_ins

    def told(self, reason: str, why: str) -> AtMost:
        return AtMost(reason, self.at_most, self.certain, None, why)


def replay_sign_ins(log: SignInLog, today: Rules, tomorrow: Rules, *, same_reach: bool) -> SignInsReplayed:
    """The completed browser sign-ins that the changed policy reaches, or may. `same_reach`: it acts on the same ones
    before and after, whatever they are. Both rules must have their policies."""
    before, after = today.persistence, tomorrow.persistence
    assert before is not None
    assert after is not None
    again, lose, gain = _Tally(), _Tally(), _Tally()
    undecided: Counter[str] = Counter()
    for sight in log.sights():
        seen = sight.circumstances
        if not sight.completed or seen.way.client not in (BROWSER, ""):
            continue
        if not (before.deciding(seen)[1] & today.changed or after.deciding(seen)[1] & tomorrow.changed):
            continue
        decisions = (
            NO if same_reach else _again(seen, today, tomorrow, before, after),
            _lost(seen, before, after, (today.changed, tomorrow.changed)),
            _lost(seen, after, before, (tomorrow.changed, today.changed)),
        )
        for tally, decision in zip((again, lose, gain), decisions, strict=True):
            tally.add(decision, sight.completed)
        unsure = (reason for each in decisions if each.applies is Applies.NOT_KNOWN for reason in each.reasons)
        for reason in dict.fromkeys(unsure):
            undecided[reason] += sight.completed
    return SignInsReplayed(
        again.told("policy-lifted", _AGAIN),
        lose.told("always-lifted", _LOSE),
        gain.told("always-set", _GAIN),
        undecided,
    )


def _again(seen: Circumstances, today: Rules, tomorrow: Rules, before: Persistence, after: Persistence) -> Decision:
    """Whether the policy keeps the prompt away today, and nothing would tomorrow."""
    own = of_this_tenant(seen)
    if own is False:
        return NO
    certain, may = before.deciding(seen)
    if not may & today.changed or after.deciding(seen)[0]:
        return NO
    kept = YES if certain & today.changed else _unsure(before.because(seen, may & today.changed))
    left = after.deciding(seen)[1]
    lifted = _unsure(after.because(seen, left)) if left else YES
    return all_of((kept, lifted, whose(own), tomorrow.shows(own)))


def _lost(seen: Circumstances, before: Persistence, after: Persistence, changed: tuple[int, int]) -> Decision:
    """Whether a policy makes the session survive before, and none after. `changed`: the one that changes, in each."""
    less_always = before.deciding(seen)[1] & changed[0] & before.always
    more_never = after.deciding(seen)[1] & changed[1] & after.never
    was, will = before.session(seen), after.session(seen)
    if not (less_always or more_never) or not before.deciding(seen)[1] & before.always or will is Session.ALWAYS:
        return NO
    if was in _SETTLED and will in _SETTLED:
        return YES if was is Session.ALWAYS else NO
    doubts = (reason for each in (before, after) for reason in each.because(seen, _open(each, seen)))
    contested = (_CONTESTED,) if Session.CONTESTED in (was, will) else ()
    return _unsure((*doubts, *contested))


def _open(persistence: Persistence, seen: Circumstances) -> int:
    certain, may = persistence.deciding(seen)
    return may & ~certain


def _unsure(reasons: Iterator[str] | tuple[str, ...]) -> Decision:
    return Decision(Applies.NOT_KNOWN, tuple(dict.fromkeys(reasons)))
