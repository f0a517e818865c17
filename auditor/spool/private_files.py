"""Files that only their owner may read, written whole or not at all.

The spool holds who signed in where; a half-written file must never pass for a whole one.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from auditor.errors import SpoolError

PART = ".part"


def make_folder(folder: Path) -> None:
    """The folder, and those above it that are missing, for the owner alone."""
    try:
        # One by one: with parents=True only the last would be private.
        for each in (*reversed(folder.parents), folder):
            if not each.exists():
                each.mkdir(mode=0o700)
    except OSError as error:
        raise SpoolError(f"The folder {folder} cannot be made: {error.strerror}.") from error


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A binary file that appears under its name when the block ends well, and not at all when it does not."""
    part = path.with_name(path.name + PART)
    with new_part(part) as file, disk_errors(path):
        yield file
        settle(file, part, path)


@contextmanager
def new_part(part: Path) -> Iterator[io.BufferedWriter]:
    """A new private file that is gone when the block ends, unless `settle` gave it its name."""
    with disk_errors(part):
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    file = os.fdopen(descriptor, "wb")
    try:
        yield file
    finally:
        file.raw.close()  # below the buffer: on a full disk the buffer's own close would fail a second time
        part.unlink(missing_ok=True)


def settle(file: io.BufferedWriter, part: Path, path: Path) -> None:
    """Writes out what is buffered and gives the file its name, in one step."""
    file.flush()
    os.fsync(file.fileno())
    file.close()  # Windows renames no open file
    os.replace(part, path)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns what the operating system says about `path` into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SpoolError(
                f"The disk is full: {path} could not be written.",
                "What was collected before is whole. Make room, then run the same command again: it goes on there.",
            ) from error
        raise SpoolError(f"{path} could not be written: {error.strerror or error}.") from error
