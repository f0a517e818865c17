"""`auditor report`: other formats of a run that was saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import FailOnSeverity, Forms, Output, Quiet
from auditor.cli.verb import verb


@verb(
    "auditor report run.json",
    "auditor report run.json --format html --output report.html",
    "auditor report run.json --format markdown --format sarif --format csv --output reports",
)
def report(
    saved: Annotated[
        Path, typer.Argument(metavar="RUN", help="What `auditor run --format json` wrote, or a run of the history.")
    ],
    forms: Forms = None,
    output: Output = None,
    fail_on: FailOnSeverity = None,
    quiet: Quiet = False,
) -> None:
    """Make a report in any format of a saved run. Nothing else is read, and nobody is asked.

    Ends as that run did: with 11 to 14, 3 or 0.
    """
    from auditor import history
    from auditor.cli.report import give, wanted
    from auditor.config import Report
    from auditor.run import exit_code

    reports = wanted(forms, output, Report())
    run = history.read(saved)
    threshold = fail_on.value if fail_on else Report().fail_on
    give(run, reports, threshold, quiet)
    raise typer.Exit(exit_code(run, threshold))
