"""Looking at the tenants of a config one after the other: one that cannot be looked at costs the others nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import typer

from auditor.cli.verb import complain
from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.config import TenantConfig
    from auditor.run import Unreached

T = TypeVar("T")


def look_at_each(
    tenants: Iterable[TenantConfig], look: Callable[[TenantConfig], T]
) -> tuple[tuple[T, ...], tuple[Unreached, ...]]:
    """What `look` gave for each tenant, and those for which it raised an AuditorError. Where it raised one for all of
    them there is nothing to go on with: they are told, and the verb ends with the exit code of the first."""
    from auditor.run import Unreached

    seen: list[T] = []
    unreached: list[Unreached] = []
    codes: list[int] = []
    for tenant in tenants:
        try:
            seen.append(look(tenant))
        except AuditorError as error:
            unreached.append(Unreached(tenant.id, error.what, error.remedy))
            codes.append(error.exit_code)
    if codes and not seen:
        for each in unreached:
            complain(f"{each.tenant}: {each.what}" if len(unreached) > 1 else each.what, each.remedy)
        raise typer.Exit(codes[0])
    return tuple(seen), tuple(unreached)
