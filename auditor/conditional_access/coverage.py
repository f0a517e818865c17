"""What policies cover together: one policy may reach what another leaves out, and only what none reaches is a gap.

Each policy is judged once for each kind of sign-in and once for each person, as bits; all else is putting these
together, so that every kind of sign-in can be looked at for every person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from auditor.conditional_access.cases import Case, Trait
from auditor.conditional_access.decision import YES, Decision, all_of, not_known
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.people import people
from auditor.conditional_access.resources import resources
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached, filtered, ways
from auditor.tenant.circumstances import Person, Way
from auditor.tenant.policy import GUESTS, Policy

Does = Callable[[Policy], Decision]
"""Whether a policy does what is asked for, where its conditions hold."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of sign-in that no policy covers (`applies` NO), or of which that is not known. `differs`: in what from
    the one that it was compared with. `partly`: one policy covers it, and on some devices only: its filter tells them
    apart by something else than how they are joined and whether they are compliant."""

    case: Case
    differs: tuple[Trait, ...]
    applies: Applies
    partly: bool = False

    @property
    def certain(self) -> bool:
        return self.partly or self.applies is Applies.NO


class _Bits(NamedTuple):
    """Of policies, by their place: those of which it holds, and those of which it does not."""

    yes: int
    no: int


class Coverage:
    """By those of the policies that do what is asked for, or may. `supposed`: the directory of the cases."""

    def __init__(self, policies: Iterable[Policy], does: Does, cases: Sequence[Case], supposed: Directory) -> None:
        standing = [(policy, decision) for policy in policies if (decision := does(policy)).applies is not Applies.NO]
        self.policies = tuple(policy for policy, _ in standing)
        self.cases = tuple(cases)
        self._kinds_matter = any(map(_names_guests, self.policies))
        does_it = _verdict(decision for _, decision in standing)
        targets = {
            target: _verdict(resources(each.conditions, target) for each in self.policies)
            for target in {case.target for case in cases}
        }
        by_way = {
            way: (
                _verdict(way_of(each, way, supposed) for each in self.policies),
                _bits(_on_some_devices(each, way, supposed) for each in self.policies),
            )
            for way in {case.way for case in cases}
        }
        self._verdicts, self._partly = [], []
        for case in self.cases:
            what, (how, partly) = targets[case.target], by_way[case.way]
            self._verdicts.append(_Bits(does_it.yes & what.yes & how.yes, what.no | how.no))
            self._partly.append(does_it.yes & what.yes & partly)
        self._gaps: dict[tuple[frozenset[_Bits], Case], tuple[Gap, ...]] = {}

    def nearest_case(self) -> Case | None:
        """The case nearest to the ordinary one that a policy reaches, whoever signs in; one that a policy may reach,
        when none is certain. None: none reaches any."""
        every = (1 << len(self.policies)) - 1
        reached = (case for case, verdict in zip(self.cases, self._verdicts, strict=True) if verdict.yes)
        perhaps = (case for case, verdict in zip(self.cases, self._verdicts, strict=True) if verdict.no != every)
        return next(reached, None) or next(perhaps, None)

    def reaches(self, person: Person, directory: Directory, case: Case) -> Applies:
        """Whether some policy covers the person's sign-in, on some of the devices at least. `directory`: the one in
        which the person is."""
        who, number = self._people(person, directory), self.cases.index(case)
        answer = self._answer(who, number)
        return Applies.YES if answer is Applies.NOT_KNOWN and self._is_partial(who, number) else answer

    def gaps(self, person: Person, directory: Directory, since: Case) -> tuple[Gap, ...]:
        """What is not covered of the person's sign-ins, by the fewest differences from `since`: a gap that follows from
        a smaller one is left out."""
        who = self._people(person, directory)
        if (who, since) not in self._gaps:
            self._gaps[who, since] = tuple(self._found(who, since))
        return self._gaps[who, since]

    def _found(self, who: frozenset[_Bits], since: Case) -> Iterable[Gap]:
        found: list[tuple[frozenset[Trait], Applies]] = []
        order = sorted(range(len(self.cases)), key=lambda number: len(self.cases[number].differing(since)))
        for number in order:
            answer = self._answer(who, number)
            if answer is Applies.YES:
                continue
            case = self.cases[number]
            differs = case.differing(since)
            if any(less <= set(differs) and said in (Applies.NO, answer) for less, said in found):
                continue
            found.append((frozenset(differs), answer))
            yield Gap(case, differs, answer, answer is Applies.NOT_KNOWN and self._is_partial(who, number))

    def _is_partial(self, who: frozenset[_Bits], number: int) -> bool:
        """Only one policy may cover it, and its filter leaves some devices out: then it does not cover them all."""
        maybe = [~(each.no | self._verdicts[number].no) & ((1 << len(self.policies)) - 1) for each in who]
        return all(
            bits and bits & (bits - 1) == 0 and bits & each.yes & self._partly[number]
            for bits, each in zip(maybe, who, strict=True)
        )

    def _answer(self, who: frozenset[_Bits], number: int) -> Applies:
        """The same for each kind that the person may be of, or not known."""
        case = self._verdicts[number]
        every = (1 << len(self.policies)) - 1
        answers = {
            Applies.YES if each.yes & case.yes else Applies.NO if each.no | case.no == every else Applies.NOT_KNOWN
            for each in who
        }
        return answers.pop() if len(answers) == 1 else Applies.NOT_KNOWN

    def _people(self, person: Person, directory: Directory) -> frozenset[_Bits]:
        kinds = person.kinds if self._kinds_matter else tuple(person.kinds)[:1]
        alone = (person._replace(kinds=frozenset({kind})) for kind in kinds)
        return frozenset(_verdict(people(each.conditions, who, directory) for each in self.policies) for who in alone)


def _verdict(decisions: Iterable[Decision]) -> _Bits:
    given = [decision.applies for decision in decisions]
    return _Bits(_bits(each is Applies.YES for each in given), _bits(each is Applies.NO for each in given))


def _bits(flags: Iterable[bool]) -> int:
    return sum(flag << number for number, flag in enumerate(flags))


def standing_between(
    policy: Policy, does: Does, person: Person, case: Case, directory: Directory, supposed: Directory
) -> Decision:
    """Whether the policy covers the person's sign-in, with every reason that stands against it."""
    parts = (
        does(policy),
        _person_of(policy, person, directory),
        resources(policy.conditions, case.target),
        way_of(policy, case.way, supposed),
    )
    against = (reason for part in parts if part.applies is not Applies.YES for reason in part.reasons)
    return Decision(all_of(parts).applies, tuple(dict.fromkeys(against)))


