"""The rows of one attempt out of a log of any size: all that share a correlation id with what is asked for.

An id is searched for in the bytes of each row, and only a row that holds it is decoded. A request id gives its own row
first and, in a second pass over the log, the rows that share its correlation id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from auditor.exports.part import Part, Unreadable
from auditor.exports.rows import rows_in
from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.partition import wide
from auditor.sign_ins.rows import Row, narrow
from auditor.sign_ins.seen import SeenRow, packed, seen
from auditor.sign_ins.versions import newest_versions

_BETWEEN_REPORTS = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ids in lower case. `either`: nobody knows whether they are of a request or of an attempt."""

    requests: frozenset[str] = frozenset()
    correlations: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()


class FoundRow(NamedTuple):
    row: Row
    wide: SeenRow


def find(
    parts: Sequence[Part],
    wanted: Wanted,
    progress: Callable[[int], None] = lambda read: None,
    *,
    ordered: bool = True,
) -> tuple[FoundRow, ...]:
    """Each row once, in the version that was collected last. `ordered`: see `EmbeddedLog`. `progress` is told how many
    rows were read in this pass."""
    correlations, requests = wanted.correlations | wanted.either, wanted.requests | wanted.either

    def asked_for(row: Row) -> bool:
        return row.correlation_id.lower() in correlations or row.id.lower() in requests

    found = _rows(parts, correlations | requests, asked_for, progress, ordered)
    led_to = frozenset(each.row.correlation_id for each in found) - correlations - {""}
    if led_to:
        alone = [each for each in found if each.row.correlation_id not in led_to]
        found = alone + _rows(parts, led_to, lambda row: row.correlation_id in led_to, progress, ordered)
    return tuple(found)


def _rows(
    parts: Sequence[Part],
    ids: Iterable[str],
    belongs: Callable[[Row], bool],
    progress: Callable[[int], None],
    ordered: bool,
) -> list[FoundRow]:
    """Those rows that hold one of `ids` and belong."""
    # Ids are hexadecimal: nobody writes them in both cases at once.
    needles = tuple({each.encode() for identity in ids for each in (identity, identity.lower(), identity.upper())})
    formats = AnyFormat()
    wide_rows: dict[int, SeenRow] = {}
    found: list[Row] = []
    for order, raw in enumerate(chain.from_iterable(map(rows_in, parts))):
        if order and order % _BETWEEN_REPORTS == 0:
            progress(order)
        if isinstance(raw, Unreadable) or not any(needle in raw for needle in needles):
            continue
        known = wide(formats, raw)
        if known is not None and not isinstance(known, Other):
            row = narrow(*known, order if ordered else 0)
            if belongs(row):
                row.seen, row.digest = packed(seen(known[0])), 0 if ordered else crc32(raw)
                wide_rows[id(row)] = known[0]
                found.append(row)
    return [FoundRow(row, wide_rows[id(row)]) for row in newest_versions(found)]
