"""The rule for outcomes and versions written a second time, slowly and from its wording alone, against the one that is
used.

Nothing is shared with `auditor.sign_ins.attempts` and `versions` but the shape of a row and the list of codes.
"""

from collections import defaultdict

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from auditor.sign_ins.attempts import classify
from auditor.sign_ins.catalogue import catalogue, interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.sign_ins.versions import newest_versions
from auditor.tenant.instant import to_text
from auditor.tenant.sign_in_log import Coverage

HOUR = 3600 * 10_000_000
ORIGIN = 17_934_000_000_000_003  # no whole second

Answer = tuple[str, str, bool, float | None]


def told_by_the_oracle(rows: list[Row], coverage: Coverage) -> list[Answer]:
    """Of each interrupt its id, outcome, whether it is stated, seconds to the success."""
    kept = [row for row in rows if not any(versions(row, other, rows) and other.order > row.order for other in rows)]
    told = [(row.id, *oracle(row, kept, coverage)) for row in kept if row.code in interrupt_codes()]
    return sorted(told, key=repr)


def versions(row: Row, other: Row, rows: list[Row]) -> bool:
    """Whether they are two versions of one row. (No time here is a whole second.)"""
    if (row.id, row.correlation_id, row.at) != (other.id, other.correlation_id, other.at):
        return False
    if row.user_id == other.user_id:
        return True
    alike = [each for each in rows if (each.id, each.correlation_id, each.at) == (row.id, row.correlation_id, row.at)]
    return len({each.user_id for each in alike} - {""}) == 1


def oracle(interrupt: Row, kept: list[Row], coverage: Coverage) -> tuple[str, bool, float | None]:
    if not interrupt.correlation_id:
        return "not known", False, None
    sharing = [row for row in kept if row.correlation_id == interrupt.correlation_id]
    users = {row.user_id for row in sharing} - {""}
    if not interrupt.user_id and len(users) > 1:
        return "not known", False, None
    if len(users) > 1:
        sharing = [row for row in sharing if row.user_id == interrupt.user_id]
    # With at most one user everybody's rows are that user's, as rows that name nobody join.
    later, reached = [], interrupt.at
    for row in sorted((row for row in sharing if comes_after(row, interrupt)), key=lambda row: row.at):
        if row.at - reached > HOUR:
            break
        later.append(row)
        reached = row.at

    successes = [row for row in later if row.code == 0]
    for stated in (True, False):
        for success in successes:
            if not stated or success.app_id == interrupt.app_id != "":
                return "completed", stated, (success.at - interrupt.at) / 10_000_000

    ends = [row for row in later if row.at == reached] or [interrupt]
    last = next(row for row in ends if not any(comes_after(other, row) for other in ends))
    if last.code not in catalogue() or coverage.filtered:
        return "not known", False, None
    if any(row.code is None and row.called not in ("interrupted", "failure") for row in later):
        return "not known", False, None
    end = coverage.intervals[-1][1]
    uncovered = [(interrupt.at - 1, coverage.intervals[0][0])]
    uncovered += [(a[1], b[0]) for a, b in zip(coverage.intervals, coverage.intervals[1:], strict=False)]
    if any(max(gone, interrupt.at) < min(back, reached + HOUR) for gone, back in uncovered):
        return "not known", False, None
    if end < reached + HOUR:
        return "pending", False, None
    if last.code not in interrupt_codes():
        return "failed", False, None
    return ("continued" if later else "abandoned"), False, None


def comes_after(row: Row, other: Row) -> bool:
    if row.at != other.at:
        return row.at > other.at
    if rank(row) != rank(other):
        return rank(row) > rank(other)
    return row.id > other.id


def rank(row: Row) -> int:
    if row.code in interrupt_codes():
        return 0
    return 2 if row.code == 0 else 1


def told_by_the_rule(rows: list[Row], coverage: Coverage) -> list[Answer]:
    by_correlation = defaultdict(list)
    for row in newest_versions(rows):
        by_correlation[row.correlation_id].append(row)
    found = [each for together in by_correlation.values() for each in classify(together, coverage)]
    return sorted(((each.id, each.outcome.value, each.stated, each.seconds) for each in found), key=repr)


def row_of(
    order: int,
    at: int,
    code: int | str | None,
    user: str = "ada",
    correlation: str = "c1",
    app: str = "a",
    id: str = "",
) -> Row:
    tick = ORIGIN + at
    return Row(
        id=id or f"row-{order:02}",
        created=to_text(tick),
        at=tick,
        code=None if isinstance(code, str) else code,
        called=code if isinstance(code, str) else "",
        user_id=user,
        correlation_id=correlation,
        app_id=app,
        user=user,
        app=app,
        own_user=True,
        interactive=True,
        order=order,
    )


# Few times, so that many rows meet at one, or lie an hour apart to the tick.
TIMES = st.builds(
    lambda quarters, ticks: quarters * HOUR // 4 + ticks, st.integers(0, 16), st.sampled_from([0, 0, 0, 1, -1])
)
CODES = st.sampled_from([0, 0, 50140, 50140, 50074, 50058, 50126, 500121, 50206, None, "interrupted", "failure"])
ROW = st.tuples(
    TIMES,
    CODES,
    st.sampled_from(["ada", "ada", "ada", "bob", ""]),
    st.sampled_from(["c1", "c1", "c1", "c2", ""]),
    st.sampled_from(["a", "a", "b", ""]),
    st.sampled_from(["", "", "", "x", "y"]),  # "": an id of its own
)
ROWS = st.lists(ROW, max_size=10).map(lambda drawn: [row_of(order, *fields) for order, fields in enumerate(drawn)])


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    """Up to three intervals that do not touch, somewhere around the rows."""
    ends = sorted(draw(st.sets(st.one_of(TIMES, st.integers(17, 40).map(lambda hours: hours * HOUR)), max_size=5)))
    if len(ends) % 2 == 0:
        ends.append(50 * HOUR)
    bounds = [ORIGIN - HOUR, *(ORIGIN + end for end in ends)]
    intervals = tuple(zip(bounds[::2], bounds[1::2], strict=True))
    return Coverage(
        asked=(bounds[0], bounds[-1]), intervals=intervals, filtered=draw(st.sampled_from([False] * 7 + [True]))
    )


@settings(max_examples=400)
@given(ROWS, coverages())
@example(
    [row_of(0, 0, 50058, ""), row_of(1, HOUR // 4, 0), row_of(2, HOUR // 2, 50126, "bob")],
    Coverage((ORIGIN - HOUR, ORIGIN + 50 * HOUR), ((ORIGIN - HOUR, ORIGIN + 50 * HOUR),)),
)
def test_the_rule_says_what_its_wording_says(rows: list[Row], coverage: Coverage) -> None:
    told = told_by_the_rule(rows, coverage)
    for _, outcome, stated, _ in told:
        event(f"{outcome}{', stated' if stated else ''}")
    assert told == told_by_the_oracle(rows, coverage)
