from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import unquote

from auditor import plugins
from auditor.audit import Surroundings
from auditor.check import Check
from auditor.config import Config
from auditor.doctor import examine
from auditor.examination import Examination
from auditor.local_tenant.service import LocalTenant
from auditor.tenant.dataset import DATASETS

CHECKS = [check for plugin in plugins.load() for check in plugin.checks]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


def examined(config: Config, checks: Iterable[Check] = CHECKS) -> Examination:
    here = Surroundings(lambda: NOW, lambda progress: None, lambda message: None, Path("no-token-cache"))
    return examine(config.tenant[0], config, checks, here)


def test_all_is_well(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    before = len(local.requests)
    found = examined(config_for(local))
    assert found.well
    assert found.signed_in is not None
    assert (found.signed_in.kind, found.signed_in.id) == ("application", local.client_id)
    assert "AuditLog.Read.All" in found.signed_in.permissions
    assert {check.verdict for check in found.checks} == {"runs"}
    asked = [each.path for each in list(local.requests)[before:] if "signIns" in each.path]
    assert len(asked) == 1
    assert "$top=1&" in asked[0] or asked[0].endswith("$top=1")


def test_what_a_permission_is_missing_for(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    client_id, secret = local.register_client(["AuditLog.Read.All", "Organization.Read.All"])
    found = examined(config_for(local, client_id=client_id, secret=secret))
    assert not found.well
    lacking = {dataset.name for dataset in found.datasets if not dataset.readable}
    assert lacking == {
        "policies",
        "role_assignments",
        "role_eligibilities",
        "directory_objects",
        "group_members",
        "role_templates",
        "service_principals",
        "named_locations",
        "activity_timeouts",
        "token_lifetimes",
        "security_defaults",
        "registration_campaign",
        "applications",
        "password_dates",
    }
    verdicts = {check.id: check.verdict for check in found.checks}
    assert verdicts["interrupts"] == "runs"
    assert verdicts["persistent-browser-inert"] == "cannot run"
    (persistent,) = [check for check in found.checks if check.id == "persistent-browser-inert"]
    assert "Grant the application permission Policy.Read.All and consent to it." in persistent.remedies


def test_a_check_that_only_wants_what_is_missing_runs_with_less(
    local: LocalTenant, config_for: Callable[..., Config]
) -> None:
    client_id, secret = local.register_client(["AuditLog.Read.All", "Policy.Read.All"])
    found = examined(config_for(local, client_id=client_id, secret=secret))
    assert {check.id: check.verdict for check in found.checks}["persistent-browser-inert"] == "runs with less"


def test_the_beginning_of_every_dataset(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    everything = Check("everything", "Everything", tuple(DATASETS), lambda tenant: ())
    before = len(local.requests)
    found = examined(config_for(local), [everything])
    assert {dataset.name: dataset.reason for dataset in found.datasets if not dataset.readable} == {}
    assert [dataset.name for dataset in found.datasets] == list(DATASETS)
    asked = [each.path for each in list(local.requests)[before:] if "/groups/" in each.path]
    assert len(asked) == 2  # one group counted and its first page listed, and no other


def test_what_brings_the_rest(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    client_id, secret = local.register_client(["AuditLog.Read.All", "Policy.Read.All", "Organization.Read.All"])
    wanted = ("role_assignments", "role_eligibilities", "group_members", "named_locations", "policy_changes")
    admins = Check("admins", "Administrators", ("sign_ins",), lambda tenant: (), wants=wanted)
    found = examined(config_for(local, client_id=client_id, secret=secret), [admins])
    readable = {dataset.name: dataset.readable for dataset in found.datasets if dataset.name in wanted}
    assert readable == {
        "role_assignments": False,
        "role_eligibilities": False,
        "group_members": False,
        "named_locations": True,
        "policy_changes": True,
    }
    (check,) = found.checks
    assert check.verdict == "runs with less"
    for least in ("RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory", "GroupMember.Read.All"):
        assert any(f"Grant the application permission {least}" in remedy for remedy in check.remedies), least


def test_what_the_log_leads_to_is_asked_for_without_the_log(
    local: LocalTenant, config_for: Callable[..., Config]
) -> None:
    client_id, secret = local.register_client(["User.Read.All", "Policy.Read.AuthenticationMethod"])
    evidence = ("user_events", "registrations", "applications", "password_dates", "registration_campaign")
    check = Check("evidence", "Evidence", ("policies",), lambda tenant: (), wants=evidence)
    before = len(local.requests)
    found = examined(config_for(local, client_id=client_id, secret=secret), [check])
    said = {dataset.name: (dataset.readable, dataset.remedy) for dataset in found.datasets}
    assert said["registration_campaign"] == said["password_dates"] == (True, "")
    for name, least in (("registrations", "AuditLog.Read.All"), ("applications", "Application.Read.All")):
        assert not said[name][0]
        assert f"Grant the application permission {least}" in said[name][1]
    asked = [unquote(each.path) for each in list(local.requests)[before:]]
    (users,) = [path for path in asked if "/users?" in path]
    assert "id in ('00000000-0000-0000-0000-000000000000')" in users


def test_not_signed_in(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    found = examined(config_for(local, secret="wrong~planted~secret"))
    assert found.signed_in is None
    assert "7000215" in found.fault
    assert "Certificates & secrets" in found.remedy
    assert "wrong~planted~secret" not in repr(found)


def test_a_config_that_names_no_secret(local: LocalTenant, config_for: Callable[..., Config], tmp_path: Path) -> None:
    config = config_for(local)
    (tmp_path / "secret").write_text("")
    found = examined(config)
    assert "is empty" in found.fault
