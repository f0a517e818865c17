"""What policy evaluation needs, over the wire: each dataset with the permissions it takes, and without them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from auditor import audit
from auditor.config import Administrators, Config
from auditor.errors import Refused
from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources import group_members, patience
from auditor.sources.graph_client import GraphClient
from auditor.sources.pace import Pace
from auditor.spool.spool import Spool, StoredDataset
from auditor.tenant.dataset import with_prerequisites
from auditor.tenant.instant import parse
from auditor.tenant.tenant import Tenant
from auditor.testing import policy

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
NOBODY = "99999999-0000-4000-8000-000000000009"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"

MakeConfig = Callable[..., Config]
Collect = Callable[..., Spool]


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)


@pytest.fixture
def read(config_for: MakeConfig, collect: Collect, tmp_path: Path) -> Callable[..., Spool]:
    """`read(local, "policies", permissions=["Policy.Read.All"])`: with all permissions unless told."""

    def spool(local: LocalTenant, *names: str, permissions: list[str] | None = None, **administrators: Any) -> Spool:
        config = config_for(local)
        if permissions is not None:
            client_id, secret = local.register_client(permissions)
            config = config_for(local, client_id=client_id, secret=secret)
        tenant = msgspec.structs.replace(config.tenant[0], administrators=Administrators(**administrators))
        config = msgspec.structs.replace(config, tenant=(tenant,))
        return collect(config, tmp_path / "spool", with_prerequisites(names))

    return spool


def stored(spool: Spool, name: str) -> StoredDataset:
    found = spool.dataset(name)
    assert found is not None
    return found


def tenant_in(spool: Spool) -> Tenant:
    with audit.open_tenant(spool, lambda progress: None) as tenant:
        return tenant


def groups_by_name(simulation: Simulation) -> dict[str, str]:
    return {group["displayName"]: group["id"] for group in simulation.groups()}


def aimed_at(name: str, **users: list[str]) -> dict[str, Any]:
    made = policy(name)
    made["conditions"]["users"] |= users
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Simulation]:
    """A tenant of a few people with exactly these policies, in which no group holds a role."""

    def make(*policies: dict[str, Any]) -> Simulation:
        simulation = Simulation(seed=4, users=40, days=1, end=NOW, sign_ins=20, policies=policies)
        for name in ("role_assignments", "role_eligibilities"):
            held = [each for each in getattr(simulation, name)() if simulation.user(each["principalId"])]
            monkeypatch.setattr(simulation, name, lambda held=held: held)
        return simulation

    return make


def test_whole_collections_as_they_are(local: LocalTenant, simulation: Simulation, read: Callable[..., Spool]) -> None:
    expected = {
        "named_locations": simulation.named_locations(),
        "role_assignments": simulation.role_assignments(),
        "role_eligibilities": simulation.role_eligibilities(),
        "role_templates": simulation.directory_role_templates(),
        "activity_timeouts": simulation.activity_based_timeout_policies(),
        "token_lifetimes": simulation.token_lifetime_policies(),
    }
    spool = read(local, *expected)
    assert {name: stored(spool, name).objects() for name in expected} == expected
    tenant = tenant_in(spool)
    assert {each.kind for each in tenant.named_locations} == {"ip", "country"}
    assert any(each.trusted and each.ranges for each in tenant.named_locations)
    assert any(each.countries for each in tenant.named_locations)
    assert {each.eligible for each in tenant.role_assignments} == {False}
    assert (GLOBAL_ADMINISTRATOR, True) in [(each.role_id, each.eligible) for each in tenant.role_eligibilities]
    assert "WebSessionIdleTimeout" in tenant.activity_timeouts[0].definition[0]
    assert tenant.token_lifetimes[0].is_default is False


@pytest.mark.parametrize(
    ("name", "permission", "least"),
    [
        ("named_locations", "Policy.Read.All", "Policy.Read.All"),
        ("activity_timeouts", "Policy.Read.All", "Policy.Read.All"),
        ("token_lifetimes", "Policy.Read.All", "Policy.Read.All"),
        ("role_assignments", "RoleManagement.Read.Directory", "RoleManagement.Read.Directory"),
        ("role_assignments", "Directory.Read.All", "RoleManagement.Read.Directory"),
        ("role_eligibilities", "RoleEligibilitySchedule.Read.Directory", "RoleEligibilitySchedule.Read.Directory"),
        ("role_eligibilities", "RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory"),
        ("policy_changes", "AuditLog.Read.All", "AuditLog.Read.All"),
    ],
)
def test_the_permission_that_it_takes(
    local: LocalTenant, read: Callable[..., Spool], tmp_path: Path, name: str, permission: str, least: str
) -> None:
    assert stored(read(local, name, permissions=[permission]), name).state == "collected"
    (tmp_path / "spool").rename(tmp_path / "with")
    without = stored(read(local, name, permissions=["User.Read.All"]), name)
    assert (without.state, without.value) == ("missing", [])
    assert "403" in without.reason
    assert f"Grant the application permission {least}" in without.remedy


def test_changes_of_policies_in_the_window(
    local: LocalTenant, simulation: Simulation, read: Callable[..., Spool]
) -> None:
    before = len(local.requests)
    tenant = tenant_in(read(local, "policies", "policy_changes"))
    (asked,) = [unquote(each.path) for each in list(local.requests)[before:] if "directoryAudits" in each.path]
    assert "category eq 'Policy'" in asked
    assert "/v1.0/" in asked
    by_id = {each.id: each for each in tenant.policies}
    assert tenant.policy_changes
    assert [parse(each.at) for each in tenant.policy_changes] == sorted(
        parse(each.at) for each in tenant.policy_changes
    )
    for change in tenant.policy_changes:
        assert tenant.window[0] <= parse(change.at) <= tenant.window[1]
        assert change.after == by_id[change.policy_id]
        assert change.before is None or change.before != change.after
        assert "@" in change.by
        assert "conditional access policy" in change.activity


def test_reports_share_one_pace(
    local: LocalTenant, read: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five requests in ten seconds for all reports together, one a second for all of Conditional Access."""
    turns: list[Pace] = []

    async def turn(self: Pace) -> None:
        turns.append(self)

    monkeypatch.setattr(Pace, "turn", turn)
    before = len(local.requests)
    read(local, "policies", "named_locations", "policy_changes", "sign_ins")
    graph = [each.path for each in list(local.requests)[before:] if each.service == "graph"]
    paces = dict(zip((path.partition("?")[0].rpartition("/")[2] for path in graph), turns, strict=True))
    assert paces["directoryAudits"] is paces["signIns"]
    assert paces["policies"] is paces["namedLocations"]
    assert paces["policies"] is not paces["signIns"]


