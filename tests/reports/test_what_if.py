"""The report on a change: for people within 80 columns, for machines within the published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.reports.what_if import as_table
from auditor.reports.what_if_json import as_json
from auditor.run import DatasetResult, StaySignedIn
from auditor.what_if.consequences import (
    AtMost,
    ChangeAnswer,
    Consequences,
    Elsewhere,
    FindingChange,
    FindingsAnswer,
    GraphOpinion,
    NotCompared,
    OpinionDiffers,
    Prompts,
    PromptsAnswer,
    Undecided,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "what-if-v1.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

HOSTILE = "\x1b[31mEvil\u202e</script>" + "=cmd() " * 60
FINDING = Finding(
    Severity.HIGH, Confidence.STATED, Subject("policy", "p-1", HOSTILE), f"{HOSTILE} keeps sessions.", "Look at it."
)
ONE = FindingChange("persistent-browser-always", "f" * 20, FINDING)

EVERYTHING = Consequences(
    tenant_id="t-1",
    tenant="Contoso",
    domain="contoso.com",
    source=(("kind", "test"),),
    window=("2026-11-01T00:00:00.0000000Z", "2026-11-08T00:00:00.0000000Z"),
    change=ChangeAnswer("replace-policy", "the policy 'P' were changed", "p-1", HOSTILE, "always", "enabled"),
    answer="Of 9,000 prompts to stay signed in, 8,000 would not be shown any more (700 people).",
    setting=StaySignedIn("shown", "stated", "The sign-in page says so."),
    prompts=PromptsAnswer(
        9000,
        Prompts(8000, 700),
        Prompts(10, 2),
        Prompts(980, 99),
        Prompts(10, 3),
        ((HOSTILE, 4000), ("ada@contoso.com", 9)),
        (("Expenses", 8000),),
        7,
    ),
    prompts_again=AtMost("policy-lifted", 1200, 0, None, "They were spared."),
    may_lose=(AtMost("prompt-not-shown", 30, 0, 1, "They were asked."),),
    may_gain=(AtMost("always-set", 4000, 3000, None, "By policy."),),
    elsewhere=(Elsewhere("SharePoint may ask.", "A page (2025-01-28)"),),
    findings=FindingsAnswer((ONE,), (ONE,), (NotCompared("interrupts", "It has a fault.", "Mend it."),)),
    undecided=(Undecided("prompts", "The log does not say.", 1), Undecided("sign-ins", "Not either.", 1200)),
    unread=(DatasetResult("sign_ins", "sign-in log", "partial", None, "One day of seven.", "Collect again."),),
    graph=GraphOpinion(
        3,
        20,
        2,
        1,
        4,
        1,
        (OpinionDiffers("p-1", HOSTILE, True, "users,location", 2, "row-1"),),
        "It said no.",
        "Ask.",
        "beta",
    ),
)
NOTHING = Consequences(
    tenant_id="t-1",
    tenant="",
    domain="",
    source=(),
    window=EVERYTHING.window,
    change=ChangeAnswer("hide-prompt", "the prompt to stay signed in were hidden"),
    answer="Not known: the sign-in log could not be read.",
    setting=StaySignedIn("not known", "", "Nothing decides it."),
    prompts=None,
    prompts_again=None,
    may_lose=None,
    may_gain=None,
    elsewhere=(),
    findings=FindingsAnswer(),
    undecided=(),
    unread=(DatasetResult("sign_ins", "sign-in log", "missing", None, "Graph answered 403.", "Grant it."),),
)


def flat(found: Consequences) -> str:
    return " ".join(as_table(found).split())


@pytest.mark.parametrize("width", [80, 120, 160])
@pytest.mark.parametrize("found", [EVERYTHING, NOTHING])
def test_no_line_is_wider_than_the_terminal_and_none_is_hostile(found: Consequences, width: int) -> None:
    text = as_table(found, width=width)
    assert [line for line in text.splitlines() if len(line) > width] == []
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_short_answer_comes_first() -> None:
    lines = as_table(EVERYTHING).splitlines()
    assert lines[0] == "Contoso (contoso.com)"
    assert lines[1] == "What if the policy 'P' were changed?"
    assert lines[3].startswith("  Of 9,000 prompts")


def test_what_it_rests_on() -> None:
    said = flat(EVERYTHING)
    assert "Nothing was changed in the tenant." in said
    assert "would not be shown any more 8,000 700" in said
    assert "ada@contoso.com (9) and 698 more." in said
    assert "On: Expenses (8,000) and 6 more." in said
    assert "At most 1,200 sign-ins. They were spared." in said
    assert "Lost: at most 1 person (30 sign-ins). They were asked." in said
    assert "Gained: at most 4,000 sign-ins, 3,000 of them for certain. By policy." in said
    assert "SharePoint may ask. [A page (2025-01-28)]" in said
    assert "1 would go, 1 would come" in said
    assert "sign-in log: partial. One day of seven. Collect again." in said
    assert "1 prompt: The log does not say." in said
    assert "1,200 sign-ins: Not either." in said
    assert "check interrupts: not compared. It has a fault. Mend it." in said


def test_what_graph_said() -> None:
    said = flat(EVERYTHING)
    assert "Graph beta was asked about 3 sign-ins of the log." in said
    assert "20 agree; 2 disagree; 1 Graph has not enough information for; 4 are not known here; 1 are left out" in said
    assert "by our evaluation its conditions hold, Graph says users,location (2 sign-ins, as in row row-1)." in said
    assert "Not all could be asked. It said no. Ask." in said


def test_absent_data_is_no_answer() -> None:
    said = flat(NOTHING)
    assert "Not known: the sign-in log could not be read." in said
    assert "sign-in log: missing. Graph answered 403. Grant it." in said
    assert "Lost" not in said
    told: dict[str, Any] = json.loads(as_json(NOTHING, version="1", started="2026-11-21T00:00:00Z"))
    assert told["prompts"] is told["prompts_again"] is told["sessions"]["may_lose"] is told["graph"] is None


@pytest.mark.parametrize("found", [EVERYTHING, NOTHING])
def test_json_keeps_to_the_published_schema(found: Consequences) -> None:
    text = as_json(found, version="1.2.3", started="2026-11-21T00:00:00Z")
    assert text.isascii()
    VALIDATOR.validate(json.loads(text))


def test_the_schema_does_not_let_everything_pass() -> None:
    told = json.loads(as_json(EVERYTHING, version="1", started="2026-11-21T00:00:00Z"))
    VALIDATOR.validate(told)
    assert not VALIDATOR.is_valid(told | {"change": told["change"] | {"kind": "delete-policy"}})
    assert not VALIDATOR.is_valid({key: value for key, value in told.items() if key != "undecided"})
    assert told["prompts"]["vanish"] == {"prompts": 8000, "people": 700}
    assert told["sessions"]["may_gain"][0]["certain_sign_ins"] == 3000
    assert told["graph"]["differences"][0]["evaluated"] == "applies"
