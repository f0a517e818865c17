"""Rows of the Log Analytics tables SigninLogs and AADNonInteractiveUserSignInLogs, as JSON or as CSV.

Columns are Graph's fields with a capital. Those of type dynamic are values or JSON text, by the way they were exported;
one whose text is broken (spreadsheets cut it) is left out, which costs no row. Everything may be text: "True", "None".
`Status` decides the code, `ResultType` where it has none. `TimeGenerated` is when the row arrived, minutes later: it
stands for no `CreatedDateTime`, and tells which version of a row is the later one. The Logs page's "Export to CSV"
writes times in the words of whoever exports ("3/4/2026, 1:45:17.287 PM"): they are refused, not guessed. Source: Azure
Monitor's table reference, published exports.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from auditor.sign_ins.circumstances import Audience, Context, Location, Network
from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.graph import decode_narrow, decode_wide
from auditor.sign_ins.formats.kinds import CATEGORIES, SILENT, TABLES
from auditor.sign_ins.formats.respelt import status as status_of
from auditor.sign_ins.formats.values import code, flag, identity
from auditor.sign_ins.rows import GraphRow, Status
from auditor.sign_ins.seen import AppliedPolicy, Lifetime, Requirement, SeenDevice, SeenRow, SeenStatus
from auditor.tenant.mending import mended

T = TypeVar("T")

# Fields whose column is not the field with a capital. ResourceId is the log's own resource in Azure.
_COLUMNS = {
    "ipAddress": "IPAddress",
    "resourceId": "ResourceIdentity",
    "location": "LocationDetails",
    "appliedConditionalAccessPolicies": "ConditionalAccessPolicies",
    "timeReceived": "_TimeReceived",
}


def _column(field: str) -> str:
    return _COLUMNS.get(field, field[:1].upper() + field[1:])


class _Narrow(msgspec.Struct, rename=_column, gc=False):
    createdDateTime: str
    id: str | None = None
    userId: str | None = None
    correlationId: str | None = None
    appId: str | None = None
    userPrincipalName: str | None = None
    appDisplayName: str | None = None
    homeTenantId: str | None = None
    resourceTenantId: str | None = None
    userType: str | None = None
    isInteractive: bool | str | None = None
    status: msgspec.Raw = msgspec.Raw()
    resultType: str | int | float | None = None
    type: str | None = None
    category: str | None = None
    timeGenerated: str | None = None
    timeReceived: str | None = None


class _Wide(_Narrow, rename=_column, gc=False):
    resourceId: str | None = None
    clientAppUsed: str | None = None
    ipAddress: str | None = None
    riskLevelDuringSignIn: str | None = None
    conditionalAccessStatus: str | None = None
    crossTenantAccessType: str | None = None
    resourceOwnerTenantId: str | None = None
    authenticationProtocol: str | None = None
    originalTransferMethod: str | None = None
    resourceDisplayName: str | None = None
    appOwnerTenantId: str | None = None
    deviceDetail: msgspec.Raw = msgspec.Raw()
    location: msgspec.Raw = msgspec.Raw()
    appliedConditionalAccessPolicies: msgspec.Raw = msgspec.Raw()
    conditionalAccessAudiences: msgspec.Raw = msgspec.Raw()
    authenticationContextClassReferences: msgspec.Raw = msgspec.Raw()
    networkLocationDetails: msgspec.Raw = msgspec.Raw()
    authenticationRequirementPolicies: msgspec.Raw = msgspec.Raw()
    sessionLifetimePolicies: msgspec.Raw = msgspec.Raw()


class _Status(msgspec.Struct, gc=False):
    errorCode: int | float | str | None = None
    additionalDetails: Any = None


_TEXTS = (
    "userId",
    "correlationId",
    "appId",
    "userPrincipalName",
    "appDisplayName",
    "homeTenantId",
    "resourceTenantId",
    "userType",
    "resourceId",
    "clientAppUsed",
    "ipAddress",
    "riskLevelDuringSignIn",
    "conditionalAccessStatus",
    "crossTenantAccessType",
    "resourceOwnerTenantId",
    "authenticationProtocol",
    "originalTransferMethod",
    "resourceDisplayName",
    "appOwnerTenantId",
)
_MORE_TEXTS = (
    "authenticationRequirement",
    "originalRequestId",
    "riskDetail",
    "riskLevelAggregated",
    "riskState",
    "sessionId",
    "tokenIssuerType",
    "uniqueTokenIdentifier",
    "userAgent",
    "userDisplayName",
)
_DYNAMIC: dict[str, Callable[[bytes], Any]] = {
    "deviceDetail": msgspec.json.Decoder(SeenDevice).decode,
    "location": msgspec.json.Decoder(Location).decode,
    "conditionalAccessAudiences": msgspec.json.Decoder(list[Audience]).decode,
    "authenticationContextClassReferences": msgspec.json.Decoder(list[Context]).decode,
    "networkLocationDetails": msgspec.json.Decoder(list[Network]).decode,
    "authenticationRequirementPolicies": msgspec.json.Decoder(list[Requirement]).decode,
    "sessionLifetimePolicies": msgspec.json.Decoder(list[Lifetime]).decode,
}
_MORE_DYNAMIC: dict[str, Callable[[bytes], Any]] = {
    "appliedConditionalAccessPolicies": msgspec.json.Decoder(list[AppliedPolicy]).decode,
    "authenticationDetails": msgspec.json.Decoder(list[Any]).decode,
    "authenticationProcessingDetails": msgspec.json.Decoder(list[Any]).decode,
    "mfaDetail": msgspec.json.Decoder(dict[str, Any]).decode,
}
_decode_narrow = msgspec.json.Decoder(_Narrow).decode
_decode_wide = msgspec.json.Decoder(_Wide).decode
_decode_columns = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_any = msgspec.json.Decoder().decode
_decode_text = msgspec.json.Decoder(str).decode
_decode_status = msgspec.json.Decoder(_Status).decode


@lru_cache(maxsize=1024)
def name(header: str) -> str:
    """A column's name. The Logs page writes "CreatedDateTime [UTC]"."""
    return header.strip("\ufeff \t").removesuffix(" [UTC]")


