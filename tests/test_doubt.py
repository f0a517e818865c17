import pytest

from auditor.check import NotDecided
from auditor.doubt import Doubt, told
from auditor.finding import Confidence, Finding, Severity, Subject

THING = Subject("group", "g", "VIP")


def finding(severity: Severity) -> Finding:
    return Finding(severity, Confidence.STATED, THING, "seen", "do")


def test_a_doubt_alone_is_not_decided() -> None:
    with pytest.raises(NotDecided, match=r"one\. two\.") as raised:
        told([Doubt(THING, "one.", "Grant it."), Doubt(THING, "two.", "Grant it."), Doubt(THING, "one.")])
    assert raised.value.remedy == "Grant it."


def test_information_does_not_make_up_for_a_doubt() -> None:
    with pytest.raises(NotDecided):
        told([finding(Severity.INFO), Doubt(THING, "one.")])


def test_beside_a_finding_that_counts_it_is_information() -> None:
    found, doubt = told([Doubt(THING, "one."), finding(Severity.LOW)])
    assert (found.severity, doubt.severity, doubt.message) == (Severity.LOW, Severity.INFO, "one.")
    assert found.fingerprint("t", "c") != doubt.fingerprint("t", "c")


def test_no_doubt_is_left_out() -> None:
    with pytest.raises(NotDecided) as raised:
        told(Doubt(THING, f"{number}.") for number in range(7))
    assert str(raised.value) == "0. 1. 2. 3. 4. 5. 6."


def test_the_same_of_several_things_is_one_sentence() -> None:
    roles = Subject("roles", "administrators", "Administrators")
    doubts = [
        *(Doubt(roles, "Not known of these roles", "Grant it.", (f"'{name}'",), "It was not read.") for name in "ABCD"),
        Doubt(THING, "The group is not known."),
        Doubt(roles, "Not known of these roles", "Grant it.", ("'E'",), "It is too big."),
    ]
    first, second = "Not known of these roles: 'A', 'B', 'C', 'D'. It was not read.", "Not known of these roles: 'E'."
    with pytest.raises(NotDecided) as raised:
        told(doubts)
    assert str(raised.value) == f"{first} The group is not known. {second} It is too big."
    _, about_roles, about_group = told([finding(Severity.LOW), *doubts])
    assert about_roles.message == f"{first} {second} It is too big."
    assert about_group.message == "The group is not known."


def test_the_information_is_one_finding_whatever_the_number_of_doubts() -> None:
    prints = set()
    for count in (1, 9):
        _, information = told(
            [finding(Severity.LOW), *(Doubt(THING, f"{number}", of=("x",)) for number in range(count))]
        )
        prints.add(information.fingerprint("t", "c"))
    assert len(prints) == 1


def test_nothing_is_nothing() -> None:
    assert told([]) == ()
