from typing import Any

import pytest

from auditor.check import Status
from auditor.finding import Severity
from auditor.tenant.records import Attestation
from auditor.testing import branding_row, run_check, sign_in
from auditor_checks.stay_signed_in_not_known import check


@pytest.mark.parametrize(
    "parts",
    [
        {"sign_in_page": [branding_row(True)]},
        {"sign_in_page": [branding_row(False)]},
        {"sign_ins": [sign_in(50140)]},
        {"attestation": Attestation("hidden", "Ada", "2026-10-01")},
        # old, but something better tells
        {"attestation": Attestation("hidden", "Ada", "2025-10-01"), "sign_in_page": [branding_row(True)]},
    ],
)
def test_clear_when_known(parts: dict[str, Any]) -> None:
    assert run_check(check, **parts).status is Status.CLEAR


@pytest.mark.parametrize("rows", [[], [branding_row(None)], [branding_row(False, locale=1043)]])
def test_microsofts_default_is_no_answer(rows: list[Any]) -> None:
    (finding,) = run_check(check, sign_in_page=rows, sign_ins=[sign_in(0)]).findings
    assert finding.severity is Severity.INFO
    assert "Microsoft's default is to show" in finding.message
    assert "[tenant.stay_signed_in]" in finding.remedy


def test_it_says_what_was_tried_and_what_would_decide_it() -> None:
    missing = {"sign_in_page": "It was not asked.", "sign_ins": "Graph answered 403.", "organization": "403"}
    (finding,) = run_check(check, missing=missing).findings
    tried = " ".join(each.statement for each in finding.evidence)
    assert "It was not asked." in tried
    assert "Graph answered 403." in tried
    assert "AuditLog.Read.All" in finding.remedy


def test_rows_that_contradict_each_other_are_no_answer() -> None:
    rows = [branding_row(True), branding_row(False) | {"asked_for": "contoso.com"}]
    (finding,) = run_check(check, sign_in_page=rows).findings
    assert "contradict each other" in finding.message


@pytest.mark.parametrize(("on", "found"), [("2026-05-11", True), ("2026-05-12", False), ("not a date", True)])
def test_an_old_word(on: str, found: bool) -> None:
    result = run_check(check, attestation=Attestation("shown", "Ada", on))
    assert [each.key for each in result.findings] == (["old-word"] if found else [])
    if found:
        assert result.findings[0].severity is Severity.LOW
        assert f"Ada saw on {on} alone" in result.findings[0].message
