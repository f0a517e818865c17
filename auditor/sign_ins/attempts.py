"""The rule for attempts: rows that belong together -> the outcome of each interrupt among them. Pure.

An attempt is a run of rows of one user and one correlation id without a gap of more than 60 minutes (clients reuse
correlation ids). A row without a user joins the one user who shares its correlation id; where several do, nobody can
say whose it is. For an interrupt, decided in this order:

completed   a later row of the attempt succeeded (stated: for the same application; inferred: for another one)
not known   the row has no correlation id; the attempt ends in a code that is not in the catalogue; a later row has no
            code and is not called a failure or interrupted, so that it may be a success; or the log cannot tell,
            because it was filtered by status or has a hole before the 60 minutes after the attempt are over
pending     none of those, and the log does not reach 60 minutes past the attempt's last row
failed      the attempt's last row is a failure
continued   a later row is another interrupt (the last of them carries the attempt's outcome)
abandoned   nothing follows

A hole counts from the interrupt on, not only after the attempt's last row: a success may lie in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from auditor.sign_ins.catalogue import SUCCESS, catalogue, interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.sign_ins.seen import unpacked
from auditor.tenant.instant import MINUTE, SECOND
from auditor.tenant.sign_in_log import Coverage, Interrupt, Outcome

GAP = 60 * MINUTE

_at = attrgetter("at")


class Judged(NamedTuple):
    """An interrupt's row, and how its attempt went on; `stated`, `seconds`, `attempt`: as in `Interrupt`."""

    row: Row
    outcome: Outcome
    stated: bool
    seconds: float | None
    attempt: tuple[int | None, ...]


def classify(rows: Iterable[Row], coverage: Coverage) -> Iterator[Interrupt]:
    """The interrupts among rows that share one correlation id (or have none), each with exactly one outcome.

    `rows` in any order, whatever their users, each sign-in once (`auditor.sign_ins.versions`).
    """
    return map(interrupt, judged(rows, coverage))


def judged(rows: Iterable[Row], coverage: Coverage) -> Iterator[Judged]:
    """The same, without making `Interrupt`s of them."""
    interrupts = interrupt_codes()
    for attempt, known in attempts(rows):
        codes = tuple([row.code for row in attempt])
        for index, code in enumerate(codes):
            if code in interrupts:
                row = attempt[index]
                how = _outcome(row, attempt[index + 1 :], coverage) if known else (Outcome.NOT_KNOWN, False, None)
                yield Judged(row, *how, codes)


def attempts(rows: Iterable[Row]) -> Iterator[tuple[list[Row], bool]]:
    """The attempts among rows that share one correlation id (or have none), each in the order of its rows. False comes
    with a row of nobody that several may own: it is alone."""
    by_user: dict[str, list[Row]] = {}
    for row in rows:
        # Rows without a correlation id are alone: nothing says what belongs to them.
        by_user.setdefault(row.user_id if row.correlation_id else f"alone {len(by_user)}", []).append(row)
    nobodys = by_user.pop("", None)
    if nobodys and len(by_user) == 1:
        next(iter(by_user.values())).extend(nobodys)
    elif nobodys and by_user:
        yield from (([row], False) for row in nobodys)
    elif nobodys:
        by_user[""] = nobodys
    for group in by_user.values():
        for attempt in _attempts(group):
            yield attempt, True


def interrupt(found: Judged) -> Interrupt:
    row, outcome, stated, seconds, attempt = found
    assert row.code is not None  # an interrupt has a code
    return Interrupt(
        row.at,
        row.id,
        row.created,
        row.code,
        row.user_id,
        row.user,
        row.app_id,
        row.app,
        row.correlation_id,
        row.own_user,
        row.interactive,
        outcome,
        stated,
        seconds,
        row.sight,
        attempt,
        unpacked(row.seen) if row.seen else None,
    )


def is_interrupt(row: Row) -> bool:
    return row.code in interrupt_codes()


def _place(row: Row) -> tuple[int, int, str]:
    """Order within an attempt. Log Analytics rounds to seconds, so at equal times an interrupt comes before an error
    and an error before a success."""
    rank = 0 if is_interrupt(row) else 2 if row.code == SUCCESS else 1
    return row.at, rank, row.id


def _attempts(group: list[Row]) -> Iterator[list[Row]]:
    if len(group) > 1:
        group.sort(key=_at)
        if len({row.at for row in group}) < len(group):
            group.sort(key=_place)
    start = 0
    if group[-1].at - group[0].at > GAP:
        for place in range(1, len(group)):
            if group[place].at - group[place - 1].at > GAP:
                yield group[start:place]
                start = place
    yield group[start:] if start else group


def _outcome(row: Row, later: list[Row], coverage: Coverage) -> tuple[Outcome, bool, float | None]:
    success = None
    for other in later:
        if other.code == SUCCESS:
            if other.app_id == row.app_id != "":  # no id is no app
                return Outcome.COMPLETED, True, (other.at - row.at) / SECOND
            success = success or other
    if success is not None:
        return Outcome.COMPLETED, False, (success.at - row.at) / SECOND
    return _without_success(row, later, coverage), False, None


def _without_success(row: Row, later: list[Row], coverage: Coverage) -> Outcome:
    last = later[-1] if later else row
    settled, end = last.at + GAP, coverage.end
    if not row.correlation_id or last.code not in catalogue() or coverage.filtered:
        return Outcome.NOT_KNOWN
    if any(other.code is None and not other.called for other in later):
        return Outcome.NOT_KNOWN
    if not coverage.whole(row.at, min(settled, end)):
        return Outcome.NOT_KNOWN
    if settled > end:
        return Outcome.PENDING
    if not is_interrupt(last):
        return Outcome.FAILED
    return Outcome.CONTINUED if later else Outcome.ABANDONED
