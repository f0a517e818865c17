"""`auditor collect`: only the reading, for a report elsewhere or later."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import ConfigFile, Quiet
from auditor.cli.verb import complain, verb


@verb("auditor collect -o evidence", "auditor collect --config contoso.toml -o evidence && auditor run --from evidence")
def collect(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to collect into.", metavar="FOLDER")],
    config: ConfigFile = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Which tenant of the config, where it has several.")] = "",
    quiet: Quiet = False,
) -> None:
    """Read a tenant into a folder and stop. The same command goes on where a stopped one was.

    Ends with 3 where something could not be read.
    """
    from auditor import audit, plugins
    from auditor.cli.collecting import collected
    from auditor.cli.offline import config_at
    from auditor.cli.progress import showing
    from auditor.errors import ConfigError
    from auditor.run import NOT_LOOKED_AT

    settings = config_at(config)
    chosen = [each for each in settings.tenant if not tenant or each.id == tenant]
    if len(chosen) != 1:
        names = ", ".join(each.id for each in settings.tenant)
        raise ConfigError("One folder holds one tenant.", f"Choose it with --tenant, of: {names}.")
    checks = plugins.checks_of(plugins.load())
    with showing(quiet) as progress:
        spool = collected(chosen[0], settings, audit.datasets_for(checks), progress, output)
    whole = True
    for name in spool.header.datasets:
        stored = spool.dataset(name)
        if stored is not None and stored.state != "collected":
            whole = False
            complain(f"{name}: {stored.state}. {stored.reason}", stored.remedy)
    rows = sum(span.rows for span in spool.spans())
    typer.echo(f"Collected into {output}: {rows:,} sign-in rows. Report: auditor run --from {output}", err=True)
    raise typer.Exit(0 if whole else NOT_LOOKED_AT)
