"""The two doors of every format give what Graph's doors give of the whole row."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sign_ins.catalogue import interrupt_codes
from auditor.sign_ins.formats.diagnostic import DIAGNOSTIC
from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.graph import GRAPH, RESPELT
from auditor.sign_ins.formats.log_analytics import LOG_ANALYTICS
from auditor.sign_ins.formats.portal_csv import PORTAL_CSV
from auditor.sign_ins.rows import CountedRow, GraphRow
from auditor.sign_ins.seen import SeenRow

ABSENT = object()

anything: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, -1, 10**12, 1.5, "", "text", [], [1], ["x"], [None], {}, {"a": [{}]}]
)
ids = st.sampled_from(["", "00000000-0000-0000-0000-000000000000", "a1", "b2", "None"])
words = st.sampled_from(["", "none", "None", "browser", "Member", "guest", "high", "deviceCode", "success"])
times = st.sampled_from(
    ["2026-11-04T09:00:00.1234567Z", "2026-11-04T09:00:00+01:00", "2026-11-04 09:00:00", "soon", ""]
)
codes = st.sampled_from(
    [0, 50140, 50199, "0", "50140", "50140.0", 50140.0, "Success", "Failure", "Interrupted", "x", 2**40, None]
)


def mostly(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Usual, absent now and then, seldom of any type."""
    return st.integers(0, 19).flatmap(lambda draw: anything if draw == 0 else st.just(ABSENT) if draw < 4 else usual)


def objects(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: mostly(usual) for name, usual in fields.items()}).map(
        lambda row: {name: value for name, value in row.items() if value is not ABSENT}
    )


