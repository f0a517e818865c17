import csv
import io
from dataclasses import replace

import pytest

from auditor.reports.spreadsheet import LONGEST, cell
from auditor.reports.tables_csv import render
from auditor.run import Run


def rows(run: Run, table: str) -> list[dict[str, str]]:
    text = render(run)[table]
    assert text.startswith("\ufeff")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "  =1",
        "\t=1",
        "\r=1",
        "\n=1",
        "\u00a0=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "\ufe621",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "x;=1", "Zo\u00eb", "'=1", "\u2212"])
def test_other_text_is_as_it_was(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("value", [1, -1, 0.5, None])
def test_numbers_are_numbers(value: object) -> None:
    assert cell(value) is value


def test_a_cell_never_outgrows_a_spreadsheet() -> None:
    assert len(cell("\U0010fffd" * 40_000)) == len(cell("x" * 40_000)) == LONGEST


def test_every_row_names_its_tenant(canonical: Run) -> None:
    ids = {each.id for each in canonical.tenants}
    for name in render(canonical):
        assert {each["tenant"] for each in rows(canonical, name)} <= ids | {"fabrikam.example"}


def test_tenants_say_what_is_not_known(canonical: Run) -> None:
    lost, first, second = rows(canonical, "tenants")
    assert (lost["looked at"], lost["interrupts"], lost["open findings"]) == ("no", "not known", "not known")
    assert "secret has expired" in lost["why not"]
    assert (first["looked at"], first["interrupts"], first["accepted findings"]) == ("yes", "4", "1")
    assert (second["interrupts"], second["stay signed in"], second["persistent browser policies"]) == (
        "not known",
        "not known",
        "1",
    )


def test_unknown_policies_are_not_none(canonical: Run) -> None:
    tenant = canonical.tenants[1]
    blind = replace(tenant, policies=replace(tenant.policies, known=False, policies=()))
    assert rows(replace(canonical, tenants=(blind,)), "tenants")[-1]["persistent browser policies"] == "not known"


def test_findings_are_all_there_accepted_ones_marked(canonical: Run) -> None:
    found = rows(canonical, "findings")
    assert len(found) == sum(len(check.findings) for tenant in canonical.tenants for check in tenant.checks)
    assert [(each["subject"], each["accepted because"]) for each in found if each["state"] == "accepted"] == [
        ("Front desk", "The desk is manned | day and night.")
    ]
    assert {each["since last run"] for each in found} == {"", "new", "still there"}


def test_outcomes_and_confidences_have_columns(canonical: Run) -> None:
    interrupt = next(each for each in rows(canonical, "interrupts") if each["code"] == "50140")
    assert (interrupt["rows"], interrupt["completed"], interrupt["failed"]) == ("2", "2", "0")
    for each in rows(canonical, "causes"):
        assert int(each["stated"]) + int(each["inferred"]) + int(each["general"]) == int(each["rows"])


def test_the_last_app_stands_for_all_others(canonical: Run) -> None:
    names = [each["app"] for each in rows(canonical, "apps")]
    assert "Time\\u202esheets" in names


def test_changes_are_rows(canonical: Run) -> None:
    found = rows(canonical, "changes")
    assert {each["what"] for each in found} == {"finding", "setting", "policy", "interrupts a day"}
    assert [(each["before"], each["after"]) for each in found if each["what"] == "setting"] == [("hidden", "shown")]
    tenant = canonical.tenants[0]
    assert tenant.since is not None
    blind = replace(tenant, since=replace(tenant.since, trends=None))
    assert rows(replace(canonical, tenants=(blind,)), "changes")[-1]["became"] == "not known"
