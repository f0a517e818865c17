"""The rows of an attempt -> what happened, step by step, why, and how it ended. Pure.

Which rows belong together, and the outcome of each interrupt, is `auditor.sign_ins.attempts`; why it happened is
`auditor.explain.explainer`. What is added here is how the attempt as a whole ended, by its last row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.explain.answer import AskingPolicy, AttemptAnswer, Explained, Step
from auditor.explain.causes import CAUSES, cause
from auditor.explain.codes import cause_answer, kind_of
from auditor.explain.explainer import Explainer
from auditor.sign_ins.attempts import GAP, Judged, attempts, interrupt, is_interrupt, judged
from auditor.sign_ins.catalogue import SUCCESS, catalogue, title
from auditor.sign_ins.one_attempt import FoundRow
from auditor.sign_ins.rows import Row
from auditor.sign_ins.seen import seen
from auditor.tenant.instant import to_seconds_text
from auditor.tenant.links import policy_link
from auditor.tenant.sign_in_log import Coverage, Outcome, PolicyResult, Seen
from auditor.tenant.tenant import Tenant

_ASKED = frozenset({"success", "failure"})
"""What Entra says of a policy that applied: what it asks for was given, or was not."""


def attempt_answers(
    rows: Iterable[FoundRow], coverage: Coverage, tenant: Tenant, name: str, asked_for: Iterable[str]
) -> tuple[AttemptAnswer, ...]:
    """The attempts among rows of any correlation ids, one row per id, oldest first. `name`: of the tenant, as people
    know it. `asked_for`: ids of requests, in lower case."""
    timeline = _Timeline(coverage, Explainer(tenant), tenant.portal, name, frozenset(asked_for))
    by_correlation: dict[str, list[FoundRow]] = {}
    for each in rows:
        by_correlation.setdefault(each.row.correlation_id, []).append(each)
    found = [answer for together in by_correlation.values() for answer in timeline.answers(together)]
    return tuple(answer for _, answer in sorted(found, key=lambda each: each[0]))


class _Timeline:
    def __init__(
        self, coverage: Coverage, explainer: Explainer, portal: str, name: str, asked_for: frozenset[str]
    ) -> None:
        self._coverage = coverage
        self._explainer = explainer
        self._portal = portal
        self._name = name
        self._asked_for = asked_for

    def answers(self, found: Sequence[FoundRow]) -> Iterator[tuple[int, AttemptAnswer]]:
        """The attempts of one correlation id, each with its time."""
        rows = [each.row for each in found]
        # Several rows may bear one id, where ids were masked.
        wide = {id(each.row): each for each in found}
        outcomes = {id(each.row): each for each in judged(rows, self._coverage)}
        for attempt, known in attempts(rows):
            codes = tuple(row.code for row in attempt)
            steps = tuple(self._step(wide[id(row)], outcomes.get(id(row)), codes) for row in attempt)
            ending, ended = _ended(attempt, self._coverage, whose_is_known=known)
            yield (
                attempt[0].at,
                AttemptAnswer(
                    self._name,
                    attempt[0].correlation_id,
                    next((row.user for row in attempt if row.user_id and row.user), ""),
                    next((row.user_id for row in attempt if row.user_id), ""),
                    ending,
                    ended,
                    steps,
                ),
            )

    def _step(self, found: FoundRow, outcome: Judged | None, codes: tuple[int | None, ...]) -> Step:
        row, wide = found
        shown = seen(wide)
        way, device, location = shown.circumstances.way, wide.deviceDetail, wide.location
        entry = None if row.code is None else catalogue().get(row.code)
        return Step(
            id=row.id,
            at=row.created,
            code=row.code,
            name=entry.name if entry else "",
            kind=kind_of(row.code),
            asked_for=row.id.lower() in self._asked_for,
            user=row.user,
            user_id=row.user_id,
            app=row.app,
            app_id=row.app_id,
            resource=shown.resource,
            client=wide.clientAppUsed or "",
            browser=shown.browser,
            system=(device.operatingSystem or "") if device else "",
            ip=way.address,
            country=(location.countryOrRegion or "") if location else "",
            details=shown.details,
            outcome=outcome.outcome.value if outcome else "",
            stated=outcome.stated if outcome else False,
            seconds=outcome.seconds if outcome else None,
            explained=self._explained(row, shown, outcome, codes),
            policies=None if shown.policies is None else tuple(self._asking(shown.policies)),
        )

    def _explained(
        self, row: Row, shown: Seen, outcome: Judged | None, codes: tuple[int | None, ...]
    ) -> Explained | None:
        if row.code is None or row.code not in CAUSES:
            return None
        # Some failures look like interrupts and have causes, too.
        whole = interrupt(outcome or Judged(row, Outcome.NOT_KNOWN, False, None, codes))
        said = self._explainer.explain(whole._replace(seen=shown))
        return Explained(cause_answer(cause(row.code, said.cause)), said.confidence.value, said.evidence, said.missing)

    def _asking(self, policies: Iterable[PolicyResult]) -> Iterator[AskingPolicy]:
        for each in policies:
            if each.result in _ASKED:
                controls = (*each.grants, *each.sessions)
                yield AskingPolicy(each.id, each.name, each.result, controls, policy_link(self._portal, each.id))


def _ended(attempt: list[Row], coverage: Coverage, *, whose_is_known: bool) -> tuple[str, str]:
    """The rule for an interrupt, applied to the attempt's last row, whatever that is."""
    last = attempt[-1]
    what = "" if last.code is None else title(last.code)
    if last.code == SUCCESS:
        return "succeeded", "It succeeded."
    if not whose_is_known:
        return _not_known("the row names no user, and several share its correlation id")
    if not last.correlation_id:
        return _not_known("the row has no correlation id, so nothing tells what belongs to it")
    if last.code is None:
        called = f', and the log calls it "{last.called}"' if last.called else ""
        return _not_known(f"its last row has no code{called}")
    if last.code not in catalogue():
        return _not_known(f"its last row is {what}, which is not in the catalogue")
    if coverage.filtered:
        return _not_known("the log holds no success at all, so it seems to be filtered")
    settled = last.at + GAP
    if not coverage.whole(last.at, min(settled, coverage.end)):
        return _not_known(f"its last row is {what}, and the log has a hole behind it")
    if settled > coverage.end:
        return "pending", (
            f"So far its last row is {what}. The log reaches to {to_seconds_text(coverage.end)} only, and a next row "
            "may follow within an hour."
        )
    if is_interrupt(last):
        return "abandoned", f"It was abandoned: nothing follows {what} within an hour."
    return "failed", f"It failed: its last row is {what}, and nothing follows within an hour."


def _not_known(why: str) -> tuple[str, str]:
    return "not known", f"How it ended is not known: {why}."
