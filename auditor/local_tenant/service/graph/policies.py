"""Policies: Conditional Access (once a second for the whole tenant), named locations, and the tenant-wide ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from auditor.local_tenant.service.graph.endpoint import (
    METHODS_DENIAL,
    POLICY_DENIAL,
    Call,
    Endpoint,
    not_found,
    permissions,
)
from auditor.local_tenant.service.graph.listing import Collection, simple, single
from auditor.local_tenant.service.graph.preview import policies
from auditor.local_tenant.service.paging import JsonRow
from auditor.local_tenant.service.throttle import CONDITIONAL_ACCESS

READ_CONDITIONAL_ACCESS = permissions(
    "Policy.Read.All Policy.Read.ConditionalAccess Policy.ReadWrite.ConditionalAccess"
)
_READ_POLICIES = permissions("Policy.Read.All")
_READ_APPLICATION_POLICIES = permissions(
    "Policy.Read.All Policy.Read.ApplicationConfiguration Policy.ReadWrite.ApplicationConfiguration"
)
_BY_NAME = {"id": "text eq in", "displayName": "text eq startswith"}

POLICIES = Collection(
    "identity/conditionalAccess/policies",
    "microsoft.graph.conditionalAccessPolicy",
    filterable={**_BY_NAME, "state": "text eq", "templateId": "text eq"},
)
LOCATIONS = Collection(
    "identity/conditionalAccess/namedLocations", "microsoft.graph.namedLocation", filterable=_BY_NAME
)
TIMEOUTS = Collection(
    "policies/activityBasedTimeoutPolicies", "microsoft.graph.activityBasedTimeoutPolicy", filterable=_BY_NAME
)
LIFETIMES = Collection("policies/tokenLifetimePolicies", "microsoft.graph.tokenLifetimePolicy", filterable=_BY_NAME)
SECURITY_DEFAULTS = Collection(
    "policies/identitySecurityDefaultsEnforcementPolicy", "microsoft.graph.identitySecurityDefaultsEnforcementPolicy"
)
METHODS = Collection("policies/authenticationMethodsPolicy")


def _one(collection: Collection, rows: Callable[[Call], Iterable[JsonRow]]) -> Callable[[Call], dict[str, Any]]:
    def answer(call: Call) -> dict[str, Any]:
        wanted = call.parameters["id"].lower()
        for row in rows(call):
            if row["id"].lower() == wanted:
                return single(call, collection, row)
        raise not_found(wanted)

    return answer


def _locations(call: Call) -> list[JsonRow]:
    return call.simulation.named_locations()


ENDPOINTS = (
    *(
        Endpoint(path, READ_CONDITIONAL_ACCESS, POLICY_DENIAL, answer, limit=CONDITIONAL_ACCESS)
        for path, answer in (
            ("/identity/conditionalAccess/policies", simple(POLICIES, policies)),
            ("/identity/conditionalAccess/policies/{id}", _one(POLICIES, policies)),
            ("/identity/conditionalAccess/namedLocations", simple(LOCATIONS, _locations)),
            ("/identity/conditionalAccess/namedLocations/{id}", _one(LOCATIONS, _locations)),
        )
    ),
    Endpoint(
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        _READ_POLICIES,
        POLICY_DENIAL,
        lambda call: single(call, SECURITY_DEFAULTS, call.simulation.security_defaults()),
    ),
    Endpoint(
        "/policies/authenticationMethodsPolicy",
        permissions("Policy.Read.All Policy.Read.AuthenticationMethod Policy.ReadWrite.AuthenticationMethod"),
        METHODS_DENIAL,
        lambda call: single(call, METHODS, call.simulation.authentication_methods_policy()),
    ),
    Endpoint(
        "/policies/activityBasedTimeoutPolicies",
        _READ_APPLICATION_POLICIES,
        POLICY_DENIAL,
        simple(TIMEOUTS, lambda call: call.simulation.activity_based_timeout_policies()),
    ),
    Endpoint(
        "/policies/tokenLifetimePolicies",
        _READ_APPLICATION_POLICIES,
        POLICY_DENIAL,
        simple(LIFETIMES, lambda call: call.simulation.token_lifetime_policies()),
    ),
)