def _narrow(row: bytes) -> GraphRow:
    try:
        found = _decode_narrow(row)
    except msgspec.ValidationError:
        return decode_narrow(msgspec.json.encode(whole(row)))
    silent = _silent(found.type, found.category, found.resultType)
    code, called = _ended(found.status, _fitting(found.status, _decode_status), found.resultType)
    return GraphRow(
        _text(found.id) or identity(row),
        found.createdDateTime,
        Status(code),
        _text(found.userId),
        _text(found.correlationId),
        _text(found.appId),
        _text(found.userPrincipalName),
        _text(found.appDisplayName),
        _text(found.homeTenantId),
        _text(found.resourceTenantId),
        _text(found.userType),
        _interactive(found.isInteractive, silent),
        called,
        _text(found.timeGenerated) or _text(found.timeReceived),
    )


def _wide(row: bytes) -> SeenRow:
    try:
        found = _decode_wide(row)
    except msgspec.ValidationError:
        return decode_wide(msgspec.json.encode(whole(row)))
    silent = _silent(found.type, found.category, found.resultType)
    status = _fitting(found.status, _decode_status)
    code, called = _ended(found.status, status, found.resultType)
    details = status[1].additionalDetails if status else None
    policies = _fitting(found.appliedConditionalAccessPolicies, _MORE_DYNAMIC["appliedConditionalAccessPolicies"])
    columns: dict[str, Any] = {field: _text(getattr(found, field)) for field in _TEXTS}
    for field, decode in _DYNAMIC.items():
        fitting = _fitting(getattr(found, field), decode)
        columns[field] = fitting[1] if fitting else None
    return SeenRow(
        id=_text(found.id) or identity(row),
        createdDateTime=found.createdDateTime,
        status=SeenStatus(code, details if isinstance(details, str) else None),
        isInteractive=_interactive(found.isInteractive, silent),
        called=called,
        collected=_text(found.timeGenerated) or _text(found.timeReceived),
        appliedConditionalAccessPolicies=msgspec.Raw(policies[0]) if policies else msgspec.Raw(),
        **columns,
    )


