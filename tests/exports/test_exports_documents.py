"""Lists and objects in a stream, whole and broken."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.exports import documents as module
from auditor.exports.documents import BROKEN, documents
from auditor.exports.lines import CUT_OFF, LARGEST, NO_OBJECT, TOO_LARGE
from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.rows import rows_in

Read = Callable[..., tuple[list[Any], list[Unreadable]]]
ROWS = [{"id": str(n), "createdDateTime": "2026-11-21", "p": [{"id": "a", "x": {}}, {"id": "b"}]} for n in range(5)]
TEXT = [json.dumps(row) for row in ROWS]


def split(data: bytes) -> tuple[list[bytes], list[Unreadable], Place]:
    place = Place(Part("log", "log", len(data)))
    found = list(documents(io.BufferedReader(io.BytesIO(data)), place))  # type: ignore[arg-type]
    return (
        [row for row in found if not isinstance(row, Unreadable)],
        [row for row in found if isinstance(row, Unreadable)],
        place,
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=6).filter(lambda key: key not in ("value", "records")), values, max_size=5)


@given(
    rows=st.lists(objects, max_size=6),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
    chunk=st.integers(1, 40),
    shape=st.sampled_from(["list", "value", "records", "concatenated"]),
)
def test_every_row_and_nothing_else(
    rows: list[Any], indent: int | None, ascii_only: bool, chunk: int, shape: str
) -> None:
    """Wherever the text is cut into chunks."""

    def dumped(value: Any) -> str:
        return json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    text = {
        "list": dumped(rows),
        "value": dumped({"x": {"value": [{}]}, "value": rows, "@odata.nextLink": '{"['}),
        "records": dumped({"records": rows}),
        "concatenated": "".join(map(dumped, rows)),
    }[shape]
    before, module._CHUNK = module._CHUNK, chunk
    try:
        found, refused, _ = split(text.encode("utf-8", "surrogatepass"))
    finally:
        module._CHUNK = before
    assert refused == []
    assert [json.loads(row) for row in found] == rows


def test_rows_that_a_strict_decoder_refuses_are_cut_all_the_same(read: Read) -> None:
    rows = [
        '{"id": "1", "name": "\\ud800"}',
        '{"id": "2", "name": "\\u12"}',
        '{"id": "3", "deep": ' + "[" * 5000 + "]" * 5000 + "}",
    ]
    found, refused, _ = split(f"[{','.join(rows)}, {TEXT[0]}]".encode())
    assert (found, refused) == ([row.encode() for row in (*rows, TEXT[0])], [])


def test_the_next_page_is_told() -> None:
    page = json.dumps({"value": ROWS, "@odata.nextLink": "https://graph.example/?$skiptoken=x"})
    first = json.dumps({"@odata.nextLink": "https://graph.example/?$skiptoken=x", "value": ROWS})
    last = json.dumps({"value": ROWS, "@odata.nextLink": None})
    *_, place = split((page + first + last).encode())
    assert (place.pages, place.continued) == (3, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[{TEXT[0]},{TEXT[1]}", [(0, 1), [module._NO_END]]),
        (f"[{TEXT[0]},{TEXT[1][:-5]}", [(0,), [CUT_OFF]]),
        (f'{{"value": [{TEXT[0]}', [(0,), [module._NO_END]]),
        (f'{{"value": [{TEXT[0]}], "x": "', [(0,), [module._NO_END]]),
        (f"[{TEXT[0]}, null, {TEXT[1]}, 12 true, \"}}{{\", {TEXT[2]}]", [(0, 1, 2), [NO_OBJECT] * 3]),
        (f"[{TEXT[0]},{TEXT[1][:-30]},{TEXT[2]},{TEXT[3]}]", [(0, 2, 3), [BROKEN]]),
        (f"[{TEXT[0]},{TEXT[1][:-1]},{TEXT[2]},{TEXT[3]}]", [(0, 2, 3), [BROKEN]]),
        (f"[{TEXT[0]},{TEXT[1][:8]},{TEXT[2]},{TEXT[3]}]", [(0, 2, 3), [BROKEN]]),
        (f"[{TEXT[0][:-4]},{TEXT[1]},{TEXT[2]}]", [(1, 2), [BROKEN]]),
        (f"[{TEXT[0]},{TEXT[1][5:]},{TEXT[2]}]", [(0,), None]),
        (f"{TEXT[0]} }} ] {TEXT[1]}", [(0, 1), [NO_OBJECT] * 2]),
        ("[" * 100_000, [(), [module._NO_END]]),
        ("{" * 100_000, [(), [CUT_OFF]]),
        ("[]", [(), []]),
        ("", [(), []]),
    ],
)  # fmt: skip
def test_what_is_broken_is_told_and_the_rest_is_used(text: str, expected: list[Any]) -> None:
    numbers, reasons = expected
    found, refused, _ = split(text.encode())
    good = [json.loads(row) for row in found if row.decode() in TEXT]
    assert [row for row in good if row in ROWS][: len(numbers)] == [ROWS[number] for number in numbers]
    if reasons is not None:
        assert [each.why for each in refused] == reasons
        assert len(found) == len(numbers)
    else:
        assert refused


def test_lines_are_told(read: Read) -> None:
    text = json.dumps(ROWS, indent=2).replace('"id": "2",', '"id": "2,')
    broken = text.split("\n").index('    "id": "2,')  # it begins in the line before, and lines are counted from 1
    _, refused = read(text.encode())
    assert refused == [Unreadable("log", broken, BROKEN)]


def test_too_much_that_is_broken_ends_it(read: Read) -> None:
    rows, refused = read(("[" + "x, " * 5_000 + "]").encode())
    assert (rows, len(refused)) == ([], 1_001)
    assert "too much of it is broken" in refused[-1].why


def test_a_row_that_is_too_large(tmp_path: Path) -> None:
    large = json.dumps({"id": "big", "createdDateTime": "x" * (LARGEST + (2 << 20))})
    path = tmp_path / "log"
    for text in (f"[{TEXT[0]},{large},{TEXT[1]}]", f"{TEXT[0]}\n{large}\n{TEXT[1]}\n"):
        path.write_text(text)
        found = list(rows_in(Part(str(path), "log", 0)))
        (refused,) = (row for row in found if isinstance(row, Unreadable))
        assert refused.why == TOO_LARGE
        assert [json.loads(row) for row in found if not isinstance(row, Unreadable)] == ROWS[:2]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    path = tmp_path / "log"
    row = json.dumps({"id": "x", "createdDateTime": "y", "text": "z" * 5_000})
    with open(path, "w") as file:
        file.write('{"value": [' + row)
        for _ in range(12_000):
            file.write("," + row)
        file.write("]}")
    tracemalloc.start()
    try:
        assert sum(not isinstance(each, Unreadable) for each in rows_in(Part(str(path), "log", 0))) == 12_001
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_the_decoder_passes_over_whole_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told by the words of its error. Should they change, rows are still right, and ten times slower."""
    monkeypatch.delattr(module._Documents, "_careful_end")
    for text in (json.dumps(ROWS), json.dumps(ROWS, indent=2), "".join(TEXT), "[" + " , ".join(TEXT) + " ]"):
        found, refused, _ = split(text.encode())
        assert ([json.loads(row) for row in found], refused) == (ROWS, [])


def test_without_the_decoders_word_rows_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Documents, "_fast_end", lambda self: 0)
    for text in (json.dumps(ROWS), json.dumps(ROWS, indent=2), "".join(TEXT), json.dumps({"value": ROWS})):
        found, refused, _ = split(text.encode())
        assert ([json.loads(row) for row in found], refused) == (ROWS, [])
