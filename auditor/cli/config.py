"""`auditor config`: a config to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from auditor.cli.verb import say, verb


@verb("auditor config -o auditor.toml", "auditor config")
def config(
    output: Annotated[
        Optional[Path],
        typer.Option(
            "--output",
            "-o",
            help="The file to write it to, which must be new. Without it, it is printed.",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Write a config with every key, its default and what it does, or print it.

    Ends with 0, and with 2 where the file is there already.
    """
    from auditor.config import example

    if output is None:
        say(example())
        return
    _write_new(output, example())
    typer.echo(f"The config is in {output}. Fill in [[tenant]], then: auditor doctor", err=True)


def _write_new(path: Path, text: str) -> None:
    from auditor.errors import AuditorError, ConfigError

    try:
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} is there already, and is left as it is.", "Name another file.") from None
    except OSError as error:
        raise AuditorError(f"{path} could not be written: {error.strerror}.") from None
