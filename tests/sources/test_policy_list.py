"""The list of policies, read over the wire from Graph's v1.0 and its beta, and what is told of how that went."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor import audit
from auditor.config import Config
from auditor.local_tenant.service import LocalTenant, Preview, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources import patience
from auditor.sources.policy_list import policy_listing
from auditor.spool.spool import Spool
from auditor.tenant.dataset import with_prerequisites
from auditor.tenant.records import PolicyListing
from auditor.tenant.tenant import Tenant

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
LIST = "identity/conditionalAccess/policies"
PLANS = "identity/conditionalAccess/plans"
DELETED = "identity/conditionalAccess/deletedItems/policies"
PLAN = {
    "id": "50000000-0000-4000-8000-000000000001",
    "displayName": "Plan for browsers",
    "rules": [{"id": "1", "controls": {"sessionControls": {"persistentBrowser": {"mode": "always"}}}}],
}
EMPTY = {**PLAN, "id": "50000000-0000-4000-8000-000000000002", "displayName": "Nothing yet", "rules": []}

Read = Callable[..., Spool]


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)


@pytest.fixture
def read(config_for: Callable[..., Config], collect: Read, tmp_path: Path, simulation: Simulation) -> Read:
    """`read(only_beta=...)`: the policies of a tenant whose Graph shows that in beta."""

    def spool(permissions: tuple[str, ...] = (), **preview: Any) -> Spool:
        with running(simulation, throttle=False, preview=Preview(**preview)) as local:
            config = config_for(local)
            if permissions:
                client_id, secret = local.register_client(permissions)
                config = config_for(local, client_id=client_id, secret=secret)
            return collect(config, tmp_path / "spool", with_prerequisites(["policies"]))

    return spool


def listing(spool: Spool) -> PolicyListing:
    found = policy_listing(spool)
    assert found is not None
    return found


@contextmanager
def opened(spool: Spool) -> Iterator[Tenant]:
    with audit.open_tenant(spool, lambda progress: None) as tenant:
        yield tenant


def names(spool: Spool) -> list[str]:
    with opened(spool) as tenant:
        return [each.name for each in tenant.policies]


def test_usually_both_list_the_same(read: Read, simulation: Simulation) -> None:
    spool = read()
    assert names(spool) == [each["displayName"] for each in simulation.policies()]
    assert listing(spool) == PolicyListing()
    with opened(spool) as tenant:
        # Beta's members that nobody set are not set.
        assert not any(each.conditions.unknown for each in tenant.policies)


def test_what_only_beta_lists_is_in_the_list(read: Read, simulation: Simulation) -> None:
    hidden = frozenset(each["displayName"] for each in simulation.policies()[1:3])
    spool = read(only_beta=hidden)
    assert set(names(spool)) == {each["displayName"] for each in simulation.policies()}
    assert listing(spool).beta == ""


def test_of_a_policy_in_both_betas_body_rules(read: Read, simulation: Simulation) -> None:
    name = simulation.policies()[0]["displayName"]
    spool = read(conditions={name: {"times": {"includedRanges": ["09:00-17:00"]}}})
    with opened(spool) as tenant:
        unknown = {each.name: each.conditions.unknown for each in tenant.policies if each.conditions.unknown}
    assert unknown == {name: ("times",)}


@pytest.mark.parametrize(("status", "said"), [(403, "403"), (404, "404"), (503, "503")])
def test_a_beta_that_cannot_be_read_is_told(read: Read, simulation: Simulation, status: int, said: str) -> None:
    spool = read(refuses={f"beta/{LIST}": status})
    assert len(names(spool)) == len(simulation.policies())
    found = listing(spool)
    assert found.beta.startswith("Graph's beta list of policies was not read: ")
    assert said in found.beta


def test_without_v1_there_is_no_list(read: Read) -> None:
    spool = read(refuses={f"v1.0/{LIST}": 403})
    stored = spool.dataset("policies")
    assert stored is not None
    assert (stored.state, stored.value, stored.beside) == ("missing", [], {})


def test_plans_that_hold_rules_are_named(read: Read) -> None:
    spool = read(plans=(PLAN, EMPTY))
    assert listing(spool).plans == ("Plan for browsers",)
    stored = spool.dataset("policies")
    assert stored is not None
    assert [each["rules"] for each in stored.beside["plans"].objects()] == [PLAN["rules"]]


def test_a_plan_whose_rules_are_refused_may_hold_some(read: Read) -> None:
    spool = read(plans=(EMPTY,), refuses={f"beta/{PLANS}/{EMPTY['id']}/rules": 403})
    assert listing(spool).plans == ("Nothing yet",)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_tenant_without_plans_is_told_in_a_line(read: Read, status: int) -> None:
    found = listing(read(refuses={f"beta/{PLANS}": status}))
    assert (found.plans, found.plans_unread) == ((), "")
    assert str(status) in found.plans_aside


def test_plans_that_could_not_be_had_are_not_known(read: Read) -> None:
    found = listing(read(refuses={f"beta/{PLANS}": 503}))
    assert (found.plans, found.plans_aside) == ((), "")
    assert "503" in found.plans_unread


def test_deleted_policies(read: Read) -> None:
    deleted = (
        {"id": "DDDDDDDD-0000-4000-8000-000000000001", "deletedDateTime": "2026-11-20T09:00:00Z"},
        {"id": "dddddddd-0000-4000-8000-000000000002", "deletedDateTime": "lately"},
    )
    assert listing(read(deleted=deleted)).deleted == {
        "dddddddd-0000-4000-8000-000000000001": "2026-11-20T09:00:00Z",
        "dddddddd-0000-4000-8000-000000000002": "",
    }


def test_deleted_policies_that_cannot_be_read(read: Read) -> None:
    found = listing(read(refuses={f"beta/{DELETED}": 403}))
    assert found.deleted == {}
    assert "403" in found.deleted_unread


def test_the_permission_for_policies_brings_all_of_it(read: Read) -> None:
    found = listing(read(("Policy.Read.All",), plans=(PLAN,), deleted=({"id": "d" * 8},)))
    assert (found.beta, found.plans, set(found.deleted)) == ("", ("Plan for browsers",), {"d" * 8})


class Restless:
    """Policies of which the first changes `times` often, once between any two requests."""

    def __init__(self, simulation: Simulation, times: int) -> None:
        self._policies = simulation.policies()
        self._times = times
        self.asked = 0

    def __call__(self) -> list[dict[str, Any]]:
        self.asked += 1
        minute = min(self.asked, self._times + 1)
        first = {**self._policies[0], "modifiedDateTime": f"2026-11-20T09:{minute:02}:00Z"}
        return [first, *self._policies[1:]]


def test_both_are_read_again_where_a_policy_changed(
    read: Read, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = Restless(simulation, 1)
    monkeypatch.setattr(simulation, "policies", policies)
    spool = read()
    stored = spool.dataset("policies")
    assert stored is not None
    assert (stored.state, policies.asked) == ("collected", 4)
    assert json.loads(bytes(stored.value[0]))["modifiedDateTime"] == "2026-11-20T09:02:00Z"


def test_a_policy_that_never_rests_makes_the_list_partial(
    read: Read, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = Restless(simulation, 99)
    monkeypatch.setattr(simulation, "policies", policies)
    spool = read()
    stored = spool.dataset("policies")
    assert stored is not None
    assert (stored.state, policies.asked) == ("partial", 6)
    assert simulation.policies()[0]["id"] in stored.reason
    assert len(names(spool)) == len(simulation.policies())


def test_one_that_is_written_in_another_way_is_no_other(
    read: Read, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = iter(["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.0000000Z"])
    whole = simulation.policies()

    def policies() -> list[dict[str, Any]]:
        return [{**whole[0], "modifiedDateTime": next(written)}, *whole[1:]]

    monkeypatch.setattr(simulation, "policies", policies)
    stored = read().dataset("policies")
    assert stored is not None
    assert stored.state == "collected"


def test_a_folder_of_version_0_1_did_not_read_beta(read: Read) -> None:
    spool = read()
    stored = spool.dataset("policies")
    assert stored is not None
    old = {name: value for name, value in msgspec.structs.asdict(stored).items() if name != "beside"}
    (spool.folder / "datasets" / "policies.json").write_bytes(msgspec.json.encode(old))
    assert "version 0.1" in listing(Spool.open(spool.folder)).beta


def test_where_policies_are_only_probed_beta_is_not_asked(
    simulation: Simulation, local: LocalTenant, config_for: Callable[..., Config], tmp_path: Path
) -> None:
    import asyncio

    from auditor.sources.graph import probe

    config = config_for(local)
    wanted = audit.question(config.tenant[0], config, ("policies",), NOW)
    surroundings = audit.Surroundings(lambda: NOW, [].append, [].append, tmp_path / "cache")
    asked = audit.asked_of(config.tenant[0], config, ("policies",), surroundings)
    before = len(local.requests)
    asyncio.run(probe(asked, Spool.create(tmp_path / "probe", wanted)))
    paths = [each.path for each in list(local.requests)[before:] if each.service == "graph"]
    assert len(paths) == 1
