"""Folders of exports: what is a log, what are settings, what is left aside."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import ExportError
from auditor.exports.part import Unreadable
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports import blobs, containers, graph, portal
from auditor.local_tenant.simulation.exports import settings as files
from auditor.sign_ins.formats.recognise import format_of
from auditor.sources.exported import Exports, LeftAside, described, exports_in
from auditor.sources.whose import tenant_of
from auditor.tenant import graph_json
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial
from auditor.tenant.shapes import datasets_of, objects_in

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
Lay = Callable[..., Path]


def look(path: Path) -> Exports:
    return exports_in(path, lambda row: format_of(row) is not None)


@pytest.fixture(scope="module")
def tenant() -> Simulation:
    return Simulation(seed=6, users=40, days=2, end=NOW, sign_ins=300)


@pytest.fixture(scope="module")
def rows(tenant: Simulation) -> list[dict[str, Any]]:
    return list(tenant.sign_ins(NOW - timedelta(days=2), NOW))


def value(exports: Exports, name: str) -> Any:
    reading = exports.readings[name]
    assert isinstance(reading, Collected), f"{name}: {reading}"
    return reading.value


def test_graphs_answers(tenant: Simulation, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    for name, text in files.graph(tenant, NOW - timedelta(days=2), NOW):
        containers.write(tmp_path / name, [text])
    containers.write(tmp_path / "signIns.json", graph.listing(rows), compression="gzip")
    found = look(tmp_path)
    assert [part.name for part in found.log] == ["signIns.json.gz"]
    assert found.tenants == (tenant.tenant_id,)
    assert value(found, "policies") == tuple(map(graph_json.policy, tenant.policies()))
    assert value(found, "named_locations") == tuple(map(graph_json.named_location, tenant.named_locations()))
    assert value(found, "organization").id == tenant.tenant_id
    assert value(found, "security_defaults") is tenant.security_defaults()["isEnabled"]
    assert set(value(found, "registrations")) == {each["id"].lower() for each in tenant.registration_details()}
    assert set(value(found, "password_dates")) == {each["id"].lower() for each in tenant.users()}
    assert set(value(found, "applications")) == {each["appId"].lower() for each in tenant.service_principals()}
    assert set(value(found, "service_principals")) == {each["appId"] for each in tenant.service_principals()}
    for name in ("policy_changes", "user_events", "directory_objects"):  # nothing shows that they are whole
        assert isinstance(found.readings[name], Partial)
        assert found.readings[name].value
    assert isinstance(found.readings["branding"], Collected if tenant.branding() else Missing)
    assert found.readings["group_members"] == Missing(
        "It is not among the files.",
        f"Put Graph's JSON of it ({DATASETS['group_members'].title}) beside the others.",
    )
    assert [each.name for each in found.left_aside] == ["applications.json"]
    assert set(found.readings) == set(DATASETS) - {"sign_ins"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le-bom"])
def test_entra_exporter(encoding: str, tenant: Simulation, tmp_path: Path) -> None:
    for path, text in files.entra_exporter(tenant):
        containers.write(tmp_path / path, [text], encoding=encoding)
    found = look(tmp_path)
    assert found.log == ()
    policies = sorted(map(graph_json.policy, tenant.policies()), key=lambda each: each.id)
    assert sorted(value(found, "policies"), key=lambda each: each.id) == policies
    assert len(value(found, "named_locations")) == len(tenant.named_locations())
    assert value(found, "organization").name
    assert value(found, "security_defaults") is tenant.security_defaults()["isEnabled"]
    assert found.tenants == (tenant.tenant_id,)


@pytest.mark.parametrize("results", [False, True])
def test_scuba_gear(results: bool, tenant: Simulation, tmp_path: Path) -> None:
    name, text = files.scuba_gear(tenant)
    (tmp_path / name).write_text(json.dumps({"MetaData": {}, "Raw": json.loads(text)}) if results else text)
    found = look(tmp_path)
    ids = [each["id"] for each in tenant.policies()]
    assert [each.id for each in value(found, "policies")] == ids
    assert value(found, "organization").id == tenant.tenant_id


def test_scuba_gear_that_could_not_read_its_tenant(tmp_path: Path) -> None:
    error = {"TenantId": "Error retrieving Tenant ID", "DisplayName": "Error", "AADAdditionalData": "Error"}
    document = {"tenant_details": [error], "conditional_access_policies": []}
    assert list(objects_in(document)) == []
    cut = {**error, "TenantId": "11111111-1111-4111-8111-111111111111", "AADAdditionalData": {"Id": "x"}}
    (found,) = objects_in({"tenant_details": cut})
    assert found["id"] == "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("dates", ["iso", "windows"])
def test_power_shell(dates: str, tenant: Simulation, tmp_path: Path) -> None:
    (tmp_path / "policies.json").write_text(files.power_shell_list(tenant.policies(), dates=dates), "utf-16")
    (tmp_path / "one.json").write_text(files.power_shell_list([tenant.organization()]))
    found = look(tmp_path)
    assert [each.id for each in value(found, "policies")] == [each["id"] for each in tenant.policies()]
    assert value(found, "organization").id == tenant.tenant_id


def test_one_file(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = containers.write(tmp_path / "x.csv", portal.csv_file(rows))
    found = look(path)
    assert [part.path for part in found.log] == [str(path)]
    assert not [name for name, reading in found.readings.items() if not isinstance(reading, Missing)]


def test_blobs_name_their_tenant(tenant: Simulation, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    blobs.write(tmp_path, rows)
    found = look(tmp_path)
    assert found.tenants == (tenant.tenant_id,)
    assert [part.path for part in found.log] == sorted(part.path for part in found.log)


def test_what_is_left_aside_is_named(tenant: Simulation, tmp_path: Path) -> None:
    policies = json.dumps(tenant.policies())
    (tmp_path / "b.json").write_text(policies)
    (tmp_path / "notes.txt").write_text("Dear all, please find\nattached\n")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    (tmp_path / "other.json").write_text('{"some": "thing"}')
    (tmp_path / ".hidden.json").write_text(policies)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text(policies)
    (tmp_path / "link.json").symlink_to(tmp_path / "b.json")
    (tmp_path / "linked").symlink_to(tmp_path / ".git")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("readme.md", "# Hello")
        archive.writestr(".hidden.json", policies)
        archive.writestr("__MACOSX/._locations.json", "x")
        archive.writestr("locations.json", json.dumps({"value": tenant.named_locations()}))
    found = look(tmp_path)
    assert len(value(found, "policies")) == len(tenant.policies())
    assert len(value(found, "named_locations")) == len(tenant.named_locations())
    assert [(each.name, each.why) for each in found.left_aside] == [
        ("link.json", "It is a link, or no ordinary file."),
        ("linked", "It is a link, or no ordinary file."),
        ("logo.png", "It is nothing that this program knows."),
        ("more.zip/.hidden.json", "It is hidden."),
        ("more.zip/readme.md", "It is nothing that this program knows."),
        ("notes.txt", "It is nothing that this program knows."),
        ("other.json", "It is nothing that this program knows."),
    ]


def test_a_policy_that_is_not_understood_is_named(tenant: Simulation, tmp_path: Path) -> None:
    good, bad, unknown = tenant.policies()[:3]
    bad, unknown = {**bad, "conditions": "All"}, {"id": unknown["id"], "displayName": "half"}
    (tmp_path / "p.json").write_text(f"[{json.dumps(good)},\n{json.dumps(bad)},\n{json.dumps(unknown)},\nnull]")
    reading = look(tmp_path).readings["policies"]
    assert isinstance(reading, Partial)
    assert [each.id for each in reading.value] == [good["id"]]
    assert "p.json, line 3: It is nothing that this program knows." in reading.reason
    assert "p.json, line 4: It is no JSON object." in reading.reason
    assert f"policy {bad['id']}: conditions is not an object" in reading.reason


def test_a_policy_without_an_id_has_the_name_of_its_file(
    tenant: Simulation, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    """It is read whole; that nothing in a log can be held against it matters where there is a log."""
    policy = {key: each for key, each in tenant.policies()[0].items() if key != "id"}
    (tmp_path / "101.json").write_text(json.dumps(policy, indent=1))
    (tmp_path / "copy.json").write_text(json.dumps(policy))
    assert [each.id for each in value(look(tmp_path), "policies")] == ["101.json:1"]
    containers.write(tmp_path / "signIns.json", graph.listing(rows))
    reading = look(tmp_path).readings["policies"]
    assert isinstance(reading, Partial)
    assert [each.id for each in reading.value] == ["101.json:1"]
    assert reading.reason.startswith("1 of them have no id")


def test_pages_without_the_last_one(tenant: Simulation, tmp_path: Path) -> None:
    link = {"@odata.nextLink": "https://graph.example/x"}
    policies = tenant.policies()
    (tmp_path / "1.json").write_text(json.dumps({"value": policies[:2], **link}))
    reading = look(tmp_path).readings["policies"]
    assert isinstance(reading, Partial)
    assert "not the last one" in reading.reason
    (tmp_path / "2.json").write_text(json.dumps({"value": policies[2:]}))
    assert isinstance(look(tmp_path).readings["policies"], Collected)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cut.json", b'[{"id": "1", "createdDateTime": "2026', "The file ends within it."),
        ("cut.gz", gzip.compress(b'{"id": 1}' * 99, mtime=0)[:12], "the compressed file is cut off"),
        ("bad.ndjson", b"{broken}\nbroken\n", "It is no JSON object."),
        ("log.zip", b"PK\x03\x04nothing", "could be read"),
        ("empty.json", b"", "It is empty."),
        ("empty", b"", "It is empty."),
        ("log.csv", b'Date (UTC),Request ID,User ID,Username\n1,2\n', "It has 2 cells"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_can_be_read_makes_partial_what_it_may_hold(
    name: str, data: bytes, words: str, tenant: Simulation, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ExportError, match="Nothing in") as caught:
        look(tmp_path)
    assert name in caught.value.what
    assert words in caught.value.what
    (tmp_path / "good.json").write_text(json.dumps(tenant.policies()))
    found = look(tmp_path)
    assert found.log or any(name in each and words in each for each in found.log_doubts)
    policies = found.readings["policies"]
    of_a_log = b"Date (UTC)" in data
    assert isinstance(policies, Collected if of_a_log else Partial)
    if isinstance(policies, Partial):
        assert name in policies.reason
        assert words in policies.reason
        assert len(policies.value) == len(tenant.policies())


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="There is no"):
        look(tmp_path / "none")
    with pytest.raises(ExportError, match="is an export of sign-ins or of settings"):
        look(tmp_path)
    (tmp_path / "x.txt").write_text("hello")
    with pytest.raises(ExportError, match=r"x\.txt: It is nothing"):
        look(tmp_path)


def test_settings_of_two_tenants(tenant: Simulation, tmp_path: Path) -> None:
    other = {**tenant.organization(), "id": "99999999-1111-4111-8111-111111111111"}
    (tmp_path / "a.json").write_text(json.dumps(tenant.organization()))
    (tmp_path / "b.json").write_text(json.dumps(other))
    with pytest.raises(ExportError, match="of 2 tenants"):
        look(tmp_path)


def test_a_directory_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    def walk(path: Path, onerror: Callable[[OSError], None]) -> list[Any]:
        onerror(PermissionError(13, "Permission denied", str(path)))
        return []

    monkeypatch.setattr(os, "walk", walk)  # whoever runs the tests may be allowed to list everything
    with pytest.raises(ExportError, match="Permission denied"):
        look(tmp_path)


def test_which_tenant_a_row_is_of() -> None:
    ours, theirs = "11111111-1111-4111-8111-11111111111A", "22222222-1111-4111-8111-111111111111"
    assert tenant_of({"homeTenantId": ours, "resourceTenantId": ours}) == ours.lower()
    assert tenant_of({"homeTenantId": theirs, "resourceTenantId": ours}) == ""
    assert tenant_of({"TenantId": theirs, "AADTenantId": ours}) == ours.lower()
    assert tenant_of({"resourceId": f"/tenants/{ours}/providers/Microsoft.aadiam", "properties": {}}) == ours.lower()
    assert tenant_of({"resourceId": "00000003-0000-0000-c000-000000000000"}) == ""
    assert tenant_of({"properties": {"homeTenantId": ours, "resourceTenantId": ours}}) == ours.lower()
    assert tenant_of({"properties": None, "Home tenant ID": ours, "Resource tenant ID": ours}) == ours.lower()


def test_shapes_that_are_nothing() -> None:
    for each in ({}, {"id": "x"}, {"state": "enabled"}, {"id": "x", "backgroundColor": "red"}, {"definition": ["{}"]}):
        assert datasets_of(each) == ()
    assert datasets_of({"signInPageText": None, "bannerLogo": None}) == ("branding",)


def test_refusals_are_described() -> None:
    refused = [Unreadable("a.json", number, "It is broken.") for number in (0, 7, 8, 9)]
    assert described(refused[:2], 2) == "a.json: It is broken. a.json, line 7: It is broken."
    assert described(refused, 1_234).endswith("line 8: It is broken. And 1,231 more.")
    assert described([], 0) == ""
    assert LeftAside("x", "y") == LeftAside("x", "y")
