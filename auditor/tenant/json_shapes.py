"""Fields of decoded JSON by the shape that is wanted of them. `what` names the object in the ValueError that a wrong
shape raises: a twisted field must not turn into an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def text(json: Json, key: str, what: str) -> str:
    """A text that is there and not empty."""
    value = json.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{what} has no usable {key}")
    return value


def maybe_text(json: Json, key: str) -> str | None:
    value = json.get(key)
    return value if isinstance(value, str) else None


def maybe_flag(json: Json, key: str) -> bool | None:
    value = json.get(key)
    return value if isinstance(value, bool) else None


def object_in(json: Json, key: str, what: str) -> Json:
    """The object under `key`; an empty one when it is absent or null; an error when it is something else."""
    value = json.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{what}: {key} is not an object")
    return value


def objects(json: Json, key: str, what: str) -> tuple[Json, ...]:
    """A list of objects; none when it is absent or null; an error when it is something else."""
    value = json.get(key)
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"{what}: {key} is not a list of objects")
    return tuple(value)


def texts(json: Json, key: str, what: str) -> tuple[str, ...]:
    """A list of texts; none when it is absent or null; an error when it is something else."""
    value = json.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{what}: {key} is not a list of texts")
    return tuple(value)


def identity(text: str) -> str:
    """An id as it is compared: it means the same in either case. Words that stand among ids have no hyphen and stay."""
    return text.lower() if "-" in text else text


def identities(json: Json, key: str, what: str) -> tuple[str, ...]:
    """A list of ids, or of words that stand for many."""
    return tuple(map(identity, texts(json, key, what)))


def members(json: Json, key: str, what: str) -> tuple[str, ...]:
    """The members of a flags enum, which Graph writes as one text, divided by commas; beta sometimes as a list."""
    value = json.get(key)
    if isinstance(value, str):
        return tuple(each.strip() for each in value.split(",") if each.strip())
    return texts(json, key, what)
