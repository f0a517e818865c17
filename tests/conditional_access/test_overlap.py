"""Held to the evaluation of single sign-ins over small worlds that are gone through whole."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.decision import Decision
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.overlap import overlap, overlap_in_browsers
from auditor.conditional_access.people import people
from auditor.conditional_access.resources import resources
from auditor.conditional_access.suites import ADMIN_PORTALS, GRAPH, MICROSOFT, OFFICE_365
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import ways
from auditor.tenant.circumstances import ANY_KIND, DIRECT_CONNECT, EXTERNAL, MEMBER, Device, Person, Target, Way
from auditor.tenant.policy import Applications, Conditions, Filter, Guests, Listed, Policy, Users
from auditor.tenant.records import GroupMembers, NamedLocation

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
EXCHANGE = min(OFFICE_365.inside)

DIRECTORY = Directory(
    groups={
        "listed": GroupMembers("listed", 2, frozenset({"ada", "bob"})),
        "empty": GroupMembers("empty", 0, frozenset()),
        "counted": GroupMembers("counted", 30_000, None),
        "gone": GroupMembers("gone", None, None, gone=True),
    },
    groups_missing="Graph answered 403.",
    holders={"role": frozenset({"cyd", "listed", "robot", "who"}), "robots": frozenset({"robot"})},
    built_in_roles=frozenset({"role", "robots", "nobody"}),
    principals={"cyd": "user", "ada": "user", "robot": "servicePrincipal"},
    locations={
        "office": NamedLocation("office", "Office", "ip", True, ("10.0.0.0/8", "2001:db8::/32")),
        "floor": NamedLocation("floor", "Floor", "ip", False, ("10.1.0.0/16",)),
        "shop": NamedLocation("shop", "Shop", "ip", False, ("192.0.2.0/24",)),
        "six": NamedLocation("six", "Six", "ip", False, ("2001:db9::/32",)),
        "home": NamedLocation("home", "Home", "country", None, (), ("NL", "BE"), False, "clientIpAddress"),
        "near": NamedLocation("near", "Near", "country", None, (), ("BE",), True, "clientIpAddress"),
        "gps": NamedLocation("gps", "GPS", "country", None, (), ("NL",), False, "authenticatorAppGps"),
    },
    names={"ada": "Ada", "listed": "Pilot", "role": "Global Reader"},
)


def policy(name: str = "P", **conditions: Any) -> Policy:
    whole = {"users": Users(("All",)), "applications": Applications(("All",)), "client_app_types": ("all",)}
    return Policy(name, name, "enabled", Conditions(**(whole | conditions)))


def for_users(*include: str, **more: Any) -> Policy:
    return policy(users=Users(include, **more))


def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=3, unique=True).map(tuple)


KINDS = (MEMBER, "internalGuest", "b2bCollaborationGuest", "otherExternalUser", DIRECT_CONNECT)
GUESTS = st.none() | st.builds(
    Guests,
    st.lists(st.sampled_from(KINDS[1:]), min_size=1, max_size=3).map(tuple),
    st.sampled_from(["all", "enumerated"]),
    st.sampled_from([("t1",), ("t1", "t2")]),
)
NAMES = ("All", "None", "GuestsOrExternalUsers", "ada", "bob", "dan")
USERS = st.builds(
    Users,
    some(*NAMES),
    some(*NAMES),
    some(*DIRECTORY.groups),
    some(*DIRECTORY.groups, "unread"),
    some("role", "robots", "nobody"),
    some("role", "robots", "nobody"),
    GUESTS,
    GUESTS,
)
PEOPLE = [
    Person(user, frozenset({kind}), home)
    for user in ("ada", "bob", "cyd", "dan", "eve", "fay", "gus", "who")
    for kind in KINDS
    if user == "gus" or kind != DIRECT_CONNECT  # who has no account and is in no group
    for home in (("t1", "t2", "t3") if kind in EXTERNAL else ("",))
]
APPS = (EXCHANGE, GRAPH, "expenses", "wiki")
MICROSOFTS = (EXCHANGE, GRAPH, *sorted(ADMIN_PORTALS.inside))
APPLICATIONS = st.builds(
    Applications,
    some("All", "None", "Office365", "MicrosoftAdminPortals", *APPS),
    some("Office365", *APPS),
    some("urn:user:registerdevice"),
    some("c1", "c2"),
)
TARGETS = [
    Target(asked[0], "", frozenset(asked), contexts, True, owner)
    for asked in (
        *((app,) for app in (*MICROSOFTS, "expenses", "wiki", "other")),
        (EXCHANGE, "expenses"),
        ("expenses", "wiki"),
    )
    for contexts in (frozenset[str](), frozenset({"c1"}), frozenset({"c2"}))
    for owner in (MICROSOFT, "t1")
    if owner == MICROSOFT or asked[0] not in MICROSOFTS
]
PLACES = ("All", "AllTrusted", *DIRECTORY.locations, "unheard of")
LOCATIONS = st.none() | st.builds(Listed, some(*PLACES), some(*PLACES))
WAYS = [
    Way("browser", address=address, country=country, trusted_network=trusted)
    for address in ("10.1.2.3", "10.2.2.3", "192.0.2.9", "198.51.100.1", "2001:db8::7", "2001:db9::7", "2a00::7")
    for country in ("NL", "BE", "FR", "")
    for trusted in (True, False)
]


def worlds() -> Iterable[Directory]:
    """The directory as it may really be: with everything in it that it does not know."""
    everybody = frozenset({"ada", "bob", "cyd", "dan", "eve", "who"})
    for counted, unread, who in product(
        (frozenset({"eve"}), everybody),  # of so many somebody is in no other group
        (frozenset[str](), frozenset({"ada", "fay"}), everybody),
        (None, frozenset[str](), frozenset({"eve", "bob"})),
    ):
        groups = {"counted": counted, "unread": unread} | ({} if who is None else {"who": who})
        made = {name: GroupMembers(name, len(users), users) for name, users in groups.items()}
        yield replace(
            DIRECTORY,
            groups={**DIRECTORY.groups, **made},
            groups_missing="",
            principals={**DIRECTORY.principals, "who": "user" if who is None else "group"},
        )


def places() -> Iterable[Directory]:
    for ranges in ((), ("10.1.2.3/32",), ("198.51.100.1/32", "10.2.2.3/32"), ("0.0.0.0/0", "::/0")):
        known = {name: NamedLocation(name, name, "ip", False, ranges) for name in ("gps", "unheard of")}
        yield replace(DIRECTORY, locations={**DIRECTORY.locations, **known})


def holds_to(world: Iterable[Decision], meet: Applies, certain: Iterable[Decision]) -> None:
    """`world`: what both policies make of everything in it; `certain`: of what certainly exists."""
    if meet is NO:
        assert {each.applies for each in world} <= {NO}
    if meet is YES:
        assert YES in {each.applies for each in certain}


def both(*decisions: Decision) -> Decision:
    values = {each.applies for each in decisions}
    return Decision(NO if NO in values else NOT_KNOWN if NOT_KNOWN in values else YES)


@given(USERS, USERS)
@settings(max_examples=30, deadline=None)
def test_people(first: Users, second: Users) -> None:
    one, other = policy(users=first), policy(users=second)
    said = overlap(one, other, DIRECTORY).says("people").applies
    for world in worlds():
        real = [person for person in PEOPLE if person.user_id not in world.groups]
        made_of = [both(*(people(each.conditions, person, world) for each in (one, other))) for person in real]
        holds_to(made_of, said, made_of)


@given(APPLICATIONS, APPLICATIONS)
@settings(max_examples=40, deadline=None)
def test_resources(first: Applications, second: Applications) -> None:
    one, other = policy(applications=first), policy(applications=second)
    made_of = [both(*(resources(each.conditions, target) for each in (one, other))) for target in TARGETS]
    said = overlap(one, other, DIRECTORY).says("resources")
    in_a_suite = [
        resources(policy(applications=each).conditions, Target("y", "", frozenset({"y"}), frozenset()))
        for each in (first, second)
    ]
    if not first.user_actions and not second.user_actions:
        holds_to([*made_of, both(*in_a_suite)], said.applies, [*made_of, both(*in_a_suite)])


@given(LOCATIONS, LOCATIONS)
@settings(max_examples=40, deadline=None)
def test_locations(first: Listed | None, second: Listed | None) -> None:
    one, other = policy(locations=first), policy(locations=second)
    said = overlap(one, other, DIRECTORY).says("locations").applies
    for world in places():
        made_of = {way: both(*(ways(each.conditions, way, world) for each in (one, other))) for way in WAYS}
        holds_to(made_of.values(), said, [decision for way, decision in made_of.items() if not way.trusted_network])


RULES = (
    "device.isCompliant -eq True",
    "device.isCompliant -ne True",
    'device.trustType -ne "ServerAD" -or device.isCompliant -ne True',
    'device.trustType -eq "Workplace"',
    'device.trustType -in ["AzureAD", "ServerAD"] -and device.displayName -startsWith "WIN-"',
    "not a rule",
)
DEVICES = [
    Device(False),
    *(Device(True, *each) for each in product(("AzureAD", "ServerAD", "Workplace"), (True, False))),
]


@pytest.mark.parametrize(("first", "second"), list(product(product(RULES, ("include", "exclude", "new")), repeat=2)))
def test_devices(first: tuple[str, str], second: tuple[str, str]) -> None:
    one, other = (policy(device_filter=Filter(mode, rule)) for rule, mode in (first, second))
    said = overlap(one, other, DIRECTORY).says("devices").applies
    made_of = [
        both(*(ways(each.conditions, Way("browser", device=device), DIRECTORY) for each in (one, other)))
        for device in DEVICES
    ]
    if first[0] == second[0] and {first[1], second[1]} == {"include", "exclude"}:
        assert said is NO  # whatever the rule asks for
    else:
        holds_to(made_of, said, made_of)


def test_policies_for_everybody_meet() -> None:
    found = overlap(policy(), policy(), DIRECTORY)
    assert found.meet is YES
    assert "people: an ordinary member." in found.because


@pytest.mark.parametrize(
    ("first", "second", "meet", "because"),
    [
        (for_users("ada"), for_users("All", exclude_users=("ada",)), NO, "people: none is reached by both."),
        (for_users(include_groups=("listed",)), for_users("ada"), YES, "people: 'Ada'."),
        (for_users(include_groups=("listed",)), for_users("dan"), NO, "people: none"),
        (for_users(include_groups=("counted",)), for_users("dan"), NOT_KNOWN, "counted and not listed"),
        (for_users(include_groups=("unread",)), for_users("dan"), NOT_KNOWN, "Graph answered 403"),
        (for_users(include_groups=("gone",)), for_users("All"), NO, "people: none"),
        # Whoever is in such a group: not in one policy and in the other.
        (for_users(include_groups=("counted",)), for_users("All", exclude_groups=("counted",)), NO, "people: none"),
        (for_users(include_groups=("unread",)), for_users("All", exclude_groups=("unread",)), NO, "people: none"),
        (for_users(include_groups=("counted",)), for_users("All"), YES, "people: a member of the group counted."),
        (for_users("All", exclude_groups=("counted",)), for_users("All"), NOT_KNOWN, "counted and not listed"),
        # A member of a group that holds the role; the service principal that holds it is nobody.
        (for_users(include_roles=("role",)), for_users(include_groups=("listed",)), YES, "people: 'Ada'."),
        (for_users(include_roles=("robots",)), for_users("All"), NO, "people: none"),
        (
            for_users(include_roles=("role",)),
            for_users("All", exclude_users=("ada", "bob", "cyd")),
            NOT_KNOWN,
            "Who who is, who holds a role",
        ),
        # Nobody is a member and a guest, but whether Ada is a guest nobody told us.
        (for_users("GuestsOrExternalUsers"), for_users("All", exclude_guests=Guests(tuple(ANY_KIND))), NO, "people"),
        (for_users("GuestsOrExternalUsers"), for_users("ada"), NOT_KNOWN, "Whether 'Ada' is a guest"),
        (
            for_users("GuestsOrExternalUsers"),
            for_users("ada", exclude_users=("GuestsOrExternalUsers",)),
            NO,
            "people: none",
        ),
        # One sign-in may ask for tokens for both.
        (
            policy(applications=Applications(("wiki",))),
            policy(applications=Applications(("expenses",))),
            NOT_KNOWN,
            "different resources",
        ),
        (policy(applications=Applications(("None",))), policy(), NO, "aimed at no resource"),
        (policy(applications=Applications(("Office365",))), policy(), YES, f"resources: {EXCHANGE}."),
        (
            policy(client_app_types=("browser",)),
            policy(client_app_types=("other",)),
            NO,
            "client apps: none is reached by both.",
        ),
        (policy(client_app_types=()), policy(), NOT_KNOWN, "client apps: It names no client app"),
        (policy(platforms=Listed(("iOS",))), policy(platforms=Listed(("all",), ("iOS",))), NO, "platforms: none"),
        (policy(platforms=Listed(("all",), ("iOS",))), policy(), YES, "platforms: windows."),
        (policy(locations=Listed(("office",))), policy(locations=Listed(("All",), ("office",))), NO, "locations: none"),
        (policy(locations=Listed(("office",))), policy(locations=Listed(("shop",))), NO, "locations: none"),
        (policy(locations=Listed(("floor",))), policy(locations=Listed(("office",))), YES, "inside 'Floor'"),
        (
            policy(locations=Listed(("floor",))),
            policy(locations=Listed(("home",))),
            NOT_KNOWN,
            "In which country the location 'Floor' lies",
        ),
        (policy(locations=Listed(("gps",))), policy(locations=Listed(("All",), ("gps",))), NO, "locations: none"),
        # The trusted addresses of the old multifactor settings are nobody's to read.
        (policy(locations=Listed(("AllTrusted",))), policy(locations=Listed(("shop",))), NOT_KNOWN, "old multifactor"),
        (policy(locations=Listed(("AllTrusted",))), policy(locations=Listed(("six",))), NO, "locations: none"),
        (policy(locations=Listed(("All",), ("AllTrusted",))), policy(), YES, "outside the named ranges"),
        (
            policy(device_filter=Filter("include", RULES[0])),
            policy(device_filter=Filter("exclude", RULES[0])),
            NO,
            "devices: none",
        ),
        (
            policy(device_filter=Filter("include", RULES[4])),
            policy(device_filter=Filter("exclude", RULES[4])),
            NO,
            "devices: none",
        ),
        (policy(device_filter=Filter("include", RULES[4])), policy(), NOT_KNOWN, "asks for more than how a device"),
        (policy(device_filter=Filter("include", RULES[5])), policy(), NOT_KNOWN, "is not understood"),
        (policy(sign_in_risks=("high",)), policy(sign_in_risks=("low", "medium")), NO, "sign-in risk: none"),
        (policy(sign_in_risks=("high",)), policy(sign_in_risks=("hidden",)), NOT_KNOWN, "sign-in risk: A level"),
        (policy(user_risks=("high",)), policy(user_risks=("low",)), NO, "user risk: none"),
        (policy(user_risks=("high",)), policy(), YES, "user risk: high."),
        (
            policy(authentication_flows=("deviceCodeFlow",)),
            policy(authentication_flows=("authenticationTransfer",)),
            NO,
            "authentication flow: none",
        ),
        (policy(unknown=("times.of_day",)), policy(), NOT_KNOWN, "other conditions: Set, and not known"),
        (policy(users=Users(), unknown=("users.includeAgents",)), policy(), NOT_KNOWN, "users.includeAgents"),
        (policy(users=Users(), workload_identities=True), policy(), NO, "people"),
    ],
)  # fmt: skip
def test_what_keeps_them_apart_or_together(first: Policy, second: Policy, meet: Applies, because: str) -> None:
    for one, other in ((first, second), (second, first)):
        found = overlap(one, other, DIRECTORY)
        assert found.meet is meet
        assert because in " ".join(found.because)


def test_addresses_that_the_old_settings_trust_are_reckoned_with_where_all_ranges_are_of_the_new_version() -> None:
    six = {"six": NamedLocation("six", "Six", "ip", True, ("2001:db9::/32",))}
    trusted, but_six = policy(locations=Listed(("AllTrusted",))), policy(locations=Listed(("All",), ("six",)))
    assert overlap(trusted, but_six, Directory(locations=six)).meet is NOT_KNOWN


def test_only_in_browsers() -> None:
    one, other = policy(client_app_types=("browser", "other")), policy(client_app_types=("other",))
    assert overlap(one, other, DIRECTORY).meet is YES
    assert overlap_in_browsers(one, other, DIRECTORY).meet is NO


def test_conditions_that_cannot_hold_are_disjoint_from_themselves() -> None:
    made = for_users("All", exclude_users=("All",))
    assert overlap_in_browsers(made, made, DIRECTORY).meet is NO
    # Whether "All" covers people of B2B direct connect is not documented, but they have no session to keep.
    assert overlap(made, made, DIRECTORY).meet is NOT_KNOWN


def _big() -> tuple[Policy, Policy, Directory]:
    """Groups of twenty thousand, two thousand ranges, a hundred names."""
    everybody = [f"{number:05}" for number in range(30_000)]
    groups = {
        f"g{number}": GroupMembers(f"g{number}", 20_000, frozenset(everybody[number * 500 : number * 500 + 20_000]))
        for number in range(4)
    }
    locations = {
        f"l{number}": NamedLocation(
            f"l{number}", f"L{number}", "ip", True, tuple(f"10.{number}.{low}.0/24" for low in range(100))
        )
        for number in range(20)
    }
    names: Sequence[str] = everybody[:100]
    pair = [
        policy(
            users=Users(("All",), tuple(names), exclude_groups=(f"g{number}", f"g{number + 2}")),
            locations=Listed(("All",), ("AllTrusted", f"l{number}")),
        )
        for number in (0, 1)
    ]
    return pair[0], pair[1], Directory(groups=groups, locations=locations)


def test_it_is_quick_in_a_big_tenant() -> None:
    one, other, directory = _big()
    begun = time.process_time()
    assert overlap(one, other, directory).meet is YES
    assert time.process_time() - begun < 0.5
