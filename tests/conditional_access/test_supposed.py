import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory, networks_of
from auditor.conditional_access.supposed import addresses, countries, supposed
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Way
from auditor.tenant.policy import Conditions, Listed, Policy, Users
from auditor.tenant.records import GroupMembers, NamedLocation

RANGES = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2**12 - 1), st.integers(24, 32)).map(
            lambda made: str(ipaddress.ip_network((made[0] << 20, made[1]), strict=False))
        ),
        st.tuples(st.integers(0, 15), st.integers(120, 128)).map(
            lambda made: str(ipaddress.ip_network((made[0], made[1]), strict=False))
        ),
    ),
    min_size=1,
    max_size=4,
)


def ip(identity: str, *ranges: str, trusted: bool | None = None) -> NamedLocation:
    return NamedLocation(identity, identity, "ip", trusted, ranges=ranges)


def named(*locations: str) -> Policy:
    return Policy("p", "P", "enabled", Conditions(locations=Listed(("All",), locations)))


def inside(locations: list[NamedLocation], address: str) -> frozenset[str]:
    where = ipaddress.ip_address(address)
    return frozenset(each.id for each in locations if any(where in network for network in networks_of(each)))


@given(st.lists(RANGES, max_size=4))
def test_an_address_for_each_set_of_locations(given_ranges: list[list[str]]) -> None:
    locations = [ip(f"l{number}", *ranges) for number, ranges in enumerate(given_ranges)]
    found = addresses(locations)
    assert frozenset() in found
    assert all(inside(locations, address) == held for held, address in found.items())
    # Wherever membership can change there is a bound of a range, or the address after it.
    for network in (network for each in locations for network in networks_of(each)):
        for address in (network.network_address, network.broadcast_address):
            assert inside(locations, str(address)) in found


def test_nothing_is_outside_of_all_addresses() -> None:
    assert addresses([]) == {frozenset(): "192.0.2.1"}
    assert ipaddress.ip_address(addresses([ip("all", "0.0.0.0/0")])[frozenset()]).version == 6


def test_countries_and_none_that_is_known() -> None:
    benelux = NamedLocation("b", "", "country", countries=("NL", "BE"), include_unknown=True)
    dutch = NamedLocation("n", "", "country", countries=("NL",), include_unknown=False)
    assert countries([benelux, dutch]) == {frozenset("b"): "BE", frozenset("bn"): "NL"}
    unknown = NamedLocation("u", "", "country", include_unknown=True)
    assert countries([unknown]) == {frozenset("u"): ""}


def test_one_in_each_group_and_role_and_in_no_other() -> None:
    users = Users(include_groups=("big", "gone"), exclude_groups=("unread",), exclude_roles=("role",))
    real = Directory(
        groups={"big": GroupMembers("big", 30_000, None), "gone": GroupMembers("gone", None, None, gone=True)},
        groups_missing="403.",
        holders_missing="403.",
        built_in_roles=frozenset({"role"}),
    )
    made_up = supposed([Policy("p", "P", "enabled", Conditions(users=users))], real)

    def inside_of(person: str) -> list[Applies]:
        groups = [made_up.in_group(person, group).applies for group in ("big", "gone", "unread")]
        return [*groups, made_up.holds_role(person, "role").applies]

    yes, no = Applies.YES, Applies.NO
    assert inside_of("big") == [yes, no, no, no]
    assert inside_of("unread") == [no, no, yes, no]
    assert inside_of("role") == [no, no, no, yes]
    assert inside_of("anybody") == inside_of("gone") == [no, no, no, no]


def test_a_place_that_nothing_tells_is_one_by_itself() -> None:
    real = Directory(
        locations={
            "gps": NamedLocation("gps", "Phone", "country", countries=("NL",), lookup="authenticatorAppGps"),
            "broken": ip("broken", "300.0.0.0/8"),
            "network": NamedLocation("network", "Compliant", "compliantNetworkNamedLocation"),
            "office": ip("office", "203.0.113.0/24"),
        }
    )
    made_up = supposed([named("gps", "broken", "network", "unread", "office")], real)
    at_home = Way(address="198.51.100.7", country="NL", trusted_network=False)
    for place in ("gps", "broken", "network", "unread"):
        assert made_up.located(at_home, place).applies is Applies.NO
        assert made_up.located(at_home._replace(country=place), place).applies is Applies.YES
    assert made_up.located(at_home._replace(address="203.0.113.0"), "office").applies is Applies.YES


def test_thousands_of_ranges_become_an_address() -> None:
    office = ip("office", *(f"203.0.{number}.0/24" for number in range(0, 250, 2)))
    made_up = supposed([named("office")], Directory(locations={"office": office}))
    assert made_up.locations["office"].ranges == ("203.0.0.0",)
