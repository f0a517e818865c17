"""Whatever a file holds: nothing is raised, it comes to an end, and every row is of bytes or says why it is none."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.exports.part import Unreadable
from auditor.exports.parts import parts_of
from auditor.exports.rows import rows_in

ROWS = [{"id": str(n), "createdDateTime": "2026-11-21", "x": ['"\\', {"value": [{}]}, "ü"]} for n in range(6)]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps(ROWS))
    return file.getvalue()


WHOLE = (
    "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
    json.dumps(ROWS, indent=1).encode(),
    json.dumps({"value": ROWS, "@odata.nextLink": "x"}).encode(),
    json.dumps(ROWS).encode("utf-16"),
    ("a,b\n" + '1,"2\n3"\n' * 5).encode(),
    gzip.compress(json.dumps(ROWS).encode(), mtime=0),
    zipped(),
)
changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.binary(max_size=4)), min_size=1, max_size=4)


def read(data: bytes, folder: Path) -> list[bytes | Unreadable]:
    path = folder / "log"
    path.write_bytes(data)
    return [row for part in parts_of([path], 2) for row in rows_in(part)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@given(whole=st.sampled_from(WHOLE), changes=changes)
def test_files_with_bytes_lost_and_put_in(
    whole: bytes, changes: list[tuple[float, int, bytes]], tmp_path: Path
) -> None:
    for where, lost, put_in in changes:
        at = int(where * len(whole))
        whole = whole[:at] + put_in + whole[at + lost :]
    for row in read(whole, tmp_path):
        assert isinstance(row, bytes) or (row.why.endswith(".") and row.line >= 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.binary(max_size=300) | st.text('[]{}",:\\ \nab1', max_size=200).map(str.encode))
def test_files_of_anything(data: bytes, tmp_path: Path) -> None:
    for row in read(data, tmp_path):
        assert isinstance(row, bytes) or row.why.endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(broken=st.sets(st.integers(1, 5)), lost=st.integers(1, 30), indent=st.sampled_from([None, 1]))
def test_rows_read_and_rows_refused_are_the_rows_given(
    broken: set[int], lost: int, indent: int | None, tmp_path: Path
) -> None:
    """Where rows of a list lose their ends: the first row shows how one begins."""
    texts = [json.dumps(row, indent=indent) for row in ROWS]
    text = ",\n".join(each[:-lost] if number in broken else each for number, each in enumerate(texts))
    found = read(f"[{text}\n]".encode(), tmp_path)
    good = {row.decode() for row in found if isinstance(row, bytes)}
    assert good >= {each for number, each in enumerate(texts) if number not in broken}
    assert len(found) == len(ROWS)
