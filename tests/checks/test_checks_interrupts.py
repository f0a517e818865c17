from auditor.check import Status
from auditor.finding import Confidence, Severity
from auditor.testing import after, run_check, sign_in
from auditor_checks.interrupts import check


def test_clear_without_interrupts() -> None:
    assert run_check(check, sign_ins=[sign_in(0), sign_in(50126)]).status is Status.CLEAR


def test_one_finding_for_each_code() -> None:
    rows = [sign_in(50140), sign_in(0, after(1)), sign_in(50140, after(90)), sign_in(50074, after(91))]
    result = run_check(check, sign_ins=rows)
    assert [finding.subject.id for finding in result.findings] == ["50140", "50074"]
    first = result.findings[0]
    assert (first.severity, first.confidence) == (Severity.INFO, Confidence.GENERAL)
    assert "50140 KmsiInterrupt: 2 in the window, by 1 user: 1 completed, 1 continued." in first.message


def test_not_run_without_the_log() -> None:
    result = run_check(check, missing={"sign_ins": "Graph answered 403."})
    assert result.status is Status.NOT_RUN
    assert "AuditLog.Read.All" in result.remedy


def test_no_interrupt_in_a_part_of_the_log_is_not_clear() -> None:
    assert run_check(check, sign_ins=[sign_in(0)], partial={"sign_ins": "One day of seven."}).status is Status.NOT_RUN
