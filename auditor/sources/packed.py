"""A collected folder where somebody put it: in a zip or tar file, or in another folder.

A packed one is unpacked into a private folder of this process's own, which is gone with the collection. Only what a
collection holds is made there, and nothing but ordinary files; messages name where it was packed.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import BufferedIOBase
from pathlib import Path, PurePosixPath
from typing import IO, NoReturn

from auditor.errors import ExportError, SpoolError
from auditor.exports.opening import GZIP, is_tar, is_zip
from auditor.exports.zips import members_in, opened_member
from auditor.spool.manifest import FILE, NAME
from auditor.spool.spool import BEGINNING, SIGN_INS, Spool, is_collection, shows_collection

try:
    from lzma import LZMAError
except ImportError:  # some Pythons are built without it, and then no such file is opened
    LZMAError = EOFError  # type: ignore[misc, assignment]

NAMED = 3

_MOST_MEMBERS = 100_000
_MOST_UNPACKED = 100  # times the size of the file: what was collected is compressed, but for a few small files
_SLACK = 256 << 20
_PIECE = 1 << 20
_COMPRESSED = (GZIP, b"BZh", b"\xfd7zXZ")  # as tar files may be
_FAULTS = (OSError, ValueError, EOFError, zlib.error, LZMAError, zipfile.BadZipFile, tarfile.TarError)
_HOLDS = re.compile(FILE)
_UNPACK = "Copy it again, or unpack it, and name the folder that auditor collected."

Opener = Callable[[], IO[bytes] | BufferedIOBase]
Members = Mapping[PurePosixPath, Opener]
"""By its path: how a member is opened."""


def collection_at(path: Path) -> Spool | None:
    """The collected folder at `path`: itself, packed in a file, or the only thing in a folder; None where there is
    none. ExportError when there are several, one beside other things, or only the datasets of one are named; SpoolError
    when it cannot be unpacked."""
    _not_of_one(path)
    if path.is_file():
        return _packed(path)
    if not path.is_dir() or is_collection(path):
        return Spool.open(path) if is_collection(path) else None
    found, others = _within(path)
    if not found:
        return None
    _only(path, [str(each.relative_to(path)) for each in found], others=others, how="Name one of them")
    return collection_at(found[0])


def _not_of_one(path: Path) -> None:
    """Datasets alone would pass for exports, which say nothing of how collecting them ended."""
    here = path.absolute()
    for depth, folder in enumerate(list(here.parents)[:2], 1):
        if here.parts[-depth] == "datasets" and is_collection(folder):
            raise ExportError(f"{path} is a part of what auditor collected.", f"Name the whole of it: {folder}.")


def _within(path: Path) -> tuple[list[Path], bool]:
    """Collected folders in a folder, packed or not, and whether anything else lies there."""
    found: list[Path] = []
    others = False
    for folder, names, files in os.walk(path, onerror=unlistable):
        here = Path(folder)
        if is_collection(here):
            found.append(here)
            names.clear()
            continue
        names[:] = sorted(name for name in names if not name.startswith("."))
        others = others or any((here / name).is_symlink() for name in names)
        for file in sorted(here / name for name in files if not name.startswith(".")):
            if not file.is_symlink() and file.is_file() and _roots_of(file):
                found.append(file)
            else:
                others = True
    return found, others


def unlistable(error: OSError) -> NoReturn:
    raise ExportError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error


def _only(path: Path, found: Sequence[str], *, others: bool, how: str) -> None:
    if len(found) == 1 and not others:
        return
    named = ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")
    what = f"{len(found)} collected folders" if len(found) > 1 else "a collected folder"
    beside = " beside other files" if others else ""
    raise ExportError(f"{path} holds {what}{beside}: {named}.", f"{how}.")


def _packed(path: Path) -> Spool | None:
    with _members(path) as members:
        roots = _roots(members)
        if not roots:
            return None
        outside = any(not any(name.is_relative_to(root) for root in roots) for name in members)
        _only(path, [str(root) for root in roots], others=outside, how="Unpack the file, and name one of them")
        (root,) = roots
        # The report may name the folder: by the name that it has when a person unpacks the file.
        name = root.name or path.name.partition(".")[0] or "collection"
        place = Path(tempfile.mkdtemp(prefix="auditor-"))
        try:
            _unpack({each.relative_to(root): members[each] for each in members}, place / name, path)
            spool = Spool.open(place / name, path / root)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    weakref.finalize(spool, shutil.rmtree, place, ignore_errors=True)
    return spool


def _unpack(members: Members, folder: Path, path: Path) -> None:
    for each in (folder, folder / "datasets", folder / SIGN_INS):
        each.mkdir(mode=0o700)
    left = path.stat().st_size * _MOST_UNPACKED + _SLACK
    for name, opened in members.items():
        try:
            if str(name) == NAME or _HOLDS.match(str(name)):
                left -= _written(opened, folder / name, left)
            elif name.parts[0] == SIGN_INS and name.parts[1:]:
                # What else lies among the sign-ins is told of by its name, and never read.
                (folder / SIGN_INS / name.parts[1]).touch(mode=0o600)
        except _FAULTS as error:
            raise SpoolError(f"{name} in {path} cannot be unpacked: {_why(error)}.", _UNPACK) from error
        if left < 0:
            raise SpoolError(f"{path} unpacks to more than {_MOST_UNPACKED} times its size.", "Unpack it yourself.")


def _written(opened: Opener, target: Path, most: int) -> int:
    """How many bytes the member has; it is given up beyond `most`."""
    size = 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with opened() as source, os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        while size <= most and (piece := source.read(_PIECE)):
            size += len(piece)
            file.write(piece)
    return size


def _roots_of(path: Path) -> list[PurePosixPath]:
    with _members(path) as members:
        return _roots(members)


def _roots(members: Members) -> list[PurePosixPath]:
    """The folders in a file that were collected, without those in one of them."""
    roots = {
        PurePosixPath(*name.parts[:-depth])
        for name, opened in members.items()
        for depth in (1, 2)
        if shows_collection(PurePosixPath(*name.parts[-depth:]), partial(_beginning, opened))
    }
    return sorted(root for root in roots if not any(root != other and root.is_relative_to(other) for other in roots))


def _beginning(opened: Opener) -> bytes:
    with suppress(*_FAULTS), opened() as file:
        return file.read(BEGINNING)
    return b""


@contextmanager
def _members(path: Path) -> Iterator[Members]:
    """The ordinary files in a zip or tar file; none of anything else, or of what cannot be read as one. SpoolError when
    a collection is among them and they cannot all be listed, two have one name, or there are too many."""
    with ExitStack() as stack:
        members: Members = {}
        with suppress(*_FAULTS):
            file = stack.enter_context(open(path, "rb"))
            head = file.read(512)
            if is_zip(head):
                zipped = ((name, partial(opened_member, file, each)) for name, each in members_in(file))
                members = _listed(path, zipped)
            elif (head.startswith(_COMPRESSED) or is_tar(head)) and tarfile.is_tarfile(path):
                members = _listed(path, _tarred(stack.enter_context(tarfile.open(path))))
        yield members


def _tarred(archive: tarfile.TarFile) -> Iterator[tuple[str, Opener]]:
    for each in archive:
        if not each.isdir():
            yield each.name, partial(_opened_in, archive, each)
    assert archive.fileobj is not None
    while archive.fileobj.read(_PIECE):
        pass  # a compressed file is held against its checksum at its end


def _opened_in(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member) if member.isreg() else None
    if file is None:
        raise ValueError("it is no ordinary file")
    return file


def _listed(path: Path, found: Iterator[tuple[str, Opener]]) -> Members:
    members: dict[PurePosixPath, Opener] = {}
    wrong = ""
    try:
        for count, (name, opened) in enumerate(found):
            here = PurePosixPath(name.replace("\\", "/"))
            if any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in here.parts):
                continue  # hidden, as in a folder
            if any(part in ("..", "/") or ":" in part or "\0" in part for part in here.parts):
                wrong = wrong or f"a member called {name!r}, which would lie outside of its folder"
            elif here in members:
                wrong = wrong or f"{here} twice, and which of them was collected is not known"
            elif count >= _MOST_MEMBERS:
                wrong = wrong or f"more than {_MOST_MEMBERS:,} members"
            else:
                members[here] = opened
    except _FAULTS as error:
        wrong = wrong or f"more than can be read: {_why(error)}"
    if wrong and _roots(members):
        raise SpoolError(f"{path} holds {wrong}.", "Copy it again, or pack it again.")
    return members


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", "") or error or type(error).__name__).rstrip(".")
