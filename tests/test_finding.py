from dataclasses import replace

from auditor.finding import Confidence, Finding, Severity, Subject

FINDING = Finding(Severity.LOW, Confidence.STATED, Subject("policy", "p1", "Pilot"), "seen 5 times", "nothing")


def test_the_fingerprint_is_of_identity_only() -> None:
    fingerprint = FINDING.fingerprint("t1", "c1")
    same = replace(FINDING, severity=Severity.HIGH, message="seen 6 times", subject=Subject("policy", "p1", "Renamed"))
    assert same.fingerprint("t1", "c1") == fingerprint
    others = {
        FINDING.fingerprint("t2", "c1"),
        FINDING.fingerprint("t1", "c2"),
        replace(FINDING, key="other").fingerprint("t1", "c1"),
        replace(FINDING, subject=Subject("policy", "p2", "Pilot")).fingerprint("t1", "c1"),
        replace(FINDING, subject=Subject("app", "p1", "Pilot")).fingerprint("t1", "c1"),
    }
    assert len(others | {fingerprint}) == 6


def test_the_fingerprint_stays_what_it_was() -> None:
    # Saved runs are compared by it: a change here makes every finding of every tenant look new.
    assert FINDING.fingerprint("t1", "c1") == "270756486e7326fe7e37"


def test_severities_are_in_order() -> None:
    assert [each.rank for each in (Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)] == [
        *range(5)
    ]
