"""Files that are not read, or only in part: what they may hold is not known, and the report says so."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from auditor import audit, plugins
from auditor.run import TenantRun
from auditor.tenant.dataset import Collected, Partial

Json = dict[str, Any]

CHECKS = plugins.checks_of(plugins.load())
POLICY: Json = {
    "id": "a0000000-0000-4000-9000-000000000001",
    "displayName": "Always",
    "state": "enabled",
    "conditions": {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]},
    },
    "grantControls": None,
    "sessionControls": {"persistentBrowser": {"mode": "always", "isEnabled": True}},
}
NEVER: Json = {
    **POLICY,
    "id": "a0000000-0000-4000-9000-000000000002",
    "displayName": "Never",
    "sessionControls": {"persistentBrowser": {"mode": "never", "isEnabled": True}},
}
AUDIT: Json = {
    "id": "Directory_1",
    "category": "UserManagement",
    "correlationId": "d1",
    "result": "success",
    "activityDisplayName": "Update user",
    "activityDateTime": "2026-11-02T07:00:00Z",
    "loggedByService": "Core Directory",
    "operationType": "Update",
    "initiatedBy": {"user": {"id": "u9"}},
    "targetResources": [],
    "additionalDetails": [],
}


def row(number: int, code: int) -> Json:
    return {
        "id": f"r{number}",
        "createdDateTime": f"2026-11-02T08:00:{number:02}Z",
        "userId": "u1",
        "correlationId": "c1",
        "status": {"errorCode": code},
    }


def lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in rows)


def report(folder: Path) -> TenantRun:
    return audit.audit(audit.source_at(folder), CHECKS, lambda progress: None)


def states(run: TenantRun) -> dict[str, str]:
    return {each.name: each.state for each in run.datasets}


def statuses(run: TenantRun) -> dict[str, str]:
    return {each.id: each.status.value for each in run.checks}


def reason(run: TenantRun, dataset: str) -> str:
    return next(each.reason for each in run.datasets if each.name == dataset)


# --- a log among settings


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("settings", [[AUDIT], [NEVER], [AUDIT] * 30, [NEVER, AUDIT]])
def test_settings_and_a_log_in_one_file(at: int, settings: list[Json], tmp_path: Path) -> None:
    signed_in = [row(1, 50140), row(2, 0)]
    (tmp_path / "stream.json").write_text(lines([*signed_in[:at], *settings, *signed_in[at:]]))
    with audit.open_tenant(audit.source_at(tmp_path), lambda progress: None) as tenant:
        log = tenant.reading("sign_ins")
        assert isinstance(log, Collected)
        assert [(each.code, each.count) for each in log.value.counts()] == [(50140, 1)]
        if NEVER in settings:
            assert [each.name for each in tenant.policies] == ["Never"]
            assert isinstance(tenant.reading("policies"), Collected)
        if AUDIT in settings:
            # Without a change of a policy in it, it is a part with nothing in it; but it was found.
            assert isinstance(tenant.readings["policy_changes"], Partial)


@pytest.mark.parametrize("foreign", [20, 300, 5_000])
def test_foreign_rows_do_not_hide_a_log(foreign: int, tmp_path: Path) -> None:
    heartbeats = [{"heartbeat": number} for number in range(foreign)]
    (tmp_path / "stream.json").write_text(lines([*heartbeats, row(1, 50140), row(2, 0)]))
    run = report(tmp_path)
    assert [each.code for each in run.interrupts.interrupts] == [50140]
    assert states(run)["sign_ins"] == "partial"
    assert f"{foreign:,} of {foreign + 2:,} rows could not be read" in reason(run, "sign_ins")


# --- sign-ins in a form that is not read


HUNTING = """Timestamp,Application,LogonType,ErrorCode,CorrelationId,AccountObjectId,AccountUpn,RequestId
2026-11-02T08:00:00Z,Mail,"[""interactiveUser""]",50140,c1,u1,ana@contoso.example,r1
"""
GERMAN = """Datum (UTC),Anforderungs-ID,Korrelations-ID,Benutzer,Status
2026-11-02T08:00:00Z,r1,c1,ana@contoso.example,Unterbrochen
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EntraIdSignInEvents.csv", HUNTING),
        ("EntraIdSignInEvents.bak", HUNTING),
        ("deutsch.csv", GERMAN),
        ("hunting.json", json.dumps({"schema": [], "results": [{"Timestamp": "2026", "CorrelationId": "c"}]})),
        ("wrapped.json", json.dumps({"a": {"b": {"createdDateTime": "2026", "status": {"errorCode": 50140}}}})),
        ("splunk.json", json.dumps({"result": {"_time": "2026", "code": 50140}})),
        ("raw.json", json.dumps({"result": {"_raw": json.dumps(row(1, 50140))}})),
        ("messages.json", json.dumps([{"records": [row(1, 50140)]}])),
        ("cmdlet.json", json.dumps([{"CreatedDateTime": "/Date(1)/", "Status": {"ErrorCode": 50140}}])),
        ("shallow.json", json.dumps({"CreatedDateTime": "x", "CorrelationId": "c", "Status": "Microsoft.Graph.X"})),
        ("kusto.json", json.dumps({"tables": [{"columns": [{"name": "TimeGenerated"}, {"name": "ResultType"}]}]})),
        ("columns.json", json.dumps({"Columns": ["TimeGenerated", "ResultType"], "Rows": [["2026", "50140"]]})),
        ("french.csv", "Date (UTC),ID de demande,ID de corr\u00e9lation\n2026-11-02T08:00:00Z,r1,c1\n"),
        ("japanese.csv", "\u65e5\u4ed8 (UTC),\u8981\u6c42 ID,\u72b6\u614b\n2026-11-02T08:00:00Z,r1,x\n"),
        ("own.json", json.dumps([{"when": "2026-11-02T08:00:00Z", "user": "x", "code": "50140"}])),
        ("broken.json", '{"createdDateTime": "2026-11-02T08:00:00Z", "status": '),
        ("cut.ndjson", '{"id":"r1","createdDa'),
        ("empty.ndjson", ""),
        ("header.csv", "Date (UTC),Request ID,User ID,Username,Correlation ID,Status\n"),
    ],
)
def test_what_may_be_sign_ins_makes_the_log_partial(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "graph.ndjson").write_text(lines([row(1, 0)]))
    (tmp_path / name).write_text(text)
    run = report(tmp_path)
    assert states(run)["sign_ins"] == "partial"
    assert name in reason(run, "sign_ins")
    assert statuses(run)["interrupts"] == "not run"
    (tmp_path / "graph.ndjson").write_text(lines([NEVER]))
    alone = report(tmp_path)
    assert states(alone)["sign_ins"] == "missing"
    assert name in reason(alone, "sign_ins")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.txt", "Dear all, please find\nattached\n"),
        ("readme.md", "# Export\n"),
        ("words.txt", "Hello, time and\nerror code, correlation id\n"),
        ("letter.txt", "The error code and the correlation id of\nthat time are grant controls.\n"),
        ("groups.json", json.dumps({"id": "g", "mail": "x", "createdDateTime": "2026-11-02T08:00:00Z"})),
        ("other.json", '{"some": "thing"}'),
    ],
)
def test_what_is_something_else_makes_nothing_partial(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "graph.ndjson").write_text(lines([row(1, 0), NEVER]))
    (tmp_path / name).write_text(text)
    run = report(tmp_path)
    assert (states(run)["sign_ins"], states(run)["policies"]) == ("collected", "collected")
    assert name in dict(run.source)["left_aside"]


