from auditor.check import Status
from auditor.finding import Confidence, Severity
from auditor.tenant.records import Attestation
from auditor.testing import branding_row, run_check, sign_in
from checks.stay_signed_in import check


def test_clear_when_hidden() -> None:
    assert run_check(check, sign_in_page=[branding_row(True)]).status is Status.CLEAR


def test_found_when_shown() -> None:
    (finding,) = run_check(check, sign_in_page=[branding_row(False)]).findings
    assert (finding.severity, finding.confidence) == (Severity.LOW, Confidence.STATED)
    (finding,) = run_check(check, sign_ins=[sign_in(50140)]).findings
    assert finding.confidence is Confidence.INFERRED


def test_not_run_when_not_known() -> None:
    result = run_check(check)
    assert result.status is Status.NOT_RUN
    assert "default is to show" in result.reason
    assert "portal" in result.remedy


def test_it_runs_without_the_page_when_the_log_decides() -> None:
    result = run_check(check, sign_ins=[sign_in(50140)], missing={"sign_in_page": "not asked"})
    assert result.status is Status.FOUND


def test_an_attestation_that_is_contradicted() -> None:
    attestation = Attestation("shown", "Ada", "2026-11-01")
    (finding,) = run_check(check, sign_in_page=[branding_row(True)], attestation=attestation).findings
    assert finding.severity is Severity.MEDIUM
    assert "attests shown (Ada, 2026-11-01); what was seen says hidden" in finding.message
