"""50140: why the prompt to stay signed in was shown, with the policies and the setting as they were.

The row itself proves that the prompt was shown, so the setting showed it then. Guests are not asked by Microsoft's own
rule; nor is anybody during consent or, it says, at high risk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.phrases import listed, quoted
from auditor.explain.suppression import Reached, Suppression
from auditor.explain.surroundings import KEPT, Surroundings, ticks
from auditor.finding import Confidence, Evidence
from auditor.stay_signed_in import HIDDEN, SHOWN, SettingEvidence
from auditor.tenant.circumstances import INTERNAL_GUEST, Circumstances
from auditor.tenant.policy import ALL, Policy
from auditor.tenant.sign_in_log import Interrupt, PolicyResult

CODE = 50140

_CONSENT = frozenset({65001, 90094, 90095})
_WHOSE = "Whether the person is a guest is not known: the row does not say whose they are."

_Key = tuple[int, Circumstances, Optional[tuple[PolicyResult, ...]], Optional[bool], bool, bool, bool]


class Prompt:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._suppression = Suppression(surroundings)
        self._setting = _Setting(surroundings.setting())
        self._no_page = (
            ()
            if self._setting.says
            else surroundings.lacking("sign_in_page", "Whether the setting shows the prompt today is not known.")
        )
        self._known: dict[_Key, Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        around, seen = self._around, interrupt.seen
        if seen is None or around.unseen(interrupt):
            return fallback(CODE, around.unseen(interrupt))
        key = (
            around.history.epoch(interrupt.at),
            self._suppression.alike(seen.circumstances),
            seen.policies,
            interrupt.own_user,
            interrupt.at > self._setting.since,
            seen.circumstances.way.risk == "high",
            not _CONSENT.isdisjoint(interrupt.attempt),
        )
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = self._explained(*key)
        return found

    def _explained(
        self,
        epoch: int,
        circumstances: Circumstances,
        results: tuple[PolicyResult, ...] | None,
        own_user: bool | None,
        read_before: bool,
        risky: bool,
        consenting: bool,
    ) -> Explanation:
        reached = self._suppression.reached(epoch, circumstances, results)
        if own_user is False:
            found = _guest(circumstances, reached)
        elif reached.policies:
            found = self._contradiction(reached)
        elif self._setting.says == HIDDEN:
            found = self._setting.changed(read_before)
        else:
            found = self._changed_since(epoch, circumstances) or self._expected(epoch, circumstances, reached)
        confidence, missing = found.confidence, found.missing
        if own_user is None:
            confidence = Confidence.INFERRED if confidence is Confidence.STATED else confidence
            missing = (*missing, _WHOSE)
        return Explanation(found.cause, confidence, (*found.evidence, *_rules(risky, consenting)), missing)

    def _contradiction(self, reached: Reached) -> Explanation:
        sure = bool(reached.recorded) and all(map(_on_everything, reached.policies))
        evidence = [
            Evidence("sign_ins", f"The row calls the policy {_name(policy)} applied. {_look_at(policy)}")
            for policy in reached.recorded
        ]
        evidence += [
            Evidence(
                "policies", f"The policy {_name(policy)} was in force and reached this sign-in. {_look_at(policy)}"
            )
            for policy in reached.judged
        ]
        missing = () if reached.recorded else ("The row does not say that the policy applied: it was worked out anew.",)
        confidence = Confidence.STATED if sure else Confidence.INFERRED
        return Explanation("policy-should-have-suppressed", confidence, tuple(evidence), missing)

    def _changed_since(self, epoch: int, circumstances: Circumstances) -> Explanation | None:
        reaching = self._suppression.since(epoch, circumstances)
        if not reaching:
            return None
        evidence: list[Evidence] = []
        missing: list[str] = []
        for policy in reaching:
            change = next(iter(self._around.history.changes_since(policy.id, epoch)), None)
            if change is not None:
                said = f"{quoted(change.activity)}: {_name(policy)}, by {quoted(change.by, 'somebody not named')}."
                evidence.append(Evidence("policy_changes", said, change.at))
            else:
                when = policy.modified or ""
                said = f"The policy {_name(policy)} was created or changed after this sign-in and reaches it today."
                evidence.append(Evidence("policies", said, when))
                missing += self._around.lacking("policy_changes", "Who changed the policy, and how, is not known.")
        unknown = {each.id for each in self._around.history.standing(epoch).not_known}
        sure = unknown.isdisjoint(policy.id.lower() for policy in reaching)
        missing += [
            f"What the policy {_name(policy)} said before its change is not known: the audit log does not hold it in "
            "a form that can be read."
            for policy in reaching
            if policy.id.lower() in unknown
        ]
        confidence = Confidence.STATED if sure else Confidence.INFERRED
        return Explanation("policy-changed-since", confidence, tuple(evidence), tuple(dict.fromkeys(missing)))

    def _expected(self, epoch: int, circumstances: Circumstances, reached: Reached) -> Explanation:
        around = self._around
        lacking = around.lacking("policies", "Whether a policy should have kept the prompt away is not known.")
        if not around.policies_read:
            return Explanation("prompt-expected", Confidence.GENERAL, self._setting.shown(), (*lacking, *self._no_page))
        doubts = (*reached.doubts, *self._suppression.doubts_since(epoch, circumstances))
        if not reached.any:
            said = Evidence("policies", "No policy in force set a persistent browser session.")
        elif reached.told:
            said = Evidence("sign_ins", "The row calls no policy applied that set a persistent browser session.")
        else:
            said = Evidence("policies", "No policy that set a persistent browser session is known to have reached it.")
        evidence = [*self._setting.shown(), said]
        if reached.denied:
            names = listed(policy.name or policy.id for policy in reached.denied)
            evidence.append(
                Evidence("policies", f"With the groups and roles of today these would have reached it: {names}.")
            )
        sure = self._setting.says == SHOWN and not doubts and not lacking and (reached.told or not reached.any)
        confidence = Confidence.STATED if sure else Confidence.INFERRED
        missing = (*lacking, *self._no_page, *dict.fromkeys(doubts))
        return Explanation("prompt-expected", confidence, tuple(evidence), missing)


class _Setting:
    """What the sign-in page, or else the admin, says of the setting. `since`: the tick it was read at, 0: not known."""

    def __init__(self, found: SettingEvidence) -> None:
        self.says: str | None = None
        self.since = 0
        self._source, self._who, self._at = "", "", ""
        if found.decided_by == "page":
            self.says, self._source, self._who = found.page, "sign_in_page", "The sign-in page"
            self._at = min(row.read for row in found.default_rows)
            self.since = ticks(self._at) or 0
        elif found.word is not None:
            self.says, self._source, self._who = found.word.setting, "config", f"{found.word.by} in the config"
            self._at = found.word.on
            self.since = ticks(f"{self._at}T00:00:00Z") or 0

    def shown(self) -> tuple[Evidence, ...]:
        if self.says != SHOWN:
            return (Evidence("sign_ins", "The prompt was shown, so the setting showed it then."),)
        return (Evidence(self._source, f"{self._who} says that the prompt is shown.", self._at),)

    def changed(self, read_before: bool) -> Explanation:
        said = [Evidence(self._source, f"{self._who} says that the prompt is hidden.", self._at)]
        if read_before:
            said.append(Evidence("sign_ins", "The prompt came after that: the setting was changed, or this is stale."))
        else:
            said.append(Evidence("sign_ins", "The prompt came before that: the setting was changed in between."))
        sure = self._source == "sign_in_page" and not read_before
        confidence = Confidence.STATED if sure else Confidence.INFERRED
        return Explanation("setting-changed-since", confidence, tuple(said))


def _guest(circumstances: Circumstances, reached: Reached) -> Explanation:
    said = "The row says that the person is a guest here"
    if circumstances.person.kinds != {INTERNAL_GUEST}:
        said += ", whose home is another tenant: its setting counts for them"
    evidence = [Evidence("sign_ins", f"{said}.")]
    if reached.policies:
        names = listed(policy.name or policy.id for policy in reached.policies)
        evidence.append(Evidence("policies", f"Policies that should have kept it away besides: {names}."))
    return Explanation("prompt-unexpected-for-guest", Confidence.STATED, tuple(evidence))


def _rules(risky: bool, consenting: bool) -> Iterator[Evidence]:
    rule = "Microsoft documents that the prompt is not shown"
    if consenting:
        yield Evidence("sign_ins", f"{rule} while consent is asked for, which it was in this attempt.")
    if risky:
        yield Evidence("sign_ins", f"{rule} to people at high risk; the risk of this sign-in was high.")


def _on_everything(policy: Policy) -> bool:
    return policy.conditions.applications.include == (ALL,)


def _look_at(policy: Policy) -> str:
    if not policy.conditions.applications.everything:
        return "It is not set for all resources without exception, which its control needs: look there first."
    return "Look at the policies of this sign-in in the portal."


def _name(policy: Policy) -> str:
    return quoted(policy.name, policy.id)
