"""One folder of collected data of one tenant.

    collection.json             what was asked: tenant, window, source; and whether collecting came to its end
    datasets/NAME.json          one dataset: how reading it ended, and Graph's own JSON, untouched
    sign_ins/START--END--ROWS.ndjson.zst
                                the sign-ins of one span of time (start included, end excluded), one row of Graph
                                JSON a line, in the order they were read
    manifest.ndjson             of each of these files its size, rows and SHA-256 (see `auditor.spool.manifest`)
    set_aside/                  files that a later run found changed, and read again
    lock                        held while a run writes here

A file that bears its name was whole when it got it: everything is written under another name first. So the spans of
the sign-in files are at the same time what the log covers and where a stopped run goes on. What became of the files
since then the manifest tells.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, BinaryIO, Literal

import msgspec
from msgspec import Meta

from auditor.errors import SpoolError
from auditor.spool.manifest import NAME as MANIFEST
from auditor.spool.manifest import Digested, Entry, Manifest, append, entry_of, manifest_in
from auditor.spool.private_files import PART, disk_errors, make_folder, new_part, settle, written_whole

SCHEMA = "auditor/spool/v1"

State = Literal["collected", "partial", "missing"]

HEADER = "collection.json"
SIGN_INS = "sign_ins"
COPY_AGAIN = "Copy the whole folder again from where it was collected, or collect again."

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}\.\d{7}Z)--(\d{4}-\d\d-\d\dT\d{6}\.\d{7}Z)--(\d+)\.ndjson\.zst", re.ASCII)
_UNSAFE = re.compile(rb"[\r\n]")


class Attested(msgspec.Struct, frozen=True):
    """The admin's word on the stay-signed-in setting, as the config had it."""

    setting: Literal["shown", "hidden"]
    by: str
    on: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """`window_start`, `window_end`, `started`: instants with seven digits and Z, fixed when collecting begins.
    `source`: what the report says of where the data came from. `break_glass`: the emergency accounts as the config
    names them, and so to be looked up. `attestation` and `admin_sign_in_hours` are here so that the folder alone gives
    the same report. `manifest`: there is one; version 0.1 wrote none. `complete`: collecting came to its end, whatever
    could be read."""

    schema: str = SCHEMA
    tenant: str
    started: str
    window_start: str
    window_end: str
    datasets: tuple[str, ...]
    source: dict[str, str]
    break_glass: tuple[str, ...] = ()
    attestation: Attested | None = None
    admin_sign_in_hours: Annotated[int, Meta(ge=1)] = 4
    manifest: bool = False
    complete: bool = False


