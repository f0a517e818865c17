"""`auditor interrupts`: every interrupt of the window, one line each."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

from auditor.cli.options import ConfigFile, From, Quiet
from auditor.cli.verb import verb


class ListFormat(str, Enum):
    TABLE = "table"
    NDJSON = "ndjson"
    CSV = "csv"


@verb(
    "auditor interrupts --from FOLDER",
    "auditor interrupts --from FOLDER --code 50140 --format csv > prompts.csv",
    "auditor interrupts --config contoso.toml --format ndjson",
)
def interrupts(
    config: ConfigFile = Path("auditor.toml"),
    source: From = None,
    code: Annotated[Optional[int], typer.Option("--code", help="Only this AADSTS code.")] = None,
    form: Annotated[
        ListFormat, typer.Option("--format", "-f", help="table for people, ndjson or csv.")
    ] = ListFormat.TABLE,
    quiet: Quiet = False,
) -> None:
    """List each interrupt with its outcome, in order of time: from a collected folder, or collected now."""
    from auditor import audit, plugins
    from auditor.cli.collecting import collected
    from auditor.cli.progress import showing
    from auditor.cli.report import columns
    from auditor.cli.verb import complain
    from auditor.config import load
    from auditor.reports import interrupts as lists
    from auditor.run import NOT_LOOKED_AT
    from auditor.spool.spool import Spool
    from auditor.tenant.dataset import Missing, Partial

    ended = 0
    settings = None if source is not None else load(config)
    spools = [Spool.open(source)] if source is not None else []
    with showing(quiet) as progress:
        if settings is not None:
            datasets = audit.datasets_for(plugins.checks_of(plugins.load()))
            spools = [collected(tenant, settings, datasets, progress) for tenant in settings.tenant]
    for spool in spools:
        with audit.open_log(spool, lambda progress: None) as log:
            if isinstance(log, Missing):
                complain(f"{spool.header.tenant}: the sign-in log could not be read. {log.reason}", log.remedy)
                ended = NOT_LOOKED_AT
                continue
            if isinstance(log, Partial):
                complain(f"{spool.header.tenant}: only a part of the log was read. {log.reason}", log.remedy)
                ended = NOT_LOOKED_AT
            found = log.value.interrupts(code)
            lines = (
                lists.table(found, columns())
                if form is ListFormat.TABLE
                else lists.as_csv(found)
                if form is ListFormat.CSV
                else lists.ndjson(found)
            )
            for line in lines:
                typer.echo(line, nl=False)
    raise typer.Exit(ended)