# --- policies that are damaged, wrapped, cut off


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(POLICY).replace('["All"]}}', '["All"] ]}}'),
        json.dumps(POLICY)[:-1],
        json.dumps(POLICY)[:150],
        json.dumps(POLICY).replace('", "', '" "', 1),
        "",
        json.dumps({"PolicyConfig": {**POLICY, "state": None, "conditions": None} | {"sessionControls": {}}})[:-2],
        json.dumps({"displayName": "Always", "sessionControls": {"persistentBrowser": {"mode": "always"}}}),
        json.dumps({"content": json.dumps(POLICY)}),
        json.dumps({"Policy": "Microsoft.Graph.PowerShell.Models.MicrosoftGraphConditionalAccessPolicy"}),
        json.dumps({"value": "System.Object[]"}),
        json.dumps({"kept": {**NEVER, "id": "x"}, "lost": {**POLICY, "state": 1, "conditions": {"users": 1}}}),
        json.dumps({name: each for name, each in POLICY.items() if name != "state"}),
        "// Always\n" + json.dumps(POLICY, indent=1),
        '{"conditions":' + '{"a":' * 900 + "1" + "}" * 900 + ',"state":"enabled","grantControls":null,"id":"x"}',
    ],
)
def test_a_policy_that_cannot_be_read_makes_the_list_partial(text: str, tmp_path: Path) -> None:
    (tmp_path / "never.json").write_text(json.dumps(NEVER))
    (tmp_path / "always.json").write_text(text)
    run = report(tmp_path)
    assert states(run)["policies"] == "partial"
    assert "always.json" in reason(run, "policies")
    assert not [check for check, status in statuses(run).items() if "persistent" in check and status == "clear"]
    assert "Never" in [each.name for each in run.policies.policies if each.mode == "never"]


