"""What causes need, over the wire: whom the log tells to ask about and nobody else, what it takes, and what is left
when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from auditor import audit, testing
from auditor.config import Config
from auditor.errors import Refused
from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.service.faults import Faults
from auditor.local_tenant.simulation import Simulation
from auditor.sources import patience, reader
from auditor.sources.graph_client import GraphClient
from auditor.sources.pace import Pace
from auditor.spool.spool import Spool, StoredDataset
from auditor.tenant.dataset import with_prerequisites
from auditor.tenant.instant import parse
from auditor.tenant.tenant import Tenant

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
DAYS = 3
EVIDENCE = (
    "security_defaults",
    "registration_campaign",
    "user_events",
    "applications",
    "registrations",
    "password_dates",
)
LEAST = [
    "AuditLog.Read.All",
    "Policy.Read.All",
    "Policy.Read.AuthenticationMethod",
    "Application.Read.All",
    "User.Read.All",
]

Read = Callable[..., Spool]


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)


@pytest.fixture
def read(config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path) -> Read:
    """`read(local, "registrations", permissions=[...])`: with all permissions unless told, into the same folder."""

    def spool(local: LocalTenant, *names: str, permissions: list[str] | None = None) -> Spool:
        config = config_for(local)
        if permissions is not None:
            client_id, secret = local.register_client(permissions)
            config = config_for(local, client_id=client_id, secret=secret)
        return collect(config, tmp_path / "spool", with_prerequisites(names or EVIDENCE))

    return spool


def stored(spool: Spool, name: str) -> StoredDataset:
    found = spool.dataset(name)
    assert found is not None
    return found


def tenant_in(spool: Spool) -> Tenant:
    with audit.open_tenant(spool, lambda progress: None) as tenant:
        return tenant


@pytest.fixture
def asked_of(local: LocalTenant) -> Callable[[str], list[str]]:
    """What was asked of Graph since the test began, of addresses with this in them."""
    before = len(local.requests)
    return lambda part: [
        unquote(each.path) for each in list(local.requests)[before:] if each.service == "graph" and part in each.path
    ]


def who(simulation: Simulation, key: str, *codes: int) -> set[str]:
    rows = simulation.sign_ins(NOW - timedelta(days=DAYS), NOW)
    return {row[key] for row in rows if row["isInteractive"] and row["status"]["errorCode"] in codes}


def busy() -> Simulation:
    """A tenant in whose log everything happens."""
    return Simulation(seed=3, users=60, days=DAYS, end=NOW, sign_ins=3000)


def challenged(simulation: Simulation) -> set[str]:
    return who(simulation, "userId", 50072, 50074, 50076, 50078, 50079, 50125, 50203)


def test_with_the_least_permissions(local: LocalTenant, simulation: Simulation, read: Read) -> None:
    spool = read(local, permissions=LEAST)
    assert {name: stored(spool, name).reason for name in EVIDENCE if stored(spool, name).state != "collected"} == {}
    tenant = tenant_in(spool)
    assert tenant.security_defaults is simulation.security_defaults()["isEnabled"]
    assert (tenant.registration_campaign.state, tenant.registration_campaign.snooze_days) == ("enabled", 1)
    assert tenant.user_events
    assert [name for name, _ in tenant.partly_read(EVIDENCE)] == []


def test_applications_that_had_to_be_confirmed(read: Read) -> None:
    simulation = busy()
    with running(simulation, throttle=False) as local:
        applications = tenant_in(read(local, "applications")).applications
        asked = [unquote(each.path) for each in local.requests if "servicePrincipals?" in each.path]
    met = who(simulation, "appId", 50199)
    listed = {each["appId"]: each for each in simulation.service_principals() if each["appId"] in met}
    assert set(applications) == set(listed)
    assert met - set(listed)  # one that the tenant does not know
    for app_id, found in applications.items():
        assert list(found.redirects) == listed[app_id]["replyUrls"]
        assert (found.name, found.owner) == (listed[app_id]["displayName"], listed[app_id]["appOwnerOrganizationId"])
    own = {each["appId"] for each in simulation.applications()} & met
    assert own
    assert any(applications[app_id].redirects for app_id in own)
    assert all("$select=id,appId,displayName,appOwnerOrganizationId,replyUrls" in each for each in asked)


def test_events_of_the_window_and_the_day_before(
    local: LocalTenant, simulation: Simulation, read: Read, asked_of: Callable[[str], list[str]]
) -> None:
    spool = read(local, "user_events")
    (asked,) = asked_of("directoryAudits")
    assert "activityDateTime ge 2026-11-17T09:00:00Z and activityDateTime le 2026-11-21T09:00:00Z and (" in asked
    assert "activityDisplayName eq 'Reset user password' or " in asked
    assert asked.count(" eq '") <= 17  # more would pass 100 nodes
    start, end = NOW - timedelta(days=DAYS + 1), NOW
    expected = {
        (each["targetResources"][0]["id"], each["activityDateTime"], each["activityDisplayName"])
        for each in simulation.directory_audits(start, end)
        if each["activityDisplayName"] in ("Reset user password", "User registered security info")
    }
    events = tenant_in(spool).user_events
    assert {(user, each.at, each.activity) for user, listed in events.items() for each in listed} == expected
    for listed in events.values():
        assert [parse(each.at) for each in listed] == sorted(parse(each.at) for each in listed)
    assert not [each for each in stored(spool, "user_events").objects() if "resultReason" in each]


def test_registrations_of_those_who_met_a_challenge_and_nobody_else(
    local: LocalTenant, simulation: Simulation, read: Read
) -> None:
    spool = read(local, "registrations")
    wanted = challenged(simulation)
    assert 5 < len(wanted) < 60
    assert {each["id"] for each in stored(spool, "registrations").objects()} == wanted
    registrations = tenant_in(spool).registrations
    for row in simulation.registration_details():
        if row["id"] in wanted:
            found = registrations[row["id"]]
            said = (found.reset_enabled, found.reset_registered, found.mfa_registered, found.updated)
            assert said == tuple(
                row[key] for key in ("isSsprEnabled", "isSsprRegistered", "isMfaRegistered", "lastUpdatedDateTime")
            )


def test_password_dates_of_those_whose_sessions_ended(config_for: Callable[..., Config], read: Read) -> None:
    simulation = busy()
    wanted = who(simulation, "userId", 50133, 50173)
    assert len(wanted) > 5
    with running(simulation, throttle=False) as local:
        spool = read(local, "password_dates")
        asked = [unquote(each.path) for each in local.requests if "/users?" in each.path]
    assert len(asked) == -(-len(wanted) // 15)
    dates = tenant_in(spool).password_dates
    assert set(dates) == wanted
    for identity, found in dates.items():
        user = simulation.user(identity)
        assert user is not None
        assert (found.changed, found.valid_from) == (
            user["lastPasswordChangeDateTime"],
            user["signInSessionsValidFromDateTime"],
        )
        assert found.synchronized is False  # null: never


def test_more_people_than_are_asked_for(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_PEOPLE", 2)
    simulation = busy()
    count = len(who(simulation, "userId", 50133, 50173))
    with running(simulation, throttle=False) as local:
        found = stored(read(local, "password_dates"), "password_dates")
    assert (found.state, len(found.value)) == ("partial", 2)
    assert found.reason == f"Of the {count} people whose sessions ended 2 were asked for."


def test_nothing_is_asked_when_the_log_tells_nobody(
    local: LocalTenant, simulation: Simulation, read: Read, asked_of: Callable[[str], list[str]], monkeypatch: Any
) -> None:
    monkeypatch.setattr(simulation, "sign_ins", lambda start, end: iter(()))
    spool = read(local, "applications", "registrations", "password_dates")
    for name in ("applications", "registrations", "password_dates"):
        assert (stored(spool, name).state, stored(spool, name).value) == ("collected", [])
    assert len(asked_of("")) == 1  # the log


def test_the_report_is_read_no_further_than_the_last_who_is_wanted(read: Read) -> None:
    simulation = Simulation(seed=5, users=3500, days=1, end=NOW, sign_ins=60)
    everybody = [each["id"] for each in simulation.registration_details()]
    first, many = everybody[7], everybody[2345]
    rows = [
        row | {"status": {"errorCode": 50125}, "userId": first} for row in simulation.sign_ins(NOW - timedelta(1), NOW)
    ]
    with pytest.MonkeyPatch.context() as patch, running(simulation, throttle=False) as local:
        patch.setattr(simulation, "sign_ins", lambda start, end: iter(rows))
        spool = read(local, "registrations")
        assert [each["id"] for each in stored(spool, "registrations").objects()] == [first]
        assert len([each for each in local.requests if "RegistrationDetails" in each.path]) == 1
        spool.folder.rename(spool.folder.with_name("first"))
        rows[0] |= {"userId": many}
        spool = read(local, "registrations")
        assert [each["id"] for each in stored(spool, "registrations").objects()] == [first, many]
        assert len([each for each in local.requests if "RegistrationDetails" in each.path]) == 1 + 3


def test_reports_share_the_pace_of_the_log(local: LocalTenant, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[Pace] = []

    async def turn(self: Pace) -> None:
        turns.append(self)

    monkeypatch.setattr(Pace, "turn", turn)
    before = len(local.requests)
    read(local)
    graph = [each.path for each in list(local.requests)[before:] if each.service == "graph"]
    paces = dict(zip((path.partition("?")[0].rpartition("/")[2] for path in graph), turns, strict=True))
    assert paces["directoryAudits"] is paces["signIns"] is paces["userRegistrationDetails"]
    assert paces["users"] is not paces["signIns"]


def test_parts_for_tests_are_what_would_be_collected(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = busy()
    window = ("2026-11-18T09:00:00.0000000Z", "2026-11-21T09:00:00.0000000Z")
    monkeypatch.setattr(testing, "START", window[0])
    monkeypatch.setattr(testing, "END", window[1])
    compared = (*EVIDENCE, "policy_changes", "sign_in_page")
    with running(simulation, throttle=False) as local:
        collected = tenant_in(read(local, *compared))
    with testing.tenant(**testing.parts_of(simulation, "v1.0"), spans=[window]) as made:
        for name in compared:
            if name != "sign_in_page":  # it says when it was read
                assert made.demand(name) == collected.demand(name), name
        assert [(each.asked_for, each.locale, each.keep_me_signed_in_disabled) for each in made.sign_in_page] == [
            (each.asked_for, each.locale, each.keep_me_signed_in_disabled) for each in collected.sign_in_page
        ]


@pytest.mark.parametrize(
    ("name", "permissions", "least"),
    [
        ("security_defaults", [], "Policy.Read.All"),
        ("registration_campaign", [], "Policy.Read.AuthenticationMethod"),
        ("user_events", [], "AuditLog.Read.All"),
        ("applications", ["AuditLog.Read.All"], "Application.Read.All"),
        ("password_dates", ["AuditLog.Read.All"], "User.Read.All"),
    ],
)
def test_without_its_permission(local: LocalTenant, read: Read, name: str, permissions: list[str], least: str) -> None:
    found = stored(read(local, name, permissions=["Group.Read.All", *permissions]), name)
    assert (found.state, found.value) == ("missing", [])
    assert "403" in found.reason
    assert f"Grant the application permission {least}" in found.remedy


def test_without_the_log_nobody_knows_whom_to_ask(
    local: LocalTenant, read: Read, asked_of: Callable[[str], list[str]]
) -> None:
    spool = read(local, permissions=["User.Read.All", "Application.Read.All", "Policy.Read.All"])
    for name in ("applications", "registrations", "password_dates"):
        found = stored(spool, name)
        assert found.state == "missing"
        assert "It needs the sign-in log" in found.reason
        assert "AuditLog.Read.All" in found.remedy
    assert asked_of("/users?") == asked_of("servicePrincipals") == asked_of("userRegistrationDetails") == []


def test_a_tenant_without_the_licence(read: Read) -> None:
    simulation = Simulation(seed=2, users=20, days=1, end=NOW, premium=False)
    with running(simulation, throttle=False) as local:
        spool = read(local)
    assert "Microsoft Entra ID P1" in stored(spool, "registrations").remedy
    assert stored(spool, "security_defaults").state == "collected"
    assert tenant_in(spool).security_defaults is True


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("name", EVIDENCE)
def test_a_refusal_is_never_an_answer(
    local: LocalTenant,
    simulation: Simulation,
    read: Read,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    status: int,
) -> None:
    assert who(simulation, "userId", 50133, 50173)
    parts = {
        "security_defaults": "SecurityDefaults",
        "registration_campaign": "authenticationMethodsPolicy",
        "user_events": "directoryAudits",
        "applications": "servicePrincipals",
        "registrations": "userRegistrationDetails",
        "password_dates": "/users?",
    }
    reading = GraphClient.read

    async def refusing(self: GraphClient, request: Any, *rest: Any) -> Any:
        if parts[name] in request.url:
            raise Refused(f"Graph answered {status} x: No", status=status, code="x")
        return await reading(self, request, *rest)

    monkeypatch.setattr(GraphClient, "read", refusing)
    found = stored(read(local, name), name)
    assert (found.state, found.value, found.reason) == ("missing", [], f"Graph answered {status} x: No.")


def test_a_fault_in_the_midst_leaves_a_part(local: LocalTenant, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_IN_A_CLAUSE", 1)
    reading = GraphClient.read
    seen: list[str] = []

    async def refusing(self: GraphClient, request: Any, *rest: Any) -> Any:
        if "servicePrincipals" in request.url:
            seen.append(request.url)
            if len(seen) == 3:
                raise Refused("Graph answered 403 x: No", status=403, code="x")
        return await reading(self, request, *rest)

    monkeypatch.setattr(GraphClient, "read", refusing)
    spool = read(local, "applications")
    found = stored(spool, "applications")
    assert (found.state, found.reason) == ("partial", "Graph answered 403 x: No.")
    assert 0 < len(found.value) <= 2
    ((_, partial),) = tenant_in(spool).partly_read(["applications"])
    assert "403" in partial.reason


def test_a_resumed_run_asks_what_a_whole_one_asks(local: LocalTenant, read: Read) -> None:
    whole = read(local)
    folder = whole.folder
    folder.rename(folder.with_name("whole"))
    whole = Spool.open(folder.with_name("whole"))
    spool = read(local)
    after_log = ("applications", "registrations", "password_dates")
    for stopped_before in (after_log, ("password_dates",), ("sign_ins", *after_log)):
        for name in stopped_before:
            (spool.folder / "datasets" / f"{name}.json").unlink()
        spool.header = msgspec.structs.replace(spool.header, complete=False)
        spool._write_header()
        spool = read(local)
        for name in after_log:
            assert stored(spool, name).value == stored(whole, name).value
            assert stored(spool, name).state == "collected"


def test_a_run_that_lost_half_of_the_log_reads_the_rest_and_asks_about_all(
    local: LocalTenant, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.sources.sign_ins.ROWS_PER_PAGE", 50)
    monkeypatch.setattr("auditor.sources.graph.PAGES_PER_SPAN", 2)
    whole = read(local)
    whole.folder.rename(whole.folder.with_name("whole"))
    whole = Spool.open(whole.folder.with_name("whole"))
    spool = read(local)
    assert len(spool.spans()) > 3
    for span in spool.spans()[:2]:  # the oldest: they were read last
        span.path.unlink()
    for name in ("sign_ins", "applications", "registrations", "password_dates"):
        (spool.folder / "datasets" / f"{name}.json").unlink()
    spool.header = msgspec.structs.replace(spool.header, complete=False)
    spool._write_header()
    spool = read(local)
    for name in ("applications", "registrations", "password_dates"):
        assert stored(spool, name).value == stored(whole, name).value


def test_the_report_is_begun_anew_when_graph_loses_the_place(read: Read) -> None:
    simulation = Simulation(seed=5, users=2500, days=1, end=NOW, sign_ins=400)
    wanted = {row["userId"] for row in simulation.sign_ins(NOW - timedelta(1), NOW)}
    rows = [row | {"status": {"errorCode": 50125}} for row in simulation.sign_ins(NOW - timedelta(1), NOW)]
    faults = Faults(frozenset({"expired-skiptoken"}), rate=0.5, seed=2)
    with pytest.MonkeyPatch.context() as patch, running(simulation, throttle=False, faults=faults) as local:
        patch.setattr(simulation, "sign_ins", lambda start, end: iter(rows))
        spool = read(local, "registrations")
        assert any(each.fault for each in local.requests)
    known = wanted & {each["id"] for each in simulation.registration_details()}
    ids = [each["id"] for each in stored(spool, "registrations").objects()]
    assert sorted(ids) == sorted(known)
