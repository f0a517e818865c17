import csv
import io
import json
import unicodedata
from dataclasses import replace

import pytest

from auditor.explain.explanation import Explanation
from auditor.finding import Confidence, Evidence
from auditor.reports.interrupts import as_csv, ndjson, table
from auditor.tenant.sign_in_log import Interrupt, Outcome
from auditor.testing import AT

ONE = Interrupt(
    at=0,
    id="id-1",
    created=AT,
    code=50140,
    user_id="u1",
    user="ada@contoso.com",
    app_id="a1",
    app="Expenses",
    correlation_id="c1",
    own_user=True,
    interactive=True,
    outcome=Outcome.COMPLETED,
    stated=True,
    seconds=12.5,
)
HOSTILE = ONE._replace(app='=HYPERLINK("http://x")', user="\x1b[31m\u202e", outcome=Outcome.ABANDONED, seconds=None)

WHY = Explanation(
    "prompt-expected", Confidence.STATED, (Evidence("policies", "None."), Evidence("sign_in_page", "Shown."))
)
ODD = Explanation("x" * 60, Confidence.GENERAL, (), ("=1+1", "\x1b[31m"))


def test_ndjson() -> None:
    lines = list(ndjson([(ONE, WHY), (HOSTILE, ODD), (ONE, WHY)]))
    assert lines[2] == lines[0]
    assert all(line.endswith("\n") and line.isascii() for line in lines)
    assert json.loads(lines[0]) == {
        "id": "id-1",
        "createdDateTime": AT,
        "code": 50140,
        "user": "ada@contoso.com",
        "userId": "u1",
        "app": "Expenses",
        "appId": "a1",
        "correlationId": "c1",
        "outcome": "completed",
        "outcomeConfidence": "stated",
        "secondsToComplete": 12.5,
        "cause": "prompt-expected",
        "causeConfidence": "stated",
        "evidence": ["None.", "Shown."],
        "missing": [],
    }
    assert json.loads(lines[1])["outcomeConfidence"] is None
    assert json.loads(lines[1])["missing"] == ["=1+1", "\x1b[31m"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1"])
def test_csv_holds_no_formula(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(as_csv([(ONE._replace(app=name), ODD)])))))
    assert rows[0]["app"].startswith("'")
    assert rows[0]["secondsToComplete"] == "12.5"
    assert rows[0]["missing"].startswith("'=1+1")


def test_csv_says_why() -> None:
    (row,) = csv.DictReader(io.StringIO("".join(as_csv([(ONE, WHY)]))))
    assert (row["cause"], row["causeConfidence"], row["evidence"]) == ("prompt-expected", "stated", "None. Shown.")


def test_csv_is_one_line_a_row() -> None:
    assert len("".join(as_csv([(ONE._replace(app='a\n"b"\r,c'), WHY)])).splitlines()) == 2


@pytest.mark.parametrize("width", [80, 129, 130, 200])
def test_the_table_fits(width: int) -> None:
    lines = [
        line.rstrip("\n") for line in table([(ONE, WHY), (HOSTILE, ODD), (ONE._replace(user="x" * 500), WHY)], width)
    ]
    assert len(lines) == 4
    assert "prompt-expected" in lines[1]
    assert [line for line in lines if len(line) > width] == []
    assert "\x1b" not in "".join(lines)
    assert ("id-1" in lines[1]) == (width >= 130)


def shown_columns(line: str) -> int:
    """As a terminal counts them."""
    return sum(
        0 if unicodedata.category(each) == "Mn" else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in line
    )


@pytest.mark.parametrize("width", [80, 130, 200])
@pytest.mark.parametrize(
    "text", ["\x1b" * 50, "\u65e5\u672c\u8a9e" * 40, "e\u0301" * 60, "\ud800" * 30, "x" * 10_000, "ab"]
)
def test_the_table_fits_whatever_the_log_holds(width: int, text: str) -> None:
    hostile = ONE._replace(id=text, user=text, app=text, created=text)
    heading, line = table([(hostile, replace(WHY, cause=text))], width)
    assert shown_columns(line.rstrip("\n")) <= width
    assert shown_columns(line[: line.index(" 50140") + 6]) == heading.index("Code") + 4


def test_it_streams() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield ONE, WHY

    lines = ndjson(endless())  # type: ignore[arg-type]
    next(lines)
    assert taken == 1
