"""A part opened as one stream of UTF-8 bytes, whatever it is wrapped in: gzip, zstd, a member of a zip file, UTF-16.

What a file is, its first bytes say and never its name. Everything streams: a small file that unpacks to terabytes
costs time and no memory. What goes wrong on the way ends the stream and no more: what came before it counts.
"""

from __future__ import annotations

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import zstandard

from auditor.encoding import encoding_of
from auditor.exports.part import Part
from auditor.exports.zips import opened_member
from auditor.exports.zstd_frames import ends_whole

BUFFER = 1 << 18
"""Bytes read at a time, and how much of a file's beginning is looked at to tell what it is."""

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_TAR, _TAR_AT = b"ustar", 257
_WRAPPINGS = 4  # one within another, at most

_FAULTS = (OSError, EOFError, zlib.error, zstandard.ZstdError, zipfile.BadZipFile)


class Opened:
    """`file`: the text in UTF-8, without a byte-order mark. `plain`: it is the file's own bytes from `start` on, which
    can be cut by position. `broken()`: why the rest of it could not be read; "" when all could. It is known when the
    end of `file` was reached."""

    def __init__(self, file: io.BufferedReader, stages: tuple[_Stage, ...], start: int) -> None:
        self.file = file
        self.start = start
        self.plain = not stages
        self._stages = stages

    def broken(self) -> str:
        return next((stage.fault for stage in self._stages if stage.fault), "")

    def head(self) -> bytes:
        """The beginning of the text, as far as it is in memory; nothing is taken from it."""
        return self.file.peek(BUFFER)


@contextmanager
def opened(part: Part) -> Iterator[Opened]:
    """OSError when there is no such file, ValueError (one sentence) when it is a member of a zip file that cannot be
    read, a zip file and the part names none of its members, or a tar file."""
    with ExitStack() as stack:
        raw: Any = stack.enter_context(open(part.path, "rb", buffering=0))
        stages: list[_Stage] = []
        if part.member is not None:
            stages.append(_Member(stack.enter_context(opened_member(raw, part.member))))
            raw = stages[0]
        file = stack.enter_context(io.BufferedReader(raw, BUFFER))
        for _ in range(_WRAPPINGS):
            head = file.peek(4)
            if head.startswith(GZIP):
                stages.append(_Gunzip(file))
            elif head.startswith(ZSTD):
                stages.append(_Unzstd(file, None if stages else part.path))
            else:
                break
            file = stack.enter_context(io.BufferedReader(stages[-1], BUFFER))
        head = file.peek(4)
        if head.startswith((ZIP, _EMPTY_ZIP)):
            raise ValueError("it is a zip file, within another file" if stages else "it is a zip file")
        if is_tar(file.peek(512)):
            raise ValueError("it is a tar file, whose members are not read: unpack it")
        start = 0
        encoding, mark = encoding_of(head)
        file.read(mark)
        if encoding:
            stages.append(_Utf8(file, encoding))
            file = stack.enter_context(io.BufferedReader(stages[-1], BUFFER))
        else:
            start = mark
        yield Opened(file, tuple(stages), start)


def is_zip(head: bytes) -> bool:
    """Is a file with these first bytes a zip file?"""
    return head.startswith((ZIP, _EMPTY_ZIP))


def is_tar(head: bytes) -> bool:
    """Is a file with these first bytes a tar file?"""
    return head[_TAR_AT:].startswith(_TAR)


class _Stage(io.RawIOBase):
    """Bytes made out of another stream's. `fault`: why it ended early, or ""."""

    def __init__(self) -> None:
        self.fault = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Full, unless the end is near: what a file is, is told by its first bytes."""
        filled = 0
        while filled < len(buffer) and not self.fault:
            try:
                data = self.more(len(buffer) - filled)
            except _FAULTS as error:
                self.fault = _sentence(error)
                break
            if not data:
                break
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled

    def more(self, most: int) -> bytes:
        """At most so many bytes; none at the end."""
        raise NotImplementedError


def _sentence(error: Exception) -> str:
    return (str(error) or type(error).__name__).rstrip(".")


class _Member(_Stage):
    def __init__(self, member: zipfile.ZipExtFile) -> None:
        super().__init__()
        self._member = member

    def more(self, most: int) -> bytes:
        return self._member.read1(most)


class _Gunzip(_Stage):
    """The standard library's GzipFile loses what it has unpacked when a file is cut off, and is slower."""

    def __init__(self, source: io.BufferedReader) -> None:
        super().__init__()
        self._source = source
        self._inflate = zlib.decompressobj(wbits=31)
        self._packed = b""

    def more(self, most: int) -> bytes:
        while True:
            if not self._packed:
                self._packed = self._source.read(BUFFER)
            if self._inflate.eof:
                # Members may follow one another; zeros may fill up a block.
                self._packed = self._packed.lstrip(b"\0")
                if not self._packed:
                    if self._source.peek(1):
                        continue
                    return b""
                self._inflate = zlib.decompressobj(wbits=31)
            if not self._packed:
                raise EOFError("the compressed file is cut off")
            data = self._inflate.decompress(self._packed, most)
            self._packed = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            if data:
                return data


class _Unzstd(_Stage):
    """`path`: of the file when it is compressed and nothing else; then a cut between two blocks is noticed, too, which
    the library passes over in silence."""

    def __init__(self, source: io.BufferedReader, path: str | None) -> None:
        super().__init__()
        self._reader = zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True, closefd=False)
        self._path = path

    def more(self, most: int) -> bytes:
        data = self._reader.read1(most)
        if not data and self._path is not None:
            with open(self._path, "rb") as file:
                if not ends_whole(file):
                    raise EOFError("the compressed file is cut off")
        return data


class _Utf8(_Stage):
    def __init__(self, source: io.BufferedReader, encoding: str) -> None:
        super().__init__()
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._left = b""

    def more(self, most: int) -> bytes:
        while not self._left:
            data = self._source.read(BUFFER)
            self._left = self._decoder.decode(data, final=not data).encode("utf-8")
            if not data:
                break
        given, self._left = self._left[:most], self._left[most:]
        return given
