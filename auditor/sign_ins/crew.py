"""The processes that share the work on one log: this one, which takes part in it, and its workers.

A worker that cannot be started, or that dies, costs nothing but time: what it has not brought to its end, this process
does itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from auditor.exports.part import Part
from auditor.sign_ins.buckets import Buckets, Written
from auditor.sign_ins.classification import Classified, classified
from auditor.sign_ins.partition import Partition, Partitioned
from auditor.sign_ins.sights import Sights
from auditor.sign_ins.worker import ToClassify, ToRead, claimed
from auditor.sign_ins.worker_process import Worker
from auditor.tenant.sign_in_log import Coverage


class Crew:
    """In this folder, with so many workers, or as many as this place allows. They end with the block. `listed`,
    `ordered`: see `EmbeddedLog`. `sights`: of the work without workers, what each row shows and each distinct row
    counts for."""

    def __init__(
        self, folder: Path, workers: int, buckets: int, listed: bool, sights: Sights | None, *, ordered: bool
    ) -> None:
        self._folder = folder
        self._buckets = buckets
        self._listed = listed
        self._sights = sights
        self._ordered = ordered
        self._workers: list[Worker] = []
        self._written: list[Path] = []
        with suppress(OSError):
            for _ in range(workers if sys.executable else 0):
                self._workers.append(Worker())

    def read(self, parts: Sequence[Part], progress: Callable[[int], None] | None) -> tuple[Partitioned, ...]:
        """The first step, on all parts."""
        order = sorted(range(len(parts)), key=lambda number: -parts[number].size)
        for number, worker in enumerate(self._workers, 1):
            path = str(self._rows(number))
            worker.ask(ToRead(path, tuple(parts), tuple(order), self._buckets, self._listed, self._ordered))

        def told(rows: int) -> None:
            if progress is not None:
                progress(rows + sum(worker.rows for worker in self._workers))

        with closing(Buckets(self._rows(0), self._buckets)) as own:
            reader = self._sights.row if self._sights is not None else None
            partition = Partition(own, self._listed, told, reader, ordered=self._ordered)
            taken: set[int] = set()
            for number in self._mine("part", order):
                partition.read(number, parts[number])
                taken.add(number)
            self._written = [self._rows(0)]
            answers = []
            for number, worker in enumerate(self._workers, 1):
                answer = worker.answer(Partitioned)
                if answer is not None:
                    answers.append(answer)
                    taken.update(part.number for part in answer.parts)
                    self._written.append(self._rows(number))
            for number in sorted(set(order) - taken):
                partition.read(number, parts[number])
            return partition.done(), *answers

    def classify(self, coverage: Coverage) -> tuple[Classified, ...]:
        """The second step, on all buckets."""
        paths = tuple(map(str, self._written))
        for number, worker in enumerate(self._workers, 1):
            worker.ask(ToClassify(str(self._rows(number)), paths, self._buckets, coverage, self._listed))
        answers: list[Classified] = []

        def numbers() -> Iterator[int]:
            taken = set()
            for number in self._mine("shelf", range(written.shelves)):
                taken.add(number)
                yield number
            answers.extend(found for worker in self._workers if (found := worker.answer(Classified)) is not None)
            taken.update(number for answer in answers for number in answer.shelves)
            yield from sorted(set(range(written.shelves)) - taken)

        with closing(Written(self._written, self._buckets)) as written:
            own = classified(numbers(), written, coverage, self._rows(0), self._listed, self._sights)
        return own, *answers

    def _rows(self, number: int) -> Path:
        return self._folder / f"rows-{number}"

    def _mine(self, kind: str, numbers: Sequence[int]) -> Iterator[int]:
        return claimed(self._folder, kind, numbers) if self._workers else iter(sorted(numbers))

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()
