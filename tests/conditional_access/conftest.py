"""Policies, tenants and sign-ins at random, out of few enough words that they meet often."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.suites import DIRECTORY, GRAPH, MICROSOFT
from auditor.tenant.circumstances import ANY_KIND, Circumstances, Device, Person, Target, Way
from auditor.tenant.policy import Applications, Conditions, Filter, Guests, Listed, Policy, Users
from auditor.tenant.records import GroupMembers, NamedLocation

EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"

USERS = ("u-1", "u-2", "u-3", "u-4")
GROUPS = ("g-1", "g-2", "g-3")
ROLES = ("r-1", "r-2", "r-custom")
TENANTS = ("t-own", "t-1", "t-2")
APPS = (EXCHANGE, TEAMS, AZURE_PORTAL, MANAGEMENT, GRAPH, DIRECTORY, "a-1", "a-2")
LOCATIONS = ("l-v4", "l-v6", "l-nl", "l-unknown", "l-gps", "l-bad", "l-new", "l-nowhere")
KINDS = tuple(sorted(ANY_KIND - {"member"}))
CLIENTS = ("browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other")
PLATFORMS = ("android", "iOS", "windows", "macOS", "linux")
ADDRESSES = ("203.0.113.7", "198.51.100.1", "::ffff:203.0.113.9", "2001:db8::1", "2001:db8:ffff::1", "", "nowhere:7")
RULES = (
    'device.trustType -eq "AzureAD"',
    'device.trustType -ne "ServerAD" -or device.isCompliant -ne True',
    "device.isCompliant -eq True",
    'device.displayName -startsWith "SAW"',
    'device.deviceId -in ["d-1"] -and device.isCompliant -eq True',
    'device.extensionAttribute1 -eq "x"',
    "device.trustType -eq",
)


def some(words: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Mostly few of them."""
    return st.lists(st.sampled_from(words), min_size=least, max_size=least + 2, unique=True).map(tuple)


def seldom(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), st.none(), strategy)


guests = st.builds(
    Guests,
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=6, unique=True).map(tuple),
    st.sampled_from(("all", "all", "enumerated", "unknownFutureValue")),
    some(TENANTS),
)
filters = st.builds(Filter, st.sampled_from(("include", "exclude", "sometimes")), st.sampled_from(RULES))
words = ("All", "None", "GuestsOrExternalUsers", *USERS[:3])
groups_named, roles_named = some((*GROUPS, "g-unread")), some(ROLES)
users = st.builds(
    Users,
    some(words),
    some(words[2:]),
    groups_named,
    groups_named,
    roles_named,
    roles_named,
    seldom(guests),
    seldom(guests),
)
applications = st.builds(
    Applications,
    some(("All", "All", "None", "Office365", "MicrosoftAdminPortals", *APPS)),
    some(("Office365", "MicrosoftAdminPortals", *APPS)),
    st.one_of(st.just(()), some(("urn:user:registerdevice",))),
    st.one_of(st.just(()), some(("c1", "c2"))),
    seldom(filters),
)
unknown = (
    "users.includeAgents",
    "applications: Later",
    "clientAppTypes: tomorrow",
    "platforms: visionOS",
    "locations.includeOrbits",
    "devices.includeDevices",
    "signInRiskLevels: dire",
    "authenticationFlows: carrierPigeon",
    "times",
)
aspects = {
    "users": users,
    "applications": applications,
    "client_app_types": some(("all", *CLIENTS, "easSupported", "tomorrow")),
    "platforms": st.builds(Listed, some(("all", "all", *PLATFORMS)), some(PLATFORMS)),
    "locations": st.builds(Listed, some(("All", "All", "AllTrusted", *LOCATIONS)), some(("AllTrusted", *LOCATIONS))),
    "device_filter": filters,
    "sign_in_risks": some(("none", "low", "medium", "high")),
    "user_risks": some(("high",)),
    "insider_risks": some(("elevated",)),
    "authentication_flows": some(("deviceCodeFlow", "authenticationTransfer")),
    "workload_identities": st.just(True),
    "unknown": some(unknown),
}
EVERYTHING = Conditions(Users(include_users=("All",)), Applications(include=("All",)), client_app_types=("all",))
"""It holds for any sign-in. Each condition in turn stands alone often, as others would hide what it says."""

conditions = st.lists(st.sampled_from(sorted(aspects)), max_size=3, unique=True).flatmap(
    lambda chosen: st.fixed_dictionaries({name: aspects[name] for name in chosen}).map(
        lambda made: replace(EVERYTHING, **made)
    )
)
states = st.sampled_from(("enabled", "enabled", "enabledForReportingButNotEnforced", "disabled", "paused"))
policies = st.lists(
    st.tuples(states, conditions), min_size=1, max_size=4
).map(lambda made: tuple(Policy(f"p-{number}", f"P{number}", *each) for number, each in enumerate(made)))  # fmt: skip

