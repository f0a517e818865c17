"""What Graph's beta has of Conditional Access: bodies with more members, policy plans, deleted policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from auditor.local_tenant.service.graph.endpoint import (
    POLICY_DENIAL,
    Call,
    Endpoint,
    GraphRefused,
    bad_request,
    not_found,
    permissions,
)
from auditor.local_tenant.service.graph.listing import Collection, simple
from auditor.local_tenant.service.paging import JsonRow
from auditor.local_tenant.service.preview import Preview
from auditor.local_tenant.service.throttle import CONDITIONAL_ACCESS

_READ = permissions("Policy.Read.ConditionalAccess Policy.Read.All Policy.ReadWrite.ConditionalAccess")
_OPTIONS = frozenset({"$top", "$skiptoken"})
_PLANS = Collection("identity/conditionalAccess/plans", options=_OPTIONS)
_RULES = Collection("identity/conditionalAccess/plans/rules", options=_OPTIONS)
_DELETED = Collection("identity/conditionalAccess/deletedItems/policies", options=_OPTIONS)

_CONDITIONS = ("agents", "agentContext", "agentIdRiskLevels", "deviceStates", "times")
_APPLICATIONS = ("globalSecureAccess", "networkAccess")
_SESSION_CONTROLS = ("continuousAccessEvaluation", "globalSecureAccessFilteringProfile", "networkAccessSecurity")
"""Members of beta's bodies, null where nobody set them."""


def refuse(preview: Preview, address: str) -> None:
    """Raises `GraphRefused` where this tenant's Graph is to refuse the address (version and path)."""
    status = next((status for path, status in preview.refuses.items() if path.lower() == address.lower()), 0)
    if status == 400:
        raise bad_request(f"Resource not found for the segment '{address.rpartition('/')[2]}'.")
    if status == 403:
        raise POLICY_DENIAL.refused(_READ)
    if status == 404:
        raise not_found(address)
    if status:
        raise GraphRefused(status, "ServiceUnavailable", "The service cannot be reached just now.")


def policies(call: Call) -> list[JsonRow]:
    """As this version lists them."""
    listed = call.simulation.policies()
    if call.version == "beta":
        return [_body(row, call.preview) for row in listed]
    return [row for row in listed if row["displayName"] not in call.preview.only_beta]


def _body(row: JsonRow, preview: Preview) -> JsonRow:
    conditions = row["conditions"]
    controls = row["sessionControls"]
    return {
        **row,
        "partialEnablementStrategy": None,
        "conditions": {
            **conditions,
            **dict.fromkeys(_CONDITIONS),
            "applications": {**conditions["applications"], **dict.fromkeys(_APPLICATIONS)},
            **preview.conditions.get(row["displayName"], {}),
        },
        "sessionControls": {**controls, **dict.fromkeys(_SESSION_CONTROLS)} if controls else controls,
    }


def _of_beta(call: Call) -> None:
    if call.version != "beta":
        raise bad_request("Resource not found for the segment 'plans'.")


def _plans(call: Call) -> Iterator[JsonRow]:
    _of_beta(call)
    for plan in call.preview.plans:
        yield {name: value for name, value in plan.items() if name != "rules"}


def _rules(call: Call) -> Iterable[JsonRow]:
    _of_beta(call)
    wanted = call.parameters["id"].lower()
    for plan in call.preview.plans:
        if plan["id"].lower() == wanted:
            rules: list[dict[str, Any]] = plan["rules"]
            return rules
    raise not_found(wanted)


ENDPOINTS = tuple(
    Endpoint(path, _READ, POLICY_DENIAL, simple(collection, rows), limit=CONDITIONAL_ACCESS)
    for path, collection, rows in (
        ("/identity/conditionalAccess/plans", _PLANS, _plans),
        ("/identity/conditionalAccess/plans/{id}/rules", _RULES, _rules),
        ("/identity/conditionalAccess/deletedItems/policies", _DELETED, lambda call: call.preview.deleted),
    )
)
