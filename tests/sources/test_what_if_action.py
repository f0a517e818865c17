"""Graph's own what-if, over the wire, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor import audit
from auditor.config import Config
from auditor.local_tenant.service import LocalTenant, Preview, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources.pace import Pace
from auditor.sources.what_if_action import Opinions, Question, ask_graph, body
from auditor.tenant.circumstances import Circumstances, Device, Person, Target, Way

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
NOBODY = "99999999-0000-4000-8000-000000000009"
MAIL = "00000002-0000-0ff1-ce00-000000000000"


def somebody(simulation: Simulation) -> str:
    identity: str = next(iter(simulation.users()))["id"]
    return identity


class Nonsense(msgspec.Struct):
    id: int


def question(
    user_id: str = "ada", *, resource: str = MAIL, audiences: frozenset[str] | None = None, **way: Any
) -> Question:
    return Question(user_id, Circumstances(Person(user_id), Target(resource, audiences=audiences), Way(**way)))


def test_everything_that_is_known_is_told() -> None:
    known = question(
        client="browser",
        platform="iOS",
        device=Device(True, "Workplace", False, "d-1", "Ada's phone"),
        address="198.51.100.7",
        country="NL",
        risk="low",
        flow="deviceCodeFlow",
    )
    assert body(known) == {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": "ada"},
        "signInContext": {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [MAIL]},
        "signInConditions": {
            "clientAppType": "browser",
            "devicePlatform": "iOS",
            "ipAddress": "198.51.100.7",
            "country": "NL",
            "signInRiskLevel": "low",
            "authenticationFlow": {"transferMethod": "deviceCodeFlow"},
            "deviceInfo": {
                "trustType": "Workplace",
                "isCompliant": False,
                "deviceId": "d-1",
                "displayName": "Ada's phone",
            },
        },
        "appliedPoliciesOnly": False,
    }


def test_what_is_not_known_is_not_told() -> None:
    assert body(question(risk="hidden"))["signInConditions"] == {}
    assert body(question(device=Device(registered=False)))["signInConditions"] == {"deviceInfo": {"isCompliant": False}}


def test_what_policies_were_asked_about_goes_before_the_resource() -> None:
    asked = body(question(audiences=frozenset({"b", "a"})))
    assert asked["signInContext"]["includeApplications"] == ["a", "b"]


@pytest.fixture
def ask(config_for: Callable[..., Config], tmp_path: Path) -> Callable[..., Opinions]:
    """`ask(local, questions)`: with the local tenant's own application unless told."""

    def opinions(local: LocalTenant, *questions: Question, **client: str) -> Opinions:
        config = config_for(local, **client)
        surroundings = audit.Surroundings(lambda: NOW, lambda progress: None, print, tmp_path)
        asked = audit.asked_of(config.tenant[0], config, ("policies",), surroundings)
        return asyncio.run(ask_graph(asked, questions, lambda progress: None))

    return opinions


def test_every_policy_gets_an_answer(local: LocalTenant, simulation: Simulation, ask: Callable[..., Opinions]) -> None:
    ada = somebody(simulation)
    opinions = ask(local, question(ada, client="browser"), question(ada, client="other"))
    assert sorted(opinions.answers) == [0, 1]
    assert [each.id for each in opinions.answers[0]] == [each["id"] for each in simulation.policies()]
    assert {each.applies for each in opinions.answers[0]} == {True, False}
    assert all(bool(each.applies) is (each.reasons == "notSet") for each in opinions.answers[0])
    assert opinions.answers[0][0].modified == simulation.policies()[0]["modifiedDateTime"]
    assert opinions.reason == ""


def test_v1_is_asked_where_it_has_the_action(
    local: LocalTenant, simulation: Simulation, ask: Callable[..., Opinions]
) -> None:
    before = len(local.requests)
    opinions = ask(local, question(NOBODY), question(somebody(simulation)), question(NOBODY))
    assert opinions.api == "v1.0"
    # Before anything was answered, nobody knows whether the question or the action was not taken.
    assert versions(local, before) == ["v1.0", "beta", "v1.0", "v1.0"]


@pytest.mark.parametrize("status", [400, 404])
def test_else_beta_is(simulation: Simulation, ask: Callable[..., Opinions], status: int) -> None:
    preview = Preview(refuses={"v1.0/identity/conditionalAccess/evaluate": status})
    ada = somebody(simulation)
    with running(simulation, throttle=False, preview=preview) as local:
        opinions = ask(local, question(ada), question(ada))
        assert (opinions.api, sorted(opinions.answers), opinions.reason) == ("beta", [0, 1], "")
        assert versions(local, 0) == ["v1.0", "beta", "beta"]


def test_where_neither_has_it_nobody_answered(simulation: Simulation, ask: Callable[..., Opinions]) -> None:
    preview = Preview(refuses={f"{api}/identity/conditionalAccess/evaluate": 404 for api in ("v1.0", "beta")})
    with running(simulation, throttle=False, preview=preview) as local:
        opinions = ask(local, question(somebody(simulation)))
    assert (opinions.api, opinions.answers) == ("", {})
    assert "404" in opinions.reason


def versions(local: LocalTenant, before: int) -> list[str]:
    asked = [each for each in list(local.requests)[before:] if each.service == "graph"]
    return [each.path.lstrip("/").partition("/")[0] for each in asked]


def test_a_person_who_is_gone_costs_one_question(
    local: LocalTenant, simulation: Simulation, ask: Callable[..., Opinions]
) -> None:
    opinions = ask(local, question(NOBODY), question(somebody(simulation)))
    assert sorted(opinions.answers) == [1]
    assert opinions.reason.startswith("1 of 2 questions were refused: Graph answered 400")


@pytest.mark.parametrize(
    ("permissions", "reason"),
    [(["Policy.Read.ConditionalAccess"], ""), (["Policy.Read.All"], ""), (["AuditLog.Read.All"], "Graph answered 403")],
)
def test_the_permission_that_it_takes(
    local: LocalTenant, simulation: Simulation, ask: Callable[..., Opinions], permissions: list[str], reason: str
) -> None:
    client_id, secret = local.register_client(permissions)
    opinions = ask(local, question(somebody(simulation)), client_id=client_id, secret=secret)
    assert opinions.reason.startswith(reason)
    assert ("Policy.Read.ConditionalAccess" in opinions.remedy) is bool(reason)
    assert bool(opinions.answers) is not bool(reason)


def test_not_being_able_to_sign_in_is_a_reason_too(local: LocalTenant, ask: Callable[..., Opinions]) -> None:
    opinions = ask(local, question(), secret="wrong")
    assert opinions.answers == {}
    assert "7000215" in opinions.reason


def test_an_answer_of_another_shape(
    local: LocalTenant, ask: Callable[..., Opinions], simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.sources.what_if_action.Applied", Nonsense)
    opinions = ask(local, question(somebody(simulation)))
    assert opinions.answers == {}
    assert opinions.reason.startswith("Graph's what-if answered with what it does not document")


def test_one_question_a_second(
    local: LocalTenant, simulation: Simulation, ask: Callable[..., Opinions], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, float]] = []
    made = Pace.__init__

    def noted(self: Pace, requests: int, seconds: float) -> None:
        asked.append((requests, seconds))
        made(self, requests, seconds)

    monkeypatch.setattr(Pace, "__init__", noted)
    ask(local, question(somebody(simulation)))
    assert asked == [(1, 1.0)]
