"""Codes behind which stands a control of a policy other than MFA: devices (50097, 50129, 50127), challenges (50158),
changes of the password (50142). The row says which policy was not satisfied, or nobody can tell.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from auditor.explain.asked import APP, DEVICE, FACTOR, FILTER, PASSWORD, TERMS, Control, asking, seen_in_row
from auditor.explain.causes import NOT_EVIDENCED
from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.phrases import listed
from auditor.explain.surroundings import KEPT, Surroundings
from auditor.finding import Confidence, Evidence
from auditor.tenant.dataset import DATASETS
from auditor.tenant.sign_in_log import Interrupt, PolicyResult, Seen

_RESULTS = (
    "Which policies were not satisfied is not known: the row shows none. Graph leaves them out without the permission "
    f"{DATASETS['policies'].permissions[0]}."
)


class _Candidate(NamedTuple):
    """`or_unknown`: a policy that nothing is known of will do, for no other cause is possible."""

    slug: str
    control: Control
    or_unknown: bool = False


_CANDIDATES = {
    # A filter asks every device who it is, whatever else its policy wants.
    50097: (_Candidate("device-filter", FILTER), _Candidate("device-policy", DEVICE)),
    50129: (_Candidate("device-policy", DEVICE, True),),
    50127: (_Candidate("app-policy", APP, True),),
    50158: (_Candidate("terms-of-use", TERMS), _Candidate("external-factor", FACTOR)),
    50142: (_Candidate("policy", PASSWORD, True),),
}
CODES = tuple(_CANDIDATES)


class Controls:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._known: dict[tuple[int, int, Optional[tuple[PolicyResult, ...]]], Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        around, seen = self._around, interrupt.seen
        if seen is None or around.unseen(interrupt):
            return fallback(interrupt.code, around.unseen(interrupt))
        key = (interrupt.code, around.history.epoch(interrupt.at), seen.policies)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = self._explained(interrupt.code, key[1], seen)
        return found

    def _explained(self, code: int, epoch: int, seen: Seen) -> Explanation:
        if seen.policies is None:
            return fallback(code, _RESULTS)
        unsatisfied = self._around.unsatisfied(seen, epoch)
        for sure in (True, False):
            for candidate in _CANDIDATES[code]:
                asked = asking(unsatisfied, candidate.control, or_unknown=candidate.or_unknown)
                if asked.policies and asked.sure is sure:
                    evidence = (seen_in_row(asked.policies, candidate.control),)
                    return Explanation(candidate.slug, asked.confidence, evidence, asked.missing)
        if not unsatisfied:
            said = "The row calls no policy not satisfied."
        else:
            names = listed(each.result.name or each.result.id for each in unsatisfied)
            said = f"The row calls policies not satisfied that are not known to ask for it: {names}."
        return Explanation(NOT_EVIDENCED, Confidence.GENERAL, (Evidence("sign_ins", said),))
