"""Rows of a table: CSV by comma, semicolon or tab, with quotes that may hold line breaks, under a line of names.

Every cell is text here. What it means, and that an empty one says nothing, the formats know.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator

import msgspec

from auditor.exports.lines import CUT_OFF, LARGEST, TOO_LARGE
from auditor.exports.part import Unreadable
from auditor.exports.place import Place

DELIMITERS = ",;\t"

_MOST_BREAKS = 1_000
_LAST_CELLS = 1_000
_TOO_BROKEN = "The rest was left aside: too much of it is broken."
_encode = msgspec.json.Encoder().encode


def header_of(head: bytes) -> tuple[str, ...]:
    """The names of the columns, by the beginning of a file; none when it does not begin as a table does."""
    lines = (line.decode("utf-8", "replace") for line in head.lstrip().split(b"\n", 2)[:2])
    return next((_names(line) for line in lines if not _separator(line)), ())


def table(file: io.BufferedReader, place: Place) -> Iterator[bytes | Unreadable]:
    """Each row as the text of a JSON object, from column to cell. Of columns that bear one name the first one that is
    not empty counts."""
    csv.field_size_limit(LARGEST)
    lines = _Lines(file)
    first = next((line for line in lines if line.strip() and not _separator(line)), "")
    names = _names(first)
    delimiter = _delimiter(first)
    distinct = len(set(names)) == len(names)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    breaks = 0
    last_cells: set[str] = set()
    while True:
        place.number = lines.next_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            breaks += 1
            yield place.unreadable(f"It is no row of a table: {error}.")
            if breaks == _MOST_BREAKS:
                yield place.unreadable(_TOO_BROKEN)
                return
            # A quote that is never closed takes in every row behind it: they are read again.
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if lines.unended and cells and _cut(cells[-1], last_cells):
            yield place.unreadable(CUT_OFF)
        elif len(cells) == len(names):
            if len(last_cells) < _LAST_CELLS:
                last_cells.add(cells[-1])
            yield _encode(dict(zip(names, cells, strict=True)) if distinct else _first_of_each(names, cells))
        elif cells:
            yield place.unreadable(f"It has {len(cells)} cells, and the table {len(names)} columns.")


def _cut(cell: str, before: set[str]) -> bool:
    """Whether the last cell of a file without a last line end is a part of one only, by those of the rows before."""
    if cell in before:
        return False
    lengths = {len(each) for each in before}
    return any(each.startswith(cell) for each in before) or (len(lengths) == 1 and len(cell) < min(lengths))


def _first_of_each(names: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=True):
        row[name] = row.get(name) or cell
    return row


def _separator(line: str) -> bool:
    """The line by which spreadsheets are told the delimiter."""
    return line.strip().strip('"').lower().startswith("sep=")


def _names(line: str) -> tuple[str, ...]:
    return tuple(cell.strip(" \t\ufeff") for cell in _cells(line, _delimiter(line)))


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=lambda each: len(_cells(line, each)))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


class _Lines:
    """The text's lines, and how to go back to those of a record that turned out to be broken."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._taken: list[str] = []
        self._again: deque[str] = deque()
        self._number = 0
        self._size = 0
        self.unended = False

    def next_record(self) -> int:
        """A record begins: the number of its first line."""
        self._taken.clear()
        self._size = 0
        return self._number + 1

    def give_back(self) -> None:
        """All lines of the record but its first."""
        self._again.extendleft(reversed(self._taken[1:]))
        self._number -= max(0, len(self._taken) - 1)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self._number += 1
        self._taken.append(line)
        self._size += len(line)
        if self._size > LARGEST:
            raise csv.Error(TOO_LARGE.rstrip(".").lower())
        return line

    def _read(self) -> str:
        line = self._file.readline(LARGEST + 1)
        # Python 3.10's reader refuses a NUL, later ones do not.
        text = line.decode("utf-8", "replace").replace("\0", "\ufffd")
        self.unended = bool(line) and not line.endswith((b"\n", b'"'))
        while len(line) > LARGEST and not line.endswith(b"\n"):
            line = self._file.readline(LARGEST + 1)
        return text
