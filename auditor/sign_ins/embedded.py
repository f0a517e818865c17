"""The embedded engine: classifies a log of any size, in any order, on one machine with flat memory.

Rows stream in once and go, narrow, to buckets on disk (`auditor.sign_ins.partition`); then each bucket is classified by
itself (`auditor.sign_ins.classification`). Several processes share both steps, and one alone gives the same answers.

Versions of one row meet because they bear one correlation id (`auditor.sign_ins.versions`): a row that changes it
between two readings counts twice.
"""

from __future__ import annotations

import gc
import heapq
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from auditor.exports.part import Part
from auditor.sign_ins import buckets, tally
from auditor.sign_ins.crew import Crew
from auditor.sign_ins.partition import REFUSALS_NAMED, Partitioned, PartRead
from auditor.sign_ins.runs import merged
from auditor.sign_ins.sights import Reduction, Sights
from auditor.tenant.sign_in_log import Coverage, Interrupt, InterruptCount, NamedPolicies, Recorded, Sight

BYTES_PER_ROW = 4_000
"""Of a log whose rows nobody has counted. Graph's rows are larger, those of tables smaller."""
ROWS_PER_PROCESS = 50_000
"""Fewer are read by one process sooner than another one starts."""
MOST_PROCESSES = 8

Intervals = tuple[tuple[int, int], ...]


class EmbeddedLog:
    """A `SignInLog` over rows in any format. Use it in a `with`: its working files end with it.

    `parts`: of the log. `ordered`: they come in the order of collecting, so that of versions of a row the one that is
    read later counts; otherwise the order of files and rows decides nothing. `asked`, `intervals`: see `Coverage`;
    None: what the log covers is from its first to its last row. `intervals` may also be told by what each of the parts
    brought. `rows`: about how many there are, where that is known. `filtered`: the log says that it was filtered by
    status. `reduction`: by it sign-ins are told apart for policies, by one process; without one there are no sights.
    `listed`: interrupts can be listed, each with what explanations need of it; otherwise they are counted only, which
    takes half the time. `processes`: how many take part; by default as many as the machine and the log are good for.
    `progress`: is told now and then how many rows were read.

    `read`: what each of the parts brought. `unreadable`: the first rows that were refused.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        ordered: bool = True,
        asked: tuple[int, int] | None = None,
        intervals: Intervals | Callable[[Sequence[PartRead]], Intervals] | None = None,
        rows: int | None = None,
        filtered: bool = False,
        reduction: Reduction | None = None,
        listed: bool = True,
        processes: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="auditor-")
        self.folder = Path(self._temporary.name)
        about = rows if rows is not None else sum(part.size for part in parts) // BYTES_PER_ROW
        count = 1 if reduction is not None else processes or _processes(about, len(parts))
        sights = Sights(reduction) if reduction is not None else None
        self._sights: tuple[Sight, ...] = ()
        self._record: Iterable[Recorded] = ()
        self._unlisted = NamedPolicies()
        try:
            crew = Crew(self.folder, count - 1, buckets.count_for(about), listed, sights, ordered=ordered)
            with _without_collector(), crew:
                read = crew.read(parts, progress)
                if sights is not None and not ordered:
                    sights.settle()
                self.read = tuple(sorted((part for each in read for part in each.parts), key=lambda part: part.number))
                told = intervals(self.read) if callable(intervals) else intervals
                self.coverage = _coverage(read, asked, told, filtered)
                found = crew.classify(self.coverage)
                counted = [each.counted for each in found]
                self._counts = tally.counts(counted)
                if sights is not None:
                    self._sights, self._record = sights.counted()
                    self._unlisted = sights.unlisted.counted()
        except BaseException:
            self._temporary.cleanup()
            raise
        self.totals = tally.totals(
            counted,
            given=sum(each.given for each in read),
            refused=sum(each.refused for each in read),
            others=sum((Counter(each.others) for each in read), Counter()),
        )
        refusals = heapq.nsmallest(REFUSALS_NAMED, (named for each in read for named in each.unreadable))
        self.unreadable = tuple(why for _, why in refusals)
        self._listed = listed
        self._runs = tuple(run for each in found for run in each.runs)

    def counts(self) -> tuple[InterruptCount, ...]:
        return self._counts

    def interrupts(self, code: int | None = None) -> Iterator[Interrupt]:
        if not self._listed:
            raise LookupError("the log was opened to be counted only")
        return (found for found in merged(self._runs) if code is None or found.code == code)

    def sights(self) -> tuple[Sight, ...]:
        return self._sights

    def recorded(self) -> Iterator[Recorded]:
        return iter(self._record)

    def unlisted(self) -> NamedPolicies:
        return self._unlisted

    def __enter__(self) -> EmbeddedLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._temporary.cleanup()


def _processes(rows: int, parts: int) -> int:
    return max(1, min(_processors(), MOST_PROCESSES, parts, rows // ROWS_PER_PROCESS))


def _processors() -> int:
    """Those that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _coverage(
    read: Sequence[Partitioned],
    asked: tuple[int, int] | None,
    intervals: Intervals | None,
    filtered: bool,
) -> Coverage:
    first, last = min(each.first for each in read), max(each.last for each in read)
    seen = (first, last + 1) if first <= last else None
    return Coverage(
        asked=asked or seen or (0, 0),
        intervals=intervals if intervals is not None else (seen,) if seen else (),
        filtered=filtered or not any(each.success for each in read),
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """What a log is read into has no cycles, and the collector would walk a hundred thousand sights again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
