"""One row per sign-in out of rows that bear one id: versions of it, and rows that only share the id.

Rows are versions of one row when id, correlation id, user and created time agree. A row that names nobody is a version
of the one that names its user. Some formats cut times to seconds, or round them: then less than a second is no
difference. All others are rows of their own, as where ids were masked. (With another correlation id a row belongs to
another attempt, and large logs hold it elsewhere: it counts by itself in every log.)

Entra may rewrite an interrupt into a success, so the version that was collected last counts: by the format's own time
of collecting, else by the order of reading where that is known. Where neither tells, the content decides, so that the
order of files and rows never does: a success is later than a failure, that than an interrupt, and any of them than a
row without a code; then comes what says more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from auditor.sign_ins.catalogue import SUCCESS, interrupt_codes
from auditor.sign_ins.rows import Row
from auditor.tenant.instant import SECOND

_encode = msgspec.msgpack.Encoder().encode
_correlation, _at = attrgetter("correlation_id"), attrgetter("at")


def newest_versions(rows: Iterable[Row]) -> list[Row]:
    """Each sign-in once. Rows of other correlation ids may be among them."""
    given = list(rows)
    if len({row.id for row in given}) == len(given):
        return given
    by_id: dict[str, list[Row]] = {}
    for row in given:
        by_id.setdefault(row.id, []).append(row)
    found: list[Row] = []
    for alike in by_id.values():
        found += alike if len(alike) == 1 else map(newest, versions(alike))
    return found


def versions(alike: Iterable[Row]) -> Iterator[list[Row]]:
    """The versions of each sign-in, among rows of one id."""
    for _, together in groupby(sorted(alike, key=lambda row: (row.correlation_id, row.at)), _correlation):
        for at_once in _by_time(together):
            users = {row.user_id for row in at_once} - {""}
            if len(users) < 2:
                yield at_once
            else:
                by_user: dict[str, list[Row]] = {}
                for row in at_once:
                    by_user.setdefault(row.user_id, []).append(row)
                yield from by_user.values()


def _by_time(ordered: Iterable[Row]) -> Iterator[list[Row]]:
    found: list[Row] = []
    for row in ordered:
        if found and not _at_once(found[-1].at, row.at):
            yield found
            found = []
        found.append(row)
    if found:
        yield found


def _at_once(earlier: int, later: int) -> bool:
    cut = not earlier % SECOND or not later % SECOND
    return earlier == later or (cut and later - earlier < SECOND)


def newest(versions: Iterable[Row]) -> Row:
    """The one of them that counts."""
    timed: list[Row] = []
    untimed: list[Row] = []
    for row in versions:
        (timed if row.collected else untimed).append(row)
    left = [max(timed, key=lambda row: (row.collected, _content(row)))] if timed else []
    left += [max(untimed, key=lambda row: (row.order, _content(row)))] if untimed else []
    return left[0] if len(left) == 1 else max(left, key=_content)


def _content(row: Row) -> tuple[int, int, int, bytes]:
    """How far the row is on its way, and how much it says; in the end all of it, so that no two versions are equal."""
    if row.code is None:
        rank = 1 if row.called else 0
    else:
        rank = 4 if row.code == SUCCESS else 2 if row.code in interrupt_codes() else 3
    names = (row.user_id, row.app_id, row.user, row.app)
    says = sum(map(bool, names)) + (row.own_user is not None) + (row.interactive is not None)
    rest = (row.code, row.called, row.at, row.created, *names, row.own_user, row.interactive, row.seen, row.digest)
    return rank, says, len(row.seen), _encode(rest)


def sharing_an_id(distinct: Sequence[Row]) -> int:
    """How many of these sign-ins bear an id that another one of them bears, too."""
    if len({row.id for row in distinct}) == len(distinct):
        return 0
    return sum(count for count in Counter(row.id for row in distinct).values() if count > 1)
