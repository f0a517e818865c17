"""`auditor interrupts`: every interrupt of the window, one line each."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from auditor.cli.options import ConfigFile, From, Quiet
from auditor.cli.verb import complain, verb

if TYPE_CHECKING:
    from auditor.config import TenantConfig
    from auditor.run import Unreached
    from auditor.spool.spool import Spool


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
    from auditor.cli.tenants import look_at_each
    from auditor.config import load
    from auditor.run import NOT_LOOKED_AT
    from auditor.spool.spool import Spool

    whole: tuple[bool, ...]
    unreached: tuple[Unreached, ...] = ()
    if source is not None:
        whole = (_listed(Spool.open(source), code, form),)
    else:
        settings = load(config)
        datasets = audit.datasets_for(plugins.checks_of(plugins.load()))

        def look(tenant: TenantConfig) -> bool:
            with showing(quiet) as progress:
                spool = collected(tenant, settings, datasets, progress)
            return _listed(spool, code, form)

        whole, unreached = look_at_each(settings.tenant, look)
    for each in unreached:
        complain(f"{each.tenant}: {each.what}", each.remedy)
    raise typer.Exit(0 if all(whole) and not unreached else NOT_LOOKED_AT)


def _listed(spool: Spool, code: int | None, form: ListFormat) -> bool:
    """Prints the list of one tenant's interrupts, and a word where not all of the log was read; whether all was."""
    from auditor import audit
    from auditor.cli.report import columns
    from auditor.reports import interrupts as lists
    from auditor.tenant.dataset import Missing, Partial

    with audit.open_log(spool, lambda progress: None) as log:
        if isinstance(log, Missing):
            complain(f"{spool.header.tenant}: the sign-in log could not be read. {log.reason}", log.remedy)
            return False
        if isinstance(log, Partial):
            complain(f"{spool.header.tenant}: only a part of the log was read. {log.reason}", log.remedy)
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
        return not isinstance(log, Partial)