def way_of(policy: Policy, way: Way, supposed: Directory) -> Decision:
    """As `ways`, in words that do not speak of a log."""
    without = replace(policy.conditions, device_filter=None)
    chosen = policy.conditions.device_filter
    device = YES if chosen is None else filtered(chosen, way.device)
    if device.applies is Applies.NOT_KNOWN and devices_reached(policy.conditions):
        device = not_known("Its device filter asks for more than how a device is joined and whether it is compliant.")
    return all_of((ways(without, way, supposed), device))


def _on_some_devices(policy: Policy, way: Way, supposed: Directory) -> bool:
    chosen = policy.conditions.device_filter
    if (
        chosen is None
        or filtered(chosen, way.device).applies is not Applies.NOT_KNOWN
        or not devices_reached(policy.conditions)
    ):
        return False
    return ways(replace(policy.conditions, device_filter=None), way, supposed).applies is Applies.YES


def _person_of(policy: Policy, person: Person, directory: Directory) -> Decision:
    alone = [people(policy.conditions, person._replace(kinds=frozenset({kind})), directory) for kind in person.kinds]
    if len({each.applies for each in alone}) == 1:
        return alone[0]
    return not_known(
        "It makes a difference between members and guests, and whether the person is a guest is not known."
    )


def _names_guests(policy: Policy) -> bool:
    users = policy.conditions.users
    named = GUESTS in (*users.include_users, *users.exclude_users)
    return named or users.include_guests is not None or users.exclude_guests is not None
