"""Collecting the sign-in log from Graph: newest first, in spans of time that are whole on disk before the next begins.

Graph lists sign-ins in descending order of time, so a few pages are at the same time a whole span: everything from
the last row read up to where the span began. After `pages_per_span` pages the span is closed and the rest of the
window is asked for anew. That costs no request (the new query's first page takes the place of the next page), needs no
guess at how dense the log is (a sparse month is one query), loses at most one span when the run dies, and keeps skip
tokens young: they expire, and deep ones time out.

`$filter` on createdDateTime knows `ge` and `le` only and has been seen to be ignored: spans are cut and checked here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from auditor.errors import SourceError
from auditor.sources.graph_client import GraphClient, LostPlace, Page
from auditor.sources.pace import Pace
from auditor.sources.progress import Progress, Report
from auditor.sources.to_ask import TELLING, Row, ToAsk, row_of
from auditor.spool.spool import Span, SpanWriter, Spool
from auditor.tenant.instant import SECOND, parse, to_seconds_text, to_text

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

ROWS_PER_PAGE = 1000
LOST_AT_ONE_PLACE = 5  # how often the same place may be lost before it is given up

_NOTHING = Row()


async def collect_sign_ins(
    graph: GraphClient, spool: Spool, to_ask: ToAsk, pace: Pace, report: Report, *, pages_per_span: int
) -> None:
    """Reads what the spool does not hold yet of its window, span by span; `to_ask` takes note of it. SourceError: what
    was read stays."""
    start, end = parse(spool.header.window_start), parse(spool.header.window_end)
    progress = _Tally(report, start, end)
    progress.resume(spool.spans())
    lost = 0
    while (hole := next_hole(spool.spans(), start, end)) is not None:
        try:
            await _collect_span(graph, spool, to_ask, pace, progress, *hole, pages_per_span)
        except LostPlace:
            # What was read down to the last whole second is on disk, so asking anew goes on there.
            lost = lost + 1 if next_hole(spool.spans(), start, end) == hole else 0
            if lost == LOST_AT_ONE_PLACE:
                raise


def next_hole(spans: Iterable[Span], start: int, end: int) -> tuple[int, int] | None:
    """The latest time from `start` up to `end` that no span on disk holds, in ticks; None when they hold all of it. A
    file may have been lost in the midst of them."""
    reached = end
    for span in sorted(spans, key=lambda each: each.end, reverse=True):
        if (top := parse(span.end)) < reached:
            return max(start, top), reached
        reached = min(reached, parse(span.start))
    return (start, reached) if reached > start else None


def read_back_to(spool: Spool) -> str:
    """How far the log was read without a hole, for people."""
    start, end = parse(spool.header.window_start), parse(spool.header.window_end)
    hole = next_hole(spool.spans(), start, end)
    return to_seconds_text(hole[1] if hole is not None else start)


async def _collect_span(
    graph: GraphClient,
    spool: Spool,
    to_ask: ToAsk,
    pace: Pace,
    progress: _Tally,
    start: int,
    upto: int,
    pages_per_span: int,
) -> None:
    """Reads from `upto` (excluded) downwards and leaves one more span on disk that ends there. What was read before a
    fault or a Ctrl-C is kept, too."""
    stopped: BaseException | None = None
    with spool.new_span() as writer:
        part = _Part(writer, to_ask, start, upto)
        try:
            async for page in graph.pages(sign_ins_request(graph, start, upto), pace, progress.waiting):
                progress.page(part.add(page), part.lowest)
                if part.pages >= pages_per_span and page.next_link and part.cut():
                    break
            else:
                part.end()
        except (SourceError, asyncio.CancelledError) as error:
            part.cut()
            stopped = error
    progress.given_back(len(part.held))
    if stopped is not None:
        raise stopped


class _Part:
    """The part of a span that was read so far. `lowest`: its oldest row. `held`: rows within the second of `lowest`,
    of which the next page may hold more."""

    def __init__(self, writer: SpanWriter, to_ask: ToAsk, start: int, upto: int) -> None:
        self._writer = writer
        self._to_ask = to_ask
        self._telling: list[tuple[int, Row]] = []  # noted with the span, so that what is noted is on disk
        self._start, self._upto = start, upto
        self._seen: set[int] = set()  # hashes of ids: a row that Graph repeats is not out of order
        self._in_order = True
        self.lowest = upto
        self.held: list[tuple[int, bytes]] = []
        self.pages = 0

    def add(self, page: Page) -> int:
        """Takes a page; returns how many of its rows lie in the window."""
        rows = 0
        for at, row, raw in _within(page.value, self._start, self._upto):
            rows += 1
            self.held.append((at, raw))
            if at >= 0:
                identity = hash(row.id)
                self._in_order = self._in_order and (at <= self.lowest or identity in self._seen)
                self.lowest = min(self.lowest, at)
                self._seen.add(identity)
            if (status := row.status) is not None and status.errorCode in TELLING:
                self._telling.append((at, row))
        bottom = _second_above(self.lowest)
        self._writer.add(raw for at, raw in self.held if at < 0 or at >= bottom)
        self.held = [(at, raw) for at, raw in self.held if 0 <= at < bottom]
        self.pages += 1
        return rows

    def cut(self) -> bool:
        """Ends the span at the last whole second above which everything was read, if there is one: Graph kept its
        promised order, and the cut lies below the span's end, or the next query would begin where this one did."""
        bottom = _second_above(self.lowest)
        if not self._in_order or not self._start < bottom < self._upto:
            return False
        self._done(bottom)
        return True

    def end(self) -> None:
        """The window's beginning was reached."""
        self._writer.add(raw for _, raw in self.held)
        self.held = []
        self._done(self._start)

    def _done(self, bottom: int) -> None:
        self._writer.done(to_text(bottom), to_text(self._upto))
        for at, row in self._telling:
            if at < 0 or at >= bottom:
                self._to_ask.note(row)