@pytest.mark.parametrize(
    "wrapped",
    [
        {"PolicyConfig": POLICY},
        {"details": POLICY},
        {"details": [POLICY]},
        [[POLICY]],
        {"a": {"b": [{"c": POLICY}]}},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": [[{"i": POLICY}]]}}}}}}}},
        {"name": "x", "version": 2, "policy": POLICY},
    ],
)
def test_a_wrapped_policy_is_read(wrapped: object, tmp_path: Path) -> None:
    (tmp_path / "never.json").write_text(json.dumps(NEVER))
    (tmp_path / "always.json").write_text(json.dumps(wrapped))
    run = report(tmp_path)
    assert sorted(each.name for each in run.policies.policies) == ["Always", "Never"]
    assert statuses(run)["persistent-browser-always"] == "found"


CUT: Json = {
    "Id": POLICY["id"],
    "DisplayName": "Always",
    "State": "enabled",
    "Conditions": {
        "Users": "Microsoft.Graph.PowerShell.Models.MicrosoftGraphConditionalAccessUsers",
        "Applications": "Microsoft.Graph.PowerShell.Models.MicrosoftGraphConditionalAccessApplications",
    },
    "SessionControls": {"PersistentBrowser": "Microsoft.Graph.PowerShell.Models.MicrosoftGraphPersistentBrowser"},
}


def test_written_with_too_small_a_depth_nothing_is_understood(tmp_path: Path) -> None:
    (tmp_path / "policies.json").write_text(json.dumps([CUT]))
    (tmp_path / "log.ndjson").write_text(lines([row(1, 0)]))
    run = report(tmp_path)
    assert states(run)["policies"] == "missing"
    assert "policies.json, line 1: It was written with too small a -Depth" in reason(run, "policies")
    assert not run.policies.known
    of_policies = [each for each in run.checks if "persistent-browser" in each.id or "admin" in each.id]
    assert {each.status.value for each in of_policies} == {"not run"}


def test_beside_others_written_with_too_small_a_depth(tmp_path: Path) -> None:
    (tmp_path / "policies.json").write_text(json.dumps([CUT, NEVER]))
    run = report(tmp_path)
    assert states(run)["policies"] == "partial"
    assert "-Depth" in reason(run, "policies")


def test_an_empty_list_of_policies_is_an_answer_where_it_says_what_of(tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_text(lines([row(1, 0)]))
    context = "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies"
    (tmp_path / "policies.json").write_text(json.dumps({"@odata.context": context, "value": []}))
    with audit.open_tenant(audit.source_at(tmp_path), lambda progress: None) as tenant:
        assert tenant.reading("policies") == Collected(())
    (tmp_path / "policies.json").write_text(json.dumps({"value": []}))
    assert states(report(tmp_path))["policies"] == "missing"


def test_an_empty_zip_file_may_have_held_anything(tmp_path: Path) -> None:
    (tmp_path / "never.json").write_text(json.dumps(NEVER))
    with zipfile.ZipFile(tmp_path / "more.zip", "w"):
        pass
    run = report(tmp_path)
    assert states(run)["policies"] == "partial"
    assert "more.zip" in reason(run, "policies")


def test_the_line_of_a_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "never.json").write_text(json.dumps(NEVER))
    (tmp_path / "always.json").write_text(json.dumps(POLICY, indent=1).replace('"enabled",', '"enabled"'))
    assert "Line 5: It is no JSON object: expecting ',' delimiter." in reason(report(tmp_path), "policies")