def listed(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(objects(fields), max_size=2)


status = objects({"errorCode": codes, "additionalDetails": words, "failureReason": words})
device = objects(
    {"deviceId": ids, "displayName": words, "operatingSystem": words, "isCompliant": st.booleans(), "browser": words}
)
DYNAMIC: dict[str, st.SearchStrategy[Any]] = {
    "deviceDetail": device,
    "location": objects({"city": words, "countryOrRegion": st.sampled_from(["NL", "", "Utrecht"])}),
    "appliedConditionalAccessPolicies": listed(
        {"id": ids, "displayName": words, "result": words, "enforcedGrantControls": st.lists(words, max_size=2)}
    ),
    "conditionalAccessAudiences": listed({"applicationId": ids}),
    "authenticationContextClassReferences": listed({"id": words, "detail": words}),
    "networkLocationDetails": listed({"networkType": words, "networkNames": st.lists(words, max_size=1)}),
    "authenticationRequirementPolicies": listed({"requirementProvider": words, "detail": words}),
    "sessionLifetimePolicies": listed({"expirationRequirement": words, "detail": words}),
}
TEXTS = (
    *("resourceId", "clientAppUsed", "ipAddress", "riskLevelDuringSignIn", "conditionalAccessStatus", "userType"),
    *("crossTenantAccessType", "resourceOwnerTenantId", "authenticationProtocol", "originalTransferMethod"),
    *("resourceDisplayName", "appOwnerTenantId", "userPrincipalName", "appDisplayName", "homeTenantId"),
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": ids,
    "createdDateTime": times,
    "userId": ids,
    "correlationId": ids,
    "appId": ids,
    "resourceTenantId": ids,
    "isInteractive": st.booleans(),
    "status": status,
    **dict.fromkeys(TEXTS, words),
    **DYNAMIC,
}
COLUMNS = {
    "ipAddress": "IPAddress",
    "resourceId": "ResourceIdentity",
    "location": "LocationDetails",
    "appliedConditionalAccessPolicies": "ConditionalAccessPolicies",
}
envelopes = objects(
    {
        "category": st.sampled_from(["SignInLogs", "SignInLogs", "NonInteractiveUserSignInLogs", "AuditLogs"]),
        "time": times,
        "correlationId": ids,
        "resultType": codes,
        "properties": objects(FIELDS),
    }
)


def as_text(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A dynamic column: its value, the same as JSON text, or text that was cut."""
    return usual | usual.map(json.dumps) | usual.map(lambda value: json.dumps(value)[:-1]) | st.just("")


tables = objects(
    {
        **{COLUMNS.get(name, name[0].upper() + name[1:]): as_text(usual) for name, usual in FIELDS.items()},
        "CreatedDateTime": times,
        "IsInteractive": st.sampled_from([True, False, "True", "false", ""]),
        "ResultType": codes,
        "Type": st.sampled_from(["SigninLogs", "AADNonInteractiveUserSignInLogs", "AuditLogs", ""]),
        "Category": st.sampled_from(["SignInLogs", "NonInteractiveUserSignInLogs", ""]),
        "TimeGenerated": times,
        "_TimeReceived": times,
    }
)
tables_of_text = tables.map(
    lambda row: {
        f"{name} [UTC]" if name == "CreatedDateTime" else name: value if isinstance(value, str) else json.dumps(value)
        for name, value in row.items()
    }
)
cells = st.sampled_from(
    ["", "None", "a1", "Success", "Failure", "Interrupted", "0", "50140", "Yes", "Not Applied", "Utrecht, , NL"]
)
portal_rows = objects(
    {
        "Date (UTC)": times,
        "Request ID": ids,
        "User ID": ids,
        "Username": words,
        **dict.fromkeys(
            (
                *("Correlation ID", "User type", "Cross tenant access type", "Authentication Protocol", "Application"),
                *("Application ID ", "Resource ID ", "Status", "Sign-in error code", "Client app", "Device ID"),
                *("Browser", "Operating System", "Compliant", "Join Type", "Location", "Conditional Access"),
                *("Original transfer method", "Multifactor authentication result", "Service principal ID"),
            ),
            cells,
        ),
    }
)
spelt = objects(
    {
        **FIELDS,
        "status": status | codes,
        "errorCode": codes,
        "status.errorCode": codes,
        "status_ErrorCode": codes,
        "status/failureReason": words,
        "deviceDetail.browser": words,
        "deviceDetail.isCompliant": st.sampled_from(["True", "", True]),
        "location.countryOrRegion": st.sampled_from(["NL", ""]),
        "isInteractive": st.sampled_from([True, "True", ""]),
    }
)
FORMATS: list[tuple[Format, st.SearchStrategy[dict[str, Any]]]] = [
    (GRAPH, objects(FIELDS)),
    (RESPELT, spelt),
    (DIAGNOSTIC, envelopes),
    (LOG_ANALYTICS, tables),
    (LOG_ANALYTICS, tables_of_text),
    (PORTAL_CSV, portal_rows),
]


def shown(row: GraphRow | SeenRow) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    raw = bytes(fields.pop("appliedConditionalAccessPolicies", b""))
    return {"": type(row), "policies": json.loads(raw) if raw else None, **fields}


def through(door: Callable[[bytes], GraphRow | SeenRow], row: Callable[[], bytes]) -> dict[str, Any] | None:
    """All that a door gives of a row; None where it refuses it."""
    try:
        return shown(door(row()))
    except ValueError:
        return None


def counted(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the narrow door gives for sure: the names that it gives of an interrupt count for no other row."""
    if row is None or (row["status"] and row["status"].errorCode in interrupt_codes()):
        return row
    return {name: row[name] for name in ("", "called", "collected", *CountedRow.__struct_fields__)}


@pytest.mark.parametrize(("of", "rows"), FORMATS, ids=["graph", "textual", "diagnostic", "table", "csv", "portal"])
@given(data=st.data())
def test_the_doors_give_what_the_whole_row_gives(
    of: Format, rows: st.SearchStrategy[dict[str, Any]], data: st.DataObject
) -> None:
    given_row = json.dumps(data.draw(rows)).encode()

    def whole() -> bytes:
        return msgspec.json.encode(of.whole(given_row))

    narrow = counted(through(of.narrow, lambda: given_row))
    assert narrow == counted(through(GRAPH.narrow, whole))
    wide = through(of.wide, lambda: given_row)
    assert wide == through(GRAPH.wide, whole)
    assert (wide is None) == (narrow is None)  # an interrupt is read, whatever its conditions look like
    if narrow is not None and wide is not None:
        code = narrow["status"] and narrow["status"].errorCode
        assert code == (wide["status"] and wide["status"].errorCode)
        assert {name: narrow[name] for name in narrow if name not in ("", "status", "policies")}.items() <= wide.items()
