"""`$filter` as Graph takes it: only the documented operators on the documented properties, everything else refused.

odata-query parses; this module checks the tree against what a collection allows and turns it into a predicate on rows
of JSON. Bounds on time that every match must keep are found on the way, so that a log can be entered where they begin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

Row = Mapping[str, Any]
Predicate = Callable[[Any], bool]

Filterable = Mapping[str, str]
"""Property -> its kind (`text`, `number`, `flag` or `time`) and its operators: `{"appId": "text eq in"}`.

A property of a complex one is written `status/errorCode`; one of a collection's members, to be used within `any()`,
`targetResources/any/id`, and the members themselves `signInEventTypes/any`.
"""


class FilterRefused(Exception):
    """A filter that Graph would answer with 400; the message says why."""

    def __init__(self, message: str, code: str = "BadRequest") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Filter:
    """A compiled filter: which rows match, between which times all of them lie, which properties it speaks of."""

    matches: Predicate
    since: str | None = None
    until: str | None = None
    """Both bounds inclusive, as `instant` writes them; None where there is none."""
    properties: frozenset[str] = field(default=frozenset())


EVERYTHING = Filter(matches=lambda row: True)

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_STARTS_WITH = re.compile(r"('(?:[^']|'')*')|\bstartswith(?=\s*\()", re.IGNORECASE)
# odata-query reads a list of one only with a comma behind it, as Python does; OData has none there.
_LIST_OF_ONE = re.compile(r"('(?:[^']|'')*')|\bin\s*\(\s*('(?:[^']|'')*')\s*\)", re.IGNORECASE)
_OPERATORS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.In: "in"}
_LITERALS: dict[str, tuple[type[Any], ...]] = {
    "text": (ast.String, ast.Null),
    "number": (ast.Integer,),
    "flag": (ast.Boolean,),
    "time": (ast.DateTime,),
}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda seen, given: bool(seen == given),
    "ne": lambda seen, given: bool(seen != given),
    "le": lambda seen, given: seen is not None and bool(seen <= given),
    "ge": lambda seen, given: seen is not None and bool(seen >= given),
    "lt": lambda seen, given: seen is not None and bool(seen < given),
    "gt": lambda seen, given: seen is not None and bool(seen > given),
    "in": lambda seen, given: seen in given,
}


def instant(text: str) -> str:
    """A time as Graph writes it in UTC with seven digits of a second, so that times compare as texts do.

    Raises `ValueError` for what is no time with an offset.
    """
    if len(text) == 28 and text[19] == "." and text[27] == "Z":
        return text
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a time")
    day, minute, second, fraction, offset = found.groups()
    moment = datetime.fromisoformat(f"{day}T{minute}:{second or '00'}+00:00")
    if offset not in ("Z", "z"):
        away = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
        moment += away if offset[0] == "-" else -away
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}.{(fraction or '')[:7].ljust(7, '0')}Z"


def compile_filter(text: str, allowed: Filterable, *, time: str | None = None, most: int | None = None) -> Filter:
    """The filter that `text` says.

    `time` names the property by which the collection is ordered; `most` is how many comparisons Graph takes in one
    filter. Raises `FilterRefused`.
    """
    lowered = _STARTS_WITH.sub(lambda found: found[1] or "startswith", text)
    lowered = _LIST_OF_ONE.sub(lambda found: found[1] or f"in ({found[2]},)", lowered)
    try:
        tree = ODataParser().parse(ODataLexer().tokenize(lowered))
    except ODataException as refused:
        raise FilterRefused("Invalid filter clause: it cannot be parsed.") from refused
    compiler = _Compiler(allowed)
    matches = compiler.predicate(tree)
    if most is not None and compiler.comparisons > most:
        raise FilterRefused(
            "Too many child clauses specified in search filter expression containing 'OR' operators: "
            f"{compiler.comparisons}. Max allowed: {most}.",
            code="Request_UnsupportedQuery",
        )
    since, until = _bounds(tree, time) if time else (None, None)
    return Filter(matches, since, until, frozenset(compiler.properties))


def _bounds(tree: Any, time: str) -> tuple[str | None, str | None]:
    since: str | None = None
    until: str | None = None
    for part in _operands(tree, ast.And):
        if not isinstance(part, ast.Compare) or not isinstance(part.right, ast.DateTime) or _path(part.left) != time:
            continue
        moment = instant(part.right.val)
        if isinstance(part.comparator, (ast.GtE, ast.Gt, ast.Eq)):
            since = max(since or moment, moment)
        if isinstance(part.comparator, (ast.LtE, ast.Lt, ast.Eq)):
            until = min(until or moment, moment)
    return since, until


def _operands(tree: Any, operator: type[Any]) -> Iterator[Any]:
    """The parts that a chain of one operator joins, without recursion: chains of hundreds of `or` are usual."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.BoolOp) and isinstance(part.op, operator):
            waiting += [part.right, part.left]
        else:
            yield part


