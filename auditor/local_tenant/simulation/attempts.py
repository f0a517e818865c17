"""Draws the attempts of one slot of the log: when, who, what happened, and why."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from auditor.local_tenant.simulation import scripts
from auditor.local_tenant.simulation.apps import BROKER, App
from auditor.local_tenant.simulation.causes import CAUSES, Cause, Moment
from auditor.local_tenant.simulation.identity import digest, guid, guid_of
from auditor.local_tenant.simulation.scripts import Line
from auditor.local_tenant.simulation.shapes import Attempt, Circumstance, Step
from auditor.local_tenant.simulation.times import HOUR, MINUTE, SECOND
from auditor.local_tenant.simulation.world import World

SPAN = 70 * MINUTE
"""No attempt is longer."""
REGULARS = 12
"""Clients that use one correlation id for ever, so that attempts days apart carry the same one."""

_PENDING = 40 * MINUTE
"""What is unfinished this near to the end is pending, and nothing unfinished ends in the two spans before that."""
_DECIDED = 95 * MINUTE


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the log, in ticks, and how many attempts begin in it."""

    number: int
    start: int
    length: int
    attempts: int
    last: bool


class Drawing:
    """Draws attempts out of a world, for a log that ends at a tick and has about so many rows."""

    def __init__(self, world: World, end: int, rows: int) -> None:
        self._world, self._end = world, end
        self._unfinished = min(max(rows // 1200, 5), 3 * len(scripts.CODES))
        self._possible: dict[int, tuple[list[Cause], list[float]]] = {}
        for code, causes in CAUSES.items():
            here = [cause for cause in causes if cause.possible(world)]
            self._possible[code] = here, list(accumulate(cause.weight for cause in here))
        self._broker = next(app for app in world.apps if app.id == BROKER)

    def slot(self, slot: Slot, regular: int | None) -> list[Attempt]:
        """All attempts of a slot; `regular` is the client of long habit that signs in during it, if any."""
        rng = Random(f"{self._world.seed}/slot/{slot.number}")
        found: list[Attempt] = []
        for _ in range(slot.attempts):
            tick = slot.start + int(rng.random() * slot.length)
            chance = rng.random()
            if self._unsteady(tick, 5 * MINUTE):
                continue
            if chance < 0.7:
                found.append(self._plain(rng, tick))
            elif chance < 0.78:
                found.append(self._failing(rng, tick))
            else:
                found.extend(self._interrupted(rng, tick))
        if regular is not None and not self._unsteady(slot.start, slot.length + 5 * MINUTE):
            tick = slot.start + int(rng.random() * slot.length * 0.9)
            index = int.from_bytes(digest(self._world.seed, "regular", regular)[:4], "big") % self._world.people.count
            correlation = guid(self._world.seed, "regular", regular)
            if rng.random() < 0.5:
                found.extend(self._interrupted(rng, tick, index=index, correlation=correlation))
            else:
                found.append(self._plain(rng, tick, index=index, correlation=correlation))
        if slot.last:
            for number in range(self._unfinished):
                tick = self._end - int((0.02 + 0.93 * rng.random()) * _PENDING)
                code = scripts.CODES[number % len(scripts.CODES)]
                found.extend(self._interrupted(rng, tick, pending=code))
        return found

    def _unsteady(self, tick: int, length: int) -> bool:
        """Whether a policy changes meanwhile, so that the rows of one attempt would see different policies."""
        history = self._world.history
        return history.epoch(tick) != history.epoch(tick + length)

    def _attempt(self, rng: Random, circumstance: Circumstance, correlation: str | None) -> Attempt:
        noise = rng.getrandbits(128)
        return Attempt(circumstance, correlation, guid_of(noise), noise & 0xFFFFFFFF)

    def _plain(self, rng: Random, tick: int, *, index: int | None = None, correlation: str | None = None) -> Attempt:
        """One row: a success, or what the policies in force make of the sign-in."""
        circumstance = self._world.circumstance(rng, tick, index=index)
        attempt = self._attempt(rng, circumstance, correlation or guid_of(rng.getrandbits(128)))
        ends = circumstance.reach.ends
        code = {"": 0, "block": 53003, "device": 53000}[ends]
        attempt.steps.append(Step(tick, guid_of(rng.getrandbits(128)), code, ends or "satisfied"))
        return attempt

    def _failing(self, rng: Random, tick: int) -> Attempt:
        """Failures, and now and then a success after them."""
        circumstance = self._world.circumstance(rng, tick)
        lines = [Line(scripts.failure_code(rng)) for _ in range(1 + int(rng.random() * 1.6))]
        decided = self._end - _DECIDED < tick < self._end - _PENDING
        if not circumstance.reach.ends and (decided or rng.random() < 0.35):
            lines.append(scripts.SUCCESS)
        attempt = self._attempt(rng, circumstance, guid_of(rng.getrandbits(128)))
        self._write(rng, attempt, tick, lines, {})
        return attempt

    def _interrupted(
        self,
        rng: Random,
        tick: int,
        *,
        index: int | None = None,
        correlation: str | None = None,
        pending: int = 0,
    ) -> list[Attempt]:
        """An attempt with one interrupt or several, and sometimes another person's under the same correlation id.

        `pending`: the code of an interrupt that has to be still unfinished.
        """
        left = self._end - tick
        if left > _DECIDED:
            outcome = scripts.ending(rng)
        elif left > _PENDING:
            outcome = scripts.COMPLETED
        else:
            chance = rng.random()
            unfinished = scripts.NOT_KNOWN if chance > 0.93 and not pending else scripts.PENDING
            outcome = scripts.COMPLETED if chance < 0.25 and not pending else unfinished
        found = self._caused(rng, tick, outcome == scripts.COMPLETED, index, pending)
        if found is None:
            return [self._plain(rng, tick, index=index, correlation=correlation)]
        circumstance, causes = found
        self._add_interrupts(rng, Moment(circumstance, tick, outcome == scripts.COMPLETED), causes, outcome)
        codes = scripts.in_order(rng, list(causes))
        attempt = self._attempt(rng, circumstance, correlation or guid_of(rng.getrandbits(128)))
        anonymous = 50058 in causes and rng.random() < 0.45
        shared = correlation is None and rng.random() < (0.06 if anonymous else 0.012)
        shared = shared and not _PENDING < left <= _DECIDED
        if outcome == scripts.NOT_KNOWN and correlation is None and rng.random() < 0.5:
            attempt.correlation, shared = None, False
            lines = scripts.without_correlation(rng, codes)
        else:
            lines = scripts.script(rng, outcome, codes, decided=left > _DECIDED)
        if anonymous and all(line.code == 50058 for line in lines):
            shared = False  # The one other person under the id would be taken for the anonymous one.
        if shared and anonymous:
            lines = [Line(line.code, scripts.NOT_KNOWN) if line.code == 50058 else line for line in lines]
        self._write(rng, attempt, tick, lines, causes, anonymous=anonymous, alone=not shared)
        return [attempt, self._neighbour(rng, attempt)] if shared else [attempt]

    def _caused(
        self, rng: Random, tick: int, completed: bool, index: int | None, wanted: int
    ) -> tuple[Circumstance, dict[int, Cause]] | None:
        """A code, a cause, and a sign-in that bears the cause out; None where nothing fits (all is blocked, say)."""
        for number in range(4):
            code = wanted if wanted and number < 2 else scripts.interrupt_code(rng)
            causes, weights = self._possible[code]
            for _ in range(3):
                cause = causes[bisect(weights, rng.random() * weights[-1])]
                for _ in range(5):
                    circumstance = self._world.circumstance(rng, tick, cause.wish, index)
                    if not circumstance.reach.ends and cause.holds(Moment(circumstance, tick, completed), self._world):
                        return circumstance, {code: cause}
        return None

    def _add_interrupts(self, rng: Random, moment: Moment, causes: dict[int, Cause], outcome: str) -> None:
        """Further interrupts on the way of the same sign-in, each with a cause that holds for it."""
        chance = rng.random()
        wanted = 2 if chance < 0.05 else 1 if chance < 0.2 else 0
        if outcome == scripts.CONTINUED:
            wanted = max(wanted, 1)
        for _ in range(4 * wanted):
            if len(causes) > wanted:
                return
            code = scripts.interrupt_code(rng)
            if code in causes:
                continue
            fitting = [cause for cause in self._possible[code][0] if _fits(cause, moment, self._world)]
            chosen = fitting[int(rng.random() * len(fitting))] if fitting else None
            if chosen and rng.random() < chosen.weight:
                causes[code] = chosen

    def _neighbour(self, rng: Random, attempt: Attempt) -> Attempt:
        """Somebody else's sign-in under the same correlation id: it says nothing about this one."""
        own = attempt.circumstance
        tick = attempt.steps[-1].tick + SECOND + int(rng.random() * 20 * SECOND)
        index = (own.person.index + 1 + int(rng.random() * (self._world.people.count - 1))) % self._world.people.count
        circumstance = self._world.circumstance(rng, tick, index=index)
        other = self._attempt(rng, circumstance, attempt.correlation)
        ends = circumstance.reach.ends
        code = {"": 0, "block": 53003, "device": 53000}[ends]
        if tick >= self._end:
            tick = attempt.steps[0].tick
        other.steps.append(Step(tick, guid_of(rng.getrandbits(128)), code, ends or "satisfied"))
        return other

    def _write(
        self,
        rng: Random,
        attempt: Attempt,
        tick: int,
        lines: list[Line],
        causes: dict[int, Cause],
        *,
        anonymous: bool = False,
        alone: bool = True,
    ) -> None:
        """Give the lines their times and ids."""
        offsets = self._offsets(rng, tick, lines, alone)
        ids = [guid_of(rng.getrandbits(128)) for _ in lines]
        if offsets[-1] < SECOND:
            ids.sort()
        tick = min(tick, self._end - offsets[-1] - SECOND)
        broker: App | None = None
        if lines[-1].code == 0 and attempt.circumstance.client in ("desktop", "mobile") and rng.random() < 0.12:
            broker = self._broker
        for line, offset, row_id in zip(lines, offsets, ids, strict=True):
            cause = causes.get(line.code)
            attempt.steps.append(
                Step(
                    tick + offset,
                    row_id,
                    line.code,
                    cause.stage if cause else _stage(line.code, attempt.circumstance),
                    line.outcome,
                    cause.slug if cause else "",
                    anonymous and line.code == 50058,
                    broker if line.code == 0 else None,
                )
            )

    def _offsets(self, rng: Random, tick: int, lines: list[Line], alone: bool) -> list[int]:
        """Ticks from the first row to each: seconds as a rule; now and then all at once, or most of an hour."""
        chance = rng.random()
        if chance < 0.07 and scripts.falls_in_order(lines):
            step = int(rng.random() * SECOND / 10) if chance < 0.035 else 0
            return [number * step for number in range(len(lines))]
        offsets = [0]
        for _ in lines[1:]:
            offsets.append(offsets[-1] + int((1.1 + 24 * rng.random() ** 2) * SECOND))
        roomy = alone and len(lines) > 1 and self._end - tick > 4 * HOUR and not self._unsteady(tick, SPAN)
        if chance > 0.985 and roomy:
            pause = int((20 + 37 * rng.random()) * MINUTE)
            offsets = [offsets[0], *(offset + pause for offset in offsets[1:])]
        return offsets


def _fits(cause: Cause, moment: Moment, world: World) -> bool:
    wish, circumstance = cause.wish, moment.circumstance
    return (
        (wish.app is None or wish.app(circumstance.app))
        and cause.holds(moment, world)
        and (not wish.client or wish.client == circumstance.client)
    )


def _stage(code: int, circumstance: Circumstance) -> str:
    """How far the policies got in a row that is no interrupt."""
    if code in (0, 50105, 65004):
        return "satisfied" if not circumstance.reach.ends else "before"
    return "mfa" if code == 500121 and "mfa" in circumstance.reach.demanded else "before"
