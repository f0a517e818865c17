"""Files as they lie on an admin's disk: encodings, byte-order marks, compression."""

from __future__ import annotations

import codecs
import gzip
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import zstandard

ENCODINGS = ("utf-8", "utf-8-bom", "utf-16-le-bom", "utf-16-be-bom")
COMPRESSIONS = ("", "gzip", "zstd", "zip")
_SUFFIXES = {"": "", "gzip": ".gz", "zstd": ".zst", "zip": ".zip"}
_MARKS = {
    "utf-8": (b"", "utf-8"),
    "utf-8-bom": (codecs.BOM_UTF8, "utf-8"),
    "utf-16-le-bom": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "utf-16-be-bom": (codecs.BOM_UTF16_BE, "utf-16-be"),
}


def encoded(pieces: Iterable[str], encoding: str = "utf-8") -> Iterator[bytes]:
    """The text's bytes, with the byte-order mark that the encoding's name tells."""
    mark, codec = _MARKS[encoding]
    if mark:
        yield mark
    for piece in pieces:
        yield piece.encode(codec)


def write(path: Path, pieces: Iterable[str], *, encoding: str = "utf-8", compression: str = "") -> Path:
    """Writes a file and returns its path: `path`, with the compression's suffix behind it. A zip file holds one member
    of the path's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.with_name(path.name + _SUFFIXES[compression])
    chunks = encoded(pieces, encoding)
    if compression == "gzip":
        with gzip.open(target, "wb", compresslevel=6) as packed:
            _copy(chunks, packed)
    elif compression == "zstd":
        with open(target, "wb") as file, zstandard.ZstdCompressor().stream_writer(file) as packed:
            for chunk in chunks:
                packed.write(chunk)
    elif compression == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(path.name, "w") as member:
            _copy(chunks, member)
    else:
        with open(target, "wb") as file:
            _copy(chunks, file)
    return target


def _copy(chunks: Iterable[bytes], file: IO[bytes] | gzip.GzipFile) -> None:
    for chunk in chunks:
        file.write(chunk)
