"""Whatever a file holds: no crash, no silent drop, and rows that are whole keep their outcomes."""

from __future__ import annotations

import copy
import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.exports.parts import parts_of
from auditor.exports.rows import Shape, rows_in, shape_of
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports import blobs, containers, graph, log_analytics, portal
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.tenant.instant import from_datetime
from auditor.tenant.sign_in_log import Totals

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
START = NOW - timedelta(days=1)
WINDOW = (from_datetime(START - timedelta(hours=1)), from_datetime(NOW + timedelta(hours=1)))
"""Given to the engine: of a file alone, a broken row's time would move the end of what the log covers."""

NO_POLICIES = Reduction((), Directory())

Row = dict[str, Any]
Outcomes = dict[str, tuple[int, str]]


class Shaped(NamedTuple):
    """A kind of file. `lines`: a row, or a header of `header` lines, has a line to itself."""

    pieces: Callable[[list[Row]], Iterable[str]]
    lines: bool = True
    header: int = 0


def compact(record: Any) -> str:
    """Without spaces, as Graph answers: such rows are read by their heads."""
    return json.dumps(record, separators=(",", ":"))


FILES: dict[str, Shaped] = {
    "Graph lines": Shaped(lambda rows: (f"{compact(row)}\n" for row in rows)),
    "Graph lines, spaced": Shaped(graph.lines),
    "Graph list": Shaped(graph.listing, lines=False),
    "Graph list, indented": Shaped(lambda rows: graph.listing(rows, indent=1), lines=False),
    "Graph page": Shaped(graph.pages, lines=False),
    "portal JSON": Shaped(portal.json_file, lines=False),
    "portal CSV": Shaped(portal.csv_file, header=1),
    "blob": Shaped(lambda rows: (line for _, line in blobs.lines(rows))),
    "Log Analytics": Shaped(log_analytics.data_export),
    "Log Analytics, text": Shaped(lambda rows: log_analytics.data_export(rows, dynamic_as_text=True)),
    "Log Analytics by az": Shaped(log_analytics.az_query, lines=False),
    "Log Analytics CSV": Shaped(lambda rows: log_analytics.csv_file(rows, portal=False), header=1),
}


@lru_cache
def rows() -> tuple[Row, ...]:
    return tuple(Simulation(seed=2, users=16, days=1, end=NOW, sign_ins=300).sign_ins(START, NOW))


@lru_cache
def some() -> list[Row]:
    """A few rows, with successes, interrupts and a failure among them."""
    return list(rows()[:12])


@lru_cache
def text_of(kind: str) -> bytes:
    return b"".join(containers.encoded(FILES[kind].pieces(some())))


class Read(NamedTuple):
    totals: Totals
    named: int
    outcomes: Outcomes

    @property
    def counted(self) -> int:
        """Rows by what became of them, each summed up from what it is and not from the total."""
        totals = self.totals
        known = totals.successes + totals.failures + totals.interrupts + sum(totals.uncatalogued.values())
        return known + totals.repeated + totals.refused


def read(content: bytes, name: str = "file") -> Read:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_files([path])


def read_files(paths: Sequence[Path]) -> Read:
    options: dict[str, Any] = {"asked": WINDOW, "intervals": (WINDOW,), "processes": 1}
    parts = parts_of(paths, 1)
    with EmbeddedLog(parts, **options) as log:
        outcomes = {each.id: (each.code, each.outcome.value) for each in log.interrupts()}
        found = Read(log.totals, len(log.unreadable), outcomes)
        # Each way to read a log takes other doors to its rows.
        with EmbeddedLog(parts, listed=False, **options) as other:
            assert (other.totals, other.counts(), other.unreadable) == (log.totals, log.counts(), log.unreadable)
        with EmbeddedLog(parts, reduction=NO_POLICIES, **options) as other:
            assert (other.totals, other.counts(), other.unreadable) == (log.totals, log.counts(), log.unreadable)
    assert found.counted == found.totals.rows
    assert found.named == min(100, found.totals.refused)
    return found


@lru_cache
def whole(kind: str) -> Read:
    found = read(text_of(kind))
    assert (found.totals.rows, found.totals.refused) == (len(some()), 0)
    assert found.outcomes
    return found


KINDS = st.sampled_from(sorted(FILES))

_NASTY = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"\\",
    b"\n",
    b"\r",
    b"{",
    b"}",
    b"[",
    b"]",
    b'\\ud800"',
    b"1e999",
    b"9" * 400,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"\xed\xa0\x80",
    b'"value":[',
    b"\x1f\x8b",
)


class Edit(NamedTuple):
    """`place`: from 0 to 1 of the whole. `what`: bytes to insert, or a number to flip by, or how many to take."""

    how: str
    place: float
    what: bytes | int


