"""Where a tenant's collections are kept between runs: one folder each, named after the moment it began.

ROOT/TENANT/20261121T034200Z/
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from auditor.errors import SpoolError
from auditor.spool.spool import HEADER, Header, Spool

FRESH = timedelta(hours=24)

_STAMP = "%Y%m%dT%H%M%SZ"


def folder_for(root: Path, tenant: str, now: datetime) -> Path:
    """A new folder's place: never one that is there, also when two runs begin in one second."""
    shelf, stamp = _shelf(root, tenant), now.strftime(_STAMP)
    names = itertools.chain([stamp], (f"{stamp}-{number}" for number in itertools.count(2)))
    return next(shelf / name for name in names if not (shelf / name).exists())


def unfinished(root: Path, wanted: Header, now: datetime) -> Spool | None:
    """The collection to go on with: begun within the last day, not finished, and asked for the same."""
    for spool in reversed(_collections(root, wanted.tenant)):
        if not spool.header.complete and _fresh(spool, now) and same_question(spool.header, wanted):
            return gone_on_with(spool, wanted)
    return None


def newest(root: Path, tenant: str) -> Spool | None:
    """The newest finished collection of a tenant, whatever it was asked for."""
    return next((spool for spool in reversed(_collections(root, tenant)) if spool.header.complete), None)


def same_question(old: Header, new: Header) -> bool:
    """Would collecting for `new` read what collecting for `old` reads, but for when it began? What the config says
    without asking anybody (the attestation, the hours of administrators) is no part of the question."""
    return _question(old) == _question(new)


def _question(header: Header) -> tuple[object, ...]:
    return header.tenant, header.datasets, header.source, header.break_glass, _length(header)


def gone_on_with(spool: Spool, wanted: Header) -> Spool:
    """A collection of the same question, with what the config says now. It stands on disk when collecting ends."""
    spool.header = msgspec.structs.replace(
        spool.header, attestation=wanted.attestation, admin_sign_in_hours=wanted.admin_sign_in_hours
    )
    return spool


def purge(root: Path, tenant: str, keep: int, now: datetime) -> None:
    """Deletes all but the `keep` newest finished collections, and unfinished ones that no run will go on with.
    SpoolError, after all the others, for what cannot be deleted."""
    finished = [spool for spool in _collections(root, tenant) if spool.header.complete]
    stale = [spool for spool in _collections(root, tenant) if not spool.header.complete and not _fresh(spool, now)]
    left: list[str] = []
    for spool in (*finished[: max(0, len(finished) - keep)], *stale):
        try:
            with spool.held():
                pass
        except SpoolError:
            continue  # another run is at it
        try:
            shutil.rmtree(spool.folder)
        except OSError as error:  # a link to another disk, or a folder of another user
            left.append(f"{spool.folder} could not be deleted: {error.strerror or error}.")
    if left:
        raise SpoolError(" ".join(left), "Delete it by hand.")


def _shelf(root: Path, tenant: str) -> Path:
    return root / re.sub(r"[^A-Za-z0-9.-]", "_", tenant).strip(".")


def _collections(root: Path, tenant: str) -> list[Spool]:
    """Those that can be opened, oldest first."""
    return [each for each in _kept(root, tenant) if isinstance(each, Spool)]


def damaged(root: Path, tenant: str) -> tuple[str, ...]:
    """Why collections cannot be opened: sentences. They stop no run, and no run deletes them."""
    return tuple(each.what for each in _kept(root, tenant) if isinstance(each, SpoolError))


def _kept(root: Path, tenant: str) -> Iterator[Spool | SpoolError]:
    """Oldest first. A folder without a header was never begun and holds nothing."""
    for path in sorted(_shelf(root, tenant).glob(f"*/{HEADER}")):
        try:
            spool = Spool.open(path.parent)
            _began(spool), _length(spool.header)
        except SpoolError as error:
            yield error
        except ValueError as error:
            yield SpoolError(f"{path} is damaged: {error}.")
        else:
            yield spool


def _began(spool: Spool) -> datetime:
    return datetime.strptime(spool.header.started[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")


def _fresh(spool: Spool, now: datetime) -> bool:
    """Begun within the last day. What a wrong clock dated later than now is not: its window is not what is asked."""
    return timedelta(0) <= now - _began(spool) <= FRESH


def _length(header: Header) -> timedelta:
    start, end = (
        datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S") for text in (header.window_start, header.window_end)
    )
    return end - start
