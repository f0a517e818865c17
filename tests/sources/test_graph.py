"""Collecting over the wire: real MSAL, real msgraph-sdk, real TLS, a local Graph."""

import gc
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import msgspec
import pytest

from auditor.config import Collect as CollectConfig
from auditor.config import Config
from auditor.errors import SignInError
from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources import patience
from auditor.sources.progress import Progress
from auditor.spool.spool import Spool, StoredDataset
from auditor.tenant.dataset import DATASETS, with_prerequisites

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
ALL = with_prerequisites(DATASETS)

MakeConfig = Callable[..., Config]
Collect = Callable[..., Spool]


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)


def stored(spool: Spool, name: str) -> StoredDataset:
    found = spool.dataset(name)
    assert found is not None
    return found


def test_everything_is_collected_and_only_with_verified_tokens(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    before = len(local.requests)
    told: list[Progress] = []
    spool = collect(config_for(local), tmp_path / "spool", told=told)
    assert {name: stored(spool, name).state for name in ALL} == dict.fromkeys(ALL, "collected")
    asked = list(local.requests)[before:]
    tokens = [each for each in asked if each.service == "login" and each.path.endswith("/oauth2/v2.0/token")]
    assert [each.status for each in tokens] == [200]
    graph = [each for each in asked if each.service == "graph"]
    counts = [each for each in graph if each.path.endswith("/transitiveMembers/$count")]
    lists = [each for each in graph if "/transitiveMembers?" in each.path]
    assert len(counts) == len(lists) == len(stored(spool, "group_members").value) > 0
    # One request for each other dataset; the sign-in page is none of Graph's. Three more are about policies: beta's
    # list of them, its policy plans, and the deleted ones.
    assert len(graph) - len(counts) - len(lists) == len(ALL) - 2 + 3
    assert all(each.token_verified and each.status in (200, 404) for each in graph)
    assert spool.header.complete
    assert {each.dataset for each in told} >= {"policies", "sign_ins"}


def test_the_rows_are_the_logs_own(
    local: LocalTenant, simulation: Simulation, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    spool = collect(config_for(local), tmp_path / "spool", ("sign_ins",))
    rows = [msgspec.json.decode(line) for line in spool.sign_in_lines()]
    expected = [row["id"] for row in simulation.sign_ins(NOW - timedelta(days=3), NOW)]
    assert [row["id"] for row in rows] == expected
    assert "userType" not in rows[0]  # v1.0


def test_what_was_read_stays_in_memory_no_longer_than_its_page(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    gc.collect()
    gc.disable()
    try:
        collect(config_for(local), tmp_path / "spool", ("sign_ins",))
        assert not [each for each in gc.get_objects() if isinstance(each, httpx.Response)]
    finally:
        gc.enable()


def test_beta_brings_its_richer_rows(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    spool = collect(config_for(local, collect=CollectConfig(days=3, api="beta")), tmp_path / "spool", ("sign_ins",))
    row = msgspec.json.decode(next(spool.sign_in_lines()))
    assert {"userType", "originalRequestId", "sessionId"} <= set(row)


def test_enum_members_come_as_they_are(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    spool = collect(config_for(local), tmp_path / "spool", ("sign_ins",))
    assert not any(b"unknownFutureValue" in line for line in spool.sign_in_lines())
    assert any(b"reportOnly" in line for line in spool.sign_in_lines())


@pytest.mark.parametrize(
    ("permissions", "states"),
    [
        ((), {"organization": "missing", "policies": "missing", "sign_ins": "missing", "sign_in_page": "missing"}),
        (("Organization.Read.All",), {"organization": "collected", "sign_in_page": "collected", "policies": "missing"}),
        (("Policy.Read.All",), {"policies": "collected", "sign_ins": "missing", "directory_objects": "missing"}),
        (("AuditLog.Read.All", "Directory.Read.All"), {"sign_ins": "collected", "policies": "missing"}),
    ],
)
def test_what_a_permission_is_missing_for_is_missing_and_says_so(
    local: LocalTenant,
    config_for: MakeConfig,
    collect: Collect,
    tmp_path: Path,
    permissions: tuple[str, ...],
    states: dict[str, str],
) -> None:
    client_id, secret = local.register_client(permissions)
    spool = collect(config_for(local, client_id=client_id, secret=secret), tmp_path / "spool")
    assert {name: stored(spool, name).state for name in states} == states
    for name, state in states.items():
        if state == "missing":
            found = stored(spool, name)
            assert "403" in found.reason, name
            assert found.remedy, name


def test_what_depends_on_a_missing_dataset_says_which(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    client_id, secret = local.register_client(("Directory.Read.All",))
    spool = collect(config_for(local, client_id=client_id, secret=secret), tmp_path / "spool")
    found = stored(spool, "directory_objects")
    assert found.state == "missing"
    assert "It needs the Conditional Access policies" in found.reason
    assert "Policy.Read.All" in found.remedy


def test_a_tenant_without_premium(config_for: MakeConfig, collect: Collect, tmp_path: Path) -> None:
    with running(Simulation(seed=2, users=20, days=1, end=NOW, premium=False), throttle=False) as local:
        spool = collect(config_for(local), tmp_path / "spool", ("role_eligibilities", "sign_ins"))
    found = stored(spool, "sign_ins")
    assert found.state == "missing"
    assert "no premium licence" in found.reason
    assert "Microsoft Entra ID P1" in found.remedy
    # Without the licence nobody is eligible for a role, which is an answer.
    eligible = stored(spool, "role_eligibilities")
    assert (eligible.state, eligible.value) == ("collected", [])


def test_a_tenant_without_branding(config_for: MakeConfig, collect: Collect, tmp_path: Path) -> None:
    with running(Simulation(seed=2, users=20, days=1, end=NOW, setting="no branding"), throttle=False) as local:
        spool = collect(config_for(local), tmp_path / "spool")
    assert (stored(spool, "branding").state, stored(spool, "branding").value) == ("collected", [])
    assert all("KeepMeSignedInDisabled" not in row for row in stored(spool, "sign_in_page").objects())


def test_the_sign_in_page_is_not_asked_when_the_config_says_so(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    before = len(local.requests)
    spool = collect(config_for(local, collect=CollectConfig(days=3, sign_in_page=False)), tmp_path / "spool")
    assert stored(spool, "sign_in_page").state == "missing"
    assert not [each for each in list(local.requests)[before:] if each.service == "page"]


def test_nothing_is_left_when_signing_in_fails(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    with pytest.raises(SignInError):
        collect(config_for(local, secret="wrong"), tmp_path / "spool")
    spool = Spool.open(tmp_path / "spool")
    assert not spool.header.complete
    assert [name for name in ALL if spool.dataset(name)] == []


def test_a_stopped_collection_goes_on_without_asking_again(
    local: LocalTenant, config_for: MakeConfig, collect: Collect, tmp_path: Path
) -> None:
    whole = collect(config_for(local), tmp_path / "whole")
    stopped = collect(config_for(local), tmp_path / "stopped")
    for name in ("policies", "directory_objects", "role_templates", "service_principals", "sign_ins"):
        (stopped.folder / "datasets" / f"{name}.json").unlink()
    stopped.header = msgspec.structs.replace(stopped.header, complete=False)
    stopped._write_header()
    before = len(local.requests)
    again = collect(config_for(local), tmp_path / "stopped")
    asked = [each.path for each in list(local.requests)[before:] if each.service == "graph"]
    assert not [path for path in asked if "organization" in path or "signIns" in path]
    assert [path for path in asked if "conditionalAccess" in path]
    assert list(again.sign_in_lines()) == list(whole.sign_in_lines())
    assert stored(again, "policies").value == stored(whole, "policies").value


def test_the_sign_in_page_is_asked_with_the_configs_domain_where_the_organization_cannot_be_read(
    local: LocalTenant, simulation: Simulation, collect: Collect, config_for: MakeConfig, tmp_path: Path
) -> None:
    client_id, secret = local.register_client(["Policy.Read.All", "AuditLog.Read.All"])
    by_domain, by_id = (
        collect(config_for(local, client_id=client_id, secret=secret, tenant_id=name), tmp_path / name)
        for name in (simulation.initial_domain, local.tenant_id)
    )
    assert stored(by_domain, "organization").state == "missing"
    assert stored(by_domain, "sign_in_page").state == "collected"
    assert {row["asked_for"] for row in stored(by_domain, "sign_in_page").objects()} == {simulation.initial_domain}
    assert stored(by_id, "sign_in_page").state == "missing"
    assert "It needs the organization" in stored(by_id, "sign_in_page").reason
