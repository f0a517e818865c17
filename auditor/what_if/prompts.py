"""Which of the log's prompts to stay signed in would not be shown any more, and to whom they were shown.

What the log saw beats what is worked out: a policy that stood as it is today when a prompt was shown did not hide it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from auditor.conditional_access.decision import NO, YES, Decision, any_of, not_known
from auditor.conditional_access.persistence import Persistence, Session
from auditor.conditional_access.reduction import changed_at
from auditor.conditional_access.three_values import Applies, negated
from auditor.sign_ins.catalogue import KEEP_ME_SIGNED_IN
from auditor.stay_signed_in import HIDDEN
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.sign_in_log import Interrupt, Outcome, Sight, SignInLog
from auditor.what_if.consequences import AtMost, Prompts, PromptsAnswer
from auditor.what_if.rules import Rules, of_this_tenant

MOST_NAMED = 5

_ANSWERS = (
    "Their prompt would not be shown, or may not, and their sign-in completed. The log does not say who answered yes; "
    "whoever did so before the log begins is not in it."
)

# The log has no sight of what another tenant's policies decide.
_ABROAD = not_known("The person signed in to another tenant: whether the setting reaches there is not documented.")


@dataclass(frozen=True, slots=True)
class PromptsReplayed:
    """`answered`: sessions that may be lost because nobody is asked any more. `undecided`: reasons, with prompts."""

    answer: PromptsAnswer
    answered: AtMost
    undecided: Counter[str]


class _Whom:
    """Counts prompts and the distinct people they were shown to."""

    def __init__(self) -> None:
        self._prompts = 0
        self._people: set[int] = set()

    def add(self, prompt: Interrupt) -> None:
        self._prompts += 1
        if prompt.user_id:
            self._people.add(hash(prompt.user_id))

    def told(self) -> Prompts:
        return Prompts(self._prompts, len(self._people))


@dataclass(frozen=True, slots=True)
class Unread:
    """`people`: in words, whom policies exclude by a group or role that was not read. `rules`: tomorrow's, as if the
    policies did not."""

    people: str
    rules: Rules


def replay_prompts(log: SignInLog, today: Rules, tomorrow: Rules, unread: Unread | None = None) -> PromptsReplayed:
    """Every prompt of the log."""
    judge = _Judge(log.sights(), today, tomorrow, unread.rules if unread is not None else tomorrow)
    vanish, gone, stay, unknown, answered = _Whom(), _Whom(), _Whom(), _Whom(), _Whom()
    unless = _Whom()
    people: Counter[str] = Counter()
    apps: Counter[str] = Counter()
    undecided: Counter[str] = Counter()
    total = 0
    for prompt in log.interrupts(KEEP_ME_SIGNED_IN):
        total += 1
        judged = judge.judged(prompt)
        if judged.after.applies is Applies.NO:
            stay.add(prompt)
            continue
        if judged.after.applies is Applies.NOT_KNOWN:
            unknown.add(prompt)
            if judged.outside is Applies.YES:
                unless.add(prompt)
            undecided.update(judged.after.reasons)
        elif judged.before.applies is Applies.YES:
            gone.add(prompt)
            continue
        else:
            vanish.add(prompt)
            people[prompt.user or prompt.user_id or "somebody"] += 1
            apps[prompt.app or prompt.app_id or "an application without a name"] += 1
        if prompt.outcome is Outcome.COMPLETED and not judged.lasting and judged.before != judged.after:
            answered.add(prompt)
    answer = PromptsAnswer(
        total,
        vanish.told(),
        gone.told(),
        stay.told(),
        unknown.told(),
        tuple(people.most_common(MOST_NAMED)),
        tuple(apps.most_common(MOST_NAMED)),
        len(apps),
        unless.told(),
        unread.people if unread is not None else "",
    )
    lost = answered.told()
    return PromptsReplayed(answer, AtMost("prompt-not-shown", lost.prompts, 0, lost.people, _ANSWERS), undecided)


class _Judged(NamedTuple):
    """Whether the prompt is hidden, before and after the change. `lasting`: after it the session survives unasked.
    `outside`: `after`, of somebody whom no group and no role excludes that was not read."""

    before: Decision
    after: Decision
    outside: Applies
    lasting: bool


class _Judge:
    """Each sight is judged once for every state of the policies that the log saw."""

    def __init__(self, sights: tuple[Sight, ...], today: Rules, tomorrow: Rules, outside: Rules) -> None:
        self._sights, self._today, self._tomorrow, self._outside = sights, today, tomorrow, outside
        policies = today.persistence.policies if today.persistence is not None else ()
        changes = sorted((at, 1 << n) for n, policy in enumerate(policies) if (at := changed_at(policy)) is not None)
        self._changes = [at for at, _ in changes]
        self._bits = [bit for _, bit in changes]
        self._known: dict[tuple[int, int, bool | None], _Judged] = {}

    def judged(self, prompt: Interrupt) -> _Judged:
        seen = self._sights[prompt.sight].circumstances if prompt.sight >= 0 else None
        own = of_this_tenant(seen, prompt.own_user)
        unchanged_since = bisect_right(self._changes, prompt.at)
        key = prompt.sight, unchanged_since, own
        found = self._known.get(key)
        if found is None:
            witnessed = sum(self._bits[:unchanged_since])
            still = witnessed & ~self._today.changed
            lasts = self._tomorrow.persistence
            found = self._known[key] = _Judged(
                _hidden(self._today, seen, own, witnessed),
                _hidden(self._tomorrow, seen, own, still),
                _hidden(self._outside, seen, own, still).applies,
                lasts is not None and seen is not None and lasts.session(seen) is Session.ALWAYS,
            )
        return found


def _hidden(rules: Rules, seen: Circumstances | None, own: bool | None, witnessed: int) -> Decision:
    """Whether the rules hide the prompt. `witnessed`: policies, as bits, that stood as they are when it was shown."""
    if rules.persistence is not None and seen is None:
        return _ABROAD if rules.setting == HIDDEN else NO
    shows = rules.shows(own)
    by_setting = Decision(negated(shows.applies), shows.reasons)
    return any_of((by_setting, _by_policies(rules.persistence, seen, witnessed)))


def _by_policies(persistence: Persistence | None, seen: Circumstances | None, witnessed: int) -> Decision:
    if persistence is None or seen is None:
        return not_known("The Conditional Access policies could not be read.")
    certain, may = persistence.deciding(seen)
    if certain & ~witnessed:
        return YES
    contradicted = persistence.names(certain & witnessed)
    doubts = (
        *(f"By its conditions {name!r} hides the prompt, and it was shown all the same." for name in contradicted),
        *persistence.because(seen, may & ~witnessed),
    )
    return Decision(Applies.NOT_KNOWN, tuple(dict.fromkeys(doubts))) if doubts else NO
