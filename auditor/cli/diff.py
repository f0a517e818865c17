"""`auditor diff`: what changed between two runs."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from auditor.cli.options import ConfigFile
from auditor.cli.verb import complain, say, verb

if TYPE_CHECKING:
    from auditor.comparison import Comparison
    from auditor.run import Run, TenantRun

Pair = tuple["TenantRun", "Comparison"]


class DiffFormat(str, Enum):
    TEXT = "text"
    JSON = "json"


@verb(
    "auditor diff",
    "auditor diff last-week.json today.json",
    "auditor diff last-week.json --format json",
)
def diff(
    old: Annotated[Optional[Path], typer.Argument(help="A saved run; without it, the last but one kept.")] = None,
    new: Annotated[Optional[Path], typer.Argument(help="A later one; without it, the last one kept.")] = None,
    config: ConfigFile = None,
    form: Annotated[DiffFormat, typer.Option("--format", "-f", help="text for people, json for machines.")] = (
        DiffFormat.TEXT
    ),
) -> None:
    """Tell what changed between two runs: findings, the setting, policies, interrupts, what could be looked at.

    Ends with 0 whatever changed, and with 2 where there are no two runs of one tenant.
    """
    from auditor import history
    from auditor.cli.offline import check_named

    check_named(config)
    if old is not None and new is not None:
        compared = tuple(_compared(history.read(old), history.read(new)))
    else:
        compared = tuple(_with_kept(old, config))
    if not compared:
        complain("There are no two runs of one tenant to compare.", "Each `auditor run` with a config keeps one.")
        raise typer.Exit(2)
    _print(compared, form)


def _compared(older: Run, newer: Run) -> Iterator[Pair]:
    """The tenants that are in both. ConfigError when there may be the same ones under other names."""
    from auditor.compare import compare, not_comparable
    from auditor.errors import ConfigError

    if why_not := not_comparable(older, newer):
        raise ConfigError(why_not, "Compare runs that were redacted with one table, or two that were not.")
    before = {tenant.id: tenant for tenant in older.tenants}
    for tenant in newer.tenants:
        if tenant.id in before:
            yield tenant, compare(before[tenant.id], tenant, older.started)


def _with_kept(old: Path | None, config: Path | None) -> Iterator[Pair]:
    """With the runs that were kept: the last one of each tenant with `old`, or with the last but one."""
    from auditor import history
    from auditor.cli.keeping import history_of
    from auditor.cli.offline import config_at

    folder = history_of(config_at(config))
    older = history.read(old) if old is not None else None
    for tenant in [each.id for each in older.tenants] if older else history.tenants(folder):
        files = history.kept(folder, tenant)
        if older is not None and files:
            yield from _compared(older, history.read(files[-1]))
        elif len(files) > 1:
            yield from _compared(history.read(files[-2]), history.read(files[-1]))


def _print(compared: tuple[Pair, ...], form: DiffFormat) -> None:
    from auditor.cli.report import columns
    from auditor.reports import diff

    made = diff.as_json(compared) if form is DiffFormat.JSON else diff.as_text(compared, columns())
    say(made)
