"""Whole simulated tenants: nothing that says whose they are is left in any output, and nothing else is different."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from auditor import history
from auditor.acceptance import accepting
from auditor.audit import facts
from auditor.compare import compare, not_comparable
from auditor.config import Accept
from auditor.explain.explainer import Explainer
from auditor.local_tenant.simulation import Simulation
from auditor.redaction.forms import is_guid
from auditor.redaction.redaction import Redaction
from auditor.redaction.table import open_table
from auditor.reports import html, interrupts, junit, markdown, sarif, table, tables_csv
from auditor.reports import json as as_json
from auditor.run import Run, Unreached
from auditor.tenant.tenant import Tenant
from auditor.testing import END, Administrators, parts_of, tenant
from auditor_checks import ALL

WORDS_OF_OURS = {"Microsoft Graph", "Idle session timeout"}
"""Names in the simulation that the reports say of their own accord."""


def simulated(seed: int) -> Simulation:
    return Simulation(seed=seed, users=60, days=7, end=datetime.fromisoformat(f"{END[:19]}+00:00"))


def originals(simulation: Simulation, rows: list[dict[str, Any]]) -> set[str]:
    """Everything that tells who, what or where, but for ids of rows."""
    found = {simulation.tenant_id, simulation.display_name, simulation.initial_domain, simulation.custom_domain}
    for each in simulation.users():
        found |= {each["id"], each["displayName"], each["userPrincipalName"], each["userPrincipalName"].split("@")[0]}
    for each in (*simulation.policies(), *simulation.groups(), *simulation.named_locations()):
        found |= {each["id"], each["displayName"]}
    for each in (*simulation.activity_based_timeout_policies(), *simulation.token_lifetime_policies()):
        found |= {each["id"], each["displayName"]}
    for location in simulation.named_locations():
        found |= {each["cidrAddress"].partition("/")[0] for each in location.get("ipRanges", ())}
    for each in simulation.service_principals():
        found |= {each["id"], each["appId"], each["displayName"], *each["replyUrls"]}
    for row in rows:
        found |= {row[key] for key in ("userId", "userPrincipalName", "userDisplayName", "appId", "appDisplayName")}
        found |= {row[key] for key in ("resourceDisplayName", "ipAddress", "homeTenantId")}
        found |= {row["deviceDetail"][key] for key in ("deviceId", "displayName")}
    return found - WORDS_OF_OURS - {"", None, "00000000-0000-0000-0000-000000000000"}


def left_in(text: str, names: set[str]) -> set[str]:
    """Ids and accounts in either case, names as they are written: as such, quoted, and as JSON and HTML have them."""
    lowered = text.lower()
    return {
        name
        for name in names
        for spelled in {name, repr(name)[1:-1], json.dumps(name)[1:-1], escape(name)}
        if (spelled.lower() in lowered if "@" in name or is_guid(name) else spelled in text)
    }


@contextmanager
def opened(seed: int, api: str, **parts: Any) -> Iterator[tuple[Simulation, set[str], Tenant]]:
    simulation = simulated(seed)
    given = parts_of(simulation, api) | parts
    with tenant(**given, service_principals=simulation.service_principals()) as made:
        yield simulation, originals(simulation, given["sign_ins"]), made


def run_of(made: Tenant, *unreached: Unreached) -> Run:
    said = facts(made, ALL, {"kind": "test", "api": "v1.0"})
    return Run("2026-11-21T00:00:00Z", "1.2.3", (), (said,), unreached)


@pytest.fixture
def redaction(tmp_path: Path) -> Redaction:
    return Redaction(tmp_path / "names.json")


FORMATS = {
    "json": as_json.render,
    "table": lambda run: table.render(run, width=160),
    "markdown": markdown.render,
    "csv": lambda run: "".join(tables_csv.render(run).values()),
    "sarif": sarif.render,
    "junit": junit.render,
    "html": html.render,
}


@pytest.mark.parametrize("api", ["v1.0", "beta"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_nothing_is_left_in_any_format_and_nothing_else_differs(redaction: Redaction, seed: int, api: str) -> None:
    with opened(seed, api, administrators=Administrators(break_glass=("nobody@contoso.example",))) as (_, names, made):
        unreached = Unreached(
            "fabrikam.example", "AADSTS90002: no directory 'Fabrikam' at fabrikam.onmicrosoft.com.", ""
        )
        plain = run_of(made, unreached)
        redacted = redaction.run(run_of(redaction.tenant(made), unreached))
    redaction.save()
    for name, render in FORMATS.items():
        text = render(redacted)
        assert not left_in(text, names | {"nobody@", "Fabrikam", "fabrikam"}), name
        assert left_in(render(plain), names), f"{name} shows no names at all"
        assert str(redaction.path) not in text
        assert json.loads(redaction.path.read_text())["key"] not in text
    assert turned_back(as_json.document(redacted), redaction.path) == comparable(as_json.document(plain))


def turned_back(document: Any, path: Path) -> Any:
    names = open_table(path)

    def back(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: back(each) for key, each in value.items()}
        if isinstance(value, list):
            return [back(each) for each in value]
        return names.turned_back(value) if isinstance(value, str) else value

    return comparable(back(document))


def comparable(value: Any) -> Any:
    """Without what must differ: fingerprints follow from ids, and links hold them. Accounts are the same in either
    case. Of an address the table has one way to write it."""
    if isinstance(value, dict):
        left_out = ("fingerprint", "link", "redacted")
        return {key: comparable(each) for key, each in value.items() if key not in left_out}
    if isinstance(value, list):
        return [comparable(each) for each in value]
    return value.lower() if isinstance(value, str) else value


def test_one_table_gives_one_set_of_pseudonyms_and_another_one_another(tmp_path: Path) -> None:
    texts = []
    for name in ("one.json", "one.json", "other.json"):
        redaction = Redaction(tmp_path / name)
        with opened(2, "beta") as (_, _, made):
            texts.append(as_json.render(redaction.run(run_of(redaction.tenant(made)))))
        redaction.save()
    assert texts[0] == texts[1]
    pseudonyms = [set(re.findall(r"\b(?:user|policy|group|id|app|tenant)-[0-9a-f]{10}\b", text)) for text in texts]
    assert len(pseudonyms[0]) > 20
    assert not pseudonyms[0] & pseudonyms[2]


@pytest.mark.parametrize("render", [interrupts.ndjson, interrupts.as_csv, lambda found: interrupts.table(found, 160)])
def test_nothing_is_left_in_the_lists_of_interrupts(redaction: Redaction, render: Any) -> None:
    with opened(3, "beta") as (_, names, made):
        texts = []
        for shown in (made, redaction.tenant(made)):
            explain = Explainer(shown).explain
            found = [(each, explain(each)) for each in shown.sign_ins.interrupts()]
            ids = {each.id for each, _ in found}
            texts.append("".join(render(iter(found) if shown is made else redaction.interrupts(found))))
    redaction.save()
    assert left_in(texts[0], names)
    assert not left_in(texts[1], names)
    assert left_in(texts[1], ids) == ids  # a row can still be found
    assert texts[0].count("\n") == texts[1].count("\n")


def test_the_saved_run_is_the_redacted_one_and_is_compared_with_redacted_ones(
    redaction: Redaction, tmp_path: Path
) -> None:
    folder = tmp_path / "history"
    with opened(4, "v1.0") as (_, names, made):
        plain = run_of(made)
        redacted = redaction.run(run_of(redaction.tenant(made)))
    history.save(plain, plain.tenants[0], folder, 30)
    path = history.save(redacted, redacted.tenants[0], folder, 30)
    assert not left_in(path.read_text() + str(path), names)
    last = history.last(folder, redacted.tenants[0].id)
    assert last is not None
    assert last == redacted
    since = compare(last.tenants[0], redacted.tenants[0], last.started)
    assert {each.fate.value for each in since.findings} == {"still there"}
    assert not (since.policies)
    assert not (since.setting)
    assert not (since.unable)
    assert not not_comparable(last, redacted)
    assert "Only the older run was redacted" in not_comparable(redacted, plain)
    assert "Only the newer run was redacted" in not_comparable(plain, redacted)
    assert "different tables" in not_comparable(replace(redacted, redacted="another"), redacted)


def test_what_was_compared_already_is_not_redacted(redaction: Redaction) -> None:
    with opened(4, "v1.0") as (_, _, made):
        run = run_of(redaction.tenant(made))
    (audited,) = run.tenants
    with pytest.raises(ValueError, match="before it is compared"):
        redaction.run(replace(run, tenants=(replace(audited, since=compare(audited, audited, "then")),)))


def test_findings_are_accepted_under_their_own_names_and_shown_under_pseudonyms(redaction: Redaction) -> None:
    with opened(4, "v1.0") as (_, names, made):
        plain = run_of(made)
        redacted = run_of(redaction.tenant(made))
    about = next(
        (result, finding)
        for result in plain.tenants[0].checks
        for finding in result.findings
        if finding.subject.kind == "policy"
    )
    check, subject = about[0].id, about[1].subject
    rules = (
        Accept(check=check, subject=subject.name.upper(), reason="Grace of Contoso knows.", owner="Grace"),
        Accept(check=check, subject=subject.id, reason="Twice.", until="2020-01-31"),
        Accept(check=check, subject="Grace's own", reason="It is gone."),
    )
    expected = accepting(plain.tenants, rules, date(2026, 11, 21))
    accepted = redaction.accepted(redacted.tenants, lambda tenants: accepting(tenants, rules, date(2026, 11, 21)))
    run = redaction.run(replace(redacted, tenants=accepted))
    (found,) = run.tenants
    states = [each.state for each in found.acceptances]
    assert states == [each.state for each in expected[0].acceptances] == ["accepted", "expired", "matches nothing"]
    assert len(list(found.open_findings())) == len(list(expected[0].open_findings()))
    (renamed,) = {finding.subject.name for result in found.checks for finding in result.findings
                  if finding.fingerprint(found.id, result.id) in found.accepted}  # fmt: skip
    assert renamed.startswith("policy-")
    assert [each.subject for each in found.acceptances][:2] == [renamed, renamed]
    assert not left_in(as_json.render(run) + table.render(run, width=160), names | {"Grace", "Contoso", "It is gone"})
    redaction.save()
    back = open_table(redaction.path).turned_back
    assert back(found.acceptances[0].reason) == "Grace of Contoso knows."
    assert back(found.acceptances[2].subject) == "Grace's own"
