"""Collections of Graph: which query options each takes, and how a page of one is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from auditor.local_tenant.service.graph.endpoint import Call, bad_request
from auditor.local_tenant.service.graph.enums import UnknownMembers
from auditor.local_tenant.service.odata import EVERYTHING, Filter, Filterable, FilterRefused, compile_filter
from auditor.local_tenant.service.paging import JsonRow, Position, SkipTokenRefused
from auditor.local_tenant.service.schema import property_names

DIRECTORY_OPTIONS = frozenset({"$top", "$skiptoken", "$filter", "$select"})
LOG_OPTIONS = frozenset({"$top", "$skiptoken", "$filter"})
MOST_COMPARISONS = 15
"""How many comparisons the directory takes in one filter."""

_TIP = "Use $select to ask for no more properties than you need; answers are smaller and come sooner."


@dataclass(frozen=True, slots=True)
class Collection:
    """The rules of one collection; `type` is the name of its members' type in the schema."""

    name: str
    type: str | None = None
    size: int = 100
    most: int = 999
    filterable: Filterable = field(default_factory=dict)
    options: frozenset[str] = DIRECTORY_OPTIONS
    most_comparisons: int | None = MOST_COMPARISONS
    unselected: tuple[str, ...] = ()
    """The properties that a member has when the caller selects none; empty for all."""
    time: str | None = None
    """The property by which it is ordered, newest first, if it is a log."""
    evolving: tuple[str, ...] = ()
    """The properties in which enum members stand that Graph hides; empty for any."""
    link: str | None = None
    """How next links spell its path, if not as the caller did."""


def listing(
    call: Call,
    collection: Collection,
    rows_from: Callable[[Filter, Position], Iterable[JsonRow]],
    *,
    show: Callable[[JsonRow], JsonRow] | None = None,
) -> dict[str, Any]:
    """One page of a collection, as Graph's JSON.

    `rows_from` gives all rows within the filter's bounds of time, at or before the position; matching is done here.
    `show` makes of a row what the caller may see of it.
    """
    _refuse_others(call, collection.options)
    chosen = selected(call, collection)
    asked = _filter(call, collection)
    time = collection.time

    def matching(position: Position) -> Iterable[JsonRow]:
        return filter(asked.matches, rows_from(asked, position))

    try:
        page = call.pages.cut(
            matching,
            question=_question(call),
            size=_top(call, collection),
            skiptoken=call.options.get("$skiptoken"),
            time_of=(lambda row: str(row[time])) if time else None,
        )
    except SkipTokenRefused as refused:
        raise bad_request("Invalid Skip Token, skip token is null or cannot be read.") from refused
    answer: dict[str, Any] = {"@odata.context": call.context(_named(call, collection))}
    if "$select" not in call.options:
        answer["@microsoft.graph.tips"] = _TIP
    if page.skiptoken is not None:
        answer["@odata.nextLink"] = _next_link(call, collection, page.skiptoken)
    seen = [show(row) for row in page.rows] if show else page.rows
    answer["value"] = shown(call, collection, seen, chosen)
    return answer


def simple(collection: Collection, rows: Callable[[Call], Iterable[JsonRow]]) -> Callable[[Call], dict[str, Any]]:
    """The answer of a collection that is listed from its beginning."""
    return lambda call: listing(call, collection, lambda _filter, _position: rows(call))


def single(call: Call, collection: Collection, row: JsonRow) -> dict[str, Any]:
    """One member of a collection, as an answer of its own."""
    _refuse_others(call, frozenset({"$select"}) & collection.options)
    (entity,) = shown(call, collection, [row], selected(call, collection))
    return {"@odata.context": call.context(f"{_named(call, collection)}/$entity"), **entity}


def _named(call: Call, collection: Collection) -> str:
    """The collection's name in a context: with the selected properties, if any are."""
    chosen = call.options.get("$select", "").strip()
    return f"{collection.name}({chosen})" if chosen else collection.name


def shown(call: Call, collection: Collection, rows: list[JsonRow], chosen: tuple[str, ...]) -> list[JsonRow]:
    """What a caller sees of rows: the chosen properties (all if none are), later enum members hidden."""
    if chosen:
        rows = [{name: row[name] for name in ("@odata.type", *chosen) if name in row} for row in rows]
    if call.wants_unknown_members:
        return rows
    unknown = UnknownMembers(collection.evolving)
    return [unknown.hide(row) for row in rows]


def selected(call: Call, collection: Collection) -> tuple[str, ...]:
    """The properties that the caller selected, or that the collection gives of itself.

    Raises `GraphRefused` for one that the type does not have.
    """
    if "$select" not in call.options:
        return collection.unselected
    names = tuple(name.strip() for name in call.options["$select"].split(",") if name.strip())
    known = property_names(collection.type) if collection.type else None
    for name in names:
        if known is not None and name not in known:
            raise bad_request(
                "Parsing OData Select and Expand failed: Could not find a property named "
                f"'{name}' on type '{collection.type}'."
            )
    return names


def _refuse_others(call: Call, options: frozenset[str]) -> None:
    for name in call.options:
        if name not in options:
            raise bad_request(f"Query option '{name[1:].title()}' is not allowed.")


def _question(call: Call) -> str:
    """What a skiptoken is good for; what the caller may see is part of it, as a listing may depend on it."""
    asked = (call.options.get("$filter", ""), call.options.get("$select", ""))
    return "\n".join([call.version, call.path.lower(), *asked, *sorted(call.permissions)])


def _top(call: Call, collection: Collection) -> int:
    text = call.options.get("$top")
    if text is None:
        return collection.size
    if not text.isdecimal() or not 1 <= int(text) <= collection.most:
        raise bad_request(f"Invalid page size specified: '{text}'. Must be between 1 and {collection.most} inclusive.")
    return int(text)


def _filter(call: Call, collection: Collection) -> Filter:
    text = call.options.get("$filter")
    if text is None:
        return EVERYTHING
    try:
        return compile_filter(text, collection.filterable, time=collection.time, most=collection.most_comparisons)
    except FilterRefused as refused:
        raise bad_request(str(refused), refused.code) from refused


def _next_link(call: Call, collection: Collection, skiptoken: str) -> str:
    options = {**call.options, "$skiptoken": skiptoken}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
    return f"{call.host}/{call.version}{collection.link or call.path}?{query}"
