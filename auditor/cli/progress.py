"""Showing what goes on: bars on a terminal, a line now and then elsewhere, nothing with -q. Always on standard error:
standard output is the report's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from auditor.sources.progress import Progress, Report

EVERY = 10.0  # seconds between plain lines
PATIENCE = 1.0  # seconds before anything is shown: what is done by then needs no bar


@contextmanager
def showing(quiet: bool) -> Iterator[Report]:
    """A receiver for progress reports while the block lasts."""
    if quiet:
        yield lambda progress: None
    elif sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bars() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    begun = time.monotonic()
    bars = Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[said]}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, int] = {}
    started = False

    def report(progress: Progress) -> None:
        nonlocal started
        if not started and progress.waiting < PATIENCE and time.monotonic() - begun < PATIENCE:
            return
        if not started:
            bars.start()
            started = True
        name = progress.dataset.replace("_", " ")
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=None, said="")
        share = None if progress.share is None else round(progress.share * 100)
        bars.update(
            tasks[name],  # type: ignore[arg-type]
            total=None if share is None else 100,
            completed=share,
            said=_said(progress),
        )

    try:
        yield report
    finally:
        if started:
            bars.stop()


def _lines() -> Report:
    last = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY or progress.waiting >= EVERY:
            last = time.monotonic()
            typer.echo(f"{progress.dataset.replace('_', ' ')}: {_said(progress)}", err=True)

    return report


def _said(progress: Progress) -> str:
    read = f"{progress.rows:,} rows"
    pages = f", {progress.pages:,} pages" if progress.pages else ""
    if progress.waiting:
        return f"{read}{pages}, waiting {progress.waiting:.0f} s: {progress.why}"
    return read + pages
