import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.exports.part import Part
from auditor.sign_ins import buckets, runs
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.tenant.instant import parse
from auditor.tenant.sign_in_log import Outcome, PolicyResult
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
    monkeypatch.setattr(buckets, "_OF_EACH", 1)
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


def test_a_log_that_does_not_tell_its_window_covers_its_rows() -> None:
    rows = [sign_in(50140, after(30)), sign_in(0, after(500), id="last", correlationId="c2"), sign_in(0)]
    with log_of(rows, asked=None, intervals=None) as log:
        span = parse(after(0)), parse(after(500)) + 1
        assert (log.coverage.asked, log.coverage.intervals) == (span, (span,))
        assert [each.outcome for each in log.interrupts()] == [Outcome.ABANDONED]
    with log_of(rows[:1], asked=None, intervals=None) as log:
        assert [each.outcome for each in log.interrupts()] == [Outcome.NOT_KNOWN]
    with log_of([], asked=None, intervals=None) as log:
        assert (log.coverage.asked, log.coverage.intervals) == ((0, 0), ())


def test_a_log_that_is_counted_only() -> None:
    rows = [sign_in(50074), sign_in(0, after(1)), sign_in(50140, after(2), userId=None)]
    with log_of(rows) as listed, log_of(rows, listed=False) as log:
        assert (log.counts(), log.totals, log.coverage) == (listed.counts(), listed.totals, listed.coverage)
        with pytest.raises(LookupError):
            log.interrupts()


def test_what_explanations_need() -> None:
    policy = {"id": "p", "displayName": "MFA", "result": "failure", "enforcedGrantControls": ["Mfa"]}
    row = sign_in(50074, appliedConditionalAccessPolicies=[policy], resourceDisplayName="Graph")
    for reduction in (None, Reduction((), Directory())):
        with log_of([row, sign_in(0, after(1))], reduction=reduction) as log:
            (found,) = log.interrupts()
            assert found.seen is not None
            assert found.seen.policies == (PolicyResult("p", "MFA", "failure", ("Mfa",)),)
            assert (found.seen.resource, found.seen.browser) == ("Graph", "Edge 142.0.0")
            assert found.seen.circumstances.way.client == "browser"
            assert found.attempt == (50074, 0)


def test_a_shape_that_nobody_knows_costs_an_explanation_no_more_than_that() -> None:
    rows = [
        sign_in(50140, deviceDetail=7),
        sign_in(50140, after(1), userId=None, location=7),
        sign_in(50140, after(2), deviceDetail={"displayName": "\ud800", "operatingSystem": "iOS 18"}),
    ]
    for reduction in (None, Reduction((), Directory())):
        with log_of(rows, reduction=reduction) as log:
            ways = [each.seen.circumstances.way for each in log.interrupts() if each.seen is not None]
        assert [each.client for each in ways] == ["browser"] * 3
        assert [each.platform for each in ways] == ["", "windows", "iOS"]
        assert [each.country for each in ways] == ["NL", None, "NL"]


def test_rows_of_other_logs_are_no_rows_of_this_one() -> None:
    machine = sign_in(0, userId="", servicePrincipalId="sp-1", signInEventTypes=["servicePrincipal"])
    audit = {"category": "AuditLogs", "operationName": "Update policy", "properties": {"id": "x"}}
    with log_of([sign_in(0), machine, audit, machine]) as log:
        assert log.totals.others == {"ServicePrincipalSignInLogs": 2, "AuditLogs": 1}
        assert (log.totals.rows, log.totals.refused, log.totals.successes) == (1, 0, 1)


def test_what_was_refused_is_named_where_it_stands() -> None:
    rows = [sign_in(0), b"stray", b"", sign_in(0, "soon"), sign_in(0, after(1), id=7), sign_in(0, after(2))]
    with log_of(rows) as log:
        assert (log.totals.rows, log.totals.refused, log.totals.repeated) == (5, 3, 0)
        assert [(each.name, each.line) for each in log.unreadable] == [("rows.ndjson", line) for line in (2, 4, 5)]
        assert all(each.why.endswith(".") for each in log.unreadable)


def test_many_refused_rows_are_counted_and_the_first_named() -> None:
    with log_of([sign_in(0), *[b"stray"] * 300]) as log:
        assert log.totals.refused == 300
        assert [each.line for each in log.unreadable] == list(range(2, 102))
