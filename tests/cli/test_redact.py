"""`--redact`, as a person types it: every verb that shows names, and what is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import Result

from auditor.local_tenant.simulation import Simulation
from auditor.spool.spool import Spool

Invoke = Callable[..., Result]
Json = dict[str, Any]

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)  # where the simulated log ends
DOCS = Path(__file__).parents[2] / "docs"
WORDS_OF_OURS = {"Microsoft Graph", "Idle session timeout"}


@pytest.fixture
def evidence(auditor: Invoke, config_file: Path) -> str:
    assert auditor("collect", "-o", "contoso", "-q").exit_code == 0
    return "contoso"


@pytest.fixture(scope="session")
def names(simulation: Simulation) -> set[str]:
    """Everything that tells who, what or where of the simulated tenant."""
    found = {simulation.tenant_id, simulation.display_name, simulation.initial_domain, simulation.custom_domain}
    for each in simulation.users():
        found |= {each["id"], each["displayName"], each["userPrincipalName"]}
    for each in (*simulation.policies(), *simulation.groups(), *simulation.named_locations()):
        found |= {each["id"], each["displayName"]}
    for each in simulation.service_principals():
        found |= {each["appId"], each["displayName"], *each["replyUrls"]}
    return found - WORDS_OF_OURS


@pytest.fixture
def left(names: set[str], evidence: str) -> Callable[[str], set[str]]:
    rows = [json.loads(line) for line in Spool.open(Path(evidence)).sign_in_lines()]
    keys = ("userId", "userPrincipalName", "appId", "appDisplayName", "resourceDisplayName", "ipAddress")
    everything = names | {row[key] for row in rows for key in keys} - WORDS_OF_OURS - {"", None}
    return lambda text: {each for each in everything if each in text or json.dumps(each)[1:-1] in text}


def row_ids(evidence: str) -> list[str]:
    return [json.loads(line)["id"] for line in Spool.open(Path(evidence)).sign_in_lines()]


@pytest.mark.parametrize("form", ["table", "json"])
def test_run(auditor: Invoke, evidence: str, left: Callable[[str], set[str]], form: str, config_file: Path) -> None:
    # Of runs that are kept a report would tell what changed since the last one.
    config_file.write_text(config_file.read_text().replace("[history]", "[history]\nkeep = 0"))
    plain = auditor("run", "--from", evidence, "--format", form, "-q")
    redacted = auditor("run", "--from", evidence, "--format", form, "-q", "--redact", "names.json")
    assert redacted.exit_code == plain.exit_code, redacted.stderr
    assert left(plain.stdout)
    assert not left(redacted.stdout + redacted.stderr)
    assert "names.json" not in redacted.stdout
    table = json.loads(Path("names.json").read_text())
    shown = [each["pseudonym"] for each in table["names"]]
    assert len(shown) > 10
    if form == "json":
        document = json.loads(redacted.stdout)
        jsonschema.Draft202012Validator(json.loads((DOCS / "run-v1.schema.json").read_text("utf-8"))).validate(document)
        assert document["redacted"]
        assert document["tenants"][0]["id"].startswith("tenant-")
        assert all(each in redacted.stdout for each in shown)
    again = auditor("run", "--from", evidence, "--format", form, "-q", "--redact", "names.json")
    assert again.stdout == redacted.stdout


@pytest.mark.parametrize("form", ["table", "csv", "ndjson"])
def test_interrupts(
    auditor: Invoke, evidence: str, left: Callable[[str], set[str]], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    plain = auditor("interrupts", "--from", evidence, "--format", form, "-q")
    redacted = auditor("interrupts", "--from", evidence, "--format", form, "-q", "--redact", "names.json")
    assert redacted.exit_code == plain.exit_code == 0
    assert left(plain.stdout)
    assert not left(redacted.stdout + redacted.stderr)
    assert redacted.stdout.count("\n") == plain.stdout.count("\n")
    assert json.loads(Path("names.json").read_text())["names"]


@pytest.mark.parametrize("form", ["table", "json"])
def test_explain(auditor: Invoke, evidence: str, left: Callable[[str], set[str]], form: str) -> None:
    some = row_ids(evidence)[::40]
    assert len(some) > 5
    for row in some:
        plain = auditor("explain", row, "--from", evidence, "--format", form, "-q")
        redacted = auditor("explain", row, "--from", evidence, "--format", form, "-q", "--redact", "names.json")
        assert redacted.exit_code == plain.exit_code == 0, redacted.stderr
        assert left(plain.stdout)
        assert not left(redacted.stdout + redacted.stderr)
        assert evidence not in redacted.stdout  # the folder's name
        assert row in redacted.stdout
        if form == "json":
            schema = json.loads((DOCS / "explain-v1.schema.json").read_text("utf-8"))
            jsonschema.Draft202012Validator(schema).validate(json.loads(redacted.stdout))
            causes = [
                [step["explanation"] and step["explanation"]["cause"] for each in attempts for step in each["steps"]]
                for attempts in (json.loads(told.stdout)["attempts"] for told in (plain, redacted))
            ]
            assert causes[0] == causes[1]


def test_explain_live(auditor: Invoke, evidence: str, left: Callable[[str], set[str]], config_file: Path) -> None:
    redacted = auditor("explain", row_ids(evidence)[7], "--config", config_file, "-q", "--redact", "names.json")
    assert redacted.exit_code == 0, redacted.stderr
    assert "asked live" in redacted.stdout
    assert not left(redacted.stdout)


@pytest.mark.parametrize("form", ["table", "json"])
def test_what_if(
    auditor: Invoke, evidence: str, left: Callable[[str], set[str]], simulation: Simulation, form: str
) -> None:
    policy = next(each for each in simulation.policies() if each["state"] == "enabled")
    changed = Path("changed.json")
    changed.write_text(json.dumps({**policy, "displayName": "Grace's draft", "state": "disabled"}))
    for change in (["hide-prompt"], ["--disable", policy["displayName"]], ["--policy", changed]):
        plain = auditor("what-if", *change, "--from", evidence, "--format", form, "-q")
        redacted = auditor("what-if", *change, "--from", evidence, "--format", form, "-q", "--redact", "names.json")
        assert redacted.exit_code == plain.exit_code == 0, redacted.stderr
        assert left(plain.stdout)
        assert not left(redacted.stdout + redacted.stderr)
        assert "Grace" not in redacted.stdout
        if form == "json":
            one, other = json.loads(plain.stdout), json.loads(redacted.stdout)
            assert one["change"]["kind"] == other["change"]["kind"]
            assert (one["prompts"] or {}).get("vanish") == (other["prompts"] or {}).get("vanish")
            assert len(one["findings"]["disappear"]) == len(other["findings"]["disappear"])


def test_exports(auditor: Invoke, left: Callable[[str], set[str]], simulation: Simulation, tmp_path: Path) -> None:
    """Their files are named after the tenant, and one cannot be read."""
    folder = tmp_path / "Fabrikam export"
    folder.mkdir()
    (folder / "Fabrikam policies.json").write_text(json.dumps({"value": simulation.policies()}))
    (folder / "Fabrikam notes.txt").write_text("Grace will know.")
    (folder / "Fabrikam locations.json").write_text(
        "\n".join(map(json.dumps, [*simulation.named_locations(), {"who": "knows"}]))
    )
    plain = auditor("run", "--from", folder, "--format", "json", "-q")
    redacted = auditor("run", "--from", folder, "--format", "json", "-q", "--redact", "names.json")
    assert redacted.exit_code == plain.exit_code, redacted.output
    assert "Fabrikam" in plain.stdout
    assert "Fabrikam" not in redacted.stdout
    assert not left(redacted.stdout)


def test_what_is_kept_is_redacted_and_never_compared_with_what_is_not(
    auditor: Invoke, left: Callable[[str], set[str]], config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "history"
    options = ("run", "--config", config_file, "--format", "json", "-q")
    plain = auditor(*options)
    for minute in (1, 2):
        monkeypatch.setattr("auditor.cli.clock.now", lambda minute=minute: NOW.replace(minute=minute))
        redacted = auditor(*options, "--redact", "names.json")
        assert redacted.exit_code == plain.exit_code, redacted.output
        assert redacted.exit_code > 2, redacted.output
        since = json.loads(redacted.stdout)["tenants"][0]["since_last_run"]
        assert (since is None) == (minute == 1)  # the run that was not redacted is none to compare with
    assert {each["fate"] for each in since["findings"]} == {"still there"}
    folders = sorted(path.name for path in kept.iterdir())
    assert len(folders) == 2
    (pseudonymous,) = [each for each in folders if each.startswith("tenant-")]
    files = sorted((kept / pseudonymous).iterdir())
    assert len(files) == 2
    assert not any(left(path.read_text()) for path in files)
    (unredacted,) = (path for each in folders if each != pseudonymous for path in (kept / each).iterdir())
    refused = auditor("diff", unredacted, files[-1])
    assert refused.exit_code == 2
    assert "Only the newer run was redacted" in refused.stderr
    assert auditor("diff", *files).exit_code == 0


def test_demo(auditor: Invoke) -> None:
    result = auditor("demo", "--users", 30, "--days", 1, "-q", "--redact", "names.json")
    assert result.exit_code == 0, result.output
    table = json.loads(Path("names.json").read_text())
    assert table["names"]
    assert not [
        each for each in table["names"] if each["original"] in result.stdout and each["original"] not in WORDS_OF_OURS
    ]
    assert any(each["pseudonym"] in result.stdout for each in table["names"])


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by the folder's access list")
def test_the_table_is_private(auditor: Invoke, evidence: str) -> None:
    auditor("run", "--from", evidence, "-q", "--redact", "names.json")
    assert Path("names.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("verb", [("demo",), ("interrupts",), ("explain", "50140"), ("what-if", "hide-prompt")])
def test_a_file_that_is_no_table_ends_it_before_anything_is_read(auditor: Invoke, verb: tuple[str, ...]) -> None:
    Path("precious.toml").write_text("[collect]")
    result = auditor(*verb, "--redact", "precious.toml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "precious.toml is no table of pseudonyms" in result.stderr
    assert Path("precious.toml").read_text() == "[collect]"


@pytest.mark.parametrize(
    ("output", "table"), [("out", "out/names.json"), ("out", "out/deep/names.json"), ("run.json", "./run.json")]
)
def test_the_table_is_never_where_the_output_goes(auditor: Invoke, evidence: str, output: str, table: str) -> None:
    Path("out", "deep").mkdir(parents=True)
    result = auditor("run", "--from", evidence, "--format", "json", "-o", output, "-q", "--redact", table)
    assert result.exit_code == 2
    assert "would be part of the output" in result.stderr
    assert not Path(table).exists()


def test_every_file_of_every_format(auditor: Invoke, evidence: str, left: Callable[[str], set[str]]) -> None:
    forms = [part for form in ("html", "markdown", "csv", "sarif", "junit", "json", "table") for part in ("-f", form)]
    result = auditor("run", "--from", evidence, *forms, "-o", "out", "-q", "--redact", "names.json")
    files = [path for path in Path("out").rglob("*") if path.is_file()]
    assert len(files) > 7, result.output
    for path in files:
        assert not left(path.read_text("utf-8")), path
        assert not left(str(path)), path
