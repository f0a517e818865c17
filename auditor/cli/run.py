"""`auditor run`: collect, check, report."""

from __future__ import annotations

from pathlib import Path

import typer

from auditor.cli.options import ConfigFile, FailOnSeverity, From, Quiet, ReportFormat
from auditor.cli.verb import verb


@verb(
    "auditor run",
    "auditor run --config contoso.toml --format json > contoso.json",
    "auditor run --from FOLDER --fail-on high",
)
def run(
    config: ConfigFile = Path("auditor.toml"),
    source: From = None,
    form: ReportFormat = None,
    fail_on: FailOnSeverity = None,
    quiet: Quiet = False,
) -> None:
    """Audit the tenants of the config, or a collected folder, and print the report."""
    from auditor import audit, plugins
    from auditor.cli import clock
    from auditor.cli.collecting import collected, root_of
    from auditor.cli.progress import showing
    from auditor.cli.report import print_report, run_of
    from auditor.config import Report, load
    from auditor.run import exit_code
    from auditor.spool import shelf
    from auditor.spool.spool import Spool

    started = clock.now()
    loaded = plugins.load()
    checks = plugins.checks_of(loaded)
    defaults = Report()
    tenants = []
    with showing(quiet) as progress:
        if source is not None:
            tenants.append(audit.audit(Spool.open(source), checks, progress))
        else:
            settings = load(config)
            defaults = settings.report
            for tenant in settings.tenant:
                spool = collected(tenant, settings, audit.datasets_for(checks), progress)
                tenants.append(audit.audit(spool, checks, progress))
                shelf.purge(root_of(settings), tenant.id, settings.spool.keep, started)
    report = run_of(tenants, loaded, started)
    print_report(report, form.value if form else defaults.format)
    raise typer.Exit(exit_code(report, fail_on.value if fail_on else defaults.fail_on))
