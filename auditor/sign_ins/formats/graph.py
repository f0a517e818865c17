"""Rows of Graph JSON: v1.0 and beta answers, the spool, the portal's JSON downloads, which have beta's keys.

The sign-ins of service principals and managed identities that beta answers with have the same shape:
`recognise.format_of` tells them apart. Rows whose code does not stand where Graph writes it are spelt anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec

from auditor.sign_ins.catalogue import interrupt_codes
from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.respelt import respelt
from auditor.sign_ins.heads import head, is_enough
from auditor.sign_ins.rows import CountedRow, GraphRow, decode
from auditor.sign_ins.seen import SeenRow

_decode_wide = msgspec.json.Decoder(SeenRow).decode
_decode_whole = msgspec.json.Decoder(dict[str, Any]).decode
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.encode


def decode_narrow(row: bytes) -> GraphRow:
    """What classification needs: of an interrupt all of it, of another row at least what counting needs. Of the rest a
    field of a shape that is not known is left out, and of a row that is broken behind its head what is broken."""
    found = _by_head(row)
    if found is not None and found.status is not None and found.status.errorCode not in interrupt_codes():
        return found
    try:
        return decode(row)
    except (ValueError, RecursionError):
        found = _fitting(row) or found
        if found is None:
            raise
        return found


def _by_head(row: bytes) -> GraphRow | None:
    try:
        found = decode(head(row))
    except (ValueError, RecursionError):
        return None
    return found if is_enough(found) else None


def _fitting(row: bytes) -> GraphRow | None:
    try:
        fields = _decode_fields(row)
        known = _known(fields, GraphRow)
        if any(name in fields and name not in known for name in CountedRow.__struct_fields__):
            return None
        return decode(_encode(known))
    except (ValueError, RecursionError):
        return None


def decode_wide(row: bytes) -> SeenRow:
    """What the narrow door reads this one reads, too, if it is whole. Were the row refused for a field of a shape that
    is not known, an interrupt would be missed that others count."""
    try:
        return _decode_wide(row)
    except msgspec.ValidationError:
        narrow = decode_narrow(row)
        return _decode_wide(_encode({"status": narrow.status, **_known(_decode_fields(row), SeenRow)}))


def _known(fields: Mapping[str, msgspec.Raw], of: type[GraphRow]) -> dict[str, object]:
    return {
        name: fields[name] for name, decode in _decoders(of).items() if name in fields and _fits(fields[name], decode)
    }


@cache
def _decoders(of: type[GraphRow]) -> dict[str, Callable[[msgspec.Raw], object]]:
    return {field.encode_name: msgspec.json.Decoder(field.type).decode for field in msgspec.structs.fields(of)}


def _fits(value: msgspec.Raw, decode_field: Callable[[msgspec.Raw], object]) -> bool:
    try:
        decode_field(value)
    except msgspec.ValidationError:
        return False
    return True


def _respelt(row: bytes) -> dict[str, Any]:
    return respelt(_decode_whole(row))


def _narrow_respelt(row: bytes) -> GraphRow:
    return decode_narrow(_encode(_respelt(row)))


def _wide_respelt(row: bytes) -> SeenRow:
    return decode_wide(_encode(_respelt(row)))


GRAPH = Format("Graph JSON", decode_narrow, decode_wide, _decode_whole)
RESPELT = Format("Graph JSON, respelt", _narrow_respelt, _wide_respelt, _respelt)
