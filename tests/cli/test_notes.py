"""What is said of the whole report, in every format: emergency accounts, and a tenant without a premium licence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import jsonschema
import pytest
from typer.testing import Result

from auditor.local_tenant.service import Faults, LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.reports.load import load

Invoke = Callable[..., Result]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "run-v1.schema.json").read_text("utf-8"))
TYPO = "typo@proseware241.example"
FORMATS = ("table", "markdown", "html", "json", "sarif", "junit", "csv")


def flat(result: Result, tmp_path: Path, form: str) -> str:
    """A report as one line, with nothing that formats put before signs of theirs."""
    text = result.stdout
    if form == "csv":
        text = "".join(path.read_text("utf-8-sig") for path in sorted((tmp_path / "out").rglob("*.csv")))
    for written in ("\\", "<span>", "</span>"):
        text = text.replace(written, "")
    return " ".join(text.split())


def run(auditor: Invoke, form: str) -> Result:
    return auditor("run", "-q", "-f", form, *(("-o", "out") if form == "csv" else ()))


@pytest.fixture
def named(config_for: Callable[..., Path], local: LocalTenant, simulation: Simulation) -> str:
    """One emergency account that is there, and one that is not."""
    account = next(
        each["userPrincipalName"] for each in simulation.users() if "breakglass" in each["userPrincipalName"]
    )
    config_for(local, more=f'[tenant.administrators]\nbreak_glass = ["{account.upper()}", "{TYPO}"]\n')
    assert isinstance(account, str)
    return account


@pytest.mark.parametrize("form", FORMATS)
def test_emergency_accounts_are_named_and_those_that_nobody_was_found_for(
    auditor: Invoke, named: str, tmp_path: Path, form: str
) -> None:
    said = flat(run(auditor, form), tmp_path, form)
    assert f"Left aside as emergency accounts, as the config says: {named}." in said
    assert f"for which nobody was found in what was read, and nobody is left aside for them: {TYPO}." in said


def test_as_json_they_keep_to_the_schema_and_come_back(auditor: Invoke, named: str) -> None:
    made = run(auditor, "json").stdout
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(made))
    assert len(load(made.encode(), "run").tenants[0].notes) == 2
    older = json.loads(made)
    del older["tenants"][0]["notes"]
    assert load(json.dumps(older).encode(), "run").tenants[0].notes == ()


def test_with_a_table_of_pseudonyms_nobody_is_named(auditor: Invoke, named: str) -> None:
    result = auditor("run", "-q", "-f", "json", "--redact", "names.json")
    assert "Left aside as emergency accounts, as the config says: " in result.stdout
    assert named not in result.output
    assert TYPO not in result.output


def test_where_the_users_could_not_be_read_that_is_why(
    auditor: Invoke, named: str, local: LocalTenant, tmp_path: Path
) -> None:
    client_id, secret = local.register_client(["Policy.Read.All"])
    (tmp_path / "secret").write_text(secret)
    config = tmp_path / "auditor.toml"
    config.write_text(config.read_text().replace(local.client_id, client_id))
    (note,) = json.loads(run(auditor, "json").stdout)["tenants"][0]["notes"]
    assert f"{named.upper()}, {TYPO}. The users were not read: " in note


@pytest.fixture(scope="module")
def free() -> Iterator[LocalTenant]:
    """A tenant without a premium licence."""
    with running(Simulation(seed=1, users=40, days=2, end=NOW, premium=False), throttle=False) as tenant:
        yield tenant


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_a_tenant_without_the_licence_is_told_so_and_what_is_free(
    auditor: Invoke, free: LocalTenant, config_for: Callable[..., Path], tmp_path: Path, form: str
) -> None:
    config_for(free)
    result = run(auditor, form)
    said = flat(result, tmp_path, form)
    assert "take Microsoft Entra ID P1, which this tenant does not have: Graph refuses the log" in said
    assert "auditor run --from InteractiveSignIns.csv" in said.replace("`", "")
    assert "security defaults (o" in said
    assert "None of the 0 policies" not in said


@pytest.mark.slow
def test_its_findings_stay_and_tell_what_can_be_done_there(
    auditor: Invoke, free: LocalTenant, config_for: Callable[..., Path]
) -> None:
    config_for(free)
    (tenant,) = json.loads(run(auditor, "json").stdout)["tenants"]
    gaps = next(each for each in tenant["checks"] if each["id"] == "persistent-browser-gaps")["findings"]
    assert gaps
    for finding in gaps:
        assert finding["remedy"].startswith("It takes Microsoft Entra ID P1, which this tenant does not have: ")
        assert "security defaults" in finding["remedy"]
    counted = [each for check in tenant["checks"] for each in check["findings"] if "It takes" in each["remedy"]]
    serious = sum(each["severity"] != "info" for each in counted)
    assert f" {serious} findings wait for it." in tenant["notes"][0]


@pytest.mark.slow
def test_a_refusal_by_mistake_proves_nothing(
    auditor: Invoke, simulation: Simulation, config_for: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Graph says at every request that there is no licence, and the organization's plans hold it."""
    monkeypatch.setattr("auditor.sources.graph_client.PREMIUM_DOUBTS", 0)
    with running(simulation, throttle=False, faults=Faults(frozenset({"premium-403"}), rate=1.0)) as local:
        config_for(local)
        made = run(auditor, "json")
    (tenant,) = json.loads(made.stdout)["tenants"]
    assert next(each for each in tenant["datasets"] if each["name"] == "sign_ins")["state"] == "missing"
    (note,) = tenant["notes"]
    assert "is among the organization's plans: it is known to say so by mistake" in note
    assert "It takes Microsoft Entra ID P1, which" not in made.stdout
