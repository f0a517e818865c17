import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.run import (
    DatasetResult,
    InterruptsAnswer,
    PoliciesAnswer,
    Run,
    StaySignedIn,
    TenantRun,
    Unreached,
    exit_code,
)

COLLECTED = DatasetResult("policies", "policies", "collected", 3)
PARTIAL = DatasetResult("policies", "policies", "partial", 3, "one page")


UNREACHED = (Unreached("fabrikam.com", "Signing in was refused.", "Renew the secret."),)


def run(
    *results: CheckResult,
    datasets: tuple[DatasetResult, ...] = (COLLECTED,),
    unreached: tuple[Unreached, ...] = (),
) -> Run:
    tenant = TenantRun(
        id="t",
        name="T",
        domain="t.com",
        source=(),
        window=("", ""),
        datasets=datasets,
        stay_signed_in=StaySignedIn("shown", "stated", ""),
        interrupts=InterruptsAnswer(known=True),
        policies=PoliciesAnswer(known=True),
        checks=results,
    )
    return Run("2026-11-21T00:00:00Z", "1", (), (tenant,), unreached)


def found(*severities: Severity) -> CheckResult:
    findings = tuple(Finding(each, Confidence.STATED, Subject("a", "b", "c"), "", "") for each in severities)
    return CheckResult("c", "C", Status.FOUND, findings)


CLEAR = CheckResult("c", "C", Status.CLEAR)
NOT_RUN = CheckResult("n", "N", Status.NOT_RUN, reason="403")
FAILED = CheckResult("f", "F", Status.FAILED, reason="bug")


@pytest.mark.parametrize(
    ("made", "fail_on", "code"),
    [
        (run(CLEAR), "low", 0),
        (run(found(Severity.INFO)), "low", 0),
        (run(found(Severity.LOW)), "low", 11),
        (run(found(Severity.LOW, Severity.MEDIUM)), "low", 12),
        (run(found(Severity.HIGH)), "low", 13),
        (run(found(Severity.CRITICAL), found(Severity.LOW)), "low", 14),
        (run(found(Severity.MEDIUM)), "high", 0),
        (run(found(Severity.CRITICAL)), "never", 0),
        (run(NOT_RUN), "low", 3),
        (run(FAILED), "low", 3),
        (run(NOT_RUN), "never", 3),
        (run(CLEAR, datasets=(PARTIAL,)), "low", 3),
        (run(found(Severity.LOW), NOT_RUN, datasets=(PARTIAL,)), "low", 11),
        (run(found(Severity.LOW), NOT_RUN), "high", 3),
        (run(CLEAR, unreached=UNREACHED), "low", 3),
        (run(CLEAR, unreached=UNREACHED), "never", 3),
        (run(found(Severity.LOW), unreached=UNREACHED), "low", 11),
        (run(found(Severity.LOW), unreached=UNREACHED), "high", 3),
    ],
)
def test_exit_codes(made: Run, fail_on: str, code: int) -> None:
    assert exit_code(made, fail_on) == code
