"""Objects as the Microsoft Graph PowerShell SDK and `ConvertTo-Json` write them, back to Graph JSON.

Properties begin with capitals there. A complex property that is not set is an object of nothing but nulls. What the
SDK's type does not know stands, under Graph's own name, in `AdditionalProperties`. Windows PowerShell writes dates as
`/Date(milliseconds)/`, and some lists as `{"value": [...], "Count": 2}`. What was cut off for its depth is a text,
where an object or a list should be: it stays one, and whoever reads it refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

# "Id" -> "id", "IPAddress" -> "ipAddress".
_CAPITALS = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z]+")
_DATE = re.compile(r"/Date\((-?\d{1,14})(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MORE = "AdditionalProperties"


def from_power_shell(json: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object as Graph has it; the same one if no name in it begins as PowerShell's do."""
    return _object(json) if _capital(json) else json


def _capital(json: Mapping[str, Any]) -> bool:
    letters = [name[0] for name in json if name[:1].isalpha()]
    return bool(letters) and all(letter.isupper() for letter in letters)


def _object(json: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        _CAPITALS.sub(lambda run: run[0].lower(), name, count=1) if name[:1].isupper() else name: _value(value)
        for name, value in json.items()
        if name != _MORE
    }
    more = json.get(_MORE)
    if isinstance(more, Mapping):
        found.update((name, _value(value)) for name, value in more.items() if found.get(name) is None)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == {"value", "Count"}:
            return _value(value["value"])
        found = _object(value)
        return found if any(each is not None and each != [] for each in found.values()) else None
    if isinstance(value, list):
        return [_value(each) for each in value]
    if isinstance(value, str) and (date := _DATE.fullmatch(value)):
        return _date(int(date[1])) or value
    return value


def _date(milliseconds: int) -> str | None:
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"
