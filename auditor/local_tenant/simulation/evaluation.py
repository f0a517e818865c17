"""What the Conditional Access policies of a moment make of one sign-in, as Entra would record it.

Many sign-ins fare alike, so answers are worked out by part (who, what, how) and shared.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditor.local_tenant.simulation.conditions import NO, How, Verdict, Who, covers, enabled, judge, reaches
from auditor.local_tenant.simulation.identity import Json

_GRANT_NAMES = {
    "block": "Block",
    "mfa": "Mfa",
    "compliantDevice": "RequireCompliantDevice",
    "domainJoinedDevice": "RequireDomainJoinedDevice",
    "approvedApplication": "RequireApprovedApp",
    "compliantApplication": "RequireCompliantApp",
    "passwordChange": "RequirePasswordChange",
}
# How the log writes the persistent-browser control is not published; readers match it loosely and by policy id.
_SESSION_NAMES = {
    "signInFrequency": "SignInFrequency",
    "persistentBrowser": "PersistentBrowserSession",
    "cloudAppSecurity": "CloudAppSecurity",
    "applicationEnforcedRestrictions": "AppEnforcedRestrictions",
}


class Reach:
    """What the policies of one moment do to sign-ins that are alike.

    `ends` is the control that no answer satisfies ("block" or "device"), or empty. `demanded` are the controls that
    policies in force ask for: mfa, device, app, password, terms, factor, frequency, filter, block.
    `persistent` gives, for each policy that today sets the persistent browser here, when it was last
    changed (ticks).
    """

    __slots__ = ("_board", "_rows", "_verdicts", "demanded", "ends", "persistent")

    def __init__(self, board: Board, verdicts: tuple[Verdict, ...], persistent: tuple[int, ...]) -> None:
        enforced = [verdict for verdict, state in zip(verdicts, board.states, strict=True) if state == "enabled"]
        ends = {verdict.ends for verdict in enforced}
        demanded = frozenset(control for verdict in enforced for control in verdict.demands)
        self.ends = "block" if "block" in ends else "device" if "device" in ends else ""
        self.demanded = demanded | {"mfa"} if board.defaults else demanded
        self.persistent = persistent
        self._board, self._verdicts = board, verdicts
        self._rows: dict[str, tuple[str, list[Json]]] = {}

    def applied(self, stage: str) -> tuple[str, list[Json]]:
        """conditionalAccessStatus and appliedConditionalAccessPolicies of a row.

        `stage`: "before" (the policies were not asked yet), "satisfied", or a control whose demand interrupted.
        """
        found = self._rows.get(stage)
        if found is None:
            known = stage in ("before", "satisfied") or stage in self.demanded
            found = self._board.shown(self._verdicts, stage if known else "before", "mfa" in self.demanded)
            self._rows[stage] = found
        return found


class Board:
    """The policies as they stood during one stretch of time.

    `persistent`: today's enforced policies with a persistent-browser control and when each was last changed.
    `defaults`: security defaults are on; the log shows them as one more policy, whose id is a word.
    """

    def __init__(
        self,
        policies: Sequence[Json],
        persistent: Sequence[tuple[Json, int]],
        *,
        defaults: bool,
    ) -> None:
        self.defaults = defaults
        self.states = [policy["state"] for policy in policies]
        self._policies = policies
        self._changed = [changed for _, changed in persistent]
        self._all = [*policies, *(policy for policy, _ in persistent)]
        self._who: dict[Who, list[bool]] = {}
        self._what: dict[str, list[bool]] = {}
        self._how: dict[How, list[Verdict]] = {}
        self._reaches: dict[tuple[Verdict, ...], Reach] = {}
        self._shown: dict[tuple[int, str, bool], Json] = {}

    def reach(self, who: Who, resource: str, how: How) -> Reach:
        """What the policies do to such a sign-in."""
        aimed = self._who.get(who)
        if aimed is None:
            aimed = self._who[who] = [reaches(policy, who) for policy in self._all]
        covered = self._what.get(resource)
        if covered is None:
            covered = self._what[resource] = [covers(policy, resource) for policy in self._all]
        judged = self._how.get(how)
        if judged is None:
            judged = self._how[how] = [judge(policy, how) for policy in self._all]
        verdicts = tuple(
            verdict if person and app else NO for person, app, verdict in zip(aimed, covered, judged, strict=True)
        )
        found = self._reaches.get(verdicts)
        if found is None:
            count = len(self._policies)
            persistent = (
                changed for changed, verdict in zip(self._changed, verdicts[count:], strict=True) if verdict.applies
            )
            found = self._reaches[verdicts] = Reach(self, verdicts[:count], tuple(persistent))
        return found

    def shown(self, verdicts: Sequence[Verdict], stage: str, strong: bool) -> tuple[str, list[Json]]:
        """conditionalAccessStatus and the list of policies as a row shows them."""
        found: list[Json] = []
        for number, verdict in enumerate(verdicts):
            key = number, *_result(self.states[number], verdict, stage, strong)
            row = self._shown.get(key)
            if row is None:
                row = self._shown[key] = _row(self._policies[number], *key[1:])
            found.append(row)
        if self.defaults:
            found.append(_DEFAULTS[{"before": "notApplied", "mfa": "failure"}.get(stage, "success")])
        results = {row["result"] for row in found}
        return "failure" if "failure" in results else "success" if "success" in results else "notApplied", found


def _result(state: str, verdict: Verdict, stage: str, strong: bool) -> tuple[str, bool]:
    """The result word, and whether the row lists the policy's controls."""
    applied = verdict.applies and stage != "before"
    if state == "disabled":
        return "notEnabled", False
    if state == "enabled":
        demanded = stage in verdict.demands
        return "failure" if demanded else "success" if applied else "notApplied", applied or demanded
    if not applied:
        return "reportOnlyNotApplied", False
    if verdict.ends:
        return "reportOnlyFailure", True
    return "reportOnlyInterrupted" if "mfa" in verdict.demands and not strong else "reportOnlySuccess", True


def _row(policy: Json, result: str, listed: bool) -> Json:
    grant = policy.get("grantControls") or {}
    controls = [_GRANT_NAMES[control] for control in grant.get("builtInControls") or ()]
    if grant.get("authenticationStrength"):
        controls.append("RequireAuthenticationStrength")
    sessions = [name for control, name in _SESSION_NAMES.items() if enabled(policy, control)]
    return {
        "id": policy["id"],
        "displayName": policy["displayName"],
        "enforcedGrantControls": controls if listed else [],
        "enforcedSessionControls": sessions if listed else [],
        "result": result,
    }


_DEFAULTS: dict[str, Json] = {
    result: {
        "id": "SecurityDefaults",
        "displayName": "Security defaults",
        "enforcedGrantControls": [] if result == "notApplied" else ["Mfa"],
        "enforcedSessionControls": [],
        "result": result,
    }
    for result in ("notApplied", "failure", "success")
}
