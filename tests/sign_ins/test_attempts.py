"""What must hold of outcomes whatever the rows; `test_outcome_table.py` has the cases one by one."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from auditor.sign_ins.attempts import classify
from auditor.sign_ins.catalogue import interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.sign_ins.versions import newest_versions
from auditor.tenant.instant import MINUTE, SECOND, parse, to_text
from auditor.tenant.sign_in_log import Coverage, Interrupt, Outcome

BEGIN = parse("2026-11-01T00:00:00Z")
END = parse("2026-11-08T00:00:00Z")
NINE = parse("2026-11-04T09:00:00Z")
WHOLE = Coverage(asked=(BEGIN, END), intervals=((BEGIN, END),))

ADA, BOB, CAROL, NOBODY = "user-ada", "user-bob", "user-carol", ""


def row(code: int, seconds: float, user: str = ADA, app: str = "app-1", *, id: str, order: int = 0) -> Row:
    at = NINE + round(seconds * SECOND)
    return Row(
        id=id,
        created=to_text(at),
        at=at,
        code=code,
        user_id=user,
        correlation_id="c1",
        app_id=app,
        user=user,
        app=app,
        own_user=True,
        interactive=True,
        order=order,
    )


def found(rows: Sequence[Row], coverage: Coverage = WHOLE) -> dict[str, Interrupt]:
    return {each.id: each for each in classify(newest_versions(rows), coverage)}


def ending(at: int) -> Coverage:
    return Coverage(asked=(BEGIN, END), intervals=((BEGIN, at),))


CODES = st.sampled_from([0, 0, 50140, 50074, 50199, 50126, 500121, 999_999])


def rows_of(*users: str, prefix: str = "row") -> st.SearchStrategy[list[Row]]:
    """Rows of these users under one correlation id within three hours, each with an id of its own."""
    one = st.tuples(
        CODES, st.integers(min_value=0, max_value=3 * 3600), st.sampled_from(users), st.sampled_from(["app-1", "app-2"])
    )
    return st.lists(one, max_size=12).map(
        lambda drawn: [row(*fields, id=f"{prefix}-{number:02}", order=number) for number, fields in enumerate(drawn)]
    )


ROWS = rows_of(ADA, BOB, NOBODY)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(rows: list[Row], shuffle: random.Random) -> None:
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    for order, each in enumerate(shuffled):
        each.order = order  # collected in this order, too
    assert found(shuffled) == found(rows)


@given(ROWS, st.data())
def test_repeated_rows_never_matter(rows: list[Row], data: st.DataObject) -> None:
    expected = found(rows)
    repeated = data.draw(st.lists(st.sampled_from(rows), max_size=20)) if rows else []
    again = [row_again(each, order) for order, each in enumerate(repeated, len(rows))]
    assert found(data.draw(st.permutations([*rows, *again]))) == expected


def row_again(given: Row, order: int) -> Row:
    fields = {name: getattr(given, name) for name in given.__struct_fields__}
    return Row(**fields | {"order": order})


@given(ROWS)
def test_every_interrupt_gets_exactly_one_outcome(rows: list[Row]) -> None:
    told = [each.id for each in classify(newest_versions(rows), WHOLE)]
    assert sorted(told) == sorted(each.id for each in rows if each.code in interrupt_codes())


@given(rows_of(ADA, BOB), rows_of(CAROL, prefix="carol"))
def test_the_rows_of_another_user_change_nothing(rows: list[Row], others: list[Row]) -> None:
    together = found([*rows, *others])
    assert {id: each for id, each in together.items() if each.user_id != CAROL} == found(rows)


@given(rows_of(ADA, NOBODY), rows_of(ADA, NOBODY, prefix="later"), st.sampled_from([-1, 1]))
def test_an_attempt_hours_away_changes_nothing(rows: list[Row], others: list[Row], direction: int) -> None:
    rows.append(row(50126, 0, ADA, id="row-of-ada"))  # so that she is the one user with and without the other attempt
    for each in others:
        each.at += direction * (4 * 60 * MINUTE + 1)
        each.created = to_text(each.at)
    together = found([*rows, *others])
    assert {id: each for id, each in together.items() if id.startswith("row-")} == found(rows)


@given(ROWS, st.integers(min_value=1, max_value=59))
def test_a_log_that_ends_earlier_never_calls_more_things_settled(rows: list[Row], minutes: int) -> None:
    cut = max((each.at for each in rows), default=NINE) + minutes * MINUTE
    whole = found(rows)
    for id, each in found(rows, ending(cut)).items():
        assert each.outcome in (whole[id].outcome, Outcome.PENDING)


@given(rows_of(ADA, BOB), st.integers(min_value=0, max_value=5 * 60))
def test_what_was_settled_stays_so_when_more_of_the_log_comes(rows: list[Row], minutes: int) -> None:
    """Not with rows of nobody: whose they are depends on everybody who ever shares their correlation id."""
    cut = NINE + minutes * MINUTE
    whole = found(rows)
    for id, each in found([each for each in rows if each.at < cut], ending(cut)).items():
        # An inferred success may be followed by a stated one, and an unknown code by a known one.
        if each.outcome in (Outcome.ABANDONED, Outcome.FAILED, Outcome.CONTINUED):
            assert whole[id].outcome is each.outcome
        if each.outcome is Outcome.COMPLETED and each.stated:
            assert whole[id].seconds == each.seconds


def test_seconds_are_exact() -> None:
    success = row(0, 60, id="s")
    success.at += 1
    assert found([row(50140, 0, id="i"), success])["i"].seconds == (60 * SECOND + 1) / SECOND
