"""Graph's rows as other tools pass them on: nested fields flattened into keys or columns, numbers and flags as text,
the code at the top, or a word in its place.

Only a row whose code does not stand where Graph writes it is looked at so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from auditor.sign_ins.formats.values import code, ending, flag

_NESTED = {name.lower(): name for name in ("status", "deviceDetail", "location")}
_FLAT = re.compile(r"(\w+?)(?:[./]|__?)(\w+)", re.ASCII)
_CODES = frozenset({"errorcode", "resulttype"})
_FLAGS = {"deviceDetail": ("isCompliant", "isManaged")}

_decode_any = msgspec.json.Decoder().decode


def spells_code(key: str) -> bool:
    """Whether a key that is not Graph's own says that a row has a code."""
    return _child(key) == ("status", "errorcode") or key.strip().lower() == "errorcode"


def respelt(row: Mapping[str, Any], *said: object) -> dict[str, Any]:
    """The row as Graph spells it. `said`: what else tells of its end, after all that it says itself."""
    found = dict(row)
    for name, members in _members(row).items():
        found[name] = members | _object(row.get(name))
    top = (value for key, value in row.items() if key.strip().lower() in _CODES)
    found["status"], found["@called"] = status(found.get("status"), _word(row.get("status")), *top, *said)
    if isinstance(found.get("isInteractive"), str):
        found["isInteractive"] = flag(found["isInteractive"])
    return found


def status(value: object, *said: object) -> tuple[dict[str, Any], str | None]:
    """A status as Graph has it, and what the row is called. `value`: an object, its JSON text, or a word; `said`: what
    else tells of the row's end, objects of that kind among it."""
    shown = _object(value)
    told: list[object] = []
    for each in (value, *said):
        told += [found for key, found in _object(each).items() if key.strip().lower() == "errorcode"]
        told.append(_word(value) if each is value else each)
    known, called = ending(told)
    details = {name: text for name, text in shown.items() if name.lower() != "errorcode"}
    return {**details, "errorCode": known}, called


def _word(value: object) -> str | None:
    """A number for a status might be any."""
    return value if isinstance(value, str) and code(value) is None else None


def _object(value: object) -> dict[str, Any]:
    """An object, also out of its JSON text; empty for all else."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = _decode_any(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _members(row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The members of nested objects that stand at the top of the row, by the name of the object."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in row.items():
        parent, name = _child(key)
        nested = _NESTED.get(parent)
        if nested is None:
            continue
        name = key.strip()[-len(name) :]
        name = name[:1].lower() + name[1:]
        if name in _FLAGS.get(nested, ()):
            value = flag(value)
        elif nested == "location" and value == "":
            continue  # an empty cell, not an address of no country
        found.setdefault(nested, {})[name] = value
    return found


def _child(key: str) -> tuple[str, str]:
    """The names that a flat key is made of, in lower case; empty ones where it is none."""
    match = _FLAT.fullmatch(key.strip())
    return (match[1].lower(), match[2].lower()) if match else ("", "")
