"""What was read of a tenant, as the evaluation of policies asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from auditor import testing
from auditor.conditional_access.directory import NEEDED, Directory, active_holders, address_of
from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import SOMEBODY, Way
from auditor.tenant.graph_json import named_location as parsed
from auditor.tenant.records import GroupMembers, NamedLocation, RoleHolding
from auditor.testing import named_location, role_assignment

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
FORBIDDEN = "Graph answered 403."
ADA, GROUP = "aaaaaaaa-0000-4000-8000-000000000001", "dddddddd-0000-4000-8000-00000000000a"
ROLE = "62e90394-69f5-4237-9190-012177145e10"


def located(location: NamedLocation, way: Way, name: str = "") -> Applies:
    decision = Directory(locations={location.id: location}).located(way, name or location.id)
    assert decision.reasons or decision.applies is not NOT_KNOWN
    return decision.applies


OFFICES = parsed(named_location("Offices", ranges=["203.0.113.0/24", "2001:db8::/48"]))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", YES),
        ("203.0.114.7", NO),
        ("2001:db8::7", YES),
        ("2001:db9::7", NO),
        ("2001:0DB8:0:0:0:0:0:7", YES),
        ("::ffff:203.0.113.7", YES),
        ("::ffff:203.0.114.7", NO),
        ("", NOT_KNOWN),
        ("203.0.113", NOT_KNOWN),
        ("203.0.113.7:443", NOT_KNOWN),
        ("203.0.113.7, 10.0.0.1", NOT_KNOWN),
    ],
)
def test_ranges(address: str, expected: Applies) -> None:
    assert located(OFFICES, Way(address=address)) is expected


@pytest.mark.parametrize("bad", ["203.0.113.0/99", "", "office", "::/129"])
def test_a_range_that_cannot_be_read_decides_nothing(bad: str) -> None:
    location = NamedLocation("l", "L", "ip", True, ("203.0.113.0/24", bad))
    assert located(location, Way(address="203.0.113.7")) is NOT_KNOWN
    assert located(location, Way(address="192.0.2.1")) is NOT_KNOWN
    assert located(location, Way(address="192.0.2.1"), "AllTrusted") is NOT_KNOWN


def test_a_range_that_is_written_with_an_address_in_it() -> None:
    assert located(NamedLocation("l", "L", "ip", None, ("203.0.113.9/24",)), Way(address="203.0.113.7")) is YES


@pytest.mark.parametrize(
    ("changes", "country", "expected"),
    [
        ({}, "NL", YES),
        ({}, "nl", YES),
        ({}, "BE", NO),
        ({}, None, NOT_KNOWN),
        ({}, "", NO),
        ({"includeUnknownCountriesAndRegions": True}, "", YES),
        ({"includeUnknownCountriesAndRegions": True}, "BE", NO),
        ({"includeUnknownCountriesAndRegions": True}, None, NOT_KNOWN),
        ({"includeUnknownCountriesAndRegions": None}, "", NOT_KNOWN),
        ({"includeUnknownCountriesAndRegions": None}, "BE", NO),
        ({"countryLookupMethod": None}, "NL", YES),
        ({"countryLookupMethod": "authenticatorAppGps"}, "NL", NOT_KNOWN),
        ({"countryLookupMethod": "authenticatorAppGps"}, "BE", NOT_KNOWN),
        ({"countryLookupMethod": "unknownFutureValue"}, "NL", NOT_KNOWN),
        ({"countriesAndRegions": ["nl"]}, "NL", YES),
        ({"countriesAndRegions": []}, "NL", NO),
    ],
)
def test_countries(changes: dict[str, Any], country: str | None, expected: Applies) -> None:
    assert located(parsed(named_location("Home", countries=["NL"]) | changes), Way(country=country)) is expected


TRUSTED = NamedLocation("l", "Offices", "ip", True, ("203.0.113.0/24", "2001:db8::/48"))
COUNTRY = NamedLocation("c", "Home", "country", None, (), ("NL",), True)
NETWORK = NamedLocation("n", "Compliant", "compliantNetworkNamedLocation", True)


def read(*locations: NamedLocation, missing: str = "") -> Directory:
    return Directory(locations={each.id: each for each in locations}, locations_missing=missing)


@pytest.mark.parametrize(
    ("directory", "way", "expected"),
    [
        (read(TRUSTED), Way(address="203.0.113.7"), YES),
        (read(TRUSTED), Way(address="2001:db8::7"), YES),
        # The old multifactor settings cannot be read, and hold IPv4 addresses only.
        (read(TRUSTED), Way(address="192.0.2.1"), NOT_KNOWN),
        (read(), Way(address="192.0.2.1"), NOT_KNOWN),
        (read(TRUSTED), Way(address="2001:db9::7"), NO),
        (read(TRUSTED), Way(address="::ffff:192.0.2.1"), NOT_KNOWN),
        (read(TRUSTED), Way(address="::ffff:203.0.113.1"), YES),
        (read(), Way(address="192.0.2.1:443"), NOT_KNOWN),
        (read(TRUSTED), Way(), NOT_KNOWN),
        (read(), Way(), NOT_KNOWN),
        # The log may say it.
        (read(TRUSTED), Way(address="192.0.2.1", trusted_network=True), YES),
        (read(TRUSTED), Way(address="192.0.2.1", trusted_network=False), NO),
        (read(TRUSTED), Way(address="203.0.113.7", trusted_network=False), YES),
        (read(), Way(trusted_network=False), NO),
        (read(missing=FORBIDDEN), Way(address="203.0.113.7", trusted_network=True), YES),
        (read(missing=FORBIDDEN), Way(address="203.0.113.7", trusted_network=False), NOT_KNOWN),
        (
            read(NamedLocation("l", "L", "ip", None, ("203.0.113.0/24",))),
            Way(address="203.0.113.7", trusted_network=True),
            YES,
        ),
        # What is not marked as trusted is not.
        (read(NamedLocation("l", "L", "ip", False, ("203.0.113.0/24",))), Way(address="203.0.113.7"), NOT_KNOWN),
        (read(NamedLocation("l", "L", "ip", False, ("2001:db8::/48",))), Way(address="2001:db8::7"), NO),
        (read(NamedLocation("l", "L", "ip", None, ("2001:db8::/48",))), Way(address="2001:db8::7"), NOT_KNOWN),
        (read(NamedLocation("l", "L", "ip", None, ("2001:db8::/48",))), Way(address="2001:db9::7"), NO),
        # Countries cannot be trusted; whether other kinds of location can is not documented.
        (read(COUNTRY), Way(address="2001:db9::7", country="NL"), NO),
        (read(COUNTRY), Way(address="192.0.2.1", country="NL"), NOT_KNOWN),
        (read(NETWORK), Way(address="2001:db9::7"), NOT_KNOWN),
        (read(NETWORK, TRUSTED), Way(address="2001:db8::7"), YES),
        # Not all locations were read.
        (read(missing=FORBIDDEN), Way(address="203.0.113.7"), NOT_KNOWN),
        (read(TRUSTED, missing=FORBIDDEN), Way(address="203.0.113.7"), YES),
        (read(TRUSTED, missing=FORBIDDEN), Way(address="2001:db9::7"), NOT_KNOWN),
    ],
)
def test_all_trusted_locations(directory: Directory, way: Way, expected: Applies) -> None:
    decision = directory.located(way, "AllTrusted")
    assert decision.applies is expected
    assert decision.reasons or expected is NO


@pytest.mark.parametrize(
    ("name", "directory", "expected"),
    [
        ("All", read(missing=FORBIDDEN), YES),
        ("l", read(missing=FORBIDDEN), NOT_KNOWN),
        ("00000000-0000-0000-0000-000000000000", read(TRUSTED), NOT_KNOWN),  # the old multifactor settings' addresses
        ("n", read(NETWORK), NOT_KNOWN),
        ("l", read(TRUSTED, missing=FORBIDDEN), YES),
    ],
)
def test_other_names_of_locations(name: str, directory: Directory, expected: Applies) -> None:
    assert directory.located(Way(address="203.0.113.7", country="NL"), name).applies is expected


def test_addresses() -> None:
    assert str(address_of("::FFFF:1.2.3.4")) == "1.2.3.4"
    assert str(address_of("2001:DB8::1")) == "2001:db8::1"
    assert address_of("") is address_of("1.2.3.4/32") is address_of("1.2.3.4 ") is None


def test_only_roles_that_are_active_and_for_the_whole_directory_count() -> None:
    assert active_holders(
        [
            RoleHolding("r", "Aaaa-1", "/", eligible=False),
            RoleHolding("R-1", "b", "/", eligible=False),
            RoleHolding("r", "eligible", "/", eligible=True),
            RoleHolding("r", "unit", "/administrativeUnits/u", eligible=False),
            RoleHolding("r", "application", "/0a1b", eligible=False),
            RoleHolding("r", "part", "app scope /", eligible=False),
            RoleHolding("r", "", "", eligible=False),
        ]
    ) == {"r": frozenset({"aaaa-1"}), "r-1": frozenset({"b"})}


def objects(**kinds: str) -> list[dict[str, Any]]:
    return [
        {"@odata.type": f"#microsoft.graph.{kind}", "id": name, "displayName": name.title()}
        for name, kind in kinds.items()
    ]


def directory_of(**parts: Any) -> Directory:
    given: Mapping[str, Any] = {
        "group_members": {GROUP.upper(): [ADA.upper()]},
        "role_assignments": [role_assignment(GROUP.upper(), ROLE.upper())],
        "role_templates": [{"id": ROLE, "displayName": "Global Administrator"}],
        "directory_objects": [*objects(ada="user"), {"id": GROUP, "displayName": "Admins", "@odata.type": "#m.group"}],
        "named_locations": [named_location("Offices", ranges=["203.0.113.0/24"])],
    }
    with testing.tenant(**{**given, **parts}) as tenant:
        return Directory.of(tenant.seen_by(NEEDED))


def test_a_tenant_that_was_read() -> None:
    directory = directory_of()
    assert directory.in_group(ADA, GROUP).applies is YES
    assert directory.holds_role(ADA, ROLE).reasons == ("By the group 'Admins'.",)
    assert directory.holds_role("x", ROLE).applies is NO
    assert directory.located(Way(address="203.0.113.7"), named_location("Offices")["id"]).applies is YES
    assert (directory.name("ada"), directory.name(ROLE), directory.name("x")) == (
        "'Ada'",
        "'Global Administrator'",
        "x",
    )
    assert directory.tenant == testing.TENANT_ID
    assert directory.groups_missing == directory.holders_missing == directory.locations_missing == ""


@pytest.mark.parametrize("how", ["missing", "partial"])
@pytest.mark.parametrize("dataset", NEEDED)
def test_what_is_missing_or_partly_read_is_never_a_no(how: str, dataset: str) -> None:
    stranger, elsewhere = "x", Way(address="192.0.2.1")
    whole, part = directory_of(), directory_of(**{how: {dataset: FORBIDDEN}})
    asked = (
        lambda each: each.in_group(stranger, "g-unread"),
        lambda each: each.in_group(stranger, GROUP),
        lambda each: each.holds_role(stranger, ROLE),
        lambda each: each.holds_role(stranger, "29232cdf-9323-42fd-ade2-1d097af3e4de"),
        lambda each: each.located(elsewhere, named_location("Offices")["id"]),
        lambda each: each.located(elsewhere, "l-unread"),
        lambda each: each.located(Way(address="2001:db8::1"), "AllTrusted"),
    )
    answers = [(ask(whole), ask(part)) for ask in asked]
    assert all(less.applies in (more.applies, NOT_KNOWN) for more, less in answers)
    assert all(FORBIDDEN in " ".join(less.reasons) for more, less in answers if more.applies is not less.applies) or (
        dataset in ("role_templates", "directory_objects")
    )


def test_without_role_templates_no_role_is_called_custom() -> None:
    for parts in ({"missing": {"role_templates": FORBIDDEN}}, {"partial": {"role_templates": FORBIDDEN}},
                  {"role_templates": []}):  # fmt: skip
        assert directory_of(**parts).built_in_roles is None


def test_a_group_in_a_reading_is_whole_even_if_others_lack() -> None:
    directory = Directory(groups={"g": GroupMembers("g", 1, frozenset({"a"}))}, groups_missing=FORBIDDEN)
    assert directory.in_group("a", "g").applies is YES
    assert directory.in_group("b", "g").applies is NO
    assert directory.in_group("b", "h").applies is NOT_KNOWN


def test_whether_somebody_had_activated_a_role_is_not_known() -> None:
    role = next(iter(ADMIN_ROLES))
    directory = Directory(
        holders={role: frozenset({"active"})},
        eligible={role: frozenset({"eligible", "group"})},
        groups={"group": GroupMembers("group", 1, frozenset({"member"}), False)},
        built_in_roles=frozenset({role}),
        principals={"active": "user", "eligible": "user"},
    )
    answers = {user: directory.holds_role(user, role).applies for user in ("active", "eligible", "member", "other")}
    assert answers == {
        "active": Applies.YES,
        "eligible": Applies.NOT_KNOWN,
        "member": Applies.NOT_KNOWN,
        "other": Applies.NO,
    }


def test_roles_of_administrators_are_known_though_no_roles_were_read() -> None:
    role = next(iter(ADMIN_ROLES))
    with testing.tenant(missing={"role_templates": "403."}) as made:
        assert Directory.of(made).name(role) == repr(ADMIN_ROLES[role])
    others = [{"id": "99999999-0000-4000-8000-000000000001", "displayName": "Other"}]
    with testing.tenant(role_templates=others, role_assignments=[role_assignment("ada", role)]) as made:
        assert Directory.of(made).holds_role("ada", role).applies is Applies.YES


def test_somebody_may_be_taken_to_be_outside_and_nobody_else() -> None:
    directory = Directory(groups_missing="403.", holders_missing="403.", outside=frozenset({"g", ROLE}))
    assert directory.in_group(SOMEBODY, "g").applies is directory.holds_role(SOMEBODY, ROLE).applies is Applies.NO
    assert directory.in_group(SOMEBODY, "other").applies is Applies.NOT_KNOWN
    for user in ("ada", ""):
        assert directory.in_group(user, "g").applies is directory.holds_role(user, ROLE).applies is Applies.NOT_KNOWN
