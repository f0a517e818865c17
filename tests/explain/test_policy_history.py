"""The policies as they were: walked back through any history of changes, and not known where the log does not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.explain.history import PolicyHistory, Standing
from auditor.tenant.instant import MINUTE, to_text
from auditor.tenant.policy import Policy
from auditor.tenant.records import PolicyChange

START = 17_000_000_000_000_000


def text(minute: int) -> str:
    return to_text(START + minute * MINUTE)


def tick(minute: float) -> int:
    return START + int(minute * MINUTE)


def at(history: PolicyHistory, minute: float) -> Standing:
    return history.standing(history.epoch(tick(minute)))


@given(st.data())
def test_walking_back_meets_every_version(data: st.DataObject) -> None:
    """Policies are added, changed and deleted at random minutes; the log holds all of it, in any order."""
    alive: dict[str, Policy] = {
        f"p{number}": Policy(f"p{number}", "0", "enabled", created=text(-9), modified=text(-9))
        for number in range(data.draw(st.integers(0, 2)))
    }
    stood: list[set[Policy]] = []
    changes: list[PolicyChange] = []
    for minute in range(data.draw(st.integers(0, 8))):
        stood.append(set(alive.values()))
        name = f"p{data.draw(st.integers(0, 3))}"
        before = alive.get(name)
        kind = data.draw(st.sampled_from(("change", "delete")))
        if before is None:
            after = Policy(name, str(minute), "enabled", created=text(minute), modified=text(minute))
            alive[name] = after
            changes.append(PolicyChange(name, text(minute), "", "Add conditional access policy", None, after))
        elif kind == "change":
            alive[name] = replace(before, name=str(minute), modified=text(minute))
            activity = "Update conditional access policy"
            changes.append(PolicyChange(name.upper(), text(minute), "", activity, before, alive[name]))
        else:
            del alive[name]
            changes.append(PolicyChange(name, text(minute), "", "Delete conditional access policy", before, None))
    shuffled = data.draw(st.permutations(changes))
    history = PolicyHistory(tuple(alive.values()), shuffled, recorded=True)
    for minute, policies in enumerate(stood):
        standing = at(history, minute - 0.5)
        assert set(standing.policies) == policies
        assert standing.not_known == ()
    assert set(at(history, 99).policies) == set(alive.values())


OLD = Policy("p", "Old", "disabled", created=text(-9), modified=text(-9))
NOW = replace(OLD, name="Now", state="enabled", modified=text(10))


def change(
    before: Policy | None, after: Policy | None, activity: str = "Update conditional access policy"
) -> PolicyChange:
    return PolicyChange("P", text(10), "Ada", activity, before, after)


def test_a_change_without_a_version_leaves_the_time_before_it_unknown() -> None:
    history = PolicyHistory((NOW,), (change(None, NOW),), recorded=True)
    assert at(history, 11) == Standing((NOW,), ())
    (unknown,) = at(history, 9).not_known
    assert (unknown.id, unknown.name, unknown.now) == ("p", "Now", NOW)


@pytest.mark.parametrize("recorded", [True, False])
def test_a_change_that_the_log_does_not_have_leaves_the_time_before_it_unknown(recorded: bool) -> None:
    history = PolicyHistory((NOW,), (), recorded=recorded)
    assert at(history, 11).policies == (NOW,)
    assert at(history, 9).policies == ()
    assert len(at(history, 9).not_known) == 1


@pytest.mark.parametrize("recorded", [True, False])
def test_a_policy_without_dates_needs_the_log(recorded: bool) -> None:
    dateless = Policy("p", "Now", "enabled")
    history = PolicyHistory((dateless,), (), recorded=recorded)
    assert at(history, 0).policies == ((dateless,) if recorded else ())
    assert len(at(history, 0).not_known) == (0 if recorded else 1)


def test_one_that_was_created_later_was_not_there() -> None:
    created = replace(NOW, created=text(10))
    assert at(PolicyHistory((created,), (), recorded=False), 9) == Standing((), ())


def test_a_deleted_one_whose_version_cannot_be_read_is_not_known() -> None:
    history = PolicyHistory((), (change(None, None, "Delete conditional access policy"),), recorded=True)
    assert at(history, 11) == Standing((), ())
    (unknown,) = at(history, 9).not_known
    assert (unknown.id, unknown.name, unknown.now) == ("p", "", None)


def test_policies_of_other_kinds_are_left_out() -> None:
    other = PolicyChange("q", text(10), "Ada", "Update authorization policy", None, None)
    history = PolicyHistory((OLD,), (other,), recorded=True)
    assert at(history, 0) == Standing((OLD,), ())


def test_who_changed_it_since() -> None:
    history = PolicyHistory((NOW,), (change(OLD, NOW),), recorded=True)
    assert [each.by for each in history.changes_since("P", history.epoch(tick(9)))] == ["Ada"]
    assert history.changes_since("p", history.epoch(tick(11))) == ()
    assert history.changes_since("q", 0) == ()
