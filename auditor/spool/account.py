"""What a collected folder can prove of itself: each file is held against the manifest, and those of sign-ins also
against their names, each other, the window, and what reading them brought.

A span that is not proven covers no time: how an attempt ended is then not known there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.spool.manifest import GONE, Manifest
from auditor.spool.spool import HEADER, SIGN_INS, Span, Spool, dataset_file, span_of

TOLD = 3
"""Of faults of one kind, which a folder may have thousands of."""


@dataclass(frozen=True, slots=True)
class Found:
    """What reading a span brought: rows as given, those of them that could not be read, and the instants of the
    earliest and the latest one; "" where there is none."""

    rows: int
    refused: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Account:
    """`covered`: the spans whose rows are proven to be here. `faults`: sentences, none when all of the log is."""

    covered: tuple[Span, ...]
    faults: tuple[str, ...]


def doubts_of_dataset(kept: Manifest | None, name: str) -> tuple[str, ...]:
    """Why the file of a dataset, if it is there, may not be as it was written: sentences. `kept`: the manifest, if the
    collection has one."""
    if kept is None:
        return ()
    if kept.lost:
        return ("The manifest of the collection is gone, so nothing proves that its files are whole.",)
    doubts = [f"{HEADER} {why}." for why in [kept.doubt(HEADER)] if why]
    file = dataset_file(name)
    if (why := kept.doubt(file)) not in ("", GONE):
        doubts.append(f"{file} {why}.")
    return tuple(doubts)


class LogAccount:
    """Of the log in a folder. `kept`: the manifest, if the collection has one. `window`: instants. `to_its_end`: the
    collection does not say that it ended before it came to the beginning of the window."""

    def __init__(self, spool: Spool, kept: Manifest | None, window: tuple[str, str], *, to_its_end: bool) -> None:
        self._spans = spool.spans()
        self._window = window
        self._to_its_end = to_its_end
        self._of_folder = doubts_of_dataset(kept, SIGN_INS)
        self._kept = kept
        self._doubts: dict[str, str] = {}
        self._gone: list[Span] = []
        if kept is not None and not kept.lost:
            self._doubts = {span.file: why for span in self._spans if (why := kept.doubt(span.file))}
            self._gone = sorted(_missing(kept, self._spans), key=_when)
        known = {span.file for span in self._gone}
        self._strays = [path for path in spool.strays() if f"{SIGN_INS}/{path.name}" not in known]

    def held_against(self, found: Mapping[str, Found]) -> Account:
        """The account, once the spans were read: what each brought, by its file."""
        sound, faults = [], []
        for span in self._spans:
            why = _fault(span, self._doubts.get(span.file, ""), found.get(span.file))
            if why:
                faults.append(why)
            elif self._proves(found.get(span.file)):
                sound.append(span)
        return Account(
            tuple(sound),
            (
                *self._of_folder,
                *_without_file(self._gone),
                *_few(faults),
                *_few([f"{SIGN_INS}/{path.name} is no file that auditor wrote: left aside." for path in self._strays]),
                *_few(list(_overlaps(self._spans))),
                *_few(list(_outside(self._spans, self._window))),
                *_few(list(self._holes())),
            ),
        )

    def _proves(self, found: Found | None) -> bool:
        """Of a span without a fault. Where no digest tells a row that came broken from a file that was cut, rows that
        cannot be read may stand for more of them."""
        if self._kept is not None:
            return not self._kept.lost
        return found is None or not found.refused

    def _holes(self) -> Iterator[str]:
        """What no file was ever written for, as far as one can see."""
        reached, end = self._window
        stopped = not self._to_its_end
        for span in (*sorted((*self._spans, *self._gone), key=_when), None):
            start = end if span is None else min(span.start, end)
            if reached < start and not (stopped and reached == self._window[0]):
                yield f"No file holds the time from {_seconds(reached)} to {_seconds(start)}."
            if span is not None:
                reached = max(reached, span.end)


def _fault(span: Span, doubt: str, found: Found | None) -> str:
    """A sentence on what is wrong with a span that is there; "" when nothing is."""
    short = span.rows - (found.rows - found.refused) if found is not None else 0
    if doubt:
        missing = f": {short:,} of {_rows(span.rows)} are missing" if short > 0 else ""
        return f"The span {_times(span)} ({span.file}) {doubt}{missing}."
    if found is None:
        return ""
    if found.rows != span.rows:
        if short > 0:
            return f"The span {_times(span)} is not whole: {short:,} of {_rows(span.rows)} are missing."
        return f"The span {_times(span)} holds {_rows(found.rows)}, and the name of its file says {span.rows:,}."
    if found.first and (found.first < span.start or found.last >= span.end):
        seen = f"{_seconds(found.first)} to {_seconds(found.last)}"
        return f"The span {_times(span)} holds rows of another time, from {seen}."
    return ""


def _missing(kept: Manifest, spans: Sequence[Span]) -> Iterator[Span]:
    there = {span.file for span in spans}
    for file in kept.listed:
        span = span_of(Path(file))
        if span is not None and file not in there:
            yield span


def _runs(gone: Iterable[Span]) -> list[list[Span]]:
    """Spans that follow one another without a hole, together."""
    runs: list[list[Span]] = []
    for span in gone:
        if runs and runs[-1][-1].end == span.start:
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def _without_file(gone: Iterable[Span]) -> Iterator[str]:
    runs = _runs(gone)
    yield from map(_no_file, runs[:TOLD])
    if more := runs[TOLD:]:
        rows = sum(span.rows for run in more for span in run)
        yield f"So it is with {len(more):,} more, of {_rows(rows)}."


def _no_file(run: Sequence[Span]) -> str:
    rows = sum(span.rows for span in run)
    missing = f"{_rows(rows)} {'is' if rows == 1 else 'are'} missing"
    return f"The span {_seconds(run[0].start)} to {_seconds(run[-1].end)} has no file: {missing}."


def _overlaps(spans: Iterable[Span]) -> Iterator[str]:
    before: Span | None = None
    for span in spans:
        if before is not None and span.start < before.end:
            yield f"The spans {_times(before)} and {_times(span)} overlap."
        if before is None or span.end > before.end:
            before = span


def _outside(spans: Iterable[Span], window: tuple[str, str]) -> Iterator[str]:
    start, end = window
    for span in spans:
        if span.start < start or span.end > end:
            asked = f"{_seconds(start)} to {_seconds(end)}"
            yield f"The span {_times(span)} reaches beyond what was asked for, {asked}."


def _few(sentences: Sequence[str]) -> tuple[str, ...]:
    more = len(sentences) - TOLD
    return tuple(sentences) if more <= 0 else (*sentences[:TOLD], f"So it is with {more:,} more.")


def _when(span: Span) -> tuple[str, str]:
    return span.start, span.end


def _times(span: Span) -> str:
    return f"{_seconds(span.start)} to {_seconds(span.end)}"


def _seconds(instant: str) -> str:
    """For people: UTC, to the second."""
    return f"{instant[:19]}Z"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
