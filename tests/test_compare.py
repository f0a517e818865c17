from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.check import CheckResult, Status
from auditor.compare import compare
from auditor.comparison import Change, Fate
from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.run import (
    Acceptance,
    DatasetResult,
    InterruptAnswer,
    InterruptsAnswer,
    PoliciesAnswer,
    PolicyAnswer,
    StaySignedIn,
    TenantRun,
)

SINCE = "2026-11-14T00:00:00Z"
WEEK = ("2026-11-14T00:00:00Z", "2026-11-21T00:00:00Z")


def finding(name: str, severity: Severity = Severity.MEDIUM) -> Finding:
    return Finding(severity, Confidence.STATED, Subject("policy", name, name), "Said.", "Do.")


def result(*findings: Finding, status: Status = Status.FOUND, reason: str = "", check: str = "c") -> CheckResult:
    return CheckResult(check, "", status, findings, reason)


def policy(name: str, **fields: object) -> PolicyAnswer:
    made = PolicyAnswer(name, name, "enabled", "always", (), False, "everybody")
    return replace(made, **fields)  # type: ignore[arg-type]


def run(
    *results: CheckResult,
    setting: str = "shown",
    policies: tuple[PolicyAnswer, ...] = (),
    interrupts: dict[int, int] | None = None,
    states: dict[str, str] | None = None,
    window: tuple[str, str] = WEEK,
) -> TenantRun:
    known = {"policies": "collected", "sign_ins": "collected", **(states or {})}
    return TenantRun(
        "t",
        "",
        "",
        (),
        window,
        tuple(DatasetResult(name, name, state, 1) for name, state in known.items()),
        StaySignedIn(setting, "", ""),
        InterruptsAnswer(
            True,
            tuple(InterruptAnswer(code, "", count, 1, (), "", "") for code, count in (interrupts or {}).items()),
        ),
        PoliciesAnswer(True, policies, len(policies)),
        results,
    )


def fates(older: TenantRun, newer: TenantRun) -> dict[str, str]:
    return {each.finding.subject.name: each.fate.value for each in compare(older, newer, SINCE).findings}


def test_each_fate() -> None:
    older = run(
        result(finding("same"), finding("gone"), finding("up"), finding("down")),
        result(finding("lost"), check="d"),
        result(finding("vanished"), check="e"),
    )
    newer = run(
        result(finding("same"), finding("fresh"), finding("up", Severity.HIGH), finding("down", Severity.LOW)),
        result(status=Status.NOT_RUN, reason="The policies could not be read.", check="d"),
    )
    assert fates(older, newer) == {
        "same": "still there",
        "fresh": "new",
        "up": "more severe",
        "down": "less severe",
        "gone": "fixed",
        "lost": "not known",
        "vanished": "not known",
    }


def test_what_a_partly_blind_check_reports_no_more_is_not_fixed() -> None:
    newer = run(result(finding("a"), reason="Only a part was read."))
    assert fates(run(result(finding("a"), finding("b"))), newer) == {"a": "still there", "b": "not known"}


def test_accepted_and_accepted_no_more() -> None:
    there = run(result(finding("a")))
    accepted = replace(
        there, acceptances=(Acceptance("c", "a", "r", "", "", "accepted", (finding("a").fingerprint("t", "c"),)),)
    )
    assert fates(there, accepted) == {"a": "accepted"}
    assert fates(accepted, there) == {"a": "accepted no more"}
    assert fates(accepted, accepted) == {"a": "still there"}


def test_information_is_no_finding() -> None:
    assert fates(run(), run(result(finding("a", Severity.INFO)))) == {}


def test_a_run_compared_with_itself_has_changed_in_nothing() -> None:
    same = run(result(finding("a")), policies=(policy("p"),), interrupts={50140: 900})
    found = compare(same, same, SINCE)
    assert {each.fate for each in found.findings} == {Fate.SAME}
    assert (found.setting, found.policies, found.unable, found.able) == (None, (), (), ())
    assert found.trends is not None
    assert not any(each.beyond_noise for each in found.trends)


def test_the_setting_and_the_policies() -> None:
    older = run(policies=(policy("kept"), policy("changed"), policy("gone")))
    newer = run(setting="hidden", policies=(policy("kept"), policy("changed", mode="never"), policy("fresh")))
    found = compare(older, newer, SINCE)
    assert found.setting == Change("setting", "Show option to remain signed in", "shown", "hidden")
    assert [(each.name, bool(each.before), bool(each.after)) for each in found.policies] == [
        ("changed", True, True),
        ("fresh", False, True),
        ("gone", True, False),
    ]


@pytest.mark.parametrize("state", ["partial", "missing"])
def test_policies_that_were_not_all_read_have_not_gone(state: str) -> None:
    found = compare(run(policies=(policy("p"),)), run(states={"policies": state}), SINCE)
    assert found.policies == ()
    assert found.unable == (Change("dataset", "policies", "collected", state),)


def test_newly_unable_and_able() -> None:
    found = compare(run(result(status=Status.CLEAR)), run(result(status=Status.FAILED)), SINCE)
    assert found.unable == (Change("check", "c", "clear", "failed"),)
    back = compare(run(result(status=Status.FAILED)), run(result(status=Status.CLEAR)), SINCE)
    assert back.able == (Change("check", "c", "failed", "clear"),)


@pytest.mark.parametrize(
    ("before", "after", "beyond"),
    [
        (1000, 1500, True),
        (1500, 1000, True),
        (1000, 1100, False),
        (4, 9, False),
        (0, 40, True),
        (0, 3, False),
        (0, 0, False),
    ],
)
def test_interrupts_up_and_down_beyond_noise(before: int, after: int, beyond: bool) -> None:
    (trend,) = compare(run(interrupts={50140: before}), run(interrupts={50140: after}), SINCE).trends or ()
    assert trend.beyond_noise is beyond


def test_windows_of_other_lengths_are_compared_by_the_day() -> None:
    newer = run(interrupts={50140: 100}, window=("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"))
    (trend,) = compare(run(interrupts={50140: 700}), newer, SINCE).trends or ()
    assert (trend.before, trend.after, trend.beyond_noise) == (100.0, 100.0, False)


@pytest.mark.parametrize("state", ["partial", "missing"])
def test_a_log_that_was_not_wholly_read_shows_no_trend(state: str) -> None:
    assert compare(run(interrupts={50140: 700}), run(states={"sign_ins": state}), SINCE).trends is None


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_noise_does_not_depend_on_the_direction_of_time_much(before: int, after: int) -> None:
    """Up or down: only the share of the earlier rate is measured by that rate."""
    there = compare(run(interrupts={1: before}), run(interrupts={1: after}), SINCE).trends or ()
    back = compare(run(interrupts={1: after}), run(interrupts={1: before}), SINCE).trends or ()
    if there[0].beyond_noise != back[0].beyond_noise:
        assert 0.8 <= min(before, after) / max(before, after) <= 1 / 1.2
