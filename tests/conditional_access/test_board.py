from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.board import Board, numbers
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.evaluate import conditions_hold
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Circumstances, Person, Target, Way
from auditor.tenant.policy import Conditions, Policy, Users


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_it_says_of_every_policy_what_its_conditions_say(worlds: Any, data: st.DataObject) -> None:
    policies, directory = data.draw(worlds.policies), data.draw(worlds.directories)
    board = Board(policies, directory)
    for seen in data.draw(st.lists(worlds.circumstances, min_size=1, max_size=4)):
        yes, no = board.verdict(seen)
        assert not yes & no
        assert (yes | no) & ~board.every == 0
        for number, policy in enumerate(policies):
            decision = conditions_hold(policy, seen, directory)
            bit = 1 << number
            assert decision.applies is (Applies.YES if yes & bit else Applies.NO if no & bit else Applies.NOT_KNOWN)
            if decision.applies is Applies.NOT_KNOWN:
                assert set(board.because(seen, number)) == set(decision.reasons) != set()
        assert board.verdict(seen) == (yes, no)  # the second time as the first


def test_the_state_is_not_looked_at() -> None:
    everybody = Conditions(Users(include_users=("All",)), client_app_types=("all",))
    states = ("enabled", "disabled", "enabledForReportingButNotEnforced", "paused")
    board = Board([Policy(state, state, state, everybody) for state in states], Directory())
    yes, no = board.verdict(Circumstances(Person("u-1"), Target("a-1"), Way("browser")))
    assert (yes, no) == (0, board.every)  # none names a resource


def test_numbers_of_a_set() -> None:
    assert list(numbers(0)) == []
    assert list(numbers(0b1010010)) == [1, 4, 6]
    assert list(numbers(1 << 300)) == [300]
