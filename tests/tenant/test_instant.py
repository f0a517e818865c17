from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.tenant.instant import SECOND, from_datetime, parse, to_seconds_text, to_text

NINE = from_datetime(datetime(2026, 11, 4, 9, 0, 0, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("2026-11-04T09:00:00Z", NINE),
        ("2026-11-04T09:00:00.0000000Z", NINE),
        ("2026-11-04T09:00:00.0000001Z", NINE + 1),
        ("2026-11-04T09:00:59.9999999Z", NINE + 59 * SECOND + 9_999_999),
        ("2026-11-04T09:00:00.5Z", NINE + SECOND // 2),
        ("2026-11-04T09:00:00.123456789Z", NINE + 1_234_567),
        ("2026-11-04 09:00:00", NINE),
        ("2026-11-04T10:00:00+01:00", NINE),
        ("2026-11-04T04:30:00-0430", NINE),
        ("2026-11-04T09:00:00z", NINE),
    ],
)
def test_reads_what_logs_write(text: str, ticks: int) -> None:
    assert parse(text) == ticks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-04",
        "2026-13-04T09:00:00Z",
        "2026-11-31T09:00:00.0000000Z",
        "2026-11-04T09:00:61.0000000Z",
        "2026-11-04T09:00:00.00x0000Z",
        "\u0662\u0660\u0662\u0666-11-04T09:00:00Z",
        "2026-11-04T09:00:0\u0663.0000000Z",
    ],
)
def test_refuses_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|must be in|out of range|day is"):
        parse(text)


def test_refuses_a_datetime_without_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        from_datetime(datetime(2026, 11, 4))


@given(st.integers(min_value=0, max_value=from_datetime(datetime(2100, 1, 1, tzinfo=timezone.utc))))
def test_text_and_back(ticks: int) -> None:
    assert parse(to_text(ticks)) == ticks
    assert parse(to_seconds_text(ticks)) == ticks - ticks % SECOND
    assert (
        from_datetime(datetime.fromtimestamp(0, timezone.utc) + timedelta(microseconds=ticks // 10))
        == ticks - ticks % 10
    )


@given(st.integers(min_value=0, max_value=10**17), st.integers(min_value=0, max_value=10**17))
def test_text_sorts_as_time_does(one: int, other: int) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)