@pytest.mark.parametrize(
    ("cut", "dataset"),
    [
        ('{"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "1", "displayNa', "named_locations"),
        ('{"id": "1", "createdDateTime": "2026-11-02T08:00:00Z", "displayName": "Ho', "policies"),
        ('{"id": "1", "createdDateTime": "2026-11-02T08:00:00Z", "displayName": "Ho', "sign_ins"),
        ('{"id": "1", "definition": ["{\\"TokenLifetimePolicy\\":{', "token_lifetimes"),
    ],
)
def test_what_is_cut_off_makes_partial_what_its_words_tell_of(cut: str, dataset: str, tmp_path: Path) -> None:
    location = {"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "2", "displayName": "Home", "ipRanges": []}
    lifetime = {"id": "3", "displayName": "x", "definition": ['{"TokenLifetimePolicy":{}}']}
    (tmp_path / "good.ndjson").write_text(lines([row(1, 0), NEVER, location, lifetime]))
    names = ("sign_ins", "policies", "named_locations", "token_lifetimes")
    assert {states(report(tmp_path))[name] for name in names} == {"collected"}
    (tmp_path / "cut.json").write_text(cut)
    run = report(tmp_path)
    assert states(run)[dataset] == "partial"
    assert "cut.json" in reason(run, dataset)
    assert dataset in ("policies", "sign_ins") or states(run)["policies"] == "collected"


def test_what_is_broken_in_a_file_may_be_something_else_than_the_rest(tmp_path: Path) -> None:
    organization = {"id": "11111111-1111-4111-8111-111111111111", "verifiedDomains": []}
    (tmp_path / "never.json").write_text(json.dumps(NEVER))
    (tmp_path / "both.json").write_text(f"[{json.dumps(organization)}, {json.dumps(POLICY)[:-1]}]")
    assert states(report(tmp_path))["policies"] == "partial"
    (tmp_path / "both.json").write_text(lines([row(1, 50140), row(2, 0)]) + json.dumps(POLICY)[:-9] + "\n")
    run = report(tmp_path)
    assert (states(run)["policies"], states(run)["sign_ins"]) == ("partial", "partial")


# --- given twice


def test_a_copy_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([POLICY, NEVER]))
    (tmp_path / "b.json").write_text(json.dumps({"value": [NEVER, dict(reversed(POLICY.items()))]}))
    with audit.open_tenant(audit.source_at(tmp_path), lambda progress: None) as tenant:
        assert isinstance(tenant.reading("policies"), Collected)
        assert sorted(each.name for each in tenant.policies) == ["Always", "Never"]


def test_a_copy_of_one_without_an_id_counts_once(tmp_path: Path) -> None:
    nameless = {name: each for name, each in POLICY.items() if name != "id"}
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(nameless))
    with audit.open_tenant(audit.source_at(tmp_path), lambda progress: None) as tenant:
        assert len(tenant.policies) == 1


def test_two_versions_of_one_policy_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(POLICY))
    (tmp_path / "b.json").write_text(json.dumps({**POLICY, "state": "disabled"}))
    with audit.open_tenant(audit.source_at(tmp_path), lambda progress: None) as tenant:
        reading = tenant.reading("policies")
        assert isinstance(reading, Partial)
        assert f"{POLICY['id']} (a.json and b.json)" in reading.reason
        assert [each.state for each in reading.value] == ["enabled"]
    (tmp_path / "b.json").write_text(
        json.dumps({**POLICY, "state": "disabled", "modifiedDateTime": "2026-11-02T08:00:00Z"})
    )
    with audit.open_tenant(audit.source_at(tmp_path), lambda progress: None) as tenant:
        assert [each.state for each in tenant.policies] == ["disabled"]
