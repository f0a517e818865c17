"""This process's end of a worker: a plain subprocess that finds modules where this process does. No fork, and nothing
that runs the caller's main module again.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TypeVar

import msgspec

from auditor.sign_ins.worker import Answer, Job, Told

_START = "import sys; sys.path[:] = sys.argv[1:]; from auditor.sign_ins.worker import main; main()"

AnAnswer = TypeVar("AnAnswer", bound=Answer)

_decode = msgspec.json.Decoder(Answer | Told).decode


class Worker:
    """One such process. `rows`: how many it says it has read."""

    def __init__(self) -> None:
        """OSError where this place allows no further process."""
        self.rows = 0
        path = (entry or os.getcwd() for entry in sys.path)
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-c", _START, *path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for this process, which then ends its workers
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        self._dead = False

    def ask(self, job: Job) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has died, as its answer will say
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()

    def answer(self, kind: type[AnAnswer]) -> AnAnswer | None:
        """Waits for it; None when the worker has died."""
        found = None if self._dead else self._answers.get()
        self._dead = found is None
        return found if isinstance(found, kind) else None

    def end(self) -> None:
        self._process.kill()
        self._listening.join()
        with suppress(OSError):  # a job that nobody has read
            self._process.communicate()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError):  # what it says is cut off
            for line in self._process.stdout:
                said = _decode(line)
                if isinstance(said, Told):
                    self.rows = said.rows
                else:
                    self._answers.put(said)
        self._answers.put(None)
