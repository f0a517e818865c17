"""The rule for outcomes as a table of cases. Every row goes through Graph's JSON and the real reader."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from auditor.sign_ins.attempts import classify
from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.rows import NO_ID, Row, narrow
from auditor.sign_ins.versions import newest_versions
from auditor.tenant.instant import SECOND, parse, to_text
from auditor.tenant.sign_in_log import Coverage
from auditor.testing import sign_in

NINE = parse("2026-11-04T09:00:00Z")
BEGIN, END = parse("2026-11-01T00:00:00Z"), parse("2026-11-08T00:00:00Z")
DAY = 24 * 3600

ADA, BOB, NOBODY = "user-ada", "user-bob", NO_ID
MAIL, BROKER = "app-mail", "app-broker"


def spans(*seconds: tuple[float, float], filtered: bool = False) -> Coverage:
    """A log that covers these spans, in seconds after nine, and nothing before or between them."""
    ticks = tuple((NINE + round(a * SECOND), NINE + round(b * SECOND)) for a, b in seconds)
    return Coverage(asked=(BEGIN, END), intervals=ticks, filtered=filtered)


def until(seconds: float) -> Coverage:
    return spans((-DAY, seconds))


def hole(gone: float, back: float) -> Coverage:
    return spans((-DAY, gone), (back, 3 * DAY))


WHOLE = spans((-3 * DAY, 3 * DAY))
FILTERED = spans((-3 * DAY, 3 * DAY), filtered=True)


class R(NamedTuple):
    """A row: seconds after nine (or the log's own text), code, app, user, id, correlation id."""

    at: float | str
    code: int | None
    app: str | None = MAIL
    user: str | None = ADA
    id: str = "i"
    correlation: str | None = "c1"


class Case(NamedTuple):
    name: str
    rows: Sequence[R]
    expected: dict[str, str]
    coverage: Coverage = WHOLE


COMPLETED = "completed, stated"
INFERRED = "completed, inferred"

CASES = [
    Case("the same app succeeds", [R(0, 50140), R(30, 0, id="s")], {"i": f"{COMPLETED}, 30 s"}),
    Case("another app succeeds", [R(0, 50140), R(60, 0, BROKER, id="s")], {"i": f"{INFERRED}, 60 s"}),
    Case(
        "the same app's success counts before an earlier one of another app",
        [R(0, 50140), R(60, 0, BROKER, id="s1"), R(120, 0, id="s2")],
        {"i": f"{COMPLETED}, 120 s"},
    ),
    Case(
        "of several successes of the app the first counts",
        [R(0, 50140), R(20, 0, id="s1"), R(40, 0, id="s2")],
        {"i": f"{COMPLETED}, 20 s"},
    ),
    Case(
        "two rows that name no app are the same app no more than they are another",
        [R(0, 50140, None), R(60, 0, None, id="s")],
        {"i": f"{INFERRED}, 60 s"},
    ),
    # Several interrupts
    Case(
        "several interrupts in a row, then a success",
        [R(0, 50097, id="a"), R(6, 50074, id="b"), R(12, 50140, id="c"), R(18, 0, id="s")],
        {"a": f"{COMPLETED}, 18 s", "b": f"{COMPLETED}, 12 s", "c": f"{COMPLETED}, 6 s"},
    ),
    Case(
        "several interrupts in a row, then nothing",
        [R(0, 50074, id="a"), R(60, 50140, id="b"), R(90, 50199, id="c")],
        {"a": "continued", "b": "continued", "c": "abandoned"},
    ),
    Case(
        "several interrupts in a row, then a failure",
        [R(0, 50074, id="a"), R(60, 50140, id="b"), R(90, 53003, id="e")],
        {"a": "failed", "b": "failed"},
    ),
    Case(
        "an interrupt, a failure, and an interrupt that nothing follows",
        [R(0, 50074, id="a"), R(60, 50126, id="e"), R(120, 50140, id="b")],
        {"a": "continued", "b": "abandoned"},
    ),
    Case(
        "an interrupt after the success is another matter",
        [R(0, 50140, id="a"), R(10, 0, id="s"), R(20, 50074, id="b")],
        {"a": f"{COMPLETED}, 10 s", "b": "abandoned"},
    ),
    # Failures
    Case("the last row is a failure", [R(0, 50140), R(60, 50126, id="e")], {"i": "failed"}),
    Case("500121 is a failure and no interrupt", [R(0, 50074), R(60, 500121, id="e")], {"i": "failed"}),
    Case("70046 is a failure and no interrupt", [R(0, 50140), R(60, 70046, id="e")], {"i": "failed"}),
    Case(
        "an error in between and a success at last",
        [R(0, 50140), R(60, 50126, id="e"), R(120, 0, id="s")],
        {"i": f"{COMPLETED}, 120 s"},
    ),
    Case("a failure before the interrupt does not matter", [R(0, 50126, id="e"), R(60, 50140)], {"i": "abandoned"}),
    Case("a success before the interrupt completes nothing", [R(0, 0, id="s"), R(60, 50140)], {"i": "abandoned"}),
    # Codes that are not in the catalogue
    Case("it ends in a code that nobody documents", [R(0, 50140), R(60, 50206, id="e")], {"i": "not known"}),
    Case("it ends in a row without a code", [R(0, 50140), R(60, None, id="e")], {"i": "not known"}),
    Case(
        "a code that nobody documents in between does not matter",
        [R(0, 50140), R(60, 999_999, id="x"), R(90, 50126, id="e")],
        {"i": "failed"},
    ),
    Case(
        "a success counts even when a code that nobody documents follows it",
        [R(0, 50140), R(60, 0, id="s"), R(90, 999_999, id="x")],
        {"i": f"{COMPLETED}, 60 s"},
    ),
    # Which rows belong together
    Case(
        "a correlation id used again days later",
        [R(0, 50140, id="a"), R(2 * DAY, 0, id="s"), R(2 * DAY + 5, 50074, id="b")],
        {"a": "abandoned", "b": "abandoned"},
    ),
    Case("60 minutes apart are one attempt", [R(0, 50140), R(3600, 0, id="s")], {"i": f"{COMPLETED}, 3600 s"}),
    Case("a ten-millionth of a second more are two", [R(0, 50140), R(3600.0000001, 0, id="s")], {"i": "abandoned"}),
    Case(
        "60 minutes count from neighbour to neighbour, not from the interrupt",
        [R(0, 50140), R(3000, 50126, id="e"), R(6000, 0, id="s")],
        {"i": f"{COMPLETED}, 6000 s"},
    ),
    Case(
        "two users under one correlation id",
        [R(0, 50140, user=ADA, id="ada"), R(0, 50140, user=BOB, id="bob"), R(60, 0, user=BOB, id="s")],
        {"ada": "abandoned", "bob": f"{COMPLETED}, 60 s"},
    ),
    Case(
        "two correlation ids of one user",
        [R(0, 50140, id="a"), R(60, 0, id="s", correlation="c2")],
        {"a": "abandoned"},
    ),
    Case(
        "no correlation id",
        [
            R(0, 50140, id="a", correlation=None),
            R(5, 50140, id="b", correlation=NO_ID),
            R(60, 0, id="s", correlation=None),
        ],
        {"a": "not known", "b": "not known"},
    ),
    Case(
        "the zero user joins the one user of its correlation id",
        [R(0, 50058, user=NOBODY), R(60, 0, user=ADA, id="s")],
        {"i": f"{COMPLETED}, 60 s"},
    ),
    Case(
        "a row without any user does, too",
        [R(0, 50058, user=None), R(60, 50126, user=ADA, id="e")],
        {"i": "failed"},
    ),
    Case(
        "the zero user among several users",
        [R(0, 50058, user=NOBODY, id="n"), R(60, 0, user=ADA, id="s"), R(60, 50140, user=BOB, id="bob")],
        {"n": "not known", "bob": "abandoned"},
    ),
    Case(
        "zero users alone are one attempt",
        [R(0, 50058, user=NOBODY), R(60, 0, user=NOBODY, id="s")],
        {"i": f"{COMPLETED}, 60 s"},
    ),
    # Versions of one row: the later collected counts
    Case("rewritten from interrupt to success", [R(0, 50140, id="x"), R(0, 0, id="x")], {}),
    Case(
        "rewritten to the success that completes another interrupt",
        [R(0, 50074, id="a"), R(10, 50140, id="x"), R(10, 0, id="x")],
        {"a": f"{COMPLETED}, 10 s"},
    ),
    Case("rewritten from success to failure", [R(0, 50140), R(9, 0, id="x"), R(9, 53003, id="x")], {"i": "failed"}),
    Case("collected twice", [R(0, 50140), R(9, 0, id="s"), R(0, 50140), R(9, 0, id="s")], {"i": f"{COMPLETED}, 9 s"}),
    # Times
    Case(
        "within one second an interrupt comes before its success, whatever the ids",
        [R("2026-11-04T09:00:00Z", 0, id="a"), R("2026-11-04T09:00:00Z", 50140, id="z")],
        {"z": f"{COMPLETED}, 0 s"},
    ),
    Case(
        "within one second a failure comes before a success and after an interrupt",
        [R(0, 0, id="a"), R(0, 50126, id="b"), R(0, 50140, id="c")],
        {"c": f"{COMPLETED}, 0 s"},
    ),
    Case(
        "within one second a failure comes after an interrupt",
        [R(0, 50126, id="a"), R(0, 50140, id="b")],
        {"b": "failed"},
    ),
    Case(
        "within one second interrupts are in the order of their ids",
        [R(0, 50140, id="b"), R(0, 50074, id="a")],
        {"a": "continued", "b": "abandoned"},
    ),
    Case(
        "the seventh digit of a fraction decides",
        [R("2026-11-04T09:00:00.1234568Z", 50140), R("2026-11-04T09:00:00.1234567Z", 0, id="s")],
        {"i": "abandoned"},
    ),
    Case(
        "fractions of other lengths are fractions",
        [R("2026-11-04T09:00:00.9Z", 50140, id="a"), R("2026-11-04T09:00:00.9000001Z", 0, id="s")],
        {"a": f"{COMPLETED}, 0.0000001 s"},
    ),
    Case(
        "offsets other than Z are converted before they are compared",
        [R("2026-11-04T11:00:00+02:00", 50140), R("2026-11-04T04:01:00.0000000-05:00", 0, id="s")],
        {"i": f"{COMPLETED}, 60 s"},
    ),
    Case(
        "as text the later time would be the earlier one",
        [R("2026-11-04T10:30:00+02:00", 0, id="s"), R("2026-11-04T09:00:00Z", 50140)],
        {"i": "abandoned"},
    ),
    # What the log covers
    Case(
        "a download filtered to one code",
        [R(0, 50140, id="a"), R(90, 50140, id="b"), R(5, 50140, user=BOB, id="c", correlation="c2")],
        {"a": "not known", "b": "not known", "c": "not known"},
        FILTERED,
    ),
    Case("a download without successes", [R(0, 50140), R(60, 50126, id="e")], {"i": "not known"}, FILTERED),
    Case("a filtered log may show the end", [R(0, 50140), R(60, 0, id="s")], {"i": f"{COMPLETED}, 60 s"}, FILTERED),
    Case("the window ends before the hour is over", [R(0, 50140)], {"i": "pending"}, until(3599.9999999)),
    Case("the window ends with the hour", [R(0, 50140)], {"i": "abandoned"}, until(3600)),
    Case(
        "the hour counts from the attempt's last row",
        [R(0, 50140), R(1800, 50126, id="e")],
        {"i": "pending"},
        until(3700),
    ),
    Case(
        "at the edge the last of several interrupts is as open as the first",
        [R(0, 50074, id="a"), R(60, 50140, id="b")],
        {"a": "pending", "b": "pending"},
        until(120),
    ),
    Case("completed is certain at the edge", [R(0, 50140), R(9, 0, id="s")], {"i": f"{COMPLETED}, 9 s"}, until(10)),
    Case("not known comes before pending", [R(0, 50140), R(9, 50206, id="e")], {"i": "not known"}, until(60)),
    Case("a filtered log's edge is not pending", [R(0, 50140)], {"i": "not known"}, spans((-DAY, 60), filtered=True)),
    Case("a gap within the hour", [R(0, 50140)], {"i": "not known"}, hole(600, 1200)),
    Case("a gap that begins within the hour", [R(0, 50140)], {"i": "not known"}, hole(3599, 7200)),
    Case("a gap after the hour", [R(0, 50140)], {"i": "abandoned"}, hole(3600, 7200)),
    Case("a gap before the interrupt", [R(0, 50140)], {"i": "abandoned"}, hole(-600, -60)),
    Case(
        "a gap between the interrupt and a failure may hide a success",
        [R(0, 50140), R(600, 50126, id="e")],
        {"i": "not known"},
        hole(60, 300),
    ),
    Case(
        "a gap before the last of two interrupts hides nothing that follows it",
        [R(0, 50074, id="a"), R(600, 50140, id="b")],
        {"a": "not known", "b": "abandoned"},
        hole(60, 300),
    ),
    Case("a gap undoes no success", [R(0, 50140), R(600, 0, id="s")], {"i": f"{COMPLETED}, 600 s"}, hole(60, 300)),
    Case(
        "a gap within the hour that the window does not reach the end of",
        [R(0, 50140)],
        {"i": "not known"},
        spans((-DAY, 60), (120, 600)),
    ),
]  # fmt: skip


def read(rows: Sequence[R]) -> list[Row]:
    """The narrow records, in the order in which they were collected."""
    reader, found = AnyFormat(), []
    for order, given in enumerate(rows):
        at = given.at if isinstance(given.at, str) else to_text(NINE + round(given.at * SECOND))
        fields = {"id": given.id, "appId": given.app, "userId": given.user, "correlationId": given.correlation}
        read_one = reader.narrow(json.dumps(sign_in(0, at, **fields) | {"status": {"errorCode": given.code}}).encode())
        assert isinstance(read_one, tuple)
        found.append(narrow(*read_one, order))
    return found


def said(rows: Sequence[Row], coverage: Coverage) -> dict[str, str]:
    by_correlation = defaultdict(list)
    for row in newest_versions(rows):
        by_correlation[row.correlation_id].append(row)
    told = {}
    for together in by_correlation.values():
        for each in classify(together, coverage):
            assert each.id not in told
            if each.seconds is None:
                assert not each.stated
                told[each.id] = each.outcome.value
            else:
                seconds = f"{each.seconds:.7f}".rstrip("0").rstrip(".")
                told[each.id] = f"{each.outcome.value}, {'stated' if each.stated else 'inferred'}, {seconds} s"
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_outcomes(case: Case) -> None:
    assert said(read(case.rows), case.coverage) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_outcomes_do_not_depend_on_the_order_of_the_input(case: Case) -> None:
    assert said(read(case.rows)[::-1], case.coverage) == case.expected


def test_no_two_cases_have_one_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_filtered_log_makes_nothing_abandoned_continued_failed_or_pending() -> None:
    for case in CASES:
        filtered = Coverage(asked=case.coverage.asked, intervals=case.coverage.intervals, filtered=True)
        for outcome in said(read(case.rows), filtered).values():
            assert outcome.startswith("completed") or outcome == "not known", case.name
