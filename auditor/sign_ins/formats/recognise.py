"""Which format a row is of, by its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from auditor.sign_ins.formats import kinds, log_analytics, portal_csv
from auditor.sign_ins.formats.diagnostic import DIAGNOSTIC
from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.graph import GRAPH, RESPELT
from auditor.sign_ins.formats.log_analytics import LOG_ANALYTICS
from auditor.sign_ins.formats.portal_csv import PORTAL_CSV
from auditor.sign_ins.formats.respelt import spells_code
from auditor.sign_ins.heads import head
from auditor.sign_ins.rows import NO_ID
from auditor.tenant.mending import mended
from auditor.tenant.shapes import datasets_of, objects_in


@dataclass(frozen=True, slots=True)
class Other:
    """A row that is recognised and is no sign-in of a person. `kind`: one of `kinds`' words, whatever the row says."""

    kind: str


Columns = Mapping[str, msgspec.Raw]

_SIGN_INS_ONLY = ("correlationId", "status", "isInteractive", "clientAppUsed", "resourceDisplayName", "userId")
"""Keys of Graph's sign-ins that its users, applications and policies do not have, which have ids and times as well."""
_INTEGERS = range(-(2**63), 2**63)
_MACHINES = {"servicePrincipal": kinds.SERVICE_PRINCIPALS, "managedIdentity": kinds.MANAGED_IDENTITIES}

_decode_columns = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_any = msgspec.json.Decoder().decode


def format_of(row: bytes) -> Format | Other | None:
    """The format of one row's JSON text; None where it is of none. That the doors of the format read the row is not
    said: its time may be none."""
    columns = _columns(row)
    if columns is None:
        text = mended(row)
        columns = _columns(text) or _columns(head(text))
    if columns is None:
        return None
    if "properties" in columns and "category" in columns:
        return _diagnostic(_text(columns, "category"))
    found = _graph(columns) if "createdDateTime" in columns or "activityDateTime" in columns else _table(columns)
    return Other(kinds.SETTINGS) if found is None and _is_of_settings(columns) else found


def _is_of_settings(columns: Columns) -> bool:
    try:
        return any(map(datasets_of, objects_in({name: _value(columns, name) for name in columns})))
    except RecursionError:
        return False


def _columns(row: bytes) -> Columns | None:
    try:
        return _decode_columns(row)
    except (ValueError, RecursionError):
        return None


def _diagnostic(category: str) -> Format | Other:
    return DIAGNOSTIC if category in kinds.CATEGORIES else Other(kinds.other(category))


def _graph(columns: Columns) -> Format | Other | None:
    if "activityDateTime" in columns and "activityDisplayName" in columns:
        return Other(kinds.SETTINGS if "targetResources" in columns else kinds.AUDITS)
    if "id" not in columns or "createdDateTime" not in columns:
        return None
    if not any(key in columns for key in _SIGN_INS_ONLY) and not any(map(spells_code, columns)):
        return None
    if _text(columns, "userId") in ("", NO_ID):
        events = _value(columns, "signInEventTypes")
        for event in events if isinstance(events, list) else ():
            if isinstance(event, str) and event in _MACHINES:
                return Other(_MACHINES[event])
        if _text(columns, "servicePrincipalId") not in ("", NO_ID):
            return Other(kinds.SERVICE_PRINCIPALS)
    status = _value(columns, "status")
    code = status.get("errorCode") if isinstance(status, dict) else None
    return GRAPH if isinstance(code, int) and not isinstance(code, bool) and code in _INTEGERS else RESPELT


def _table(columns: Columns) -> Format | Other | None:
    named = {portal_csv.name(header): value for header, value in columns.items()}
    if portal_csv.TIME in named:
        return _portal(named)
    named = {log_analytics.name(header): value for header, value in columns.items()}
    table, category = _text(named, "Type"), _text(named, "Category")
    if table in kinds.TABLES:
        return LOG_ANALYTICS
    if "TimeGenerated" not in named and not ("CreatedDateTime" in named and "ResultType" in named):
        return None
    if table:
        return Other(kinds.other(table))
    if category:
        return LOG_ANALYTICS if category in kinds.CATEGORIES else Other(kinds.other(category))
    return LOG_ANALYTICS if "ResultType" in named else None


def _portal(named: Columns) -> Format | Other | None:
    """The portal's files have a column of times by the same name, of whatever log they are."""
    if portal_csv.ID not in named:
        return Other(kinds.AUDITS) if "Activity" in named else None
    if _text(named, portal_csv.USER_ID):
        return PORTAL_CSV
    if _text(named, portal_csv.SERVICE_PRINCIPAL):
        managed = any(header.lower().startswith("managed identity") and _text(named, header) for header in named)
        return Other(kinds.MANAGED_IDENTITIES if managed else kinds.SERVICE_PRINCIPALS)
    if portal_csv.USERNAME in named:
        return PORTAL_CSV
    return Other(kinds.AUTHENTICATION_STEPS) if "Authentication method" in named else None


def _value(columns: Columns, key: str) -> Any:
    """What stands under a key; None where that cannot be read."""
    try:
        return _decode_any(columns[key]) if key in columns else None
    except (ValueError, RecursionError):
        return None


def _text(columns: Columns, key: str) -> str:
    found = _value(columns, key)
    return found.strip() if isinstance(found, str) else ""