def whole(row: bytes) -> dict[str, Any]:
    """The columns that Graph has a name for. An empty text is an absent one."""
    columns = {name(header): value for header, value in _decode_columns(row).items()}

    def column(field: str) -> Any:
        value = bytes(columns.get(_column(field), b""))
        return _decode_any(value) if value and value[:1] not in (b"{", b"[") else None

    def text(field: str) -> str | None:
        value = column(field)
        return _text(value) if isinstance(value, str) else None

    result = column("resultType")
    silent = _silent(text("type"), text("category"), result)
    created = column("createdDateTime")
    if not isinstance(created, str):
        raise ValueError("without CreatedDateTime")
    found: dict[str, Any] = {"id": text("id") or identity(row), "createdDateTime": created}
    status = _fitting(columns.get("Status", b""), _decode_status)
    code, called = _ended(columns.get("Status", b""), status, result)
    found["status"] = {**(_built(status) if status else {}), "errorCode": code}
    found |= {"@called": called, "@collected": text("timeGenerated") or text("timeReceived")}
    interactive = _interactive(column("isInteractive"), silent)
    if interactive is not None:
        found["isInteractive"] = interactive
    found |= {field: value for field in (*_TEXTS, *_MORE_TEXTS) if (value := text(field))}
    for field, decode in {**_DYNAMIC, **_MORE_DYNAMIC}.items():
        fitting = _fitting(columns.get(_column(field), b""), decode)
        if fitting:
            found[field] = _built(fitting)
    return found


def _silent(table: str | None, category: str | None, result: object) -> bool:
    """Whether the row's table or category says that it is not interactive. ValueError for a row of another log."""
    table, category = _text(table), _text(category)
    if table is None and category is None and result is None:
        raise ValueError("neither a table, a category nor a result type")
    if (table or "SigninLogs") not in TABLES or (category or SILENT) not in CATEGORIES:
        raise ValueError("not of a table of people's sign-ins")
    return TABLES.get(table or "") == SILENT or category == SILENT


def _text(value: str | None) -> str | None:
    return None if value in ("", "None") else value


def _interactive(value: object, silent: bool) -> bool | None:
    said = flag(value)
    return False if said is None and silent else said


def _ended(
    column: msgspec.Raw | bytes, status: tuple[bytes, _Status] | None, result: object
) -> tuple[int | None, str | None]:
    """The code, and what the row is called where it has none."""
    known = code(status[1].errorCode) if status else None
    if known is not None:
        return known, None
    try:
        shown = _decode_any(column) if column else None
    except (ValueError, RecursionError):
        shown = None
    found, called = status_of(shown, result)
    return found["errorCode"], called


def _fitting(column: msgspec.Raw | bytes, decode: Callable[[bytes], T]) -> tuple[bytes, T] | None:
    """The JSON of a dynamic column, be it a value or text, and what it decodes to; None where it does not."""
    json = bytes(column)
    if json[:1] == b'"':
        text = _text(_decode_text(json))
        json = b"" if text is None else text.encode()
    if not json or json == b"null":
        return None
    try:
        return json, decode(json)
    except (ValueError, RecursionError):
        json = mended(json)
    try:
        return json, decode(json)
    except (ValueError, RecursionError):
        return None


def _built(fitting: tuple[bytes, object]) -> Any:
    """The whole value of a dynamic column; where it holds what cannot be read, as much as was read of it."""
    try:
        return _decode_any(fitting[0])
    except (ValueError, RecursionError):
        return msgspec.to_builtins(fitting[1])


LOG_ANALYTICS = Format("Log Analytics", _narrow, _wide, whole)
