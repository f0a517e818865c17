"""What `--from` names, and the config that is for it: shared by every verb that reads files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.cli.verb import complain

if TYPE_CHECKING:
    from auditor.config import Config, TenantConfig
    from auditor.sources.exported import Exports
    from auditor.spool.spool import Spool

FOUND = Path("auditor.toml")
"""The config where none is named: in the current folder."""

_MOST_NAMED = 3


class Offline(NamedTuple):
    """`config`: None where there is none for what was read. `said`: what it says of this tenant."""

    source: Spool | Exports
    config: Config | None
    said: TenantConfig | None


def config_at(named: Path | None) -> Config:
    """The config that was named, or else the one that lies here. ConfigError when it is not there or does not fit."""
    from auditor.config import load

    return load(FOUND if named is None else named)


def config_if_any(named: Path | None) -> Config | None:
    """The same, and None where none was named and none lies here."""
    return config_at(named) if named is not None or os.path.lexists(FOUND) else None


def check_named(named: Path | None) -> None:
    """A config that was named must be there and fit, also where nothing is taken from it."""
    if named is not None:
        config_at(named)


def offline(path: Path, named: Path | None, *, redacted: bool = False) -> Offline:
    """What lies at `path`, with what the config says of it. ConfigError when a config was named and is for another
    tenant; one that merely lies here is then left out, which is said, without names where these are `redacted`."""
    from auditor.tenant_at import source_at

    config = config_if_any(named)
    source = source_at(path)
    if config is None:
        return Offline(source, None, None)
    said = _said(source, path, config, named, redacted)
    return Offline(source, None if said is None else config, said)


def _said(
    source: Spool | Exports, path: Path, config: Config, named: Path | None, redacted: bool
) -> TenantConfig | None:
    from auditor.errors import ConfigError
    from auditor.judgement import contradicted, named_in
    from auditor.tenant_at import whose

    names = whose(source)
    found = named_in(config, names)
    if found is not None:
        return found
    file = FOUND if named is None else named
    listed = "its tenant" if redacted else _listed([each.id for each in config.tenant])
    read = "what was read" if redacted else str(path)
    if len(config.tenant) == 1 and not contradicted(config.tenant[0], names):
        if names and named is None:
            complain(
                f"{file} is not used: it is for {listed}, and whether {read} is of that tenant is not known.",
                "If it is, name the config with --config.",
            )
            return None
        if names or named is None:
            complain(f"Whether {read} is of {listed} it does not say: it is taken for that, as {file} names no other.")
        return config.tenant[0]
    if named is not None:
        of = f"is of {_listed(names)}" if names else "does not say whose it is"
        raise ConfigError(
            f"{file} is for {_listed([each.id for each in config.tenant])}, and {path} {of}.",
            "Name the config of that tenant." if names else "Name a config with one tenant.",
        )
    of = "does not say whose it is" if not names else "is of another" if redacted else f"is of {_listed(names)}"
    complain(f"{file} is for {listed}, and {read} {of}. The config is not used.", "Name another one with --config.")
    return None


def _listed(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
