"""Time as Graph writes it: ticks of 100 ns, printed with seven digits.

Python's datetime ends at microseconds; the log needs one digit more, and integers order and compare exactly.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

SECOND = 10_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


def ticks(moment: datetime) -> int:
    """Ticks of 100 ns since 1970 of an aware datetime."""
    return (moment - EPOCH) // _MICROSECOND * 10


def moment(tick: int) -> datetime:
    """The aware UTC datetime of a tick, cut to microseconds."""
    return EPOCH + timedelta(microseconds=tick // 10)


@lru_cache(maxsize=8192)
def _minute(minutes: int) -> str:
    return (EPOCH + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:")


def stamp(tick: int) -> str:
    """A tick as sign-ins and audits print it: 2026-11-20T08:15:31.1234567Z."""
    minutes, rest = divmod(tick, MINUTE)
    seconds, fraction = divmod(rest, SECOND)
    return f"{_minute(minutes)}{seconds:02d}.{fraction:07d}Z"


def stamp_seconds(tick: int) -> str:
    """A tick as directory objects print it: 2026-11-20T08:15:31Z."""
    minutes, rest = divmod(tick, MINUTE)
    return f"{_minute(minutes)}{rest // SECOND:02d}Z"
