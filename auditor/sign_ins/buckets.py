"""Rows on disk by bucket: one file of each process that reads them, written in pieces and read bucket by bucket.

A piece holds what the process has of every bucket since the one before; an index tells where in it each bucket lies.
So a log takes two files of each process and not hundreds, and each is written from its beginning to its end.
"""

from __future__ import annotations

import os
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import msgspec

from auditor.sign_ins.rows import Row

ROWS_PER_BUCKET = 1_024
"""So few that a processor has them at hand."""
MOST_BUCKETS = 2_048
"""A bucket has more rows where a log has more than that: a hundred million rows make buckets of 30 MB."""
ROWS_PER_PIECE = 16_384
_OF_EACH = 16
"""Rows of a bucket in a piece, at least, on average: each takes a read of its own."""
_AT_ONCE = 1 << 20
"""Bytes. Each write that ends within a page leaves it to the next one to be completed."""

encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Row]).decode


def count_for(rows: int) -> int:
    """How many buckets a log of about so many rows is to have."""
    return max(1, min(MOST_BUCKETS, rows // ROWS_PER_BUCKET + 1))


class Buckets:
    """`pending`: of each bucket the rows that are still to be written, each encoded by itself. `counts`: rows of each
    that were written."""

    def __init__(self, path: Path, count: int) -> None:
        self.pending: list[list[bytes]] = [[] for _ in range(count)]
        self.counts = [0] * count
        self.rows_per_piece = max(ROWS_PER_PIECE, _OF_EACH * count)
        self._path = path
        self._file = open(path, "wb", _AT_ONCE)  # noqa: SIM115 - closed by `close`
        self._sizes = array("Q")

    def add(self, row: Row) -> None:
        number = zlib.crc32((row.correlation_id or row.id).encode()) % len(self.pending)
        self.pending[number].append(encode(row))

    def flush(self) -> None:
        """To be called every `rows_per_piece` rows or so."""
        for number, rows in enumerate(self.pending):
            self.counts[number] += len(rows)
            self._sizes.append(self._file.write(b"".join(rows)))
            rows.clear()

    def close(self) -> None:
        self._file.close()

    def finish(self) -> None:
        """Writes what is pending, and the index: without it the file is not whole."""
        self.flush()
        self.close()
        _index(self._path).write_bytes(array("Q", self.counts).tobytes() + self._sizes.tobytes())


class Written:
    """What several processes wrote, bucket by bucket."""

    def __init__(self, paths: Sequence[Path], count: int) -> None:
        self._count = count
        self._rows = [0] * count
        self._ends = []
        for path in paths:
            numbers = _numbers(path)
            self._rows = [rows + more for rows, more in zip(self._rows, numbers[:count], strict=True)]
            self._ends.append(array("Q", accumulate(numbers[count:])))
        self._files = [open(path, "rb", buffering=0) for path in paths]  # noqa: SIM115 - closed by `close`

    def rows(self, number: int) -> list[Row]:
        """All rows of one bucket, in no order."""
        # The head of a list of so many, as MessagePack has it: the rows were written one after the other.
        found = bytearray(b"\xdd" + self._rows[number].to_bytes(4, "big"))
        for file, ends in zip(self._files, self._ends, strict=True):
            for place in range(number, len(ends), self._count):
                start = ends[place - 1] if place else 0
                if ends[place] > start:
                    file.seek(start)
                    found += file.read(ends[place] - start)
        return _decode(found)

    def close(self) -> None:
        for file in self._files:
            file.close()


def _index(path: Path) -> Path:
    return path.with_name(f"{path.name}.index")


def _numbers(path: Path) -> array[int]:
    numbers = array("Q")
    with open(_index(path), "rb") as file:
        numbers.fromfile(file, os.fstat(file.fileno()).st_size // numbers.itemsize)
    return numbers
