"""`--from` with a config: what it says of the tenant holds wherever the rows come from, and for no other tenant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.testing import policy

Invoke = Callable[..., Result]
Json = dict[str, Any]

OTHER = "00000000-aaaa-4000-8000-000000000001"
ACCEPT = '[[accept]]\ncheck = "admin-session-lifetime"\nsubject = "Global Reader"\nreason = "known"\n'


def config(tenant: str, more: str = "") -> str:
    """Of a tenant that nobody asks: files are read."""
    return f'{more}\n[[tenant]]\nid = "{tenant}"\n[tenant.credential]\nkind = "managed-identity"\n'


def report(result: Result) -> Json:
    (tenant,) = json.loads(result.stdout)["tenants"]
    assert isinstance(tenant, dict)
    return tenant


def findings(tenant: Json) -> list[tuple[str, str, str, str]]:
    return [
        (check["id"], check["status"], each["fingerprint"], each["message"] + each["remedy"])
        for check in tenant["checks"]
        for each in check["findings"]
    ]


@pytest.fixture
def emergency(simulation: Simulation) -> str:
    names = [each["userPrincipalName"] for each in simulation.users()]
    found = [name for name in names if "breakglass" in name]
    assert found
    return f"[tenant.administrators]\nbreak_glass = {json.dumps(found)}\nsign_in_hours = 24\n"


@pytest.fixture
def plain(auditor: Invoke, config_file: Path) -> str:
    """Collected by a config that says nothing of the tenant by itself."""
    assert auditor("collect", "-o", "plain", "-q").exit_code == 0
    return "plain"


@pytest.fixture
def judging(config_for: Callable[..., Path], local: LocalTenant, tmp_path: Path, emergency: str, plain: str) -> Path:
    """The same config with a judgement."""
    path = config_for(local, more=f"{emergency}{ACCEPT}")
    return path.rename(tmp_path / "judging.toml")


def test_what_was_collected_without_it_is_judged_as_a_live_run_is(auditor: Invoke, judging: Path, plain: str) -> None:
    live = auditor("run", "-c", judging, "-q", "-f", "json")
    offline = auditor("run", "-c", judging, "-q", "-f", "json", "--from", plain)
    without = auditor("run", "-q", "-f", "json", "--from", plain)
    assert findings(report(offline)) == findings(report(live)) != findings(report(without))
    assert report(offline)["acceptances"] == report(live)["acceptances"]
    assert [each["state"] for each in report(offline)["acceptances"]] == ["accepted"]
    assert "within 24 hours" in offline.stdout
    assert "within 4 hours" in without.stdout
    assert offline.stderr == ""


def test_the_config_rules_over_what_the_folder_kept_and_without_one_that_stays(
    auditor: Invoke, judging: Path, plain: str, tmp_path: Path, local: LocalTenant
) -> None:
    assert auditor("collect", "-c", judging, "-o", "kept", "-q").exit_code == 0
    kept = auditor("run", "-q", "-f", "json", "--from", "kept")
    assert "within 24 hours" in kept.stdout
    (tmp_path / "eight.toml").write_text(config(local.tenant_id) + "[tenant.administrators]\nsign_in_hours = 8\n")
    eight = auditor("run", "-q", "-f", "json", "--from", "kept", "-c", "eight.toml")
    assert "within 8 hours" in eight.stdout
    assert "Emergency account, left aside" in kept.stdout
    assert "Emergency account, left aside" not in eight.stdout


@pytest.mark.parametrize("by", ["tenant_id", "custom_domain", "initial_domain"])
def test_reports_and_exit_codes_are_the_configs(
    auditor: Invoke, plain: str, tmp_path: Path, simulation: Simulation, by: str
) -> None:
    settings = '[report]\nformats = ["json"]\noutput = "out.json"\nfail_on = "never"\n[history]\nfolder = "runs"\n'
    (tmp_path / "auditor.toml").write_text(config(getattr(simulation, by).upper(), settings))
    assert auditor("run", "-q", "--from", plain).exit_code in (0, 3)
    assert report_in(tmp_path / "out.json")["since_last_run"] is None
    assert len(list((tmp_path / "runs").rglob("*.json"))) == 1
    auditor("run", "-q", "--from", plain)
    assert report_in(tmp_path / "out.json")["since_last_run"]["findings"] != []


def report_in(path: Path) -> Json:
    (tenant,) = json.loads(path.read_text())["tenants"]
    assert isinstance(tenant, dict)
    return tenant


@pytest.mark.parametrize("other", [OTHER, "fabrikam.example"])
@pytest.mark.parametrize("arguments", [["run"], ["interrupts"], ["what-if", "hide-prompt"], ["explain", OTHER]])
def test_a_config_of_another_tenant_is_an_error_where_it_is_named_and_left_out_where_it_lies_about(
    auditor: Invoke, plain: str, tmp_path: Path, local: LocalTenant, other: str, arguments: list[str]
) -> None:
    (tmp_path / "auditor.toml").write_text(config(other, f'[report]\nformats = ["html"]\n{ACCEPT}'))
    named = auditor(*arguments, "--from", plain, "-c", "auditor.toml")
    assert named.exit_code == 2
    assert named.stdout == ""
    assert f"auditor.toml is for {other}, and plain is of {local.tenant_id}" in named.stderr
    lying = auditor(*arguments, "--from", plain, "-q")
    (tmp_path / "auditor.toml").unlink()
    without = auditor(*arguments, "--from", plain, "-q")
    assert (lying.exit_code, lying.stdout) == (without.exit_code, without.stdout)
    assert "The config is not used." in lying.stderr
    assert without.stderr == ""


VERBS = (
    ["run"],
    ["run", "--from", "plain"],
    ["interrupts", "--from", "plain"],
    ["what-if", "hide-prompt", "--from", "plain"],
    ["explain", OTHER, "--from", "plain"],
    ["explain", "50140"],
    ["diff", "a.json", "b.json"],
    ["collect", "-o", "more"],
    ["doctor"],
)


@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_a_named_config_that_is_not_there(auditor: Invoke, plain: str, arguments: list[str]) -> None:
    result = auditor(*arguments, "-c", "nowhere.toml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "There is no config file nowhere.toml." in result.stderr


def test_one_that_the_environment_names_is_named(auditor: Invoke, plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_CONFIG", "nowhere.toml")
    assert auditor("run", "--from", plain).exit_code == 2


@pytest.mark.parametrize("arguments", [each for each in VERBS if "--from" in each], ids=" ".join)
@pytest.mark.parametrize("content", [b"[[tenant]", b"\xff\xff", b'[[tenant]]\nid = "x"\nidd = 1\n', None])
def test_a_config_that_lies_here_and_cannot_be_read_is_an_error(
    auditor: Invoke, plain: str, tmp_path: Path, arguments: list[str], content: bytes | None
) -> None:
    path = tmp_path / "auditor.toml"
    if content is None:
        path.unlink()
        path.symlink_to(tmp_path / "gone")
    else:
        path.write_bytes(content)
    result = auditor(*arguments)
    assert result.exit_code == 2
    assert "auditor.toml" in result.stderr


WORD = '[tenant.stay_signed_in]\nattested = "hidden"\nby = "Ada"\non = "2026-11-20"\n'


def test_exported_files_are_judged_too(
    auditor: Invoke, exported: Path, tmp_path: Path, tenant_in_files: Simulation
) -> None:
    (tmp_path / "mine.toml").write_text(config(tenant_in_files.tenant_id) + WORD)
    before, after = (
        report(auditor("run", "--from", exported, "-f", "json", "-q", *more)) for more in ((), ("-c", "mine.toml"))
    )
    said = [each["statement"] for each in after["stay_signed_in"]["evidence"] if each["source"] == "config"]
    assert said == ["Ada wrote into the config that the portal says: hidden."]
    assert before["stay_signed_in"]["evidence"] != after["stay_signed_in"]["evidence"]


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    """Rows that do not say whose they are."""
    row = {"id": "r1", "createdDateTime": "2026-11-02T08:00:00Z", "userId": "u1", "correlationId": "c1"}
    (tmp_path / "log.ndjson").write_text(json.dumps(row | {"status": {"errorCode": 0}}))
    return tmp_path / "log.ndjson"


@pytest.mark.parametrize("tenant", [OTHER, "contoso.example"])
def test_the_configs_only_tenant_is_meant_where_the_files_do_not_say(
    auditor: Invoke, nameless: Path, tmp_path: Path, tenant: str
) -> None:
    (tmp_path / "auditor.toml").write_text(config(tenant) + WORD)
    for named in ((), ("-c", "auditor.toml")):
        result = auditor("run", "--from", nameless, "-f", "json", "-q", *named)
        assert report(result)["stay_signed_in"]["verdict"] == "hidden"
        assert report(result)["id"] == tenant
        assert ("is taken for that, as auditor.toml names no other" in result.stderr) is not bool(named)


def test_of_several_tenants_none_is_meant_where_the_files_do_not_say(
    auditor: Invoke, nameless: Path, tmp_path: Path
) -> None:
    (tmp_path / "auditor.toml").write_text(config("a.example") + WORD + config("b.example"))
    named = auditor("run", "--from", nameless, "-c", "auditor.toml")
    assert named.exit_code == 2
    assert "is for a.example, b.example, and" in named.stderr
    assert "does not say whose it is" in named.stderr
    found = auditor("run", "--from", nameless, "-f", "json", "-q")
    assert report(found)["stay_signed_in"]["verdict"] == "not known"
    assert "The config is not used." in found.stderr


def test_whether_a_domain_is_of_an_id_is_not_guessed(auditor: Invoke, nameless: Path, tmp_path: Path) -> None:
    """The rows tell the tenant's id, and the config its domain: whoever names the config vouches for it."""
    row = json.loads(nameless.read_text()) | {"homeTenantId": OTHER, "resourceTenantId": OTHER}
    nameless.write_text(json.dumps(row))
    (tmp_path / "auditor.toml").write_text(config("contoso.example") + WORD)
    found = auditor("run", "--from", nameless, "-f", "json", "-q")
    assert report(found)["stay_signed_in"]["verdict"] == "not known"
    assert "auditor.toml is not used" in found.stderr
    named = auditor("run", "--from", nameless, "-f", "json", "-q", "-c", "auditor.toml")
    assert report(named)["stay_signed_in"]["verdict"] == "hidden"
    assert report(named)["id"] == OTHER
    assert "is of contoso.example it does not say: it is taken for that" in named.stderr


