"""The device filter language, as far as the generated policies use it.

`-not` binds tightest, then `-and`, then `-or`; parentheses group. A device that is not registered has no properties at
all, so only the negative operators match it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from auditor.local_tenant.simulation.devices import Start

_TOKEN = re.compile(r'\(|\)|\[[^\]]*\]|"[^"]*"|[^\s()]+')
_TEXT = re.compile(r'"([^"]*)"|([^\s",\[\]]+)')
_OPERATORS: dict[str, Callable[[str, list[str]], bool]] = {
    "-eq": lambda value, wanted: value in wanted,
    "-in": lambda value, wanted: value in wanted,
    "-startswith": lambda value, wanted: value.startswith(tuple(wanted)),
    "-endswith": lambda value, wanted: value.endswith(tuple(wanted)),
    "-contains": lambda value, wanted: any(one in value for one in wanted),
}


class Filtered(Protocol):
    """A device as a filter sees it."""

    @property
    def properties(self) -> Mapping[str, str | None]:
        """Names in lower case -> values; None is null. Empty where the device is not registered."""


def matches(rule: str, device: Filtered) -> bool:
    """Whether the rule is true of the device. Raises ValueError for what this reading does not know."""
    properties = device.properties
    tokens = _TOKEN.findall(rule)
    verdict, rest = _either(tokens, properties)
    if rest:
        raise ValueError(f"device filter: nothing expected at {' '.join(rest)!r} in {rule!r}")
    return verdict


def _either(tokens: list[str], properties: Mapping[str, str | None]) -> tuple[bool, list[str]]:
    verdict, tokens = _both(tokens, properties)
    while tokens and tokens[0].lower() == "-or":
        other, tokens = _both(tokens[1:], properties)
        verdict = verdict or other
    return verdict, tokens


def _both(tokens: list[str], properties: Mapping[str, str | None]) -> tuple[bool, list[str]]:
    verdict, tokens = _term(tokens, properties)
    while tokens and tokens[0].lower() == "-and":
        other, tokens = _term(tokens[1:], properties)
        verdict = verdict and other
    return verdict, tokens


def _term(tokens: list[str], properties: Mapping[str, str | None]) -> tuple[bool, list[str]]:
    if tokens and tokens[0].lower() == "-not":
        verdict, rest = _term(tokens[1:], properties)
        return not verdict, rest
    if tokens[:1] == ["("]:
        verdict, rest = _either(tokens[1:], properties)
        if rest[:1] != [")"]:
            raise ValueError("device filter: a closing parenthesis is missing")
        return verdict, rest[1:]
    if len(tokens) < 3:
        raise ValueError(f"device filter: a comparison was expected at {' '.join(tokens)!r}")
    name, operator, literal = tokens[:3]
    return _compare(_property(name, properties), operator.lower(), literal), tokens[3:]


def _property(name: str, properties: Mapping[str, str | None]) -> str | None:
    if not properties:
        return None
    prefix, _, key = name.lower().partition(".")
    if prefix != "device" or key not in properties:
        raise ValueError(f"device filter: the property {name!r} is not simulated")
    return properties[key]


def _compare(value: str | None, operator: str, literal: str) -> bool:
    negative = operator == "-ne" or operator.startswith("-not")
    positive = "-eq" if operator == "-ne" else f"-{operator[4:]}" if negative else operator
    if positive not in _OPERATORS:
        raise ValueError(f"device filter: the operator {operator!r} is not simulated")
    if value is None:
        return negative
    wanted = [(quoted or bare).lower() for quoted, bare in _TEXT.findall(literal)]
    known = value.lower()
    longer = [one for one in wanted if len(one) > len(known) and one.startswith(known)]
    if isinstance(value, Start) and (positive != "-startswith" or longer):
        raise ValueError(f"device filter: {operator} {literal} needs more of the value than is simulated")
    return _OPERATORS[positive](known, wanted) is not negative
