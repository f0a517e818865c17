"""A collected folder where somebody put it: in a zip or tar file, or in another folder.

A packed one is unpacked into a private folder of this process's own, which is gone with the collection. Of its members'
names only those are taken that lie within the collection, and nothing but ordinary files is made.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import weakref
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from auditor.errors import ExportError, SpoolError
from auditor.exports.opening import GZIP, is_tar, is_zip
from auditor.exports.parts import OF_MACOS
from auditor.spool.private_files import disk_errors, make_folder
from auditor.spool.spool import SIGNS, Spool, is_collection

NAMED = 3

_MOST_MEMBERS = 100_000
_MOST_UNPACKED = 100  # times the size of the file: what was collected is compressed, but for a few small files
_SLACK = 256 << 20
_PIECE = 1 << 20
_COMPRESSED = (GZIP, b"BZh", b"\xfd7zXZ")  # as tar files may be
_FAULTS = (ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, tarfile.TarError)

Members = Mapping[PurePosixPath, Callable[[], IO[bytes] | None]]
"""By its path: how a member is opened."""


def collection_at(path: Path) -> Spool | None:
    """The collected folder at `path`: itself, packed in a file, or the only thing in a folder; None where there is
    none. ExportError when there are several, or one beside other things; SpoolError when it cannot be unpacked."""
    if path.is_file():
        return _packed(path)
    if not path.is_dir() or is_collection(path):
        return Spool.open(path) if is_collection(path) else None
    found, others = _within(path)
    if not found:
        return None
    _only(path, [str(each.relative_to(path)) for each in found], others=others, how="Name one of them")
    return collection_at(found[0])


def _within(path: Path) -> tuple[list[Path], bool]:
    """Collected folders in a folder, packed or not, and whether anything else lies there."""
    found: list[Path] = []
    others = False
    for folder, names, files in os.walk(path):
        here = Path(folder)
        if is_collection(here):
            found.append(here)
            names.clear()
            continue
        names[:] = sorted(name for name in names if not name.startswith("."))
        for file in sorted(here / name for name in files if not name.startswith(".")):
            if not file.is_symlink() and file.is_file() and _roots_of(file):
                found.append(file)
            else:
                others = True
    return found, others


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
            spool = Spool.open(place / name)
        except SpoolError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise SpoolError(error.what.replace(str(place / name), str(path)), error.remedy) from error
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    weakref.finalize(spool, shutil.rmtree, place, ignore_errors=True)
    return spool


def _unpack(members: Members, folder: Path, path: Path) -> None:
    left = path.stat().st_size * _MOST_UNPACKED + _SLACK
    make_folder(folder)
    for name, opened in members.items():
        target = folder / name
        make_folder(target.parent)
        try:
            with _opened(opened) as source, disk_errors(target), _new(target) as file:
                while piece := source.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise SpoolError(
                            f"{path} unpacks to more than {_MOST_UNPACKED} times its size.", "Unpack it yourself."
                        )
                    file.write(piece)
        except _FAULTS as error:
            raise SpoolError(f"{path} is damaged: {name}: {error}.", "Copy it again, or unpack it.") from error


def _new(target: Path) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(target, flags, 0o600), "wb")


@contextmanager
def _opened(opened: Callable[[], IO[bytes] | None]) -> Iterator[IO[bytes]]:
    file = opened()
    if file is None:
        raise ValueError("it is no ordinary file")
    with file:
        yield file


def _roots_of(path: Path) -> list[PurePosixPath]:
    with _members(path) as members:
        return _roots(members)


def _roots(members: Members) -> list[PurePosixPath]:
    """The folders in a file that were collected, without those in one of them."""
    roots = {PurePosixPath(*name.parts[: -len(sign.parts)]) for name in members for sign in SIGNS if _ends(name, sign)}
    return sorted(root for root in roots if not any(root != other and root.is_relative_to(other) for other in roots))


def _ends(name: PurePosixPath, sign: PurePosixPath) -> bool:
    return name.parts[-len(sign.parts) :] == sign.parts


@contextmanager
def _members(path: Path) -> Iterator[Members]:
    """The ordinary files in a zip or tar file; none of anything else, or of what cannot be read as one. SpoolError when
    two have one name, or there are too many."""
    with ExitStack() as stack:
        members: Members = {}
        with suppress(OSError, *_FAULTS):
            with open(path, "rb") as file:
                head = file.read(512)
            if is_zip(head):
                members = _listed(path, _zipped(stack.enter_context(zipfile.ZipFile(path))))
            elif (head.startswith(_COMPRESSED) or is_tar(head)) and tarfile.is_tarfile(path):
                members = _listed(path, _tarred(stack.enter_context(tarfile.open(path))))
        yield members


def _zipped(archive: zipfile.ZipFile) -> Iterator[tuple[str, Callable[[], IO[bytes] | None]]]:
    for each in archive.infolist():
        if not each.is_dir():
            yield each.filename, lambda each=each: archive.open(each)  # type: ignore[misc]


def _tarred(archive: tarfile.TarFile) -> Iterator[tuple[str, Callable[[], IO[bytes] | None]]]:
    try:
        for each in archive:
            if not each.isdir():
                yield each.name, lambda each=each: archive.extractfile(each) if each.isreg() else None  # type: ignore[misc]
    except (OSError, EOFError, tarfile.TarError):
        return  # cut off: what is missing, the collection's manifest tells


def _listed(path: Path, found: Iterator[tuple[str, Callable[[], IO[bytes] | None]]]) -> Members:
    members: dict[PurePosixPath, Callable[[], IO[bytes] | None]] = {}
    wrong = ""
    for count, (name, opened) in enumerate(found):
        here = PurePosixPath(name.replace("\\", "/"))
        if any(OF_MACOS.fullmatch(part) for part in here.parts):
            continue
        if any(part in ("..", "/") or ":" in part or "\0" in part for part in here.parts):
            wrong = wrong or f"a member called {name!r}, which would lie outside of its folder"
        elif here in members:
            wrong = wrong or f"{here} twice, and which of them was collected is not known"
        elif count >= _MOST_MEMBERS:
            wrong = wrong or f"more than {_MOST_MEMBERS:,} members"
        else:
            members[here] = opened
    if wrong and _roots(members):
        raise SpoolError(f"{path} holds {wrong}.", "Pack it again.")
    return members
