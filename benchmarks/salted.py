"""A log several times over out of one file: each time, rows, attempts and users have other ids.

It is the engine's own code that reads it, but for the ids of a row, to which the number of the time is added as soon as
the row is decoded; so in its workers.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from auditor.exports.part import Part
from auditor.sign_ins import partition, worker_process
from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.rows import NO_ID, GraphRow

_salt = ""


def parts(once: Sequence[Part], times: int) -> list[Part]:
    """The parts so many times over. From now on this process and its workers add salt to what they read."""
    worker_process._START = worker_process._START.replace(
        "from auditor", "import salted; salted.salt(); from auditor", 1
    )
    salt()
    return [msgspec.structs.replace(part, name=str(time)) for time in range(times) for part in once]


def salt() -> None:
    read, decode_lines = partition.Partition.read, partition._decode_lines

    def read_salted(self: partition.Partition, number: int, part: Part) -> None:
        global _salt
        _salt = f"{part.name}-"
        read(self, number, part)

    def decode_salted(text: memoryview) -> list[GraphRow]:
        rows = decode_lines(text)
        for row in rows:
            _add(row)
        return rows

    class Salted(AnyFormat):
        def narrow(self, raw: bytes) -> tuple[GraphRow, int] | Other | None:
            found = super().narrow(raw)
            if found is not None and not isinstance(found, Other):
                _add(found[0])
            return found

    partition.Partition.read = read_salted  # type: ignore[method-assign]
    partition._decode_lines = decode_salted
    partition.AnyFormat = Salted  # type: ignore[misc]


def _add(row: GraphRow) -> None:
    row.id = _salt + row.id
    if row.correlationId and row.correlationId != NO_ID:
        row.correlationId = _salt + row.correlationId
    if row.userId and row.userId != NO_ID:
        row.userId = _salt + row.userId
