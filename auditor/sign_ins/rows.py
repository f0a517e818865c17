"""The narrow record: the few fields of a sign-in row that classification needs, decoded straight from the bytes.

A row is never turned into an object whole: a million of them would be 5 GB. `GraphRow` is for rows in Graph's own
shape (Graph pages, the spool); the other formats are adapters to it, in `auditor.sign_ins.formats`.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from auditor.tenant.instant import parse

NO_ID = "00000000-0000-0000-0000-000000000000"
INTERRUPTED, FAILED = "interrupted", "failure"
"""What a log may call a row whose code it does not give: both say that it is no success."""


class Row(msgspec.Struct, array_like=True, gc=False):
    """One sign-in row. `at` is `created` in ticks. `code` is None when the row has none; `user_id` and `correlation_id`
    are "" when the row has none or only zeros. `order`: among versions of one row, the one that was read later has the
    higher number; 0 where the order of reading tells nothing of the order of collecting. What follows is of use for
    some rows only, and left out for the others: `created`, the log's own text; names; `own_user` and `interactive`,
    None when the row does not say; `sight`, `record`: numbers that `auditor.sign_ins.sights` gave, or -1; `seen`: see
    `auditor.sign_ins.seen.packed`; `called`: `INTERRUPTED` or `FAILED`, of a row without a code; `collected`: when, in
    ticks, where the format says so, else 0; `digest`: of the row's own text, to tell versions apart that are alike in
    all else; `named`: see `auditor.sign_ins.unlisted`."""

    id: str
    at: int
    code: int | None
    user_id: str
    correlation_id: str
    app_id: str
    order: int
    created: str = ""
    user: str = ""
    app: str = ""
    own_user: bool | None = None
    interactive: bool | None = None
    sight: int = -1
    record: int = -1
    seen: bytes = b""
    called: str = ""
    collected: int = 0
    digest: int = 0
    named: tuple[int, ...] | None = None


Code = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""Whoever writes a longer number than that means no code."""


class Status(msgspec.Struct, gc=False):
    errorCode: Code | None = None


class CountedRow(msgspec.Struct, gc=False):
    """The fields of a row that counting needs, under Graph's names."""

    id: str
    createdDateTime: str
    status: Status | None = None
    userId: str | None = None
    correlationId: str | None = None
    appId: str | None = None


class GraphRow(CountedRow, gc=False):
    """And those that are kept of interrupts. `called`, `collected`: what other formats say and Graph has no name for,
    see `Row`; `collected` as text."""

    userPrincipalName: str | None = None
    appDisplayName: str | None = None
    homeTenantId: str | None = None
    resourceTenantId: str | None = None
    userType: str | None = None
    isInteractive: bool | None = None
    called: str | None = msgspec.field(default=None, name="@called")
    collected: str | None = msgspec.field(default=None, name="@collected")


AnyRow = TypeVar("AnyRow", bound=GraphRow)

decode = msgspec.json.Decoder(GraphRow).decode


def narrow(row: GraphRow, at: int, order: int, sight: int = -1, record: int = -1, seen: bytes = b"") -> Row:
    """The narrow record; `sight`, `record`, `seen`: see `Row`."""
    user_id = row.userId or ""
    correlation_id = row.correlationId or ""
    code = row.status.errorCode if row.status else None
    return Row(
        row.id,
        at,
        code,
        "" if user_id == NO_ID else user_id,
        "" if correlation_id == NO_ID else correlation_id,
        row.appId or "",
        order,
        row.createdDateTime,
        row.userPrincipalName or "",
        row.appDisplayName or "",
        _own_user(row),
        row.isInteractive,
        sight,
        record,
        seen,
        row.called if code is None and row.called in (INTERRUPTED, FAILED) else "",
        0 if row.collected is None else _ticks(row.collected),
    )


def _ticks(text: str) -> int:
    try:
        return parse(text)
    except ValueError:
        return 0


def _own_user(row: GraphRow) -> bool | None:
    """Member of this tenant (True) or not (False): a guest, or anybody whose home is another tenant, whose settings
    then count. Without either, it is not known."""
    home, here = row.homeTenantId, row.resourceTenantId
    same = None
    if home and here and home != NO_ID:
        same = home == here or home.lower() == here.lower()
    if row.userType is None or same is False:
        return same
    return {"guest": False, "member": True}.get(row.userType.lower(), same)
