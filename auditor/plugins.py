"""Checks, ours and other people's, by the entry-point group `auditor.checks`. An entry point names a `Check` or a
collection of them. Nothing is ever loaded from a path in a config: the process holds tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points

from auditor.check import Check, said
from auditor.errors import PluginError

GROUP = "auditor.checks"
BUILT_IN = frozenset(
    {
        "interrupts",
        "stay-signed-in-shown",
        "stay-signed-in-not-known",
        "stay-signed-in-contradiction",
        "prompt-moot",
        "persistent-browser-always",
        "persistent-browser-conflict",
        "persistent-browser-inert",
        "persistent-browser-not-all-apps",
        "persistent-browser-gaps",
        "admin-session-lifetime",
        "session-lifetime",
    }
)
"""The ids of auditor's own checks. They come in by the same group as anybody's, and nothing else would miss one that
does not."""

_OURS = "auditor"  # the distribution


@dataclass(frozen=True, slots=True)
class Plugin:
    """A distribution that brings checks. One that could not be loaded brings a check with a `fault` in its place."""

    distribution: str
    version: str
    checks: tuple[Check, ...]


def load(points: Iterable[EntryPoint] | None = None, built_in: frozenset[str] = BUILT_IN) -> tuple[Plugin, ...]:
    """Every installed plugin: ours first, then by name. What somebody else's package does wrong costs its own checks
    only: they end *failed*, with the reason. PluginError when ours cannot be loaded or lack one of `built_in`: a check
    that silently does not run would be taken for a clear one."""
    chosen = sorted(
        entry_points(group=GROUP) if points is None else points, key=lambda point: (not _is_ours(point), point.value)
    )
    bringing: dict[str, str] = {}
    plugins = tuple(_load(point, bringing) for point in chosen)
    lost = sorted(each for each in built_in if bringing.get(each) != _OURS)
    if lost:
        raise PluginError(f"Checks of auditor itself are missing: {', '.join(lost)}.", "Install auditor again.")
    if not bringing:
        raise PluginError("No checks are installed.", "Install auditor again: it brings its own.")
    return plugins


def checks_of(plugins: Iterable[Plugin]) -> tuple[Check, ...]:
    """The checks of all of them, in the plugins' order."""
    return tuple(check for plugin in plugins for check in plugin.checks)


def _is_ours(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == _OURS


def _load(point: EntryPoint, bringing: dict[str, str]) -> Plugin:
    """`bringing`: which distribution brings the check of an id; what this one brings is added."""
    name, version = (point.dist.name, point.dist.version) if point.dist else ("an unnamed distribution", "")
    package = f"{name} {version}".rstrip()
    checks: list[Check] = []
    for found in _found(point, package):
        check = replace(found, package=package)
        if check.id in bringing:
            fault = f"The check {check.id} of {package} did not run: {bringing[check.id]} brings one of that id."
            check = _in_place_of(f"{check.id}-of-{name}", fault, package)
        bringing[check.id] = name
        checks.append(check)
    return Plugin(name, version, tuple(checks))


def _found(point: EntryPoint, package: str) -> tuple[Check, ...]:
    where = f"The checks of {package} ({point.value})"
    try:
        found = point.load()
        checks = (found,) if isinstance(found, Check) else tuple(found) if isinstance(found, (tuple, list)) else ()
    except KeyboardInterrupt:
        raise
    except BaseException as fault:  # whatever a module raises on import, it must not pass for "no checks"
        if _is_ours(point):
            raise PluginError(f"{where} cannot be loaded: {said(fault)}.", "Install auditor again.") from fault
        return (_in_place_of(f"{package}-{point.name}", f"{where} cannot be loaded: {said(fault)}.", package),)
    if not checks or not all(type(check) is Check for check in checks):
        why = f"{where} did not run: {point.value} is neither a Check nor a collection of them."
        return (_in_place_of(f"{package}-{point.name}", why, package),)
    return checks


def _in_place_of(name: str, fault: str, package: str) -> Check:
    """A check that ends *failed*."""
    identity = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "unnamed"
    title = f"Checks of {package}"
    return Check(identity, title, needs=(), run=lambda tenant: (), docs=fault, package=package, fault=fault)
