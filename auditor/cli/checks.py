"""`auditor checks`: which checks are installed, and what one of them is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from auditor.cli.verb import say, verb

if TYPE_CHECKING:
    from auditor.plugins import Plugin


@verb("auditor checks", "auditor checks persistent-browser-always")
def checks(
    identity: Annotated[
        Optional[str], typer.Argument(help="A check's id, to read its page; without it, all are listed.", metavar="ID")
    ] = None,
) -> None:
    """List the installed checks, those of other packages too, or show what one looks for, why it matters, what to do,
    what it cannot see and which data it takes.

    Ends with 2 where no check has that id.
    """
    from auditor import plugins
    from auditor.cli.report import coloured, columns
    from auditor.reports.checks import as_page, as_table

    loaded = plugins.load()
    if identity is None:
        made = as_table([(_origin(each), each.checks) for each in loaded], width=columns(), colour=coloured())
    else:
        plugin = _bringing(identity, loaded)
        check = next(each for each in plugin.checks if each.id == identity)
        made = as_page(check, _origin(plugin), width=columns(), colour=coloured())
    say(made)


def _origin(plugin: Plugin) -> str:
    return f"{plugin.distribution} {plugin.version}".rstrip()


def _bringing(identity: str, loaded: tuple[Plugin, ...]) -> Plugin:
    import difflib

    from auditor.errors import ConfigError

    known = {check.id: plugin for plugin in loaded for check in plugin.checks}
    if identity not in known:
        near = difflib.get_close_matches(identity.casefold(), known, n=1)
        meant = f"Did you mean {near[0]!r}?" if near else "`auditor checks` lists them."
        raise ConfigError(f"There is no check {identity!r}.", meant)
    return known[identity]
