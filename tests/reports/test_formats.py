import json

import pytest

from auditor.reports import formats
from auditor.reports.formats import FORMATS
from auditor.run import Run


def test_files_have_the_names_that_are_promised(canonical: Run) -> None:
    names = {name for form in FORMATS for name in formats.files(canonical, form)}
    assert {each for each in names if "/" not in each} == {
        *("report.txt", "report.html", "report.md", "run.json", "report.sarif", "junit.xml")
    }
    assert {each.partition("/")[0] for each in names if "/" in each} == {"csv"}


def test_a_threshold_reaches_the_format_that_knows_it(canonical: Run) -> None:
    assert 'failures="0"' in formats.text(canonical, "junit", fail_on="never").splitlines()[1]


def test_the_width_and_the_colour_reach_the_table(canonical: Run) -> None:
    assert max(map(len, formats.text(canonical, "table", width=120).splitlines())) > 100
    assert "\x1b[" in formats.text(canonical, "table", colour=True)
    assert b"\x1b[" not in formats.files(canonical, "table")["report.txt"]


def test_several_files_are_no_text(canonical: Run) -> None:
    with pytest.raises(ValueError, match="csv"):
        formats.text(canonical, "csv")


def test_the_saved_run_is_json(canonical: Run) -> None:
    assert json.loads(formats.files(canonical, "json")["run.json"])["schema"] == "auditor/run/v1"
