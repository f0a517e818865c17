"""50125, new passwords, ended sessions, and what the code says by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from auditor.explain.causes import CAUSES
from auditor.explain.explainer import Explainer
from auditor.explain.explanation import Explanation
from auditor.finding import Confidence
from auditor.sign_ins.catalogue import interrupt_codes
from auditor.tenant.sign_in_log import Interrupt
from auditor.testing import END, after, audit_entry, sign_in, tenant

Why = Callable[..., Explanation]
Json = dict[str, Any]

STATED, INFERRED, GENERAL = Confidence.STATED, Confidence.INFERRED, Confidence.GENERAL
USER = sign_in(0)["userId"]
DAY = 24 * 60

REGISTERED = "User registered security info"
RESET = "Reset user password"
CHANGED = "Change user password"


def entries(*given: tuple[str, float]) -> list[Json]:
    return [audit_entry(activity, USER, after(minutes)) for activity, minutes in given]


def snapshot(registered: bool | None, enabled: bool | None = True) -> list[Json]:
    return [{"id": USER.upper(), "isSsprRegistered": registered, "isSsprEnabled": enabled, "lastUpdatedDateTime": END}]


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        (((REGISTERED, 3),), "registration"),
        (((REGISTERED, -3),), "registration"),
        ((("User started security info registration", 1),), "registration"),
        ((("User reviewed security info", 1),), "confirmation"),
        (((RESET, -3),), "reset"),
        (((RESET, -DAY + 1),), "reset"),
        (((CHANGED, 2),), "reset"),
        (((RESET, -3), (REGISTERED, 3)), "registration"),
        (((RESET, -3), (REGISTERED, -50)), "reset"),
        (((RESET, -DAY - 1),), "not-evidenced"),
        (((REGISTERED, 61),), "not-evidenced"),
        (((REGISTERED, -61),), "not-evidenced"),
        (((CHANGED, -3),), "not-evidenced"),
        (((RESET, 61),), "not-evidenced"),
        (((CHANGED, 61),), "not-evidenced"),
        ((("Update user", 1),), "not-evidenced"),
    ],
)
def test_by_what_was_done_near_it(why: Why, given: tuple[tuple[str, float], ...], cause: str) -> None:
    said = why(sign_in(50125), user_events=entries(*given), registrations=snapshot(True))
    assert said.cause == cause
    assert said.confidence is (GENERAL if cause == "not-evidenced" else INFERRED)
    if cause != "not-evidenced":
        assert [each.source for each in said.evidence] == ["user_events"]
        assert said.evidence[0].at


def test_whoever_reset_it_is_named(why: Why) -> None:
    (seen,) = why(sign_in(50125), user_events=entries((RESET, -3))).evidence
    assert "helpdesk@contoso.com" in seen.statement
    assert seen.at == after(-3)


def test_somebody_elses_events_say_nothing(why: Why) -> None:
    other = audit_entry(RESET, "aaaaaaaa-0000-4000-8000-0000000000ff", after(-3))
    assert why(sign_in(50125), user_events=[other], registrations=snapshot(True)).cause == "not-evidenced"


@pytest.mark.parametrize(
    ("registered", "enabled", "cause"),
    [
        (False, True, "registration"),
        (False, None, "registration"),
        (False, False, "not-evidenced"),
        (True, True, "not-evidenced"),
        (None, True, "not-evidenced"),
    ],
)
def test_the_snapshot_supports_only_outstanding(why: Why, registered: bool, enabled: bool, cause: str) -> None:
    said = why(sign_in(50125), registrations=snapshot(registered, enabled))
    assert said.cause == cause
    assert [(each.source, each.at) for each in said.evidence] == [("registrations", END)]


def test_a_registration_removed_since_makes_the_snapshot_worthless(why: Why) -> None:
    removed = entries(("User deleted security info", 90))
    said = why(sign_in(50125), registrations=snapshot(False), user_events=removed)
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)


@pytest.mark.parametrize("dataset", ["user_events", "registrations"])
def test_what_was_not_read_is_named(why: Why, dataset: str) -> None:
    said = why(sign_in(50125), missing={dataset: "Forbidden."})
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)
    assert any("Forbidden." in each and "AuditLog.Read.All" in each for each in said.missing)


def test_a_row_of_nobody(why: Why) -> None:
    said = why(sign_in(50125, userId="00000000-0000-0000-0000-000000000000"), registrations=snapshot(False))
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)


@pytest.mark.parametrize("code", [50055, 50137, 50144])
def test_a_new_password_in_the_audit_log(why: Why, code: int) -> None:
    (only,) = CAUSES[code]
    assert why(sign_in(code)) == Explanation(only.slug, GENERAL)
    said = why(sign_in(code), user_events=entries((CHANGED, 5)))
    assert (said.cause, said.confidence) == (only.slug, INFERRED)
    assert why(sign_in(code), user_events=entries((CHANGED, -5))).confidence is GENERAL


def dates(changed: float | None, valid_from: float | None = None) -> list[Json]:
    return [
        {
            "id": USER,
            "lastPasswordChangeDateTime": None if changed is None else after(changed),
            "signInSessionsValidFromDateTime": None if valid_from is None else after(valid_from),
            "onPremisesSyncEnabled": None,
        }
    ]


@pytest.mark.parametrize(
    ("code", "changed", "valid_from", "cause"),
    [
        (50133, -60, -60, "password-changed"),
        (50133, -91 * DAY, -60, "not-evidenced"),
        (50133, 60, 60, "not-evidenced"),
        (50133, None, None, "not-evidenced"),
        (50173, -60, -60, "password-changed"),
        (50173, -60 * DAY, -60, "sessions-revoked"),
        (50173, None, -60, "sessions-revoked"),
        (50173, 60, 60, "not-evidenced"),
    ],
)
def test_ended_sessions(why: Why, code: int, changed: float, valid_from: float, cause: str) -> None:
    said = why(sign_in(code), password_dates=dates(changed, valid_from))
    assert said.cause == cause
    assert said.confidence is (GENERAL if cause == "not-evidenced" else INFERRED)
    assert said.evidence


def test_ended_sessions_by_the_audit_log(why: Why) -> None:
    said = why(sign_in(50133), password_dates=dates(60), user_events=entries((RESET, -30), (CHANGED, 60)))
    assert (said.cause, said.confidence) == ("password-changed", INFERRED)
    assert [each.at for each in said.evidence] == [after(-30)]


def test_ended_sessions_without_anything(why: Why) -> None:
    said = why(sign_in(50173), missing={"password_dates": "Forbidden.", "user_events": "Gone."})
    assert (said.cause, said.confidence) == ("not-evidenced", GENERAL)
    assert any("Forbidden." in each for each in said.missing)
    assert any("Gone." in each for each in said.missing)


@pytest.mark.parametrize(
    ("details", "cause"),
    [
        ("MFA denied; user declined the authentication", "declined"),
        ("MFA denied; Phone App Reported Fraud", "fraud-reported"),
        ("MFA denied; user did not respond to mobile app notification", "not-answered"),
        ("MFA denied; invalid verification code", "wrong-code"),
        ("MFA required in Azure AD", "not-evidenced"),
        (None, "not-evidenced"),
    ],
)
def test_a_prompt_not_passed(why: Why, details: str | None, cause: str) -> None:
    status = {"errorCode": 500121, "failureReason": "Other.", "additionalDetails": details}
    said = why({**sign_in(500121), "status": status})
    assert said.cause == cause
    assert said.confidence is (GENERAL if cause == "not-evidenced" else STATED)


@pytest.mark.parametrize(
    ("state", "confidence", "words"),
    [
        ("enabled", INFERRED, "'enabled' today"),
        ("default", INFERRED, "'default' today"),
        ("disabled", INFERRED, "switched off since"),
        ("tomorrow", GENERAL, "'tomorrow'"),
    ],
)
def test_the_registration_campaign(why: Why, state: str, confidence: Confidence, words: str) -> None:
    said = why(sign_in(50203), registration_campaign=state)
    assert (said.cause, said.confidence) == ("registration-campaign", confidence)
    assert words in said.evidence[0].statement


def test_a_campaign_that_was_not_read(why: Why) -> None:
    said = why(sign_in(50203), missing={"registration_campaign": "Forbidden."})
    assert (said.confidence, said.evidence) == (GENERAL, ())
    assert any("Forbidden." in each for each in said.missing)


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_every_code_has_a_cause_whatever_was_read(code: int, interrupts: Callable[..., Iterator[Interrupt]]) -> None:
    """A log without what explanations need, and a tenant of which nothing was read."""
    names = ("homeTenantId", "deviceDetail", "userPrincipalName", "userId", "appId", "appDisplayName")
    row = sign_in(code, **dict.fromkeys(names))
    nothing = dict.fromkeys(
        (
            "policies",
            "policy_changes",
            "sign_in_page",
            "applications",
            "registrations",
            "user_events",
            "security_defaults",
            "registration_campaign",
            "password_dates",
            "group_members",
            "role_assignments",
            "named_locations",
        ),
        "Nothing was read.",
    )
    with tenant(missing=nothing) as unread:
        explainer = Explainer(unread)
        (each,) = interrupts([row], failures=True)
        for interrupt in (each, each._replace(seen=None)):
            said = explainer.explain(interrupt)
            assert said.cause in {cause.slug for cause in CAUSES[code]}
            assert said.confidence is GENERAL


def test_codes_without_causes_are_refused(interrupts: Callable[..., Iterator[Interrupt]]) -> None:
    with tenant() as made, pytest.raises(KeyError):
        Explainer(made).explain(next(interrupts([sign_in(50126)], failures=True)))


def test_every_interrupt_has_causes() -> None:
    assert set(CAUSES) == interrupt_codes() | {50133, 50173, 50187, 500121}
