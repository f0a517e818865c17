"""`auditor interrupts`: every interrupt of the window, one line each."""

from __future__ import annotations

from contextlib import ExitStack
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from auditor.cli.options import ConfigFile, From, Quiet, Redact
from auditor.cli.verb import complain, say, verb

if TYPE_CHECKING:
    from auditor.config import TenantConfig
    from auditor.redaction.redaction import Redaction
    from auditor.run import Unreached
    from auditor.sources.exported import Exports
    from auditor.spool.spool import Spool


LINES_AT_ONCE = 1_000


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
    config: ConfigFile = None,
    source: From = None,
    code: Annotated[Optional[int], typer.Option("--code", help="Only this AADSTS code.")] = None,
    form: Annotated[
        ListFormat, typer.Option("--format", "-f", help="table for people, ndjson or csv.")
    ] = ListFormat.TABLE,
    redact: Redact = None,
    quiet: Quiet = False,
) -> None:
    """List each interrupt with outcome and cause, in order of time: of what was collected or exported, or now.

    Ends with 3 where not all of the log could be read.
    """
    from auditor import audit, plugins
    from auditor.cli.collecting import collected
    from auditor.cli.offline import config_at, offline
    from auditor.cli.progress import showing
    from auditor.cli.redacting import redaction_by
    from auditor.cli.tenants import look_at_each
    from auditor.run import NOT_LOOKED_AT

    whole: tuple[bool, ...]
    unreached: tuple[Unreached, ...] = ()
    redaction = redaction_by(redact)
    if source is not None:
        read = offline(source, config, redacted=redact is not None)
        whole = (_listed(read.source, read.said, code, form, quiet, redaction),)
    else:
        settings = config_at(config)
        datasets = audit.datasets_for(plugins.checks_of(plugins.load()))

        def look(tenant: TenantConfig) -> bool:
            with showing(quiet) as progress:
                spool = collected(tenant, settings, datasets, progress)
            return _listed(spool, None, code, form, quiet, redaction)

        whole, unreached = look_at_each(settings.tenant, look)
    for each in unreached if redaction is None else map(redaction.shown, unreached):
        complain(f"{each.tenant}: {each.what}", each.remedy)
    raise typer.Exit(0 if all(whole) and not unreached else NOT_LOOKED_AT)


def _listed(
    source: Spool | Exports,
    said: TenantConfig | None,
    code: int | None,
    form: ListFormat,
    quiet: bool,
    redaction: Redaction | None,
) -> bool:
    """Prints the list of one tenant's interrupts, and a word where not all of the log was read; whether all was."""
    from auditor import audit
    from auditor.cli.progress import showing
    from auditor.cli.report import columns
    from auditor.explain.explainer import Explainer
    from auditor.reports import interrupts as lists
    from auditor.reports.interrupts import Explained
    from auditor.sign_ins import told
    from auditor.tenant.dataset import Missing, Partial

    with ExitStack() as stack:
        with showing(quiet) as progress:
            tenant = stack.enter_context(audit.open_tenant(source, progress, said=said, sights=False))
        whose = tenant.id or "The files"
        if redaction is not None:
            tenant = redaction.tenant(tenant, audit.names_of(source))
            whose = redaction.name("tenant", tenant.id) or whose
            stack.callback(redaction.save)
        log = tenant.reading("sign_ins")
        if isinstance(log, Missing):
            complain(f"{whose}: the sign-in log could not be read. {log.reason}", log.remedy)
            return False
        if isinstance(log, Partial):
            complain(f"{whose}: only a part of the log was read. {log.reason}", log.remedy)
        aside = audit.about(source, tenant).get("left_aside", "")
        if aside:
            complain(f"{whose}: left aside: {aside if redaction is None else redaction.words_of_others(aside)}")
        totals = log.value.totals
        for sentence in filter(None, (told.repeated(totals), told.sharing(totals))):
            complain(f"{whose}: {sentence}")
        explain = Explainer(tenant).explain
        found: Explained = ((each, explain(each)) for each in log.value.interrupts(code))
        if redaction is not None:
            found = redaction.interrupts(found)
        lines = (
            lists.table(found, columns())
            if form is ListFormat.TABLE
            else lists.as_csv(found)
            if form is ListFormat.CSV
            else lists.ndjson(found)
        )
        while some := "".join(islice(lines, LINES_AT_ONCE)):
            say(some)
        return not isinstance(log, Partial)
