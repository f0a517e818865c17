"""Making and printing the report: shared by `run` and `demo`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from auditor.plugins import Plugin
    from auditor.run import Run, TenantRun, Unreached


def run_of(
    tenants: Sequence[TenantRun],
    plugins: Sequence[Plugin],
    started: datetime,
    unreached: Sequence[Unreached] = (),
) -> Run:
    from importlib.metadata import version

    from auditor.run import Run
    from auditor.tenant.instant import from_datetime, to_seconds_text

    return Run(
        started=to_seconds_text(from_datetime(started)),
        version=version("auditor"),
        plugins=tuple((plugin.distribution, plugin.version) for plugin in plugins),
        tenants=tuple(tenants),
        unreached=tuple(unreached),
    )


def print_report(run: Run, form: str) -> None:
    if form == "json":
        from auditor.reports.json import render as as_json

        typer.echo(as_json(run), nl=False)
    else:
        from auditor.reports.table import render as as_table

        typer.echo(as_table(run, width=columns(), colour=coloured()), nl=False, color=True)


def columns() -> int:
    """Of the terminal; 80 where there is none, as in a log; COLUMNS overrules both."""
    return shutil.get_terminal_size((80, 24)).columns


def coloured() -> bool:
    """Only on a terminal, and never with NO_COLOR set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