persons = st.builds(
    Person,
    st.sampled_from((*USERS, "u-9", "u-8", "")),
    st.one_of(
        st.just(ANY_KIND),
        st.just(frozenset({"member"})),
        st.just(frozenset({"member", "internalGuest"})),
        st.frozensets(st.sampled_from(sorted(ANY_KIND)), min_size=1, max_size=3),
    ),
    st.sampled_from((*TENANTS, "t-9", "")),
)
targets = st.builds(
    Target,
    st.sampled_from((*APPS, "a-9", "")),
    st.sampled_from((*APPS, "a-9", "")),
    st.one_of(st.none(), st.none(), st.frozensets(st.sampled_from(APPS), max_size=3)),
    st.one_of(st.none(), st.frozensets(st.sampled_from(("c1", "c2")))),
    st.sampled_from((None, True, False)),
    st.sampled_from(("", MICROSOFT, "t-own")),
)
maybe = st.sampled_from((None, True, False))
devices = st.one_of(
    st.just(Device()),
    st.just(Device(False)),
    st.builds(
        Device,
        st.just(True),
        st.sampled_from((None, "AzureAD", "ServerAD", "Workplace")),
        maybe,
        st.sampled_from((None, "d-1", "d-2", "d-3")),
        st.sampled_from((None, "SAW-1", "SAW-2", "PC")),
    ),
)
ways = st.builds(
    Way,
    st.sampled_from((*CLIENTS, "")),
    st.sampled_from((*PLATFORMS, "")),
    devices,
    st.sampled_from(ADDRESSES),
    st.sampled_from((None, "", "NL", "BE")),
    maybe,
    st.sampled_from(("", "hidden", "none", "low", "high")),
    st.sampled_from(("", "none", "deviceCodeFlow", "authenticationTransfer")),
)
circumstances = st.builds(Circumstances, persons, targets, ways)

missing = st.sampled_from(("", "", "It was withheld."))


def _groups(made: dict[str, object]) -> dict[str, GroupMembers]:
    kinds = {"gone": GroupMembers("", None, None, gone=True), "big": GroupMembers("", 30_000, None)}
    return {
        name: kinds[each] if isinstance(each, str) else GroupMembers(name, len(each), frozenset(each))
        for name, each in made.items()
    }


members = st.one_of(st.sampled_from(("gone", "big")), *[st.frozensets(st.sampled_from(USERS), max_size=3)] * 4)
places = {
    "l-v4": lambda trusted: NamedLocation("l-v4", "V4", "ip", trusted, ("203.0.113.0/24",)),
    "l-v6": lambda trusted: NamedLocation("l-v6", "V6", "ip", trusted, ("2001:db8::/48", "198.51.100.0/30")),
    "l-bad": lambda trusted: NamedLocation("l-bad", "Bad", "ip", trusted, ("203.0.113.0/24", "203.0.113.0/99")),
    "l-nl": lambda trusted: NamedLocation("l-nl", "NL", "country", None, (), ("NL",), False, "clientIpAddress"),
    "l-unknown": lambda trusted: NamedLocation("l-unknown", "?", "country", None, (), ("BE",), trusted),
    "l-gps": lambda trusted: NamedLocation("l-gps", "GPS", "country", None, (), ("NL",), False, "authenticatorAppGps"),
    "l-new": lambda trusted: NamedLocation("l-new", "New", "compliantNetworkNamedLocation", trusted),
}
directories = st.builds(
    Directory,
    groups=st.dictionaries(st.sampled_from(GROUPS), members, max_size=3).map(_groups),
    groups_missing=missing,
    holders=st.dictionaries(
        st.sampled_from(ROLES),
        st.frozensets(st.sampled_from((*USERS[:2], *GROUPS, "s-1", "o-1", "x-1")), max_size=3),
        max_size=3,
    ),
    holders_missing=missing,
    built_in_roles=st.sampled_from((None, frozenset(ROLES[:2]))),
    principals=st.just(
        {**dict.fromkeys(USERS, "user"), **dict.fromkeys(GROUPS, "group"), "s-1": "servicePrincipal", "o-1": "object"}
    ),
    locations=st.dictionaries(st.sampled_from(tuple(places)), maybe, max_size=4).map(
        lambda chosen: {name: places[name](trusted) for name, trusted in chosen.items()}
    ),
    locations_missing=missing,
    tenant=st.just("t-own"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worlds:
    """What a world is drawn from. `aspects`: a strategy for each field of `Conditions`. `everything`: it sets none."""

    aspects = aspects
    everything = EVERYTHING
    conditions = conditions
    guests = guests
    policies = policies
    directories = directories
    circumstances = circumstances
    persons = persons
    targets = targets
    ways = ways


@pytest.fixture(scope="session")
def worlds() -> Worlds:
    return Worlds()
