import json
from collections.abc import Callable
from typing import Any

import pytest

from auditor.sign_ins.formats import kinds
from auditor.sign_ins.formats.diagnostic import DIAGNOSTIC
from auditor.sign_ins.formats.graph import GRAPH, RESPELT
from auditor.sign_ins.formats.log_analytics import LOG_ANALYTICS
from auditor.sign_ins.formats.portal_csv import PORTAL_CSV
from auditor.sign_ins.formats.recognise import Other, format_of
from auditor.testing import policy, sign_in

AT = "2026-11-04T09:00:00Z"
TABLE = {"TimeGenerated": AT, "CreatedDateTime": AT, "Id": "r-1", "ResultType": "0"}
PORTAL = {"Date (UTC)": AT, "Request ID": "r-1", "User ID": "u-1", "Username": "ada@contoso.com"}
MACHINE = {"userId": "", "userPrincipalName": "", "servicePrincipalId": "s-1"}


def test_formats() -> None:
    def found(row: dict[str, Any]) -> object:
        return format_of(json.dumps(row).encode())

    assert found(sign_in(50140)) is GRAPH
    assert found(sign_in(50140, userId=None)) is GRAPH
    assert found(sign_in(0, status={"errorCode": "50140"})) is RESPELT
    for category in ("SignInLogs", "NonInteractiveUserSignInLogs", "SignIn"):
        assert found({"category": category, "properties": {}}) is DIAGNOSTIC
    for table in ("SigninLogs", "AADNonInteractiveUserSignInLogs"):
        assert found({**TABLE, "Type": table}) is LOG_ANALYTICS
    assert found({**TABLE, "Category": "SignInLogs"}) is LOG_ANALYTICS
    assert found(TABLE) is LOG_ANALYTICS
    assert found({"CreatedDateTime [UTC]": AT, "ResultType": "0"}) is LOG_ANALYTICS
    assert found({"\ufeffTimeGenerated [UTC]": AT, "Type": "SigninLogs"}) is LOG_ANALYTICS
    assert found(PORTAL) is PORTAL_CSV
    assert found({**PORTAL, "User ID": ""}) is PORTAL_CSV
    assert found({**PORTAL, "Service principal ID": "s-1"}) is PORTAL_CSV
    assert found({"\ufeffDate (UTC) ": AT, "Request ID": "r-1", "User ID ": "u-1"}) is PORTAL_CSV


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"category": "ServicePrincipalSignInLogs", "properties": {}}, "ServicePrincipalSignInLogs"),
        ({"category": "ManagedIdentitySignInLogs", "properties": {}}, "ManagedIdentitySignInLogs"),
        ({"category": "ADFSSignInLogs", "properties": {}}, "ADFSSignInLogs"),
        ({"category": "AuditLogs", "properties": {"id": "a"}}, "AuditLogs"),
        ({"category": "<b>" * 1000, "properties": {}}, "another log"),
        ({"category": ["SignInLogs"], "properties": {}}, "another log"),
        ({**TABLE, "Type": "AADServicePrincipalSignInLogs"}, "ServicePrincipalSignInLogs"),
        ({**TABLE, "Type": "AADManagedIdentitySignInLogs"}, "ManagedIdentitySignInLogs"),
        ({"TimeGenerated": AT, "Type": "AuditLogs"}, "AuditLogs"),
        ({"TimeGenerated": AT, "Type": "Heartbeat"}, "another log"),
        ({**TABLE, "Category": "AuditLogs"}, "AuditLogs"),
        (sign_in(0, **MACHINE), "ServicePrincipalSignInLogs"),
        (sign_in(0, **MACHINE, signInEventTypes=["managedIdentity"]), "ManagedIdentitySignInLogs"),
        (sign_in(0, userId=None, signInEventTypes=[{}, "servicePrincipal"]), "ServicePrincipalSignInLogs"),
        ({"id": "a", "activityDateTime": AT, "activityDisplayName": "Add user"}, "AuditLogs"),
        ({**PORTAL, "User ID": "", "Service principal ID": "s-1"}, "ServicePrincipalSignInLogs"),
        (
            {
                "Date (UTC)": AT,
                "Request ID": "r",
                "Service principal ID": "s",
                "Managed Identity type": "User assigned",
            },
            "ManagedIdentitySignInLogs",
        ),
        ({"Date (UTC)": AT, "Request ID": "r-1", "Authentication method": "Password"}, "AuthDetails"),
        ({"Date (UTC)": AT, "Activity": "Add user", "Service": "Core Directory"}, "AuditLogs"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,  # rows have ids of chance
)
def test_what_is_no_sign_in_of_a_person(row: dict[str, Any], kind: str) -> None:
    assert format_of(json.dumps(row).encode()) == Other(kind)


def test_settings_among_the_rows_of_a_log() -> None:
    assert format_of(json.dumps(policy()).encode()) == Other(kinds.SETTINGS)


@pytest.mark.parametrize(
    "row",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"\xff": 1}',
        json.dumps({"id": "u-1", "createdDateTime": AT, "userPrincipalName": "ada@contoso.com"}).encode(),
        json.dumps({"id": "a-1", "createdDateTime": AT, "appId": "a-1", "displayName": "Expenses"}).encode(),
        json.dumps({"TimeGenerated": AT}).encode(),
        json.dumps({"Date (UTC)": AT}).encode(),
        json.dumps({"Date (UTC)": AT, "Request ID": "r-1"}).encode(),
        json.dumps({"CreatedDateTime": AT, "Id": "r-1"}).encode(),
    ],
    ids=lambda row: row[:30].decode("utf-8", "replace"),
)
def test_what_is_of_no_format(row: bytes) -> None:
    assert format_of(row) is None


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda one: one,
        lambda one: {"PolicyConfig": one},
        lambda one: {"conditional_access_policies": [one]},
        lambda one: {name[:1].upper() + name[1:]: value for name, value in one.items()},
    ],
    ids=["as Graph has it", "wrapped", "in a document", "as PowerShell has it"],
)
def test_settings_among_the_rows_of_a_log_are_known_for_what_they_are(wrapped: Callable[[Any], Any]) -> None:
    assert format_of(json.dumps(wrapped(policy())).encode()) == Other(kinds.SETTINGS)


def test_broken_text_elsewhere_in_a_row_hides_nothing() -> None:
    for appDisplayName in ("\ud800", "X" * 10):
        row = json.dumps(sign_in(0, appDisplayName=appDisplayName)).encode().replace(b"X" * 10, b"\xff")
        assert format_of(row) is GRAPH