PLACES = st.floats(0, 1)
EDITS = st.lists(
    st.one_of(
        st.builds(Edit, st.just("flip"), PLACES, st.integers(1, 255)),
        st.builds(Edit, st.sampled_from(("cut", "repeat")), PLACES, st.sampled_from((1, 2, 7, 60, 900, 5000))),
        st.builds(Edit, st.just("insert"), PLACES, st.one_of(st.binary(max_size=9), st.sampled_from(_NASTY))),
        st.builds(Edit, st.just("end"), PLACES, st.just(0)),
    ),
    min_size=1,
    max_size=4,
)


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    for how, place, what in edits:
        at = min(int(place * len(content)), max(0, len(content) - 1))
        if isinstance(what, bytes):
            content = content[:at] + what + content[at:]
        elif how == "flip":
            content = flipped(content, at, what)
        elif how == "cut":
            content = content[:at] + content[at + what :]
        elif how == "repeat":
            content = content[: at + what] + content[at:]
        else:
            content = content[:at]
    return content


def flipped(content: bytes, at: int, by: int) -> bytes:
    return content[:at] + bytes([content[at] ^ by]) + content[at + 1 :] if content else b""


def given_in(found: Read) -> int:
    return found.totals.rows + sum(found.totals.others.values())


@given(KINDS, EDITS)
@example("Graph page", [Edit("flip", 0.0, 1)])
def test_damaged_bytes_never_end_the_reading(kind: str, edits: list[Edit]) -> None:
    content = edited(text_of(kind), edits)
    found = read(content)
    if content[:1] in (b"{", b"\n", b'"') and b"\0" not in content[:2] and shape_of(content[: 1 << 18]) is Shape.LINES:
        assert given_in(found) == sum(bool(line.strip()) for line in content.split(b"\n"))
    if b'{"' in content and not FILES[kind].header:
        assert given_in(found) > 0


@given(KINDS, PLACES, st.integers(1, 255))
@example("Graph page", 0.0, 1)
@example("Graph lines", 0.0, 1)
def test_a_flipped_byte_harms_its_own_row_only(kind: str, place: float, by: int) -> None:
    """Every other row is read as before; or, where the file is one document, what could not be read is named."""
    content, shaped = text_of(kind), FILES[kind]
    at = min(int(place * len(content)), len(content) - 1)
    if shaped.header and at <= content.index(b"\n"):
        read(flipped(content, at, by))  # a column has another name, so nothing can be said of the rest
        return
    found = read(flipped(content, at, by))
    if at < 2 and b"\0" in flipped(content, at, by)[:2]:
        assert found.totals.refused  # it begins as UTF-16 does
        return
    harmed = {row["correlationId"] for row in beside(content, at)}
    safe = {row["id"] for row in some() if row["correlationId"] not in harmed}
    same = {id: said for id, said in whole(kind).outcomes.items() if id in safe}
    if shaped.lines or not found.totals.refused:
        assert given_in(found) >= len(some()) - (content[at : at + 1] == b"\n")
        assert {id: said for id, said in found.outcomes.items() if id in safe} == same


def beside(content: bytes, at: int) -> list[Row]:
    """The rows whose text may hold that byte: the last one whose id stands before it, and its neighbours."""
    found = sorted(some(), key=lambda row: content.index(row["id"].encode()))
    number = sum(content.index(row["id"].encode()) <= at for row in found) - 1
    return found[max(0, number - 1) : number + 2]


@given(KINDS, st.sampled_from(("gzip", "zstd", "zip")), PLACES)
def test_a_cut_archive_gives_what_it_holds_and_says_so(kind: str, packed: str, place: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = containers.write(Path(folder) / "log", FILES[kind].pieces(some()), compression=packed)
        content = path.read_bytes()
        path.write_bytes(content[: max(1, int(place * (len(content) - 1)))])
        found = read_files([path])
    assert found.totals.refused >= 1
    assert given_in(found) - found.totals.refused <= len(some())


@given(KINDS, st.sampled_from(("gzip", "zstd", "zip")), EDITS)
def test_damaged_archives_never_end_the_reading(kind: str, packed: str, edits: list[Edit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = containers.write(Path(folder) / "log", FILES[kind].pieces(some()), compression=packed)
        path.write_bytes(edited(path.read_bytes(), edits))
        read_files([path])


@given(KINDS, st.sampled_from(containers.ENCODINGS[1:]), EDITS)
def test_damaged_encodings_never_end_the_reading(kind: str, encoding: str, edits: list[Edit]) -> None:
    read(edited(b"".join(containers.encoded(FILES[kind].pieces(some()), encoding)), edits))


_LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        (10**40, -1, 2**63, 1e308, "0", "50140", "None", "", "\x00", "\ud800", "🔑", "2026-99-99T00:00:00Z")
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(), max_size=8),
)
ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, row: Row) -> Row:
    """The row with some of its fields changed, missing, swapped or of another type; its ids belong to nobody else."""
    row = copy.deepcopy(row)
    keys = sorted(row)
    for _ in range(draw(st.integers(1, 5))):
        key, other = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
        kind = draw(st.sampled_from(("value", "drop", "swap", "inner", "new")))
        if kind == "value":
            row[key] = draw(ANYTHING)
        elif kind == "drop":
            row.pop(key, None)
        elif kind == "swap":
            row[key], row[other] = row.get(other), row.get(key)
        elif kind == "inner" and isinstance(row.get(key), dict) and row[key]:
            row[key] = {**row[key], draw(st.sampled_from(sorted(row[key]))): draw(ANYTHING)}
        else:
            row[draw(st.text(max_size=5))] = draw(ANYTHING)
    return row


