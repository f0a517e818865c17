"""The rule for attempts: rows that belong together -> the outcome of each interrupt among them. Pure.

An attempt is a run of rows of one user and one correlation id without a gap of more than 60 minutes (clients reuse
correlation ids). A row without a user joins the one user who shares its correlation id; where several do, nobody can
say whose it is. For an interrupt, decided in this order:

completed   a later row of the attempt succeeded (stated: for the same application; inferred: for another one)
not known   the row has no correlation id; the attempt ends in a code that is not in the catalogue; or the log cannot
            tell, because it was filtered by status or has a hole before the 60 minutes after the attempt are over
pending     none of those, and the log does not reach 60 minutes past the attempt's last row
failed      the attempt's last row is a failure
continued   a later row is another interrupt (the last of them carries the attempt's outcome)
abandoned   nothing follows

A hole counts from the interrupt on, not only after the attempt's last row: a success may lie in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from auditor.sign_ins.catalogue import SUCCESS, catalogue, interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.tenant.instant import MINUTE, SECOND
from auditor.tenant.sign_in_log import Coverage, Interrupt, Outcome

GAP = 60 * MINUTE


def classify(rows: Iterable[Row], coverage: Coverage) -> Iterator[Interrupt]:
    """The interrupts among rows that share one correlation id (or have none), each with exactly one outcome.

    `rows` in any order, whatever their users, one per id (`newest_versions`).
    """
    by_user: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        # Rows without a correlation id are alone: nothing says what belongs to them.
        by_user[row.user_id if row.correlation_id else f"alone {row.id}"].append(row)
    nobodys = by_user.pop("", [])
    if nobodys and len(by_user) == 1:
        next(iter(by_user.values())).extend(nobodys)
    elif nobodys and by_user:
        yield from (_interrupt(row, Outcome.NOT_KNOWN) for row in nobodys if is_interrupt(row))
    elif nobodys:
        by_user[""] = nobodys
    for group in by_user.values():
        for attempt in _attempts(group):
            for index, row in enumerate(attempt):
                if is_interrupt(row):
                    yield _classified(row, attempt[index + 1 :], coverage)


def newest_versions(rows: Iterable[Row]) -> list[Row]:
    """One row per id: the one collected last (the highest `order`), as Entra may rewrite an interrupt to a success."""
    latest: dict[str, Row] = {}
    for row in rows:
        seen = latest.get(row.id)
        if seen is None or row.order > seen.order:
            latest[row.id] = row
    return list(latest.values())


def is_interrupt(row: Row) -> bool:
    return row.code in interrupt_codes()


def _place(row: Row) -> tuple[int, int, str]:
    """Order within an attempt. Log Analytics rounds to seconds, so at equal times an interrupt comes before an error
    and an error before a success."""
    rank = 0 if is_interrupt(row) else 2 if row.code == SUCCESS else 1
    return row.at, rank, row.id


def _attempts(group: list[Row]) -> Iterator[list[Row]]:
    attempt: list[Row] = []
    for row in sorted(group, key=_place):
        if attempt and row.at - attempt[-1].at > GAP:
            yield attempt
            attempt = []
        attempt.append(row)
    yield attempt


def _classified(row: Row, later: Sequence[Row], coverage: Coverage) -> Interrupt:
    successes = [other for other in later if other.code == SUCCESS]
    if successes:
        same_app = [other for other in successes if other.app_id == row.app_id]
        success = (same_app or successes)[0]
        return _interrupt(row, Outcome.COMPLETED, stated=bool(same_app), seconds=(success.at - row.at) / SECOND)
    last = later[-1] if later else row
    settled = last.at + GAP
    if not row.correlation_id or last.code not in catalogue() or coverage.filtered:
        return _interrupt(row, Outcome.NOT_KNOWN)
    if not coverage.whole(row.at, min(settled, coverage.end)):
        return _interrupt(row, Outcome.NOT_KNOWN)
    if settled > coverage.end:
        return _interrupt(row, Outcome.PENDING)
    if not is_interrupt(last):
        return _interrupt(row, Outcome.FAILED)
    return _interrupt(row, Outcome.CONTINUED if later else Outcome.ABANDONED)


def _interrupt(row: Row, outcome: Outcome, *, stated: bool = False, seconds: float | None = None) -> Interrupt:
    assert row.code is not None  # an interrupt has a code
    return Interrupt(
        at=row.at,
        id=row.id,
        created=row.created,
        code=row.code,
        user_id=row.user_id,
        user=row.user,
        app_id=row.app_id,
        app=row.app,
        correlation_id=row.correlation_id,
        own_user=row.own_user,
        interactive=row.interactive,
        outcome=outcome,
        stated=stated,
        seconds=seconds,
        sight=row.sight,
    )