def _path(node: Any) -> str | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.owner
    if not isinstance(node, ast.Identifier) or node.namespace:
        return None
    return "/".join([node.name, *reversed(names)])


class _Compiler:
    """One walk over one tree; within `any()` the variable stands for a member of the named collection."""

    def __init__(self, allowed: Filterable) -> None:
        self._allowed = allowed
        self._variable: tuple[str, str] | None = None
        self.comparisons = 0
        self.properties: set[str] = set()

    def predicate(self, node: Any) -> Predicate:
        if isinstance(node, ast.BoolOp):
            operator = type(node.op)
            parts = [self.predicate(part) for part in _operands(node, operator)]
            if operator is ast.And:
                return lambda row: all(part(row) for part in parts)
            return lambda row: any(part(row) for part in parts)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call) and node.func.name == "startswith" and len(node.args) == 2:
            return self._starts_with(node.args[0], node.args[1])
        if isinstance(node, ast.CollectionLambda) and isinstance(node.operator, ast.Any):
            return self._any(node)
        raise FilterRefused("Invalid filter clause: an operator or a function is not supported here.")

    def _comparison(self, node: Any) -> Predicate:
        self.comparisons += 1
        operator = _OPERATORS[type(node.comparator)]
        value, kind = self._property(node.left, operator)
        if operator == "in":
            if not isinstance(node.right, ast.List):
                raise FilterRefused("Invalid filter clause: 'in' wants a list.")
            self.comparisons += len(node.right.val) - 1
            given: Any = {self._literal(part, kind) for part in node.right.val}
        else:
            given = self._literal(node.right, kind)
        compare = _COMPARED[operator]
        return lambda row: compare(value(row), given)

    def _starts_with(self, left: Any, right: Any) -> Predicate:
        self.comparisons += 1
        value, kind = self._property(left, "startswith")
        given = self._literal(right, kind)
        return lambda row: str(value(row) or "").startswith(given)

    def _any(self, node: Any) -> Predicate:
        collection = _path(node.owner)
        if collection is None or node.lambda_ is None or self._variable:
            raise FilterRefused("Invalid filter clause: this use of any() is not supported.")
        self._variable = (node.lambda_.identifier.name, f"{collection}/any")
        member = self.predicate(node.lambda_.expression)
        self._variable = None
        members = _reader(collection.split("/"))
        return lambda row: any(member(part) for part in members(row) or ())

    def _property(self, node: Any, operator: str) -> tuple[Callable[[Any], Any], str]:
        path = _path(node)
        if path is None:
            raise FilterRefused("Invalid filter clause: a property was expected on the left.")
        steps = path.split("/")
        named = path
        if self._variable and steps[0] == self._variable[0]:
            steps = steps[1:]
            named = "/".join([self._variable[1], *steps])
        kind, *operators = self._allowed.get(named, "none").split()
        if operator not in operators:
            raise FilterRefused(f"Invalid filter clause: '{operator}' on property '{named}' is not supported.")
        self.properties.add(named)
        read = _reader(steps)
        if kind == "time":

            def moment(row: Any) -> str | None:
                text = read(row)
                return instant(text) if text else None

            return moment, kind
        if kind == "text":
            return lambda row: _folded(read(row)), kind
        return read, kind

    def _literal(self, node: Any, kind: str) -> Any:
        if not isinstance(node, _LITERALS[kind]):
            raise FilterRefused("Invalid filter clause: the two sides of a comparison have incompatible types.")
        if kind == "time":
            try:
                return instant(node.val)
            except ValueError as refused:
                raise FilterRefused("Invalid filter clause: a time cannot be read.") from refused
        return _folded(node.py_val)


def _folded(value: Any) -> Any:
    """Graph compares texts without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def _reader(steps: list[str]) -> Callable[[Any], Any]:
    if not steps:
        return lambda row: row
    if len(steps) == 1:
        name = steps[0]
        return lambda row: row.get(name)

    def read(row: Any) -> Any:
        for step in steps:
            row = row.get(step) if row is not None else None
        return row

    return read
