"""The narrow record: the few fields of a sign-in row that classification needs, decoded straight from the bytes.

A row is never turned into an object whole: a million of them would be 5 GB. `read_row` is the door for rows in
Graph's own shape (Graph pages, the spool); other formats will be adapters beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from auditor.tenant.instant import parse
from auditor.tenant.mending import mended

NO_ID = "00000000-0000-0000-0000-000000000000"


class Row(msgspec.Struct, array_like=True, gc=False):
    """One sign-in row. `at` is `created` in ticks. `code` is None when the row has none; `user_id` and `correlation_id`
    are "" when the row has none or only zeros; `own_user` and `interactive` are None when the row does not say.
    `order`: among rows of one id, the one that was collected later has the higher number. `sight`, `record`: numbers
    that `auditor.sign_ins.sights` gave, or -1."""

    id: str
    created: str
    at: int
    code: int | None
    user_id: str
    correlation_id: str
    app_id: str
    user: str
    app: str
    own_user: bool | None
    interactive: bool | None
    order: int
    sight: int = -1
    record: int = -1


class Status(msgspec.Struct, gc=False):
    errorCode: int | None = None


class GraphRow(msgspec.Struct, gc=False):
    """The fields of a row that classification reads, under Graph's names."""

    id: str
    createdDateTime: str
    status: Status | None = None
    userId: str | None = None
    correlationId: str | None = None
    appId: str | None = None
    userPrincipalName: str | None = None
    appDisplayName: str | None = None
    homeTenantId: str | None = None
    resourceTenantId: str | None = None
    userType: str | None = None
    isInteractive: bool | None = None


AnyRow = TypeVar("AnyRow", bound=GraphRow)

decode = msgspec.json.Decoder(GraphRow).decode


def read_row(line: bytes, order: int) -> Row | None:
    """The narrow record of one row of Graph JSON, or None when the line is no such row (the caller counts it)."""
    found = decoded(line, decode)
    return None if found is None else narrow(*found, order)


def decoded(line: bytes, decode: Callable[[bytes], AnyRow]) -> tuple[AnyRow, int] | None:
    """One row by this decoder, and its time in ticks; or None. What msgspec refuses is mended and read again before it
    is called broken: it refuses a row for one bad name."""
    try:
        row = decode(line)
        return row, parse(row.createdDateTime)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, too
        try:
            row = decode(mended(line))
            return row, parse(row.createdDateTime)
        except (ValueError, RecursionError):
            return None


def narrow(row: GraphRow, at: int, order: int, sight: int = -1, record: int = -1) -> Row:
    """The narrow record; `sight`, `record`: see `Row`."""
    user_id = row.userId or ""
    correlation_id = row.correlationId or ""
    return Row(
        id=row.id,
        created=row.createdDateTime,
        at=at,
        code=row.status.errorCode if row.status else None,
        user_id="" if user_id == NO_ID else user_id,
        correlation_id="" if correlation_id == NO_ID else correlation_id,
        app_id=row.appId or "",
        user=row.userPrincipalName or "",
        app=row.appDisplayName or "",
        own_user=_own_user(row),
        interactive=row.isInteractive,
        order=order,
        sight=sight,
        record=record,
    )


def _own_user(row: GraphRow) -> bool | None:
    """Member of this tenant (True) or not (False): a guest, or anybody whose home is another tenant, whose settings
    then count. Without either, it is not known."""
    home, here = row.homeTenantId or "", row.resourceTenantId or ""
    same = home.lower() == here.lower() if home and here and home != NO_ID else None
    kind = (row.userType or "").lower()
    if same is False or kind == "guest":
        return False
    return True if kind == "member" else same
