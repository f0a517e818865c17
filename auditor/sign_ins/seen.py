"""What an interrupt's row shows that bears on its cause: the fields that explanations read, besides the conditions'."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from auditor.sign_ins.circumstances import DeviceDetail, WideRow, circumstances
from auditor.sign_ins.rows import GraphRow, Status
from auditor.tenant.sign_in_log import PolicyResult, Seen

_NOT_CONCERNED = frozenset({"notApplied", "notEnabled", "reportOnlyNotApplied"})


class SeenStatus(Status, gc=False):
    additionalDetails: str | None = None


class SeenDevice(DeviceDetail, gc=False):
    browser: str | None = None


class Requirement(msgspec.Struct, gc=False):
    requirementProvider: str | None = None
    detail: str | None = None


class Lifetime(msgspec.Struct, gc=False):
    expirationRequirement: str | None = None
    detail: str | None = None


class AppliedPolicy(msgspec.Struct, gc=False):
    id: str | None = None
    displayName: str | None = None
    result: str | None = None
    enforcedGrantControls: list[str | None] | None = None
    enforcedSessionControls: list[str | None] | None = None


class SeenRow(WideRow, gc=False):
    """All fields that anything reads of a row. The last three stand in beta rows only."""

    status: SeenStatus | None = None
    deviceDetail: SeenDevice | None = None
    resourceDisplayName: str | None = None
    authenticationRequirementPolicies: list[Requirement] | None = None
    sessionLifetimePolicies: list[Lifetime] | None = None
    appOwnerTenantId: str | None = None


_decode_applied = msgspec.json.Decoder(list[AppliedPolicy] | None).decode

packed: Callable[[Seen], bytes] = msgspec.msgpack.Encoder().encode
unpacked: Callable[[bytes], Seen] = msgspec.msgpack.Decoder(Seen).decode
"""How it travels from where a row is read to where its attempt is known."""


def seen(row: SeenRow) -> Seen:
    """The row as explanations see it."""
    status, device = row.status, row.deviceDetail
    requirements, lifetimes = row.authenticationRequirementPolicies, row.sessionLifetimePolicies
    return Seen(
        circumstances(row),
        _policies(bytes(row.appliedConditionalAccessPolicies)),
        (device.browser or "") if device else "",
        None
        if requirements is None
        else tuple((each.requirementProvider or "", each.detail or "") for each in requirements),
        None
        if lifetimes is None
        else tuple((each.expirationRequirement or "", each.detail or "") for each in lifetimes),
        row.authenticationProtocol or "",
        row.appOwnerTenantId or "",
        row.resourceDisplayName or "",
        (status.additionalDetails or "") if status else "",
    )


def without_conditions(row: GraphRow) -> SeenRow:
    """A row with something of a shape that is not known among what only conditions and explanations read: none of that
    is known."""
    status = None if row.status is None else SeenStatus(row.status.errorCode)
    return SeenRow(**{**msgspec.structs.asdict(row), "status": status})


@lru_cache(maxsize=512)
def _policies(raw: bytes) -> tuple[PolicyResult, ...] | None:
    """None also for a list of a shape that is not known. An empty list is none too: without the permission to read
    policies Graph leaves them out, and a tenant without any policy has nothing to tell either."""
    try:
        applied = _decode_applied(raw) if raw else None
    except ValueError:
        return None
    if not applied:
        return None
    return tuple(
        PolicyResult(
            each.id or "",
            each.displayName or "",
            each.result or "",
            _controls(each.enforcedGrantControls),
            _controls(each.enforcedSessionControls),
        )
        for each in applied
        if each.result not in _NOT_CONCERNED
    )


def _controls(listed: Iterable[str | None] | None) -> tuple[str, ...]:
    return tuple(filter(None, listed or ()))
