from typing import Any

import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.frequencies import asking, meetings, often
from auditor.tenant.circumstances import Circumstances, Device, Person, Target, Way
from auditor.tenant.policy import Applications, Conditions, Policy, SignInFrequency, Users
from auditor.tenant.sign_in_log import Sight

EVERYBODY = Conditions(Users(("All",)), Applications(("All",)), ("all",))


def made(name: str, value: int = 4, conditions: Conditions = EVERYBODY, **changes: Any) -> Policy:
    control = SignInFrequency(True, value, "hours", "timeBased")
    return Policy(name, name, "enabled", conditions, sign_in_frequency=control, **changes)


def seen(client: str, completed: int) -> Sight:
    way = Way(client, "windows", Device(False))
    return Sight(Circumstances(Person("u", frozenset({"member"})), Target("r"), way), completed, 0, None)


@pytest.mark.parametrize(
    ("control", "words"),
    [
        (SignInFrequency(True, 4, "hours", "timeBased"), "every 4 hours"),
        (SignInFrequency(True, 1, "hours", None), "every hour"),
        (SignInFrequency(True, 1, "days", "timeBased"), "every day"),
        (SignInFrequency(True, 90, "days", "timeBased"), "every 90 days"),
        (SignInFrequency(True, None, None, "everyTime"), "every time"),
        (
            SignInFrequency(True, 1, "days", "timeBased", "secondaryAuthentication"),
            "every day (second factor only)",
        ),
        (SignInFrequency(True, 0, "hours", "timeBased"), None),
        (SignInFrequency(True, 4, "weeks", "timeBased"), None),
        (SignInFrequency(True, None, "hours", "timeBased"), None),
        (SignInFrequency(True, 4, "hours", "unknownFutureValue"), None),
    ],
)
def test_how_often_in_words(control: SignInFrequency, words: str | None) -> None:
    assert often(control) == words


def test_only_what_is_in_force_asks() -> None:
    one = made("A")
    others = (
        Policy("B", "B", "enabledForReportingButNotEnforced", EVERYBODY, sign_in_frequency=one.sign_in_frequency),
        Policy("C", "C", "enabled", EVERYBODY, sign_in_frequency=SignInFrequency(False, 4, "hours", "timeBased")),
        Policy("D", "D", "enabled", EVERYBODY),
        made("E", conditions=Conditions(Users(("None",)), Applications(("All",)), ("all",))),
        made("F", conditions=Conditions(Users(("All",)), Applications(("All",)), ("all",), workload_identities=True)),
    )
    assert asking((one, *others)) == (one,)


def test_where_policies_meet() -> None:
    browsers = Conditions(Users(("All",)), Applications(("All",)), ("browser",))
    policies = made("A", 4), made("B", 24, browsers), made("C", 4)
    sights = [seen("browser", 3), seen("browser", 2), seen("mobileAppsAndDesktopClients", 7), seen("browser", 0)]
    (met,) = meetings(policies, Directory(), sights)  # A and C ask alike, so they do not meet where B is not
    assert [policy.id for policy in met.policies] == ["A", "B", "C"]
    assert met.sign_ins == 5


def test_what_is_not_known_to_reach_does_not_meet() -> None:
    in_a_group = Conditions(Users(include_groups=("g",)), Applications(("All",)), ("all",))
    assert meetings((made("A", 4), made("B", 24, in_a_group)), Directory(), [seen("browser", 3)]) == ()
