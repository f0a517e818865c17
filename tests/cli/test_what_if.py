"""`auditor what-if`, as a person types it, against the running local tenant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import Result

from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.spool.spool import Spool
from auditor.testing import policy

Invoke = Callable[..., Result]

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "what-if-v1.schema.json").read_text("utf-8"))


@pytest.fixture
def evidence(auditor: Invoke, config_file: Path) -> str:
    assert auditor("collect", "-o", "evidence", "-q").exit_code == 0
    return "evidence"


@pytest.fixture
def what_if(auditor: Invoke, evidence: str) -> Callable[..., dict[str, Any]]:
    """`what_if("hide-prompt")`: worked out on the collected folder, as JSON that keeps to its schema."""

    def ask(*arguments: object) -> dict[str, Any]:
        result = auditor("what-if", *arguments, "--from", evidence, "--format", "json", "-q")
        assert result.exit_code == 0, result.stderr
        assert result.stderr == ""
        told: dict[str, Any] = json.loads(result.stdout)
        jsonschema.Draft202012Validator(SCHEMA).validate(told)
        return told

    return ask


def prompts_in(evidence: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in Spool.open(Path(evidence)).sign_in_lines()]
    return [row for row in {row["id"]: row for row in rows}.values() if row["status"]["errorCode"] == 50140]


def test_hiding_the_prompt_spares_all_of_the_tenants_own_users(what_if: Callable[..., Any], evidence: str) -> None:
    told = what_if("hide-prompt")
    prompts = prompts_in(evidence)
    own = [row for row in prompts if row["homeTenantId"] == row["resourceTenantId"]]
    fates = told["prompts"]
    assert fates["total"] == len(prompts)
    assert fates["vanish"]["prompts"] + fates["hidden_already"]["prompts"] == len(own)
    assert fates["vanish"]["prompts"] > 0
    assert fates["stay"]["prompts"] + fates["not_known"]["prompts"] == len(prompts) - len(own)
    assert {each["check"] for each in told["findings"]["disappear"]} >= {"stay-signed-in-shown"}


def test_a_policy_for_one_person_whom_no_policy_names_today(
    what_if: Callable[..., Any], evidence: str, tmp_path: Path
) -> None:
    """Today's policies could not tell this person from others: the new one can, and so the log is read."""
    counted = Counter(row["userId"] for row in prompts_in(evidence) if row["clientAppUsed"] == "Browser")
    person, prompts = counted.most_common(1)[0]
    given = policy("Only one person")
    given["conditions"]["users"] = {"includeUsers": [person]}
    (tmp_path / "policy.json").write_text(json.dumps(given), "utf-16")
    told = what_if("--policy", "policy.json")
    fates = told["prompts"]
    assert fates["vanish"]["prompts"] + fates["hidden_already"]["prompts"] + fates["not_known"]["prompts"] >= prompts
    assert 0 < fates["vanish"]["prompts"] <= prompts
    assert fates["vanish"]["people"] == 1
    assert len(fates["spared_most"]) == 1


def test_disabling_by_name(what_if: Callable[..., Any], simulation: Simulation) -> None:
    always = next(
        each["displayName"]
        for each in simulation.policies()
        if each["state"] == "enabled" and ((each["sessionControls"] or {}).get("persistentBrowser") or {}).get("mode")
    )
    told = what_if("--disable", always.upper())
    assert (told["change"]["kind"], told["change"]["policy"]) == ("disable-policy", always)


def test_a_table_of_80_columns(auditor: Invoke, evidence: str) -> None:
    result = auditor("what-if", "hide-prompt", "--from", evidence)
    assert result.exit_code == 0
    assert "What if the prompt to stay signed in were hidden?" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_newest_collection_serves_and_without_one_it_collects(
    auditor: Invoke, config_file: Path, local: LocalTenant, tmp_path: Path
) -> None:
    before = len(local.requests)
    first = auditor("what-if", "hide-prompt")
    assert first.exit_code == 0
    assert len(local.requests) > before
    (kept,) = (tmp_path / "shelf" / local.tenant_id).iterdir()
    before = len(local.requests)
    second = auditor("what-if", "hide-prompt", "--tenant", local.tenant_id.upper())
    assert second.stdout == first.stdout
    assert str(kept) in second.stderr
    assert len(local.requests) == before


def test_nothing_is_ever_written_to_the_tenant(auditor: Invoke, config_file: Path, local: LocalTenant) -> None:
    before = len(local.requests)
    assert auditor("what-if", "hide-prompt", "--ask-graph", "-q").exit_code == 0
    harmless = ("/token", "/getByIds", "/evaluate", "/GetCredentialType", "/$batch")
    written = [
        each
        for each in list(local.requests)[before:]
        if each.method not in ("GET", "HEAD") and not each.path.endswith(harmless)
    ]
    assert written == []


@pytest.mark.usefixtures("no_pace")
def test_graphs_own_what_if_agrees(what_if: Callable[..., Any], local: LocalTenant) -> None:
    before = len(local.requests)
    graph = what_if("hide-prompt", "--ask-graph")["graph"]
    asked = [each for each in list(local.requests)[before:] if each.path.endswith("/evaluate")]
    assert graph["asked"] == len(asked) == 20
    assert graph["agree"] > 100
    assert graph["differences"] == []
    assert (graph["disagree"], graph["changed_since"], graph["reason"]) == (0, 0, "")


def test_a_refusal_of_graph_is_worded_and_ends_nothing(
    auditor: Invoke, evidence: str, local: LocalTenant, config_file: Path, tmp_path: Path
) -> None:
    client_id, secret = local.register_client(["AuditLog.Read.All"])
    (tmp_path / "secret").write_text(secret)
    config_file.write_text(config_file.read_text().replace(local.client_id, client_id))
    result = auditor("what-if", "hide-prompt", "--from", evidence, "--ask-graph")
    said = " ".join(result.stdout.split())
    assert result.exit_code == 3
    assert "would not be shown any more" in said
    assert "Nothing could be asked. Graph answered 403" in said
    assert "Grant the application permission Policy.Read.ConditionalAccess or Policy.Read.All" in said


def test_what_could_not_be_read_is_3(auditor: Invoke, evidence: str, tmp_path: Path) -> None:
    (tmp_path / evidence / "datasets" / "policies.json").write_text(
        '{"name": "policies", "state": "missing", "reason": "Graph answered 403.", "remedy": "Grant it.", "read": "x"}'
    )
    result = auditor("what-if", "--disable", "anything", "--from", evidence)
    assert result.exit_code == 3
    assert "Not known: the Conditional Access policies could not be read." in result.stdout
    assert "Grant it." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "One what-if takes one change."),
        (["hide-prompt", "--disable", "x"], "One what-if takes one change."),
        (["show-prompt"], "hide-prompt"),
        (["--policy", "nowhere.json"], "nowhere.json cannot be read: No such file"),
        (["--disable", "No such policy"], "There is no policy 'No such policy'."),
        (["hide-prompt", "--ask-graph", "--tenant", "fabrikam.com"], "and not fabrikam.com."),
    ],
)
def test_a_question_that_cannot_be_understood(auditor: Invoke, evidence: str, arguments: list[str], said: str) -> None:
    result = auditor("what-if", *arguments, "--from", evidence)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_tenant_that_the_config_does_not_have(auditor: Invoke, config_file: Path) -> None:
    result = auditor("what-if", "hide-prompt", "--tenant", "fabrikam.com")
    assert result.exit_code == 2
    assert "The config has no tenant 'fabrikam.com'." in result.stderr