def test_a_rule_for_another_tenant_of_the_config_matches_nothing_here_and_is_not_blamed(
    auditor: Invoke, plain: str, tmp_path: Path, local: LocalTenant
) -> None:
    rule = '[[accept]]\ncheck = "interrupts"\nsubject = "elsewhere"\nreason = "r"\n'
    (tmp_path / "auditor.toml").write_text(rule + config(local.tenant_id) + config("b.example"))
    two = report(auditor("run", "--from", plain, "-f", "json", "-q"))
    assert [each["state"] for each in two["acceptances"]] == ["not looked at"]


@pytest.mark.parametrize("change", [["hide-prompt"], ["--policy", "new.json"], ["--disable", ""]])
def test_what_if_takes_what_run_takes(
    auditor: Invoke, exported: Path, tmp_path: Path, tenant_in_files: Simulation, change: list[str]
) -> None:
    (tmp_path / "new.json").write_text(json.dumps(policy("New one")))
    change = [each or next(iter(tenant_in_files.policies()))["displayName"] for each in change]
    result = auditor("what-if", *change, "--from", exported, "-f", "json", "-q")
    assert result.exit_code in (0, 3), result.stderr
    said = json.loads(result.stdout)
    assert said["tenant"]["id"] == tenant_in_files.tenant_id
    assert said["prompts"]["total"] > 0


