"""Can the conditions of two policies hold for one and the same sign-in?

A policy asks of a sign-in who, for what, from where and so on, of each by itself. So each is judged by itself: two
policies meet when of each there is a class for which both hold, and they are disjoint when of one there is none. What
one dimension has to do with another is left aside: that no iPhone is hybrid joined rules nothing out here.

A sign-in may ask for several resources at once, and a policy applies when it is aimed at one of them. Policies on
different resources are therefore never proven disjoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from auditor.conditional_access.classes import Class, Pair
from auditor.conditional_access.classes_of_people import KINDS, people_classes
from auditor.conditional_access.classes_of_places import place_classes
from auditor.conditional_access.classes_of_targets import target_classes
from auditor.conditional_access.decision import NO, YES, Decision, all_of, any_of, no, not_known, yes
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.guesses import Guess, by_guess
from auditor.conditional_access.people import people
from auditor.conditional_access.resources import resources
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached, ways
from auditor.tenant.circumstances import DIRECT_CONNECT, Target, Way
from auditor.tenant.policy import ALL, Conditions, Filter, Policy, condition_of

T = TypeVar("T")

CLIENTS = ("browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other")
PLATFORMS = ("windows", "macOS", "iOS", "android", "linux", "windowsPhone", "any other platform")
# What a sign-in may really be. Graph's "hidden" says that nobody knows.
SIGN_IN_RISKS = USER_RISKS = ("none", "low", "medium", "high")
INSIDER_RISKS = ("minor", "moderate", "elevated")
FLOWS = ("deviceCodeFlow", "authenticationTransfer")

# By Graph's names, those whose dimension names what of them is unknown.
_JUDGED = {
    "users",
    "applications",
    "clientAppTypes",
    "platforms",
    "locations",
    "devices",
    "signInRiskLevels",
    "userRiskLevels",
    "insiderRiskLevels",
    "authenticationFlows",
}

_NONE = no("none is reached by both.")


@dataclass(frozen=True, slots=True)
class Overlap:
    """`because`: for YES where they meet, for NO what keeps them apart, else what is missing; each begins with its
    dimension ("people: ..."). `dimensions`: what each of them says by itself."""

    meet: Applies
    because: tuple[str, ...]
    dimensions: tuple[tuple[str, Decision], ...]

    def says(self, dimension: str) -> Decision:
        """YES of a dimension in which neither policy sets a condition."""
        return dict(self.dimensions).get(dimension, YES)


def overlap(first: Policy, second: Policy, directory: Directory) -> Overlap:
    """Whatever the state of the policies. A policy with itself: whether its conditions can hold at all."""
    return _overlap(first, second, directory, CLIENTS, KINDS)


def overlap_in_browsers(first: Policy, second: Policy, directory: Directory) -> Overlap:
    """The same for sign-ins that start a browser session which a policy can keep or not keep: with a browser, of people
    for whom the control is supported (authentication-conditional-access, 2024-05-15)."""
    return _overlap(first, second, directory, ("browser",), tuple(kind for kind in KINDS if kind != DIRECT_CONNECT))


def _overlap(
    first: Policy, second: Policy, directory: Directory, clients: Sequence[str], kinds: Sequence[str]
) -> Overlap:
    dimensions = tuple(_dimensions(first, second, directory, clients, kinds))
    joined = all_of(
        Decision(each.applies, tuple(f"{what}: {reason}" for reason in each.reasons)) for what, each in dimensions
    )
    return Overlap(joined.applies, joined.reasons, dimensions)


def _dimensions(
    first: Policy, second: Policy, directory: Directory, clients: Sequence[str], kinds: Sequence[str]
) -> Iterator[tuple[str, Decision]]:
    pair = first.conditions, second.conditions
    yield (
        "people",
        _somewhere(people_classes(pair, directory, kinds), pair, lambda each, person: people(each, person, directory)),
    )
    yield "resources", _resources(pair)
    by_client = _ways(clients, pair, _clients, lambda word: Way(client=word))
    # Which client it is goes without saying where only one is asked about.
    yield "client apps", YES if len(clients) == 1 and by_client.applies is Applies.YES else by_client
    if any(each.platforms for each in pair):
        yield "platforms", _ways(PLATFORMS, pair, _platforms, lambda word: Way(platform=word))
    if any(each.locations for each in pair):
        judged_in, places = place_classes(pair, directory)
        yield "locations", _somewhere(places, pair, lambda each, way: ways(_locations(each), way, judged_in))
    if any(each.device_filter or each.unknown_in("devices") for each in pair):
        yield "devices", _devices(first, second)
    for what, name, known, levels in (
        ("sign-in risk", "signInRiskLevels", SIGN_IN_RISKS, [each.sign_in_risks for each in pair]),
        ("user risk", "userRiskLevels", USER_RISKS, [each.user_risks for each in pair]),
        ("insider risk", "insiderRiskLevels", INSIDER_RISKS, [each.insider_risks for each in pair]),
        ("authentication flow", "authenticationFlows", FLOWS, [each.authentication_flows for each in pair]),
    ):
        if any(levels) or any(each.unknown_in(name) for each in pair):
            yield what, _levels(pair, name, levels, known)
    others = {condition_of(each) for conditions in pair for each in conditions.unknown} - _JUDGED
    if further := _unknown(pair, *others):
        yield "other conditions", further


def _somewhere(classes: Iterable[Class[T]], pair: Pair, decide: Callable[[Conditions, T], Decision]) -> Decision:
    """Is there a class for which both hold?"""
    missing: list[Decision] = []
    for each in classes:
        decision = _both(
            each,
            [all_of(decide(by_guess(conditions, guess), it) for conditions in pair) for it, guess in each.variants],
        )
        if decision.applies is Applies.YES:
            return decision
        missing.append(decision)
    return any_of((*missing, _NONE))


def _both(each: Class[T], found: Sequence[Decision]) -> Decision:
    """`found`: one for each of the variants."""
    values = {decision.applies for decision in found}
    if values <= {Applies.NO}:
        return NO
    if values == {Applies.YES} and each.exists:
        return yes(f"{each.label}.")
    reasons = [reason for decision in found if decision.applies is Applies.NOT_KNOWN for reason in decision.reasons]
    if len(values) > 1 or not reasons:
        reasons += each.doubts
    return Decision(Applies.NOT_KNOWN, tuple(dict.fromkeys(reasons)))


def _ways(
    words: Iterable[str], pair: Pair, only: Callable[[Conditions], Conditions], way: Callable[[str], Way]
) -> Decision:
    """`only`: the conditions with those of this dimension alone."""
    classes = (Class(word, ((way(word), Guess()),)) for word in words)
    return _somewhere(classes, pair, lambda each, it: ways(only(each), it, Directory()))


def _clients(conditions: Conditions) -> Conditions:
    return Conditions(client_app_types=conditions.client_app_types, unknown=conditions.unknown_in("clientAppTypes"))


def _platforms(conditions: Conditions) -> Conditions:
    unknown = conditions.unknown_in("platforms")
    return Conditions(client_app_types=("all",), platforms=conditions.platforms, unknown=unknown)


def _locations(conditions: Conditions) -> Conditions:
    unknown = conditions.unknown_in("locations")
    return Conditions(client_app_types=("all",), locations=conditions.locations, unknown=unknown)


def _resources(pair: Pair) -> Decision:
    if all(each.applications.everything for each in pair) and not _unknown(pair, "applications"):
        return YES
    classes = tuple(target_classes(pair))
    together = _somewhere(classes, pair, _aimed_at)
    if together.applies is not Applies.NO:
        return together
    for conditions in pair:
        if _somewhere(classes, (conditions, conditions), _aimed_at).applies is Applies.NO:
            return no("one of them is aimed at no resource.")
    return not_known("They are aimed at different resources, and one sign-in may ask for several.")


def _aimed_at(conditions: Conditions, target: Target | str) -> Decision:
    """`target`: a resource, or a user action by its name."""
    applications = conditions.applications
    if isinstance(target, str):
        if target in applications.user_actions:
            return YES
        if ALL not in applications.include:
            return NO
        return not_known(f"Whether a policy on all resources covers the user action {target} is not known.")
    return resources(replace(conditions, applications=replace(applications, user_actions=())), target)


def _devices(first: Policy, second: Policy) -> Decision:
    """Over the kinds of device in the tables of their filters."""
    if strangers := _unknown((first.conditions, second.conditions), "devices"):
        return strangers
    if _each_others_rest(first.conditions.device_filter, second.conditions.device_filter):
        return _NONE
    for policy in (first, second):
        if policy.conditions.device_filter and not devices_reached(policy.conditions):
            return not_known(f"The device filter of {policy.name!r} is not understood.")
    tables = [rows for policy in (first, second) if (rows := devices_reached(policy.conditions))]
    found = []
    for rows in zip(*tables, strict=True):
        compliant = {None: "", True: ", compliant", False: ", not compliant"}[rows[0].compliant]
        because = {
            Applies.YES: f"{rows[0].device}{compliant}.",
            Applies.NOT_KNOWN: "A device filter asks for more than how a device is joined and whether it is compliant.",
        }
        found.append(all_of(Decision(row.matches, (because.get(row.matches, ""),)) for row in rows))
    best = any_of(found)
    return _NONE if best.applies is Applies.NO else Decision(best.applies, best.reasons[:1])


def _each_others_rest(one: Filter | None, other: Filter | None) -> bool:
    """Whether one filter includes what the other excludes, whatever that is."""
    return bool(one and other and one.rule == other.rule and {one.mode, other.mode} == {"include", "exclude"})


def _levels(pair: Pair, name: str, levels: Sequence[Sequence[str]], known: Sequence[str]) -> Decision:
    """Of levels a sign-in has one. A policy that lists none takes any."""
    strangers = _unknown(pair, name)
    shared = [level for level in known if all(not each or level in each for each in levels)]
    if strangers or (not shared and any(set(each) - set(known) for each in levels)):
        return strangers or not_known("A level is listed that no sign-in is known to have.")
    return yes(f"{shared[0]}.") if shared else _NONE


def _unknown(pair: Pair, *names: str) -> Decision | None:
    """That something is set in these conditions, by Graph's names, that this version does not know."""
    found = dict.fromkeys(each for conditions in pair for each in conditions.unknown_in(*names))
    return not_known(f"Set, and not known to this version: {', '.join(found)}.") if found else None
