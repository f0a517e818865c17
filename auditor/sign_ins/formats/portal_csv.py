"""Rows of the CSV files that the Entra admin center gives: interactive and non-interactive sign-ins have one header.

A row does not say which of the two it is (the file's name does), nor what policies made of it: both stay not known. On
success the code is empty, "None" or 0, by the file's age: then the status says it. Times are cut to seconds. Files
in another language than English have other columns and are not recognised. Source: headers and rows of published files.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.values import ending, flag, identity
from auditor.sign_ins.rows import GraphRow
from auditor.sign_ins.seen import SeenRow

TIME, ID = "Date (UTC)", "Request ID"
USER_ID, USERNAME, SERVICE_PRINCIPAL = "User ID", "Username", "Service principal ID"

_TEXTS = {
    "createdDateTime": TIME,
    "correlationId": "Correlation ID",
    "userId": USER_ID,
    "userDisplayName": "User",
    "userPrincipalName": USERNAME,
    "userType": "User type",
    "appId": "Application ID",
    "appDisplayName": "Application",
    "appOwnerTenantId": "App owner tenant ID",
    "resourceId": "Resource ID",
    "resourceDisplayName": "Resource",
    "resourceTenantId": "Resource tenant ID",
    "resourceOwnerTenantId": "Resource owner tenant ID",
    "homeTenantId": "Home tenant ID",
    "ipAddress": "IP address",
    "clientAppUsed": "Client app",
    "userAgent": "User agent",
    "uniqueTokenIdentifier": "Unique token identifier",
    "sessionId": "Session ID",
}
_DEVICE = {
    "deviceId": "Device ID",
    "operatingSystem": "Operating System",
    "browser": "Browser",
    "trustType": "Join Type",
}
_DEVICE_FLAGS = {"isCompliant": "Compliant", "isManaged": "Managed"}

# Graph's words for what the portal writes in its own: "B2B collaboration", "Device code flow", "Not Applied".
_WORDS = {
    "crossTenantAccessType": (
        "Cross tenant access type",
        ("none", "b2bCollaboration", "b2bDirectConnect", "microsoftSupport", "serviceProvider", "passthrough"),
    ),
    "authenticationProtocol": (
        "Authentication Protocol",
        ("none", "oAuth2", "ropc", "wsFederation", "saml20", "deviceCode", "authenticationTransfer", "nativeAuth"),
    ),
    "originalTransferMethod": ("Original transfer method", ("none", "deviceCodeFlow", "authenticationTransfer")),
    "conditionalAccessStatus": ("Conditional Access", ("success", "failure", "notApplied")),
    "authenticationRequirement": (
        "Authentication requirement",
        ("singleFactorAuthentication", "multiFactorAuthentication"),
    ),
}

_decode = msgspec.json.Decoder(dict[str, Any]).decode


@lru_cache(maxsize=1024)
def name(header: str) -> str:
    """A column's name: some stand in the files with a space behind them, or with two between words."""
    return " ".join(header.lstrip("\ufeff").split())


def whole(row: bytes) -> dict[str, Any]:
    """The columns that Graph has a name for. An empty cell is an absent one."""
    cells = {name(header): _cell(value) for header, value in _decode(row).items() if isinstance(value, str)}
    if ID not in cells or not cells.get(TIME):
        raise ValueError("without the columns of the portal's sign-ins")
    if not _known(cells, USER_ID) and (_known(cells, SERVICE_PRINCIPAL) or USERNAME not in cells):
        raise ValueError("not the sign-in of a person")
    found: dict[str, Any] = {"id": _known(cells, ID) or identity(row)}
    found |= {field: text for field, column in _TEXTS.items() if (text := _known(cells, column))}
    for field, (column, words) in _WORDS.items():
        if cells.get(column):
            found[field] = _word(cells[column], words)
    found["status"], found["@called"] = _status(cells)
    if "Device ID" in cells:
        found["deviceDetail"] = _device(cells)
    if place := _location(cells.get("Location", "")):
        found["location"] = place
    return found


def _cell(value: str) -> str:
    """What could be taken for a formula is led in by an apostrophe."""
    text = value.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("-", "+", "=", "@") else text


def _known(cells: Mapping[str, str], column: str) -> str | None:
    text = cells.get(column)
    return None if text in (None, "", "None") else text


@lru_cache(maxsize=1024)
def _word(text: str, words: tuple[str, ...]) -> str:
    """Graph's word, or the text as it is: it then means nothing to any reader."""
    letters = "".join(filter(str.isalnum, text)).lower()
    return next((word for word in words if word.lower() == letters), text)


def _status(cells: Mapping[str, str]) -> tuple[dict[str, Any], str | None]:
    code, called = ending((cells.get("Sign-in error code"), cells.get("Status")))
    return {
        "errorCode": code,
        "failureReason": _known(cells, "Failure reason"),
        "additionalDetails": _known(cells, "Multifactor authentication result"),
    }, called


def _device(cells: Mapping[str, str]) -> dict[str, Any]:
    """A device without an id has an empty one, as in Graph: that says that it is not registered."""
    texts = {field: _known(cells, column) or "" for field, column in _DEVICE.items() if column in cells}
    return texts | {field: flag(cells.get(column)) for field, column in _DEVICE_FLAGS.items()}


def _location(text: str) -> dict[str, str] | None:
    """City, state and country of the address; its country, the last, has two letters, or is empty where the address
    has none that is known. None for any other text."""
    *before, country = (part.strip() for part in text.split(","))
    if len(country) != 2 and (country or not before):
        return None
    place = dict(zip(("city", "state"), before, strict=True)) if len(before) == 2 else {}
    return {**place, "countryOrRegion": country}


def _narrow(row: bytes) -> GraphRow:
    return msgspec.convert(whole(row), GraphRow)


def _wide(row: bytes) -> SeenRow:
    return msgspec.convert(whole(row), SeenRow)


PORTAL_CSV = Format("portal CSV", _narrow, _wide, whole)