def test_members_of_groups_that_policies_name(small: Callable[..., Simulation], read: Callable[..., Spool]) -> None:
    names = groups_by_name(small())
    simulation = small(
        aimed_at("one", includeUsers=[], includeGroups=[names["Headquarters"], names["Kiosk Accounts"]]),
        aimed_at("two", excludeGroups=[names["Headquarters"], names["Break Glass Accounts"], NOBODY, "All"]),
    )
    with running(simulation, throttle=False) as local:
        spool = read(local, "group_members", permissions=["Policy.Read.All", "GroupMember.Read.All"])
        listed = [unquote(each.path) for each in local.requests if "transitiveMembers?" in each.path]
    assert stored(spool, "role_assignments").state == "missing"
    found = stored(spool, "group_members")
    assert (found.state, found.reason) == ("collected", "")
    members = tenant_in(spool).group_members
    wanted = (*(names[name] for name in ("Headquarters", "Kiosk Accounts", "Break Glass Accounts")), NOBODY)
    assert set(members) == set(wanted)
    for identity in wanted[:3]:
        everybody = list(simulation.group_members(identity))
        people = {member["id"] for member in everybody if member["@odata.type"] == "#microsoft.graph.user"}
        assert (members[identity].users, members[identity].count) == (people, len(everybody))
    assert len(members[wanted[0]].users or ()) > 5
    assert (members[NOBODY].gone, members[NOBODY].users, members[NOBODY].count) == (True, None, None)
    assert all("$select=id" in path and "$top=999" in path for path in listed)


