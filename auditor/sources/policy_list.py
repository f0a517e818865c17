"""The list of Conditional Access policies, out of Graph's v1.0 and its beta, and what else of beta bears on it.

v1.0 has been seen to leave out policies that use newer features, and to drop a condition that it does not know. So the
list is the union of both, and of a policy that stands in both beta's body rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.errors import Refused, SourceError
from auditor.sources.fetch import Fetch, Rows
from auditor.sources.graph_client import GraphClient
from auditor.sources.named import only_ids
from auditor.sources.pace import Pace
from auditor.sources.queries import conditional_access_request
from auditor.sources.reasons import why
from auditor.spool.spool import Spool, State, StoredDataset
from auditor.tenant.instant import parse
from auditor.tenant.json_shapes import maybe_text
from auditor.tenant.records import PolicyListing

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

BETA, PLANS, DELETED = "beta", "plans", "deleted"
"""What is stored beside the policies: how beta's list could be read (its policies are among the others), the policy
plans that hold rules or may, and the deleted policies."""

READ_AGAIN = 2
"""How often both lists are read again where a policy changed in between."""
MOST_PLANS = 20
"""Plans whose rules are looked at, which takes a second each. A further one is taken to hold some."""

_NOT_TO_BE_HAD = (400, 403, 404)
_EARLIER = "Graph's beta list of policies was not read, as version 0.1 collected this."
_COLLECT_AGAIN = "Collect again: this version reads that list, too."


class _Key(msgspec.Struct):
    id: str = ""
    modified: str | None = msgspec.field(default=None, name="modifiedDateTime")
    created: str | None = msgspec.field(default=None, name="createdDateTime")


class PolicyList:
    """Reads the list, at the `pace` of all that is about Conditional Access. `now` gives the present as text."""

    def __init__(self, graph: GraphClient, fetch: Fetch, pace: Pace, now: Callable[[], str]) -> None:
        self._graph = graph
        self._fetch = fetch
        self._pace = pace
        self._now = now

    async def first_page(self, value: Rows) -> None:
        """Of v1.0 only: whether there is anything to read."""
        await self._all(value, "/policies", "v1.0")

    async def read(self, value: Rows, beside: dict[str, StoredDataset]) -> None:
        """Adds the policies to `value`, and to `beside` how the rest went. SourceError: v1.0's list could not be read
        (then beta is not asked), or a policy is still another there than in beta."""
        await self.first_page(value)
        beta: Rows = []
        beside[BETA] = await self._ended(BETA, [], self._both(value, beta))
        changing = tuple(_changed(value, beta))
        value[:] = _union(value, beta)
        plans: Rows = []
        beside[PLANS] = await self._ended(PLANS, plans, self._plans(plans))
        deleted: Rows = []
        beside[DELETED] = await self._ended(DELETED, deleted, self._all(deleted, "/deletedItems/policies"))
        if changing:
            raise SourceError(
                f"{len(changing)} of the policies are of another time in Graph's v1.0 than in its beta, {changing[0]} "
                f"is the first, although both were read {READ_AGAIN + 1} times.",
                "Somebody may be changing them: collect again.",
            )

    async def _all(self, value: Rows, path: str, api: str = "beta") -> None:
        await self._fetch.all(self._request(path, api), "policies", value, self._pace, quiet=api == "beta")

    def _request(self, path: str, api: str) -> RequestInformation:
        return conditional_access_request(self._graph, path, api)

    async def _both(self, value: Rows, beta: Rows) -> None:
        """Beta's list; and both again where a policy changed in between."""
        await self._all(beta, "/policies")
        for _ in range(READ_AGAIN):
            if not any(_changed(value, beta)):
                return
            again: tuple[Rows, Rows] = [], []
            await self._all(again[0], "/policies", "v1.0")
            await self._all(again[1], "/policies")
            value[:], beta[:] = again

    async def _plans(self, found: Rows) -> None:
        plans: Rows = []
        await self._all(plans, "/plans")
        for number, raw in enumerate(plans):
            plan = msgspec.json.decode(raw)
            rules = await self._rules(plan) if number < MOST_PLANS and isinstance(plan, dict) else None
            if rules is None:
                found.append(raw)
            elif rules:
                found.append(msgspec.Raw(msgspec.json.encode({**plan, "rules": rules})))

    async def _rules(self, plan: dict[str, Any]) -> Rows | None:
        """None: whether it holds any is not known."""
        rules: Rows = []
        for identity in only_ids([maybe_text(plan, "id") or ""]):
            try:
                await self._all(rules, f"/plans/{identity}/rules")
            except Refused:
                return None
            return rules
        return None

    async def _ended(self, name: str, value: Rows, reading: Any) -> StoredDataset:
        """How that went. Where Graph says that there is no such thing, or that it is for nobody here to see, it has
        been looked at: a preview is not everywhere."""
        state: State = "collected"
        reason = remedy = ""
        try:
            await reading
        except SourceError as error:
            reason, remedy = why(error, "policies")
            if name == BETA or not isinstance(error, Refused) or error.status not in _NOT_TO_BE_HAD:
                state = "partial" if value else "missing"
        return StoredDataset(name=name, state=state, reason=reason, remedy=remedy, read=self._now(), value=value)


