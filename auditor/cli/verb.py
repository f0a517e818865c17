"""What every verb does alike: its examples for --help, and how it ends when something goes wrong."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Protocol

import typer

from auditor.errors import AuditorError


class Terminated(KeyboardInterrupt):
    """SIGTERM came. A KeyboardInterrupt, so that all that makes way for Ctrl-C makes way for it, too."""


class Verb(Protocol):
    examples: str

    def __call__(self, *args: Any, **kwargs: Any) -> None: ...


def verb(*lines: str) -> Callable[[Callable[..., None]], Verb]:
    """Makes a function a verb with these examples. Its AuditorErrors become one message and an exit code; Ctrl-C and
    SIGTERM become 130 and 143, with a word on how to go on. Other exceptions are faults of ours and keep their
    traceback."""

    def decorate(function: Callable[..., None]) -> Verb:
        @functools.wraps(function)
        def ends_well(*args: Any, **kwargs: Any) -> None:
            with _terminating():
                try:
                    function(*args, **kwargs)
                except AuditorError as error:
                    complain(error.what, error.remedy)
                    raise typer.Exit(error.exit_code) from None
                except KeyboardInterrupt as stop:
                    complain("Stopped.", "What was read is kept: the same command goes on there.")
                    raise typer.Exit(143 if isinstance(stop, Terminated) else 130) from None

        ends_well.examples = examples(*lines)  # type: ignore[attr-defined]
        return ends_well  # type: ignore[return-value]

    return decorate


@contextmanager
def _terminating() -> Iterator[None]:
    """SIGTERM ends the block with `Terminated`. It is raised here and not by way of SIGINT, which is ignored in what a
    shell runs in the background."""

    def on_terminate(number: int, frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    before = signal.signal(signal.SIGTERM, on_terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def examples(*lines: str) -> str:
    """The end of a help page. The \b keeps each example on its own line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def say(text: str | bytes) -> None:
    """What the verb was asked for, on standard output. AuditorError when that takes nothing (but not where a reader has
    had enough, which ends the program without a word)."""
    try:
        typer.echo(text, nl=False, color=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        with suppress(OSError):  # what is left in its buffer would be tried once more, at Python's own end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise AuditorError(f"Standard output could not be written: {error.strerror}.") from None


def complain(what: str, remedy: str = "") -> None:
    """A message for people, on standard error; text from outside is made harmless."""
    from auditor.reports.plain import plain

    typer.echo(f"auditor: {plain(what, 1000)}", err=True)
    if remedy:
        typer.echo(f"         {plain(remedy, 1000)}", err=True)
