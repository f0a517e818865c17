"""The command line: one module per verb; the only place that prints or exits.

`auditor --help` must be instant, so nothing here imports more than Typer; a verb's work is imported when it runs.
Rich help costs as much as Typer itself and is off; so are Typer's tracebacks, which print local variables, and a
local variable may hold a secret.
"""

from __future__ import annotations

import os
import sys

import typer

from auditor.cli.checks import checks
from auditor.cli.collect import collect
from auditor.cli.config import config
from auditor.cli.demo import demo
from auditor.cli.diff import diff
from auditor.cli.doctor import doctor
from auditor.cli.explain import explain
from auditor.cli.interrupts import interrupts
from auditor.cli.report_verb import report
from auditor.cli.run import run
from auditor.cli.verb import examples
from auditor.cli.what_if import what_if

app = typer.Typer(
    name="auditor",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"auditor {version('auditor')}")
        raise typer.Exit


@app.callback(
    epilog=examples("auditor demo", "auditor run --config auditor.toml", "auditor run --from FOLDER --format json")
)
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Audit a Microsoft Entra ID tenant, read-only: explain the interrupts in its sign-in log, tell whether the "Stay
    signed in?" prompt is on, and list the Conditional Access policies that set persistent browser sessions.

    Exit codes: 0 clear, 1 error, 2 usage or config, 3 something could not be looked at, 11 to 14 the highest severity
    found (low, medium, high, critical).
    """


for _verb in (demo, doctor, run, collect, report, diff, interrupts, explain, checks, config):
    app.command(epilog=_verb.examples)(_verb)
app.command("what-if", epilog=what_if.examples)(what_if)


def main() -> None:
    """The console script."""
    if sys.stdout is None:
        # Closed: one that takes nothing, so that what is printed fails, and is not lost in silence.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a letter must not end a run: the letter is shown by its number.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
