from __future__ import annotations

from typing import Any

from auditor import testing
from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reach import Reach, reach
from auditor.tenant.circumstances import Circumstances, Device, Person, Target, Way
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.policy import Policy
from auditor.tenant.sign_in_log import Sight
from auditor.testing import after, policy, sign_in

BROWSER = Circumstances(Person("u-1", frozenset({"member"})), Target("a-1", "a-1"), Way("browser"))


def made(**conditions: Any) -> Policy:
    whole = policy()
    return parsed(whole | {"conditions": whole["conditions"] | conditions})


def sight(completed: int, **way: Any) -> Sight:
    return Sight(BROWSER._replace(way=BROWSER.way._replace(**way)), completed, 1, None)


def numbers(found: Reach) -> tuple[int, int, int]:
    return found.applies, found.applies_not, found.not_known


def reached(policy_: Policy, *sights: Sight) -> Reach:
    (found,) = reach(Board([policy_], Directory()), sights)
    return found


def test_completed_browser_sign_ins_are_counted() -> None:
    risky = made(signInRiskLevels=["high"])
    found = reached(
        risky,
        sight(1, risk="high"),
        sight(2, risk="none"),
        sight(4),
        sight(8, risk="hidden"),
        sight(16, client="other", risk="high"),
        sight(32, client="", risk="high"),  # perhaps a browser
        sight(0, risk="high"),
    )
    assert numbers(found) == (1 + 32, 2, 4 + 8)
    assert found.because == (("The log does not show the risk of the sign-in.", 12),)


def test_reasons_come_most_frequent_first() -> None:
    found = reached(made(userRiskLevels=["high"], signInRiskLevels=["low"]), sight(3, risk="low"), sight(4))
    assert [count for _, count in found.because] == [7, 4]


def test_each_policy_is_counted_by_itself() -> None:
    policies = [made(), made(users={"includeUsers": ["None"]}), made(userRiskLevels=["high"])]
    found = reach(Board(policies, Directory()), [sight(5)])
    assert [numbers(each) for each in found] == [(5, 0, 0), (0, 5, 0), (0, 0, 5)]
    assert [each.because == () for each in found] == [True, True, False]


def test_devices_are_those_of_the_filter() -> None:
    rule = {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}
    found = reached(made(devices=rule), sight(1, device=Device(False)), sight(2, device=Device(True, None, True)))
    assert numbers(found) == (1, 2, 0)
    reached_kinds = [(row.device, row.compliant) for row in found.devices if row.matches.value == "yes"]
    assert reached_kinds == [("unregistered", None), ("AzureAD", False), ("ServerAD", False), ("Workplace", False)]
    assert reached(made()).devices == ()


def test_the_example_is_a_completed_sign_in_that_it_reaches() -> None:
    rows = [
        sign_in(50140, id="prompt"),
        sign_in(0, after(1), id="desktop", clientAppUsed="Mobile Apps and Desktop clients"),
        sign_in(0, after(2), id="risky", riskLevelDuringSignIn="high", correlationId="c-2"),
        sign_in(0, after(3), id="calm", correlationId="c-3"),
    ]
    risky = policy() | {"conditions": policy()["conditions"] | {"signInRiskLevels": ["high"]}}
    with testing.tenant(sign_ins=rows, policies=[risky]) as tenant:
        found = reach(Board(tenant.policies, Directory.of(tenant)), tenant.sign_ins.sights())
    assert found[0].example is not None
    assert (found[0].example.id, numbers(found[0])) == ("risky", (1, 1, 0))
