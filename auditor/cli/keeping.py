"""What a config adds to a run: findings that it accepts, what changed since the last run, and keeping this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auditor.cli.verb import complain

if TYPE_CHECKING:
    from auditor.comparison import Comparison
    from auditor.config import Config
    from auditor.redaction.redaction import Redaction
    from auditor.run import Run, TenantRun


def history_of(config: Config) -> Path:
    """Where runs are kept."""
    folder = config.history.folder
    return Path(folder).expanduser() if folder else Path(typer.get_app_dir("auditor")) / "history"


def settled(run: Run, config: Config, today: date, redaction: Redaction | None = None) -> Run:
    """The run with its acceptances, and compared with the last one of each tenant that was kept; then kept itself. What
    goes wrong with the history is told, and costs the run nothing. With a `redaction` it is redacted in between: what
    is kept and compared has no names either."""
    from auditor import history
    from auditor.acceptance import accepting
    from auditor.errors import RunFileError

    folder, keep = history_of(config), config.history.keep
    others = len(config.tenant) > len(run.tenants)

    def accepted(tenants: Sequence[TenantRun]) -> tuple[TenantRun, ...]:
        return accepting(tenants, config.accept, today, others=others)

    if redaction is None:
        run = replace(run, tenants=accepted(run.tenants))
    else:
        run = redaction.run(replace(run, tenants=redaction.accepted(run.tenants, accepted)))
        redaction.save()
    tenants = tuple(replace(tenant, since=_since_last(run, tenant, folder) if keep else None) for tenant in run.tenants)
    settled = replace(run, tenants=tenants)
    for tenant in tenants if keep else ():
        try:
            history.save(settled, tenant, folder, keep)
        except RunFileError as error:
            complain(error.what, error.remedy)
    return settled


def _since_last(run: Run, tenant: TenantRun, folder: Path) -> Comparison | None:
    from auditor import history
    from auditor.compare import compare, not_comparable
    from auditor.errors import RunFileError

    try:
        last = history.last(folder, tenant.id)
    except RunFileError as error:
        complain(error.what, "This run is compared with none. Move that file away.")
        return None
    if last is None or not last.tenants:
        return None
    if why_not := not_comparable(last, run):
        complain(why_not, "This run is compared with none.")
        return None
    return compare(last.tenants[0], tenant, last.started)
