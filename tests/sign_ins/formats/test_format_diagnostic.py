import json
from typing import Any

import pytest

from auditor.sign_ins.circumstances import circumstances
from auditor.sign_ins.formats.diagnostic import DIAGNOSTIC
from auditor.sign_ins.rows import GraphRow
from auditor.sign_ins.seen import seen
from auditor.tenant.sign_in_log import PolicyResult

Json = dict[str, Any]

PROPERTIES: Json = {
    "id": "0b1c",
    "createdDateTime": "2026-11-04T09:00:00.1234567+00:00",
    "userPrincipalName": "ada@contoso.com",
    "userId": "u-1",
    "appId": "a-1",
    "appDisplayName": "Expenses",
    "ipAddress": "198.51.100.7",
    "status": {"errorCode": 50140, "failureReason": "Keep me signed in"},
    "clientAppUsed": "Browser",
    "deviceDetail": {"deviceId": "", "operatingSystem": "Windows10", "browser": "Edge 142.0.0"},
    "location": {"city": "Utrecht", "state": "Utrecht", "countryOrRegion": "NL", "geoCoordinates": {"latitude": 52.1}},
    "mfaDetail": {},
    "correlationId": "c-1",
    "conditionalAccessStatus": "success",
    "appliedConditionalAccessPolicies": [
        {
            "id": "p-1",
            "displayName": "MFA",
            "enforcedGrantControls": ["Mfa"],
            "enforcedSessionControls": [],
            "result": "failure",
            "conditionsSatisfied": 23,
            "conditionsNotSatisfied": 0,
        }
    ],
    "isInteractive": True,
    "authenticationProtocol": "deviceCode",
    "homeTenantId": "t-1",
    "resourceTenantId": "t-1",
    "userType": "Member",
}


def envelope(without: str = "", category: str = "SignInLogs", properties: Json | None = None, **fields: Any) -> bytes:
    """A row as it is sent; `properties`: what is different in them; `without`: what they lack."""
    row = {
        "time": "2026-11-04T09:02:10.0000000Z",
        "resourceId": "/tenants/t-1/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": category,
        "tenantId": "t-1",
        "resultType": "50140",
        "resultSignature": "None",
        "durationMs": 0,
        "correlationId": "c-1",
        "Level": 4,
        "location": "NL",
        "properties": {key: value for key, value in {**PROPERTIES, **(properties or {})}.items() if key != without},
    }
    return json.dumps({**row, **fields}).encode()


def test_a_row_as_it_is_sent() -> None:
    narrow = DIAGNOSTIC.narrow(envelope())
    assert isinstance(narrow, GraphRow)
    assert (narrow.id, narrow.createdDateTime) == ("0b1c", "2026-11-04T09:00:00.1234567+00:00")
    assert narrow.status is not None
    assert narrow.status.errorCode == 50140
    shown = seen(DIAGNOSTIC.wide(envelope()))
    assert shown.policies == (PolicyResult("p-1", "MFA", "failure", ("Mfa",), ()),)
    assert (shown.protocol, shown.browser) == ("deviceCode", "Edge 142.0.0")


def test_the_properties_decide() -> None:
    row = DIAGNOSTIC.narrow(envelope(resultType="0", correlationId="c-2", time="2026-11-04T10:00:00Z"))
    assert row.status is not None
    assert (row.status.errorCode, row.correlationId, row.createdDateTime[:16]) == (50140, "c-1", "2026-11-04T09:00")


