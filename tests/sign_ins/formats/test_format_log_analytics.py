import json
from typing import Any

import pytest

from auditor.sign_ins.circumstances import circumstances
from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.formats.log_analytics import LOG_ANALYTICS
from auditor.sign_ins.seen import SeenRow, seen
from auditor.tenant.circumstances import Device
from auditor.tenant.sign_in_log import PolicyResult

POLICIES = [
    {
        "id": "p-1",
        "displayName": "MFA",
        "result": "success",
        "enforcedGrantControls": ["Mfa"],
        "conditionsSatisfied": 1,
    },
    {"id": "p-2", "displayName": "Off", "result": "notEnabled", "enforcedGrantControls": []},
]
ROW: dict[str, Any] = {
    "TenantId": "workspace",
    "SourceSystem": "Azure AD",
    "TimeGenerated": "2026-11-04T09:03:00.423Z",
    "ResourceId": "/tenants/t-1/providers/Microsoft.aadiam",
    "OperationName": "Sign-in activity",
    "Category": "SignInLogs",
    "ResultType": "50140",
    "ResultDescription": "",
    "CorrelationId": "c-1",
    "Location": "NL",
    "AppDisplayName": "Expenses",
    "AppId": "a-1",
    "AuthenticationRequirementPolicies": '[{"requirementProvider":"user","detail":"Per-user MFA"}]',
    "ClientAppUsed": "Browser",
    "ConditionalAccessPolicies": POLICIES,
    "ConditionalAccessStatus": "success",
    "CreatedDateTime": "2026-11-04T09:00:00.000",
    "DeviceDetail": {"deviceId": "d-1", "operatingSystem": "Windows 10", "browser": "Edge 142", "isCompliant": True},
    "IsInteractive": True,
    "Id": "r-1",
    "IPAddress": "198.51.100.7",
    "LocationDetails": {"countryOrRegion": "NL", "city": "Utrecht"},
    "NetworkLocationDetails": "[]",
    "OriginalRequestId": "r-0",
    "ResourceDisplayName": "Ledger",
    "ResourceIdentity": "res-1",
    "Status": {"errorCode": 50140, "additionalDetails": "said"},
    "UserId": "u-1",
    "UserPrincipalName": "ada@contoso.com",
    "UserType": "Member",
    "Type": "SigninLogs",
}
DYNAMIC = ("ConditionalAccessPolicies", "DeviceDetail", "LocationDetails", "Status")
TEXTUAL = {**ROW, **{column: json.dumps(ROW[column]) for column in DYNAMIC}}
SILENT = {
    **{key: value for key, value in TEXTUAL.items() if key != "IsInteractive"},
    "Type": "AADNonInteractiveUserSignInLogs",
    "Category": "NonInteractiveUserSignInLogs",
}
CSV = {
    **{key: value if isinstance(value, str) else json.dumps(value) for key, value in ROW.items()},
    "IsInteractive": "TRUE",
}
AZ = {**CSV, "IsInteractive": "True", "HomeTenantId": "None", "MfaDetail": "None", "TableName": "PrimaryResult"}
UTC = {f"{key} [UTC]" if key in ("CreatedDateTime", "TimeGenerated") else key: value for key, value in CSV.items()}


def raw(row: dict[str, Any], without: str = "", **fields: Any) -> bytes:
    return json.dumps({key: value for key, value in {**row, **fields}.items() if key != without}).encode()


def wide(row: dict[str, Any], without: str = "", **fields: Any) -> SeenRow:
    return LOG_ANALYTICS.wide(raw(row, without, **fields))


@pytest.mark.parametrize(
    "row", [ROW, TEXTUAL, CSV, AZ, UTC, SILENT], ids=["json", "text", "csv", "az", "utc", "silent"]
)
def test_a_row_of_any_export(row: dict[str, Any]) -> None:
    narrow, found = LOG_ANALYTICS.narrow(raw(row)), wide(row)
    assert narrow.status is not None
    assert (narrow.id, narrow.userId, narrow.correlationId, narrow.status.errorCode) == ("r-1", "u-1", "c-1", 50140)
    assert (narrow.createdDateTime, narrow.homeTenantId) == ("2026-11-04T09:00:00.000", None)
    assert narrow.isInteractive is found.isInteractive is (row is not SILENT)
    shown = seen(found)
    assert shown.policies == (PolicyResult("p-1", "MFA", "success", ("Mfa",), ()),)
    assert (shown.browser, shown.resource, shown.details) == ("Edge 142", "Ledger", "said")
    assert shown.required_by == (("user", "Per-user MFA"),)
    assert shown.circumstances.way.country == "NL"
    assert shown.circumstances.way.device == Device(True, None, True, "d-1", None)
    assert shown.circumstances.way.address == "198.51.100.7"
    assert (shown.circumstances.target.resource, shown.circumstances.way.client) == ("res-1", "browser")