@pytest.mark.parametrize("other", [OTHER, "fabrikam.example"])
def test_with_a_table_of_pseudonyms_nobody_is_named_on_standard_error(
    auditor: Invoke, plain: str, nameless: Path, tmp_path: Path, simulation: Simulation, other: str
) -> None:
    (tmp_path / "auditor.toml").write_text(config(other))
    told = [
        auditor("run", "--from", source, "-q", "-f", "json", "--redact", "names.json").stderr
        for source in (plain, nameless)
    ]
    assert "is not used" in told[0]
    assert "it is taken for that" in told[1]
    names = (other, plain, nameless.name, simulation.tenant_id, simulation.custom_domain, simulation.initial_domain)
    assert [each for each in names if each in "".join(told)] == []


@pytest.mark.parametrize("text", ["", "{", '{"state": '])
def test_a_damaged_organization_ends_no_run(
    auditor: Invoke, local: LocalTenant, plain: str, tmp_path: Path, text: str
) -> None:
    (tmp_path / plain / "datasets" / "organization.json").write_text(text)
    (tmp_path / "auditor.toml").write_text(config(local.tenant_id))
    result = auditor("run", "-q", "-f", "json", "--from", plain, "--fail-on", "never")
    assert result.exit_code == 3, result.stderr
    states = {each["name"]: each["state"] for each in report(result)["datasets"]}
    assert states["organization"] == "missing"
    assert states["policies"] == "collected"
