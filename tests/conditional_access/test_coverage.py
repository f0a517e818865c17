from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.cases import Case, cases
from auditor.conditional_access.coverage import Coverage, standing_between
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.evaluate import applies
from auditor.conditional_access.limits import never_persistent
from auditor.conditional_access.supposed import supposed
from auditor.conditional_access.three_values import Applies, some
from auditor.tenant.circumstances import Circumstances, Person
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.policy import Policy
from auditor.tenant.records import NamedLocation
from auditor.testing import policy

OFFICE = NamedLocation("office", "Office", "ip", True, ranges=("203.0.113.0/24",))
REAL = Directory(locations={"office": OFFICE}, built_in_roles=frozenset({"role"}))
MEMBER = Person("somebody", frozenset({"member"}))
UNMANAGED = {"mode": "include", "rule": 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True'}


def made(name: str, state: str = "enabled", **conditions: Any) -> Policy:
    plain = policy(name)
    return parsed(plain | {"state": state, "conditions": plain["conditions"] | conditions})


def covering(*policies: Policy) -> tuple[Coverage, Directory]:
    made_up = supposed(policies, REAL)
    return Coverage(policies, never_persistent, cases(policies, made_up, lambda app: None), made_up), made_up


def gaps(*policies: Policy, person: Person = MEMBER) -> list[tuple[str, Applies, bool]]:
    coverage, made_up = covering(*policies)
    found = coverage.gaps(person, made_up, coverage.cases[0])
    return [("+".join(trait.id for trait in gap.differs), gap.applies, gap.partly) for gap in found]


def platforms(*include: str, but: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"platforms": {"includePlatforms": list(include), "excludePlatforms": list(but)}}


def test_one_policy_fills_the_gap_of_another() -> None:
    most, rest = made("most", **platforms("all", but=("macOS",))), made("rest", **platforms("macOS"))
    assert gaps(most) == [("macOS", Applies.NO, False)]
    assert gaps(most, rest) == []
    assert gaps(most, made("rest", "enabledForReportingButNotEnforced", **platforms("macOS"))) == gaps(most)
    assert gaps(most, made("rest", "tomorrow", **platforms("macOS"))) == [("macOS", Applies.NOT_KNOWN, False)]


def test_a_gap_that_takes_two_differences() -> None:
    """Each condition by itself is covered by the other policy."""
    on_windows = made("windows", **platforms("windows"))
    unregistered = made(
        "unregistered", devices={"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}
    )
    assert ("AzureAD compliant+macOS", Applies.NO, False) in gaps(on_windows, unregistered)
    assert all(len(name.split("+")) == 2 for name, _, _ in gaps(on_windows, unregistered))


def test_a_gap_that_follows_from_a_smaller_one_is_left_out() -> None:
    both = made("both", devices={"deviceFilter": UNMANAGED}, **platforms("windows"))
    assert [name for name, _, _ in gaps(both)] == ["macOS", "iOS", "android", "linux", "other", "ServerAD compliant"]


def test_nothing_covers_nothing() -> None:
    coverage, made_up = covering()
    assert coverage.nearest_case() is None
    assert coverage.reaches(MEMBER, made_up, coverage.cases[0]) is Applies.NO
    (gap,) = coverage.gaps(MEMBER, made_up, coverage.cases[0])
    assert (gap.differs, gap.certain) == ((), True)


def test_one_filter_that_asks_for_more_covers_some_devices_only() -> None:
    one_model = {"mode": "include", "rule": 'device.isCompliant -ne True -and device.model -eq "X1"'}
    laptop = made("laptop", devices={"deviceFilter": one_model})
    coverage, made_up = covering(laptop)
    case = coverage.nearest_case()
    assert case is not None
    assert "AzureAD not compliant" in [trait.id for trait in case.traits]
    assert coverage.reaches(MEMBER, made_up, case) is Applies.YES
    assert ("", Applies.NO, False) in gaps(laptop)
    assert [each for each in coverage.gaps(MEMBER, made_up, case) if each.partly]
    others = made("others", devices={"deviceFilter": one_model | {"rule": one_model["rule"].replace("-eq", "-ne")}})
    assert not [partly for _, _, partly in gaps(laptop, others) if partly], "together they may cover all"


def test_the_nearest_case_is_one_that_a_policy_reaches() -> None:
    coverage, _ = covering(made("android", **platforms("android")), made("ios", clientAppTypes=["other"]))
    case = coverage.nearest_case()
    assert case is not None
    assert [trait.id for trait in case.differing(coverage.cases[0])] == ["android"]


def test_whoever_may_be_a_guest_is_not_known() -> None:
    coverage, made_up = covering(
        made("members", users={"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]})
    )
    either = Person("x", frozenset({"member", "internalGuest"}))
    case = coverage.cases[0]
    assert coverage.reaches(either, made_up, case) is Applies.NOT_KNOWN
    decision = standing_between(coverage.policies[0], never_persistent, either, case, made_up, made_up)
    assert "whether the person is a guest" in decision.reasons[0]


def test_reasons_do_not_speak_of_a_log() -> None:
    filtered = made("filtered", devices={"deviceFilter": {"mode": "include", "rule": 'device.model -eq "X1"'}})
    coverage, made_up = covering(filtered)
    for case in coverage.cases:
        decision = standing_between(filtered, never_persistent, MEMBER, case, made_up, made_up)
        assert decision.applies is not Applies.YES
        assert not any("log" in reason for reason in decision.reasons)


CONDITIONS: dict[str, list[Any]] = {
    "users": [
        {"includeUsers": ["All"]},
        {"includeUsers": ["All"], "excludeGroups": ["g1"], "excludeUsers": ["GuestsOrExternalUsers"]},
        {"includeGroups": ["g1"]},
        {"includeRoles": ["role"], "excludeUsers": ["u1"]},
        {"includeUsers": ["u1", "GuestsOrExternalUsers"]},
    ],
    "applications": [
        {"includeApplications": ["All"]},
        {"includeApplications": ["All"], "excludeApplications": ["a1", "Office365"]},
    ],
    "clientAppTypes": [["all"], ["browser"], ["other"]],
    "platforms": [None, {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}, {"includePlatforms": ["windows"]}],
    "locations": [
        None,
        {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
        {"includeLocations": ["office"]},
        {"includeLocations": ["All"], "excludeLocations": ["unread"]},
    ],
    "devices": [None, {"deviceFilter": UNMANAGED}, {"deviceFilter": UNMANAGED | {"mode": "exclude"}}],
}
POLICIES = st.lists(
    st.tuples(
        st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CONDITIONS.items()}),
        st.sampled_from(["enabled", "enabled", "disabled", "tomorrow"]),
    ),
    min_size=1,
    max_size=4,
)
PEOPLE = st.builds(
    Person,
    st.sampled_from(["somebody", "u1", "g1", "role"]),
    st.sampled_from([frozenset({"member"}), frozenset({"b2bCollaborationGuest"}), frozenset({"internalGuest"})]),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(POLICIES, PEOPLE)
def test_it_says_what_the_evaluation_says(given_policies: list[tuple[dict[str, Any], str]], person: Person) -> None:
    policies = [made(f"P{number}", state, **more) for number, (more, state) in enumerate(given_policies)]
    coverage, made_up = covering(*policies)

    def evaluated(case: Case) -> Applies:
        sign_in = Circumstances(person, case.target, case.way)
        return some(applies(policy, sign_in, made_up).applies for policy in policies)

    found = [(frozenset(gap.differs), gap.applies) for gap in coverage.gaps(person, made_up, coverage.cases[0])]
    answers = set()
    for case in coverage.cases:
        answer = evaluated(case)
        assert coverage.reaches(person, made_up, case) is answer
        differs = frozenset(case.differing(coverage.cases[0]))
        answers.add((differs, answer))
        if answer is not Applies.YES:
            assert any(gap <= differs and said in (Applies.NO, answer) for gap, said in found)
    assert set(found) <= answers
    for gap, said in found:
        assert not any(less < gap and other in (Applies.NO, said) for less, other in found)
