"""Every way in which a file can be wrapped, whatever its name says."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from auditor.exports.opening import BUFFER
from auditor.exports.part import Member, Part, Unreadable
from auditor.exports.rows import rows_in

Read = Callable[..., tuple[list[Any], list[Unreadable]]]

ROWS = [
    {"id": str(number), "name": f'Zoë {{["\\ "{number}', "inner": [{"id": "x"}, {"list": []}], "when": "2026-11-21"}
    for number in range(7)
]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/log.json", data)
        archive.writestr("__MACOSX/folder/log.json", b"\0\0\0")
        archive.writestr("folder/.DS_Store", b"\0\0\0")
    return file.getvalue()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def streamed_zstd(data: bytes) -> bytes:
    """Without the size in its header, and in two frames with a skippable one between them."""
    half = len(data) // 2
    frames = []
    for piece in (data[:half], data[half:]):
        file = io.BytesIO()
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as writer:
            writer.write(piece)
        frames.append(file.getvalue())
    return (b"\x50\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc").join(frames)


SHAPES = {
    "lines": LINES,
    "lines without an end": LINES[:-1],
    "blank lines": "\n\n" + LINES.replace("\n", "\r\n \r\n"),
    "list": json.dumps(ROWS),
    "pretty list": json.dumps(ROWS, indent=4),
    "value": json.dumps({"@odata.context": "x", "n": {"value": [1]}, "value": ROWS, "@odata.nextLink": "y"}),
    "pretty records": json.dumps({"more": [{"records": []}], "records": ROWS}, indent=1),
    "several pages": "\n".join(json.dumps({"value": [row]}) for row in ROWS),
    "concatenated": "".join(json.dumps(row) for row in ROWS),
    "pretty objects": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "lists in a list": json.dumps([ROWS[:3], [], [ROWS[3:]]]),
}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le with a mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be with a mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
}
WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "two gzips": lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]) + bytes(512),
    "zstd": zstd,
    "streamed zstd": streamed_zstd,
    "zip": zipped,
    "gzip in a zip": lambda data: zipped(gzip.compress(data)),
    "zstd in a gzip": lambda data: gzip.compress(zstd(data)),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_encoding_and_wrapping(shape: str, encoding: str, wrapping: str, read: Read) -> None:
    data = WRAPPINGS[wrapping](ENCODINGS[encoding](SHAPES[shape]))
    assert read(data, wanted=2) == (ROWS, [])


def rows_of(path: Path) -> tuple[int, list[Unreadable]]:
    found = list(rows_in(Part(str(path), path.name, 0)))
    refused = [row for row in found if isinstance(row, Unreadable)]
    return len(found) - len(refused), refused


LONG = "".join(json.dumps({"id": number, "noise": random.Random(number).random()}) + "\n" for number in range(40_000))


@pytest.mark.parametrize("pack", [gzip.compress, zstd, streamed_zstd], ids=["gzip", "zstd", "streamed zstd"])
def test_what_was_read_before_a_cut_counts(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    whole = pack(LONG.encode())
    path = tmp_path / "log"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    good, refused = rows_of(path)
    assert 20_000 < good < 40_000
    assert refused[-1] == Unreadable("log", 0, "The rest could not be read: the compressed file is cut off.")
    for missing in (1, 5, len(whole) - 5):
        path.write_bytes(whole[:-missing])
        good, refused = rows_of(path)
        assert refused
        assert good + len(refused) <= 40_001


def test_a_cut_between_two_blocks_of_zstd_is_noticed(tmp_path: Path) -> None:
    """The library itself takes such a file for whole."""
    file = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as writer:
        writer.write(b'{"id": 1}\n')
        writer.flush(zstandard.FLUSH_BLOCK)
        end_of_block = file.tell()
        writer.write(b'{"id": 2}\n')
    path = tmp_path / "log"
    path.write_bytes(file.getvalue()[:end_of_block])
    assert rows_of(path) == (1, [Unreadable("log", 0, "The rest could not be read: the compressed file is cut off.")])


def test_damage_within_a_compressed_file(tmp_path: Path) -> None:
    for pack in (gzip.compress, zstd, lambda data: zipped(data)):
        whole = bytearray(pack(LONG.encode()))
        whole[len(whole) // 2 : len(whole) // 2 + 64] = os.urandom(64)
        path = tmp_path / "log"
        path.write_bytes(bytes(whole))
        good, refused = rows_of_all(path)
        assert good + len(refused) > 10_000
        assert any("The rest could not be read" in each.why or "no JSON" in each.why for each in refused)


def rows_of_all(path: Path) -> tuple[int, list[Unreadable]]:
    from auditor.exports.parts import parts_of

    found = [row for part in parts_of([path], 1) for row in rows_in(part)]
    refused = [row for row in found if isinstance(row, Unreadable)]
    return len(found) - len(refused), refused


@pytest.mark.parametrize("pack", [gzip.compress, zstd, zipped], ids=["gzip", "zstd", "zip"])
@pytest.mark.parametrize(
    "text",
    [
        b'{"id": "' + bytes(40 << 20),
        b"[" + b" " * (40 << 20) + b"]",
        b'[{"id": 1, "a": "' + b"a" * (40 << 20),
        b"a,b\n" + b'"' * (40 << 20),
    ],
    ids=["line", "list", "object", "table"],
)
def test_a_bomb_takes_no_memory(pack: Callable[[bytes], bytes], text: bytes, tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "bomb"
    path.write_bytes(pack(text))
    del text
    tracemalloc.start()
    try:
        good, refused = rows_of_all(path)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()
    assert good == 0
    assert len(refused) <= 2_000


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "none") == (
        0,
        [Unreadable("none", 0, "It could not be read: No such file or directory.")],
    )
    (tmp_path / "cut.zip").write_bytes(zipped(LONG.encode())[:-30])
    (tmp_path / "two.gz").write_bytes(gzip.compress(zipped(b"[]")))
    (tmp_path / "picture").write_bytes(bytes(range(256)) * 10)
    for name, why in (
        ("cut.zip", "It could not be read: it is a zip file."),
        ("two.gz", "It could not be read: it is a zip file, within another file."),
        ("picture", "It is neither JSON nor a table."),
    ):
        good, (refused,) = rows_of_all(tmp_path / name)
        assert (good, refused.why) == (0, why)


def test_members_that_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    data = bytearray(zipped(LINES.encode()))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the directory says that the member is encrypted
    path.write_bytes(bytes(data))
    _, (refused,) = rows_of_all(path)
    assert refused.why == "It could not be read: it is encrypted."
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", LINES)
    _, (refused,) = rows_of_all(path)
    assert "in a way that this program does not know" in refused.why
    for at in (1, 1 << 63):
        _, (refused,) = rows_in_member(path, Member(at, 1, 1, 0, zipfile.ZIP_STORED, False))
        assert "no such member" in refused.why


def rows_in_member(path: Path, member: Member) -> tuple[list[bytes], list[Unreadable]]:
    found = list(rows_in(Part(str(path), path.name, 0, member=member)))
    return [row for row in found if isinstance(row, bytes)], [row for row in found if isinstance(row, Unreadable)]


def test_the_beginning_is_looked_at_and_not_taken(read: Read) -> None:
    rows = [{"id": number, "text": "x" * 1000} for number in range(BUFFER // 500)]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    assert read(data) == (rows, [])
    assert read(codecs.BOM_UTF8 + data) == (rows, [])


def test_what_utf_16_cannot_say(read: Read) -> None:
    """Half of a pair is one bad letter, and no lost row."""
    data = codecs.BOM_UTF16_LE + '{"id": "'.encode("utf-16-le") + b"\x00\xd8" + '"}\n{"id": "2"}\n'.encode("utf-16-le")
    assert read(data) == ([{"id": "\ufffd"}, {"id": "2"}], [])
