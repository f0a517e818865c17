"""The files that the Entra admin center's "Download" button gives: sign-ins as JSON and as CSV, and their companions.

Sources: Microsoft Entra "Sign-in log schemas reference" (the JSON download) and "How to download logs in Microsoft
Entra ID"; the CSV's columns, their order, the two spaces, the trailing space and the repeated column are those that
public scripts for these files expect. Interactive and non-interactive sign-ins have the same columns, so that a row
does not say which of them it is: the file's name does. Times are cut to seconds.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator

from auditor.local_tenant.simulation.exports.graph import listing
from auditor.local_tenant.simulation.identity import Json

# What the JSON download of the samples leaves out of beta's keys.
_NOT_IN_DOWNLOAD = frozenset({"riskEventTypes", "agent", "azureResourceId", "clientSessionId", "rootActorId"})

# Codes that the status filter is known to call interrupted; the portal's own list is not published, so the others that
# Entra itself calls interrupts are "Failure" here. Nobody may build on the word.
_INTERRUPTED = frozenset(
    {50058, 50140, 51006, 50059, 65001, 52004, 50055, 50144, 50072, 50074, 16000, 16001, 16003, 50127, 50125, 50129}
    | {50143, 81010, 81014, 81012, 29200, 50019, 50076, 50097, 50158, 165100}
)

Read = Callable[[Json], object]


def seconds(text: str) -> str:
    """The time as the portal shows it: cut to seconds."""
    return f"{text[:19]}Z"


def json_file(rows: Iterable[Json], *, indent: int | None = None) -> Iterator[str]:
    """InteractiveSignIns_*.json, or its non-interactive twin: one list of objects with beta's keys."""
    return listing(map(_downloaded, rows), indent=indent)


def _downloaded(row: Json) -> Json:
    kept = {key: value for key, value in row.items() if key not in _NOT_IN_DOWNLOAD}
    return {**kept, "createdDateTime": seconds(row["createdDateTime"]), "originalRequestId": ""}


def _key(name: str) -> Read:
    return lambda row: row[name]


def _in(outer: str, name: str) -> Read:
    return lambda row: (row[outer] or {}).get(name)


def _yes(value: object) -> str:
    return "" if value is None else "Yes" if value else "No"


def _location(row: Json) -> str:
    place = row["location"]
    return ", ".join(place[part] or "" for part in ("city", "state", "countryOrRegion"))


def _status(row: Json) -> str:
    code = row["status"]["errorCode"]
    return "Success" if code == 0 else "Interrupted" if code in _INTERRUPTED else "Failure"


_REQUIREMENTS = {
    "singleFactorAuthentication": "Single-factor authentication",
    "multiFactorAuthentication": "Multifactor authentication",
}
_TOKENS = {"none": "None", "refreshToken": "Refresh token", "primaryRefreshToken": "Primary refresh token"}
_RESULTS = {"success": "Success", "failure": "Failure", "notApplied": "Not Applied"}
_CODE = "Sign-in error code"

