"""`auditor explain`, as a person types it: codes, messages, and attempts in files and on the running local tenant."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from auditor.cli import app
from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.spool.spool import Spool
from auditor.tenant.instant import MINUTE, parse, to_text

Invoke = Callable[..., Result]
Json = dict[str, Any]

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "explain-v1.schema.json").read_text("utf-8"))
NOWHERE = "99999999-0000-4000-8000-000000000009"
SECRET = "0.AXoAsecretsecretsecret"


@pytest.fixture
def evidence(auditor: Invoke, config_file: Path) -> str:
    assert auditor("collect", "-o", "evidence", "-q").exit_code == 0
    return "evidence"


@pytest.fixture
def told(auditor: Invoke) -> Callable[..., Json]:
    """`told("50140")`: the answer as JSON that keeps to its schema."""

    def ask(*arguments: object, exit_code: int = 0) -> Json:
        result = auditor("explain", *arguments, "--format", "json", "-q")
        assert result.exit_code == exit_code, result.output
        answer: Json = json.loads(result.stdout)
        jsonschema.Draft202012Validator(SCHEMA).validate(answer)
        assert result.stdout.isascii()
        return answer

    return ask


def rows_in(evidence: str) -> list[Json]:
    return list({row["id"]: row for row in map(json.loads, Spool.open(Path(evidence)).sign_in_lines())}.values())


def attempts_in(rows: Iterable[Json]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = defaultdict(list)
    for row in rows:
        found[row["correlationId"]].append(row)
    return found


@pytest.fixture
def attempt(evidence: str) -> list[Json]:
    """The rows of an attempt of one user with two interrupts and a success."""
    return next(
        rows
        for rows in attempts_in(rows_in(evidence)).values()
        if len(rows) == 3 and len({row["userId"] for row in rows}) == 1
        if len({row["createdDateTime"][:13] for row in rows}) == 1
        if sorted(row["status"]["errorCode"] == 0 for row in rows) == [False, False, True]
    )


class TestACode:
    def test_needs_neither_config_nor_network(self, auditor: Invoke, told: Callable[..., Json]) -> None:
        (code,) = told("50140")["codes"]
        assert (code["name"], code["interrupt"], code["microsoft_workbooks"]) == ("KmsiInterrupt", True, "base")
        assert {each["cause"] for each in code["causes"]} >= {"prompt-expected", "policy-should-have-suppressed"}
        assert "sign-in page settings" in code["evidence"]
        assert told("AADSTS50199")["codes"][0]["microsoft_workbooks"] is None
        page = auditor("explain", "50140").stdout
        assert "Expected prompt" in page
        assert max(map(len, page.splitlines())) <= 80

    def test_does_not_read_a_config_that_is_there(self, auditor: Invoke, config_file: Path, local: LocalTenant) -> None:
        config_file.write_text("nonsense")
        before = len(local.requests)
        assert auditor("explain", "50140").exit_code == 0
        assert len(local.requests) == before

    def test_a_failure(self, told: Callable[..., Json]) -> None:
        (code,) = told("50126")["codes"]
        assert (code["interrupt"], code["class"], code["causes"]) == (False, "user error", [])

    def test_success(self, auditor: Invoke, told: Callable[..., Json]) -> None:
        assert told("0")["codes"][0]["class"] == "success"
        assert "0 is no error" in auditor("explain", "0").stdout

    def test_one_that_is_not_in_the_catalogue(self, auditor: Invoke, told: Callable[..., Json]) -> None:
        (code,) = told("AADSTS987654")["codes"]
        assert (code["in_catalogue"], code["interrupt"], code["class"]) == (False, None, None)
        result = auditor("explain", "987654")
        assert result.exit_code == 0
        assert "not in the catalogue" in result.stdout
        assert "is not known" in result.stdout


class TestAMessage:
    def test_without_a_log_at_hand(self, told: Callable[..., Json]) -> None:
        """Words that no shell kept together are one message."""
        said = told("AADSTS50199:", "confirm", "Correlation ID:", NOWHERE, "Timestamp:", "2026-11-14 03:42:00Z")
        assert [code["code"] for code in said["codes"]] == [50199]
        assert said["ids"] == [{"kind": "correlation id", "id": NOWHERE}]
        assert said["at"] == "2026-11-14T03:42:00Z"
        assert "--from" in said["not_looked_for_because"]
        assert said["looked_in"] == []

    def test_only_a_code_and_a_log(self, auditor: Invoke, evidence: str) -> None:
        result = auditor("explain", "50140", "--from", evidence)
        assert result.exit_code == 0
        assert "Nothing was looked for in evidence" in result.stdout

    def test_nothing_in_it_is_2_and_is_not_repeated(self, auditor: Invoke) -> None:
        result = auditor("explain", f"https://app.contoso.com/?code={SECRET}")
        assert result.exit_code == 2
        assert "neither a code nor the id" in result.stderr
        assert SECRET not in result.output

    def test_secrets_in_an_address_are_not_repeated(self, auditor: Invoke) -> None:
        text = quote_plus(f"AADSTS50140: x Trace ID: {NOWHERE} Correlation ID: {NOWHERE}")
        address = "&".join(
            f"{name}={SECRET}"
            for name in ("code", "access_token", "id_token", "client_secret", "state", "session_state")
        )
        for form in ("table", "json"):
            result = auditor("explain", f"https://app.contoso.com/?{address}&error_description={text}", "-f", form)
            assert result.exit_code == 0
            assert SECRET not in result.output
            assert NOWHERE in result.output

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.usefixtures("auditor")
    def test_from_standard_input(self, encoding: str) -> None:
        text = f"Fehler é: AADSTS50140\r\nCorrelation ID: {NOWHERE}\r\n"
        result = CliRunner().invoke(app, ["explain", "-"], input=text.encode(encoding))
        assert result.exit_code == 0
        assert result.stdout.startswith("50140 KmsiInterrupt")
        assert NOWHERE in result.stdout

    @pytest.mark.usefixtures("auditor")
    def test_too_long(self) -> None:
        result = CliRunner().invoke(app, ["explain", "-"], input=b"x" * 100_001 + b" AADSTS50140")
        assert result.exit_code == 2
        assert "longer than 100,000" in result.stderr

    def test_hostile_bytes(self, auditor: Invoke) -> None:
        result = CliRunner().invoke(app, ["explain", "-"], input=b"AADSTS50140 \xff\xfe\x00\x1b[31m\xe2\x80\xae")
        assert result.exit_code == 0
        assert "\x1b" not in result.output


class TestAnAttempt:
    def test_row_by_row(self, auditor: Invoke, told: Callable[..., Json], evidence: str, attempt: list[Json]) -> None:
        rows = sorted(attempt, key=lambda row: row["createdDateTime"])
        for asked in (rows[1]["id"], rows[0]["correlationId"], f"Request Id: {rows[2]['id']}"):
            said = told(asked, "--from", evidence)
            (found,) = said["attempts"]
            assert [step["id"] for step in found["steps"]] == [row["id"] for row in rows]
            assert [step["asked_for"] for step in found["steps"]] == [row["id"] in asked for row in rows]
            assert found["ending"] == "succeeded"
            assert said["looked_in"][0]["found"] is True
        page = auditor("explain", rows[1]["id"], "--from", evidence).stdout
        assert max(map(len, page.splitlines())) <= 80
        assert "It succeeded." in page
        assert page.index(rows[0]["id"]) < page.index(rows[1]["id"]) < page.index(rows[2]["id"])

    def test_every_interrupt_as_the_truth_has_it(
        self, told: Callable[..., Json], evidence: str, simulation: Simulation
    ) -> None:
        """One of each code. What v1.0 rows do not tell is not claimed."""
        truth = {line["id"]: line for line in simulation.truth() if line["kind"] == "interrupt"}
        one_of_each = {line["code"]: identity for identity, line in truth.items()}
        claimed = 0
        for identity in one_of_each.values():
            attempts = told(identity, "--from", evidence)["attempts"]
            for step in (step for attempt in attempts for step in attempt["steps"]):
                if step["outcome"] is not None:
                    line = truth[step["id"]]
                    assert step["outcome"] == line["outcome"]
                    if step["explanation"]["confidence"] != "general":
                        assert step["explanation"]["cause"] == line["cause"]
                        claimed += 1
        assert claimed > 10

    def test_in_a_file_by_itself(self, told: Callable[..., Json], attempt: list[Json], tmp_path: Path) -> None:
        end = {**attempt[0], "id": NOWHERE, "correlationId": NOWHERE, "createdDateTime": after_hours(attempt[0], 2)}
        (tmp_path / "export.json").write_text(json.dumps({"value": [*attempt, end]}), "utf-16")
        (found,) = told(attempt[1]["id"], "--from", tmp_path / "export.json")["attempts"]
        assert {step["id"] for step in found["steps"]} == {row["id"] for row in attempt}

    def test_one_that_is_nowhere_is_3(self, auditor: Invoke, told: Callable[..., Json], evidence: str) -> None:
        said = told(NOWHERE, "--from", evidence, exit_code=3)
        (place,) = said["looked_in"]
        assert (place["name"], place["found"], place["rows"]) == ("evidence", False, len(rows_in(evidence)))
        assert place["window"] == {"start": "2026-11-18T09:00:00Z", "end": "2026-11-21T09:00:00Z"}
        result = auditor("explain", f"Correlation ID: {NOWHERE} Timestamp: 2026-10-01 03:42:00Z", "--from", evidence)
        assert result.exit_code == 3
        page = " ".join(result.stdout.split())
        assert "The attempt was not found" in page
        assert "The message is of 2026-10-01 03:42:00 UTC." in page
        assert "2026-11-18 09:00" in page

    def test_nothing_there_to_look_through(self, auditor: Invoke, tmp_path: Path) -> None:
        assert auditor("explain", NOWHERE, "--from", tmp_path / "absent").exit_code == 1

    def test_a_log_that_could_not_be_read_is_3(self, told: Callable[..., Json], evidence: str, tmp_path: Path) -> None:
        for path in (tmp_path / evidence / "sign_ins").iterdir():
            path.unlink()
        (tmp_path / evidence / "datasets" / "sign_ins.json").write_text(
            '{"name": "sign_ins", "state": "missing", "reason": "Graph answered 403.", "read": "x"}'
        )
        (place,) = told(NOWHERE, "--from", evidence, exit_code=3)["looked_in"]
        assert (place["window"], place["partial"]) == (None, True)
        assert place["caveats"][0].startswith("Graph answered 403. ")


def after_hours(row: Json, hours: int) -> str:
    return to_text(parse(row["createdDateTime"]) + hours * 60 * MINUTE)


class TestLive:
    def test_the_same_as_from_what_was_collected(
        self, told: Callable[..., Json], evidence: str, local: LocalTenant, simulation: Simulation
    ) -> None:
        """Outcomes, causes and confidence; one interrupt of each kind of evidence."""
        one_of_each = {line["code"]: line["id"] for line in simulation.truth() if line["kind"] == "interrupt"}
        for code in (50140, 50199, 50125, 50079, 50076, 50097, 50203, 50137, 65001, 70044):
            identity = one_of_each[code]
            live, offline = told(identity), told(identity, "--from", evidence)
            assert said(live) == said(offline)
            (place,) = live["looked_in"]
            assert (place["live"], place["name"], place["found"]) == (True, local.tenant_id, True)

    def test_only_those_rows_are_asked_for_and_nothing_stays(
        self, told: Callable[..., Json], attempt: list[Json], local: LocalTenant, tmp_path: Path
    ) -> None:
        before, files = len(local.requests), set(tmp_path.rglob("*"))
        told(attempt[0]["correlationId"])
        asked = [each for each in list(local.requests)[before:] if "/signins" in each.path.lower()]
        assert len(asked) == 2  # the id is first taken for a request's
        assert set(tmp_path.rglob("*")) == files

    def test_one_that_is_nowhere_is_3(self, told: Callable[..., Json], config_file: Path, local: LocalTenant) -> None:
        before = len(local.requests)
        said = told(f"AADSTS50140 Correlation ID: {NOWHERE}", exit_code=3)
        assert said["looked_in"][0]["window"] == {"start": "2026-10-22T09:00:00Z", "end": "2026-11-21T09:00:00Z"}
        assert [code["code"] for code in said["codes"]] == [50140]
        paths = [each.path for each in list(local.requests)[before:]]
        assert not [path for path in paths if "polic" in path.lower()]

    def test_tenants_are_asked_one_after_the_other(
        self, told: Callable[..., Json], config_file: Path, attempt: list[Json]
    ) -> None:
        whole = config_file.read_text()
        before, tenant = whole[: whole.index("[[tenant]]")], whole[whole.index("[[tenant]]") :]
        unreachable = tenant.replace('id = "', 'id = "x', 1)
        config_file.write_text(before + unreachable + tenant)
        said = told(attempt[0]["id"])
        assert len(said["unreached"]) == 1
        assert said["looked_in"][0]["found"] is True

    def test_without_a_config_is_2(self, auditor: Invoke) -> None:
        assert auditor("explain", NOWHERE).exit_code == 2
        assert auditor("explain", f"AADSTS50140 Trace ID: {NOWHERE}", "-c", "absent.toml").exit_code == 2

    def test_without_the_permission(
        self, auditor: Invoke, config_file: Path, local: LocalTenant, tmp_path: Path
    ) -> None:
        client_id, secret = local.register_client(["Policy.Read.All"])
        (tmp_path / "secret").write_text(secret)
        config_file.write_text(config_file.read_text().replace(local.client_id, client_id))
        result = auditor("explain", NOWHERE)
        assert result.exit_code == 1
        assert "AuditLog.Read.All" in result.stderr
        result = auditor("explain", f"AADSTS50140 Trace ID: {NOWHERE}")
        assert result.exit_code == 3
        assert "AuditLog.Read.All" in " ".join(result.stdout.split())


def said(answer: Json) -> list[Any]:
    return [(attempt["ending"], [_step(each) for each in attempt["steps"]]) for attempt in answer["attempts"]]


def _step(step: Json) -> tuple[Any, ...]:
    why = step["explanation"]
    return step["id"], step["outcome"], why and (why["cause"], why["confidence"])
