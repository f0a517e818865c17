import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sign_ins.formats.any_format import AnyFormat, refusal
from auditor.sign_ins.formats.diagnostic import DIAGNOSTIC
from auditor.sign_ins.formats.graph import GRAPH
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.rows import NO_ID, GraphRow, decode
from auditor.sign_ins.seen import SeenRow, seen
from auditor.tenant.instant import SECOND, parse
from auditor.testing import sign_in

AT = "2026-11-04T09:00:00.1234567Z"


def text(row: object) -> bytes:
    return json.dumps(row).encode()


def enveloped(row: dict[str, Any], category: str = "SignInLogs") -> dict[str, Any]:
    return {"time": AT, "category": category, "resultType": "0", "properties": row}


def tabled(row: dict[str, Any]) -> dict[str, Any]:
    renamed = {
        "location": "LocationDetails",
        "resourceId": "ResourceIdentity",
        "ipAddress": "IPAddress",
        "appliedConditionalAccessPolicies": "ConditionalAccessPolicies",
    }
    columns = {renamed.get(key, key[0].upper() + key[1:]): value for key, value in row.items()}
    return {**columns, "Type": "SigninLogs", "Location": "NL", "ResourceId": "/tenants/t-1"}


def downloaded(row: dict[str, Any]) -> dict[str, str]:
    return {
        "Date (UTC)": row["createdDateTime"],
        "Request ID": row["id"],
        "Correlation ID": row["correlationId"],
        "User ID": row["userId"],
        "Username": row["userPrincipalName"],
        "Application": row["appDisplayName"],
        "Application ID ": row["appId"],
        "Resource tenant ID": row["resourceTenantId"],
        "Home tenant ID": row["homeTenantId"],
        "Status": "Interrupted",
        "Sign-in error code": str(row["status"]["errorCode"]),
    }


SHAPES = [lambda row: row, enveloped, tabled, downloaded]


def test_one_sign_in_in_every_format_is_one_sign_in() -> None:
    row = sign_in(50140, AT, id="r-1")
    stream = AnyFormat()
    for shape in SHAPES:
        found = stream.narrow(text(shape(row)))
        assert isinstance(found, tuple)
        assert not isinstance(found, Other)
        assert found[1] == parse(AT)
        same = decode(text(row))
        if shape is downloaded:  # which does not say so
            same.isInteractive = None
        found[0].collected = None
        assert found[0] == same
        wide = stream.wide(text(shape(row)))
        assert wide is not None
        assert not isinstance(wide, Other)
        assert (wide[0].id, wide[0].status and wide[0].status.errorCode, wide[1]) == ("r-1", 50140, parse(AT))


BETA = {
    "userType": "guest",
    "homeTenantId": "t-2",
    "crossTenantAccessType": "b2bCollaboration",
    "resourceOwnerTenantId": "t-3",
    "appOwnerTenantId": "t-4",
    "resourceDisplayName": "Ledger",
    "authenticationProtocol": "deviceCode",
    "originalTransferMethod": "deviceCodeFlow",
    "conditionalAccessAudiences": [{"applicationId": "a-2", "audienceReasons": "none"}],
    "authenticationContextClassReferences": [{"id": "c1", "detail": "required"}],
    "networkLocationDetails": [{"networkType": "trustedNamedLocation", "networkNames": ["Home"]}],
    "authenticationRequirementPolicies": [{"requirementProvider": "user", "detail": "Per-user MFA"}],
    "sessionLifetimePolicies": [{"expirationRequirement": "signInFrequency", "detail": "7 days"}],
    "appliedConditionalAccessPolicies": [{"id": "p-1", "displayName": "MFA", "result": "success"}],
    "status": {"errorCode": 50140, "additionalDetails": "said"},
}


@pytest.mark.parametrize("shape", [enveloped, tabled])
def test_every_field_is_read_where_the_format_has_it(shape: Any) -> None:
    row = sign_in(50140, AT, **BETA)
    expected, found = GRAPH.wide(text(row)), AnyFormat().wide(text(shape(row)))
    assert found is not None
    assert not isinstance(found, Other)
    for name in set(SeenRow.__struct_fields__) - {"called", "collected"}:
        assert getattr(expected, name)
        if name != "appliedConditionalAccessPolicies":
            assert getattr(found[0], name) == getattr(expected, name)
    assert seen(found[0]) == seen(expected)


def test_the_format_of_the_last_row_is_remembered_and_a_bad_row_does_not_change_it() -> None:
    stream = AnyFormat()
    assert stream.current is None
    assert stream.narrow(text(enveloped(sign_in(0)))) is not None
    assert stream.current is DIAGNOSTIC
    assert stream.narrow(b"{") is None
    assert stream.narrow(text(enveloped(sign_in(0), "AuditLogs"))) == Other("AuditLogs")
    assert stream.narrow(text(sign_in(0, createdDateTime="3/4/2026"))) is None
    assert stream.current is DIAGNOSTIC
    assert stream.wide(text(sign_in(0))) is not None
    assert stream.current is GRAPH


