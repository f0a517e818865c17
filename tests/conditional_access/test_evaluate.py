from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.evaluate import applies, conditions_hold, in_force
from auditor.conditional_access.suites import DEPENDS_ON, GRAPH
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import ANY_KIND, DIRECT_CONNECT, Circumstances, Device, Person, Target, Way
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.policy import Conditions, Policy
from auditor.tenant.records import GroupMembers
from auditor.testing import policy

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
RANK = {NO: 0, NOT_KNOWN: 1, YES: 2}
ANYTHING = Circumstances(Person("u-1", frozenset({"member"})), Target("a-1", "a-1"), Way("browser", "windows"))


def answer(conditions: Conditions, seen: Circumstances, directory: Directory) -> Applies:
    return conditions_hold(Policy("p", "P", "enabled", conditions), seen, directory).applies


@pytest.mark.parametrize(
    ("state", "expected", "why"),
    [
        ("enabled", YES, ""),
        ("disabled", NO, "disabled"),
        ("enabledForReportingButNotEnforced", NO, "report-only"),
        ("unknownFutureValue", NOT_KNOWN, "unknownFutureValue"),
    ],
)
def test_states(state: str, expected: Applies, why: str) -> None:
    made = parsed(policy() | {"state": state})
    decision = applies(made, ANYTHING, Directory())
    assert decision.applies is in_force(made).applies is expected
    assert why in " ".join(decision.reasons)
    assert conditions_hold(made, ANYTHING, Directory()).applies is YES


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_only_what_is_enabled_applies(worlds: Any, data: st.DataObject) -> None:
    seen, directory = data.draw(worlds.circumstances), data.draw(worlds.directories)
    for each in data.draw(worlds.policies):
        held = conditions_hold(each, seen, directory)
        decision = applies(each, seen, directory)
        by_state = {"enabled": held.applies, "paused": NO if held.applies is NO else NOT_KNOWN}
        assert decision.applies is by_state.get(each.state, NO)
        assert decision.reasons or decision.applies is not NOT_KNOWN


# More on either side of a condition.

SIDES = {
    "users": ("users", "groups", "roles"),
    "applications": ("",),
    "platforms": ("",),
    "locations": ("",),
}
NAMES = {
    "users": ("All", "GuestsOrExternalUsers", "u-1", "u-2"),
    "groups": ("g-1", "g-2", "g-unread"),
    "roles": ("r-1", "r-2"),
    "applications": ("All", "Office365", "MicrosoftAdminPortals", "a-1", GRAPH, *sorted(DEPENDS_ON)[:3]),
    "platforms": ("all", "iOS", "windows"),
    "locations": ("All", "AllTrusted", "l-v4", "l-v6", "l-nl", "l-bad"),
}


def with_more(conditions: Conditions, side: str, data: st.DataObject, worlds: Any) -> Conditions | None:
    """The same with one name more that is included or excluded; None where the condition is not set."""
    condition = data.draw(st.sampled_from([*SIDES, "guests"]))
    if condition == "guests":
        field = f"{side}_guests"
        if getattr(conditions.users, field) is not None:
            return None
        return replace(conditions, users=replace(conditions.users, **{field: data.draw(worlds.guests)}))
    listed = getattr(conditions, condition)
    part = data.draw(st.sampled_from(SIDES[condition]))
    field = f"{side}_{part}" if part else side
    names = () if listed is None else getattr(listed, field)
    # Of platforms and locations either all is included that is not set, or what a list names.
    if listed is None or (condition in ("platforms", "locations") and side == "include" and not names):
        return None
    name = data.draw(st.sampled_from(NAMES[part or condition]))
    return replace(conditions, **{condition: replace(listed, **{field: (*names, name)})})


@pytest.mark.parametrize("side", ["include", "exclude"])
@settings(max_examples=400, deadline=None)
@given(st.data())
def test_an_exclusion_never_widens_and_an_inclusion_never_narrows(worlds: Any, side: str, data: st.DataObject) -> None:
    conditions = data.draw(worlds.conditions)
    more = with_more(conditions, side, data, worlds)
    if more is not None:
        seen, directory = data.draw(worlds.circumstances), data.draw(worlds.directories)
        before, after = (RANK[answer(each, seen, directory)] for each in (conditions, more))
        assert before <= after if side == "include" else after <= before


