"""A piece of the input that one process reads by itself."""

from __future__ import annotations

import msgspec


class Member(msgspec.Struct, frozen=True):
    """A member of a zip file, by where it stands: `at` is the byte that it begins at, with a header of its own.
    `packed`, `size`: bytes, as they are and unpacked. `method`: of compression, by the zip format's number."""

    at: int
    packed: int
    size: int
    crc: int
    method: int
    encrypted: bool


class Part(msgspec.Struct, frozen=True):
    """`member`: of a zip file. `start`, `end`: bytes of a plain file of lines, for a part of it; `end` -1: to its end.
    A line belongs to the part that it begins in. `size`: about how many bytes are to be read, for sharing out the work.
    `name`: what people call the file."""

    path: str
    name: str
    size: int
    member: Member | None = None
    start: int = 0
    end: int = -1


class Unreadable(msgspec.Struct, frozen=True):
    """A row, or the rest of a file, that could not be read. `line`: from 1; 0 where lines mean nothing."""

    name: str
    line: int
    why: str
