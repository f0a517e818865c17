from typing import Any

import pytest

from auditor.check import Status
from auditor.finding import Confidence, Severity
from auditor.tenant.records import Attestation
from auditor.testing import branding_row, policy, run_check, sign_in
from auditor_checks.stay_signed_in_shown import check

COMPANY_DEVICE = {"deviceId": "d1", "trustType": "Azure AD joined", "isCompliant": True}


def test_clear_when_hidden() -> None:
    assert run_check(check, sign_in_page=[branding_row(True)]).status is Status.CLEAR


def test_found_when_the_page_says_shown() -> None:
    (finding,) = run_check(check, sign_in_page=[branding_row(False)]).findings
    assert (finding.severity, finding.confidence) == (Severity.LOW, Confidence.STATED)
    assert "SharePoint Online and Office 2010" in finding.remedy


def test_found_when_a_user_met_it() -> None:
    (finding,) = run_check(check, sign_ins=[sign_in(50140)], missing={"sign_in_page": "not asked"}).findings
    assert finding.confidence is Confidence.INFERRED


def test_not_run_when_not_known() -> None:
    result = run_check(check)
    assert result.status is Status.NOT_RUN
    assert "default is to show" in result.reason
    assert "portal" in result.remedy


@pytest.mark.parametrize(
    "rows",
    [
        [branding_row(True, locale=1043)],  # one language hidden is not the tenant's setting
        [branding_row(None), branding_row(True, locale=1043)],
        [branding_row(None)],
    ],
)
def test_a_row_that_is_not_the_default_one_clears_nothing(rows: list[Any]) -> None:
    assert run_check(check, sign_in_page=rows).status is Status.NOT_RUN


def test_an_old_word_alone_clears_nothing() -> None:
    old = run_check(check, attestation=Attestation("hidden", "Ada", "2026-05-01"))
    assert old.status is Status.NOT_RUN
    assert "2026-05-01" in old.reason
    assert run_check(check, attestation=Attestation("hidden", "Ada", "2026-06-01")).status is Status.CLEAR


def test_a_language_for_which_it_is_hidden_is_named() -> None:
    rows = [branding_row(False), branding_row(True, locale=1043), branding_row(False, locale=1033)]
    (finding,) = run_check(check, sign_in_page=rows).findings
    assert "hides it for locale 1043." in finding.message
    assert any("likely not to be asked" in each.statement for each in finding.evidence)


@pytest.mark.parametrize(
    ("parts", "severity", "why"),
    [
        ({"sign_ins": [sign_in(0)]}, Severity.MEDIUM, "no policy decides"),
        ({"sign_ins": [sign_in(0)], "policies": [policy() | {"state": "disabled"}]}, Severity.MEDIUM, "no policy"),
        ({"sign_ins": [sign_in(0)], "policies": [policy(enabled=False)]}, Severity.MEDIUM, "no policy decides"),
        ({"sign_ins": [sign_in(0)], "policies": [policy()]}, Severity.LOW, "a policy decides"),
        ({"sign_ins": [sign_in(0, deviceDetail=COMPANY_DEVICE)]}, Severity.LOW, "not registered was seen"),
        ({"sign_ins": [sign_in(0, homeTenantId="another")]}, Severity.LOW, "not registered was seen"),
        ({"sign_ins": [sign_in(0)], "missing": {"policies": "403"}}, Severity.LOW, "without all policies"),
        ({"missing": {"sign_ins": "403"}}, Severity.LOW, "not registered was seen"),
    ],
)
def test_it_weighs_more_where_nothing_decides_and_devices_are_strange(
    parts: dict[str, Any], severity: Severity, why: str
) -> None:
    (finding,) = run_check(check, sign_in_page=[branding_row(False)], **parts).findings
    assert finding.severity is severity
    assert why in finding.message