@pytest.mark.parametrize("before", [sign_in(0), enveloped(sign_in(0)), tabled(sign_in(0))])
def test_rows_of_nobody(before: dict[str, Any]) -> None:
    stream = AnyFormat()
    stream.narrow(text(before))
    for nobody in ("", None, NO_ID):
        for door in (stream.narrow, stream.wide):
            assert isinstance(door(text(sign_in(50058, userId=nobody))), tuple)
            assert door(text(sign_in(0, userId=nobody, servicePrincipalId="s-1"))) == Other(
                "ServicePrincipalSignInLogs"
            )
    user = {"id": "u-1", "createdDateTime": AT, "userPrincipalName": "ada@contoso.com"}
    assert stream.narrow(text(user)) is None


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bad", [b"\\ud800", b"\xff"])
def test_broken_text_costs_no_row(shape: Any, bad: bytes) -> None:
    raw = text(shape(sign_in(50140, appDisplayName="BAD"))).replace(b"BAD", b"a " + bad)
    for stream in (AnyFormat(), AnyFormat()):
        stream.narrow(text(shape(sign_in(0))))
        for found in (stream.narrow(raw), stream.wide(raw)):
            assert found is not None
            assert not isinstance(found, Other)
            assert found[0].appDisplayName == "a \ufffd"


@pytest.mark.parametrize("shape", [enveloped, tabled])
def test_both_doors_tell_a_row_without_an_id_by_the_same_name(shape: Any) -> None:
    raw = text(shape({**sign_in(0, ipAddress="BAD"), "id": ""})).replace(b"BAD", b"\xff")  # the narrow door skips it
    narrow, wide = AnyFormat().narrow(raw), AnyFormat().wide(raw)
    assert narrow is not None
    assert wide is not None
    assert not isinstance(narrow, Other)
    assert not isinstance(wide, Other)
    assert narrow[0].id == wide[0].id


def test_times_of_any_offset() -> None:
    stream = AnyFormat()
    for time in ("2026-11-04T10:00:00.5+01:00", "2026-11-04 09:00:00.50", "2026-11-04T09:00:00.500000000Z"):
        found = stream.narrow(text(enveloped(sign_in(0, createdDateTime=time))))
        assert found is not None
        assert not isinstance(found, Other)
        assert found[1] == parse("2026-11-04T09:00:00Z") + SECOND // 2
        assert found[0].createdDateTime == time


@pytest.mark.parametrize("shape", SHAPES)
def test_a_condition_of_a_shape_that_is_not_known_hides_no_interrupt(shape: Any) -> None:
    status = {"errorCode": 50140, "additionalDetails": 5}
    odd = sign_in(50140, conditionalAccessAudiences=["a"], deviceDetail="?", clientAppUsed=5, status=status)
    raw = text(shape(odd))
    found = AnyFormat().wide(raw)
    assert found is not None
    assert not isinstance(found, Other)
    row = found[0]
    assert row.status is not None
    assert row.status.errorCode == 50140
    assert (row.conditionalAccessAudiences, row.deviceDetail, row.clientAppUsed) == (None, None, None)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"{", "no row of a known format"),
        (text(sign_in(0, createdDateTime="3/4/2026")), "Graph JSON: not an instant: '3/4/2026'"),
        (text(sign_in(0, id="")), "Graph JSON: without an id"),
        (text(enveloped({"userId": "u-1"}) | {"time": None}), "diagnostic settings: without a time"),
    ],
    ids=["no JSON", "no instant", "no id", "no time"],  # rows have ids of chance
)
def test_why_a_row_was_refused(raw: bytes, why: str) -> None:
    assert AnyFormat().narrow(raw) is None
    assert refusal(raw) == why


SEEDS = [text(shape(sign_in(50140, AT, id="r-1"))) for shape in SHAPES]
SCRAPS = st.sampled_from(
    [b"{", b"}", b"[" * 5000, b'"', b"9" * 5000, b"1e999", b"null", b"\xff", b"\\ud800", b",", b"-"]
)


@given(data=st.data())
def test_no_text_crashes_and_both_doors_agree(data: st.DataObject) -> None:
    stream = AnyFormat()
    stream.narrow(data.draw(st.sampled_from(SEEDS)))
    for _ in range(3):
        raw = data.draw(st.sampled_from(SEEDS))
        for _ in range(data.draw(st.integers(0, 3))):
            start = data.draw(st.integers(0, len(raw)))
            end = start + data.draw(st.integers(0, 8))
            raw = raw[:start] + data.draw(SCRAPS | st.binary(max_size=3)) + raw[end:]
        narrow, wide = stream.narrow(raw), stream.wide(raw)
        if narrow is None or isinstance(narrow, Other):
            assert wide == narrow
            assert refusal(raw)
        else:
            assert isinstance(narrow[0], GraphRow)
            assert wide is not None
            assert not isinstance(wide, Other)
            assert wide[1] == narrow[1]
