"""Interrupts in order of time: each process writes sorted runs to one file, which are merged as they are read."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from auditor.sign_ins.attempts import Judged
from auditor.tenant.sign_in_log import Interrupt, Outcome

BYTES_PER_RUN = 4 << 20
PER_BLOCK = 32
"""Interrupts that are read at a time, of each run."""


class Stored(msgspec.Struct, gc=False):
    """As it is written; it is read back as an `Interrupt`, which has the same fields."""

    at: int
    id: str
    created: str
    code: int | None
    user_id: str
    user: str
    app_id: str
    app: str
    correlation_id: str
    own_user: bool | None
    interactive: bool | None
    outcome: Outcome
    stated: bool
    seconds: float | None
    sight: int
    attempt: tuple[int | None, ...]
    seen: msgspec.Raw


class Run(msgspec.Struct, frozen=True):
    """A file, and where in it each block of a run ends."""

    path: str
    start: int
    ends: tuple[int, ...]


_NOTHING = msgspec.Raw(msgspec.msgpack.encode(None))
_encode = msgspec.msgpack.Encoder().encode
_encode_into = msgspec.msgpack.Encoder().encode_into
_decode = msgspec.msgpack.Decoder(list[Interrupt]).decode


class Runs:
    """Writes them. `done` lists what was written."""

    def __init__(self, path: Path) -> None:
        self.done: list[Run] = []
        self._path = path
        self._pending: list[tuple[int, str, bytes]] = []
        self._size = 0

    def add(self, found: Judged) -> None:
        row, outcome, stated, seconds, attempt = found
        stored = _encode(
            Stored(
                row.at,
                row.id,
                row.created,
                row.code,
                row.user_id,
                row.user,
                row.app_id,
                row.app,
                row.correlation_id,
                row.own_user,
                row.interactive,
                outcome,
                stated,
                seconds,
                row.sight,
                attempt,
                msgspec.Raw(row.seen) if row.seen else _NOTHING,
            )
        )
        self._pending.append((row.at, row.id, stored))
        self._size += len(stored) + 200
        if self._size >= BYTES_PER_RUN:
            self.flush()

    def flush(self) -> None:
        if not self._pending:
            return
        self._pending.sort()
        ends = []
        with open(self._path, "ab") as file:
            start = file.tell()
            for first in range(0, len(self._pending), PER_BLOCK):
                block = self._pending[first : first + PER_BLOCK]
                file.write(_encode([msgspec.Raw(stored) for _, _, stored in block]))
                ends.append(file.tell())
        self.done.append(Run(str(self._path), start, tuple(ends)))
        self._pending.clear()
        self._size = 0


def merged(runs: Sequence[Run]) -> Iterator[Interrupt]:
    """All of them, ordered by time and id. Each run costs the memory of one block."""
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {
            path: stack.enter_context(open(path, "rb", buffering=0)) for path in {run.path for run in runs}
        }
        each: Iterable[Iterator[Interrupt]] = (_blocks(files[run.path], run) for run in runs)
        yield from heapq.merge(*each, key=_when)


def _blocks(file: BinaryIO, run: Run) -> Iterator[Interrupt]:
    start = run.start
    for end in run.ends:
        file.seek(start)
        yield from _decode(file.read(end - start))
        start = end


def _when(interrupt: Interrupt) -> tuple[int, str]:
    return interrupt.at, interrupt.id
