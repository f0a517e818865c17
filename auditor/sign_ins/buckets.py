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

ROWS_PER_BUCKET = 4_096
MOST_BUCKETS = 512
"""A bucket has more rows where a log has more than that: a hundred million rows make buckets of 100 MB."""
ROWS_PER_PIECE = 16_384

_encode_into = msgspec.msgpack.Encoder().encode_into
_decode = msgspec.msgpack.Decoder(list[Row]).decode


def count_for(rows: int) -> int:
    """How many buckets a log of about so many rows is to have."""
    return max(1, min(MOST_BUCKETS, rows // ROWS_PER_BUCKET + 1))


class Buckets:
    """`pending`: what is still to be written of each bucket. `counts`: rows of each, all together."""

    def __init__(self, path: Path, count: int) -> None:
        self.pending = [bytearray() for _ in range(count)]
        self.counts = [0] * count
        self._path = path
        self._file = open(path, "wb")  # noqa: SIM115 - closed by `close`
        self._sizes = array("Q")

    def add(self, row: Row) -> None:
        number = zlib.crc32((row.correlation_id or row.id).encode()) % len(self.pending)
        _encode_into(row, self.pending[number], -1)
        self.counts[number] += 1

    def flush(self) -> None:
        """To be called every `ROWS_PER_PIECE` rows or so."""
        for pending in self.pending:
            self._sizes.append(self._file.write(pending))
            pending.clear()

    def close(self) -> None:
        """Writes what is pending, and the index: without it the file is not whole."""
        self.flush()
        self._file.close()
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
