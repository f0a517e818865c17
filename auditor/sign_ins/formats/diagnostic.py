"""Rows as diagnostic settings send them: an envelope around the properties of a sign-in, under beta's names.

The properties decide. What they lack may come from the envelope: the correlation id, the code (`resultType`), and the
time, which in the envelope tells when the row was sent, minutes after the sign-in: among versions of a row it tells
which is the later one; that a row is not interactive, from the category. Sources: Microsoft Entra "Sign-in log schema
in Azure Monitor" and published rows.
"""

from __future__ import annotations

from typing import Any

import msgspec

from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.graph import decode_narrow, decode_wide
from auditor.sign_ins.formats.kinds import CATEGORIES, SILENT
from auditor.sign_ins.formats.respelt import respelt
from auditor.sign_ins.formats.values import identity
from auditor.sign_ins.rows import AnyRow, GraphRow
from auditor.sign_ins.seen import SeenRow
from auditor.tenant.instant import parse


class _Envelope(msgspec.Struct, kw_only=True, gc=False):
    category: str
    correlationId: str | None = None
    time: str | None = None


class _Narrow(_Envelope, kw_only=True, gc=False):
    properties: GraphRow


class _Wide(_Envelope, kw_only=True, gc=False):
    properties: SeenRow


_NOT_OF_PEOPLE = "not of a category of people's sign-ins"
_decode_envelope = msgspec.json.Decoder(dict[str, Any]).decode
_decode_narrow = msgspec.json.Decoder(_Narrow).decode
_decode_wide = msgspec.json.Decoder(_Wide).decode


def whole(row: bytes) -> dict[str, Any]:
    """The properties, with what they lack out of the envelope."""
    envelope = _decode_envelope(row)
    category, found = envelope.get("category"), envelope.get("properties")
    if not isinstance(category, str) or category not in CATEGORIES:
        raise ValueError(_NOT_OF_PEOPLE)
    if not isinstance(found, dict):
        raise ValueError("without properties")
    if found.get("id") in (None, ""):
        found["id"] = identity(row)
    if found.get("createdDateTime") in (None, ""):
        found["createdDateTime"] = _instant(envelope.get("time"))
    sent = envelope.get("correlationId")
    if found.get("correlationId") in (None, "") and sent and isinstance(sent, str):
        found["correlationId"] = sent
    if found.get("isInteractive") is None and category == SILENT:
        found["isInteractive"] = False
    sent_at = envelope.get("time")
    # It comes first, so that it stands in the head of the row.
    return {"@collected": sent_at if isinstance(sent_at, str) else None, **respelt(found, envelope.get("resultType"))}


def _instant(time: object) -> str:
    if not isinstance(time, str):
        raise ValueError("without a time")
    parse(time)
    return time


def _narrow(row: bytes) -> GraphRow:
    try:
        envelope = _decode_narrow(row)
        found = _completed(envelope, envelope.properties)
    except msgspec.ValidationError:
        found = None
    return decode_narrow(msgspec.json.encode(whole(row))) if found is None else found


def _wide(row: bytes) -> SeenRow:
    try:
        envelope = _decode_wide(row)
        found = _completed(envelope, envelope.properties)
    except msgspec.ValidationError:
        found = None
    return decode_wide(msgspec.json.encode(whole(row))) if found is None else found


def _completed(envelope: _Envelope, row: AnyRow) -> AnyRow | None:
    """The row as `whole` has it, or None where that takes more than the envelope's own fields: no such row is sent as
    a rule."""
    if envelope.category not in CATEGORIES:
        raise ValueError(_NOT_OF_PEOPLE)
    if not row.id or not row.createdDateTime or row.status is None or row.status.errorCode is None:
        return None
    if not row.correlationId and envelope.correlationId:
        row.correlationId = envelope.correlationId
    if row.isInteractive is None and envelope.category == SILENT:
        row.isInteractive = False
    row.collected = envelope.time
    return row


DIAGNOSTIC = Format("diagnostic settings", _narrow, _wide, whole)
