"""How one signs in: each condition with its yes, its no and its not known."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.conditional_access.device_filter import TRUST_TYPES
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached, unknown_in_filter, ways
from auditor.tenant.circumstances import Device, Way
from auditor.tenant.graph_json import named_location as location
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.policy import Conditions, Filter
from auditor.testing import named_location, policy

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
OFFICES = location(named_location("Offices", ranges=["203.0.113.0/24"], trusted=True))
HOME = location(named_location("Home", countries=["NL"]))
DIRECTORY = Directory(locations={each.id: each for each in (OFFICES, HOME)})


def judged(conditions: dict[str, Any], way: Way, directory: Directory = DIRECTORY) -> Applies:
    made = policy()
    made["conditions"] |= conditions
    decision = ways(parsed(made).conditions, way, directory)
    assert decision.reasons or decision.applies is not NOT_KNOWN
    return decision.applies


@pytest.mark.parametrize(
    ("kinds", "client", "expected"),
    [
        (["all"], "browser", YES),
        (["all"], "", YES),
        (["browser"], "browser", YES),
        (["browser"], "other", NO),
        (["browser"], "", NOT_KNOWN),
        (["browser", "mobileAppsAndDesktopClients"], "mobileAppsAndDesktopClients", YES),
        (["exchangeActiveSync", "other"], "browser", NO),
        (["exchangeActiveSync"], "exchangeActiveSync", YES),
        # A part of what the first one is, and the log does not say which.
        (["easSupported"], "exchangeActiveSync", NOT_KNOWN),
        (["easSupported"], "browser", NO),
        (["easSupported", "exchangeActiveSync"], "exchangeActiveSync", YES),
        # Which Graph does not send.
        ([], "browser", NOT_KNOWN),
        (None, "browser", NOT_KNOWN),
        (["unknownFutureValue"], "browser", NOT_KNOWN),
        (["unknownFutureValue", "browser"], "browser", YES),
        (["unknownFutureValue", "browser"], "other", NOT_KNOWN),
        (["all", "unknownFutureValue"], "other", YES),
    ],
)
def test_client_apps(kinds: Any, client: str, expected: Applies) -> None:
    assert judged({"clientAppTypes": kinds}, Way(client)) is expected


@pytest.mark.parametrize(
    ("include", "exclude", "platform", "expected"),
    [
        (["all"], [], "iOS", YES),
        (["all"], [], "", YES),
        (["iOS", "android"], [], "iOS", YES),
        (["iOS", "android"], [], "windows", NO),
        (["iOS"], [], "", NOT_KNOWN),  # not told, or one that this version does not recognise
        (["all"], ["iOS"], "iOS", NO),
        (["iOS"], ["iOS"], "iOS", NO),
        (["iOS"], ["all"], "iOS", NO),
        (["all"], ["iOS"], "windows", YES),
        (["all"], ["android", "iOS", "windows", "macOS", "linux"], "", NOT_KNOWN),
        (["visionOS"], [], "iOS", NOT_KNOWN),
        (["visionOS", "iOS"], [], "iOS", NOT_KNOWN),
        (["all"], ["visionOS"], "iOS", NOT_KNOWN),
        (["all"], ["visionOS", "iOS"], "iOS", NO),
        ([], ["iOS"], "windows", NOT_KNOWN),
        ([], ["iOS"], "iOS", NO),
        ([], [], "iOS", YES),
    ],
)
def test_platforms(include: list[str], exclude: list[str], platform: str, expected: Applies) -> None:
    listed = {"includePlatforms": include, "excludePlatforms": exclude}
    assert judged({"platforms": listed}, Way("browser", platform)) is expected


@pytest.mark.parametrize(
    ("include", "exclude", "way", "expected"),
    [
        (["All"], [], Way(), YES),
        ([OFFICES.id], [], Way(address="203.0.113.7"), YES),
        ([OFFICES.id.upper()], [], Way(address="203.0.113.7"), YES),
        ([OFFICES.id], [], Way(address="192.0.2.1"), NO),
        ([OFFICES.id], [], Way(), NOT_KNOWN),
        ([OFFICES.id, HOME.id], [], Way(address="192.0.2.1", country="NL"), YES),
        ([OFFICES.id, HOME.id], [], Way(address="192.0.2.1"), NOT_KNOWN),
        (["All"], [OFFICES.id], Way(address="203.0.113.7"), NO),
        (["All"], [OFFICES.id], Way(address="192.0.2.1"), YES),
        (["All"], [OFFICES.id], Way(), NOT_KNOWN),
        ([OFFICES.id], [OFFICES.id], Way(address="203.0.113.7"), NO),
        (["All"], ["AllTrusted"], Way(address="203.0.113.7"), NO),
        (["All"], ["AllTrusted"], Way(address="192.0.2.1"), NOT_KNOWN),
        (["All"], ["AllTrusted"], Way(address="2001:db8::1"), YES),
        (["AllTrusted"], [], Way(address="203.0.113.7"), YES),
        (["AllTrusted"], [], Way(address="192.0.2.1"), NOT_KNOWN),
        (["l-unknown"], [], Way(address="203.0.113.7"), NOT_KNOWN),
        (["All"], ["l-unknown"], Way(address="203.0.113.7"), NOT_KNOWN),
        (["All"], ["l-unknown", OFFICES.id], Way(address="203.0.113.7"), NO),
        (["AllTomorrow"], [], Way(address="203.0.113.7"), NOT_KNOWN),
        ([], [OFFICES.id], Way(address="192.0.2.1"), NOT_KNOWN),
        ([], [OFFICES.id], Way(address="203.0.113.7"), NO),
        ([], [], Way(), YES),
    ],
)
def test_locations(include: list[str], exclude: list[str], way: Way, expected: Applies) -> None:
    assert judged({"locations": {"includeLocations": include, "excludeLocations": exclude}}, way) is expected


def test_locations_that_were_not_read() -> None:
    listed = {"locations": {"includeLocations": [OFFICES.id]}}
    unread = Directory(locations_missing="Graph answered 403.")
    assert judged(listed, Way(address="203.0.113.7"), unread) is NOT_KNOWN


UNREGISTERED, JOINED = Device(False), Device(True, "AzureAD", True, "d-1", "SAW-1")
MANAGED = 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"'


@pytest.mark.parametrize(
    ("mode", "rule", "device", "expected"),
    [
        ("include", MANAGED, JOINED, YES),
        ("include", MANAGED, UNREGISTERED, NO),
        ("include", MANAGED, Device(), NOT_KNOWN),
        ("include", MANAGED, Device(True, "AzureAD", False), NO),
        ("include", MANAGED, Device(True, "AzureAD"), NOT_KNOWN),
        ("include", MANAGED, Device(True, "ServerAD"), YES),
        ("include", MANAGED, Device(True, None, True), YES),
        ("include", MANAGED, Device(True, None, False), NOT_KNOWN),
        ("exclude", MANAGED, JOINED, NO),
        ("exclude", MANAGED, UNREGISTERED, YES),
        ("exclude", MANAGED, Device(), NOT_KNOWN),
        ("exclude", MANAGED, Device(True, "AzureAD", False), YES),
        # A device that is not registered meets every negative comparison.
        ("include", "device.isCompliant -ne True", UNREGISTERED, YES),
        ("exclude", "device.isCompliant -ne True", UNREGISTERED, NO),
        ("include", 'device.displayName -startsWith "SAW"', JOINED, YES),
        ("include", 'device.displayName -startsWith "SAW"', JOINED._replace(name="PC"), NO),
        ("include", 'device.displayName -startsWith "SAW"', JOINED._replace(name=None), NOT_KNOWN),
        ("include", 'device.deviceId -in ["d-1"]', JOINED, YES),
        ("include", 'device.deviceId -in ["d-2"]', JOINED, NO),
        ("include", 'device.extensionAttribute1 -eq "SAW"', JOINED, NOT_KNOWN),
        ("include", 'device.extensionAttribute1 -eq "SAW"', UNREGISTERED, NO),
        ("exclude", 'device.model -eq "X" -and device.isCompliant -eq True', Device(True, "AzureAD", False), YES),
        ("include", "device.isCompliant -eq", JOINED, NOT_KNOWN),
        ("exclude", "not a rule", UNREGISTERED, NOT_KNOWN),
        ("unknownFutureValue", MANAGED, JOINED, NOT_KNOWN),
        ("unknownFutureValue", MANAGED, UNREGISTERED, NOT_KNOWN),
    ],
)
def test_device_filters(mode: str, rule: str, device: Device, expected: Applies) -> None:
    assert judged({"devices": {"deviceFilter": {"mode": mode, "rule": rule}}}, Way(device=device)) is expected


@pytest.mark.parametrize(
    ("mode", "rule", "reached"),
    [
        ("include", 'device.trustType -eq "ServerAD"', {"ServerAD"}),
        ("exclude", 'device.trustType -eq "ServerAD"', {"unregistered", "AzureAD", "Workplace"}),
        ("unknownFutureValue", 'device.trustType -eq "ServerAD"', set()),
        ("include", "device.trustType", set()),
        ("include", 'device.trustType -ne "x"', {"unregistered", *TRUST_TYPES}),
    ],
)
def test_the_kinds_of_device_that_a_filter_reaches(mode: str, rule: str, reached: set[str]) -> None:
    made = policy()
    made["conditions"]["devices"] = {"deviceFilter": {"mode": mode, "rule": rule}}
    assert {row.device for row in devices_reached(parsed(made).conditions) if row.matches is YES} == reached
    assert devices_reached(parsed(policy()).conditions) == ()


@pytest.mark.parametrize(
    ("levels", "risk", "expected"),
    [
        ([], "high", YES),
        (["high", "medium"], "high", YES),
        (["high", "medium"], "low", NO),
        (["high"], "none", NO),
        (["none"], "none", YES),
        (["high"], "", NOT_KNOWN),
        (["high"], "hidden", NOT_KNOWN),
        (["hidden"], "hidden", NOT_KNOWN),
        (["none"], "hidden", NOT_KNOWN),
        (["high"], "unknownFutureValue", NOT_KNOWN),
        (["high", "unknownFutureValue"], "low", NOT_KNOWN),
        (["high", "unknownFutureValue"], "high", YES),
    ],
)
def test_the_risk_of_the_sign_in(levels: list[str], risk: str, expected: Applies) -> None:
    assert judged({"signInRiskLevels": levels}, Way(risk=risk)) is expected


@pytest.mark.parametrize(
    ("methods", "flow", "expected"),
    [
        ("none", "deviceCodeFlow", YES),
        ("", "deviceCodeFlow", YES),
        ("deviceCodeFlow", "deviceCodeFlow", YES),
        ("deviceCodeFlow,authenticationTransfer", "authenticationTransfer", YES),
        ("authenticationTransfer", "deviceCodeFlow", NO),
        ("deviceCodeFlow", "none", NO),
        ("deviceCodeFlow", "", NOT_KNOWN),
        ("deviceCodeFlow,unknownFutureValue", "none", NOT_KNOWN),
    ],
)
def test_authentication_flows(methods: str, flow: str, expected: Applies) -> None:
    assert judged({"authenticationFlows": {"transferMethods": methods}}, Way(flow=flow)) is expected


@pytest.mark.parametrize(
    "conditions",
    [
        {"userRiskLevels": ["high"]},
        {"insiderRiskLevels": "elevated"},
        {"times": {"includedRanges": ["x"]}},
        {"devices": {"includeDevices": ["All"]}},
        {"locations": {"includeOrbits": ["low"]}},
        {"platforms": {"includeChips": ["z80"]}},
        {"authenticationFlows": {"carriers": "pigeon"}},
        {"deviceStates": {"includeStates": ["All"]}},
    ],
)
def test_what_no_row_shows_and_what_is_new(conditions: dict[str, Any]) -> None:
    assert (
        judged(conditions, Way("browser", "iOS", UNREGISTERED, "203.0.113.7", "NL", True, "none", "none")) is NOT_KNOWN
    )


def test_one_condition_that_does_not_hold_decides() -> None:
    conditions = {"userRiskLevels": ["high"], "clientAppTypes": ["other"], "times": {"x": 1}}
    assert judged(conditions, Way("browser")) is NO


def test_the_template_against_persistent_browser_sessions() -> None:
    rule = 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True'
    template = {"devices": {"deviceFilter": {"mode": "include", "rule": rule}}}
    assert judged(template, Way("browser", device=UNREGISTERED)) is YES
    assert judged(template, Way("browser", device=Device(True, "ServerAD", False))) is YES
    assert judged(template, Way("browser", device=Device(True, "ServerAD", True))) is NO
    assert judged(template, Way("browser", device=Device(True, "ServerAD"))) is NOT_KNOWN


@pytest.mark.parametrize(
    ("mode", "rule", "unknown"),
    [
        ("include", 'device.trustType -eq "AzureAD"', ()),
        ("include", 'device.colour -eq "red" -or device.trustType -eq "AzureAD"', ("devices: device.colour",)),
        ("exclude", "device.isCompliant -is True", ("devices: At character",)),
        ("perhaps", "device.isCompliant -eq True", ("devices: the mode perhaps",)),
    ],
)
def test_what_a_filter_asks_for_and_is_not_known_is_named(mode: str, rule: str, unknown: tuple[str, ...]) -> None:
    found = unknown_in_filter(Conditions(device_filter=Filter(mode, rule)))
    assert len(found) == len(unknown)
    assert all(each.startswith(start) for each, start in zip(found, unknown, strict=True))
