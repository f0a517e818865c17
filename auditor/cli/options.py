"""Options that several verbs share, each written once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer


class Format(str, Enum):
    TABLE = "table"
    JSON = "json"


class Form(str, Enum):
    """The formats of a report on a run, those of `auditor.reports.formats`, which --help must not load."""

    TABLE = "table"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"
    JUNIT = "junit"


class FailOn(str, Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    NEVER = "never"


# Typer on Python 3.10 reads Optional[X] and not X | None out of a string annotation made with Annotated.
ConfigFile = Annotated[
    Optional[Path],
    typer.Option(
        "--config", "-c", help="The config file. Without it: auditor.toml in this folder.", envvar="AUDITOR_CONFIG"
    ),
]
From = Annotated[
    Optional[Path],
    typer.Option(
        "--from",
        help="A folder that `auditor collect` made, or exported logs and settings (a folder or a file): nothing is "
        "asked of the network.",
        metavar="PATH",
    ),
]
ReportFormat = Annotated[
    Optional[Format], typer.Option("--format", "-f", help="table for people, json for machines; default: the config's.")
]
Forms = Annotated[
    Optional[list[Form]],
    typer.Option(
        "--format",
        "-f",
        help="table for the terminal, html for people, markdown for tickets, json, csv, sarif or junit for machines; "
        "repeat it for several. Default: what the config says, or table.",
    ),
]
Output = Annotated[
    Optional[Path],
    typer.Option(
        "--output",
        "-o",
        help="The file to write one format to, or the folder for several and for csv. Without it one format is "
        "printed.",
        metavar="FILE|FOLDER",
    ),
]
FailOnSeverity = Annotated[
    Optional[FailOn], typer.Option("--fail-on", help="The least severity that makes the exit code 11 to 14.")
]
Redact = Annotated[
    Optional[Path],
    typer.Option(
        "--redact",
        help="Put pseudonyms in the place of names, ids of people and addresses. FILE is the table that turns them "
        "back: it is made when it is not there, kept private, and part of no output.",
        metavar="FILE",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
