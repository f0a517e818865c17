"""The embedded engine: classifies a log of any size, in any order, on one machine with flat memory.

Rows stream in once and go, narrow, to buckets on disk by hash of their correlation id, so that an attempt lies whole
in one bucket and only one bucket is in memory at a time. Interrupts come out as sorted runs that are merged when
asked for. What grows with the tenant are the distinct users per code (8 bytes and a set's entry each), nothing else.
"""

from __future__ import annotations

import gc
import heapq
import os
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from auditor.sign_ins.attempts import classify, is_interrupt, newest_versions
from auditor.sign_ins.catalogue import SUCCESS, catalogue
from auditor.sign_ins.rows import Row, read_row
from auditor.sign_ins.sights import Reduction, Sights
from auditor.tenant.sign_in_log import Coverage, Interrupt, InterruptCount, Outcome, Recorded, Sight, Totals

ROWS_PER_BUCKET = 16_384
MOST_BUCKETS = 512
INTERRUPTS_PER_RUN = 20_000
_FLUSH = 1 << 16  # bytes a bucket holds in memory before they are appended to its file

_encoder = msgspec.json.Encoder()
_decode_rows = msgspec.json.Decoder(Row).decode_lines
_decode_interrupt = msgspec.json.Decoder(Interrupt).decode


