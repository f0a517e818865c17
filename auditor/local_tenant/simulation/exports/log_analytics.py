"""The tables SigninLogs and AADNonInteractiveUserSignInLogs of Log Analytics, in the ways they leave a workspace.

Sources: Azure Monitor "SigninLogs" and "AADNonInteractiveUserSignInLogs" (columns and types), "Log Analytics workspace
data export" (JSON lines), the azure-cli command "az monitor log-analytics query" (every value made text, so that a null
reads "None" and true reads "True"), and public exports of the tables. In SigninLogs the columns of type dynamic are
objects or JSON text, by the way they were exported; AADNonInteractiveUserSignInLogs has text only.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from auditor.local_tenant.simulation.exports import blobs
from auditor.local_tenant.simulation.identity import Json, guid

_DYNAMIC = frozenset(
    {"AppliedEventListeners", "ConditionalAccessPolicies", "DeviceDetail", "LocationDetails", "MfaDetail", "Status"}
)
_TIMES = ("TimeGenerated", "CreatedDateTime")


def record(row: Json, *, whole_seconds: bool = False) -> Json:
    """One record, dynamic columns as values. `whole_seconds`: CreatedDateTime without its fraction, as older exports
    have it."""
    found = blobs.properties(row)
    code = row["status"]["errorCode"]
    created = row["createdDateTime"]
    silent = not row["isInteractive"]
    processing = "ProcessingTimeInMs" if silent else "ProcessingTimeInMilliseconds"
    return {
        "TenantId": guid("workspace", row["resourceTenantId"]),
        "SourceSystem": "Azure AD",
        "TimeGenerated": f"{blobs.arrival(row):%Y-%m-%dT%H:%M:%S.%f}0Z",
        "ResourceId": f"/tenants/{row['resourceTenantId']}/providers/Microsoft.aadiam",
        "OperationName": "Sign-in activity",
        "OperationVersion": "1.0",
        "Category": blobs.category(row),
        "ResultType": str(code),
        "ResultSignature": "SUCCESS" if code == 0 else "None",
        "ResultDescription": "" if code == 0 else row["status"]["failureReason"],
        "DurationMs": 0,
        "CorrelationId": row["correlationId"] or "",
        "ResourceGroup": "Microsoft.aadiam",
        "Identity": row["userDisplayName"],
        "Level": "4",
        "Location": row["location"]["countryOrRegion"],
        "AlternateSignInName": row["signInIdentifier"],
        "AppDisplayName": row["appDisplayName"],
        "AppId": row["appId"],
        "AppliedEventListeners": [],
        "AppOwnerTenantId": row["appOwnerTenantId"],
        "AuthenticationContextClassReferences": _text(row["authenticationContextClassReferences"]),
        "AuthenticationDetails": _text(row["authenticationDetails"]),
        "AuthenticationMethodsUsed": "",
        "AuthenticationProcessingDetails": _text(row["authenticationProcessingDetails"]),
        "AuthenticationProtocol": row["authenticationProtocol"],
        "AuthenticationRequirement": row["authenticationRequirement"],
        "AuthenticationRequirementPolicies": _text(row["authenticationRequirementPolicies"]),
        "AutonomousSystemNumber": str(row["autonomousSystemNumber"]),
        "ClientAppUsed": row["clientAppUsed"],
        "ConditionalAccessAudiences": _text(row["conditionalAccessAudiences"]),
        "ConditionalAccessPolicies": found["appliedConditionalAccessPolicies"],
        "ConditionalAccessStatus": row["conditionalAccessStatus"],
        "CreatedDateTime": f"{created[:19]}Z" if whole_seconds else created,
        "CrossTenantAccessType": row["crossTenantAccessType"],
        "DeviceDetail": found["deviceDetail"],
        "FlaggedForReview": None,
        "HomeTenantId": row["homeTenantId"],
        "Id": row["id"],
        "IncomingTokenType": row["incomingTokenType"],
        "IPAddress": row["ipAddress"],
        "IPAddressFromResourceProvider": "",
        "IsInteractive": row["isInteractive"],
        "IsRisky": None,
        "LocationDetails": found["location"],
        "MfaDetail": None,
        "NetworkLocationDetails": "[]",
        "OriginalRequestId": row["originalRequestId"],
        "OriginalTransferMethod": row["originalTransferMethod"],
        processing: str(row["processingTimeInMilliseconds"]),
        "ResourceDisplayName": row["resourceDisplayName"],
        "ResourceIdentity": row["resourceId"],
        "ResourceOwnerTenantId": row["resourceOwnerTenantId"],
        "ResourceServicePrincipalId": row["resourceServicePrincipalId"],
        "ResourceTenantId": row["resourceTenantId"],
        "RiskDetail": row["riskDetail"],
        "RiskEventTypes": _text(row["riskEventTypes"]),
        "RiskEventTypes_V2": _text(row["riskEventTypes_v2"]),
        "RiskLevelAggregated": row["riskLevelAggregated"],
        "RiskLevelDuringSignIn": row["riskLevelDuringSignIn"],
        "RiskState": row["riskState"],
        "ServicePrincipalId": "",
        "ServicePrincipalName": "",
        "SessionId": row["sessionId"],
        "SessionLifetimePolicies": _text(row["sessionLifetimePolicies"]),
        "SignInIdentifier": row["signInIdentifier"],
        "Status": found["status"],
        "TokenIssuerName": "",
        "TokenIssuerType": "AzureAD",
        "UniqueTokenIdentifier": row["uniqueTokenIdentifier"],
        "UserAgent": row["userAgent"],
        "UserDisplayName": row["userDisplayName"],
        "UserId": row["userId"],
        "UserPrincipalName": row["userPrincipalName"],
        "UserType": found["userType"],
        "AADTenantId": row["resourceTenantId"],
        "Type": "AADNonInteractiveUserSignInLogs" if silent else "SigninLogs",
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def data_export(
    rows: Iterable[Json], *, dynamic_as_text: bool = False, whole_seconds: bool = False, end: str = "\n"
) -> Iterator[str]:
    """What data export writes: a record a line. `dynamic_as_text`: the dynamic columns as JSON text."""
    for row in rows:
        found = record(row, whole_seconds=whole_seconds)
        if dynamic_as_text or not row["isInteractive"]:
            found = {
                key: _text(value) if key in _DYNAMIC and value is not None else value for key, value in found.items()
            }
        yield f"{json.dumps(found, ensure_ascii=False, separators=(',', ':'))}{end}"


def az_query(rows: Iterable[Json]) -> Iterator[str]:
    """What `az monitor log-analytics query` prints: one list, every value as text, keys in order of their names."""

    def printed(value: object) -> str:
        return value if isinstance(value, str) else _text(value) if isinstance(value, (dict, list)) else str(value)

    between = "[\n"
    for row in rows:
        found = {**{key: printed(value) for key, value in record(row).items()}, "TableName": "PrimaryResult"}
        yield f"{between}{json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False)}"
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "[]\n"


def _iso(text: str) -> str:
    return text


def _shown(text: str) -> str:
    """As the portal shows a time: month first, twelve hours, milliseconds."""
    moment = datetime.fromisoformat(f"{text[:19]}+00:00")
    fraction = text[20:23] if "." in text else "000"
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year}, {hour}:{moment:%M:%S}.{fraction} {half}"


def csv_file(rows: Iterable[Json], *, portal: bool = True) -> Iterator[str]:
    """CSV, a line at a time. `portal`: as "Export to CSV" of the Logs page, whose columns of times are named
    "CreatedDateTime [UTC]" and hold times as the page shows them; else ISO times under the plain names, as
    `Export-Csv` and `az ... | ConvertTo-Csv` leave them."""
    when: Callable[[str], str] = _shown if portal else _iso
    header: list[str] = []
    for row in rows:
        found = record(row)
        if not header:
            header = list(found)
            yield _line([f"{name} [UTC]" if portal and name in _TIMES else name for name in header])
        yield _line([when(found[name]) if name in _TIMES else _csv_cell(found.get(name)) for name in header])


def _csv_cell(value: object) -> str:
    if isinstance(value, (dict, list)):
        return _text(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
