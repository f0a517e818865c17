"""`auditor run`: collect, check, report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import typer

from auditor.cli.options import ConfigFile, FailOnSeverity, Forms, From, Output, Quiet, Redact
from auditor.cli.verb import complain, verb

if TYPE_CHECKING:
    from auditor.check import Check
    from auditor.config import Config, TenantConfig
    from auditor.redaction.redaction import Redaction
    from auditor.run import TenantRun, Unreached


@verb(
    "auditor run",
    "auditor run --config contoso.toml --format json > contoso.json",
    "auditor run --format html --format json --output reports",
    "auditor run --from FOLDER --fail-on high",
    "auditor run --from InteractiveSignIns.csv",
    "auditor run --redact names.json --format json > to-send.json",
)
def run(
    config: ConfigFile = None,
    source: From = None,
    forms: Forms = None,
    output: Output = None,
    fail_on: FailOnSeverity = None,
    redact: Redact = None,
    quiet: Quiet = False,
) -> None:
    """Audit the tenants of the config, or what was collected or exported of one, and make the report. The config's word
    on a tenant (administrators, the setting, what is accepted, reports, history) holds for its files, too.

    Ends with 11 to 14 by the highest severity found, else with 3 where something could not be looked at, else with 0.
    """
    from auditor import audit, plugins
    from auditor.cli import clock
    from auditor.cli.keeping import settled
    from auditor.cli.offline import config_at, offline
    from auditor.cli.progress import showing
    from auditor.cli.redacting import redaction_by
    from auditor.cli.report import give, run_of, wanted
    from auditor.cli.tenants import look_at_each
    from auditor.config import Report
    from auditor.run import exit_code

    started = clock.now()
    loaded = plugins.load()
    checks = plugins.checks_of(loaded)
    read = None if source is None else offline(source, config, redacted=redact is not None)
    settings = config_at(config) if read is None else read.config
    defaults = Report() if settings is None else settings.report
    reports = wanted(forms, output, defaults, redact)
    redaction = redaction_by(redact)
    tenants: tuple[TenantRun, ...]
    unreached: tuple[Unreached, ...] = ()
    if read is not None:
        with showing(quiet) as progress:
            tenants = (audit.audit(read.source, checks, progress, redaction, read.said, started),)
    else:
        assert settings is not None
        tenants, unreached = look_at_each(
            settings.tenant, partial(_audited, settings=settings, checks=checks, quiet=quiet, redaction=redaction)
        )
    report = run_of(tenants, loaded, started, unreached)
    if settings is not None:
        report = settled(report, settings, started.date(), redaction)
    elif redaction is not None:
        report = redaction.run(report)
        redaction.save()
    threshold = fail_on.value if fail_on else defaults.fail_on
    give(report, reports, threshold, quiet)
    raise typer.Exit(exit_code(report, threshold))


def _audited(
    tenant: TenantConfig, settings: Config, checks: Sequence[Check], quiet: bool, redaction: Redaction | None
) -> TenantRun:
    """Collects one tenant and audits it; then the collections that are not to be kept go."""
    from auditor import audit
    from auditor.cli import clock
    from auditor.cli.collecting import collected, root_of
    from auditor.cli.progress import showing
    from auditor.errors import SpoolError
    from auditor.spool import shelf

    with showing(quiet) as progress:
        spool = collected(tenant, settings, audit.datasets_for(checks), progress)
        seen = audit.audit(spool, checks, progress, redaction, now=clock.now())
    try:
        shelf.purge(root_of(settings), tenant.id, settings.spool.keep, clock.now())
    except SpoolError as error:
        complain(error.what, error.remedy)  # what was seen of the tenant stands all the same
    return seen
