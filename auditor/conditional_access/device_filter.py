"""Whether a device is one that a policy's device filter describes: yes, no or not known.

What the operators do, also with a device that is not registered, is documented on Microsoft's page "Filter for devices
as a condition in Conditional Access policy". Where it leaves open what a comparison means, the answer is NOT_KNOWN.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Final

from auditor.conditional_access.device_filter_syntax import (
    COLLECTIONS,
    PROPERTIES,
    Comparison,
    Every,
    Node,
    Not,
    Rule,
    RuleError,
    Some,
    parse,
)
from auditor.conditional_access.three_values import Applies, every, negated, some

__all__ = ["TRUST_TYPES", "UNKNOWN", "UNREGISTERED", "Rule", "RuleError", "TableRow", "matches", "parse", "truth_table"]

TRUST_TYPES = ("AzureAD", "ServerAD", "Workplace")


class _Sentinel(Enum):
    UNKNOWN = "not known"


UNKNOWN: Final = _Sentinel.UNKNOWN
"""The value of a property that may be anything, null included."""


class _AllNull(Mapping[str, object]):
    def __getitem__(self, name: str) -> object:
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(PROPERTIES)

    def __len__(self) -> int:
        return len(PROPERTIES)


UNREGISTERED: Final[Mapping[str, object]] = _AllNull()
"""A device that the directory does not know: every property is null."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """`device`: "unregistered", or one of `TRUST_TYPES`. `compliant`: isCompliant, None when it is null."""

    device: str
    compliant: bool | None
    matches: Applies


def matches(rule: Rule, device: Mapping[str, object]) -> Applies:
    """Whether the rule is true of the device.

    `device` maps names, spelled as in `PROPERTIES`, to what Conditional Access sees at that sign-in: text, True or
    False, None for null, `UNKNOWN`; for `COLLECTIONS` a collection of texts. A name that is left out is UNKNOWN, and so
    is any value of another kind or under a name that is not in `PROPERTIES`, unless it is null. Two matters are the
    caller's: a device that is not registered is `UNREGISTERED`, whatever Graph shows of it, and an extension attribute
    reaches Conditional Access only from devices that Intune manages or that are compliant or hybrid joined.
    """
    return _answer(rule.root, device)


def truth_table(rule: Rule) -> tuple[TableRow, ...]:
    """What the rule says of the unregistered device, then of each join and compliance, all else about them UNKNOWN."""
    registered = (
        TableRow(trust, compliant, matches(rule, {"trustType": trust, "isCompliant": compliant}))
        for trust, compliant in product(TRUST_TYPES, (True, False))
    )
    return (TableRow("unregistered", None, matches(rule, UNREGISTERED)), *registered)


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "eq": operator.eq,
    "in": operator.eq,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}


def _answer(node: Node, device: Mapping[str, object]) -> Applies:
    match node:
        case Comparison():
            value = device.get(node.property, UNKNOWN)
            return _compared(node, value if value is None or node.property in PROPERTIES else UNKNOWN)
        case Not():
            return negated(_answer(node.term, device))
        case Every():
            return every(_answer(term, device) for term in node.terms)
        case Some():
            return some(_answer(term, device) for term in node.terms)


def _compared(comparison: Comparison, value: object) -> Applies:
    if value is None:
        # Null compared with null: the filter's page says that no positive operator matches an unregistered device, the
        # page on syntax that -eq null finds what is null.
        return Applies.NO if comparison.wanted else Applies.NOT_KNOWN
    test = comparison.test
    if comparison.property in COLLECTIONS:
        # Membership, not a part of a text. No other operator is documented for these properties.
        held, test = _items(value) if test == "contains" else None, "eq"
    elif isinstance(value, bool):
        held = (str(value).lower(),) if test in ("eq", "in") else None
    else:
        held = (value.lower(),) if isinstance(value, str) else None
    if held is None:
        return Applies.NOT_KNOWN
    hit = any(_TESTS[test](mine, wanted) for mine in held for wanted in comparison.wanted)
    return Applies.YES if hit else Applies.NO


def _items(value: object) -> tuple[str, ...] | None:
    if isinstance(value, tuple | list | set | frozenset) and all(isinstance(item, str) for item in value):
        return tuple(item.lower() for item in value)
    return None
