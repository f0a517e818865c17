"""The blobs that diagnostic settings archive in a storage account: an envelope a line, an hour a blob.

Sources: Azure Monitor "Azure resource logs" (blob names, JSON lines) and "Common and service-specific schemas for
resource logs" (the envelope), Microsoft Entra "Sign-in log schema in Azure Monitor" (its properties), and published
rows. What differs from Graph: `time` and the blob's hour tell when the row arrived, `properties.createdDateTime` when
the sign-in was, with an offset; words begin with capitals (userType "Member"); conditions are bit masks; what is empty
or false in nested values is left out (deviceDetail without isCompliant).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from auditor.local_tenant.simulation.identity import Json

SIGN_INS, SILENT = "SignInLogs", "NonInteractiveUserSignInLogs"
_NOT_IN_PROPERTIES = frozenset({"agent", "azureResourceId", "clientSessionId", "rootActorId", "homeTenantName"})


def arrival(row: Json) -> datetime:
    """When the row reached the archive: one to five minutes after the sign-in."""
    return datetime.fromisoformat(f"{row['createdDateTime'][:19]}+00:00") + timedelta(
        seconds=60 + int(row["id"][:2], 16), microseconds=int(row["createdDateTime"][20:26])
    )


def category(row: Json) -> str:
    return SIGN_INS if row["isInteractive"] else SILENT


def filled(value: Json | None) -> Json:
    """A nested value without what is null, false or empty."""
    return {key: kept for key, kept in (value or {}).items() if kept or (kept == 0 and kept is not False)}


def properties(row: Json) -> Json:
    """The row as it stands in an envelope."""
    found = {key: value for key, value in row.items() if key not in _NOT_IN_PROPERTIES and value is not None}
    device = row["deviceDetail"]
    found.update(
        createdDateTime=row["createdDateTime"].replace("Z", "+00:00"),
        status=status(row),
        deviceDetail={"deviceId": device["deviceId"], **filled(device)},
        location={**filled(row["location"]), "geoCoordinates": filled(row["location"]["geoCoordinates"])},
        mfaDetail={},
        privateLinkDetails={},
        userType=row["userType"].capitalize(),
        tenantId=row["resourceTenantId"],
        appliedConditionalAccessPolicies=[_judged(each) for each in row["appliedConditionalAccessPolicies"]],
        authenticationStrengths=[],
        ssoExtensionVersion="",
        rngcStatus=0,
    )
    return found


def status(row: Json) -> Json:
    """A success has its code and, at most, additional details."""
    said: Json = row["status"]
    shown = {key: value for key, value in said.items() if value is not None}
    return {key: value for key, value in shown.items() if key != "failureReason"} if said["errorCode"] == 0 else shown


def _judged(policy: Json) -> Json:
    applied = policy["result"] not in ("notApplied", "notEnabled", "reportOnlyNotApplied")
    return {**policy, "conditionsSatisfied": 23 if applied else 1, "conditionsNotSatisfied": 0 if applied else 2}


def envelope(row: Json) -> Json:
    """The row as diagnostic settings send it."""
    tenant, said = row["resourceTenantId"], row["status"]
    code = said["errorCode"]
    return {
        "time": f"{arrival(row):%Y-%m-%dT%H:%M:%S.%f}0Z",
        "resourceId": f"/tenants/{tenant}/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": category(row),
        "tenantId": tenant,
        "resultType": str(code),
        "resultSignature": "SUCCESS" if code == 0 else "None",
        **({"resultDescription": said["failureReason"]} if code else {}),
        "durationMs": 0,
        "callerIpAddress": row["ipAddress"],
        **({"correlationId": row["correlationId"]} if row["correlationId"] else {}),
        "identity": row["userDisplayName"],
        "Level": 4,
        "location": row["location"]["countryOrRegion"],
        "properties": properties(row),
    }


def blob_name(row: Json) -> str:
    """Container and path of the blob that holds the row."""
    container = f"insights-logs-{category(row).lower()}"
    return f"{container}/tenantId={row['resourceTenantId']}/{arrival(row):y=%Y/m=%m/d=%d/h=%H/m=00}/PT1H.json"


def lines(rows: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """(name of the blob, line) for each row. Lines of one blob may come apart: append them."""
    for row in rows:
        yield blob_name(row), f"{json.dumps(envelope(row), ensure_ascii=False, separators=(',', ':'))}\r\n"


def write(folder: Path, rows: Iterable[Json]) -> None:
    """The whole archive under a folder, as a copy of the storage account has it."""
    for name, found in groupby(lines(rows), key=lambda pair: pair[0]):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8", newline="") as file:
            file.writelines(line for _, line in found)
