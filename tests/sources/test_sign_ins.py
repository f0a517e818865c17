"""Spans of the sign-in log: cut, resumed and put together they hold every row once."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.sources import sign_ins
from auditor.sources.graph_client import Page
from auditor.sources.pace import Pace
from auditor.sources.sign_ins import collect_sign_ins, next_hole
from auditor.sources.to_ask import ToAsk
from auditor.spool.spool import Header, Span, Spool
from auditor.tenant.dataset import DATASETS
from auditor.tenant.instant import SECOND, parse, to_text

START, END = parse("2026-11-01T00:00:00Z"), parse("2026-11-02T00:00:00Z")


class ScriptedGraph:
    """Pages of a list of rows, newest first, as Graph serves them for a window; `faults` end a query at that page."""

    def __init__(self, ticks: Iterable[int], page: int, faults: Iterable[int] = (), repeat: int = 0) -> None:
        self.rows = sorted(((at, f"id-{number}") for number, at in enumerate(ticks)), reverse=True)
        self._page = page
        self._faults = list(faults)
        self._repeat = repeat
        self.requests = 0
        self.upto = END

    async def pages(self, *_: Any) -> AsyncIterator[Page]:
        bound = -(-self.upto // SECOND) * SECOND  # `le` a whole second, as the real request does
        rows = [row for row in self.rows if START <= row[0] <= bound]
        position = 0
        while True:
            self.requests += 1
            if self._faults and self._faults[0] == self.requests:
                self._faults.pop(0)
                raise SourceError("Graph answered 503.")
            first = max(0, position - self._repeat)
            chunk = rows[first : position + self._page]
            position += self._page
            more = position < len(rows)
            yield Page([_row(at, identity) for at, identity in chunk], "https://next" if more else None)
            if not more:
                return


def _row(at: int, identity: str) -> msgspec.Raw:
    return msgspec.Raw(json.dumps({"id": identity, "createdDateTime": to_text(at)}).encode())


@pytest.fixture
def request_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted Graph needs no request; it takes the window's end from where the real one would read it."""

    def remember(graph: ScriptedGraph, start: int, upto: int) -> None:
        graph.upto = upto

    monkeypatch.setattr(sign_ins, "sign_ins_request", remember)


def new_spool(folder: Path) -> Spool:
    header = Header(
        tenant="t",
        started=to_text(END),
        window_start=to_text(START),
        window_end=to_text(END),
        datasets=tuple(DATASETS),
        source={},
    )
    return Spool.create(folder, header)


def collect(graph: ScriptedGraph, spool: Spool, pages_per_span: int = 3) -> None:
    asyncio.run(
        collect_sign_ins(graph, spool, ToAsk(spool), Pace(9, 0.0), lambda progress: None, pages_per_span=pages_per_span)  # type: ignore[arg-type]
    )


def ids(spool: Spool) -> list[str]:
    return [json.loads(line)["id"] for line in spool.sign_in_lines()]


pytestmark = pytest.mark.usefixtures("request_for")

TICKS = st.lists(st.integers(min_value=START, max_value=END - 1), max_size=60) | st.lists(
    st.integers(min_value=START, max_value=START + 5 * SECOND), max_size=60
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ticks=TICKS, page=st.integers(min_value=1, max_value=7), per_span=st.integers(min_value=1, max_value=4))
def test_every_row_is_read_once_however_spans_are_cut(
    tmp_path_factory: pytest.TempPathFactory, ticks: list[int], page: int, per_span: int
) -> None:
    spool = new_spool(tmp_path_factory.mktemp("spool"))
    graph = ScriptedGraph(ticks, page)
    collect(graph, spool, per_span)
    assert sorted(ids(spool)) == sorted(identity for _, identity in graph.rows)
    spans = spool.spans()
    assert (spans[0].start, spans[-1].end) == (to_text(START), to_text(END))
    assert all(one.end == other.start for one, other in itertools.pairwise(spans))
    for span in spans:
        assert span.rows == sum(parse(span.start) <= at < parse(span.end) for at in ticks)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    ticks=TICKS,
    page=st.integers(min_value=1, max_value=7),
    faults=st.lists(st.integers(min_value=1, max_value=30), max_size=5, unique=True).map(sorted),
)
def test_a_run_that_was_stopped_at_any_page_goes_on_to_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, ticks: list[int], page: int, faults: list[int]
) -> None:
    spool = new_spool(tmp_path_factory.mktemp("spool"))
    graph = ScriptedGraph(ticks, page, faults)
    for _ in range(len(faults) + 1):
        try:
            collect(graph, spool)
        except SourceError:
            continue
        break
    assert sorted(ids(spool)) == sorted(identity for _, identity in graph.rows)


