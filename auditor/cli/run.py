"""`auditor run`: collect, check, report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auditor.cli.options import ConfigFile, FailOnSeverity, From, Quiet, ReportFormat
from auditor.cli.verb import complain, verb

if TYPE_CHECKING:
    from auditor.check import Check
    from auditor.config import Config, TenantConfig
    from auditor.run import TenantRun, Unreached


@verb(
    "auditor run",
    "auditor run --config contoso.toml --format json > contoso.json",
    "auditor run --from FOLDER --fail-on high",
    "auditor run --from InteractiveSignIns.csv",
)
def run(
    config: ConfigFile = Path("auditor.toml"),
    source: From = None,
    form: ReportFormat = None,
    fail_on: FailOnSeverity = None,
    quiet: Quiet = False,
) -> None:
    """Audit the tenants of the config, or what was collected or exported of one, and print the report."""
    from auditor import audit, plugins
    from auditor.cli import clock
    from auditor.cli.keeping import settled
    from auditor.cli.progress import showing
    from auditor.cli.report import print_report, run_of
    from auditor.cli.tenants import look_at_each
    from auditor.config import Report, load
    from auditor.run import exit_code

    started = clock.now()
    loaded = plugins.load()
    checks = plugins.checks_of(loaded)
    defaults = Report()
    tenants: tuple[TenantRun, ...]
    unreached: tuple[Unreached, ...] = ()
    if source is not None:
        with showing(quiet) as progress:
            tenants = (audit.audit(audit.source_at(source), checks, progress),)
    else:
        settings = load(config)
        defaults = settings.report
        tenants, unreached = look_at_each(settings.tenant, lambda tenant: _audited(tenant, settings, checks, quiet))
    report = run_of(tenants, loaded, started, unreached)
    if source is None:
        report = settled(report, settings, started.date())
    print_report(report, form.value if form else defaults.format)
    raise typer.Exit(exit_code(report, fail_on.value if fail_on else defaults.fail_on))


def _audited(tenant: TenantConfig, settings: Config, checks: Sequence[Check], quiet: bool) -> TenantRun:
    """Collects one tenant and audits it; then the collections that are not to be kept go."""
    from auditor import audit
    from auditor.cli import clock
    from auditor.cli.collecting import collected, root_of
    from auditor.cli.progress import showing
    from auditor.errors import SpoolError
    from auditor.spool import shelf

    with showing(quiet) as progress:
        spool = collected(tenant, settings, audit.datasets_for(checks), progress)
        seen = audit.audit(spool, checks, progress)
    try:
        shelf.purge(root_of(settings), tenant.id, settings.spool.keep, clock.now())
    except SpoolError as error:
        complain(error.what, error.remedy)  # what was seen of the tenant stands all the same
    return seen