def policy_listing(spool: Spool) -> PolicyListing | None:
    """What a collected folder tells of how its list of policies was read; None where it holds none."""
    stored = spool.dataset("policies")
    if stored is None:
        return None
    beta, plans, deleted = (stored.beside.get(name) for name in (BETA, PLANS, DELETED))
    if beta is None:
        return PolicyListing(_EARLIER, _COLLECT_AGAIN) if stored.state == "collected" else PolicyListing()
    unread = f"Graph's beta list of policies was not read: {beta.reason}" if beta.state != "collected" else ""
    return PolicyListing(
        beta=unread,
        remedy=beta.remedy,
        plans=tuple(_names(plans)),
        plans_unread=plans.reason if plans is not None and plans.state != "collected" else "",
        plans_aside=plans.reason if plans is not None and plans.state == "collected" else "",
        deleted=dict(_deletions(deleted)),
        deleted_unread=deleted.reason if deleted is not None else "",
    )


def _names(plans: StoredDataset | None) -> Iterator[str]:
    for plan in plans.objects() if plans is not None else ():
        known = plan if isinstance(plan, dict) else {}
        yield maybe_text(known, "displayName") or maybe_text(known, "id") or "one without a name"


def _deletions(deleted: StoredDataset | None) -> Iterator[tuple[str, str]]:
    for policy in deleted.objects() if deleted is not None else ():
        if isinstance(policy, dict) and (identity := maybe_text(policy, "id")):
            at = maybe_text(policy, "deletedDateTime") or ""
            yield identity.lower(), at if _instant(at) is not None else ""


def _union(value: Rows, beta: Rows) -> Rows:
    """In the order of v1.0, then what only beta lists."""
    by_id = {identity: raw for raw in beta if (identity := _key(raw).id.lower())}
    both = [by_id.pop(_key(raw).id.lower(), raw) for raw in value]
    return [*both, *by_id.values(), *(raw for raw in beta if not _key(raw).id)]


def _changed(value: Rows, beta: Rows) -> Iterator[str]:
    """The ids of policies that stand in both and are not of one time."""
    times = {identity: at for identity, at in _times(beta)}
    for identity, at in _times(value):
        if times.get(identity, at) != at:
            yield identity


def _times(rows: Iterable[msgspec.Raw]) -> Iterator[tuple[str, int]]:
    for key in map(_key, rows):
        at = _instant(key.modified or key.created or "")
        if key.id and at is not None:
            yield key.id.lower(), at


def _key(raw: msgspec.Raw) -> _Key:
    """Nothing of what has another shape: parsing will say so."""
    try:
        return msgspec.json.decode(raw, type=_Key)
    except ValueError:
        return _Key()


def _instant(text: str) -> int | None:
    try:
        return parse(text)
    except ValueError:
        return None
