"""The formats of a report on a run: what each is for, what its file is called, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from auditor.run import Run


class Format(NamedTuple):
    """`file`: its name in a folder of reports. `folder`: it makes several files, and `file` is the name of their
    folder."""

    name: str
    about: str
    file: str
    folder: bool = False


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("table", "text for the terminal", "report.txt"),
        Format("html", "a page to read, print and send", "report.html"),
        Format("markdown", "for a ticket or a pull request", "report.md"),
        Format("json", "the whole run, for machines; every other format can be made of it", "run.json"),
        Format("csv", "one table a file, for spreadsheets", "csv", folder=True),
        Format("sarif", "SARIF 2.1.0, for viewers and pipelines that read static analysis results", "report.sarif"),
        Format("junit", "JUnit XML, for pipelines that show tests", "junit.xml"),
    )
}


def text(run: Run, form: str, *, fail_on: str = "low", width: int = 80, colour: bool = False) -> str:
    """The report in a format that makes one file. `fail_on`: as for the exit code, see `auditor.run.exit_code`.
    `width`, `colour`: of the terminal, for a table."""
    # Each is imported where it is made: none costs those who want another.
    if form == "table":
        from auditor.reports import table

        return table.render(run, width=width, colour=colour)
    if form == "html":
        from auditor.reports import html

        return html.render(run)
    if form == "markdown":
        from auditor.reports import markdown

        return markdown.render(run)
    if form == "json":
        from auditor.reports import json

        return json.render(run)
    if form == "sarif":
        from auditor.reports import sarif

        return sarif.render(run)
    if form == "junit":
        from auditor.reports import junit

        return junit.render(run, fail_on)
    raise ValueError(f"{form!r} is no format of one file")


def files(run: Run, form: str, *, fail_on: str = "low", width: int = 80) -> Mapping[str, bytes]:
    """The report's files, by their path in a folder of reports, with slashes."""
    known = FORMATS[form]
    if not known.folder:
        return {known.file: text(run, form, fail_on=fail_on, width=width).encode()}
    from auditor.reports import tables_csv

    return {f"{known.file}/{name}.csv": made.encode() for name, made in tables_csv.render(run).items()}
