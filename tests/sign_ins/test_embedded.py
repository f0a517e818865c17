import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from auditor.exports.part import Part
from auditor.sign_ins import buckets, runs
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.tenant.instant import parse
from auditor.tenant.sign_in_log import Outcome
from auditor.testing import END, START, after, sign_in

WINDOW = (parse(START), parse(END))
Json = dict[str, Any]


def written(path: Path, rows: Iterable[Json | bytes]) -> Part:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return Part(str(path), path.name, path.stat().st_size)


def log_of(given: Iterable[Json | bytes], **options: Any) -> EmbeddedLog:
    """Of the test's window, unless `options` say something else."""
    with TemporaryDirectory() as folder:
        part = written(Path(folder) / "rows.ndjson", given)
        return EmbeddedLog([part], **{"asked": WINDOW, "intervals": (WINDOW,), **options})


def attempts(count: int) -> list[Json]:
    """An interrupt and its success each, all at different times, in no order."""
    rows = []
    for number in range(count):
        own = {"correlationId": f"c{number}", "userId": f"u{number % 7}"}
        rows.append(sign_in(50140, after(number / 10), id=f"i{number:05}", **own))
        rows.append(sign_in(0, after(number / 10 + 0.5), id=f"s{number:05}", **own))
    random.Random(1).shuffle(rows)
    return rows


def test_counts_by_code() -> None:
    rows = [sign_in(50140), sign_in(0, after(1)), sign_in(50074, after(90), correlationId="c2")]
    with log_of(rows) as log:
        assert [(each.code, each.count, each.users, each.outcomes) for each in log.counts()] == [
            (50074, 1, 1, {Outcome.ABANDONED: 1}),
            (50140, 1, 1, {Outcome.COMPLETED: 1}),
        ]


def test_every_row_given_is_accounted_for() -> None:
    rows: list[Json | bytes] = [
        sign_in(50140, id="a"),
        sign_in(50140, id="a"),
        sign_in(0, after(1)),
        sign_in(50126, after(2)),
        sign_in(999_999, after(3)),
        sign_in(0, after(4), status=None),
        b"broken",
    ]
    with log_of(rows) as log:
        totals = log.totals
        assert (totals.rows, totals.repeated, totals.refused) == (7, 1, 1)
        assert (totals.successes, totals.failures, totals.interrupts) == (1, 1, 1)
        assert totals.uncatalogued == {999_999: 1, None: 1}
        seen = totals.successes + totals.failures + totals.interrupts + sum(totals.uncatalogued.values())
        assert totals.rows == seen + totals.repeated + totals.refused


def test_a_log_without_any_success_was_filtered() -> None:
    with log_of([sign_in(50140), sign_in(50126, after(1))]) as log:
        assert log.coverage.filtered
        assert [each.outcome for each in log.interrupts()] == [Outcome.NOT_KNOWN]


def test_an_empty_log() -> None:
    with log_of([]) as log:
        assert log.counts() == ()
        assert list(log.interrupts()) == []
        assert log.totals.rows == 0


def test_the_zero_user_is_nobody() -> None:
    with log_of([sign_in(50058, userId=None), sign_in(0, after(1), userId=None)]) as log:
        assert [each.users for each in log.counts()] == [0]


def test_many_buckets_and_runs_give_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = attempts(500)
    with log_of(rows) as log:
        expected = list(log.interrupts())
        counts = log.counts()
    monkeypatch.setattr(buckets, "ROWS_PER_BUCKET", 50)
    monkeypatch.setattr(buckets, "ROWS_PER_PIECE", 30)
    monkeypatch.setattr(runs, "BYTES_PER_RUN", 1 << 14)
    monkeypatch.setattr(runs, "PER_BLOCK", 7)
    with log_of(rows, rows=1_000) as log:
        assert list(log.interrupts()) == expected
        assert list(log.interrupts(50140)) == expected
        assert list(log.interrupts(50199)) == []
        assert log.counts() == counts
    assert [each.id for each in expected] == [f"i{number:05}" for number in range(500)]
    assert Counter(each.outcome for each in expected) == {Outcome.COMPLETED: 500}


def test_interrupts_can_be_listed_twice() -> None:
    with log_of(attempts(3)) as log:
        assert list(log.interrupts()) == list(log.interrupts())


def test_its_working_files_end_with_it() -> None:
    with log_of(attempts(3)) as log:
        folder = log.folder
        assert folder.exists()
    assert not folder.exists()


def test_progress_is_told() -> None:
    told: list[int] = []
    with log_of([sign_in(0)] * 20_000, progress=told.append):
        assert told[-1] == 20_000
        assert told == sorted(set(told))
        assert len(told) == 2
