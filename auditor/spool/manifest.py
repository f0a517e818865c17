"""What a collection wrote, file by file, so that later it can be told whether all of it is still there as it was.

    manifest.ndjson     a line for each finished file: its place in the folder, size, rows and SHA-256

A line is added when its file stands under its name. So a collection that was killed has an account of what it
finished. It protects against accident (a copy that stopped, a disk that was restored, a file in quarantine, an edit),
and not against an attacker: who can change a file here can change its line, too.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
from msgspec import Meta

from auditor.spool.private_files import disk_errors, written_whole

NAME = "manifest.ndjson"

FILE = r"^(collection\.json|datasets/[^/\\]+\.json|sign_ins/[^/\\]+\.ndjson\.zst)\Z"
"""The place of any other file that a collection holds."""

GONE = "is gone"

_BLOCK = 1 << 20


class Entry(msgspec.Struct, frozen=True):
    """`file`: its path within the folder, with slashes. `rows`: of a span; the objects of a dataset."""

    # A folder may come from anybody: no path leads out of it.
    file: Annotated[str, Meta(pattern=FILE)]
    size: int
    rows: int
    sha256: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry).decode


class Digested:
    """A binary file that is being written, and what its manifest line says of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def entry(self, file: str, rows: int) -> Entry:
        return Entry(file, self._size, rows, self._digest.hexdigest())


def entry_of(file: str, content: bytes, rows: int = 0) -> Entry:
    return Entry(file, len(content), rows, hashlib.sha256(content).hexdigest())


def append(folder: Path, entry: Entry) -> None:
    path = folder / NAME
    with disk_errors(path):
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o600), "rb+", buffering=0) as file:
            file.write((b"\n" if _is_cut(file) else b"") + _encode(entry) + b"\n")
            os.fsync(file.fileno())


def _is_cut(file: BinaryIO) -> bool:
    """A kill or a full disk may have left half a line, which must not take the next one with it."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


class Manifest:
    """The manifest of a folder. `lost`: the collection has one, and it is not there."""

    def __init__(self, folder: Path, entries: Iterable[Entry], *, lost: bool = False) -> None:
        self.lost = lost
        self._folder = folder
        # A file may have been written twice: the header is, when collecting ends.
        self._entries: dict[str, list[Entry]] = {}
        for entry in entries:
            self._entries.setdefault(entry.file, []).append(entry)

    @property
    def listed(self) -> Mapping[str, Entry]:
        """The files that the collection finished, each with what was written last."""
        return {file: entries[-1] for file, entries in self._entries.items()}

    def doubt(self, file: str) -> str:
        """Why it is not proven that a file is as it was written, as the end of a sentence; "" when that is proven, or
        the file was never written."""
        known = self._entries.get(file)
        found = _size(self._folder / file)
        if known is None:
            return "" if found is None else "is not in the manifest, so nothing proves that it is whole"
        if found is None:
            return GONE
        if found < 0:
            return "is no regular file any more"
        if all(found != entry.size for entry in known):
            size = known[-1].size
            if not found:
                return "is empty"
            return f"was cut to {found:,} of {size:,} bytes" if found < size else "was changed since it was collected"
        try:
            digest = _sha256(self._folder / file)
        except OSError as error:
            return f"cannot be read ({error.strerror or error})"
        if any((found, digest) == (entry.size, entry.sha256) for entry in known):
            return ""
        return "was changed since it was collected"

    def write_anew(self, without: Iterable[str]) -> None:
        """Rewrites the file, without what is to be collected again."""
        left = dict.fromkeys(without)
        with written_whole(self._folder / NAME) as file:
            for name, entries in self._entries.items():
                if name not in left:
                    file.writelines(_encode(entry) + b"\n" for entry in entries)


def manifest_in(folder: Path, *, expected: bool) -> Manifest | None:
    """The manifest of a folder; None where there is none and none is `expected`: version 0.1 wrote none."""
    path = folder / NAME
    if (_size(path) or 0) < 0:
        return Manifest(folder, (), lost=True)
    try:
        return Manifest(folder, _entries(path.read_bytes()))
    except OSError:
        return Manifest(folder, (), lost=True) if expected or path.exists() else None


def _entries(content: bytes) -> Iterator[Entry]:
    """A line that cannot be read proves nothing: its file then counts as not listed."""
    for line in content.splitlines():
        try:
            yield _decode(line)
        except ValueError:
            continue


def _size(path: Path) -> int | None:
    """None when there is no such file, -1 when opening it could wait for ever (a pipe) or is senseless (a folder)."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
