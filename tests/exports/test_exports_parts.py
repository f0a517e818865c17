"""A file of lines cut anywhere is the same file."""

from __future__ import annotations

import io
import json
import tarfile
import warnings
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.exports import parts, place
from auditor.exports.part import Part, Unreadable
from auditor.exports.parts import cut, parts_of, whole_parts
from auditor.exports.place import Place, lines_before
from auditor.exports.rows import rows_in
from auditor.exports.zips import members_in, opened_member

lines = st.lists(
    st.sampled_from(["", "\r", '{"a": 1}', '{"b": "zwölf"}\r', "no object", '{"cut": ', ' {"c": {}} ', "x" * 50]),
    max_size=12,
)


def read(part: Part) -> list[bytes | Unreadable]:
    return list(rows_in(part))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=lines, end=st.booleans(), cuts=st.sets(st.integers(4, 300), max_size=5), mark=st.booleans())
def test_any_cutting_gives_the_rows_of_the_whole(
    text: list[str], end: bool, cuts: set[int], mark: bool, tmp_path: Path
) -> None:
    data = (b"\xef\xbb\xbf" if mark else b"") + "\n".join(['{"first": 1}', *text]).encode() + (b"\n" if end else b"")
    path = tmp_path / "log"
    path.write_bytes(data)
    at = [0, *sorted(each for each in cuts if each < len(data)), len(data)]
    pieces = [
        Part(str(path), "log", 0, start=start, end=stop if stop < len(data) else -1) for start, stop in pairwise(at)
    ]
    place._line_ends.cache_clear()
    whole = read(Part(str(path), "log", 0))
    if len(data.splitlines()) > 1 or end:  # else it is not read as lines
        assert [row for piece in pieces for row in read(piece)] == whole


def test_each_line_is_in_the_part_that_it_begins_in(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"a": 1}\n{"b": 2}\n')
    assert read(Part(str(path), "log", 0, start=0, end=9)) == [b'{"a": 1}\n']
    assert read(Part(str(path), "log", 0, start=9, end=-1)) == [b'{"b": 2}\n']
    assert read(Part(str(path), "log", 0, start=8, end=9)) == []
    assert read(Part(str(path), "log", 0, start=10, end=-1)) == []


def test_lines_are_numbered_in_the_file_and_not_in_the_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_GRID", 7)
    path = tmp_path / "log"
    text = "".join(f'{{"n": {number}}}\n' if number % 3 else "\nbroken\n" for number in range(1, 40))
    path.write_text(text)
    broken = [number for number, line in enumerate(text.splitlines(), 1) if line == "broken"]
    for step in (5, 16, 100, 1000):
        found = []
        for start in range(0, len(text), step):
            found += read(Part(str(path), "log", 0, start=start, end=min(start + step, len(text))))
        assert [each.line for each in found if isinstance(each, Unreadable)] == broken
    place._line_ends.cache_clear()
    assert [lines_before(str(path), at) for at in (0, 1, 9, 10)] == [0, 1, 2, 2] or text[8] == "\n"


def test_the_place_of_each_row_is_told(tmp_path: Path) -> None:
    rows = [{"id": number, "inner": {}} for number in range(6)]
    texts = {
        "lines": "\n" + "".join(json.dumps(row) + "\n\n" for row in rows),
        "list": json.dumps(rows, indent=1),
        "table": 'id;inner\n' + "".join(f'{row["id"]};"two\nlines"\n' for row in rows),
    }  # fmt: skip
    lines_of = {"lines": [2, 4, 6, 8, 10, 12], "list": [2, 6, 10, 14, 18, 22], "table": [2, 4, 6, 8, 10, 12]}
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        where = Place(Part(str(path), name, 0))
        assert [where.line for _ in rows_in(where.part, where)] == lines_of[name], name


def test_work_is_shared_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SMALLEST", 100)
    (tmp_path / "log").write_text('{"a": 1}\n' * 1000)
    (tmp_path / "list").write_text(json.dumps([{"a": 1}] * 1000))
    found = parts_of([tmp_path / "list", tmp_path / "log"], 2, tmp_path)
    assert [(part.name, part.start, part.end) for part in found[:2]] == [("list", 0, -1), ("log", 0, found[1].end)]
    ranges = found[1:]
    assert [part.start for part in ranges] == [0, *(part.end for part in ranges[:-1])]
    assert ranges[-1].end == -1
    assert sum(part.size for part in ranges) == 9000
    assert max(part.size for part in ranges) - min(part.size for part in ranges) <= 1
    assert len(ranges) >= 8
    assert parts_of([tmp_path / "log"], 1) == (Part(str(tmp_path / "log"), str(tmp_path / "log"), 9000),)


