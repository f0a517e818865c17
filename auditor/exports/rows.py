"""The rows of a part, whatever it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeVar

import msgspec

from auditor.exports.blocks import Block, blocks
from auditor.exports.documents import documents
from auditor.exports.lines import lines
from auditor.exports.opening import Opened, opened
from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.tables import header_of, table

Item = TypeVar("Item")


class Shape(Enum):
    """LINES: JSON texts of one line each. DOCUMENTS: any other JSON. TABLE: columns under a line of names."""

    LINES = "lines"
    DOCUMENTS = "documents"
    TABLE = "table"
    UNKNOWN = "unknown"


def rows_in(part: Part, place: Place | None = None) -> Iterator[bytes | Unreadable]:
    """Each row's JSON text; of a table a JSON object of column -> text. In their place what cannot be read, as far as
    one can tell without decoding: a row that is cut off, or larger than 32 MB, text that is no JSON object. Nothing is
    raised: a file that cannot be opened is Unreadable as a whole. Whether a text that looks like an object is JSON
    and a row of a log, whoever decodes it will see. `place`: of this part; it tells where the row at hand stands."""
    return _items(part, place or Place(part), lines)


def blocks_in(part: Part, place: Place) -> Iterator[Block | bytes | Unreadable]:
    """The same, but that lines come in blocks where they can."""
    return _items(part, place, blocks)


def _items(
    part: Part, place: Place, lines: Callable[[io.BufferedReader, Place, int], Iterator[Item]]
) -> Iterator[Item | bytes | Unreadable]:
    try:
        with opened(part) as found:
            shape = shape_of(found.head())
            if shape is Shape.LINES or part.start:
                yield from lines(found.file, place, found.start)
            elif shape is Shape.DOCUMENTS:
                yield from documents(found.file, place)
            elif shape is Shape.TABLE:
                yield from table(found.file, place)
            elif found.head():
                yield Unreadable(part.name, 1, "It is neither JSON nor a table.")
            if why := _broken(found):
                yield Unreadable(part.name, 0, f"The rest could not be read: {why}.")
    except OSError as error:
        yield Unreadable(part.name, 0, f"It could not be read: {error.strerror or error}.")
    except ValueError as error:
        yield Unreadable(part.name, 0, f"It could not be read: {error}.")


def _broken(found: Opened) -> str:
    found.file.read(1)  # a fault shows when the end is reached
    return found.broken()


def shape_of(head: bytes) -> Shape:
    """What a text is, by its beginning. A log whose first line is damaged shows by its second one what it is."""
    text = head.lstrip()
    if text.startswith(b"["):
        return Shape.DOCUMENTS
    line, end, rest = text.partition(b"\n")
    if text.startswith(b"{"):
        return Shape.LINES if end and _is_row(line, rest) else Shape.DOCUMENTS
    second, end, rest = rest.lstrip().partition(b"\n")
    if end and second.startswith(b"{") and _is_row(second, rest):
        return Shape.LINES
    names = header_of(head)
    if b"\0" in line or len(names) < 2 or any(mark in name for name in names for mark in '{"'):
        return Shape.UNKNOWN
    return Shape.TABLE


_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _is_row(line: bytes, rest: bytes) -> bool:
    """Is the first line a whole object, and no list's wrapping? One that no strict decoder reads is taken for whole
    when another one seems to follow."""
    try:
        members = _decode_members(line)
    except (ValueError, RecursionError):
        return line.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")
    return not any(bytes(members.get(name, b"")).startswith(b"[") for name in ("value", "records"))
