"""Interrupts in order of time: each process writes sorted runs to one file, which are merged as they are read."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import msgspec

from auditor.sign_ins.attempts import Judged, interrupt
from auditor.tenant.sign_in_log import Interrupt

BYTES_PER_RUN = 4 << 20
PER_BLOCK = 32
"""Interrupts that are read at a time, of each run."""


class Run(msgspec.Struct, frozen=True):
    """A file, and where in it each block of a run ends."""

    path: str
    start: int
    ends: tuple[int, ...]


_Placed = tuple[int, str, msgspec.Raw]
"""When, the row's id, and the rest, which is decoded only when its turn has come."""

_encode = msgspec.msgpack.Encoder().encode
_decode_block = msgspec.msgpack.Decoder(list[_Placed]).decode
_decode = msgspec.msgpack.Decoder(Judged).decode
_when = itemgetter(0, 1)


class Runs:
    """Writes them. `done` lists what was written."""

    def __init__(self, path: Path) -> None:
        self.done: list[Run] = []
        self._path = path
        self._pending: list[tuple[int, str, bytes]] = []
        self._size = 0

    def add(self, found: Judged) -> None:
        stored = _encode(found)
        self._pending.append((found.row.at, found.row.id, stored))
        self._size += len(stored) + 200
        if self._size >= BYTES_PER_RUN:
            self.flush()

    def flush(self) -> None:
        if not self._pending:
            return
        self._pending.sort()
        with open(self._path, "ab") as file:
            start = file.tell()
            placed = [(at, identity, msgspec.Raw(stored)) for at, identity, stored in self._pending]
            blocks = [_encode(placed[first : first + PER_BLOCK]) for first in range(0, len(placed), PER_BLOCK)]
            file.write(b"".join(blocks))
        _, *ends = accumulate(map(len, blocks), initial=start)
        self.done.append(Run(str(self._path), start, tuple(ends)))
        self._pending.clear()
        self._size = 0


def merged(runs: Sequence[Run]) -> Iterator[Interrupt]:
    """All of them, ordered by time and id. Each run costs the memory of one block."""
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {
            path: stack.enter_context(open(path, "rb", buffering=0)) for path in {run.path for run in runs}
        }
        each: Iterable[Iterator[_Placed]] = (_blocks(files[run.path], run) for run in runs)
        for _, _, stored in heapq.merge(*each, key=_when):
            yield interrupt(_decode(stored))


def _blocks(file: BinaryIO, run: Run) -> Iterator[_Placed]:
    start = run.start
    for end in run.ends:
        file.seek(start)
        yield from _decode_block(file.read(end - start))
        start = end
