"""Every answer of the local Graph v1.0 keeps to Microsoft's published types, and carries what ours must carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import cache
from typing import Any

import httpx
import jsonschema
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.service.graph.application import ENDPOINTS
from auditor.local_tenant.service.schema import REQUIRED, load, property_names
from auditor.local_tenant.simulation import Simulation

Pages = Callable[..., list[dict[str, Any]]]

ANSWERS = {
    "/auditLogs/signIns": "signIn",
    "/auditLogs/directoryAudits": "directoryAudit",
    "/reports/authenticationMethods/userRegistrationDetails": "userRegistrationDetails",
    "/identity/conditionalAccess/policies": "conditionalAccessPolicy",
    "/identity/conditionalAccess/namedLocations": "namedLocation",
    "/policies/identitySecurityDefaultsEnforcementPolicy": "identitySecurityDefaultsEnforcementPolicy",
    "/policies/activityBasedTimeoutPolicies": "activityBasedTimeoutPolicy",
    "/policies/tokenLifetimePolicies": "tokenLifetimePolicy",
    "/organization": "organization",
    "/organization/{id}": "organization",
    "/organization/{id}/branding": "organizationalBranding",
    "/organization/{id}/branding/localizations": "organizationalBrandingLocalization",
    "/users": "user",
    "/groups": "group",
    "/groups/{group}/transitiveMembers": "user",
    "/servicePrincipals": "servicePrincipal",
    "/applications": "application",
    "/roleManagement/directory/roleAssignments": "unifiedRoleAssignment",
}
"""Endpoint -> the type of its rows, for those whose type the schema has."""


@cache
def validator(type_name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**load(), "$ref": f"#/$defs/{type_name}"})


def problems(row: dict[str, Any], type_name: str) -> Iterator[str]:
    stated = row.get("@odata.type", "").lstrip("#")
    exact = stated if stated in load()["$defs"] else type_name
    for error in validator(exact).iter_errors(row):
        yield f"{exact}: {error.json_path}: {error.message[:200]}"
    for name in {exact, type_name}:
        missing = REQUIRED.get(name, frozenset()) - row.keys()
        if missing:
            yield f"{name} lacks {sorted(missing)}"


@pytest.fixture(scope="module", params=[1, 2, 3, 7])
def seeded(request: pytest.FixtureRequest) -> Iterator[tuple[LocalTenant, Simulation]]:
    end = datetime(2026, 11, 21, tzinfo=timezone.utc)
    simulation = Simulation(seed=request.param, users=30, days=2, end=end, setting="shown")
    with running(simulation, throttle=False) as tenant:
        yield tenant, simulation


def test_every_v1_answer(
    seeded: tuple[LocalTenant, Simulation],
    msal_token: Callable[..., str],
    bearing: Callable[..., httpx.Client],
    every_page: Pages,
) -> None:
    tenant, simulation = seeded
    group = next(group["id"] for group in simulation.groups() if next(simulation.group_members(group["id"]), None))
    found: list[str] = []
    with bearing(tenant, msal_token(tenant, tenant.client_id, tenant.client_secret)) as client:
        for path, type_name in ANSWERS.items():
            url = path.replace("{id}", tenant.tenant_id).replace("{group}", group)
            for page in every_page(client, url, Prefer="include-unknown-enum-members"):
                rows = page.get("value", [{k: v for k, v in page.items() if not k.startswith("@odata")}])
                assert rows, path
                for row in rows:
                    found += [f"{path} {problem}" for problem in problems(row, f"microsoft.graph.{type_name}")]
    assert not found, "\n".join(sorted(set(found))[:40])


def test_parts_of_a_sign_in_are_complete(graph: httpx.Client, every_page: Pages) -> None:
    for page in every_page(graph, "/auditLogs/signIns"):
        for row in page["value"]:
            assert set(row["status"]) == REQUIRED["microsoft.graph.signInStatus"]
            for policy in row["appliedConditionalAccessPolicies"]:
                assert set(policy) == REQUIRED["microsoft.graph.appliedConditionalAccessPolicy"]


def test_no_listed_endpoint_is_forgotten() -> None:
    listed = {path.replace("{group}", "{id}") for path in ANSWERS}
    untyped = {
        "/directoryObjects/getByIds",
        "/directoryRoleTemplates",
        "/identity/conditionalAccess/deletedItems/policies",
        "/identity/conditionalAccess/evaluate",
        "/identity/conditionalAccess/plans",
        "/identity/conditionalAccess/plans/{id}/rules",
        "/policies/authenticationMethodsPolicy",
        "/roleManagement/directory/roleDefinitions",
        "/roleManagement/directory/roleEligibilitySchedules",
    }
    served = {endpoint.path for endpoint in ENDPOINTS}
    single = {path for path in served - listed - untyped if path.rpartition("/")[2] in ("{id}", "{locale}", "$count")}
    assert served - listed - untyped - single == set()


def test_the_list_of_required_properties_names_real_ones() -> None:
    for type_name, required in REQUIRED.items():
        assert required <= property_names(type_name), type_name


def test_an_unfit_answer_is_noticed() -> None:
    assert list(problems({}, "microsoft.graph.signIn"))
    assert list(problems({"id": 1}, "microsoft.graph.user"))
    assert list(problems({"hideKeepMeSignedIn": True}, "microsoft.graph.organizationalBranding"))
