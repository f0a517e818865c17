import json

import pytest

from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.rows import Row, narrow
from auditor.tenant.instant import parse
from auditor.testing import AT, sign_in


def read(json_row: object) -> Row | None:
    return row_of(json.dumps(json_row).encode())


def row_of(line: bytes) -> Row | None:
    found = AnyFormat().narrow(line)
    return None if found is None or isinstance(found, Other) else narrow(*found, 7)


def test_reads_a_row_of_graph() -> None:
    given = sign_in(50140, id="r1")
    assert read(given) == Row(
        id="r1",
        created=AT,
        at=parse(AT),
        code=50140,
        user_id=given["userId"],
        correlation_id=given["correlationId"],
        app_id=given["appId"],
        user="ada@contoso.com",
        app="Expenses",
        own_user=True,
        interactive=True,
        order=7,
    )


def test_zero_ids_are_nobody() -> None:
    zero = "00000000-0000-0000-0000-000000000000"
    found = read(sign_in(50058, userId=zero, correlationId=zero))
    assert found is not None
    assert (found.user_id, found.correlation_id) == ("", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"homeTenantId": "ABCD-1", "resourceTenantId": "abcd-1"}, True),
        ({"homeTenantId": "another"}, False),
        ({"homeTenantId": None}, None),
        ({"resourceTenantId": None}, None),
        ({"homeTenantId": "another", "userType": "member"}, False),  # the settings of the other tenant count
        ({"homeTenantId": None, "userType": "member"}, True),
        ({"userType": "guest"}, False),
        ({"userType": "unknownFutureValue"}, True),  # then the two tenants decide
    ],
)
def test_own_users_and_guests(fields: dict[str, object], expected: bool | None) -> None:
    found = read(sign_in(50140, **fields))
    assert found is not None
    assert found.own_user is expected


@pytest.mark.parametrize("status", [None, {}, {"errorCode": None}])
def test_a_row_without_a_code_has_none(status: object) -> None:
    found = read(sign_in(0, status=status))
    assert found is not None
    assert found.code is None


def test_a_lone_surrogate_costs_no_row() -> None:
    line = json.dumps(sign_in(50140, id="r1", appDisplayName="bad \ud800 name")).encode()
    found = row_of(line)
    assert found is not None
    assert (found.id, found.app) == ("r1", "bad \ufffd name")


def test_invalid_utf8_costs_no_row() -> None:
    line = json.dumps(sign_in(50140, id="r1", appDisplayName="X")).encode().replace(b'"X"', b'"\xff"')
    found = row_of(line)
    assert found is not None
    assert found.app == "\ufffd"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"id": 5, "createdDateTime": "2026-11-04T09:00:00Z"}',
        b'{"id": "a", "createdDateTime": "soon"}',
        b"[" * 100_000,
    ],
    ids=lambda line: line[:12].decode(),
)
def test_what_is_no_row_is_refused(line: bytes) -> None:
    assert row_of(line) is None


@pytest.mark.parametrize("code", ["1.5", "9223372036854775808", "true", '"x"', "[]", "null"])
def test_a_code_that_is_none_costs_the_code_and_not_the_row(code: str) -> None:
    found = row_of(
        f'{{"id": "a", "createdDateTime": "2026-11-04T09:00:00Z", "status": {{"errorCode": {code}}}}}'.encode()
    )
    assert found is not None
    assert found.code is None
