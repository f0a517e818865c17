"""`auditor run` and `auditor collect`, as a person types them."""

import gc
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.spool.spool import Spool

Invoke = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("config_file")


def report(result: Result) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def without_metadata(loaded: dict[str, Any]) -> dict[str, Any]:
    """A report without when it was made, and without when each thing was read."""
    loaded["tool"].pop("started")
    for tenant in loaded["tenants"]:
        tenant.pop("window")
        tenant.pop("since_last_run")
        for finding in (each for check in tenant["checks"] for each in check["findings"]):
            finding["evidence"] = [each for each in finding["evidence"] if each["source"] != "sign_in_page"]
        for evidence in tenant["stay_signed_in"]["evidence"]:
            evidence["at"] = None if evidence["source"] == "sign_in_page" else evidence["at"]
    return loaded


def test_a_table(auditor: Invoke) -> None:
    result = auditor("run")
    assert result.exit_code == 13
    assert "1. Interrupts in the sign-in log" in result.stdout
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json(auditor: Invoke) -> None:
    result = auditor("run", "--format", "json", "-q")
    assert report(result)["schema"] == "auditor/run/v1"
    assert result.stderr == ""


def test_collect_and_then_run_gives_the_report_of_run(auditor: Invoke, tmp_path: Path) -> None:
    live = auditor("run", "--format", "json")
    collected = auditor("collect", "-o", "evidence")
    assert collected.exit_code == 0
    assert collected.stdout == ""
    offline = auditor("run", "--from", "evidence", "--format", "json")
    assert without_metadata(report(offline)) == without_metadata(report(live))
    assert offline.exit_code == live.exit_code