def _within(rows: Iterable[msgspec.Raw], start: int, upto: int) -> Iterator[tuple[int, Row, bytes]]:
    """The rows that lie in the window: time, what was made out of it, bytes. The time is -1 for a row that has no
    readable one: it is kept, so that it is counted as refused and not silently gone."""
    for raw in rows:
        row = _NOTHING
        try:
            row = row_of(raw)
            at = parse(row.createdDateTime or "")
        except ValueError:
            at = -1
        if at < 0 or start <= at < upto:
            yield at, row, bytes(raw)


def _second_above(ticks: int) -> int:
    """The next whole second, never `ticks` itself: the next page may hold another row of the very same instant."""
    return ticks // SECOND * SECOND + SECOND


def _ceil_second(ticks: int) -> int:
    return -(-ticks // SECOND) * SECOND


def sign_ins_request(graph: GraphClient, start: int, upto: int, rows: int | None = None) -> RequestInformation:
    """The query for a window, in ticks: newest first, so many rows a page (Graph's most, unless said)."""
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder

    query = SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters
    window = f"createdDateTime ge {to_seconds_text(start)} and createdDateTime le {to_seconds_text(_ceil_second(upto))}"
    return graph.builders.audit_logs.sign_ins.to_get_request_information(
        RequestConfiguration(query_parameters=query(filter=window, top=rows or ROWS_PER_PAGE))
    )


class _Tally:
    """Counts for the progress reports; keeps no rows."""

    def __init__(self, report: Report, start: int, end: int) -> None:
        self._report = report
        self._start, self._end = start, end
        self._rows = self._pages = 0
        self._share = 0.0

    def resume(self, spans: Iterable[Span]) -> None:
        self._rows = sum(span.rows for span in spans)
        self._say()

    def page(self, rows: int, lowest: int) -> None:
        self._rows += rows
        self._pages += 1
        self._share = (self._end - lowest) / max(1, self._end - self._start)
        self._say()

    def given_back(self, rows: int) -> None:
        """Rows below the span's end: the next query brings them again."""
        self._rows -= rows

    def waiting(self, seconds: float, why: str) -> None:
        self._say(seconds, why)

    def _say(self, waiting: float = 0.0, why: str = "") -> None:
        self._report(Progress("sign_ins", self._rows, self._pages, self._share, waiting, why))
