"""The account of a log: which of its spans are proven to be here, and what is told of the others."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.spool.account import Found, LogAccount
from auditor.spool.spool import Header, Span, Spool

HOURS = 24


def at(hour: int) -> str:
    return f"2026-11-{1 + hour // 24:02}T{hour % 24:02}:00:00.0000000Z"


def spool_of(folder: Path, bounds: list[int]) -> Spool:
    """One row in each hour of the window, in spans cut at `bounds`."""
    header = Header(
        tenant="t", started=at(HOURS), window_start=at(0), window_end=at(HOURS), datasets=("sign_ins",), source={}
    )
    spool = Spool.create(folder, header)
    for start, end in itertools.pairwise(bounds):
        with spool.new_span() as writer:
            writer.add(b"{}" for _ in range(start, end))
            writer.done(at(start), at(end))
    return spool


def found(span: Span) -> Found:
    return Found(span.rows, 0, span.start, span.start)


def account(spool: Spool, to_its_end: bool = True) -> LogAccount:
    return LogAccount(spool, spool.manifest(), (at(0), at(HOURS)), to_its_end=to_its_end)


@given(st.sets(st.integers(1, HOURS - 1)), st.randoms(use_true_random=False), st.booleans())
def test_what_is_lost_is_not_covered_and_is_told(
    tmp_path_factory: pytest.TempPathFactory, cuts: set[int], draw: random.Random, manifest: bool
) -> None:
    spool = spool_of(tmp_path_factory.mktemp("spool") / "spool", [0, *sorted(cuts), HOURS])
    lost = [span for span in spool.spans() if draw.random() < 0.3]
    for span in lost:
        span.path.unlink()
    kept = spool.spans()
    log = LogAccount(spool, spool.manifest() if manifest else None, (at(0), at(HOURS)), to_its_end=True)
    told = log.held_against({span.file: found(span) for span in kept})
    assert list(told.covered) == kept
    assert bool(told.faults) == bool(lost)
    text = " ".join(told.faults)
    for span in lost[:1]:
        assert f"{span.start[:19]}Z to " in text


def test_many_faults_are_summed_up(tmp_path: Path) -> None:
    spool = spool_of(tmp_path / "spool", [*range(0, HOURS + 1, 2)])
    for span in spool.spans()[::2]:
        span.path.unlink()
    told = account(spool).held_against({})
    assert told.faults == (
        *(f"The span {at(hour)[:19]}Z to {at(hour + 2)[:19]}Z has no file: 2 rows are missing." for hour in (0, 4, 8)),
        "So it is with 3 more, of 6 rows.",
    )


def test_a_collection_that_was_stopped_has_no_hole_where_it_stopped(tmp_path: Path) -> None:
    spool = spool_of(tmp_path / "spool", [8, 12, 16, HOURS])
    whole = {span.file: found(span) for span in spool.spans()}
    assert account(spool, to_its_end=False).held_against(whole).faults == ()
    (told,) = account(spool).held_against(whole).faults
    assert told == f"No file holds the time from {at(0)[:19]}Z to {at(8)[:19]}Z."
    spool.spans()[1].path.unlink()
    (told,) = account(spool, to_its_end=False).held_against(whole).faults
    assert "has no file: 4 rows are missing." in told


@pytest.mark.parametrize(
    ("brought", "why"),
    [
        (Found(12, 0, at(0), at(11)), ""),
        (Found(12, 12, "", ""), ""),  # rows that cannot be read are told elsewhere
        (Found(11, 0, at(0), at(11)), "is not whole: 1 of 12 rows are missing."),
        (Found(12, 0, at(0), at(12)), "holds rows of another time, from 2026-11-01T00:00:00Z to 2026-11-01T12:00:00Z."),
        (Found(13, 0, at(0), at(11)), "holds 13 rows, and the name of its file says 12."),
    ],
)
def test_a_span_is_held_against_its_name(tmp_path: Path, brought: Found, why: str) -> None:
    spool = spool_of(tmp_path / "spool", [0, 12, HOURS])
    first, second = spool.spans()
    told = account(spool).held_against({first.file: brought, second.file: found(second)})
    assert told.faults == ((f"The span 2026-11-01T00:00:00Z to 2026-11-01T12:00:00Z {why}",) if why else ())
    assert (first in told.covered) == (not why)


def test_rows_that_cannot_be_read_may_be_a_cut_where_no_digest_says_otherwise(tmp_path: Path) -> None:
    spool = spool_of(tmp_path / "spool", [0, 12, HOURS])
    first, second = spool.spans()
    brought = {first.file: Found(12, 2, at(0), at(9)), second.file: found(second)}
    assert account(spool).held_against(brought).covered == (first, second)
    old = LogAccount(spool, None, (at(0), at(HOURS)), to_its_end=True)
    assert old.held_against(brought).covered == (second,)


def test_a_window_that_is_narrower_than_its_spans(tmp_path: Path) -> None:
    spool = spool_of(tmp_path / "spool", [0, HOURS])
    log = LogAccount(spool, None, (at(6), at(HOURS)), to_its_end=True)
    (told,) = log.held_against({}).faults
    assert told.endswith(f"reaches beyond what was asked for, {at(6)[:19]}Z to {at(HOURS)[:19]}Z.")