def stranger(kind: str) -> Row:
    """A row of its own attempt, as the records of the kind of file have it."""
    row = next(row for row in rows() if row["status"]["errorCode"] == 50140)
    row = {**row, "id": "11111111-0000-4000-8000-000000000001", "correlationId": "11111111-0000-4000-8000-000000000002"}
    row["userId"] = "11111111-0000-4000-8000-000000000003"
    return _records([row], kind)[0]


def _records(given_rows: list[Row], kind: str) -> list[Row]:
    text = "".join(FILES[kind].pieces(given_rows))
    if FILES[kind].header:
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if FILES[kind].lines:
        return [json.loads(line) for line in text.splitlines()]
    found = json.loads(text)
    return list(found["value"] if isinstance(found, dict) else found)


def _as_lines(records: list[Row]) -> bytes:
    return b"".join(compact(each).encode() + b"\n" for each in records)


def _as_spaced_lines(records: list[Row]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def _as_list(records: list[Row]) -> bytes:
    return json.dumps(records).encode()


JSON_KINDS = st.sampled_from(sorted(kind for kind, shaped in FILES.items() if not shaped.header))


@given(st.data(), JSON_KINDS, st.sampled_from((_as_lines, _as_spaced_lines, _as_list)), st.booleans())
def test_a_mutated_row_is_counted_and_harms_no_other(
    data: st.DataObject, kind: str, written: Callable[[list[Row]], bytes], first: bool
) -> None:
    broken = data.draw(mutated(stranger(kind)))
    good = _records(some(), kind)
    records = [broken, *good] if first else [*good[:5], broken, *good[5:]]
    found = read(written(records))
    assert given_in(found) == len(records)
    assert {id: said for id, said in found.outcomes.items() if id in whole(kind).outcomes} == whole(kind).outcomes


@given(st.data(), st.sampled_from(("portal CSV", "Log Analytics CSV")))
def test_a_mutated_cell_is_counted_and_harms_no_other(data: st.DataObject, kind: str) -> None:
    cells = stranger(kind)
    for _ in range(data.draw(st.integers(1, 5))):
        cells[data.draw(st.sampled_from(sorted(cells)))] = data.draw(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
        )
    header, *lines = text_of(kind).decode().splitlines(keepends=True)
    quoted = ('"' + cells[name].replace('"', '""') + '"' for name in next(csv.reader([header])))
    found = read(f"{header}{','.join(quoted)}\r\n{''.join(lines)}".encode())
    assert given_in(found) == len(some()) + 1
    assert {id: said for id, said in found.outcomes.items() if id in whole(kind).outcomes} == whole(kind).outcomes


@given(st.lists(st.dictionaries(st.text(max_size=12), ANYTHING, max_size=6), min_size=1, max_size=5))
@example([{"id": "x"}])
@example([{"category": "SignInLogs", "properties": None}])
@example([{"TimeGenerated": 1, "Type": "SigninLogs"}])
@example([{"Date (UTC)": None, "Request ID": {}}])
def test_any_objects_are_counted(objects: list[Row]) -> None:
    for written in (_as_lines, _as_spaced_lines, _as_list):
        content = written(objects)
        if not any(isinstance(each.get(key), list) for each in objects for key in ("value", "records")):
            found = read(content)
            assert given_in(found) == len(objects)


def test_keys_given_twice(tmp_path: Path) -> None:
    """The last one counts, as everywhere; a row with two ids is one row."""
    (line,) = graph.lines([stranger("Graph lines")])
    doubled = line.replace('{"id":', '{"id":"22222222-0000-4000-8000-000000000000","id":', 1)
    found = read(doubled.encode() + text_of("Graph lines"))
    assert found.totals.rows == len(some()) + 1
    assert "11111111-0000-4000-8000-000000000001" in found.outcomes


@pytest.mark.parametrize("depth", [100, 5_000, 200_000])
@pytest.mark.parametrize("written", [_as_lines, _as_spaced_lines, _as_list])
def test_deep_nesting(depth: int, written: Callable[[list[Row]], bytes]) -> None:
    good = _records(some(), "Graph lines")
    content = written([{"id": "deep", "deep": "@"}, *good]).replace(b'"@"', b"[" * depth + b"]" * depth)
    found = read(content)
    assert found.totals.rows == len(good) + 1
    assert found.outcomes == whole("Graph lines").outcomes


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_any_bytes_at_all(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, content in enumerate(contents):
            paths.append(Path(folder) / f"{number}.json")
            paths[-1].write_bytes(content)
        found = read_files(paths)
        assert found.totals.rows == sum(1 for part in parts_of(paths, 1) for _ in rows_in(part)) - sum(
            found.totals.others.values()
        )
