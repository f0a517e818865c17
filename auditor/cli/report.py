"""Making, printing and writing the report: shared by `run`, `demo` and `report`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auditor.cli.verb import say

if TYPE_CHECKING:
    from auditor.cli.options import Form
    from auditor.config import Report
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which formats go where. `file`: of the one format; `folder`: of all of them; neither: the one is printed."""

    forms: tuple[str, ...]
    file: Path | None = None
    folder: Path | None = None


def wanted(forms: Sequence[Form] | None, output: Path | None, defaults: Report, table: Path | None = None) -> Wanted:
    """What the options say, or else the config. `table`: of pseudonyms. ConfigError where formats, output and table do
    not go together, SpoolError where a folder cannot be made: both before the work of hours and not after it."""
    from auditor.errors import ConfigError
    from auditor.reports.formats import FORMATS

    if not forms and output is None and defaults.output:
        output = Path(defaults.output).expanduser()
    if output is not None and table is not None:
        _apart(table.resolve(), output.resolve())
    names = tuple(dict.fromkeys(each.value for each in forms) if forms else dict.fromkeys(defaults.formats))
    files = len(names) > 1 or any(FORMATS[name].folder for name in names)
    if output is None:
        if files:
            what = "Several formats" if len(names) > 1 else f"The format {names[0]}"
            raise ConfigError(f"{what} cannot be printed.", "Name a folder for the files: --output FOLDER.")
        return Wanted(names)
    if output.is_dir() or files:
        _make(output)
        return Wanted(names, folder=output)
    _make(output.parent)
    return Wanted(names, file=output)


def _apart(table: Path, output: Path) -> None:
    from auditor.errors import ConfigError

    if output == table or output in table.parents:
        raise ConfigError(
            f"The table of pseudonyms, {table}, would be part of the output.", "Name a file elsewhere with --redact."
        )


def _make(folder: Path) -> None:
    from auditor.errors import ConfigError
    from auditor.spool.private_files import make_folder

    make_folder(folder)
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder.", "Name another place with --output.")


def give(run: Run, wanted: Wanted, fail_on: str, quiet: bool = False) -> None:
    """Prints the report, or writes its files: each whole or not at all, and for nobody but their owner. `fail_on`: as
    for the exit code."""
    from auditor.reports import formats

    if wanted.folder is not None:
        for form in wanted.forms:
            for name, content in formats.files(run, form, fail_on=fail_on, width=columns()).items():
                _write(wanted.folder / name, content)
        _tell(wanted.folder, quiet)
        return
    (form,) = wanted.forms
    if wanted.file is not None:
        _write(wanted.file, formats.text(run, form, fail_on=fail_on, width=columns()).encode())
        _tell(wanted.file, quiet)
        return
    text = formats.text(run, form, fail_on=fail_on, width=columns(), colour=coloured())
    # In a file that a shell writes there must be what formats promise, whatever this machine's code page is.
    say(text if form == "table" or sys.stdout.isatty() else text.encode())


def _write(path: Path, content: bytes) -> None:
    from auditor.spool.private_files import make_folder, written_whole

    make_folder(path.parent)
    with written_whole(path) as file:
        file.write(content)


def _tell(path: Path, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"The report is in {path}.", err=True)


def columns() -> int:
    """Of the terminal; 80 where there is none, as in a log; COLUMNS overrules both."""
    return shutil.get_terminal_size((80, 24)).columns


def coloured() -> bool:
    """Only on a terminal, and never with NO_COLOR set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
