"""What conditions see of a row. What a row leaves out, or says in words that are not known, is not known."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from auditor.sign_ins.circumstances import WideRow, abroad, circumstances
from auditor.tenant.circumstances import (
    ANY_KIND,
    COLLABORATION,
    DIRECT_CONNECT,
    EXTERNAL,
    INTERNAL_GUEST,
    MEMBER,
    Circumstances,
    Device,
    Person,
    Target,
    Way,
)
from auditor.testing import TENANT_ID, sign_in

ZEROS = "00000000-0000-0000-0000-000000000000"
ADA, EXPENSES = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000001"


def row(**fields: Any) -> WideRow:
    return msgspec.json.decode(json.dumps(sign_in(0, **fields)).encode(), type=WideRow)


def seen(**fields: Any) -> Circumstances:
    return circumstances(row(**fields))


def test_a_row_of_v1() -> None:
    assert seen() == Circumstances(
        Person(ADA, frozenset({MEMBER, INTERNAL_GUEST}), TENANT_ID),
        Target(EXPENSES, EXPENSES),
        Way("browser", "windows", Device(False), "198.51.100.7", "NL", None, "none", ""),
    )


def test_a_row_of_beta() -> None:
    found = seen(
        userType="member",
        crossTenantAccessType="none",
        resourceOwnerTenantId="F8CDEF31-a31e-4b4a-93e4-5f571e91255a",
        conditionalAccessAudiences=[{"applicationId": EXPENSES.upper(), "audienceReasons": "resourcelessRequest"}],
        authenticationContextClassReferences=[{"id": "c1", "detail": "required"}],
        networkLocationDetails=[{"networkType": "namedNetwork", "networkNames": ["Offices"]}],
        originalTransferMethod="none",
        clientAppUsed="Mobile Apps and Desktop clients",
        deviceDetail={"deviceId": "d-1", "displayName": "PC", "operatingSystem": "MacOs", "isCompliant": True,
                      "trustType": "Azure AD joined"},
    )  # fmt: skip
    assert found == Circumstances(
        Person(ADA, frozenset({MEMBER}), TENANT_ID),
        Target(EXPENSES, EXPENSES, frozenset({EXPENSES}), frozenset({"c1"}), True,
               "f8cdef31-a31e-4b4a-93e4-5f571e91255a"),
        Way("mobileAppsAndDesktopClients", "macOS", Device(True, "AzureAD", True, "d-1", "PC"), "198.51.100.7", "NL",
            False, "none", "none"),
    )  # fmt: skip


def test_a_row_that_says_nothing() -> None:
    nothing = msgspec.json.decode(b'{"id": "r", "createdDateTime": "2026-11-04T09:00:00Z"}', type=WideRow)
    assert circumstances(nothing) == Circumstances(Person(""), Target(""), Way())
    nulls = dict.fromkeys(sign_in(0)) | {"id": "r", "createdDateTime": "2026-11-04T09:00:00Z"}
    assert circumstances(row(**nulls)) == Circumstances(Person(""), Target(""), Way())


@pytest.mark.parametrize("field", ["userId", "homeTenantId", "resourceId", "appId", "resourceOwnerTenantId"])
def test_ids_are_in_lower_case_and_zeros_are_none(field: str) -> None:
    def found(value: str | None) -> str:
        person, target, _ = seen(**{field: value})
        return dict(zip(("userId", "homeTenantId", "resourceId", "appId", "resourceOwnerTenantId"), (
            person.user_id, person.home, target.resource, target.app, target.owner), strict=True))[field]  # fmt: skip

    assert found("ABCD-1") == "abcd-1"
    assert found(ZEROS) == found("") == found(None) == ""


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, {MEMBER, INTERNAL_GUEST}),
        ({"homeTenantId": TENANT_ID.upper()}, {MEMBER, INTERNAL_GUEST}),
        ({"homeTenantId": "another"}, EXTERNAL),
        ({"homeTenantId": None}, ANY_KIND),
        ({"homeTenantId": ZEROS}, ANY_KIND),
        ({"resourceTenantId": ""}, ANY_KIND),
        ({"resourceTenantId": ZEROS}, ANY_KIND),
        ({"userType": "member"}, {MEMBER}),
        ({"userType": "Guest"}, {INTERNAL_GUEST}),
        ({"userType": "external"}, {MEMBER, INTERNAL_GUEST}),
        ({"userType": "guest", "homeTenantId": None}, ANY_KIND),
        ({"userType": "guest", "homeTenantId": "another"}, EXTERNAL),
        ({"userType": "guest", "crossTenantAccessType": "b2bCollaboration"}, {"b2bCollaborationGuest"}),
        ({"userType": "member", "crossTenantAccessType": "b2bCollaboration"}, {"b2bCollaborationMember"}),
        ({"crossTenantAccessType": "b2bCollaboration"}, COLLABORATION),
        ({"userType": "unknownFutureValue", "crossTenantAccessType": "b2bCollaboration"}, COLLABORATION),
        ({"crossTenantAccessType": "b2bDirectConnect", "homeTenantId": "another"}, {DIRECT_CONNECT}),
        ({"crossTenantAccessType": "serviceProvider", "homeTenantId": "another"}, {"serviceProvider"}),
        ({"crossTenantAccessType": "none", "userType": "member"}, {MEMBER}),
        ({"crossTenantAccessType": "microsoftSupport", "homeTenantId": "another"}, ANY_KIND),
        ({"crossTenantAccessType": "passthrough"}, ANY_KIND),
        ({"crossTenantAccessType": "unknownFutureValue", "userType": "member"}, ANY_KIND),
    ],
)
def test_kinds_of_people(fields: dict[str, Any], kinds: frozenset[str]) -> None:
    assert seen(**fields).person.kinds == kinds


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"resourceTenantId": "another"}, True),
        ({"resourceTenantId": TENANT_ID.upper()}, False),
        ({"homeTenantId": TENANT_ID.upper(), "resourceTenantId": "another"}, True),
        ({"homeTenantId": "another"}, False),
        ({"homeTenantId": "another", "resourceTenantId": "another"}, False),
        ({"resourceTenantId": None}, False),
        ({"resourceTenantId": ZEROS}, False),
        ({"homeTenantId": None, "resourceTenantId": "another"}, False),
    ],
)
def test_who_is_at_another_tenant(fields: dict[str, Any], expected: bool) -> None:
    assert abroad(row(**fields), TENANT_ID) is expected
    assert abroad(row(**fields), "") is False


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("Browser", "browser"),
        ("Mobile Apps and Desktop clients", "mobileAppsAndDesktopClients"),
        ("Exchange ActiveSync", "exchangeActiveSync"),
        ("Other clients", "other"),
        ("Other clients; Older Office clients", "other"),
        ("AutoDiscover", "other"),
        ("Authenticated SMTP", "other"),
        ("IMAP4", "other"),
        ("Unknown", ""),
        ("Browsers", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_clients(text: str | None, client: str) -> None:
    found = seen(clientAppUsed=text)
    assert found.way.client == client
    assert found.target.public is (True if client == "mobileAppsAndDesktopClients" else None)


@pytest.mark.parametrize(
    ("system", "platform"),
    [
        ("Windows 10", "windows"),
        ("Windows11", "windows"),
        ("WINDOWS", "windows"),
        ("Windows Phone 10.0", "windowsPhone"),
        ("WindowsPhone", "windowsPhone"),
        ("MacOs", "macOS"),
        ("Mac OS X 10.15", "macOS"),
        ("Ios 18.2.1", "iOS"),
        ("iPadOS 18", "iOS"),
        ("Android 14.0", "android"),
        ("Linux", "linux"),
        ("Chrome OS", ""),
        ("FreeBSD", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_platforms(system: str | None, platform: str) -> None:
    assert seen(deviceDetail={"operatingSystem": system}).way.platform == platform


@pytest.mark.parametrize(
    ("detail", "device"),
    [
        (None, Device()),
        ({"deviceId": "", "trustType": "", "isCompliant": False, "displayName": ""}, Device(False)),
        ({"deviceId": None, "trustType": None, "isCompliant": True, "displayName": "PC"}, Device(False)),
        ({"deviceId": "d", "trustType": "Azure AD joined", "isCompliant": True, "displayName": "PC"},
         Device(True, "AzureAD", True, "d", "PC")),
        ({"deviceId": "d", "trustType": "Hybrid Azure AD joined"}, Device(True, "ServerAD", None, "d")),
        ({"deviceId": "d", "trustType": "Azure AD registered"}, Device(True, "Workplace", None, "d")),
        ({"deviceId": "d", "trustType": "microsoft entra HYBRID joined"}, Device(True, "ServerAD", None, "d")),
        ({"deviceId": "d", "trustType": "Joined to something new"}, Device(True, None, None, "d")),
        ({"deviceId": "d", "trustType": None, "isCompliant": False}, Device(True, None, False, "d")),
        ({"deviceId": "", "trustType": "Azure AD joined", "displayName": ""}, Device(True, "AzureAD")),
    ],
)  # fmt: skip
def test_devices(detail: Any, device: Device) -> None:
    assert seen(deviceDetail=detail).way.device == device


@pytest.mark.parametrize(
    ("fields", "country"),
    [
        ({"location": {"countryOrRegion": "nl"}}, "NL"),
        ({"location": {"countryOrRegion": ""}}, ""),
        ({"location": {"countryOrRegion": None}}, ""),
        ({"location": {}}, ""),
        ({"location": None}, None),
        ({"location": {"countryOrRegion": "Netherlands"}}, None),
        ({"location": {"countryOrRegion": "N"}}, None),
    ],
)
def test_countries(fields: dict[str, Any], country: str | None) -> None:
    assert seen(**fields).way.country == country


@pytest.mark.parametrize(
    ("networks", "trusted"),
    [
        (None, None),
        ([], False),
        ([{"networkType": "namedNetwork", "networkNames": ["x"]}], False),
        ([{"networkType": "namedNetwork"}, {"networkType": "trustedNamedLocation"}], True),
        ([{"networkType": "trusted"}], True),
        ([{"networkType": "unknownFutureValue"}], None),
        ([{"networkType": "unknownFutureValue"}, {"networkType": "trusted"}], True),
        ([{}], None),
    ],
)
def test_networks(networks: Any, trusted: bool | None) -> None:
    assert seen(networkLocationDetails=networks).way.trusted_network is trusted


@pytest.mark.parametrize(
    ("risk", "expected"),
    [("none", "none"), ("low", "low"), ("high", "high"), ("hidden", ""), ("unknownFutureValue", ""), ("dire", ""),
     ("", ""), (None, "")],
)  # fmt: skip
def test_risk(risk: str | None, expected: str) -> None:
    assert seen(riskLevelDuringSignIn=risk).way.risk == expected


@pytest.mark.parametrize(
    ("fields", "flow"),
    [
        ({}, ""),
        ({"originalTransferMethod": "none", "authenticationProtocol": "none"}, "none"),
        ({"originalTransferMethod": "deviceCodeFlow"}, "deviceCodeFlow"),
        ({"originalTransferMethod": "authenticationTransfer"}, "authenticationTransfer"),
        ({"originalTransferMethod": "none", "authenticationProtocol": "deviceCode"}, "deviceCodeFlow"),
        ({"originalTransferMethod": "unknownFutureValue"}, ""),
        ({"authenticationProtocol": "oAuth2"}, ""),
    ],
)
def test_flows(fields: dict[str, Any], flow: str) -> None:
    assert seen(**fields).way.flow == flow


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ([], frozenset()),
        ([{"id": "c1"}, {"id": "c2", "detail": "required"}], frozenset({"c1", "c2"})),
        ([{"id": "c1", "detail": "previouslySatisfied"}], None),
        ([{"id": "c1", "detail": "required"}, {"id": "c2", "detail": "notApplicable"}], None),
    ],
)
def test_authentication_contexts(given: Any, expected: frozenset[str] | None) -> None:
    assert seen(authenticationContextClassReferences=given).target.contexts == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ([], frozenset()),
        ([{"applicationId": "A-1"}, {"applicationId": "a-1"}, {"applicationId": "b-1"}], frozenset({"a-1", "b-1"})),
        ([{"applicationId": None}], frozenset({""})),
    ],
)
def test_audiences(given: Any, expected: frozenset[str] | None) -> None:
    assert seen(conditionalAccessAudiences=given).target.audiences == expected
