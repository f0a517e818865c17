"""Conditional Access policies: every kind that touches persistent browser sessions, and ordinary ones around them.

Each seed draws a subset. Some policies were changed while the log was running: `PolicyHistory` knows how they stood at
any moment, and what the directory audit says of the change.
"""

from __future__ import annotations

import copy
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from auditor.local_tenant.simulation.identity import Json, guid
from auditor.local_tenant.simulation.policy_kinds import LATER, ORDINARY, PERSISTENT, Kind, Names
from auditor.local_tenant.simulation.times import DAY, stamp, ticks

# Seed 1 is what `auditor demo` shows: it always has these, so that the first screen has something to say.
_SHOWCASE = frozenset(
    {
        "always-admins",
        "block-countries",
        "block-legacy",
        "compliant-executives",
        "frequency-unmanaged",
        "mfa-admins",
        "mfa-everyone",
        "never-not-browser",
        "never-pilot",
        "never-report-only",
        "never-some-apps",
        "template-report-only",
        "terms-contractors",
    }
)
_CHANGED_IN_SHOWCASE = frozenset({"never-pilot", "never-report-only"})


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one policy: what it was (None: it did not exist), what it became, and when (ticks)."""

    tick: int
    before: Json | None
    after: Json


class PolicyHistory:
    """The tenant's policies now and at any moment of the log."""

    def __init__(self, current: Sequence[Json], changes: Sequence[Change]) -> None:
        self.current = list(current)
        self.changes = sorted(changes, key=lambda change: change.tick)
        self._ticks = [change.tick for change in self.changes]
        self._epochs = list(self._rewind())[::-1]
        self.persistent = [
            (policy, changed_at(policy))
            for policy in self.current
            if policy["state"] == "enabled" and _persists(policy)
        ]

    def _rewind(self) -> Iterator[list[Json]]:
        state = list(self.current)
        yield state
        for change in reversed(self.changes):
            earlier = [change.before if policy["id"] == change.after["id"] else policy for policy in state]
            state = [policy for policy in earlier if policy is not None]
            yield state

    def epoch(self, tick: int) -> int:
        """Number of changes made up to the tick."""
        return bisect_right(self._ticks, tick)

    def at(self, epoch: int) -> list[Json]:
        """The policies as they stood after that many changes."""
        return self._epochs[epoch]


def _persists(policy: Json) -> bool:
    control = (policy.get("sessionControls") or {}).get("persistentBrowser") or {}
    return control.get("isEnabled") is True and control.get("mode") in ("always", "never")


def changed_at(policy: Json) -> int:
    """When the policy was last changed, in ticks; 0 where it does not say."""
    text = policy.get("modifiedDateTime") or policy.get("createdDateTime")
    if not text:
        return 0
    whole, _, fraction = text.rstrip("Z").partition(".")
    return ticks(datetime.fromisoformat(f"{whole}+00:00")) + int((fraction or "0").ljust(7, "0")[:7])


def given(policies: Sequence[Json]) -> PolicyHistory:
    """A history of policies that were handed in: they have always stood as they are."""
    return PolicyHistory(copy.deepcopy(list(policies)), ())


def drawn(seed: int, begin: int, end: int, names: Names) -> PolicyHistory:
    """The policies of a seed. `begin` and `end` in ticks are the log's."""
    rng = Random(f"{seed}/policies")
    current: list[Json] = []
    changes: list[Change] = []
    for kind in (*PERSISTENT, *ORDINARY, *LATER):
        chance, moving, where = rng.random(), rng.random(), rng.random()
        if not (kind.key in _SHOWCASE if seed == 1 else chance < kind.share):
            continue
        created = begin - int((30 + 400 * chance) * DAY)
        policy = _finished(kind, seed, created, names)
        current.append(policy)
        if kind.key in _CHANGED_IN_SHOWCASE if seed == 1 else moving < kind.moves:
            tick = begin + int((end - begin) * (0.25 + 0.4 * where))
            policy["modifiedDateTime"] = stamp(tick)
            before = _earlier(policy, kind, where)
            if before is None:
                policy["createdDateTime"], policy["modifiedDateTime"] = stamp(tick), None
            changes.append(Change(tick, before, policy))
    return PolicyHistory(current, changes)


def _finished(kind: Kind, seed: int, created: int, names: Names) -> Json:
    body = kind.build(names)
    return {
        "id": guid(seed, "policy", kind.key),
        "templateId": body.pop("templateId", None),
        "displayName": body.pop("displayName"),
        "description": None,
        "createdDateTime": stamp(created),
        "modifiedDateTime": stamp(created + 3 * DAY),
        "deletedDateTime": None,
        "state": body.pop("state", "enabled"),
        "conditions": body["conditions"],
        "grantControls": body.get("grantControls"),
        "sessionControls": body.get("sessionControls"),
    }


def _earlier(policy: Json, kind: Kind, where: float) -> Json | None:
    """How the policy stood before its change. It never reached more than it does now."""
    if kind.key not in _CHANGED_IN_SHOWCASE and where < 0.3:
        return None
    before = copy.deepcopy(policy)
    before["modifiedDateTime"] = before["createdDateTime"]
    if policy["state"] == "enabled":
        before["state"] = "enabledForReportingButNotEnforced" if where < 0.7 else "disabled"
    else:
        before["displayName"] = f"{policy['displayName']} (draft)"
    return before


def problems(policy: Json) -> list[str]:
    """What keeps a persistent-browser policy from doing what its name says; sorted, from the closed list."""
    control = policy["sessionControls"]["persistentBrowser"]
    conditions = policy["conditions"]
    users, apps = conditions.get("users") or {}, conditions.get("applications") or {}
    types = conditions.get("clientAppTypes") or ()
    included = [name for name in users.get("includeUsers") or () if name != "None"]
    included += [*(users.get("includeGroups") or ()), *(users.get("includeRoles") or ())]
    excluded = [
        *(users.get("excludeUsers") or ()),
        *(users.get("excludeGroups") or ()),
        *(users.get("excludeRoles") or ()),
    ]
    mode = control.get("mode")
    found = {
        "always": mode == "always",
        "mode-not-known": mode not in ("always", "never"),
        "disabled": policy["state"] == "disabled",
        "report-only": policy["state"] == "enabledForReportingButNotEnforced",
        "control-not-enabled": control.get("isEnabled") is not True,
        "browser-not-included": not {"all", "browser"}.intersection(types),
        "not-all-apps": "All" not in (apps.get("includeApplications") or ()) or bool(apps.get("excludeApplications")),
        "nobody-in-scope": not included and not users.get("includeGuestsOrExternalUsers"),
        "people-excluded": mode == "never" and bool(excluded or users.get("excludeGuestsOrExternalUsers")),
    }
    return sorted(problem for problem, holds in found.items() if holds)


def truth(policies: Sequence[Json]) -> Iterator[Json]:
    """One line for each policy that sets the persistent browser."""
    for policy in policies:
        control = (policy.get("sessionControls") or {}).get("persistentBrowser")
        if control is not None:
            yield {
                "kind": "policy",
                "id": policy["id"],
                "name": policy["displayName"],
                "state": policy["state"],
                "mode": control.get("mode"),
                "problems": problems(policy),
            }


def audit_values(change: Change) -> tuple[str | None, str]:
    """The policy before and after a change, as the directory audit carries them: JSON text."""
    before = None if change.before is None else json.dumps(change.before, separators=(",", ":"))
    return before, json.dumps(change.after, separators=(",", ":"))
