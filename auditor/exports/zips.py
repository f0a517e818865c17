"""What a zip file says of its members, read from its directory.

The standard library's reader finds a member by its name, of two with one name the last, and gives up a whole file
where one name is no text. Here a member is a place in the file, and its name is what people call it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from struct import Struct, error
from typing import BinaryIO

from auditor.exports.part import Member

_END = Struct("<4s4H2LH")
_END_64_AT = Struct("<4sLQL")
_END_64 = Struct("<4sQ2H2L4Q")
_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_EXTRA = Struct("<2H")

_LONGEST_COMMENT = (1 << 16) - 1
_IN_EXTRA = 0xFFFFFFFF
_ENCRYPTED, _UTF_8 = 1, 1 << 11


def members_in(file: BinaryIO) -> Iterator[tuple[str, Member]]:
    """Every member that is no folder, with its name as it is written, in the directory's order. Where bytes of a name
    are no text, marks stand for them. zipfile.BadZipFile when the directory cannot be read."""
    start, size, shift = _directory(file)
    file.seek(start)
    entries = io.BytesIO(file.read(size))
    while head := entries.read(_ENTRY.size):
        try:
            mark, _, _, flags, method, _, _, crc, packed, full, named, more, comment, *_, at = _ENTRY.unpack(head)
        except error:
            raise zipfile.BadZipFile("its directory is cut off") from None
        if mark != b"PK\x01\x02":
            raise zipfile.BadZipFile("its directory is damaged")
        name = entries.read(named).decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
        full, packed, at = _large(entries.read(more), full, packed, at)
        entries.seek(comment, io.SEEK_CUR)
        if not name.endswith(("/", "\\")) or full:
            yield name, Member(at + shift, packed, full, crc, method, bool(flags & _ENCRYPTED))


def _directory(file: BinaryIO) -> tuple[int, int, int]:
    """Where it begins, its size, and how many bytes stand before what the zip file counts from."""
    length = file.seek(0, io.SEEK_END)
    first = max(0, length - _END.size - _LONGEST_COMMENT)
    file.seek(first)
    tail = file.read(length - first)
    found = tail.rfind(b"PK\x05\x06", 0, max(0, len(tail) - _END.size + 4))
    if found < 0:
        raise zipfile.BadZipFile("its directory is missing")
    *_, size, start, _ = _END.unpack_from(tail, found)
    end = first + found
    if end >= _END_64_AT.size:
        file.seek(end - _END_64_AT.size)
        mark, _, at, _ = _END_64_AT.unpack(file.read(_END_64_AT.size))
        if mark == b"PK\x06\x07":
            end -= _END_64_AT.size + _END_64.size
            for place in (at, end):  # the second one where something stands before the zip file
                file.seek(min(place, length))
                record = file.read(_END_64.size)
                if len(record) == _END_64.size and record.startswith(b"PK\x06\x06"):
                    *_, size, start = _END_64.unpack(record)
                    end = place
                    break
    shift = end - size - start
    if shift < 0:
        raise zipfile.BadZipFile("its directory is damaged")
    return start + shift, size, shift


def _large(extra: bytes, *values: int) -> list[int]:
    """The values of an entry, those that need more than four bytes taken from its extra fields, in this order."""
    found = list(values)
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if kind == 1:
            field = io.BytesIO(extra[at : at + length])
            for number, value in enumerate(found):
                if value == _IN_EXTRA:
                    found[number] = int.from_bytes(field.read(8), "little")
        at += length
    return found


def opened_member(file: BinaryIO, member: Member) -> zipfile.ZipExtFile:
    """Its bytes, unpacked while they are read; they are held against the checksum. ValueError (one sentence) when that
    is not possible. OSError, EOFError, zlib.error, BadZipFile may come of reading it."""
    if member.encrypted:
        raise ValueError("it is encrypted")
    if member.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("it is compressed in a way that this program does not know")
    file.seek(min(member.at, file.seek(0, io.SEEK_END)))
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise ValueError("the zip file has no such member")
    *_, named, more = _LOCAL.unpack(head)
    file.seek(named + more, io.SEEK_CUR)
    info = zipfile.ZipInfo()
    info.compress_type, info.compress_size, info.file_size = member.method, member.packed, member.size
    info.CRC = member.crc
    return zipfile.ZipExtFile(file, "r", info)
