"""What the policies that a row calls not satisfied asked for: by the policy as it stood then, else by the words that
the row has of its controls, which Microsoft does not publish, else by the policy as it is today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from auditor.explain.phrases import listed, quoted
from auditor.explain.surroundings import Unsatisfied
from auditor.finding import Confidence, Evidence
from auditor.tenant.policy import Policy

OF_DEVICES = frozenset({"compliantDevice", "domainJoinedDevice"})
_OF_APPS = frozenset({"approvedApplication", "compliantApplication"})


@dataclass(frozen=True, slots=True)
class Control:
    """`name`: in a sentence, "It asks for ...". `held`: whether a policy asks for it. `words`: how the log may name it;
    None: it does not."""

    name: str
    held: Callable[[Policy], bool]
    words: re.Pattern[str] | None = None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


MFA = Control(
    "multifactor authentication",
    lambda policy: "mfa" in policy.grant.controls or policy.grant.authentication_strength is not None,
    _words("mfa|multi-?factor|strength"),
)
DEVICE = Control(
    "a compliant or hybrid joined device",
    lambda policy: not OF_DEVICES.isdisjoint(policy.grant.controls),
    _words("device"),
)
FILTER = Control("devices that its filter describes", lambda policy: policy.conditions.device_filter is not None)
APP = Control(
    "an approved or protected app", lambda policy: not _OF_APPS.isdisjoint(policy.grant.controls), _words("app")
)
TERMS = Control("terms of use", lambda policy: bool(policy.grant.terms_of_use), _words("terms"))
FACTOR = Control("an outside challenge", lambda policy: bool(policy.grant.custom_factors))
PASSWORD = Control(
    "a change of the password", lambda policy: "passwordChange" in policy.grant.controls, _words("password")
)
FREQUENCY = Control(
    "a new sign-in after some time",
    lambda policy: policy.sign_in_frequency is not None and policy.sign_in_frequency.enabled is not False,
    _words("frequency"),
)


class Asking(NamedTuple):
    """Policies of a row that asked for a control. `sure`: known of all of these."""

    policies: tuple[Unsatisfied, ...]
    sure: bool

    @property
    def confidence(self) -> Confidence:
        return Confidence.STATED if self.sure else Confidence.INFERRED

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(_doubts(self.policies))


def asking(unsatisfied: Iterable[Unsatisfied], control: Control, *, or_unknown: bool = False) -> Asking:
    """Those that surely asked for it; if none did, those that did by what is known of them today. `or_unknown`: and if
    there are none either, those that nothing at all is known of."""
    by_answer: dict[str, list[Unsatisfied]] = {"yes": [], "perhaps": [], "not known": [], "no": []}
    for each in unsatisfied:
        by_answer[_asks(each, control)].append(each)
    if by_answer["yes"]:
        return Asking(tuple(by_answer["yes"]), True)
    return Asking(tuple(by_answer["perhaps"] or (by_answer["not known"] if or_unknown else ())), False)


def _asks(each: Unsatisfied, control: Control) -> str:
    if each.policy is not None and each.then:
        return "yes" if control.held(each.policy) else "no"
    words = (*each.result.grants, *each.result.sessions)
    if words and control.words is not None:
        return "yes" if any(map(control.words.search, words)) else "no"
    if each.policy is not None:
        return "perhaps" if control.held(each.policy) else "no"
    return "not known"


def seen_in_row(policies: Iterable[Unsatisfied], control: Control) -> Evidence:
    names = listed(each.result.name or each.result.id for each in policies)
    return Evidence("sign_ins", f"The row calls these policies not satisfied: {names}. Asked for: {control.name}.")


def _doubts(policies: Iterable[Unsatisfied]) -> Iterator[str]:
    for each in policies:
        name = quoted(each.result.name, each.result.id)
        if each.policy is None:
            yield f"What the policy {name} asked for is not known: it was not read, or is gone."
        elif not each.then:
            yield f"What the policy {name} asked for at that time is not known: it was changed since."
