"""The log and the list of policies hold each other to account: on a collected tenant and on exported files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor import audit, plugins
from auditor.check import Status
from auditor.config import Config
from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports import blobs, containers
from auditor.local_tenant.simulation.exports import settings as files
from auditor.redaction.redaction import Redaction
from auditor.reports import json as json_report
from auditor.reports import load, markdown, table
from auditor.reports.html import page as html_page
from auditor.run import DatasetResult, Run, TenantRun
from auditor.sources.policy_list import BETA
from auditor.spool.spool import Spool, StoredDataset

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
NAME = "Administrators stay signed in"
CHECKS = plugins.checks_of(plugins.load())
ABOUT_POLICIES = [check.id for check in CHECKS if "policies" in check.needs]

Json = dict[str, Any]


@pytest.fixture
def collected(
    local: LocalTenant, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> Spool:
    return collect(config_for(local), tmp_path / "spool")


def rewritten(spool: Spool, name: str, **changes: Any) -> None:
    stored = spool.dataset(name)
    assert stored is not None
    spool.write_dataset(msgspec.structs.replace(stored, **changes))


def take_out(spool: Spool, name: str = NAME) -> str:
    """Takes the policy out of the list; its id."""
    stored = spool.dataset("policies")
    assert stored is not None
    (gone,) = (each for each in stored.objects() if each["displayName"] == name)
    rewritten(spool, "policies", value=[raw for raw in stored.value if gone["id"] not in bytes(raw).decode()])
    return str(gone["id"])


def unread_beta(spool: Spool) -> None:
    stored = spool.dataset("policies")
    assert stored is not None
    refused = StoredDataset(name=BETA, state="missing", reason="Graph answered 403.", read=stored.read)
    rewritten(spool, "policies", beside={**stored.beside, BETA: refused})


def audited(spool: Spool) -> TenantRun:
    return audit.audit(Spool.open(spool.folder), CHECKS, lambda progress: None)


def policies_of(run: TenantRun) -> DatasetResult:
    return next(each for each in run.datasets if each.name == "policies")


def naming(rows: Sequence[Json], identity: str) -> list[Json]:
    return [row for row in rows if identity in json.dumps(row["appliedConditionalAccessPolicies"])]


def clear_about_policies(run: TenantRun) -> set[str]:
    return {each.id for each in run.checks if each.status is Status.CLEAR and each.id in ABOUT_POLICIES}


def test_a_whole_list_is_whole(collected: Spool) -> None:
    run = audited(collected)
    assert policies_of(run).state == "collected"
    assert (run.policies.unlisted, run.policies.caveats) == ((), ())
    assert clear_about_policies(run)


def test_a_policy_that_the_log_names_and_the_list_lacks(collected: Spool, simulation: Simulation) -> None:
    identity = take_out(collected)
    rows = [row for row in simulation.sign_ins(NOW - timedelta(days=3), NOW) if row["isInteractive"]]
    expected = naming(rows, identity)
    run = audited(collected)
    found = policies_of(run)
    assert found.state == "partial"
    for said in (repr(NAME), identity, f"{len(expected):,} rows", "PersistentBrowser"):
        assert said in found.reason
        assert said in run.policies.caveats[0]
    (unlisted,) = run.policies.unlisted
    assert (unlisted.id, unlisted.name, unlisted.rows) == (identity, NAME, len(expected))
    assert unlisted.standing == "lacking"
    assert any("PersistentBrowser" in each for each in unlisted.sessions)
    assert unlisted.last[:19] == max(row["createdDateTime"] for row in expected)[:19]
    assert clear_about_policies(run) == set()
    always = next(each for each in run.checks if each.id == "persistent-browser-always")
    assert always.status is not Status.CLEAR


def test_every_format_tells_it_and_the_saved_run_keeps_it(collected: Spool) -> None:
    identity = take_out(collected)
    run = Run(started="2026-11-21T09:00:00Z", version="0", plugins=(), tenants=(audited(collected),))
    saved = json_report.render(run)
    assert load.load(saved.encode(), "saved") == run
    document = json.loads(saved)["tenants"][0]
    assert [each["id"] for each in document["unlisted_policies"]] == [identity]
    del document["unlisted_policies"], document["policies_caveats"]
    older = load.load(json.dumps({**json.loads(saved), "tenants": [document]}).encode(), "older")
    assert (older.tenants[0].policies.unlisted, older.tenants[0].policies.caveats) == ((), ())
    for text in (table.render(run, width=160), markdown.render(run), html_page.render(run)):
        assert identity in text
        assert NAME in text


def test_a_redacted_run_does_not_name_it(collected: Spool, tmp_path: Path) -> None:
    identity = take_out(collected)
    redaction = Redaction(tmp_path / "names.json")
    run = audit.audit(Spool.open(collected.folder), CHECKS, lambda progress: None, redaction)
    text = json_report.render(redaction.run(Run("2026-11-21T09:00:00Z", "0", (), (run,))))
    assert NAME not in text
    assert identity not in text
    assert json.loads(text)["tenants"][0]["unlisted_policies"]


def test_one_that_the_audit_log_shows_deleted(collected: Spool) -> None:
    identity = take_out(collected)
    deletion = {
        "id": "Directory_1",
        "activityDateTime": "2026-11-21T08:59:00Z",
        "category": "Policy",
        "result": "success",
        "activityDisplayName": "Delete conditional access policy",
        "initiatedBy": {"user": {"userPrincipalName": "ada@contoso.example"}},
        "targetResources": [{"id": identity.upper(), "modifiedProperties": []}],
    }
    stored = collected.dataset("policy_changes")
    assert stored is not None
    rewritten(collected, "policy_changes", value=[msgspec.Raw(json.dumps(deletion).encode()), *stored.value])
    run = audited(collected)
    assert policies_of(run).state == "collected"
    (unlisted,) = run.policies.unlisted
    assert (unlisted.standing, unlisted.deleted) == ("deleted", "2026-11-21T08:59:00Z")
    assert "deleted 2026-11-21 08:59 UTC" in run.policies.caveats[0]


@pytest.mark.parametrize(
    ("at", "standing"),
    [("2026-11-21T08:59:00Z", "deleted"), (None, "deleted"), ("2026-11-19T08:59:00Z", "lacking")],
)
def test_one_among_the_deleted_policies(collected: Spool, at: str | None, standing: str) -> None:
    """Sign-ins that met it long after it was deleted contradict that."""
    identity = take_out(collected)
    stored = collected.dataset("policies")
    assert stored is not None
    deleted = msgspec.structs.replace(
        stored.beside["deleted"],
        value=[msgspec.Raw(json.dumps({"id": identity, "deletedDateTime": at}).encode())],
    )
    rewritten(collected, "policies", beside={**stored.beside, "deleted": deleted})
    run = audited(collected)
    assert [each.standing for each in run.policies.unlisted] == [standing]
    assert policies_of(run).state == ("collected" if standing == "deleted" else "partial")


def test_where_beta_was_not_read_the_log_vouches_for_the_list(collected: Spool) -> None:
    unread_beta(collected)
    run = audited(collected)
    assert policies_of(run).state == "collected"
    (caveat,) = run.policies.caveats
    assert "Graph's beta list of policies was not read: Graph answered 403." in caveat
    assert "names none that the list lacks" in caveat
    assert clear_about_policies(run)


def test_a_folder_of_version_0_1_whose_log_vouches_for_the_list(collected: Spool) -> None:
    rewritten(collected, "policies", beside={})
    run = audited(collected)
    assert policies_of(run).state == "collected"
    assert "version 0.1" in run.policies.caveats[0]


@pytest.mark.parametrize("end", ["", "2026-11-24T09:00:00.0000000Z", "2026-11-21T10:00:00.0000000Z"])
def test_without_a_log_of_the_last_day_the_list_may_not_be_whole(collected: Spool, end: str) -> None:
    """No log, one that ended days before, and one that lacks the last hour."""
    unread_beta(collected)
    if end:
        changed = msgspec.structs.replace(collected.header, window_end=end)
        (collected.folder / "collection.json").write_bytes(msgspec.json.encode(changed))
    else:
        for span in collected.spans():
            span.path.unlink()
    run = audited(collected)
    assert policies_of(run).state == "partial"
    assert "beta" in policies_of(run).reason
    assert clear_about_policies(run) == set()


def test_plans_make_the_list_partial(collected: Spool) -> None:
    stored = collected.dataset("policies")
    assert stored is not None
    plans = msgspec.structs.replace(
        stored.beside["plans"], value=[msgspec.Raw(b'{"id": "1", "displayName": "Plan A", "rules": [{}]}')]
    )
    rewritten(collected, "policies", beside={**stored.beside, "plans": plans})
    run = audited(collected)
    assert policies_of(run).state == "partial"
    assert "'Plan A'" in policies_of(run).reason


# Exported files: when the list was read they do not tell, so the log's own end counts.


@pytest.fixture
def small() -> Simulation:
    return Simulation(seed=3, users=40, days=3, end=NOW, sign_ins=400)


def exported(simulation: Simulation, folder: Path, rows: Sequence[Json], without: str = "") -> TenantRun:
    containers.write(folder / "SignInLogs.json", (json.dumps(blobs.envelope(row)) + "\n" for row in rows))
    for path, text in files.entra_exporter(simulation):
        if path.startswith(("Organization/Organization", "Identity")) and not (without and without in text):
            containers.write(folder / path, [text])
    return audit.audit(audit.source_at(folder), CHECKS, lambda progress: None)


def rows_of(simulation: Simulation) -> list[Json]:
    return list(simulation.sign_ins(NOW - timedelta(days=3), NOW))


def without_policy(row: Json, identity: str) -> Json:
    applied = [each for each in row["appliedConditionalAccessPolicies"] if each["id"] != identity]
    return {**row, "appliedConditionalAccessPolicies": applied}


def with_policy(row: Json, policy: Json) -> Json:
    return {**row, "appliedConditionalAccessPolicies": [*row["appliedConditionalAccessPolicies"], policy]}


def of_policy(simulation: Simulation) -> str:
    return str(next(each["id"] for each in simulation.policies() if each["displayName"] == NAME))


def test_exports_are_held_to_account_too(small: Simulation, tmp_path: Path) -> None:
    identity = of_policy(small)
    whole = exported(small, tmp_path / "whole", rows_of(small))
    assert whole.policies.unlisted == ()
    run = exported(small, tmp_path / "less", rows_of(small), without=identity)
    assert policies_of(run).state == "partial"
    assert identity in policies_of(run).reason
    assert clear_about_policies(run) == set()
    (unlisted,) = run.policies.unlisted
    assert unlisted.rows == len(naming(rows_of(small), identity))


def test_neither_order_nor_repetition_changes_what_is_told(small: Simulation, tmp_path: Path) -> None:
    identity, rows = of_policy(small), rows_of(small)
    told = [
        exported(small, tmp_path / name, listed, without=identity).policies.unlisted
        for name, listed in (("a", rows), ("b", rows[::-1]), ("c", [*rows, *rows]))
    ]
    assert told[0] == told[1] == told[2] != ()


def test_one_that_is_no_longer_seen(small: Simulation, tmp_path: Path) -> None:
    identity = of_policy(small)
    before = (NOW - timedelta(hours=25)).isoformat()[:19]
    rows = [row if row["createdDateTime"] < before else without_policy(row, identity) for row in rows_of(small)]
    run = exported(small, tmp_path / "files", rows, without=identity)
    assert [each.standing for each in run.policies.unlisted] == ["no longer seen"]
    assert identity in run.policies.caveats[0]
    assert "no longer seen" in run.policies.caveats[0]
    assert identity not in policies_of(run).reason


def test_a_log_whose_end_is_gone_says_nothing_of_what_is_no_longer_seen(small: Simulation, tmp_path: Path) -> None:
    identity = of_policy(small)
    before = (NOW - timedelta(hours=25)).isoformat()[:19]
    rows = [row for row in rows_of(small) if row["createdDateTime"] < before]
    run = exported(small, tmp_path / "files", rows, without=identity)
    assert [each.standing for each in run.policies.unlisted] == ["lacking"]


def test_rows_of_another_tenants_resources(small: Simulation, tmp_path: Path) -> None:
    identity = of_policy(small)
    abroad = "77777777-0000-4000-8000-000000000007"
    rows = [{**row, "resourceTenantId": abroad} if naming([row], identity) else row for row in rows_of(small)]
    run = exported(small, tmp_path / "files", rows, without=identity)
    assert [each.standing for each in run.policies.unlisted] == ["whose policy is not known"]
    assert "whose is not known" in run.policies.caveats[0]
    assert identity not in policies_of(run).reason


@pytest.mark.parametrize("word", ["SecurityDefaults", "00000000-0000-0000-0000-000000000000", "", None])
def test_a_word_is_no_policy(small: Simulation, tmp_path: Path, word: str | None) -> None:
    more = {"id": word, "displayName": "Security Defaults", "result": "success"}
    rows = [with_policy(row, more) for row in rows_of(small)]
    assert exported(small, tmp_path / "files", rows).policies.unlisted == ()


def test_a_hostile_log_of_too_many_policies(small: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.sign_ins.unlisted.MOST", 10)
    rows = [
        with_policy(
            row, {"id": f"99999999-0000-4000-8000-{number:012}", "displayName": "x" * 5_000, "result": "success"}
        )
        for number, row in enumerate(rows_of(small)[:200])
    ]
    run = exported(small, tmp_path / "files", rows)
    assert len(run.policies.unlisted) == 10
    assert max(len(each.name) for each in run.policies.unlisted) == 300
    reason = policies_of(run).reason
    assert "and 5 more" in reason
    assert "190 rows of the sign-in log name more policies that the list lacks" in reason
    assert len(reason) < 5_000
