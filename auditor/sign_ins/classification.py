"""The second of two steps: bucket by bucket, the newest version of each row, its attempts, and how they ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from auditor.sign_ins.attempts import judged, newest_versions
from auditor.sign_ins.buckets import Written
from auditor.sign_ins.catalogue import interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.sign_ins.runs import Run, Runs
from auditor.sign_ins.sights import Sights
from auditor.sign_ins.tally import Counted, Tally
from auditor.tenant.sign_in_log import Coverage


class Classified(msgspec.Struct, frozen=True, tag=True):
    """What one process classified. `buckets`: which."""

    buckets: tuple[int, ...]
    counted: Counted
    runs: tuple[Run, ...]


def classified(
    buckets: Iterable[int],
    rows: Written,
    coverage: Coverage,
    path: Path,
    listed: bool,
    sights: Sights | None = None,
) -> Classified:
    """Classifies these buckets; `path`: of its working files. `listed`: each interrupt is written to a run. `sights`
    counts each distinct row, too."""
    interrupts = interrupt_codes()
    tally, runs = Tally(path.with_suffix(".users")), Runs(path.with_suffix(".runs"))
    done = []
    for number in buckets:
        distinct = newest_versions(rows.rows(number))
        tally.rows(distinct)
        if sights is not None:
            for row in distinct:
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
        done.append(number)
    runs.flush()
    return Classified(tuple(done), tally.counted(), tuple(runs.done))
