"""`auditor what-if`: what would come of a change, before anybody makes it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from auditor.cli.options import ConfigFile, Format, From, Quiet, Redact, ReportFormat
from auditor.cli.verb import complain, say, verb

if TYPE_CHECKING:
    from auditor.check import Check
    from auditor.cli.offline import Offline
    from auditor.config import Config, TenantConfig
    from auditor.redaction.redaction import Redaction
    from auditor.sources.exported import Exports
    from auditor.sources.graph import Asked
    from auditor.sources.progress import Report
    from auditor.spool.spool import Spool
    from auditor.tenant.policy import Policy
    from auditor.what_if.consequences import Consequences


class Setting(str, Enum):
    HIDE_PROMPT = "hide-prompt"


@verb(
    "auditor what-if hide-prompt",
    "auditor what-if --policy new-policy.json --from FOLDER",
    "auditor what-if --disable 'Keep browser sessions' --ask-graph --format json",
)
def what_if(
    setting: Annotated[Optional[Setting], typer.Argument(help="Hide the prompt to stay signed in.")] = None,
    policy: Annotated[
        Optional[Path],
        typer.Option(
            "--policy",
            help="Put in a policy, as Graph or PowerShell writes it (JSON); one with its id is replaced.",
            metavar="FILE",
        ),
    ] = None,
    disable: Annotated[
        Optional[str], typer.Option("--disable", help="Disable a policy, by id or by name.", metavar="POLICY")
    ] = None,
    config: ConfigFile = None,
    source: From = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Which tenant of the config, where it has several.")] = "",
    ask_graph: Annotated[
        bool,
        typer.Option(
            "--ask-graph", help="Put some sign-ins to Graph's own what-if, too, and compare on today's policies."
        ),
    ] = False,
    form: ReportFormat = None,
    redact: Redact = None,
    quiet: Quiet = False,
) -> None:
    """Work out a change on the sign-ins that were collected: whom it spares or shows the prompt to stay signed in, who
    loses or gains a browser session that survives closing the browser, which findings go and come.

    It takes what was collected or exported (--from), or the newest finished collection of the config's tenant, or else
    collects. Nothing is written to the tenant. Ends with 3 where something could not be looked at.
    """
    from auditor.cli.offline import config_at, offline
    from auditor.cli.redacting import redaction_by
    from auditor.what_if.change import policy_in

    _one_change(setting, policy, disable)
    redaction = redaction_by(redact)
    wanted = disable if policy is None else policy_in(policy)
    read = None if source is None else offline(source, config, redacted=redact is not None)
    settings = config_at(config) if read is None else read.config
    found = _worked_out(wanted, read, settings, tenant, ask_graph, quiet, redaction)
    if redaction is not None:
        found = redaction.shown(found)
        redaction.save()
    _print(found, form or _default(settings))
    raise typer.Exit(found.exit_code)


def _default(settings: Config | None) -> Format:
    """JSON where that is all that the config wants of a report, else the table: there are no other formats of it."""
    return Format.JSON if settings and settings.report.formats == ("json",) else Format.TABLE


def _one_change(setting: Setting | None, policy: Path | None, disable: str | None) -> None:
    from auditor.errors import ConfigError

    if sum(each is not None for each in (setting, policy, disable)) != 1:
        raise ConfigError("One what-if takes one change.", "Give hide-prompt, --policy FILE or --disable POLICY.")


def _worked_out(
    wanted: Policy | str | None,
    read: Offline | None,
    settings: Config | None,
    tenant: str,
    ask_graph: bool,
    quiet: bool,
    redaction: Redaction | None,
) -> Consequences:
    from auditor import plugins
    from auditor.cli.progress import showing
    from auditor.what_if.work_out import work_out

    checks = plugins.checks_of(plugins.load())
    with showing(quiet) as progress:
        if read is not None:
            _check_tenant(read.source, tenant)
            asked = _asked_of(read, progress) if ask_graph else None
            return work_out(read.source, wanted, checks, progress, asked, redaction, read.said)
        assert settings is not None
        chosen = _tenant_of(settings, tenant)
        asked = _asked(chosen, settings, progress) if ask_graph else None
        spool, collected = _collection(chosen, settings, checks, progress, quiet)
        found = work_out(spool, wanted, checks, progress, asked, redaction, chosen)
    if collected:
        _purge(chosen, settings)
    return found


def _tenant_of(settings: Config, name: str) -> TenantConfig:
    from auditor.errors import ConfigError

    chosen = [each for each in settings.tenant if not name or each.id.lower() == name.lower()]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(each.id for each in settings.tenant)
    what = f"The config has no tenant {name!r}." if name else "A what-if is of one tenant."
    raise ConfigError(what, f"Choose it with --tenant, of: {names}.")


def _check_tenant(source: Spool | Exports, name: str) -> None:
    from auditor.errors import ConfigError
    from auditor.tenant_at import whose

    names = whose(source)
    if name and names and name.lower() not in names:
        raise ConfigError(f"What was read is of {names[0]}, and not {name}.", "Leave --tenant out.")


def _asked_of(read: Offline, progress: Report) -> Asked:
    """The tenant that was read: no other may be asked about it."""
    from auditor.errors import ConfigError

    if read.config is None or read.said is None:
        raise ConfigError(
            "No config says how to ask Microsoft Graph about the tenant that was read.",
            "Name its config with --config, or leave --ask-graph out.",
        )
    return _asked(read.said, read.config, progress)


def _asked(tenant: TenantConfig, settings: Config, progress: Report) -> Asked:
    from auditor import audit
    from auditor.cli.collecting import surroundings

    return audit.asked_of(tenant, settings, ("policies",), surroundings(progress))


def _collection(
    tenant: TenantConfig, settings: Config, checks: tuple[Check, ...], progress: Report, quiet: bool
) -> tuple[Spool, bool]:
    """The newest finished collection, or a new one (True)."""
    from auditor import audit
    from auditor.cli.collecting import collected, root_of
    from auditor.spool import shelf

    kept = shelf.newest(root_of(settings), tenant.id)
    if kept is None:
        return collected(tenant, settings, audit.datasets_for(checks), progress), True
    if not quiet:
        began = kept.header.started[:16].replace("T", " ")
        typer.echo(f"From the collection of {began} UTC in {kept.folder}; `auditor run` makes a new one.", err=True)
    return kept, False


def _purge(tenant: TenantConfig, settings: Config) -> None:
    from auditor.cli import clock
    from auditor.cli.collecting import root_of
    from auditor.errors import SpoolError
    from auditor.spool import shelf

    try:
        shelf.purge(root_of(settings), tenant.id, settings.spool.keep, clock.now())
    except SpoolError as error:
        complain(error.what, error.remedy)


def _print(found: Consequences, form: Format) -> None:
    if form is Format.JSON:
        from importlib.metadata import version

        from auditor.cli import clock
        from auditor.reports.what_if_json import as_json
        from auditor.tenant.instant import from_datetime, to_seconds_text

        started = to_seconds_text(from_datetime(clock.now()))
        say(as_json(found, version=version("auditor"), started=started))
    else:
        from auditor.cli.report import coloured, columns
        from auditor.reports.what_if import as_table

        say(as_table(found, width=columns(), colour=coloured()))
