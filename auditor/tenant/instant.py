"""Points in time, exact to Graph's 100 nanoseconds.

`datetime` ends at microseconds and Python 3.10's `fromisoformat` refuses "Z", while the sign-in log is ordered by
seven-digit fractions. So instants travel as *ticks*: integers, 100 ns each, since 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

SECOND = 10_000_000
MINUTE = 60 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TEXT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?\s?(?:[Zz]|([+-])(\d\d):?(\d\d))?", re.ASCII
)


def parse(text: str) -> int:
    """Ticks of an ISO 8601 instant with any number of fraction digits (those beyond the seventh are cut) and any
    offset; without an offset it is UTC, as in Log Analytics. ValueError for anything else."""
    # Graph's usual form, which a log holds millions of: only its minute is looked up, the rest is arithmetic. Seconds
    # and fraction, one after the other, are ticks already.
    if len(text) == 28 and text[19] == "." and text[27] == "Z":
        ticks = text[17:19] + text[20:27]
        if ticks.isdigit() and ticks.isascii() and ticks < "6":
            return _MINUTES[text[:17]] + int(ticks)
    return _parse(text)


class _Minutes(dict[str, int]):
    """The beginning of an instant, up to its seconds -> ticks; some thousands at a time."""

    def __missing__(self, text: str) -> int:
        if len(self) >= 4096:
            self.clear()
        ticks = self[text] = _parse(f"{text}00Z")
        return ticks


_MINUTES = _Minutes()


def _parse(text: str) -> int:
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"not an instant: {text[:60]!r}")
    year, month, day, hour, minute, second, fraction, sign, off_hours, off_minutes = match.groups()
    ticks = from_datetime(
        datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=timezone.utc)
    )
    if fraction:
        ticks += int(fraction[:7].ljust(7, "0"))
    if sign:
        offset = (int(off_hours) * 60 + int(off_minutes)) * MINUTE
        ticks += offset if sign == "-" else -offset
    return ticks


def from_datetime(moment: datetime) -> int:
    """Ticks of an aware datetime. A naive one is refused: it would be a guess."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone is not an instant")
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 10


def to_text(ticks: int) -> str:
    """Seven digits and Z, as Graph writes it: "2026-11-21T03:42:00.0000000Z". Sorts as text as it does in time."""
    seconds, fraction = divmod(ticks, SECOND)
    return f"{(_EPOCH + timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%S')}.{fraction:07d}Z"


def to_seconds_text(ticks: int) -> str:
    """Whole seconds and Z, for people and for `$filter` ("2026-11-21T03:42:00Z"); the fraction is cut."""
    return (_EPOCH + timedelta(seconds=ticks // SECOND)).strftime("%Y-%m-%dT%H:%M:%SZ")
