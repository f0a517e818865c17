"""Options that several verbs share, each written once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer


class Format(str, Enum):
    TABLE = "table"
    JSON = "json"


class FailOn(str, Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    NEVER = "never"


# Typer on Python 3.10 reads Optional[X] and not X | None out of a string annotation made with Annotated.
ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The config file.", envvar="AUDITOR_CONFIG")]
From = Annotated[
    Optional[Path],
    typer.Option(
        "--from",
        help="A folder that `auditor collect` made, or exported logs and settings (a folder or a file): nothing is "
        "asked of the network.",
        metavar="PATH",
    ),
]
FromFolder = Annotated[
    Optional[Path],
    typer.Option(
        "--from", help="A folder that `auditor collect` made: nothing is asked of the network.", metavar="FOLDER"
    ),
]
ReportFormat = Annotated[
    Optional[Format], typer.Option("--format", "-f", help="table for people, json for machines; default: the config's.")
]
FailOnSeverity = Annotated[
    Optional[FailOn], typer.Option("--fail-on", help="The least severity that makes the exit code 11 to 14.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
