"""Collecting one tenant into a folder, with progress: shared by every verb that asks Graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auditor.cli import clock

if TYPE_CHECKING:
    from auditor.audit import Surroundings
    from auditor.config import Config, TenantConfig
    from auditor.sources.progress import Report
    from auditor.spool.spool import Spool


def root_of(config: Config) -> Path:
    """Where collections are kept."""
    return (
        Path(config.spool.folder).expanduser() if config.spool.folder else Path(typer.get_app_dir("auditor")) / "spool"
    )


def collected(
    tenant: TenantConfig, config: Config, datasets: tuple[str, ...], report: Report, folder: Path | None = None
) -> Spool:
    """The tenant's data, in `folder` or among the collections that are kept. It goes on where a stopped run was."""
    from auditor import audit
    from auditor.spool import shelf

    moment = clock.now()
    wanted = audit.question(tenant, config, datasets, moment)
    if folder is None:
        for why in shelf.damaged(root_of(config), tenant.id):
            typer.echo(f"An earlier collection is left aside: {why}", err=True)
        spool = audit.open_collection(wanted, root_of(config), moment)
    else:
        spool = audit.open_collection_at(wanted, folder)
    if spool.header.started != wanted.started:
        began = spool.header.started[:19].replace("T", " ")
        typer.echo(f"Going on with the collection begun at {began} UTC in {spool.folder}.", err=True)
    audit.collect(tenant, config, spool, surroundings(report))
    return spool


def surroundings(report: Report) -> Surroundings:
    """This machine, as the program needs it."""
    from auditor.audit import Surroundings

    return Surroundings(
        now=clock.now,
        report=report,
        tell=lambda message: typer.echo(message, err=True),
        token_cache=Path(typer.get_app_dir("auditor")) / "token-cache",
    )
