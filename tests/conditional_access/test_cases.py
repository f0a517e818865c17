from typing import Any

from auditor.conditional_access.cases import Case, cases
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.supposed import supposed
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.records import NamedLocation
from auditor.testing import policy

OFFICE = NamedLocation("office", "Office", "ip", True, ranges=("203.0.113.0/24",))
DUTCH = NamedLocation("dutch", "NL", "country", countries=("NL",), include_unknown=False)


def found(*conditions: dict[str, Any], locations: tuple[NamedLocation, ...] = ()) -> tuple[Case, ...]:
    plain = policy()["conditions"]
    policies = [parsed(policy(f"P{number}") | {"conditions": plain | more}) for number, more in enumerate(conditions)]
    directory = Directory(locations={each.id: each for each in locations})
    return cases(policies, supposed(policies, directory), {"app": "Expenses"}.get)


def differences(those: tuple[Case, ...]) -> list[str]:
    return ["+".join(trait.id for trait in case.differing(those[0])) for case in those]


def apps(*exclude: str, include: str = "All") -> dict[str, Any]:
    return {"applications": {"includeApplications": [include], "excludeApplications": list(exclude)}}


def test_policies_without_conditions_tell_nothing_apart() -> None:
    (ordinary,) = found({})
    assert (ordinary.way.client, ordinary.way.platform, ordinary.way.device.registered) == ("browser", "windows", False)
    assert [trait.id for trait in ordinary.traits] == ["any other", "unregistered", "windows", "none"]
    assert not ordinary.managed


def test_only_what_they_ask_for_is_varied() -> None:
    platforms = found({"platforms": {"includePlatforms": ["all"]}})
    assert differences(platforms) == ["", "macOS", "iOS", "android", "linux", "other"]
    devices = found({"devices": {"deviceFilter": {"mode": "include", "rule": "device.isCompliant -ne True"}}})
    assert [case.managed for case in devices] == [False, False, True, True, True, False, True]
    assert len(devices) == 7


def test_what_differs_least_comes_first() -> None:
    both = found({"platforms": {"includePlatforms": ["all"]}}, apps("app"))
    assert [len(case.differing(both[0])) for case in both] == sorted(len(case.differing(both[0])) for case in both)
    assert differences(both)[-1] == "app+other"
    assert both[-1].traits[0].words == "for 'Expenses'"


def test_members_of_a_suite_that_no_policy_tells_apart_are_one() -> None:
    assert differences(found(apps("Office365"))) == ["", "Office365"]
    exchange = "00000002-0000-0ff1-ce00-000000000000"
    assert differences(found(apps("Office365"), apps(exchange))) == ["", "Office365", "Office365", exchange]


def test_places() -> None:
    excluded = {"locations": {"includeLocations": ["All"], "excludeLocations": ["office", "dutch", "AllTrusted"]}}
    those = found(excluded, locations=(OFFICE, DUTCH))
    assert differences(those) == ["", "office", "dutch", "AllTrusted"]
    assert [(case.way.address, case.way.country) for case in those[1:]] == [
        ("203.0.113.0", "ZZ"),
        (those[0].way.address, "NL"),
        ("203.0.113.0", "ZZ"),
    ]
    assert those[1].traits[-1].words == "from the location 'Office'"


def test_trusted_addresses_that_no_location_gives_are_not_known() -> None:
    excluded = {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}
    assert [case.way.trusted_network for case in found(excluded)] == [False, None]
