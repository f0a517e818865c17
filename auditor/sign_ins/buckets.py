"""Rows on disk by bucket: one file of each process that reads them, written in pieces and read shelf by shelf.

A piece holds what the process has of every bucket since the one before. Some neighbouring buckets make a shelf, whose
text in a piece begins with two numbers for each of them: its rows and its bytes. An index tells where each such text
ends. So a log takes two files of each process and not hundreds, and each is written from its beginning to its end.
"""

from __future__ import annotations

import os
import zlib
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from auditor.sign_ins.rows import Row

ROWS_PER_BUCKET = 1_024
"""So few that a processor has them at hand."""
MOST_BUCKETS = 4_096
"""A bucket has more rows where a log has more than that: a hundred million rows make buckets of 15 MB."""
SHELF = 8
"""Buckets that one process takes at a time, and reads from a piece at once."""
ROWS_PER_PIECE = 16_384
_OF_EACH = 8
"""Rows of a bucket in a piece, at least, on average."""
_AT_ONCE = 1 << 20
"""Bytes. Each write that ends within a page leaves it to the next one to be completed."""
_LIST, _HEAD = 0xDD, 5
_NUMBER = array("Q").itemsize

encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Row]).decode


def count_for(rows: int) -> int:
    """How many buckets a log of about so many rows is to have."""
    return max(1, min(MOST_BUCKETS, rows // ROWS_PER_BUCKET + 1))


class Buckets:
    """`pending`: of each bucket the rows that are still to be written, each encoded by itself."""

    def __init__(self, path: Path, count: int) -> None:
        self.pending: list[list[bytes]] = [[] for _ in range(count)]
        self.rows_per_piece = max(ROWS_PER_PIECE, _OF_EACH * count)
        self._path = path
        self._file = open(path, "wb", _AT_ONCE)  # noqa: SIM115 - closed by `close`
        self._ends = array("Q")
        self._size = 0

    def add(self, row: Row) -> None:
        number = zlib.crc32((row.correlation_id or row.id).encode()) % len(self.pending)
        self.pending[number].append(encode(row))

    def flush(self) -> None:
        """To be called every `rows_per_piece` rows or so."""
        for first in range(0, len(self.pending), SHELF):
            buckets = self.pending[first : first + SHELF]
            texts = [b"".join(rows) for rows in buckets]
            numbers = array("Q", [*map(len, buckets), *map(len, texts)])
            self._size += self._file.write(b"".join([numbers.tobytes(), *texts]))
            self._ends.append(self._size)
            for rows in buckets:
                rows.clear()

    def close(self) -> None:
        self._file.close()

    def finish(self) -> None:
        """Writes what is pending, and the index: without it the file is not whole."""
        self.flush()
        self.close()
        _index(self._path).write_bytes(self._ends.tobytes())


class Written:
    """What several processes wrote into so many buckets. `shelves`: how many there are."""

    def __init__(self, paths: Sequence[Path], count: int) -> None:
        self._count = count
        self.shelves = -(-count // SHELF)
        self._ends = [_numbers(_index(path)) for path in paths]
        self._files = [open(path, "rb", buffering=0) for path in paths]  # noqa: SIM115 - closed by `close`

    def buckets(self, shelf: int) -> Iterator[list[Row]]:
        """All rows of each bucket of a shelf, in no order."""
        many = min(SHELF, self._count - shelf * SHELF)
        counts = [0] * many
        # Before the rows the head of a list of so many, as MessagePack has it: they were written one after the other.
        texts = [bytearray(_HEAD) for _ in range(many)]
        for file, ends in zip(self._files, self._ends, strict=True):
            for place in range(shelf, len(ends), self.shelves):
                start = ends[place - 1] if place else 0
                file.seek(start)
                text = memoryview(file.read(ends[place] - start))
                numbers = text[: 2 * many * _NUMBER].cast("Q")
                at = len(numbers) * _NUMBER
                for bucket in range(many):
                    counts[bucket] += numbers[bucket]
                    size = numbers[many + bucket]
                    texts[bucket] += text[at : at + size]
                    at += size
        for count, found in zip(counts, texts, strict=True):
            found[1:_HEAD] = count.to_bytes(_HEAD - 1, "big")
            found[0] = _LIST
            yield _decode(found)

    def close(self) -> None:
        for file in self._files:
            file.close()


def _index(path: Path) -> Path:
    return path.with_name(f"{path.name}.index")


def _numbers(path: Path) -> array[int]:
    numbers = array("Q")
    with open(path, "rb") as file:
        numbers.fromfile(file, os.fstat(file.fileno()).st_size // numbers.itemsize)
    return numbers
