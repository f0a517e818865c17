import json
from typing import Any

import pytest

from auditor.sign_ins.circumstances import circumstances
from auditor.sign_ins.formats.portal_csv import PORTAL_CSV
from auditor.sign_ins.seen import SeenRow, seen
from auditor.tenant.circumstances import Device

ROW = {
    "Date (UTC)": "2026-11-04T09:00:00Z",
    "Request ID": "r-1",
    "User agent": "Mozilla/5.0",
    "Correlation ID": "c-1",
    "User ID": "u-1",
    "User": "Ada",
    "Username": "ada@contoso.com",
    "User type": "Member",
    "Cross tenant access type": "B2B collaboration",
    "Authentication Protocol": "Device code",
    "Original transfer method": "Device code flow",
    "Application": "'=Expenses",
    "Application ID ": "a-1",
    "App owner tenant ID": "t-2",
    "Resource": "Ledger",
    "Resource ID ": "res-1",
    "Resource tenant ID": "t-1",
    "Resource owner tenant ID": "t-2",
    "Home tenant ID": "t-1",
    "IP address": "198.51.100.7",
    "Location": "Utrecht, Utrecht, NL",
    "Status": "Interrupted",
    "Sign-in error code": "50140",
    "Failure reason": "Keep me signed in",
    "Client app": "Browser",
    "Device ID": "d-1",
    "Browser": "Edge 142.0.0",
    "Operating System": "Windows10",
    "Compliant": "Yes",
    "Managed": "No",
    "Join Type": "Azure AD joined",
    "Multifactor authentication result": "MFA requirement satisfied by claim in the token",
    "Authentication requirement": "Multifactor authentication",
    "Autonomous system  number": "64500",
    "Conditional Access": "Not Applied",
}


def raw(without: str = "", **fields: str) -> bytes:
    return json.dumps({key: value for key, value in {**ROW, **fields}.items() if key != without}).encode()


def wide(without: str = "", **fields: str) -> SeenRow:
    return PORTAL_CSV.wide(raw(without, **fields))


def test_a_row_of_the_portal() -> None:
    narrow = PORTAL_CSV.narrow(raw())
    assert narrow.status is not None
    assert (narrow.id, narrow.createdDateTime, narrow.status.errorCode) == ("r-1", "2026-11-04T09:00:00Z", 50140)
    assert (narrow.userId, narrow.correlationId, narrow.appId) == ("u-1", "c-1", "a-1")
    assert (narrow.userPrincipalName, narrow.appDisplayName, narrow.userType) == (
        "ada@contoso.com",
        "=Expenses",
        "Member",
    )
    found = wide()
    assert (found.crossTenantAccessType, found.conditionalAccessStatus) == ("b2bCollaboration", "notApplied")
    shown = seen(found)
    assert (shown.protocol, shown.app_owner, shown.resource) == ("deviceCode", "t-2", "Ledger")
    assert (shown.browser, shown.details) == ("Edge 142.0.0", "MFA requirement satisfied by claim in the token")
    way = shown.circumstances.way
    assert way.device == Device(True, "AzureAD", True, "d-1", None)
    assert (way.country, way.client, way.platform, way.flow) == ("NL", "browser", "windows", "deviceCodeFlow")
    assert shown.circumstances.target.resource == "res-1"


def test_a_row_does_not_say_whether_it_is_interactive_nor_what_policies_made_of_it() -> None:
    found = wide()
    assert found.isInteractive is None
    shown = seen(found)
    assert (shown.policies, shown.required_by, shown.lifetimes) == (None, None, None)
    assert shown.circumstances.target.audiences is None
    assert shown.circumstances.way.trusted_network is None
    assert shown.circumstances.way.risk == ""


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("", "Success", 0),
        ("None", "Success", 0),
        ("0", "Success", 0),
        ("0", "", 0),
        ("50140", "Success", 50140),
        ("50140", "", 50140),
        ("", "Failure", None),
        ("", "Interrupted", None),
        ("", "", None),
        ("0", "Failure", None),
        ("0", "Interrupted", None),
        ("many", "", None),
    ],
)
def test_the_code(code: str, status: str, expected: int | None) -> None:
    found = wide(**{"Sign-in error code": code, "Status": status}).status
    assert found is not None
    assert found.errorCode == expected


@pytest.mark.parametrize("empty", ["", "None", "absent"])
def test_what_a_row_lacks_is_not_known(empty: str) -> None:
    def without(column: str) -> SeenRow:
        return wide(column) if empty == "absent" else wide(**{column: empty})

    assert without("Correlation ID").correlationId is None
    assert without("User ID").userId is None
    assert without("Home tenant ID").homeTenantId is None
    assert without("User type").userType is None
    assert circumstances(without("Location")).way.country is None
    assert circumstances(without("Client app")).way.client == ""
    assert circumstances(without("Compliant")).way.device.compliant is None
    assert circumstances(without("Resource ID ")).target.resource == ""


def test_an_empty_device_id_is_an_unregistered_device_and_a_missing_one_is_not_known() -> None:
    empty = wide(**{"Device ID": "", "Join Type": "None"})
    assert circumstances(empty).way.device == Device(registered=False)
    assert circumstances(wide("Device ID")).way.device == Device()


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Utrecht, Utrecht, NL", "NL"),
        ("London, , GB", "GB"),
        ("NL", "NL"),
        (", , ", ""),
        ("Washington, D.C., Somewhere, US", "US"),
        ("Somewhere", None),
        ("Utrecht, Netherlands", None),
        (" ", None),
    ],
)
def test_the_country(text: str, country: str | None) -> None:
    assert circumstances(wide(Location=text)).way.country == country


def test_words_that_are_not_known_are_passed_on() -> None:
    found = wide(**{"Cross tenant access type": "B3B", "Authentication Protocol": "OAuth 2", "Conditional Access": "?"})
    assert (found.crossTenantAccessType, found.authenticationProtocol) == ("B3B", "oAuth2")
    assert found.conditionalAccessStatus == "?"


def test_a_row_without_an_id_is_told_by_its_bytes() -> None:
    one, other = raw(**{"Request ID": ""}), raw(**{"Request ID": "", "User": "Eve"})
    assert PORTAL_CSV.narrow(one).id == PORTAL_CSV.wide(one).id != PORTAL_CSV.narrow(other).id


@pytest.mark.parametrize(
    "row",
    [
        raw("Request ID"),
        raw("Date (UTC)"),
        raw(**{"Date (UTC)": ""}),
        raw(**{"User ID": "", "Service principal ID": "s-1"}),
        json.dumps({"Date (UTC)": "2026-11-04T09:00:00Z", "Request ID": "r-1"}).encode(),
        json.dumps({**ROW, "Date (UTC)": 5}).encode(),
        b"[]",
        b"{",
    ],
)
def test_what_is_no_such_row_is_refused(row: bytes) -> None:
    for door in (PORTAL_CSV.narrow, PORTAL_CSV.wide, PORTAL_CSV.whole):
        with pytest.raises(ValueError, match=r".+"):
            door(row)


def test_cells_that_are_no_text_say_nothing() -> None:
    odd: dict[str, Any] = {**ROW, "Correlation ID": 5, "Location": ["NL"], "Sign-in error code": 0}
    found = PORTAL_CSV.wide(json.dumps(odd).encode())
    assert (found.correlationId, found.location) == (None, None)
    assert found.status is not None
    assert found.status.errorCode is None
