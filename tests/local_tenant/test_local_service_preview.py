"""What the local Graph's beta shows of Conditional Access besides v1.0, and whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from auditor.local_tenant.service import LocalTenant, Preview, running
from auditor.local_tenant.simulation import Simulation

LIST = "/identity/conditionalAccess/policies"
PLANS = "/identity/conditionalAccess/plans"
DELETED = "/identity/conditionalAccess/deletedItems/policies"
PLAN = {"id": "50000000-0000-4000-8000-00000000000A", "displayName": "Browsers", "rules": [{"id": "r-1"}]}
GONE = {"id": "50000000-0000-4000-8000-00000000000b", "deletedDateTime": "2026-11-20T09:00:00Z"}

Permitted = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def richer(simulation: Simulation) -> Iterator[LocalTenant]:
    """Its v1.0 leaves out the first policy, and drops a condition of the second."""
    first, second = (each["displayName"] for each in simulation.policies()[:2])
    preview = Preview(
        only_beta=frozenset({first}),
        conditions={second: {"times": {"includedRanges": ["09:00-17:00"]}}},
        plans=(PLAN,),
        deleted=(GONE,),
        refuses={f"beta{PLANS}/{PLAN['id']}/rules": 503},
    )
    with running(simulation, throttle=False, preview=preview) as tenant:
        yield tenant


@pytest.fixture
def asking(msal_token: Callable[..., str], bearing: Callable[..., httpx.Client]) -> Permitted:
    def client(tenant: LocalTenant) -> httpx.Client:
        return bearing(tenant, msal_token(tenant, tenant.client_id, tenant.client_secret))

    return client


def listed(client: httpx.Client, tenant: LocalTenant, version: str, path: str = LIST) -> list[dict[str, Any]]:
    answer = client.get(f"{tenant.graph_url}/{version}{path}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


def test_usually_beta_adds_nothing_but_members_that_nobody_set(
    graph: httpx.Client, tenant: LocalTenant, simulation: Simulation
) -> None:
    v1, beta = (listed(graph, tenant, version) for version in ("v1.0", "beta"))
    assert v1 == simulation.policies()
    assert [each["id"] for each in beta] == [each["id"] for each in v1]
    for old, new in zip(v1, beta, strict=True):
        assert new.keys() - old.keys() == {"partialEnablementStrategy"}
        more = new["conditions"].keys() - old["conditions"].keys()
        assert {"agents", "times"} <= more
        assert {new["conditions"][name] for name in more} == {None}
    assert listed(graph, tenant, "beta", PLANS) == listed(graph, tenant, "beta", DELETED) == []


def test_what_v1_leaves_out_and_drops(richer: LocalTenant, asking: Permitted, simulation: Simulation) -> None:
    with asking(richer) as client:
        v1, beta = (listed(client, richer, version) for version in ("v1.0", "beta"))
        assert v1 == simulation.policies()[1:]
        assert beta[1]["conditions"]["times"] == {"includedRanges": ["09:00-17:00"]}
        assert len(beta) == len(v1) + 1
        one = f"{richer.graph_url}/{{}}{LIST}/{beta[0]['id']}"
        assert [client.get(one.format(version)).status_code for version in ("v1.0", "beta")] == [404, 200]


def test_plans_rules_and_deleted_policies(richer: LocalTenant, asking: Permitted) -> None:
    with asking(richer) as client:
        assert listed(client, richer, "beta", PLANS) == [{"id": PLAN["id"], "displayName": "Browsers"}]
        assert listed(client, richer, "beta", DELETED) == [GONE]
        assert client.get(f"{richer.graph_url}/v1.0{PLANS}").status_code == 400
        assert client.get(f"{richer.graph_url}/beta{PLANS}/{PLAN['id']}/rules").status_code == 503
        assert client.get(f"{richer.graph_url}/beta{PLANS}/nobody/rules").status_code == 404


def test_rules_of_a_plan(simulation: Simulation, asking: Permitted) -> None:
    with running(simulation, throttle=False, preview=Preview(plans=(PLAN,))) as tenant, asking(tenant) as client:
        assert listed(client, tenant, "beta", f"{PLANS}/{PLAN['id'].lower()}/rules") == PLAN["rules"]


@pytest.mark.parametrize("path", [LIST, PLANS, DELETED])
@pytest.mark.parametrize(
    ("permission", "status"),
    [("Policy.Read.ConditionalAccess", 200), ("Policy.Read.All", 200), ("Directory.Read.All", 403)],
)
def test_the_permission_that_each_takes(
    permitted: Permitted, tenant: LocalTenant, path: str, permission: str, status: int
) -> None:
    with permitted(permission) as client:
        assert client.get(f"{tenant.graph_url}/beta{path}").status_code == status


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_what_is_to_be_refused_is(simulation: Simulation, asking: Permitted, status: int) -> None:
    preview = Preview(refuses={f"beta{LIST}": status})
    with running(simulation, throttle=False, preview=preview) as tenant, asking(tenant) as client:
        answer = client.get(f"{tenant.graph_url}/beta{LIST}")
        assert answer.status_code == status
        assert answer.json()["error"]["code"]
        assert client.get(LIST).status_code == 200