@pytest.mark.parametrize("category", ["SignInLogs", "NonInteractiveUserSignInLogs"])
@pytest.mark.parametrize("correlation", [None, ""])
def test_the_envelope_gives_a_correlation_id_that_the_properties_lack(category: str, correlation: str | None) -> None:
    raw = envelope(category=category, properties={"correlationId": correlation}, correlationId="c-2")
    assert DIAGNOSTIC.narrow(raw).correlationId == DIAGNOSTIC.wide(raw).correlationId == "c-2"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("50140", 50140),
        (50140, 50140),
        ("0", 0),
        (0, 0),
        ("Success", 0),
        ("Failure", None),
        ("", None),
        ("50140.0", 50140),
        (50140.0, 50140),
        (" 50140 ", 50140),
        ("-1", None),
        ("\u0665", None),
        ("9" * 100_000, None),
        ("4294967296", None),
        (2**40, None),
        (True, None),
        (None, None),
        ({}, None),
    ],
    ids=lambda value: repr(value)[:12],
)
@pytest.mark.parametrize("status", [None, {}, {"errorCode": None}, {"errorCode": "x"}])
def test_the_envelope_gives_a_code_that_the_properties_lack(
    status: Json | None, result: object, expected: int | None
) -> None:
    raw = envelope(properties={"status": status}, resultType=result)
    narrow, wide = DIAGNOSTIC.narrow(raw), DIAGNOSTIC.wide(raw)
    assert narrow.status is not None
    assert wide.status is not None
    assert narrow.status.errorCode == wide.status.errorCode == expected


@pytest.mark.parametrize(("text", "expected"), [("50140", 50140), ("0", 0), ("Success", 50125), ("x", 50125)])
def test_a_code_may_be_text(text: str, expected: int) -> None:
    row = DIAGNOSTIC.narrow(envelope(properties={"status": {"errorCode": text}}, resultType="50125"))
    assert row.status is not None
    assert row.status.errorCode == expected


def test_the_envelope_gives_a_time_that_the_properties_lack() -> None:
    assert DIAGNOSTIC.narrow(envelope(without="createdDateTime")).createdDateTime == "2026-11-04T09:02:10.0000000Z"


@pytest.mark.parametrize("time", ["3/4/2026", "", None, 5])
def test_a_time_that_is_none_gives_none(time: object) -> None:
    with pytest.raises(ValueError, match=r"time|instant"):
        DIAGNOSTIC.narrow(envelope(without="createdDateTime", time=time))


def test_the_category_says_that_a_row_is_not_interactive_where_the_properties_do_not() -> None:
    silent = "NonInteractiveUserSignInLogs"
    assert DIAGNOSTIC.narrow(envelope(without="isInteractive", category=silent)).isInteractive is False
    assert DIAGNOSTIC.narrow(envelope(category=silent)).isInteractive is True
    assert DIAGNOSTIC.narrow(envelope(without="isInteractive")).isInteractive is None


def test_a_row_without_an_id_is_told_by_its_bytes() -> None:
    one, other = envelope(without="id"), envelope(without="id", time="2026-11-04T09:02:11.0000000Z")
    assert DIAGNOSTIC.narrow(one).id == DIAGNOSTIC.wide(one).id == DIAGNOSTIC.whole(one)["id"]
    assert DIAGNOSTIC.narrow(one).id != DIAGNOSTIC.narrow(other).id
    assert DIAGNOSTIC.narrow(one).id.startswith("row-")


@pytest.mark.parametrize("field", ["appliedConditionalAccessPolicies", "deviceDetail", "location", "clientAppUsed"])
def test_what_a_row_lacks_is_not_known(field: str) -> None:
    wide = DIAGNOSTIC.wide(envelope(without=field))
    shown = circumstances(wide)
    missing = {
        "appliedConditionalAccessPolicies": seen(wide).policies is None,
        "deviceDetail": shown.way.device.registered is None and seen(wide).browser == "",
        "location": shown.way.country is None,
        "clientAppUsed": shown.way.client == "",
    }
    assert missing[field]


@pytest.mark.parametrize(
    "raw",
    [
        envelope(category="ServicePrincipalSignInLogs"),
        envelope(category="signinlogs"),
        envelope(category=["SignInLogs"]),  # type: ignore[arg-type]
        json.dumps({"category": "SignInLogs", "properties": "{}"}).encode(),
        json.dumps({"category": "SignInLogs"}).encode(),
        json.dumps({"properties": PROPERTIES}).encode(),
        b"[]",
        b"{",
    ],
)
def test_what_is_no_such_row_is_refused(raw: bytes) -> None:
    for door in (DIAGNOSTIC.narrow, DIAGNOSTIC.wide, DIAGNOSTIC.whole):
        with pytest.raises(ValueError, match=r".+"):
            door(raw)
