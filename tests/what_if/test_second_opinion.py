"""Our evaluation held to Graph's: what is asked about, and how the answers are counted."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.sources.what_if_action import Applied, Opinions
from auditor.tenant import graph_json
from auditor.tenant.circumstances import Circumstances, Device, Person, Target, Way
from auditor.tenant.policy import Policy
from auditor.tenant.sign_in_log import Sight
from auditor.testing import policy
from auditor.what_if.consequences import OpinionDiffers
from auditor.what_if.second_opinion import compared, sample

MODIFIED = "2026-01-01T00:00:00Z"


def parsed(name: str, **conditions: Any) -> Policy:
    given = policy(name, mode=None)
    given["conditions"] |= conditions
    return graph_json.policy(given | {"id": name})


def sight(number: int, completed: int = 1, user_id: str = "ada", **parts: Any) -> Sight:
    seen = Circumstances(
        Person("ada", frozenset({"member"})),
        Target(parts.get("resource", "mail"), contexts=parts.get("contexts")),
        Way(parts.get("client", "browser"), "windows", parts.get("device", Device(registered=False))),
    )
    return Sight(seen, completed, 0, json.dumps([f"row-{number}", MODIFIED, "ada@contoso.com", "Mail", user_id]))


BROWSER = parsed("Browser", clientAppTypes=["browser"])
RISKY = parsed("Risky", userRiskLevels=["high"])
OFF = Policy("Off", "Off", "disabled")


def board(*policies: Policy) -> Board:
    return Board(policies, Directory())


def answer(identity: str, applies: bool | None, reasons: str = "notSet", modified: str = MODIFIED) -> Applied:
    return Applied(identity, applies, reasons, modified)


def test_the_sample_is_spread_over_the_verdicts() -> None:
    many = [sight(number, completed=100 - number) for number in range(9)]
    few = [sight(10 + number, client="other") for number in range(2)]
    chosen = sample(board(BROWSER), [*many, *few], 6)
    assert Counter(each.circumstances.way.client for each in chosen) == {"browser": 4, "other": 2}
    assert chosen[0].completed == 100
    assert len(sample(board(BROWSER), [*many, *few], 99)) == 11


def test_what_cannot_be_described_is_not_asked_about() -> None:
    useless = [
        sight(1, user_id=""),
        sight(2, resource=""),
        sight(3, contexts=frozenset({"c1"})),
        sight(4, device=Device(registered=True)),
        Sight(sight(5).circumstances, 0, 1, None),
    ]
    assert sample(board(BROWSER), useless, 20) == ()
    assert len(sample(board(BROWSER), [sight(6, device=Device(True, "AzureAD"))], 20)) == 1


def test_how_the_answers_are_counted() -> None:
    policies = board(BROWSER, RISKY, OFF)
    sights = (sight(1), sight(2), sight(3), sight(4))
    found = compared(
        policies,
        sights,
        Opinions(
            {
                0: (answer("Browser", True), answer("Risky", False, "notEnoughInformation"), answer("Off", False)),
                1: (answer("Browser", False, "users,location"), answer("Risky", True)),
                2: (answer("Browser", False, "notEnoughInformation"), answer("Unheard of", True)),
                3: (answer("Browser", True, modified="2026-11-20T00:00:00Z"), answer("Risky", None)),
            },
            "One was refused.",
            "Ask again.",
        ),
    )
    assert (found.asked, found.agree, found.disagree, found.not_enough, found.not_known) == (4, 1, 1, 1, 3)
    assert found.changed == 2  # a policy that Graph names no more, and one of a later date
    assert found.differences == (OpinionDiffers("Browser", "Browser", True, "users,location", 1, "row-2"),)
    assert (found.reason, found.remedy) == ("One was refused.", "Ask again.")


def test_a_difference_the_other_way_round() -> None:
    found = compared(board(BROWSER), (sight(1, client="other"),), Opinions({0: (answer("Browser", True),)}))
    assert found.differences == (OpinionDiffers("Browser", "Browser", False, "it applies", 1, "row-1"),)
