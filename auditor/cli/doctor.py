"""`auditor doctor`: is everything set up?"""

from __future__ import annotations

import typer

from auditor.cli.options import ConfigFile, Format, ReportFormat
from auditor.cli.verb import say, verb


@verb("auditor doctor", "auditor doctor --config contoso.toml --format json")
def doctor(config: ConfigFile = None, form: ReportFormat = None) -> None:
    """Sign in, ask each dataset for its beginning, and say which checks can run and what would make the others run.

    Ends with 3 where something is missing.
    """
    from auditor import plugins
    from auditor.cli.collecting import surroundings
    from auditor.cli.offline import config_at
    from auditor.cli.report import coloured, columns
    from auditor.doctor import examine
    from auditor.reports.doctor import as_json, as_table
    from auditor.run import NOT_LOOKED_AT

    settings = config_at(config)
    checks = plugins.checks_of(plugins.load())
    here = surroundings(lambda progress: None)
    examined = [examine(tenant, settings, checks, here) for tenant in settings.tenant]
    if form is Format.JSON:
        say(as_json(examined))
    else:
        say(as_table(examined, width=columns(), colour=coloured()))
    raise typer.Exit(0 if all(each.well for each in examined) else NOT_LOOKED_AT)
