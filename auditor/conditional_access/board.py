"""Many policies against many sign-ins: each part of a sign-in is judged once, and answers are sets of policies.

A set of policies is an int with one bit each, so that putting the parts of a sign-in together takes a few operations
whatever the number of policies. What is kept grows with the distinct people (as policies see them), targets, devices
and so on, and not with their product.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from auditor.conditional_access.decision import Decision
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.people import people
from auditor.conditional_access.resources import resources
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import WAY_CONDITIONS
from auditor.tenant.circumstances import Circumstances, Person, Target, Way
from auditor.tenant.policy import Conditions, Policy


class Verdict(NamedTuple):
    """Policies whose conditions hold, and those whose do not, as bits; of the rest it is not known, `because`: by the
    policy's number."""

    yes: int
    no: int
    because: Mapping[int, tuple[str, ...]]


class Board:
    """The policies of one moment. Their state is not looked at: see `evaluate.in_force`."""

    def __init__(self, policies: Sequence[Policy], directory: Directory) -> None:
        self.policies = tuple(policies)
        self.directory = directory
        self.every = (1 << len(self.policies)) - 1
        self._people: dict[Person, Verdict] = {}
        self._targets: dict[Target, Verdict] = {}
        self._ways: dict[Way, Verdict] = {}
        self._conditions: dict[str, dict[Hashable, Verdict]] = {name: {} for name in WAY_CONDITIONS}

    def verdict(self, circumstances: Circumstances) -> tuple[int, int]:
        """The policies whose conditions hold, and those whose do not, as bits."""
        who, what, how = self.parts(circumstances)
        return who.yes & what.yes & how.yes, who.no | what.no | how.no

    def because(self, circumstances: Circumstances, number: int) -> Iterator[str]:
        """Why it is not known whether the conditions of a policy hold."""
        for part in self.parts(circumstances):
            yield from part.because.get(number, ())

    def parts(self, circumstances: Circumstances) -> tuple[Verdict, Verdict, Verdict]:
        """How the policies judge who, what and how, each by itself."""
        person, target, way = circumstances
        return self._person(person), self._target(target), self._way(way)

    def _person(self, person: Person) -> Verdict:
        found = self._people.get(person)
        if found is None:
            found = self._people[person] = self._judge(lambda each: people(each, person, self.directory))
        return found

    def _target(self, target: Target) -> Verdict:
        found = self._targets.get(target)
        if found is None:
            found = self._targets[target] = self._judge(lambda each: resources(each, target))
        return found

    def _way(self, way: Way) -> Verdict:
        found = self._ways.get(way)
        if found is None:
            yes, no = self.every, 0
            because: dict[int, tuple[str, ...]] = {}
            for part in self._each_condition(way):
                yes &= part.yes
                no |= part.no
                for number, reasons in part.because.items():
                    because[number] = (*because.get(number, ()), *reasons)
            found = self._ways[way] = Verdict(yes, no, because)
        return found

    def _each_condition(self, way: Way) -> Iterator[Verdict]:
        for name, condition in WAY_CONDITIONS.items():
            known = self._conditions[name]
            part = condition.part(way)
            found = known.get(part)
            if found is None:
                judge = condition.judge
                found = known[part] = self._judge(lambda each, judge=judge: judge(each, way, self.directory))  # type: ignore[misc]
            yield found

    def _judge(self, decide: Callable[[Conditions], Decision]) -> Verdict:
        yes = no = 0
        because = {}
        for number, policy in enumerate(self.policies):
            decision = decide(policy.conditions)
            if decision.applies is Applies.YES:
                yes |= 1 << number
            elif decision.applies is Applies.NO:
                no |= 1 << number
            else:
                because[number] = decision.reasons
        return Verdict(yes, no, because)


def numbers(bits: int) -> Iterator[int]:
    """The numbers of the policies in a set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
