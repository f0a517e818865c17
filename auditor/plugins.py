"""Checks, ours and other people's, by the entry-point group `auditor.checks`. An entry point names a `Check` or a
collection of them. Nothing is ever loaded from a path in a config: the process holds tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from auditor.check import Check
from auditor.errors import PluginError

GROUP = "auditor.checks"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A distribution that brings checks."""

    distribution: str
    version: str
    checks: tuple[Check, ...]


def load(points: Iterable[EntryPoint] | None = None) -> tuple[Plugin, ...]:
    """Every installed plugin, by name. PluginError when one cannot be loaded, brings none, or two checks share an id:
    a check that silently does not run would be taken for a clear one."""
    chosen = sorted(entry_points(group=GROUP) if points is None else points, key=lambda point: point.value)
    plugins = tuple(_load(point) for point in chosen)
    seen: dict[str, str] = {}
    for plugin in plugins:
        for check in plugin.checks:
            if check.id in seen:
                raise PluginError(
                    f"The check {check.id} is in {seen[check.id]} and in {plugin.distribution}.",
                    "Uninstall one of them.",
                )
            seen[check.id] = plugin.distribution
    if not seen:
        raise PluginError("No checks are installed.", "Install auditor again: it brings its own.")
    return plugins


def checks_of(plugins: Iterable[Plugin]) -> tuple[Check, ...]:
    """The checks of all of them, in the plugins' order."""
    return tuple(check for plugin in plugins for check in plugin.checks)


def _load(point: EntryPoint) -> Plugin:
    name = point.dist.name if point.dist else "an unnamed distribution"
    try:
        found = point.load()
    except Exception as fault:  # whatever somebody's module raises on import, it must not pass for "no checks"
        raise PluginError(
            f"The checks of {name} ({point.value}) cannot be loaded: {type(fault).__name__}: {fault}.",
            f"Repair or uninstall {name}.",
        ) from fault
    checks = (found,) if isinstance(found, Check) else tuple(found) if isinstance(found, (tuple, list)) else ()
    if not checks or not all(isinstance(check, Check) for check in checks):
        raise PluginError(
            f"{point.value} of {name} is neither a Check nor a collection of them.", f"Repair or uninstall {name}."
        )
    return Plugin(name, point.dist.version if point.dist else "", checks)
