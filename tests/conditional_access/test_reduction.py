from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.people import people
from auditor.conditional_access.reduction import Reduction, changed_at
from auditor.conditional_access.resources import resources
from auditor.conditional_access.ways import ways
from auditor.tenant.circumstances import ANY_KIND, EXTERNAL, SOMEBODY, Circumstances, Device, Person, Target, Way
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.instant import parse
from auditor.tenant.policy import Policy
from auditor.tenant.records import GroupMembers, NamedLocation
from auditor.testing import policy

NOBODY, NOTHING, SOMEHOW = Person(""), Target(""), Way()
KINDS = (ANY_KIND, EXTERNAL, frozenset({"member"}), frozenset({"b2bCollaborationGuest"}), frozenset({"internalGuest"}))
PEOPLE = [
    Circumstances(Person(*each), NOTHING, SOMEHOW)
    for each in product(
        ("u-1", "u-2", "u-3", "u-4", "u-8", "u-9", ""), KINDS, ("t-own", "t-1", "t-2", "t-8", "t-9", "")
    )
]
ADDRESSES = ("203.0.113.7", "203.0.113.8", "198.51.100.1", "192.0.2.1", "::ffff:203.0.113.9", "2001:db8::1")
PLACES = [
    Circumstances(NOBODY, NOTHING, Way("browser", "iOS", Device(), *each, "none", "none"))
    for each in product(
        (*ADDRESSES, "2001:db8:f::1", "2001:db8:f::2", "", "a:b"), (None, "", "NL", "BE"), (None, True, False)
    )
]
DEVICES = [
    Circumstances(NOBODY, NOTHING, Way(device=device))
    for device in (
        Device(),
        Device(False),
        *(
            Device(True, *each)
            for each in product(
                (None, "AzureAD", "ServerAD"), (None, True), (None, "d-1", "d-2"), (None, "SAW-1", "PC")
            )
        ),
    )
]


def check(policies: Sequence[Policy], directory: Directory, seen: Iterable[Circumstances], order: Random) -> None:
    """In any order: what a sign-in is represented by depends on those that came before."""
    reduction = Reduction(policies, directory)
    shuffled = list(seen)
    order.shuffle(shuffled)
    for each in shuffled:
        alike = reduction.alike(each)
        assert reduction.alike(alike) == alike
        for conditions in (one.conditions for one in policies):
            if alike.person != each.person:
                assert people(conditions, alike.person, directory) == people(conditions, each.person, directory)
            if alike.way != each.way:
                assert ways(conditions, alike.way, directory) == ways(conditions, each.way, directory)
            if alike.target != each.target:
                assert resources(conditions, alike.target) == resources(conditions, each.target)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_is_made_alike_no_policy_tells_apart(worlds: Any, data: st.DataObject) -> None:
    seen = data.draw(st.lists(worlds.circumstances, min_size=1, max_size=8))
    check(data.draw(worlds.policies), data.draw(worlds.directories), seen, data.draw(st.randoms(use_true_random=False)))


@pytest.mark.parametrize(("aspect", "seen"), [("users", PEOPLE), ("locations", PLACES), ("device_filter", DEVICES)])
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_condition_tells_them_apart_alone(
    worlds: Any, aspect: str, seen: Sequence[Circumstances], data: st.DataObject
) -> None:
    conditions = data.draw(st.lists(worlds.aspects[aspect], min_size=1, max_size=3))
    policies = [
        Policy(f"p-{number}", "P", "enabled", replace(worlds.everything, **{aspect: each}))
        for number, each in enumerate(conditions)
    ]
    check(policies, data.draw(worlds.directories), seen, data.draw(st.randoms(use_true_random=False)))


def made(conditions: dict[str, Any], name: str = "p", **fields: Any) -> Policy:
    whole = policy(name)
    return parsed(whole | {"id": name, "conditions": whole["conditions"] | conditions} | fields)


def filtered_by(rule: str, name: str = "p") -> Policy:
    return made({"devices": {"deviceFilter": {"mode": "include", "rule": rule}}}, name)


def classes(policies: Sequence[Policy], directory: Directory, seen: Iterable[Circumstances]) -> list[int]:
    """The number of the first that each is alike with."""
    reduction = Reduction(policies, directory)
    alike = [reduction.alike(each) for each in seen]
    return [alike.index(each) for each in alike]


def persons(*users: str, home: str = "") -> list[Circumstances]:
    return [Circumstances(Person(user, ANY_KIND, home), NOTHING, SOMEHOW) for user in users]


def places(*addresses: str, country: str | None = None) -> list[Circumstances]:
    return [Circumstances(NOBODY, NOTHING, Way(address=address, country=country)) for address in addresses]


def on_devices(*devices: Device) -> list[Circumstances]:
    return [Circumstances(NOBODY, NOTHING, Way(device=device)) for device in devices]