LISTS = ("client_app_types", "sign_in_risks", "user_risks", "insider_risks", "authentication_flows")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_more_word_in_a_list_never_narrows(worlds: Any, data: st.DataObject) -> None:
    conditions = data.draw(worlds.conditions)
    name = data.draw(st.sampled_from(LISTS))
    if getattr(conditions, name):
        word = data.draw(st.sampled_from(("browser", "other", "none", "high", "elevated", "deviceCodeFlow")))
        more = replace(conditions, **{name: (*getattr(conditions, name), word)})
        seen, directory = data.draw(worlds.circumstances), data.draw(worlds.directories)
        assert RANK[answer(conditions, seen, directory)] <= RANK[answer(more, seen, directory)]


def turned(value: Any) -> Any:
    """The same with every list the other way round."""
    if isinstance(value, tuple):
        return value[::-1]
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{each.name: turned(getattr(value, each.name)) for each in fields(value)})
    return value


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_order_of_ids_does_not_matter(worlds: Any, data: st.DataObject) -> None:
    conditions, seen, directory = (
        data.draw(each) for each in (worlds.conditions, worlds.circumstances, worlds.directories)
    )
    before, after = (
        conditions_hold(Policy("p", "P", "enabled", each), seen, directory) for each in (conditions, turned(conditions))
    )
    assert (before.applies, sorted(before.reasons)) == (after.applies, sorted(after.reasons))


# Knowing less.


def less_known(seen: Circumstances) -> Iterator[Circumstances]:
    """The sign-in with one thing less that is known of it."""
    person, target, way = seen
    yield seen._replace(person=person._replace(user_id=""))
    yield seen._replace(person=person._replace(home=""))
    # Somebody who may be anybody is not taken for one of the few who are not in the directory.
    if person.kinds != {DIRECT_CONNECT}:
        yield seen._replace(person=person._replace(kinds=ANY_KIND))
    for what in (
        {"resource": ""}, {"app": ""}, {"audiences": None}, {"contexts": None}, {"public": None}, {"owner": ""}
    ):  # fmt: skip
        yield seen._replace(target=target._replace(**what))
    device = way.device
    for less in (Device(), *(device._replace(**{each: None}) for each in ("trust", "compliant", "id", "name"))):
        yield seen._replace(way=way._replace(device=less))
    for how in ("client", "platform", "address", "risk", "flow"):
        yield seen._replace(way=way._replace(**{how: ""}))
    yield seen._replace(way=way._replace(country=None))
    yield seen._replace(way=way._replace(trusted_network=None))


def less_read(directory: Directory) -> Iterator[Directory]:
    """The directory with one thing less that was read."""
    withheld = "It was withheld."
    yield replace(directory, groups={}, groups_missing=withheld)
    yield replace(directory, holders={}, holders_missing=withheld)
    yield replace(directory, holders_missing=withheld)
    yield replace(directory, built_in_roles=None)
    yield replace(directory, principals={})
    yield replace(directory, principals=dict.fromkeys(directory.principals, "object"))
    yield replace(directory, locations={}, locations_missing=withheld)
    yield replace(directory, locations_missing=withheld)
    for name, group in directory.groups.items():
        if not group.gone:
            yield replace(directory, groups={**directory.groups, name: GroupMembers(name, group.count, None)})
    for name, location in directory.locations.items():
        for unsaid in ({"trusted": None}, {"include_unknown": None}, {"ranges": ("?",)} if location.ranges else {}):
            yield replace(directory, locations={**directory.locations, name: replace(location, **unsaid)})


def consistent(seen: Circumstances) -> Circumstances:
    """With an audience list that such a row may have: its resource, and what else may have been asked about."""
    target = seen.target
    if target.audiences is None or target.resource in ("", GRAPH):
        return seen
    others = DEPENDS_ON.get(target.resource, frozenset()) | DEPENDS_ON.get(target.app, frozenset())
    client = frozenset() if target.public else frozenset({target.app} - {""})
    possible = others | client if target.app else target.audiences
    return seen._replace(target=target._replace(audiences=(target.audiences & possible) | {target.resource}))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_is_withheld_never_turns_an_answer_round(worlds: Any, data: st.DataObject) -> None:
    conditions, directory = data.draw(worlds.conditions), data.draw(worlds.directories)
    seen = consistent(data.draw(worlds.circumstances))
    known = answer(conditions, seen, directory)
    for less in less_known(seen):
        assert answer(conditions, less, directory) in (known, NOT_KNOWN), less
    for read in less_read(directory):
        assert answer(conditions, seen, read) in (known, NOT_KNOWN), read
