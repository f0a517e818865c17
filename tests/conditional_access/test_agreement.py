from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor import testing
from auditor.conditional_access.agreement import Agreement, Disagreement, agreement
from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.testing import after, policy, sign_in

Json = dict[str, Any]
EVERYBODY, NOBODY, BIG = "everybody", "nobody", "a group too big to be listed"


def made(name: str, users: Json, **fields: Any) -> Json:
    whole = policy(name)
    return whole | {"id": name, "conditions": whole["conditions"] | {"users": users}} | fields


POLICIES = [
    made(EVERYBODY, {"includeUsers": ["All"]}),
    made(NOBODY, {"includeUsers": ["None"]}),
    made(BIG, {"includeGroups": ["g-big"]}),
]


def row(number: int = 0, code: int = 0, status: str = "success", **results: str) -> Json:
    """One of many that differ in their time."""
    applied = [{"id": name, "displayName": name, "result": result} for name, result in results.items()]
    return sign_in(
        code, after(number), id=f"row-{number}", conditionalAccessStatus=status,
        appliedConditionalAccessPolicies=applied,
    )  # fmt: skip


def held(rows: Iterable[Json], policies: list[Json] = POLICIES) -> Agreement:
    with testing.tenant(sign_ins=rows, policies=policies, group_members={"g-big": 30_000}) as tenant:
        return agreement(tenant.sign_ins, Board(tenant.policies, Directory.of(tenant)))


def test_what_agrees_what_does_not_and_what_nobody_knows() -> None:
    right = {EVERYBODY: "success", NOBODY: "notApplied", BIG: "notApplied"}
    wrong = {EVERYBODY: "reportOnlyNotApplied", NOBODY: "reportOnlySuccess", BIG: "success"}
    found = held([row(0, **right), row(1, **right), row(2, **wrong)])
    assert (found.sign_ins, found.agreed, found.disagreed, found.not_known, found.changed_later) == (3, 4, 2, 3, 0)
    ((why, count),) = found.because
    assert "g-big" in why
    assert count == 3
    assert found.disagreements == (
        Disagreement(EVERYBODY, EVERYBODY, True, 1, "row-2"),
        Disagreement(NOBODY, NOBODY, False, 1, "row-2"),
    )


def test_disagreements_are_counted_the_most_frequent_first() -> None:
    found = held([row(0, everybody="notApplied"), row(1, nobody="success"), row(2, nobody="failure")])
    assert [(each.policy_id, each.count) for each in found.disagreements] == [(NOBODY, 2), (EVERYBODY, 1)]


@pytest.mark.parametrize(
    "unfinished",
    [
        row(1, 50140, everybody="notApplied"),
        row(1, 50074, "failure", everybody="failure", nobody="success"),
        row(1, 50126, "notApplied", everybody="notApplied"),
        row(1, 0) | {"status": None},
        row(1, 0) | {"appliedConditionalAccessPolicies": None},
        row(1, 0) | {"appliedConditionalAccessPolicies": "hidden"},
        row(1, 0),
    ],
)
def test_what_was_not_finished_or_not_shown_proves_nothing(unfinished: Json) -> None:
    assert held([unfinished]).sign_ins == 0


def test_a_block_is_final() -> None:
    found = held([row(1, 53003, "failure", everybody="failure", nobody="notApplied")])
    assert (found.sign_ins, found.agreed) == (1, 2)


@pytest.mark.parametrize("result", ["notEnabled", "unknown", "unknownFutureValue", "", None])
def test_results_that_say_neither_are_not_compared(result: Any) -> None:
    found = held([row(0, everybody=result, gone="success", SecurityDefaults="success")])
    assert (found.sign_ins, found.agreed, found.disagreed, found.not_known) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("changed", "compared"),
    [
        ({}, 3),
        ({"modifiedDateTime": after(0.5)}, 2),
        ({"modifiedDateTime": after(1)}, 2),  # at the very time of a sign-in: it came first
        ({"modifiedDateTime": after(90)}, 0),
        ({"modifiedDateTime": None, "createdDateTime": after(1.5)}, 1),
        ({"modifiedDateTime": None, "createdDateTime": None}, 3),
        ({"modifiedDateTime": "the day before yesterday"}, 0),
    ],
)
def test_a_policy_that_changed_later_is_not_compared(changed: Json, compared: int) -> None:
    policies = [POLICIES[0] | changed, POLICIES[1]]
    found = held([row(number, everybody="success", nobody="notApplied") for number in range(3)], policies)
    assert (found.agreed, found.changed_later, found.disagreed) == (compared + 3, 3 - compared, 0)


def test_a_repeated_row_counts_once() -> None:
    assert held([row(0, everybody="success")] * 3).sign_ins == 1
