"""Attempts step by step: in order, told apart, each with how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import pytest

from auditor.explain.answer import AttemptAnswer
from auditor.explain.timeline import attempt_answers
from auditor.sign_ins.formats.graph import GRAPH
from auditor.sign_ins.one_attempt import FoundRow
from auditor.sign_ins.rows import narrow
from auditor.tenant.instant import parse
from auditor.tenant.sign_in_log import Coverage
from auditor.testing import END, START, after, sign_in, tenant

NOBODY = "00000000-0000-0000-0000-000000000000"
WHOLE = Coverage((parse(START), parse(END)), ((parse(START), parse(END)),))
PORTAL = "https://portal.azure.com"

Json = dict[str, Any]
Tell = Callable[..., tuple[AttemptAnswer, ...]]


@pytest.fixture
def tell() -> Tell:
    """`tell(rows, coverage, asked_for)`: the attempts among rows of Graph JSON, in a tenant with `parts`."""

    def run(
        rows: Iterable[Json], coverage: Coverage = WHOLE, asked_for: Sequence[str] = (), **parts: Any
    ) -> tuple[AttemptAnswer, ...]:
        wide = [GRAPH.wide(msgspec.json.encode(row)) for row in rows]
        found = [FoundRow(narrow(row, parse(row.createdDateTime), order), row) for order, row in enumerate(wide)]
        with tenant(portal=PORTAL, **parts) as opened:
            return attempt_answers(found, coverage, opened, "contoso.com", asked_for)

    return run


def test_the_steps_in_order_with_what_the_rows_say(tell: Tell) -> None:
    rows = [
        sign_in(
            0, after(2), resourceDisplayName="Microsoft Graph", status={"errorCode": 0, "additionalDetails": "MFA"}
        ),
        sign_in(50140, after(1)),
        sign_in(50076, appDisplayName=None, location=None, deviceDetail=None, clientAppUsed=None, ipAddress=None),
    ]
    (attempt,) = tell(rows, asked_for=[rows[1]["id"]])
    assert (attempt.user, attempt.ending, attempt.ended) == ("ada@contoso.com", "succeeded", "It succeeded.")
    assert attempt.correlation_id == rows[0]["correlationId"]
    bare, prompt, success = attempt.steps
    assert [step.code for step in attempt.steps] == [50076, 50140, 0]
    assert [step.asked_for for step in attempt.steps] == [False, True, False]
    assert (bare.app, bare.country, bare.browser, bare.client, bare.ip) == ("", "", "", "", "")
    assert (prompt.app, prompt.client, prompt.browser) == ("Expenses", "Browser", "Edge 142.0.0")
    assert (prompt.system, prompt.ip, prompt.country) == ("Windows11", "198.51.100.7", "NL")
    assert (prompt.name, prompt.kind, prompt.outcome) == ("KmsiInterrupt", "interrupt", "completed")
    assert (prompt.stated, prompt.seconds) == (True, 60.0)
    assert prompt.explained is not None
    assert prompt.explained.cause.slug.startswith("prompt-")
    assert (success.kind, success.outcome, success.explained) == ("success", "", None)
    assert (success.resource, success.details) == ("Microsoft Graph", "MFA")


def test_policies_that_asked_for_something(tell: Tell) -> None:
    applied = [
        {"id": "p-1", "displayName": "MFA for all", "result": "failure", "enforcedGrantControls": ["mfa"]},
        {"id": "p-2", "displayName": "Sessions", "result": "success", "enforcedSessionControls": ["SignInFrequency"]},
        {"id": "p-3", "displayName": "Test", "result": "reportOnlyInterrupted", "enforcedGrantControls": ["block"]},
        {"id": "p-4", "displayName": "Off", "result": "notApplied", "enforcedGrantControls": ["block"]},
    ]
    rows = [sign_in(50076, appliedConditionalAccessPolicies=applied), sign_in(0, after(1))]
    (attempt,) = tell(rows)
    policies = attempt.steps[0].policies
    assert policies is not None
    assert [(each.id, each.result, each.controls) for each in policies] == [
        ("p-1", "failure", ("mfa",)),
        ("p-2", "success", ("SignInFrequency",)),
    ]
    assert policies[0].link.startswith(PORTAL)
    assert attempt.steps[1].policies is None  # the row shows none at all


@pytest.mark.parametrize(
    ("codes", "coverage", "ending", "said"),
    [
        ((50140,), WHOLE, "abandoned", "nothing follows 50140 KmsiInterrupt within an hour"),
        ((0, 50140), WHOLE, "abandoned", "nothing follows"),
        ((50140, 50126), WHOLE, "failed", "its last row is 50126 InvalidUserNameOrPassword"),
        ((50140, 999999), WHOLE, "not known", "999999, which is not in the catalogue"),
        ((50140, None), WHOLE, "not known", "its last row has no code"),
        ((50140,), "ends", "pending", "reaches to 2026-11-04T09:30:00Z only"),
        ((50126,), "ends", "pending", "reaches to 2026-11-04T09:30:00Z only"),
        ((50140,), "hole", "not known", "a hole behind it"),
        ((50126,), "hole", "not known", "a hole behind it"),
        ((50140,), "filtered", "not known", "no success at all"),
        ((50126,), "filtered", "not known", "no success at all"),
        ((50140, 0), "hole", "succeeded", "It succeeded."),
    ],
)
def test_how_it_ended(tell: Tell, codes: tuple[int, ...], coverage: Any, ending: str, said: str) -> None:
    start, end = parse(START), parse(END)
    coverages = {
        "ends": Coverage((start, end), ((start, parse(after(30))),)),
        "hole": Coverage((start, end), ((start, parse(after(30))), (parse(after(40)), end))),
        "filtered": Coverage((start, end), ((start, end),), filtered=True),
    }
    rows = [sign_in(code, after(number), status={"errorCode": code}) for number, code in enumerate(codes)]
    (attempt,) = tell(rows, coverages.get(coverage, coverage))
    assert attempt.ending == ending
    assert said in attempt.ended


def test_a_correlation_id_that_is_used_again(tell: Tell) -> None:
    """After an hour without a row another attempt begins."""
    first, second = tell([sign_in(50140), sign_in(50140, after(3 * 24 * 60)), sign_in(0, after(3 * 24 * 60 + 1))])
    assert (first.ending, second.ending) == ("abandoned", "succeeded")
    assert len(second.steps) == 2


def test_two_users_under_one_correlation_id_and_one_row_of_nobody(tell: Tell) -> None:
    rows = [
        sign_in(50058, after(1), userId=NOBODY, userPrincipalName=""),
        sign_in(0, userId="u-1", userPrincipalName="a@contoso.com"),
        sign_in(50140, after(2), userId="u-2", userPrincipalName="b@contoso.com"),
    ]
    ada, nobody, bob = tell(rows)
    assert (ada.user, nobody.user, bob.user) == ("a@contoso.com", "", "b@contoso.com")
    assert (ada.ending, nobody.ending, bob.ending) == ("succeeded", "not known", "abandoned")
    assert "several share its correlation id" in nobody.ended
    assert nobody.steps[0].outcome == "not known"


def test_a_row_of_nobody_belongs_to_the_one_user(tell: Tell) -> None:
    (attempt,) = tell([sign_in(50058, userId=NOBODY, userPrincipalName="x"), sign_in(0, after(1))])
    assert attempt.user == "ada@contoso.com"
    assert [step.code for step in attempt.steps] == [50058, 0]


def test_a_row_without_a_correlation_id(tell: Tell) -> None:
    (attempt,) = tell([sign_in(50140, correlationId=None)])
    assert (attempt.ending, attempt.correlation_id) == ("not known", "")
    assert "no correlation id" in attempt.ended


def test_a_failure_that_looks_like_an_interrupt_has_a_cause(tell: Tell) -> None:
    (attempt,) = tell([sign_in(50173), sign_in(50126, after(1))])
    revoked, wrong = attempt.steps
    assert (revoked.outcome, revoked.kind) == ("", "session")
    assert revoked.explained is not None
    assert wrong.explained is None


def test_oldest_first_whatever_the_correlation_id(tell: Tell) -> None:
    rows = [sign_in(0, after(number), correlationId=f"c-{number}") for number in (3, 1, 2)]
    assert [attempt.steps[0].at for attempt in tell(rows)] == [after(1), after(2), after(3)]
