"""Lines in blocks are the lines one by one, whatever the file holds and wherever it is cut."""

import gzip
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.exports import blocks as module
from auditor.exports.blocks import Block
from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.rows import blocks_in, rows_in

Item = tuple[int, bytes | Unreadable]


def one_by_one(part: Part) -> list[Item]:
    place = Place(part)
    return [(place.number, row) for row in rows_in(part, place)]


def in_blocks(part: Part) -> Iterator[Item]:
    place = Place(part)
    for found in blocks_in(part, place):
        if isinstance(found, Block):
            assert bytes(found.text) == b"".join(found.line(index) for index in range(len(found.ends)))
            yield from ((found.number + index, found.line(index)) for index in range(len(found.ends)))
        else:
            yield place.number, found


def cut(path: Path, at: list[int]) -> list[Part]:
    size = path.stat().st_size
    bounds = [0, *sorted({each for each in at if 0 < each < size}), -1]
    return [Part(str(path), path.name, 0, start=start, end=end) for start, end in pairwise(bounds)]


LINES = st.lists(
    st.sampled_from(
        [
            b'{"id": "1"}\n',
            b'{"id": "22"}\n',
            b'{"id": "3", "x": {"y": [{}]}}\n',
            b'{"a":1}{"b":2}\n',
            b'{"spaces": 1}  \n',
            b'  {"indented": 1}\n',
            b'{"windows": 1}\r\n',
            b'{"open": \n',
            b"\n",
            b"stray\n",
            b'{"large": "' + b"x" * 200 + b'"}\n',
        ]
    ),
    max_size=40,
)
ENDS = st.sampled_from([b"", b'{"last": 1}', b'{"cut off": ', b"  "])


@settings(max_examples=200, deadline=None)
@given(LINES, ENDS, st.lists(st.integers(0, 900), max_size=4), st.sampled_from([16, 64, 100, 1 << 18]))
def test_the_same_rows_at_the_same_lines(lines: list[bytes], end: bytes, cuts: list[int], size: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIZE", size)
        path = Path(name) / "rows.ndjson"
        path.write_bytes(b'{"id": "0"}\n' + b"".join(lines) + end)
        for part in cut(path, cuts):
            assert list(in_blocks(part)) == one_by_one(part)


def test_most_lines_come_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "rows.ndjson"
    path.write_bytes(b'{"id": "1"}\n' * 50_000)
    found = list(blocks_in(Part(str(path), "x", 0), Place(Part(str(path), "x", 0))))
    assert all(isinstance(each, Block) for each in found)
    assert 1 < len(found) < 5


def test_what_is_cut_off_within_a_compressed_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.ndjson.gz"
    path.write_bytes(gzip.compress(b'{"id": "1"}\n' * 100_000)[:-40])
    part = Part(str(path), "x", 0)
    found = list(in_blocks(part))
    assert found == one_by_one(part)
    assert isinstance(found[-1][1], Unreadable)
