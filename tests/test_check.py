import dataclasses
from collections.abc import Iterable, Iterator

import pytest

from auditor.check import Check, NotDecided, Status, run_check
from auditor.finding import Confidence, Evidence, Finding, Severity, Subject
from auditor.tenant.tenant import Tenant
from auditor.testing import policy, tenant

FOUND = Finding(Severity.LOW, Confidence.STATED, Subject("policy", "p", "P"), "seen", "do")


def check(run: object, needs: tuple[str, ...] = ("policies",)) -> Check:
    return Check(id="example", title="Example", needs=needs, run=run)  # type: ignore[arg-type]


def nothing(_: Tenant) -> Iterable[Finding]:
    return ()


def something(_: Tenant) -> Iterable[Finding]:
    return (FOUND,)


def test_clear_when_all_was_read_and_nothing_found() -> None:
    with tenant() as made:
        assert run_check(check(nothing), made).status is Status.CLEAR


def test_found() -> None:
    with tenant() as made:
        result = run_check(check(something), made)
    assert (result.status, result.findings, result.reason) == (Status.FOUND, (FOUND,), "")


def test_not_run_without_a_dataset_even_when_the_check_never_looks_at_it() -> None:
    with tenant(missing={"policies": "Graph answered 403."}) as made:
        result = run_check(check(nothing), made)
    assert result.status is Status.NOT_RUN
    assert "Conditional Access policies" in result.reason
    assert "403" in result.reason
    assert "Policy.Read.All" in result.remedy


def test_nothing_found_in_a_part_is_not_clear() -> None:
    with tenant(policies=[policy()], partial={"policies": "Only the first page."}) as made:
        result = run_check(check(nothing), made)
    assert result.status is Status.NOT_RUN
    assert "Only the first page." in result.reason


def test_what_is_found_in_a_part_is_found_and_says_what_it_could_not_see() -> None:
    with tenant(policies=[policy()], partial={"policies": "Only the first page."}) as made:
        result = run_check(check(something), made)
    assert result.status is Status.FOUND
    assert "Only the first page." in result.reason


def test_a_question_that_the_data_do_not_decide_is_not_run() -> None:
    def undecided(_: Tenant) -> Iterator[Finding]:
        raise NotDecided("Nobody knows.", "Look.")
        yield

    with tenant() as made:
        result = run_check(check(undecided), made)
    assert (result.status, result.reason, result.remedy) == (Status.NOT_RUN, "Nobody knows.", "Look.")


def test_a_fault_in_a_check_is_its_result() -> None:
    def faulty(_: Tenant) -> Iterable[Finding]:
        return (FOUND, 1 // 0)  # type: ignore[return-value]

    with tenant() as made:
        result = run_check(check(faulty), made)
    assert result.status is Status.FAILED
    assert "ZeroDivisionError" in result.reason


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("fault", [SystemExit(0), GeneratorExit(), BaseException("x"), Mute(), MemoryError()])
def test_whatever_a_check_raises_ends_it_and_nothing_else(fault: BaseException) -> None:
    def faulty(_: Tenant) -> Iterable[Finding]:
        raise fault

    with tenant() as made:
        result = run_check(dataclasses.replace(check(faulty), package="contoso-checks 1.0"), made)
    assert result.status is Status.FAILED
    assert result.reason.startswith(f"The check of contoso-checks 1.0 has a fault: {type(fault).__name__}")


def test_ctrl_c_is_the_users() -> None:
    def stopped(_: Tenant) -> Iterable[Finding]:
        raise KeyboardInterrupt

    with tenant() as made, pytest.raises(KeyboardInterrupt):
        run_check(check(stopped), made)


class Louder(Finding):
    """Reports know a Finding, and not what somebody made of one."""


def but(**parts: object) -> Finding:
    return dataclasses.replace(FOUND, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["no finding"], "a str is no Finding"),
        ([None], "a NoneType is no Finding"),
        (5, "not iterable"),
        (None, "not iterable"),
        ([but(severity="high")], "'high' is no Severity"),
        ([but(severity=Severity.HIGH)], "does not declare the severity high"),
        ([but(confidence="stated")], "'stated' is no Confidence"),
        ([but(subject="policy")], "a str is no Subject"),
        ([but(subject=Subject("policy", 7, "P"))], "should be a text"),  # type: ignore[arg-type]
        ([but(message=None)], "should be a text"),
        ([but(key=0)], "should be a text"),
        ([but(evidence=["seen"])], "no tuple of Evidence"),
        ([but(evidence=(Evidence("sign_ins", None),))], "should be a text"),  # type: ignore[arg-type]
        ([FOUND, but(message="other", severity=Severity.INFO)], "the same key ''"),
        ([Louder(*(getattr(FOUND, each.name) for each in dataclasses.fields(FOUND)))], "a Louder is no Finding"),
    ],
)
def test_findings_that_no_report_can_hold_end_the_check(given: object, why: str) -> None:
    made_check = dataclasses.replace(check(lambda tenant: given), severities=(Severity.INFO, Severity.LOW))
    with tenant() as made:
        result = run_check(made_check, made)
    assert (result.status, result.findings) == (Status.FAILED, ())
    assert why in result.reason


def test_two_findings_on_one_subject_have_different_keys() -> None:
    with tenant() as made:
        result = run_check(check(lambda tenant: (FOUND, but(key="other"))), made)
    assert (result.status, len(result.findings)) == (Status.FOUND, 2)


@pytest.mark.parametrize(
    "parts",
    [
        {"id": "Bad Id!!"},
        {"id": ""},
        {"id": 5},
        {"title": None},
        {"docs": b""},
        {"run": None},
        {"severities": ("high",)},
    ],
)
def test_a_check_that_is_none(parts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="check"):
        dataclasses.replace(check(nothing), **parts)  # type: ignore[arg-type]


def test_a_check_sees_only_what_it_declared() -> None:
    def sneaky(made: Tenant) -> Iterable[Finding]:
        return (FOUND,) if made.sign_ins else ()

    with tenant(policies=[policy()]) as made:
        result = run_check(check(sneaky), made)
    assert result.status is Status.FAILED
    assert "without declaring" in result.reason


def test_a_check_cannot_need_what_nobody_collects() -> None:
    with pytest.raises(ValueError, match="weather"):
        check(nothing, needs=("weather",))