def test_members_of_a_zip_file_are_parts(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/one.json", '{"a": 1}')
        archive.writestr("two.json", '{"b": 2}' * 10)
        archive.mkdir("empty") if hasattr(archive, "mkdir") else archive.writestr("empty/", "")
        archive.writestr(".hidden", "x")
    found = tuple(whole_parts(path, tmp_path))
    assert [(part.name, part.size) for part in found] == [("logs.zip/a/one.json", 8), ("logs.zip/two.json", 80)]
    assert cut(found, 4) == found
    assert [row for part in found for row in read(part)] == [b'{"a": 1}', *[b'{"b": 2}'] * 10]


def test_what_is_compressed_counts_for_more(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "log.gz").write_bytes(gzip.compress(b'{"a": 1}\n'))
    (part,) = parts_of([tmp_path / "log.gz"], 2)
    assert part.size > (tmp_path / "log.gz").stat().st_size
    (missing,) = parts_of([tmp_path / "none"], 2)
    assert read(missing)


def test_members_of_one_name_are_each_read(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, number in (("x.json", 1), ("../y.json", 2), ("x.json", 3), ("/z.json", 4), (".a/b.json", 5)):
            archive.writestr(name, f'{{"a": {number}}}')
        archive.writestr("__MACOSX/._x.json", "x")
    hidden: list[str] = []
    found = tuple(whole_parts(path, tmp_path, hidden.append))
    assert [part.name for part in found] == [
        "logs.zip/x.json",
        "logs.zip/../y.json",
        "logs.zip/x.json (2)",
        "logs.zip//z.json",
    ]
    assert [row for part in found for row in read(part)] == [b'{"a": %d}' % number for number in (1, 2, 3, 4)]
    assert hidden == ["logs.zip/.a/b.json"]


def test_a_name_that_is_no_text_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pølicies.json", '{"a": 1}')
        archive.writestr("b.json", '{"a": 2}')
    path.write_bytes(path.read_bytes().replace("pø".encode(), b"p\xff\xfe"))
    with pytest.raises(UnicodeDecodeError):
        zipfile.ZipFile(path)
    found = tuple(whole_parts(path, tmp_path))
    assert [part.name for part in found] == ["logs.zip/p\ufffd\ufffdlicies.json", "logs.zip/b.json"]
    assert [row for part in found for row in read(part)] == [b'{"a": 1}', b'{"a": 2}']


def test_names_that_windows_wrote(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a\\one.json", "a/one.json", ".a\\two.json", "__MACOSX\\._a"):
            archive.writestr(zipfile.ZipInfo(name), "{}")
    hidden: list[str] = []
    names = [part.name for part in whole_parts(path, tmp_path, hidden.append)]
    assert (names, hidden) == (["logs.zip/a/one.json", "logs.zip/a/one.json (2)"], ["logs.zip/.a/two.json"])


@pytest.mark.parametrize("before", [b"", b"#!/bin/sh\n" * 9])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("comment", [b"", b"x" * 65_535])
def test_a_directory_is_found_where_it_stands(
    before: bytes, large: bool, comment: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library's reader finds the same members there."""
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2 if large else 65_535)
    path, plain = tmp_path / "logs.zip", io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            with archive.open(zipfile.ZipInfo(f"{number}.json"), "w", force_zip64=number == 1) as member:
                member.write(b'{"n": %d}' % number)
        archive.comment = comment
    path.write_bytes(before + plain.getvalue())
    with open(path, "rb") as file:
        found = list(members_in(file))
        with zipfile.ZipFile(path) as expected:
            assert [(name, each.at, each.size) for name, each in found] == [
                (each.filename, each.header_offset, each.file_size) for each in expected.infolist()
            ]
        assert opened_member(file, found[1][1]).read() == b'{"n": 1}'


def test_a_damaged_directory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "{}")
    whole = path.read_bytes()
    for at in range(4, len(whole)):
        for data in (whole[:at], whole[:at] + b"\xff" * 4 + whole[at + 4 :]):
            path.write_bytes(data)
            assert all(isinstance(row, (bytes, Unreadable)) for part in whole_parts(path) for row in read(part))
    path.write_bytes(whole[:-8])
    (refused,) = (row for part in whole_parts(path, tmp_path) for row in read(part))
    assert refused == Unreadable("logs.zip", 0, "It could not be read: it is a zip file.")


def test_a_tar_file_says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    for mode in ("w", "w:gz"):
        with tarfile.open(tmp_path / "logs", mode) as archive:  # type: ignore[call-overload]
            archive.add(tmp_path / "x.json", "x.json")
        (refused,) = (row for part in whole_parts(tmp_path / "logs", tmp_path) for row in read(part))
        assert "it is a tar file, whose members are not read: unpack it" in refused.why
