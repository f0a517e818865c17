"""However a log is cut into parts, and however many processes read it, the answers are the same."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.exports.part import Part, Unreadable
from auditor.sign_ins import buckets, worker_process
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.sign_ins.partition import PartRead
from auditor.tenant.instant import parse
from auditor.tenant.sign_in_log import Coverage, Interrupt, InterruptCount, Totals
from auditor.testing import after, sign_in

Json = dict[str, Any]


class Answers(NamedTuple):
    coverage: Coverage
    totals: Totals
    counts: tuple[InterruptCount, ...]
    interrupts: list[Interrupt]
    unreadable: tuple[Unreadable, ...]


def answers(parts: Sequence[Part], **options: Any) -> Answers:
    with EmbeddedLog(parts, **options) as log:
        return Answers(log.coverage, log.totals, log.counts(), list(log.interrupts()), log.unreadable)


def written(folder: Path, lines: Sequence[bytes]) -> Part:
    path = folder / "rows.ndjson"
    path.write_bytes(b"".join(lines))
    return Part(str(path), path.name, path.stat().st_size)


def cut(part: Part, at: Sequence[int]) -> list[Part]:
    bounds = [0, *sorted(each for each in at if 0 < each < part.size)]
    ends = [*bounds[1:], -1]
    return [
        Part(part.path, part.name, abs(end - start), start=start, end=end)
        for start, end in zip(bounds, ends, strict=True)
    ]


def line(drawn: Mapping[str, Any]) -> bytes:
    row = sign_in(drawn["code"], after(drawn["minutes"]))
    row |= {"id": f"{drawn['id']}-{drawn['correlation']}", "userId": drawn["user"], "appId": drawn["app"]}
    row["correlationId"] = drawn["correlation"]
    return json.dumps(row).encode() + b"\n"


ROWS = st.fixed_dictionaries(
    {
        "id": st.sampled_from([f"row-{number}" for number in range(12)]),
        "code": st.sampled_from([0, 0, 50140, 50140, 50074, 50126, 999_999]),
        "minutes": st.integers(0, 240),
        "user": st.sampled_from(["ada", "bob", None, "00000000-0000-0000-0000-000000000000"]),
        "correlation": st.sampled_from(["c-1", "c-2", "c-3", None]),
        "app": st.sampled_from(["app-1", "app-2"]),
    }
).map(line)
OTHERS = st.sampled_from(
    [
        b"broken\n",
        b'{"id": "x", "createdDateTime": "soon", "status": {"errorCode": 0}, "userId": "ada"}\n',
        b'{"category": "AuditLogs", "properties": {}}\n',
        b"\n",
    ]
)
# The first row tells what the file is.
LOGS = st.tuples(ROWS, st.lists(ROWS | OTHERS, max_size=30)).map(lambda drawn: [drawn[0], *drawn[1]])
CUTS = st.lists(st.integers(0, 30_000), max_size=5)


@settings(max_examples=60, deadline=None)
@given(LOGS, CUTS)
def test_any_split_gives_the_same_answers(lines: list[bytes], cuts: list[int]) -> None:
    with TemporaryDirectory() as name:
        whole = written(Path(name), lines)
        assert answers(cut(whole, cuts), rows=100_000) == answers([whole])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LOGS, CUTS, st.integers(2, 3))
def test_any_number_of_processes_gives_the_same_answers(lines: list[bytes], cuts: list[int], processes: int) -> None:
    with TemporaryDirectory() as name:
        whole = written(Path(name), lines)
        assert answers(cut(whole, cuts), processes=processes) == answers([whole])


@pytest.fixture
def parts(tmp_path: Path) -> list[Part]:
    rows = [
        line({"id": f"r-{number}", "code": code, "minutes": number, "user": f"u-{number % 9}", "app": "a",
              "correlation": f"c-{number // 2}"})
        for number, code in enumerate([50140, 0, 50074, 50126] * 50)
    ]  # fmt: skip
    return cut(written(tmp_path, rows), range(0, 200_000, 9_000))


def test_workers_take_part(parts: list[Part]) -> None:
    with EmbeddedLog(parts, processes=2) as log:
        # Made when it had read what it could of the parts, and when it had classified buckets.
        assert (log.folder / "rows-1.index").exists()
        assert (log.folder / "rows-1.users").exists()
        assert log.totals.rows == 200


@pytest.mark.parametrize(
    "start",
    [
        "import sys; sys.exit(1)",
        "print('nonsense', flush=True)",
        "import sys; sys.path[:] = sys.argv[1:]; import os; from auditor.sign_ins import worker;"
        "worker.Partition.done = lambda self: os._exit(1); worker.main()",
        "import sys; sys.path[:] = sys.argv[1:]; import os; from auditor.sign_ins import worker;"
        "worker.classified = lambda *_: [list(_[0]), os._exit(1)]; worker.main()",
    ],
    ids=["at once", "nonsense", "while reading", "while classifying"],
)
def test_what_a_worker_leaves_undone_is_done_without_it(
    parts: list[Part], start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = answers(parts, processes=1)
    monkeypatch.setattr(worker_process, "_START", start)
    assert answers(parts, processes=3) == expected


@pytest.mark.parametrize("start", [worker_process._START, "import sys; sys.exit(1)"], ids=["workers", "none"])
def test_what_each_part_brought_is_told_whoever_read_it(
    tmp_path: Path, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "_START", start)
    parts, expected = [], []
    for number in range(6):
        lines = [
            line({"id": f"r-{number}", "code": 0, "minutes": minute, "user": "u", "app": "a", "correlation": "c"})
            for minute in range(10 * number, 11 * number)
        ]
        path = tmp_path / f"{number}.ndjson"
        path.write_bytes(b"".join((*lines, b"broken\n")) if lines else b"")
        parts.append(Part(str(path), path.name, path.stat().st_size))
        times = [parse(after(minute)) for minute in range(10 * number, 11 * number)]
        expected.append(
            PartRead(number, len(lines) + 1, 1, times[0], times[-1])
            if lines
            else PartRead(number, 0, 0, sys.maxsize, -sys.maxsize)
        )
    for processes in (1, 3):
        with EmbeddedLog(parts, processes=processes) as log:
            assert log.read == tuple(expected)


@pytest.mark.parametrize("executable", ["", "/nowhere/python"])
def test_where_no_process_can_be_started_one_does_all(
    parts: list[Part], executable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = answers(parts, processes=1)
    monkeypatch.setattr(sys, "executable", executable)
    assert answers(parts, processes=2) == expected


def test_progress_counts_the_rows_of_all(parts: list[Part]) -> None:
    told: list[int] = []
    answers(parts, processes=2, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 200


def test_few_rows_are_not_worth_a_process(parts: list[Part]) -> None:
    with EmbeddedLog(parts) as log:
        assert not list(log.folder.glob("rows-1*"))


def test_a_newer_version_of_a_row_counts_wherever_it_lies(tmp_path: Path) -> None:
    both = [
        line({"id": "r", "code": code, "minutes": 0, "user": "ada", "app": "a", "correlation": "c"})
        for code in (50140, 0)
    ]
    for codes, interrupts in ((both, 0), (both[::-1], 1)):
        for number, text in enumerate(codes):
            (tmp_path / f"{number}.ndjson").write_bytes(text)
        # The second part is the larger one, so that it is read first.
        parts = [Part(str(tmp_path / f"{number}.ndjson"), str(number), number) for number in (0, 1)]
        for processes in (1, 2):
            totals = answers(parts, processes=processes).totals
            assert (totals.interrupts, totals.successes, totals.repeated) == (interrupts, 1 - interrupts, 1)


def test_small_parts_are_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[int] = []
    flush = buckets.Buckets.flush
    monkeypatch.setattr(buckets.Buckets, "flush", lambda self: (pieces.append(1), flush(self)))
    rows = [
        line({"id": f"{number}", "code": 0, "minutes": 0, "user": "ada", "app": "a", "correlation": "c"})
        for number in range(40)
    ]
    parts = []
    for number, text in enumerate(rows):
        (tmp_path / f"{number}.ndjson").write_bytes(text)
        parts.append(Part(str(tmp_path / f"{number}.ndjson"), str(number), len(text)))
    assert answers(parts).totals.successes == 40
    assert len(pieces) <= 3
