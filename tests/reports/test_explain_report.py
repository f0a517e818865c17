"""The report of `auditor explain`: for people within 80 columns, for machines within the published schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from auditor.explain.answer import (
    Answer,
    AskingPolicy,
    AttemptAnswer,
    CodeAnswer,
    Explained,
    KnownCause,
    Place,
    Step,
)
from auditor.finding import Evidence
from auditor.reports.explain import as_table
from auditor.reports.explain_json import as_json
from auditor.run import Unreached

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "explain-v1.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

HOSTILE = "\x1b[31mEvil\u202e\ud800</script>" + "=cmd() " * 60
ID = "88b0e952-1111-4222-8333-444444444444"
CAUSE = KnownCause("prompt-expected", "Expected prompt", "The setting shows it.", "Nothing needs to be done.")
INTERRUPT = CodeAnswer(50140, "KmsiInterrupt", "interrupt", "A page.", "Leave it.", "base", (CAUSE,), ("policies",))

BARE = Step("r-1", "2026-11-14T03:41:59Z", None, "", "", asked_for=False)
HOSTILE_STEP = Step(
    id=HOSTILE,
    at=HOSTILE,
    code=50140,
    name="KmsiInterrupt",
    kind="interrupt",
    asked_for=True,
    user=HOSTILE,
    user_id=HOSTILE,
    app=HOSTILE,
    app_id=HOSTILE,
    resource=HOSTILE,
    client=HOSTILE,
    browser=HOSTILE,
    system=HOSTILE,
    ip=HOSTILE,
    country=HOSTILE,
    details=HOSTILE,
    outcome="completed",
    stated=True,
    seconds=3.5,
    explained=Explained(CAUSE, "stated", (Evidence("policies", HOSTILE, HOSTILE),), (HOSTILE,)),
    policies=(
        AskingPolicy(HOSTILE, HOSTILE, HOSTILE, (HOSTILE, HOSTILE), HOSTILE),
        AskingPolicy("p", "", "failure", ()),
    ),
)
SUCCESS = Step("r-3", "2026-11-14T03:42:03Z", 0, "", "success", asked_for=False, policies=())
FAILURE = Step("r-4", "2026-11-14T03:42:04Z", 50126, "InvalidUserNameOrPassword", "user error", asked_for=False)
ODD = Step("r-5", "2026-11-14T03:42:05Z", 987654, "", "", asked_for=False)

EVERYTHING = Answer(
    codes=(INTERRUPT, CodeAnswer(987654), CodeAnswer(0, kind="success", meaning="0 is no error."), CodeAnswer(70000)),
    ids=(("request id", ID), ("correlation id", ID), ("id", ID)),
    at="2026-11-14T03:42:00Z",
    attempts=(
        AttemptAnswer(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "succeeded", HOSTILE, (BARE, HOSTILE_STEP, SUCCESS)),
        AttemptAnswer("contoso.com", "", "", "", "not known", "How it ended is not known.", (FAILURE, ODD)),
    ),
    places=(
        Place(HOSTILE, False, True, ("2026-11-14T00:00:00Z", "2026-11-15T00:00:00Z"), 12_345, (HOSTILE,), True),
        Place("contoso.com", True, False, None, 0),
    ),
    unreached=(Unreached(HOSTILE, HOSTILE, HOSTILE),),
    why_not=HOSTILE,
)
NOTHING = Answer(())


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("answer", [EVERYTHING, NOTHING, replace(EVERYTHING, attempts=())])
def test_it_fits_and_is_harmless(answer: Answer, width: int) -> None:
    page = as_table(answer, width=width)
    assert max(map(len, page.splitlines())) <= max(80, width)
    assert "\x1b" not in page
    assert "\u202e" not in page
    page.encode("utf-8")
    assert "\x1b[" in as_table(EVERYTHING, colour=True)


@pytest.mark.parametrize("answer", [EVERYTHING, NOTHING, Answer((INTERRUPT,), why_not="It names nothing.")])
def test_json_keeps_to_its_schema(answer: Answer) -> None:
    text = as_json(answer, version="1.0", started="2026-11-14T03:42:00Z")
    assert text.isascii()
    VALIDATOR.validate(json.loads(text))


def test_the_schema_can_be_broken() -> None:
    document = json.loads(as_json(EVERYTHING, version="1.0", started="2026-11-14T03:42:00Z"))
    document["attempts"][0]["steps"][1]["outcome"] = "finished"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_what_a_row_says_and_does_not() -> None:
    page = " ".join(as_table(EVERYTHING, width=160).split())
    assert "The row has no code." in page
    assert "app not known -> resource not known" in page
    assert "client not known, browser not known, address not known, country not known" in page
    assert "What policies asked for is not known: the row shows no policies." in page
    assert "Interrupt, completed 4 s later (stated)." in page
    assert "Policy 'p' asked for: something that the log does not name (failure)." in page
    assert "Not in the catalogue: neither interrupt nor failure." in page
    assert "Failure (user error)." in page
    assert "somebody whom the log does not name" in page
    assert "2 attempts were found" in page


def test_a_code_of_a_step_is_not_explained_twice() -> None:
    page = as_table(EVERYTHING)
    assert "70000" in page
    assert "Evidence:" not in page
    assert "Evidence: the row of the log, its attempt and policies." in as_table(replace(EVERYTHING, attempts=()))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (NOTHING, 0),
        (Answer((INTERRUPT,), ids=(("id", ID),), why_not="No log."), 0),
        (replace(EVERYTHING, places=(replace(EVERYTHING.places[0], partial=False),)), 0),
        (EVERYTHING, 3),
        (replace(EVERYTHING, places=(EVERYTHING.places[1],)), 3),
        (Answer((INTERRUPT,), unreached=EVERYTHING.unreached), 3),
    ],
)
def test_exit_codes(answer: Answer, code: int) -> None:
    assert answer.exit_code == code
