"""JSON texts of one line each: the shape that a big log has, and so the fast one."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from functools import partial

from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place

LARGEST = 32 << 20
"""Bytes of the largest row that is read. Microsoft's are some thousand bytes."""

CUT_OFF = "The file ends within it."
TOO_LARGE = f"It is larger than {LARGEST >> 20} MB."
NO_OBJECT = "It is no JSON object."


def lines(file: io.BufferedReader, place: Place, at: int) -> Iterator[bytes | Unreadable]:
    """The lines of a part, as they are but for blank ones; `file` stands at byte `at`, which is the part's start or,
    behind a byte-order mark, nearly so. A part that starts within a file begins with the line after."""
    part = place.part
    yield from each_line(file, place, first_line(file, part, at), part.end if part.end >= 0 else sys.maxsize)


def first_line(file: io.BufferedReader, part: Part, at: int) -> int:
    """Goes to the first line of a part, and gives its position; `file` stands at `at`."""
    if not part.start:
        return at
    # From one byte before: a line that begins right at the start is this part's.
    file.seek(part.start - 1)
    return part.start - 1 + _skip_line(file, b"")


def each_line(file: io.BufferedReader, place: Place, at: int, end: int) -> Iterator[bytes | Unreadable]:
    """The lines from here on that begin before byte `end`; `file` stands at `at`, at the beginning of a line."""
    read = partial(file.readline, LARGEST + 1)
    for line in iter(read, b""):
        if at >= end:
            return
        place.number += 1
        at += len(line)
        if line.startswith(b"{") and line.endswith(b"}\n"):
            yield line
            continue
        if len(line) > LARGEST:
            at += _skip_line(file, line)
            yield place.unreadable(TOO_LARGE)
            continue
        text = line.strip()
        if text.startswith(b"{") and text.endswith(b"}"):
            yield line
        elif text:
            cut_off = text.startswith(b"{") and not line.endswith(b"\n")
            yield place.unreadable(CUT_OFF if cut_off else NO_OBJECT)


def _skip_line(file: io.BufferedReader, line: bytes) -> int:
    """Reads to the end of the line that began with `line`, without holding it; how many bytes that were."""
    skipped = 0
    while not line.endswith(b"\n"):
        line = file.readline(1 << 20)
        if not line:
            break
        skipped += len(line)
    return skipped
