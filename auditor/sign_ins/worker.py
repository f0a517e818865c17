"""A process that takes part in analysing a log: it gets its jobs line by line on its standard input, and answers each
with a line on its standard output. It ends when its input does.

What is to be done nobody shares out beforehand: whoever is free takes the next piece, by making the file that claims
it. So a slow process holds nobody up.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from auditor.exports.part import Part
from auditor.sign_ins.buckets import Buckets, Written
from auditor.sign_ins.classification import Classified, classified
from auditor.sign_ins.partition import Partition, Partitioned
from auditor.tenant.sign_in_log import Coverage


class ToRead(msgspec.Struct, frozen=True, tag=True):
    """Parts to be read into so many buckets. `path`: of this process's working files; `order`: of claiming them;
    `listed`, `ordered`: see `Partition`."""

    path: str
    parts: tuple[Part, ...]
    order: tuple[int, ...]
    buckets: int
    listed: bool
    ordered: bool


class ToClassify(msgspec.Struct, frozen=True, tag=True):
    """Buckets to be classified. `written`: the files that hold them; `listed`: see `classified`."""

    path: str
    written: tuple[str, ...]
    buckets: int
    coverage: Coverage
    listed: bool


class Told(msgspec.Struct, frozen=True, tag=True):
    """Progress: how many rows this process has read."""

    rows: int


Job = ToRead | ToClassify
Answer = Partitioned | Classified


def main() -> None:
    gc.disable()  # what a log is read into has no cycles
    jobs = msgspec.json.Decoder(Job)
    for line in sys.stdin.buffer:
        job = jobs.decode(line)
        _say(read(job) if isinstance(job, ToRead) else classify(job))


def read(job: ToRead) -> Partitioned:
    path = Path(job.path)
    with closing(Buckets(path, job.buckets)) as buckets:
        partition = Partition(buckets, job.listed, lambda rows: _say(Told(rows)), ordered=job.ordered)
        for number in claimed(path.parent, "part", job.order):
            partition.read(number, job.parts[number])
        return partition.done()


def classify(job: ToClassify) -> Classified:
    path = Path(job.path)
    with closing(Written([Path(each) for each in job.written], job.buckets)) as written:
        shelves = claimed(path.parent, "shelf", range(written.shelves))
        return classified(shelves, written, job.coverage, path, job.listed)


def claimed(folder: Path, kind: str, numbers: Iterable[int]) -> Iterator[int]:
    """Those of the numbers that no other process has taken, each taken when it is asked for. Not for the smallest of
    things: where many files were deleted lately, a claim takes some hundred microseconds."""
    for number in numbers:
        try:
            os.close(os.open(folder / f"{kind}-{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        yield number


def _say(what: Answer | Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()
