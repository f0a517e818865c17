from collections.abc import Iterable, Iterator

import pytest

from auditor.check import Check, NotDecided, Status, run_check
from auditor.finding import Confidence, Finding, Severity, Subject
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