def test_a_group_that_is_too_big_is_only_counted(
    small: Callable[..., Simulation], read: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = groups_by_name(small())
    simulation = small(aimed_at("one", includeGroups=[names["All Staff"], names["Break Glass Accounts"]]))
    monkeypatch.setattr(group_members, "MOST_LISTED", 2)
    with running(simulation, throttle=False) as local:
        members = tenant_in(read(local, "group_members")).group_members
        listed = [each.path for each in local.requests if "transitiveMembers?" in each.path]
    staff = members[names["All Staff"]]
    assert (staff.users, staff.gone) == (None, False)
    assert staff.count is not None
    assert staff.count > 30
    assert len(members[names["Break Glass Accounts"]].users or ()) == 2
    assert [names["Break Glass Accounts"] in path for path in listed] == [True]


def test_members_come_in_pages(
    small: Callable[..., Simulation], read: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = groups_by_name(small())
    simulation = small(aimed_at("one", includeGroups=[names["All Staff"]]))
    monkeypatch.setattr(group_members, "MEMBERS_PER_PAGE", 10)
    with running(simulation, throttle=False) as local:
        (group,) = tenant_in(read(local, "group_members")).group_members.values()
    assert group.users == {member["id"] for member in simulation.group_members(names["All Staff"])}


def test_groups_that_hold_a_role(
    small: Callable[..., Simulation], read: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    simulation = small(policy())
    names = groups_by_name(simulation)
    held = simulation.role_assignments()
    held[0] = held[0] | {"principalId": names["Break Glass Accounts"]}
    may = [simulation.role_eligibilities()[0] | {"principalId": names["Executives"]}]
    monkeypatch.setattr(simulation, "role_assignments", lambda: held)
    monkeypatch.setattr(simulation, "role_eligibilities", lambda: may)
    with running(simulation, throttle=False) as local:
        tenant = tenant_in(read(local, "role_eligibilities", "group_members"))
    assert set(tenant.group_members) == {names["Break Glass Accounts"], names["Executives"]}


def test_without_the_directory_it_is_not_known_which_holders_of_roles_are_groups(
    small: Callable[..., Simulation], read: Callable[..., Spool]
) -> None:
    names = groups_by_name(small())
    simulation = small(aimed_at("one", includeGroups=[names["Pilot Ring"]]))
    least = ["Policy.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"]
    with running(simulation, throttle=False) as local:
        found = stored(read(local, "group_members", permissions=least), "group_members")
    assert (found.state, [each["id"] for each in found.objects()]) == ("partial", [names["Pilot Ring"]])
    assert "It needs the users and groups that policies and roles name" in found.reason
    assert "Directory.Read.All" in found.remedy


def test_without_permission_to_read_members(small: Callable[..., Simulation], read: Callable[..., Spool]) -> None:
    names = groups_by_name(small())
    simulation = small(aimed_at("one", includeGroups=[names["Pilot Ring"], names["Executives"]]))
    with running(simulation, throttle=False) as local:
        found = stored(read(local, "group_members", permissions=["Policy.Read.All"]), "group_members")
    assert found.state == "missing"
    assert "403" in found.reason
    assert "GroupMember.Read.All (or Directory.Read.All)" in found.remedy


def test_a_group_that_is_refused_costs_no_other(
    small: Callable[..., Simulation], read: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = groups_by_name(small())
    wanted = [names[name] for name in ("Pilot Ring", "Executives", "Contractors")]
    hidden = sorted(wanted)[0]
    reading = GraphClient.read

    async def refusing(self: GraphClient, request: Any, *rest: Any) -> Any:
        if hidden in request.url:
            raise Refused("Graph answered 403 Authorization_RequestDenied: No", status=403, code="x")
        return await reading(self, request, *rest)

    monkeypatch.setattr(GraphClient, "read", refusing)
    with running(small(aimed_at("one", includeGroups=wanted)), throttle=False) as local:
        found = stored(read(local, "group_members"), "group_members")
    assert (found.state, [each["id"] for each in found.objects()]) == ("partial", sorted(wanted)[1:])
    assert found.reason == "1 of 3 groups could not be read: Graph answered 403 Authorization_RequestDenied: No."
    assert "Member.Read.Hidden" in found.remedy


def test_holders_of_roles_are_named(local: LocalTenant, simulation: Simulation, read: Callable[..., Spool]) -> None:
    tenant = tenant_in(read(local, "role_assignments", "role_eligibilities", "directory_objects"))
    holders = {each.principal_id for each in (*tenant.role_assignments, *tenant.role_eligibilities)}
    objects = tenant.demand("directory_objects")
    named = {user["id"]: ("user", user["displayName"]) for user in simulation.users()}
    named |= {group["id"]: ("group", group["displayName"]) for group in simulation.groups()}
    assert len(holders) > 5
    assert {identity: (objects[identity].kind, objects[identity].name) for identity in holders} == {
        identity: named[identity] for identity in holders
    }


def test_roles_are_left_out_where_they_were_not_asked_for(local: LocalTenant, read: Callable[..., Spool]) -> None:
    spool = read(local, "directory_objects")
    assert spool.dataset("role_assignments") is None
    assert stored(spool, "directory_objects").state == "collected"


def test_emergency_accounts_by_name_and_by_id_and_unknown(
    local: LocalTenant, simulation: Simulation, read: Callable[..., Spool]
) -> None:
    one, two, *_ = simulation.users()
    names = (one["userPrincipalName"].upper(), two["id"].upper(), "gone_who.example#EXT#@contoso.example", NOBODY)
    spool = read(local, "directory_objects", break_glass=names, sign_in_hours=2)
    assert stored(spool, "directory_objects").state == "collected"
    tenant = tenant_in(spool)
    assert tenant.break_glass == {one["id"], two["id"]}
    assert tenant.break_glass_unresolved == names[2:]
    assert tenant.admin_sign_in_hours == 2
    found = tenant.demand("directory_objects")[one["id"]]
    assert (found.kind, found.user_principal_name) == ("user", one["userPrincipalName"])


def test_emergency_accounts_without_the_directory(local: LocalTenant, read: Callable[..., Spool]) -> None:
    spool = read(local, "directory_objects", permissions=["Policy.Read.All"], break_glass=("a@contoso.example",))
    tenant = tenant_in(spool)
    assert (tenant.break_glass, tenant.break_glass_unresolved) == (frozenset(), ("a@contoso.example",))
