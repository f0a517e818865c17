"""Lines many at a time, for whoever can decode them so: that takes two thirds of the time of one after the other."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import NamedTuple

from auditor.exports.lines import each_line, first_line
from auditor.exports.part import Unreadable
from auditor.exports.place import Place

SIZE = 1 << 18
"""Bytes of a block. Few of them stay where a processor finds them fastest."""

_OPENS, _CLOSES = b"{}"


class Block(NamedTuple):
    """Whole lines, each with nothing but one text that begins as an object and ends as one. `text` is theirs only until
    the next block is asked for. `ends`: where each ends, its line end included. `number`: of the first, in the part."""

    text: memoryview
    ends: list[int]
    number: int

    def line(self, index: int) -> bytes:
        return bytes(self.text[self.ends[index - 1] if index else 0 : self.ends[index]])


def blocks(file: io.BufferedReader, place: Place, at: int) -> Iterator[Block | bytes | Unreadable]:
    """As `lines`, but that most lines come in blocks; while one is at hand, `place` stands before it."""
    end = place.part.end if place.part.end >= 0 else sys.maxsize
    at = first_line(file, place.part, at)
    source: io.BufferedReader | io.FileIO = file
    if isinstance(file.raw, io.FileIO):
        # Straight from the file, without a copy in between.
        source = file.raw
        source.seek(at)
    buffer = bytearray(SIZE)
    view = memoryview(buffer)
    have = 0
    while at < end:
        read = source.readinto(view[have:])
        have += read
        # The part's last line, if it is here, is the one that the byte before the part's end is in.
        cut = buffer.find(b"\n", end - 1 - at, have) + 1 if at + have >= end else 0
        cut = cut or buffer.rfind(b"\n", 0, have) + 1
        if cut:
            ends = _ends(buffer, cut)
            if ends:
                yield Block(view[:cut], ends, place.number + 1)
                place.number += len(ends)
            else:
                yield from each_line(_stream(view[:cut]), place, at, end)
            at += cut
            buffer[: have - cut] = buffer[cut:have]
            have -= cut
        elif not read or have == SIZE:
            # The last line, which has no end, or one that is larger than a block: then the rest goes by single lines.
            yield from each_line(_stream(view[:have], source), place, at, end)
            return


def _ends(text: bytearray, size: int) -> list[int]:
    """Where the lines end, or nothing when some of them are no lines of a block."""
    ends = []
    end = 0
    while end < size:
        begins = text[end]
        end = text.find(b"\n", end) + 1
        if begins != _OPENS or text[end - 2] != _CLOSES:
            return []
        ends.append(end)
    return ends


def _stream(text: memoryview, rest: io.BufferedReader | io.FileIO | None = None) -> io.BufferedReader:
    return io.BufferedReader(_Behind(bytes(text), rest), SIZE)


class _Behind(io.RawIOBase):
    """A text, and what follows it."""

    def __init__(self, text: bytes, rest: io.BufferedReader | io.FileIO | None) -> None:
        super().__init__()
        self._text = io.BytesIO(text)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        return self._text.readinto(buffer) or (self._rest.readinto(buffer) if self._rest else 0)
