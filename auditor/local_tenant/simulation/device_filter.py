"""The device filter language, as far as the generated policies use it.

`-and` binds tighter than `-or`; parentheses group. A device that is not registered has no properties at all, so only
the negative operators match it.
"""

from __future__ import annotations

import re

from auditor.local_tenant.simulation.devices import Device

_TOKEN = re.compile(r'\(|\)|\[[^\]]*\]|"[^"]*"|[^\s()]+')


def matches(rule: str, device: Device) -> bool:
    """Whether the rule is true of the device. Raises ValueError for what this reading does not know."""
    tokens = _TOKEN.findall(rule)
    verdict, rest = _either(tokens, device)
    if rest:
        raise ValueError(f"device filter: nothing expected at {' '.join(rest)!r} in {rule!r}")
    return verdict


def _either(tokens: list[str], device: Device) -> tuple[bool, list[str]]:
    verdict, tokens = _both(tokens, device)
    while tokens and tokens[0].lower() == "-or":
        other, tokens = _both(tokens[1:], device)
        verdict = verdict or other
    return verdict, tokens


def _both(tokens: list[str], device: Device) -> tuple[bool, list[str]]:
    verdict, tokens = _term(tokens, device)
    while tokens and tokens[0].lower() == "-and":
        other, tokens = _term(tokens[1:], device)
        verdict = verdict and other
    return verdict, tokens


def _term(tokens: list[str], device: Device) -> tuple[bool, list[str]]:
    if tokens[:1] == ["("]:
        verdict, rest = _either(tokens[1:], device)
        if rest[:1] != [")"]:
            raise ValueError("device filter: a closing parenthesis is missing")
        return verdict, rest[1:]
    if len(tokens) < 3:
        raise ValueError(f"device filter: a comparison was expected at {' '.join(tokens)!r}")
    name, operator, literal = tokens[:3]
    return _compare(_property(name, device), operator.lower(), literal), tokens[3:]


def _property(name: str, device: Device) -> str | None:
    if device.trust is None:
        return None
    values = {"device.trusttype": device.trust, "device.iscompliant": str(device.compliant)}
    if name.lower() not in values:
        raise ValueError(f"device filter: the property {name!r} is not simulated")
    return values[name.lower()].lower()


def _compare(value: str | None, operator: str, literal: str) -> bool:
    wanted = [text.lower() for text in re.findall(r'[^\s",\[\]]+', literal)]
    if operator in ("-eq", "-in"):
        return value in wanted
    if operator in ("-ne", "-notin"):
        return value not in wanted
    raise ValueError(f"device filter: the operator {operator!r} is not simulated")
