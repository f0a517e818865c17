"""The sign-in log: cut into slots of time that are drawn each by itself, so that any window of it is near at hand.

A slot's attempts may run past its end, so a stretch of the log is gathered from its own slot and the few before it.
Drawn slots are kept for a while, never all: memory stays flat whatever the size of the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from auditor.local_tenant.simulation.attempts import REGULARS, SPAN, Drawing, Slot
from auditor.local_tenant.simulation.shapes import Attempt, Step
from auditor.local_tenant.simulation.times import DAY, HOUR, MINUTE
from auditor.local_tenant.simulation.world import World

_ROWS_PER_SLOT = 250
_ROWS_PER_ATTEMPT = 1.31
"""Measured; attempts are drawn until they make about as many rows as were asked for."""
_HOURS = (3, 2, 2, 2, 3, 6, 18, 45, 80, 95, 92, 85, 78, 85, 90, 82, 65, 45, 32, 26, 22, 16, 9, 5)
_WEEKEND = 0.25

Placed = tuple[int, int, int, Attempt, Step]
"""A row in its place: tick, slot, number within the slot, attempt, step."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A slot's attempts, and its rows by the slot of time that they fall into."""

    attempts: list[Attempt]
    rows: dict[int, list[Placed]]


class Log:
    """Rows and attempts of [begin, end), both in ticks, with about `rows` rows."""

    def __init__(self, world: World, begin: int, end: int, rows: int) -> None:
        self.begin, self.end = begin, end
        self._drawing = Drawing(world, end, rows)
        wanted = (end - begin) * _ROWS_PER_SLOT // max(rows, 1)
        length = min(max(wanted, 5 * MINUTE), HOUR, end - begin)
        self._count = max((end - begin) // length, 1)
        self._length = -(-(end - begin) // self._count)
        weights = [self._weight(number) for number in range(self._count)]
        share = rows / _ROWS_PER_ATTEMPT / sum(weights)
        self._attempts = [0]
        total = 0.0
        for weight in weights:
            total += weight * share
            self._attempts.append(round(total))
        self._back = -(-SPAN // self._length)
        self._every = -(-26 * HOUR // self._length)
        self.drawn = lru_cache(maxsize=self._back + 8)(self._draw)

    def _weight(self, number: int) -> float:
        tick = self.begin + number * self._length + self._length // 2
        weekday = (tick // DAY + 3) % 7
        return _HOURS[tick % DAY // HOUR] * (_WEEKEND if weekday > 4 else 1.0)

    def _regular(self, number: int) -> int | None:
        """Which client of long habit signs in during the slot: each about once in 26 hours, well over an hour apart."""
        position, rest = divmod(number % self._every, max(self._every // REGULARS, 1))
        return position if rest == 0 and position < REGULARS else None

    def _draw(self, number: int) -> Drawn:
        start = self.begin + number * self._length
        length = min(self._length, self.end - start)
        count = self._attempts[number + 1] - self._attempts[number]
        slot = Slot(number, start, length, count, number == self._count - 1)
        attempts = self._drawing.slot(slot, self._regular(number))
        rows: dict[int, list[Placed]] = {}
        index = 0
        for attempt in attempts:
            for step in attempt.steps:
                rows.setdefault((step.tick - self.begin) // self._length, []).append(
                    (step.tick, number, index, attempt, step)
                )
                index += 1
        return Drawn(attempts, rows)

    def rows(self, start: int, end: int) -> Iterator[Placed]:
        """Rows with start <= tick <= end, newest first."""
        for first, last, slots in self.stretches(start, end):
            band = (first - self.begin) // self._length
            found: list[Placed] = []
            for number in slots:
                found.extend(self.drawn(number).rows.get(band, ()))
            found.sort(reverse=True)
            for placed in found:
                if first <= placed[0] <= last:
                    yield placed

    def stretches(self, start: int, end: int) -> Iterator[tuple[int, int, range]]:
        """The window cut at the bounds of slots, newest first: first tick, last tick, slots that may reach into it."""
        start, end = max(start, self.begin), min(end, self.end - 1)
        if start > end:
            return
        for band in range((end - self.begin) // self._length, (start - self.begin) // self._length - 1, -1):
            opens = self.begin + band * self._length
            slots = range(max(band - self._back, 0), self._latest(band) + 1)
            yield max(opens, start), min(opens + self._length - 1, end), slots

    def _latest(self, band: int) -> int:
        """The last slot that may have rows in a stretch: near the log's end, attempts may begin before their slot."""
        near = self.begin + (band + 1) * self._length > self.end - HOUR
        return self._count - 1 if near else min(band + 1, self._count - 1)

    def attempts(self) -> Iterator[Attempt]:
        """Every attempt, slot by slot, oldest slot first."""
        for number in range(self._count):
            yield from self._draw(number).attempts