@pytest.mark.parametrize("form", ["zip", "gztar"])
def test_a_packed_collected_folder_gives_the_reports_of_the_folder(
    form: str, auditor: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor("collect", "-o", "evidence")
    listed = auditor("interrupts", "--format", "ndjson", "-q", "--from", "evidence").stdout
    attempt = json.loads(listed.splitlines()[0])["id"]
    packed = shutil.make_archive(str(tmp_path / "sent"), form, tmp_path, "evidence")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for verb in (
        ["run", "--format", "json"],
        ["interrupts", "--format", "ndjson"],
        ["what-if", "hide-prompt"],
        ["explain", attempt, "--format", "json"],
    ):
        folder = auditor(*verb, "-q", "--from", "evidence")
        shutil.rmtree(tmp_path / "history", ignore_errors=True)  # or the second run would tell of the first
        same = auditor(*verb, "-q", "--from", packed)
        assert same.stdout.replace(packed, "evidence") == folder.stdout != ""
        assert same.exit_code == folder.exit_code
        del folder, same
        gc.collect()
        assert list((tmp_path / "temporary").iterdir()) == []


def test_what_is_left_aside_is_named_in_every_format(auditor: Invoke, exported: Path, tmp_path: Path) -> None:
    (exported / "EntraIdSignInEvents.csv").write_text("Timestamp,ErrorCode,CorrelationId\n2026-11-20,50140,c1\n")
    for form in ("table", "markdown", "html", "csv", "json"):
        auditor("run", "--from", exported, "-q", "--format", form, "-o", tmp_path / form)
        there = [tmp_path / form, *(tmp_path / form).rglob("*")]
        text = "".join(path.read_text("utf-8") for path in there if path.is_file())
        assert "EntraIdSignInEvents.csv" in text, form
        assert "notes.txt" in text, form
        assert "all of it read" not in text, form
    listed = auditor("interrupts", "--from", exported, "-q")
    assert listed.exit_code == 3
    assert "EntraIdSignInEvents.csv" in listed.stderr
    assert "notes.txt" in listed.stderr


def test_offline_asks_nobody(auditor: Invoke, local: LocalTenant) -> None:
    auditor("collect", "-o", "evidence")
    before = len(local.requests)
    assert auditor("run", "--from", "evidence").exit_code == 13
    assert auditor("interrupts", "--from", "evidence").exit_code == 0
    assert len(local.requests) == before


def test_exported_files(auditor: Invoke, exported: Path, tenant_in_files: Simulation) -> None:
    """The same three answers, of files alone."""
    result = auditor("run", "--from", exported, "--format", "json", "--fail-on", "never")
    assert result.exit_code == 3  # what is not among the files could not be looked at
    (tenant,) = report(result)["tenants"]
    assert tenant["id"] == tenant_in_files.tenant_id
    assert tenant["source"] == {
        "kind": "files",
        "caveat": "Files do not tell which time they cover: it is taken to be from their first row to their last.",
        "left_aside": "notes.txt: It is nothing that this program knows.",
    }
    states = {each["name"]: each["state"] for each in tenant["datasets"]}
    assert {name for name, state in states.items() if state == "collected"} == {
        "organization", "policies", "named_locations", "sign_ins",
    }  # fmt: skip
    assert sum(each["count"] for each in tenant["interrupts"]) == sum(
        line["kind"] == "interrupt" for line in tenant_in_files.truth()
    )
    table = auditor("run", "--from", exported).stdout
    assert "Files do not tell which time they cover" in " ".join(table.split())
    assert max(map(len, table.splitlines())) <= 80


def test_exported_settings_without_a_log(auditor: Invoke, exported: Path) -> None:
    for path in exported.glob("*Logs*"):
        path.unlink()
    result = auditor("run", "--from", exported, "--fail-on", "never")
    assert result.exit_code == 3
    assert "No sign-in log: It is not among the files." in result.stdout


def test_exported_logs_of_which_a_row_is_broken(auditor: Invoke, exported: Path) -> None:
    (path,) = exported.glob("*Logs*")
    broken = path.read_text().splitlines()
    broken[4] = broken[4][:100]
    broken[6] = '{"time": 12}'
    path.write_text("\n".join(broken))
    result = auditor("run", "--from", exported, "--format", "json")
    (tenant,) = report(result)["tenants"]
    (log,) = (each for each in tenant["datasets"] if each["name"] == "sign_ins")
    assert log["state"] == "partial"
    assert log["reason"].startswith(f"2 of {len(broken)} rows could not be read.")
    assert f"{path.name}, line 5: It is no JSON object." in log["reason"]
    assert f"{path.name}, line 7: It could not be read:" in log["reason"]


def emptied(folder: Path) -> None:
    for path in (folder / "sign_ins").glob("*.zst"):
        path.write_bytes(b"")


def taken_away(folder: Path) -> None:
    for path in (folder / "sign_ins").glob("*.zst"):
        path.unlink()


def renamed(folder: Path) -> None:
    for path in (folder / "sign_ins").glob("*.zst"):
        path.rename(path.with_name(f"{path.name.rpartition('--')[0]}--5000.ndjson.zst"))


def replaced(folder: Path) -> None:
    (folder / "datasets" / "policies.json").write_text(
        '{"name": "policies", "state": "collected", "read": "2026-11-21T09:00:00.0000000Z", "value": []}'
    )


@pytest.mark.parametrize("harm", [emptied, taken_away, renamed, replaced])
def test_a_damaged_folder_is_never_clear(auditor: Invoke, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    auditor("collect", "-o", "evidence")
    harm(tmp_path / "evidence")
    result = auditor("run", "--from", "evidence", "--format", "json", "--fail-on", "never")
    assert result.exit_code == 3
    (tenant,) = report(result)["tenants"]
    name = "policies" if harm is replaced else "sign_ins"
    (dataset,) = (each for each in tenant["datasets"] if each["name"] == name)
    assert dataset["state"] in ("partial", "missing")
    assert dataset["remedy"] == "Copy the whole folder again from where it was collected, or collect again."
    if harm in (emptied, renamed):
        assert "Of no part of the window is it proven that all of it was read." in tenant["caveats"]
    table = auditor("run", "--from", "evidence", "--fail-on", "never").stdout
    assert "all of it read" not in table or harm is replaced


def test_a_damaged_earlier_collection_stops_no_run(auditor: Invoke, local: LocalTenant, tmp_path: Path) -> None:
    bad = tmp_path / "shelf" / local.tenant_id / "20260101T000000Z"
    bad.mkdir(parents=True)
    (bad / "collection.json").write_text("")
    result = auditor("run", "--fail-on", "never")
    assert result.exit_code == 0
    assert "An earlier collection is left aside:" in result.stderr
    assert str(bad) in result.stderr.replace("\n", "")


def test_fail_on(auditor: Invoke) -> None:
    auditor("collect", "-o", "evidence")
    assert auditor("run", "--from", "evidence", "--fail-on", "never").exit_code == 0
    assert auditor("run", "--from", "evidence", "--fail-on", "critical").exit_code == 0
    assert auditor("run", "--from", "evidence", "--fail-on", "low").exit_code >= 11


def test_what_could_not_be_read_is_3(auditor: Invoke, local: LocalTenant, config_file: Path, tmp_path: Path) -> None:
    client_id, secret = local.register_client(["AuditLog.Read.All", "Organization.Read.All"])
    (tmp_path / "secret").write_text(secret)
    config_file.write_text(config_file.read_text().replace(local.client_id, client_id))
    result = auditor("run", "--fail-on", "never")
    assert result.exit_code == 3
    flat = " ".join(result.stdout.split())
    assert "Conditional Access policies: missing." in flat
    assert "Grant the application permission Policy.Read.All" in flat
    collected = auditor("collect", "-o", "evidence")
    assert collected.exit_code == 3
    assert "policies: missing" in collected.stderr


def test_a_refused_secret_is_one_clear_error(auditor: Invoke, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("planted~secret")
    result = auditor("run")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "7000215" in result.stderr
    assert "planted~secret" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_run_leaves_one_collection_and_keeps_none_when_told(
    auditor: Invoke, local: LocalTenant, config_file: Path, tmp_path: Path
) -> None:
    auditor("run")
    (kept,) = (tmp_path / "shelf" / local.tenant_id).iterdir()
    assert Spool.open(kept).header.complete
    config_file.write_text(config_file.read_text().replace("[spool]", "[spool]\nkeep = 0"))
    auditor("run")
    assert list((tmp_path / "shelf" / local.tenant_id).iterdir()) == []


def test_collecting_into_a_folder_that_holds_something(auditor: Invoke, tmp_path: Path) -> None:
    auditor("collect", "-o", "evidence")
    again = auditor("collect", "-o", "evidence")
    assert again.exit_code == 1
    assert "finished collection" in again.stderr
    (tmp_path / "killed").mkdir()
    (tmp_path / "killed" / "collection.json.part").write_text("{")
    assert auditor("collect", "-o", "killed").exit_code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    other = auditor("collect", "-o", "mine")
    assert other.exit_code == 1
    assert "not empty" in other.stderr
    assert (tmp_path / "mine" / "diary.txt").read_text() == "dear diary"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--config", "none.toml"], 2, "no config file none.toml"),
        (["run", "--from", "none"], 1, "There is no none."),
        (["run", "--format", "xml"], 2, "xml"),
        (["run", "--fail-on", "bad"], 2, "bad"),
        (["collect"], 2, "--output"),
        (["collect", "-o", "x", "--tenant", "fabrikam.com"], 2, "Choose it with --tenant"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_bad_input_is_a_clear_error(auditor: Invoke, arguments: list[str], code: int, words: str) -> None:
    result = auditor(*arguments)
    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_the_secret_is_nowhere(auditor: Invoke, local: LocalTenant, tmp_path: Path) -> None:
    output = [auditor("run"), auditor("run", "--format", "json"), auditor("collect", "-o", "evidence")]
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "secret"]
    assert len(written) > 10
    assert not [path for path in written if local.client_secret.encode() in path.read_bytes()]
    assert not [each for each in output if local.client_secret in each.output]
    assert not [path for path in written if b"eyJ" in path.read_bytes() and path.suffix != ".zst"]
