"""On which devices a browser session can begin at all under a policy: those that it reaches and lets in itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.conditional_access.device_filter import TableRow, parse, truth_table
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached
from auditor.tenant.policy import Policy

BLOCK = "block"

_ANY_DEVICE = tuple(replace(row, matches=Applies.YES) for row in truth_table(parse("device.isCompliant -eq True")))


def devices_let_in(policy: Policy) -> tuple[TableRow, ...]:
    """Each kind of device, and whether the policy's device filter lets it reach the kind and its own grant can be
    satisfied there; what other policies ask is left aside. Nothing with a filter that is not understood."""
    return tuple(_devices(policy))


def _devices(policy: Policy) -> Iterator[TableRow]:
    rows = devices_reached(policy.conditions) if policy.conditions.device_filter else _ANY_DEVICE
    for row in rows:
        yield row if _lets_in(policy, row) else replace(row, matches=Applies.NO)


def _lets_in(policy: Policy, row: TableRow) -> bool:
    grant = policy.grant
    known = {BLOCK: False, "compliantDevice": row.compliant is True, "domainJoinedDevice": row.device == "ServerAD"}
    can_be = [known.get(control, True) for control in grant.controls]
    can_be += [True for asked in (grant.authentication_strength, grant.terms_of_use, grant.custom_factors) if asked]
    if BLOCK in grant.controls or grant.operator == "AND":
        return all(can_be)
    return any(can_be) or not can_be