@pytest.mark.parametrize("row", [ROW, TEXTUAL, CSV])
def test_the_status_decides_and_the_result_type_stands_in(row: dict[str, Any]) -> None:
    def code(without: str = "", **fields: Any) -> int | None:
        found = LOG_ANALYTICS.narrow(raw(row, without, **fields)).status
        assert found is not None
        return found.errorCode

    assert code(ResultType="0") == 50140
    assert code("Status") == 50140
    assert code(Status="") == 50140
    assert code(Status='{"errorCode"', ResultType="0") == 0
    assert code(Status='{"errorCode":"50125"}') == 50125
    assert code("Status", ResultType="Success") == 0
    assert code("Status", ResultType="Failure") is None
    assert code("Status", ResultType=None) is None


@pytest.mark.parametrize("row", [ROW, TEXTUAL, CSV])
@pytest.mark.parametrize("empty", ["", "None", "absent"])
def test_what_a_row_lacks_is_not_known(row: dict[str, Any], empty: str) -> None:
    def without(column: str) -> SeenRow:
        return wide(row, column) if empty == "absent" else wide(row, **{column: empty})

    assert without("CorrelationId").correlationId is None
    assert without("UserId").userId is None
    assert without("IsInteractive").isInteractive is None
    assert seen(without("ConditionalAccessPolicies")).policies is None
    assert seen(without("AuthenticationRequirementPolicies")).required_by is None
    assert seen(without("SessionLifetimePolicies")).lifetimes is None
    assert circumstances(without("DeviceDetail")).way.device == Device()
    assert circumstances(without("LocationDetails")).way.country is None
    assert circumstances(without("NetworkLocationDetails")).way.trusted_network is None
    assert circumstances(without("ClientAppUsed")).way.client == ""
    assert circumstances(without("ResourceIdentity")).target.resource == ""  # not the log's own resource


ODD = {"id": 5, "detail": 5, "applicationId": 5}


@pytest.mark.parametrize(
    "broken",
    ['[{"id":"p-1","resu', "{PII Removed}", '{"result":"success"}', "[" * 100_000, json.dumps([ODD]), [ODD], 7, True],
    ids=lambda value: str(value)[:12],
)
def test_a_dynamic_column_that_cannot_be_read_costs_no_row(broken: object) -> None:
    for column in ("ConditionalAccessPolicies", "SessionLifetimePolicies", "ConditionalAccessAudiences"):
        found = LOG_ANALYTICS.wide(raw({**ROW, column: broken}))
        assert found.id == "r-1"
        assert (seen(found).policies is None) == (column == "ConditionalAccessPolicies")
        assert found.sessionLifetimePolicies is None
        assert found.conditionalAccessAudiences is None


def test_a_lone_surrogate_inside_json_text_costs_no_column() -> None:
    found = wide(ROW, DeviceDetail='{"deviceId":"d-1","browser":"\\ud800"}')
    assert found.deviceDetail is not None
    assert (found.deviceDetail.deviceId, found.deviceDetail.browser) == ("d-1", "\ufffd")


@pytest.mark.parametrize("row", [ROW, CSV])
def test_a_row_without_an_id_is_told_by_its_bytes_and_not_by_its_first_request(row: dict[str, Any]) -> None:
    one, other = raw(row, "Id"), raw(row, "Id", ResultType="0")
    assert LOG_ANALYTICS.narrow(one).id == LOG_ANALYTICS.wide(one).id == LOG_ANALYTICS.whole(one)["id"]
    assert len({LOG_ANALYTICS.narrow(one).id, LOG_ANALYTICS.narrow(other).id, "r-0"}) == 3


@pytest.mark.parametrize(
    "row",
    [
        raw(ROW, "CreatedDateTime"),  # when it arrived says nothing of the order of things
        raw(ROW, CreatedDateTime=None),
        raw(ROW, Type="AADServicePrincipalSignInLogs"),
        raw(ROW, Type=["SigninLogs"], Category="AuditLogs"),
        raw({"Id": "r-1", "CreatedDateTime": "2026-11-04T09:00:00Z", "Status": {"ErrorCode": 0}}),
        b"[]",
        b"{",
    ],
)
def test_what_is_no_such_row_is_refused(row: bytes) -> None:
    for door in (LOG_ANALYTICS.narrow, LOG_ANALYTICS.wide, LOG_ANALYTICS.whole):
        with pytest.raises(ValueError, match=r".+"):
            door(row)


@pytest.mark.parametrize("time", ["3/4/2026, 1:45:17.287 PM", "11/21/2026, 1:45:17 PM", "21.11.2026 13:45", "soon", ""])
def test_times_in_somebodys_own_words_are_refused(time: str) -> None:
    assert AnyFormat().narrow(raw(UTC, **{"CreatedDateTime [UTC]": time})) is None
    assert AnyFormat().wide(raw(ROW, CreatedDateTime=time)) is None
