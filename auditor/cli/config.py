"""`auditor config`: a config to start from."""

from __future__ import annotations

import typer

from auditor.cli.verb import verb


@verb("auditor config > auditor.toml")
def config() -> None:
    """Print a config with every key, its default and what it does.

    Ends with 0.
    """
    from auditor.config import example

    typer.echo(example(), nl=False)