COLUMNS: tuple[tuple[str, Read], ...] = (
    ("Date (UTC)", lambda row: seconds(row["createdDateTime"])),
    ("Request ID", _key("id")),
    ("User agent", _key("userAgent")),
    ("Correlation ID", _key("correlationId")),
    ("User ID", _key("userId")),
    ("User", _key("userDisplayName")),
    ("Username", _key("userPrincipalName")),
    ("User type", _key("userType")),
    ("Cross tenant access type", _key("crossTenantAccessType")),
    ("Incoming token type", _key("incomingTokenType")),
    ("Authentication Protocol", _key("authenticationProtocol")),
    ("Unique token identifier", _key("uniqueTokenIdentifier")),
    ("Original transfer method", _key("originalTransferMethod")),
    ("Client credential type", _key("clientCredentialType")),
    ("Token Protection - Sign In Session", _key("signInTokenProtectionStatus")),
    ("Token Protection - Sign In Session StatusCode", _in("tokenProtectionStatusDetails", "signInSessionStatusCode")),
    ("Application", _key("appDisplayName")),
    ("Application ID ", _key("appId")),
    ("App owner tenant ID", _key("appOwnerTenantId")),
    ("Resource", _key("resourceDisplayName")),
    ("Resource ID ", _key("resourceId")),
    ("Resource tenant ID", _key("resourceTenantId")),
    ("Resource owner tenant ID", _key("resourceOwnerTenantId")),
    ("Home tenant ID", _key("homeTenantId")),
    ("Home tenant name", _key("homeTenantName")),
    ("IP address", _key("ipAddress")),
    ("Location", _location),
    ("Status", _status),
    (_CODE, lambda row: row["status"]["errorCode"]),
    ("Failure reason", _in("status", "failureReason")),
    ("Client app", _key("clientAppUsed")),
    ("Device ID", _in("deviceDetail", "deviceId")),
    ("Browser", _in("deviceDetail", "browser")),
    ("Operating System", _in("deviceDetail", "operatingSystem")),
    ("Compliant", lambda row: _yes(row["deviceDetail"]["isCompliant"])),
    ("Managed", lambda row: _yes(row["deviceDetail"]["isManaged"])),
    ("Join Type", _in("deviceDetail", "trustType")),
    ("Multifactor authentication result", _in("status", "additionalDetails")),
    ("Multifactor authentication auth method", _in("mfaDetail", "authMethod")),
    ("Multifactor authentication auth detail", _in("mfaDetail", "authDetail")),
    ("Authentication requirement", lambda row: _REQUIREMENTS[row["authenticationRequirement"]]),
    ("Sign-in identifier", _key("signInIdentifier")),
    ("Session ID", _key("sessionId")),
    ("IP address (seen by resource)", _key("ipAddressFromResourceProvider")),
    ("Through Global Secure Access", lambda row: _yes(row["isThroughGlobalSecureAccess"])),
    ("Global Secure Access IP address", _key("globalSecureAccessIpAddress")),
    ("Autonomous system  number", _key("autonomousSystemNumber")),
    ("Flagged for review", lambda row: _yes(row["flaggedForReview"])),
    ("Token issuer type", lambda row: "Azure AD"),
    ("Incoming token type", lambda row: _TOKENS[row["incomingTokenType"]]),
    ("Token issuer name", _key("tokenIssuerName")),
    ("Latency", _key("processingTimeInMilliseconds")),
    ("Conditional Access", lambda row: _RESULTS[row["conditionalAccessStatus"]]),
    ("Managed Identity type", lambda row: ""),
    ("Associated Resource Id", lambda row: ""),
    ("Federated Token Id", lambda row: ""),
    ("Federated Token Issuer", lambda row: ""),
)


def csv_file(rows: Iterable[Json], *, success: str = "", delimiter: str = ",") -> Iterator[str]:
    """InteractiveSignIns_*.csv, or its non-interactive twin, a line at a time.

    `success`: what stands under "Sign-in error code" where a sign-in succeeded. Files of different years show nothing,
    "None" and "0".
    """
    writer = _Lines(delimiter)
    yield writer.line([name for name, _ in COLUMNS])
    for row in rows:
        cells = [_cell(read(row)) for _, read in COLUMNS]
        if row["status"]["errorCode"] == 0:
            cells[_CODE_AT] = success
        yield writer.line(cells)


_CODE_AT = [name for name, _ in COLUMNS].index(_CODE)


def _cell(value: object) -> str:
    """Text that a spreadsheet would take for a formula is led in by an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("-", "+", "=", "@") else text


class _Lines:
    """One CSV line after the other."""

    def __init__(self, delimiter: str) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def line(self, cells: list[str]) -> str:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.writerow(cells)
        return self._buffer.getvalue()


_STEPS = (
    ("Authentication method", "authenticationMethod"),
    ("Authentication method detail", "authenticationMethodDetail"),
    ("Succeeded", "succeeded"),
    ("Result detail", "authenticationStepResultDetail"),
    ("Requirement", "authenticationStepRequirement"),
)


def authentication_details(rows: Iterable[Json]) -> Iterator[str]:
    """InteractiveSignIns_AuthDetails_*.csv, which the portal offers beside the sign-ins: a line per step, with the
    sign-in's "Request ID" and no code. It is no list of sign-ins, though it names their ids and times."""
    writer = _Lines(",")
    yield writer.line(["Date (UTC)", "Request ID", *(name for name, _ in _STEPS)])
    for row in rows:
        for step in row["authenticationDetails"]:
            cells = [json.dumps(step[key]) if key == "succeeded" else str(step[key]) for _, key in _STEPS]
            yield writer.line([seconds(step["authenticationStepDateTime"]), row["id"], *cells])