class EmbeddedLog:
    """A `SignInLog` over rows in Graph's shape. Use it in a `with`: its working files end with it.

    `lines`: one row of Graph JSON each, in the order of collecting. `rows`: about how many there are (it sets the
    number of buckets). `asked`, `intervals`: see `Coverage`. `filtered`: the log says that it was filtered by status.
    `reduction`: by it sign-ins are told apart for policies; without one there are no sights.
    """

    def __init__(
        self,
        lines: Iterable[bytes],
        *,
        rows: int,
        asked: tuple[int, int],
        intervals: tuple[tuple[int, int], ...],
        filtered: bool = False,
        reduction: Reduction | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="auditor-")
        self.folder = Path(self._temporary.name)
        try:
            with _without_collector():
                self._analyse(lines, rows, asked, intervals, filtered, reduction, progress)
        except BaseException:
            self._temporary.cleanup()
            raise

    def _analyse(
        self,
        lines: Iterable[bytes],
        rows: int,
        asked: tuple[int, int],
        intervals: tuple[tuple[int, int], ...],
        filtered: bool,
        reduction: Reduction | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        buckets = _Buckets(self.folder, count=max(1, min(MOST_BUCKETS, rows // ROWS_PER_BUCKET + 1)))
        self._sights: tuple[Sight, ...]
        self._record: Iterable[Recorded]
        sights = Sights(reduction) if reduction is not None else None
        read = sights.read_row if sights is not None else read_row
        given = refused = 0
        any_success = False
        for line in lines:
            given += 1
            row = read(line, given)
            if row is None:
                refused += 1
                continue
            any_success = any_success or row.code == SUCCESS
            buckets.add(row)
            if progress is not None and given % 10_000 == 0:
                progress(given)
        self.coverage = Coverage(asked=asked, intervals=intervals, filtered=filtered or not any_success)
        self._runs = _Runs(self.folder)
        tally = _Tally()
        for bucket in buckets:
            by_correlation: dict[str, list[Row]] = defaultdict(list)
            for row in newest_versions(bucket):
                tally.row(row)
                if sights is not None:
                    sights.count(row)
                by_correlation[row.correlation_id or f"alone {row.id}"].append(row)
            for group in by_correlation.values():
                if any(map(is_interrupt, group)):
                    for interrupt in classify(group, self.coverage):
                        tally.interrupt(interrupt)
                        self._runs.add(interrupt)
        self.totals = tally.totals(given, refused)
        self._counts = tally.counts()
        self._sights, self._record = sights.counted() if sights is not None else ((), ())

    def counts(self) -> tuple[InterruptCount, ...]:
        return self._counts

    def interrupts(self, code: int | None = None) -> Iterator[Interrupt]:
        return (found for found in self._runs if code is None or found.code == code)

    def sights(self) -> tuple[Sight, ...]:
        return self._sights

    def recorded(self) -> Iterator[Recorded]:
        return iter(self._record)

    def __enter__(self) -> EmbeddedLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._temporary.cleanup()


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


class _Buckets:
    """Rows on disk by hash of their correlation id. Files are opened only to append: 512 open ones are too many for
    Windows and macOS."""

    def __init__(self, folder: Path, count: int) -> None:
        self._paths = [folder / f"bucket-{number:03}" for number in range(count)]
        self._pending = [bytearray() for _ in range(count)]

    def add(self, row: Row) -> None:
        number = zlib.crc32((row.correlation_id or row.id).encode()) % len(self._paths)
        pending = self._pending[number]
        pending += _encoder.encode(row)
        pending += b"\n"
        if len(pending) > _FLUSH:
            self._flush(number)

    def _flush(self, number: int) -> None:
        with open(self._paths[number], "ab") as file:
            file.write(self._pending[number])
        self._pending[number].clear()

    def __iter__(self) -> Iterator[list[Row]]:
        """Each bucket's rows, once: a bucket's file is gone when it was read."""
        for number, path in enumerate(self._paths):
            self._flush(number)
            rows = _decode_rows(path.read_bytes())
            os.unlink(path)
            yield rows


class _Runs:
    """Interrupts in order of time: sorted runs on disk, merged as they are read; a small log stays in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: list[Path] = []
        self._pending: list[Interrupt] = []

    def add(self, interrupt: Interrupt) -> None:
        self._pending.append(interrupt)
        if len(self._pending) >= INTERRUPTS_PER_RUN:
            path = self._folder / f"run-{len(self._paths):05}"
            with open(path, "wb") as file:
                for each in sorted(self._pending, key=_when):
                    file.write(_encoder.encode(each) + b"\n")
            self._paths.append(path)
            self._pending.clear()

    def __iter__(self) -> Iterator[Interrupt]:
        runs: list[Iterable[Interrupt]] = [_read_run(path) for path in self._paths]
        return heapq.merge(*runs, sorted(self._pending, key=_when), key=_when)


def _when(interrupt: Interrupt) -> tuple[int, str]:
    return interrupt.at, interrupt.id


def _read_run(path: Path) -> Iterator[Interrupt]:
    with open(path, "rb") as file:
        for line in file:
            yield _decode_interrupt(line)


class _Tally:
    """The log in numbers, row by row and interrupt by interrupt."""

    def __init__(self) -> None:
        self._rows = self._successes = self._failures = self._interrupts = 0
        self._uncatalogued: Counter[int | None] = Counter()
        self._outcomes: dict[int, Counter[Outcome]] = defaultdict(Counter)
        self._users: dict[int, set[int]] = defaultdict(set)

    def row(self, row: Row) -> None:
        self._rows += 1
        if row.code == SUCCESS:
            self._successes += 1
        elif is_interrupt(row):
            self._interrupts += 1
        elif row.code in catalogue():
            self._failures += 1
        else:
            self._uncatalogued[row.code] += 1

    def interrupt(self, interrupt: Interrupt) -> None:
        self._outcomes[interrupt.code][interrupt.outcome] += 1
        users = self._users[interrupt.code]
        if interrupt.user_id:
            users.add(hash(interrupt.user_id))

    def totals(self, given: int, refused: int) -> Totals:
        return Totals(
            rows=given,
            repeated=given - refused - self._rows,
            refused=refused,
            successes=self._successes,
            failures=self._failures,
            interrupts=self._interrupts,
            uncatalogued=dict(self._uncatalogued),
        )

    def counts(self) -> tuple[InterruptCount, ...]:
        found = (
            InterruptCount(code, outcomes.total(), len(self._users[code]), dict(outcomes))
            for code, outcomes in self._outcomes.items()
        )
        return tuple(sorted(found, key=lambda each: (-each.count, each.code)))