def test_people_are_told_apart_by_names_groups_and_roles_only() -> None:
    directory = Directory(
        groups={"g-1": GroupMembers("g-1", 2, frozenset({"u-1", "u-2"})), "g-2": GroupMembers("g-2", 9, None)},
        holders={"r-1": frozenset({"u-2", "u-3"})},
    )
    named = made({"users": {"includeUsers": ["All", "U-5"], "excludeUsers": ["u-6"]}})
    seen = persons("u-1", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7", "")
    assert classes([named], directory, seen) == [0, 1, 2, 3, 4, 5, 3, 7]
    assert Reduction([], directory).alike(seen[3]).person.user_id == SOMEBODY


def test_two_who_are_in_the_same_groups_are_alike() -> None:
    directory = Directory(groups={"g-1": GroupMembers("g-1", 2, frozenset({"u-1", "u-2"}))})
    assert classes([], directory, persons("u-1", "u-2", "u-3")) == [0, 0, 2]


def test_somebody_is_nobody_whom_a_policy_can_name() -> None:
    hostile = made({"users": {"includeUsers": [SOMEBODY, SOMEBODY.lower(), "Somebody"]}})
    reduction = Reduction([hostile], Directory())
    assert people(hostile.conditions, reduction.alike(persons("u-1")[0]).person, Directory()).reasons[0] != "By name."


def test_home_tenants_matter_where_a_policy_lists_them() -> None:
    guests = {"guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": {
        "membershipKind": "enumerated", "members": ["T-1"]}}  # fmt: skip
    aimed = made({"users": {"includeGuestsOrExternalUsers": guests}})
    seen = [*persons("u", home="t-1"), *persons("u", home="t-2"), *persons("u", home="t-3"), *persons("u")]
    assert classes([aimed], Directory(), seen) == [0, 1, 1, 3]
    assert classes([made({})], Directory(), seen) == [0, 0, 0, 3]


def test_addresses_are_told_apart_by_named_locations_and_by_version() -> None:
    offices = NamedLocation("l", "Offices", "ip", True, ("203.0.113.0/24", "2001:db8::/48"))
    seen = places("203.0.113.1", "203.0.113.9", "::ffff:203.0.113.7", "192.0.2.1", "198.51.100.1", "2001:db8::1",
                  "2001:db9::1", "2001:db9::2", "", "1.2.3", "a:b")  # fmt: skip
    assert classes([], Directory(locations={"l": offices}), seen) == [0, 0, 0, 3, 3, 5, 6, 6, 8, 8, 8]
    bad = replace(offices, ranges=("203.0.113.0/24", "203.0.113.0/99"))
    assert classes([], Directory(locations={"l": bad}), seen) == [0, 0, 0, 0, 0, 5, 5, 5, 8, 8, 8]


def test_countries_matter_where_a_location_is_made_of_them() -> None:
    seen = [*places("", country="NL"), *places("", country="BE"), *places("", country=""), *places("")]
    home = NamedLocation("l", "Home", "country", None, (), ("NL",), False)
    assert classes([], Directory(locations={"l": home}), seen) == [0, 1, 2, 3]
    assert classes([], Directory(), seen) == [0, 0, 0, 0]


def test_devices_are_told_apart_as_far_as_filters_ask() -> None:
    seen = on_devices(
        Device(True, "AzureAD", True, "d-1", "SAW-1"),
        Device(True, "AzureAD", True, "d-2", "SAW-2"),
        Device(True, "AzureAD", True, "d-3", "PC"),
        Device(True, "AzureAD", False, "d-2", "PC"),
        Device(False),
        Device(),
    )
    by_name = filtered_by('device.displayName -startsWith "SAW"', "n")
    by_id = filtered_by('device.deviceId -eq "d-2"', "i")
    assert classes([filtered_by("device.isCompliant -eq True")], Directory(), seen) == [0, 0, 0, 3, 4, 5]
    assert classes([filtered_by("device.deviceId -like")], Directory(), seen) == [0, 0, 0, 3, 4, 5]
    assert classes([by_name], Directory(), seen) == [0, 0, 2, 3, 4, 5]
    assert classes([by_name, by_id], Directory(), seen) == [0, 1, 2, 3, 4, 5]
    assert classes([by_id, by_name], Directory(), seen) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("results", "held", "held_not"),
    [
        ([], 0, 0),
        ([("a", "success"), ("b", "notApplied")], 0b01, 0b10),
        ([("a", "failure"), ("b", "reportOnlyNotApplied")], 0b01, 0b10),
        ([("a", "reportOnlySuccess"), ("b", "reportOnlyFailure")], 0b11, 0),
        ([("a", "reportOnlyInterrupted")], 0b01, 0),
        ([("a", "notEnabled"), ("b", "unknown")], 0, 0),
        ([("a", "unknownFutureValue"), ("b", ""), ("", "success")], 0, 0),
        ([("SecurityDefaults", "success"), ("gone", "notApplied")], 0, 0),
        ([("a", "success"), ("a", "notApplied"), ("b", "success"), ("b", "success")], 0b10, 0),
    ],
)
def test_the_record(results: list[tuple[str, str]], held: int, held_not: int) -> None:
    assert Reduction([made({}, "a"), made({}, "b")], Directory()).record(results) == (held, held_not)


def test_of_a_policy_and_its_draft_the_record_is_the_first_ones() -> None:
    reduction = Reduction([made({}, "a"), made({}, "b"), made({}, "a")], Directory())
    assert reduction.record([("a", "success")]) == (0b001, 0)


def test_when_policies_changed() -> None:
    at = ["2026-11-02T00:00:00Z", None, "soon", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"]
    created = [None, None, None, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    policies = [
        made({}, str(number), modifiedDateTime=changed, createdDateTime=born)
        for number, (changed, born) in enumerate(zip(at, created, strict=True))
    ]
    days = [parse("2026-11-01T00:00:00Z"), parse("2026-11-02T00:00:00Z")]
    assert [changed_at(each) for each in policies] == [days[1], None, None, days[0], days[1]]
    assert Reduction(policies, Directory()).changes == tuple(days)


def test_the_tenant_is_the_directorys() -> None:
    assert Reduction([], Directory(tenant="t-own")).tenant == "t-own"
