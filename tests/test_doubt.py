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


def test_many_doubts_are_counted() -> None:
    with pytest.raises(NotDecided, match=r"0\. 1\. 2\. And 4 more like this"):
        told(Doubt(THING, f"{number}.") for number in range(7))


def test_nothing_is_nothing() -> None:
    assert told([]) == ()
