"""The rule of design 4.1 as a table of cases, and its properties."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sign_ins.attempts import classify, newest_versions
from auditor.sign_ins.rows import Row
from auditor.tenant.instant import MINUTE, SECOND, parse, to_text
from auditor.tenant.sign_in_log import Coverage, Interrupt, Outcome

BEGIN = parse("2026-11-01T00:00:00Z")
END = parse("2026-11-08T00:00:00Z")
NINE = parse("2026-11-04T09:00:00Z")
WHOLE = Coverage(asked=(BEGIN, END), intervals=((BEGIN, END),))

ADA, BOB = "user-ada", "user-bob"
ANSWERS = [
    Outcome.COMPLETED,
    Outcome.FAILED,
    Outcome.CONTINUED,
    Outcome.ABANDONED,
    Outcome.PENDING,
    Outcome.NOT_KNOWN,
]


def row(
    code: int | None,
    minutes: float = 0.0,
    *,
    id: str = "",
    user: str = ADA,
    correlation: str = "c1",
    app: str = "app-1",
    order: int = 0,
) -> Row:
    at = NINE + round(minutes * MINUTE)
    return Row(
        id=id or f"{code}-{minutes}-{user}-{app}",
        created=to_text(at),
        at=at,
        code=code,
        user_id=user,
        correlation_id=correlation,
        app_id=app,
        user=user,
        app=app,
        own_user=True,
        interactive=True,
        order=order,
    )


def outcomes(rows: Sequence[Row], coverage: Coverage = WHOLE) -> dict[str, Outcome]:
    return {found.id: found.outcome for found in classify(newest_versions(rows), coverage)}


def only(rows: Sequence[Row], coverage: Coverage = WHOLE) -> Interrupt:
    (found,) = classify(newest_versions(rows), coverage)
    return found


def test_completed_by_the_same_app_is_stated() -> None:
    found = only([row(50140), row(0, 0.5)])
    assert (found.outcome, found.stated, found.seconds) == (Outcome.COMPLETED, True, 30.0)


def test_completed_by_another_app_is_inferred() -> None:
    found = only([row(50140), row(0, 1, app="app-2")])
    assert (found.outcome, found.stated, found.seconds) == (Outcome.COMPLETED, False, 60.0)


def test_the_same_apps_success_counts_before_an_earlier_one_of_another() -> None:
    found = only([row(50140), row(0, 1, app="app-2"), row(0, 2)])
    assert (found.stated, found.seconds) == (True, 120.0)


def test_several_interrupts_in_a_row_all_complete() -> None:
    rows = [row(50097), row(50074, 0.1), row(50140, 0.2), row(0, 0.3)]
    assert list(outcomes(rows).values()) == [Outcome.COMPLETED] * 3


def test_the_last_of_several_interrupts_carries_the_outcome() -> None:
    rows = [row(50074, id="a"), row(50140, 1, id="b")]
    assert outcomes(rows) == {"a": Outcome.CONTINUED, "b": Outcome.ABANDONED}


def test_failed_when_the_last_row_is_a_failure() -> None:
    assert only([row(50140), row(50126, 1)]).outcome is Outcome.FAILED


def test_500121_is_a_failure_and_no_interrupt() -> None:
    assert only([row(50074), row(500121, 1)]).outcome is Outcome.FAILED


def test_an_error_in_between_does_not_matter_when_a_success_follows() -> None:
    assert only([row(50140), row(50126, 1), row(0, 2)]).outcome is Outcome.COMPLETED


def test_interrupt_failure_interrupt_is_continued_and_abandoned() -> None:
    rows = [row(50074, id="a"), row(50126, 1), row(50140, 2, id="b")]
    assert outcomes(rows) == {"a": Outcome.CONTINUED, "b": Outcome.ABANDONED}


def test_a_success_before_the_interrupt_completes_nothing() -> None:
    assert only([row(0), row(50140, 1)]).outcome is Outcome.ABANDONED


def test_a_correlation_id_used_again_days_later_is_another_attempt() -> None:
    assert only([row(50140), row(0, 60 * 24 * 2)]).outcome is Outcome.ABANDONED


@pytest.mark.parametrize(("gap", "expected"), [(60, Outcome.COMPLETED), (60.01, Outcome.ABANDONED)])
def test_the_gap_that_divides_attempts_is_more_than_60_minutes(gap: float, expected: Outcome) -> None:
    assert only([row(50140), row(0, gap)]).outcome is expected


def test_two_users_under_one_correlation_id_are_two_attempts() -> None:
    rows = [row(50140, id="ada"), row(50140, id="bob", user=BOB), row(0, 1, user=BOB)]
    assert outcomes(rows) == {"ada": Outcome.ABANDONED, "bob": Outcome.COMPLETED}


def test_a_row_without_user_joins_the_one_user_of_its_correlation_id() -> None:
    assert only([row(50058, user=""), row(0, 1)]).outcome is Outcome.COMPLETED


def test_a_row_without_user_among_several_users_is_not_known() -> None:
    rows = [row(50058, user="", id="nobody"), row(0, 1), row(0, 1, user=BOB)]
    assert outcomes(rows) == {"nobody": Outcome.NOT_KNOWN}


def test_rows_without_user_among_themselves_are_one_attempt() -> None:
    assert only([row(50058, user=""), row(0, 1, user="")]).outcome is Outcome.COMPLETED


def test_a_row_that_was_rewritten_to_a_success_is_no_interrupt() -> None:
    assert outcomes([row(50140, id="x", order=1), row(0, id="x", order=2)]) == {}
    assert outcomes([row(0, id="x", order=2), row(50140, id="x", order=1)]) == {}


def test_at_one_instant_interrupts_come_before_errors_and_errors_before_successes() -> None:
    rows = [row(0, id="a"), row(50126, id="b"), row(50140, id="c")]
    assert outcomes(rows) == {"c": Outcome.COMPLETED}
    assert outcomes([row(50126, id="a"), row(50140, id="b")]) == {"b": Outcome.FAILED}


def test_the_seventh_digit_decides_the_order() -> None:
    late, early = row(50140, id="late"), row(0, id="early")
    late.at += 1
    assert outcomes([late, early]) == {"late": Outcome.ABANDONED}


def test_without_correlation_id_nothing_is_known() -> None:
    assert only([row(50140, correlation=""), row(0, 1, correlation="")]).outcome is Outcome.NOT_KNOWN


@pytest.mark.parametrize("code", [50206, 999_999, None])
def test_an_attempt_that_ends_in_a_code_nobody_knows_is_not_known(code: int | None) -> None:
    assert only([row(50140), row(code, 1)]).outcome is Outcome.NOT_KNOWN


def test_a_success_counts_even_when_something_unknown_follows_it() -> None:
    assert only([row(50140), row(0, 1), row(999_999, 2)]).outcome is Outcome.COMPLETED


def test_a_filtered_log_makes_nothing_abandoned() -> None:
    filtered = Coverage(asked=(BEGIN, END), intervals=((BEGIN, END),), filtered=True)
    assert only([row(50140)], filtered).outcome is Outcome.NOT_KNOWN
    assert only([row(50140), row(50126, 1)], filtered).outcome is Outcome.NOT_KNOWN
    assert only([row(50140), row(0, 1)], filtered).outcome is Outcome.COMPLETED


@pytest.mark.parametrize(
    ("minutes_left", "expected"), [(59.9, Outcome.PENDING), (60, Outcome.ABANDONED), (61, Outcome.ABANDONED)]
)
def test_at_the_windows_edge_it_is_pending(minutes_left: float, expected: Outcome) -> None:
    coverage = Coverage(asked=(BEGIN, END), intervals=((BEGIN, NINE + round(minutes_left * MINUTE)),))
    assert only([row(50140)], coverage).outcome is expected


def test_completed_is_certain_at_the_edge_too() -> None:
    coverage = Coverage(asked=(BEGIN, END), intervals=((BEGIN, NINE + 2 * MINUTE),))
    assert only([row(50140), row(0, 1)], coverage).outcome is Outcome.COMPLETED
    assert only([row(50140), row(50126, 1)], coverage).outcome is Outcome.PENDING


@pytest.mark.parametrize(
    ("hole", "expected"),
    [
        ((10, 20), Outcome.NOT_KNOWN),
        ((59, 61), Outcome.NOT_KNOWN),
        ((60, 70), Outcome.ABANDONED),
        ((-9, -1), Outcome.ABANDONED),
    ],
)
def test_a_hole_in_the_hour_after_makes_it_not_known(hole: tuple[int, int], expected: Outcome) -> None:
    gone, back = (NINE + minutes * MINUTE for minutes in hole)
    coverage = Coverage(asked=(BEGIN, END), intervals=((BEGIN, gone), (back, END)))
    assert only([row(50140)], coverage).outcome is expected


def test_a_hole_between_interrupt_and_failure_may_hide_a_success() -> None:
    coverage = Coverage(asked=(BEGIN, END), intervals=((BEGIN, NINE + MINUTE), (NINE + 5 * MINUTE, END)))
    assert only([row(50140), row(50126, 10)], coverage).outcome is Outcome.NOT_KNOWN


CODES = st.sampled_from([0, 0, 50140, 50074, 50199, 50126, 500121, 999_999])
ROWS = st.lists(
    st.builds(
        lambda code, seconds, user, app: (code, seconds, user, app),
        CODES,
        st.integers(min_value=0, max_value=3 * 3600),
        st.sampled_from([ADA, BOB, ""]),
        st.sampled_from(["app-1", "app-2"]),
    ),
    max_size=12,
).map(
    lambda drawn: [
        row(code, seconds / 60, id=f"row-{number:02}", user=user, app=app)
        for number, (code, seconds, user, app) in enumerate(drawn)
    ]
)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(rows: list[Row], shuffle: random.Random) -> None:
    expected = outcomes(rows)
    shuffle.shuffle(rows)
    assert outcomes(rows) == expected


@given(ROWS)
def test_repeated_rows_never_matter(rows: list[Row]) -> None:
    assert outcomes([*rows, *rows]) == outcomes(rows)


@given(ROWS)
def test_every_interrupt_gets_exactly_one_outcome(rows: list[Row]) -> None:
    found = [each.id for each in classify(newest_versions(rows), WHOLE)]
    assert sorted(found) == sorted(each.id for each in rows if each.code in (50140, 50074, 50199))


@given(ROWS, st.integers(min_value=1, max_value=59))
def test_a_log_that_ends_earlier_never_calls_more_things_settled(rows: list[Row], minutes: int) -> None:
    cut = max((each.at for each in rows), default=NINE) + minutes * MINUTE
    early = outcomes(rows, Coverage(asked=(BEGIN, END), intervals=((BEGIN, cut),)))
    for identity, outcome in outcomes(rows).items():
        assert early[identity] in (outcome, Outcome.PENDING)


def test_seconds_are_exact() -> None:
    success = row(0, 1)
    success.at += 1
    assert only([row(50140), success]).seconds == (60 * SECOND + 1) / SECOND