class StoredDataset(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: collected, partial or missing. `value`: Graph's objects, as they came. `read`: when. `beside`: what was
    read to judge it by, each as a dataset of its own; version 0.1 read nothing."""

    name: str
    state: State
    reason: str = ""
    remedy: str = ""
    read: str
    value: list[msgspec.Raw] = []
    beside: dict[str, StoredDataset] = {}

    def objects(self) -> list[Any]:
        return [msgspec.json.decode(raw) for raw in self.value]


@dataclass(frozen=True, slots=True)
class Span:
    """One file of sign-ins: `start` included, `end` excluded, as seven-digit instants."""

    start: str
    end: str
    rows: int
    path: Path

    @property
    def file(self) -> str:
        """Its place in the folder, as the manifest has it."""
        return f"{SIGN_INS}/{self.path.name}"


class Spool:
    """An existing folder of collected data. `Spool.create` makes one, `Spool.open` reads one. `called`: what people
    know it by, which is another path where `folder` is a copy of what lies there."""

    def __init__(self, folder: Path, header: Header, called: Path | None = None) -> None:
        self.folder = folder
        self.header = header
        self.called = called or folder

    @classmethod
    def create(cls, folder: Path, header: Header) -> Spool:
        # The header first: whatever a kill leaves behind is then known for what it is.
        make_folder(folder)
        spool = cls(folder, msgspec.structs.replace(header, manifest=True))
        spool._write_header()
        spool._note_header()
        return spool

    @classmethod
    def open(cls, folder: Path, called: Path | None = None) -> Spool:
        path = (called or folder) / HEADER
        try:
            header = msgspec.json.decode(_content(folder / HEADER), type=Header)
        except FileNotFoundError:
            if is_collection(folder):
                raise SpoolError(f"{path} is gone: nothing says what was collected here.", COPY_AGAIN) from None
            raise SpoolError(
                f"{folder} holds no collection.json, so it is no folder that auditor collected.",
                "Name the folder that `auditor collect -o FOLDER` was given.",
            ) from None
        except OSError as error:
            raise SpoolError(f"{path} cannot be read: {error.strerror or error}.") from error
        except (ValueError, RecursionError) as error:
            raise SpoolError(f"{path} is damaged: {error}.", "Collect again into another folder.") from error
        if header.schema != SCHEMA:
            raise SpoolError(
                f"{path} has the schema {header.schema!r}, and this version reads {SCHEMA!r}.",
                "Read it with the version of auditor that wrote it, or collect again.",
            )
        return cls(folder, header, called)

    def finish(self) -> None:
        self.header = msgspec.structs.replace(self.header, complete=True)
        self._note_header()  # before it is written: no kill leaves a finished collection whose header is not proven
        self._write_header()

    def _write_header(self) -> None:
        with written_whole(self.folder / HEADER) as file:
            file.write(self._header())

    def _header(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self.header))

    def _note_header(self) -> None:
        self._note(entry_of(HEADER, self._header()))

    def _note(self, entry: Entry) -> None:
        if self.header.manifest:
            append(self.folder, entry)

    def manifest(self) -> Manifest | None:
        """What was written here, to hold the files against. None: the collection is of version 0.1, which kept none."""
        return manifest_in(self.folder, expected=self.header.manifest)

    def set_aside_damaged(self) -> tuple[str, ...]:
        """Moves what is not proven to be as it was written out of the way, so that it is collected again; why, in
        sentences. The folder must be held."""
        kept = self.manifest()
        if kept is None:
            return ()
        found = (*self.folder.glob("datasets/*.json"), *self.folder.glob(f"{SIGN_INS}/*.ndjson.zst"))
        there = {f"{path.parent.name}/{path.name}" for path in found if not path.name.startswith(".")}
        files = (there | set(kept.listed)) - {HEADER}
        doubts = {file: doubt for file in sorted(files) if (doubt := kept.doubt(file))}
        if not doubts:
            return ()
        gone = set(doubts)
        if any(file.startswith(f"{SIGN_INS}/") for file in doubts):
            gone.add(f"datasets/{SIGN_INS}.json")  # it says how far the log was read
        aside = self.folder / "set_aside"
        make_folder(aside)
        for file in sorted(gone):
            path = self.folder / file
            with disk_errors(path):
                if os.path.lexists(path):
                    os.replace(path, aside / path.name)
        kept.write_anew(without=gone)
        if kept.lost:
            self._write_header()
            self._note_header()
            return (f"{MANIFEST} is gone, so nothing proves that the {len(gone):,} files here are whole.",)
        return tuple(f"{file} {doubt}." for file, doubt in doubts.items())

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder, for this run alone: a second run is refused, a run that was killed leaves no lock behind."""
        import filelock

        lock = filelock.FileLock(self.folder / "lock", timeout=0, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise SpoolError(
                f"Another run is collecting into {self.folder}.", "Wait for it to end, or name another folder."
            ) from None
        try:
            for left_over in self.folder.glob(f"*/*{PART}"):
                left_over.unlink()
            yield
        finally:
            lock.release()

    def write_dataset(self, dataset: StoredDataset) -> None:
        make_folder(self.folder / "datasets")
        content = msgspec.json.encode(dataset)
        with written_whole(self.folder / "datasets" / f"{dataset.name}.json") as file:
            file.write(content)
        self._note(entry_of(dataset_file(dataset.name), content, len(dataset.value)))

    def dataset(self, name: str) -> StoredDataset | None:
        """How reading `name` ended, or None when it was never tried or did not come to an end."""
        path = self.called / dataset_file(name)
        try:
            stored = msgspec.json.decode(_content(self.folder / dataset_file(name)), type=StoredDataset)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SpoolError(f"{path} cannot be read: {error.strerror or error}.", COPY_AGAIN) from error
        except (ValueError, RecursionError) as error:
            raise SpoolError(f"{path} is damaged: {error}.", COPY_AGAIN) from error
        if stored.name != name:
            raise SpoolError(f"{path} holds another dataset: {stored.name[:60]!r}.", COPY_AGAIN)
        return stored

    def spans(self) -> list[Span]:
        """The files of sign-ins, earliest first."""
        found = (span_of(path) for path in self._in_sign_ins() if path.is_file())
        return sorted((span for span in found if span is not None), key=lambda span: (span.start, span.end, span.rows))

    def strays(self) -> list[Path]:
        """What lies among the files of sign-ins and is none that auditor wrote there."""
        return [path for path in self._in_sign_ins() if span_of(path) is None or not path.is_file()]

    def _in_sign_ins(self) -> list[Path]:
        """Without what systems put beside the files of others when they copy them, which is hidden."""
        found = (self.folder / SIGN_INS).glob("*")
        return sorted(path for path in found if not path.name.startswith(".") and path.suffix != PART)

    @contextmanager
    def new_span(self) -> Iterator[SpanWriter]:
        """A file of sign-ins to be written; without a call of its `done` nothing stays."""
        import zstandard

        make_folder(self.folder / SIGN_INS)
        part = self.folder / SIGN_INS / f"new{PART}"
        with new_part(part) as file:
            digested = Digested(file)
            stream: BinaryIO = zstandard.ZstdCompressor(level=3).stream_writer(digested, closefd=False)  # type: ignore[arg-type]
            writer = SpanWriter(stream, part)
            yield writer
            if writer.bounds is not None:
                start, end = writer.bounds
                name = f"{start.replace(':', '')}--{end.replace(':', '')}--{writer.rows}.ndjson.zst"
                with disk_errors(part):
                    stream.close()
                    settle(file, part, part.with_name(name))
                self._note(digested.entry(f"{SIGN_INS}/{name}", writer.rows))

    def sign_in_lines(self) -> Iterator[bytes]:
        """Every row as it was read, in the order of collecting (newest span first), without the line's end."""
        import zstandard

        for span in reversed(self.spans()):
            try:
                with open(span.path, "rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
                    for line in io.BufferedReader(stream, 1 << 20):
                        yield line.rstrip(b"\n")
            except (OSError, zstandard.ZstdError) as error:
                raise SpoolError(f"{span.path} cannot be read: {error}.", "Delete it and collect again.") from error


class SpanWriter:
    """Takes rows until `done` says which span of time they are."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream = stream
        self._path = path
        self.rows = 0
        self.bounds: tuple[str, str] | None = None

    def add(self, rows: Iterable[bytes]) -> None:
        """Rows of JSON; line ends between their tokens are taken out, as a row is a line here."""
        with disk_errors(self._path):
            for row in rows:
                if b"\n" in row or b"\r" in row:
                    # Within JSON texts line ends are escaped, so those found here stand between tokens.
                    row = _UNSAFE.sub(b" ", row)
                self._stream.write(row + b"\n")
                self.rows += 1

    def done(self, start: str, end: str) -> None:
        """All rows of the span from `start` up to `end` (seven-digit instants) have been added."""
        self.bounds = (start, end)


def is_collection(folder: Path) -> bool:
    """Was a tenant collected into the folder? It may have lost its header since, or its manifest, or both."""
    return any((folder / sign).exists() for sign in SIGNS) or any(
        shows_collection(PurePosixPath(path.parent.name, path.name), partial(_beginning, path))
        for inner in (SIGN_INS, "datasets")
        for path in folder.glob(f"{inner}/*")
    )


def shows_collection(file: PurePosixPath, beginning: Callable[[], bytes]) -> bool:
    """Whether a file is one that only collecting makes. `file`: its place in the folder. `beginning`: its first
    bytes, by which a dataset is told from an export that bears its name."""
    if file in SIGNS:
        return True
    if str(file.parent) == SIGN_INS:
        return span_of(Path(file.name)) is not None
    return (
        str(file.parent) == "datasets"
        and file.suffix == ".json"
        and beginning().startswith(b'{"name":%s,"state":' % msgspec.json.encode(file.stem))
    )


def dataset_file(name: str) -> str:
    """The place of a dataset in the folder, as the manifest has it."""
    return f"datasets/{name}.json"


SIGNS = tuple(map(PurePosixPath, (HEADER, MANIFEST, dataset_file(SIGN_INS))))
"""Files any one of which shows that a folder was collected."""

BEGINNING = 1 << 10
"""Bytes that a dataset is told by."""


def span_of(path: Path) -> Span | None:
    """What the name of a file of sign-ins says; None when it is no such name."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    start, end, rows = match.groups()
    try:
        for each in (start, end):
            datetime.strptime(each[:17], "%Y-%m-%dT%H%M%S")
    except ValueError:
        return None
    return Span(_with_colons(start), _with_colons(end), int(rows), path) if start <= end else None


def _beginning(path: Path) -> bytes:
    """Nothing where it cannot be read, which reading it will say."""
    try:
        if path.is_file():
            with open(path, "rb") as file:
                return file.read(BEGINNING)
    except OSError:
        pass
    return b""


def _content(path: Path) -> bytes:
    """OSError for a pipe, too, which would be waited for for ever."""
    if path.exists() and not path.is_file():
        raise OSError("it is no regular file")
    return path.read_bytes()


def _with_colons(stamp: str) -> str:
    """ "2026-11-14T034200.0000000Z" -> "2026-11-14T03:42:00.0000000Z" (Windows allows no colons in names)."""
    return f"{stamp[:13]}:{stamp[13:15]}:{stamp[15:]}"
