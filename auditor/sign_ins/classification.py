"""The second of two steps: bucket by bucket, the newest version of each row, its attempts, and how they ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path

import msgspec

from auditor.sign_ins.attempts import judged
from auditor.sign_ins.buckets import Written
from auditor.sign_ins.catalogue import interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.sign_ins.runs import Run, Runs
from auditor.sign_ins.sights import Sights
from auditor.sign_ins.tally import Counted, Tally
from auditor.sign_ins.versions import newest_versions, sharing_an_id
from auditor.tenant.sign_in_log import Coverage

_when = attrgetter("at", "id")


class Classified(msgspec.Struct, frozen=True, tag=True):
    """What one process classified. `shelves`: which."""

    shelves: tuple[int, ...]
    counted: Counted
    runs: tuple[Run, ...]


def classified(
    shelves: Iterable[int],
    written: Written,
    coverage: Coverage,
    path: Path,
    listed: bool,
    sights: Sights | None = None,
) -> Classified:
    """Classifies the buckets of these shelves; `path`: of its working files. `listed`: each interrupt is written to a
    run. `sights` counts each distinct row, too."""
    interrupts = interrupt_codes()
    tally, runs = Tally(path.with_suffix(".users")), Runs(path.with_suffix(".runs"))
    done: list[int] = []
    for rows in _buckets(shelves, written, done):
        distinct = newest_versions(rows)
        tally.rows(distinct, sharing_an_id(distinct))
        if sights is not None:
            # The first row that shows a thing is its example: not by the order in which files happen to lie.
            for row in sorted(distinct, key=_when):
                sights.count(row)
        interrupted = {row.correlation_id for row in distinct if row.code in interrupts}
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in distinct:
            if row.correlation_id in interrupted:
                groups[row.correlation_id].append(row)
        for group in groups.values():
            for found in judged(group, coverage):
                tally.interrupt(found)
                if listed:
                    runs.add(found)
    runs.flush()
    return Classified(tuple(done), tally.counted(), tuple(runs.done))


def _buckets(shelves: Iterable[int], written: Written, done: list[int]) -> Iterator[list[Row]]:
    for shelf in shelves:
        yield from written.buckets(shelf)
        done.append(shelf)
