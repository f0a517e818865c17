from dataclasses import replace
from datetime import date

import pytest

from auditor.acceptance import accepting
from auditor.check import CheckResult, Status
from auditor.config import Accept
from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.run import InterruptsAnswer, PoliciesAnswer, Run, StaySignedIn, TenantRun, exit_code

FINDING = Finding(Severity.HIGH, Confidence.STATED, Subject("policy", "P-1", "Kiosks"), "Said.", "Do.")
RULE = Accept(
    check="persistent-browser-always", subject="kiosks", reason="Locked rooms.", owner="Ann", until="2026-11-30"
)


def tenant(identity: str, *results: CheckResult) -> TenantRun:
    window = ("2026-11-14T00:00:00Z", "2026-11-21T00:00:00Z")
    setting = StaySignedIn("shown", "stated", "")
    return TenantRun(identity, "", "", (), window, (), setting, InterruptsAnswer(True), PoliciesAnswer(True), results)


def found(*findings: Finding, reason: str = "") -> CheckResult:
    return CheckResult("persistent-browser-always", "", Status.FOUND, findings, reason)


def test_what_is_accepted_stays_visible_and_does_not_count() -> None:
    (accepted,) = accepting([tenant("t", found(FINDING))], [RULE], date(2026, 11, 21))
    (acceptance,) = accepted.acceptances
    assert (acceptance.state, acceptance.reason, acceptance.owner) == ("accepted", "Locked rooms.", "Ann")
    assert acceptance.fingerprints == (FINDING.fingerprint("t", "persistent-browser-always"),)
    assert accepted.checks[0].findings == (FINDING,)
    assert list(accepted.open_findings()) == []
    assert exit_code(Run("", "", (), (accepted,)), "low") == 0


@pytest.mark.parametrize("subject", ["P-1", "p-1", "Kiosks", "KIOSKS"])
def test_the_subject_is_named_by_id_or_name(subject: str) -> None:
    rule = Accept(check=RULE.check, subject=subject, reason="r")
    (accepted,) = accepting([tenant("t", found(FINDING))], [rule], date(2026, 11, 21))
    assert accepted.acceptances[0].state == "accepted"


def test_it_holds_on_its_last_day_and_comes_back_the_day_after() -> None:
    (on,) = accepting([tenant("t", found(FINDING))], [RULE], date(2026, 11, 30))
    (after,) = accepting([tenant("t", found(FINDING))], [RULE], date(2026, 12, 1))
    assert list(on.open_findings()) == []
    assert [finding for _, finding in after.open_findings()] == [FINDING]
    assert after.acceptances[0].state == "expired"
    assert exit_code(Run("", "", (), (after,)), "low") == 13


def test_a_rule_that_matches_nothing_is_reported() -> None:
    rule = Accept(check=RULE.check, subject="another", reason="r")
    (looked,) = accepting([tenant("t", found(FINDING))], [rule], date(2026, 11, 21))
    assert [each.state for each in looked.acceptances] == ["matches nothing"]
    (unknown,) = accepting(
        [tenant("t", found(FINDING))], [Accept(check="x", subject="y", reason="r")], date(2026, 11, 21)
    )
    assert [each.state for each in unknown.acceptances] == ["matches nothing"]


@pytest.mark.parametrize(
    "result",
    [found(FINDING, reason="Only a part was read."), CheckResult("persistent-browser-always", "", Status.NOT_RUN)],
)
def test_but_not_where_its_check_could_not_look(result: CheckResult) -> None:
    rule = Accept(check=RULE.check, subject="another", reason="r")
    (tenants,) = accepting([tenant("t", result)], [rule], date(2026, 11, 21))
    assert [each.state for each in tenants.acceptances] == ["not looked at"]


def test_a_rule_for_one_tenant_is_not_held_against_another() -> None:
    both = accepting([tenant("t", found(FINDING)), tenant("u", found())], [RULE], date(2026, 11, 21))
    assert [len(each.acceptances) for each in both] == [1, 0]


def test_another_checks_finding_is_not_accepted() -> None:
    other = replace(found(FINDING), id="persistent-browser-gaps")
    (accepted,) = accepting([tenant("t", other)], [RULE], date(2026, 11, 21))
    assert [finding for _, finding in accepted.open_findings()] == [FINDING]