def test_rows_of_one_whole_second_are_never_divided(tmp_path: Path) -> None:
    spool = new_spool(tmp_path / "spool")
    collect(ScriptedGraph([START + 3600 * SECOND] * 5, page=1), spool, pages_per_span=1)
    assert len(ids(spool)) == 5


def test_what_was_read_before_a_fault_is_kept(tmp_path: Path) -> None:
    spool = new_spool(tmp_path / "spool")
    graph = ScriptedGraph([END - second * 60 * SECOND for second in range(1, 41)], page=5, faults=[6])
    with pytest.raises(SourceError):
        collect(graph, spool, pages_per_span=20)
    assert len(ids(spool)) == 24  # the 25th has its second to itself only if the next page says so
    assert spool.spans()[0].start == to_text(END - 25 * 60 * SECOND + SECOND)


def test_a_dense_log_costs_as_many_requests_as_it_has_pages(tmp_path: Path) -> None:
    spool = new_spool(tmp_path / "spool")
    graph = ScriptedGraph(range(START, END, 600 * SECOND), page=10)  # 144 rows: 15 pages
    collect(graph, spool, pages_per_span=3)
    assert len(spool.spans()) == 5
    assert graph.requests == 15


def test_rows_that_graph_repeats_do_not_keep_spans_from_being_cut(tmp_path: Path) -> None:
    spool = new_spool(tmp_path / "spool")
    graph = ScriptedGraph(range(START, END, 600 * SECOND), page=10, repeat=2)
    collect(graph, spool, pages_per_span=3)
    assert len(spool.spans()) == 5
    assert set(ids(spool)) == {identity for _, identity in graph.rows}


def test_a_graph_that_breaks_its_order_is_read_to_the_end_before_a_span_is_called_whole(tmp_path: Path) -> None:
    spool = new_spool(tmp_path / "spool")
    graph = ScriptedGraph(range(START, END, 600 * SECOND), page=10)
    graph.rows[0], graph.rows[-1] = graph.rows[-1], graph.rows[0]
    collect(graph, spool, pages_per_span=3)
    assert len(spool.spans()) == 1
    assert sorted(ids(spool)) == sorted(identity for _, identity in graph.rows)


def test_rows_outside_the_window_are_left_out_and_rows_without_a_time_are_kept(tmp_path: Path) -> None:
    spool = new_spool(tmp_path / "spool")
    graph = ScriptedGraph([START - 1, START, END - 1, END], page=10)

    async def unfiltered(*_: Any) -> AsyncIterator[Page]:
        rows = [_row(at, identity) for at, identity in graph.rows]
        yield Page([msgspec.Raw(b'{"id": "timeless"}'), *rows], None)

    graph.pages = unfiltered  # type: ignore[method-assign]
    collect(graph, spool)
    assert ids(spool) == ["timeless", "id-2", "id-1"]


def test_the_latest_hole_is_read_next() -> None:
    def span(start: int, end: int) -> Span:
        return Span(to_text(start), to_text(end), 0, Path())

    assert next_hole([], 0, 100) == (0, 100)
    assert next_hole([span(60, 100), span(40, 60)], 0, 100) == (0, 40)
    assert next_hole([span(60, 100), span(20, 40)], 0, 100) == (40, 60)
    assert next_hole([span(20, 60)], 0, 100) == (60, 100)
    assert next_hole([span(20, 100), span(30, 40)], 20, 100) is None
    assert next_hole([span(0, 10), span(60, 100)], 20, 100) == (20, 60)
