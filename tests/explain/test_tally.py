"""One pass over the interrupts: causes, clusters, time, apps, examples."""

from dataclasses import replace

import pytest

from auditor.explain.explanation import Explanation
from auditor.explain.tally import MOST_APPS, MOST_SPANS, Tally, tally
from auditor.finding import Confidence, Evidence
from auditor.run import AppAnswer, CauseAnswer
from auditor.tenant.instant import MINUTE, SECOND, parse, to_text
from auditor.tenant.sign_in_log import Interrupt, Outcome

START = parse("2026-11-14T00:00:00Z")
HOUR = 60 * MINUTE
WEEK = (START, START + 7 * 24 * HOUR)
STATED = Explanation("prompt-expected", Confidence.STATED, (Evidence("policies", "None."),))
INFERRED = Explanation("prompt-expected", Confidence.INFERRED, (), ("Something was not read.",))


def interrupt(number: int = 0, **fields: object) -> Interrupt:
    made = Interrupt(
        at=START + number * MINUTE,
        id=f"row-{number}",
        created=to_text(START + number * MINUTE),
        code=50140,
        user_id=f"u{number}",
        user=f"user{number}",
        app_id="a1",
        app="Expenses",
        correlation_id=f"c{number}",
        own_user=True,
        interactive=True,
        outcome=Outcome.ABANDONED,
        attempt=(50140,),
    )
    return made._replace(**fields)


def told(*found: Interrupt, how: Explanation = STATED, window: tuple[int, int] = WEEK) -> Tally:
    return tally(found, lambda _: how, window)


def test_causes_with_the_best_explained_example() -> None:
    found = [interrupt(0), interrupt(1, outcome=Outcome.COMPLETED), interrupt(2)]
    answers = tally(found, lambda each: INFERRED if each.id == "row-0" else STATED, WEEK)
    (cause,) = answers.causes[50140]
    assert isinstance(cause, CauseAnswer)
    assert (cause.slug, cause.count, cause.confidence) == ("prompt-expected", 3, (("stated", 2), ("inferred", 1)))
    assert cause.outcomes == (("completed", 1), ("abandoned", 2))
    assert (cause.example, cause.evidence) == ("row-1", STATED.evidence)
    assert answers.missing == (("Something was not read.", 1),)


def test_what_happens_once_or_twice_is_no_cluster() -> None:
    twice = told(*(interrupt(number, user_id="u", user="ada", app_id=f"a{number}") for number in range(2)))
    assert twice.clusters == {50140: ()}
    thrice = told(*(interrupt(number, user_id="u", user="ada", app_id=f"a{number}") for number in range(3)))
    assert thrice.clusters == {50140: (("users", (("ada", 3),)),)}


def test_completed_ones_do_not_cluster() -> None:
    assert told(*(interrupt(number, outcome=Outcome.COMPLETED) for number in range(9))).clusters == {}


def test_apps_beyond_the_most_are_one() -> None:
    found = [interrupt(number, app_id=f"a{number:02}", app=f"App {number}") for number in range(MOST_APPS + 3)]
    apps = told(interrupt(99, app_id="", app=""), interrupt(98, app_id="a07", app="App 7"), *found).apps
    assert apps[0] == AppAnswer("a07", "App 7", (("abandoned", 2),))
    assert len(apps) == MOST_APPS + 1
    assert apps[-1] == AppAnswer("", "", (("abandoned", 4),))
    assert sum(count for app in apps for _, count in app.outcomes) == len(found) + 2


@pytest.mark.parametrize(("days", "hours"), [(1, 1), (2, 1), (3, 2), (7, 3), (30, 24), (90, 48)])
def test_spans_cover_the_window(days: int, hours: int) -> None:
    window = (START + 17 * SECOND, START + days * 24 * HOUR + 17 * SECOND)
    first, last = interrupt(0, at=window[0]), interrupt(1, at=window[1] - 1)
    answers = told(first, last, window=window)
    assert answers.span_hours == hours
    assert len(answers.spans) <= MOST_SPANS + 1
    assert answers.spans[0].outcomes == answers.spans[-1].outcomes == (("abandoned", 1),)
    assert parse(answers.spans[0].start) <= window[0]
    assert parse(answers.spans[-1].start) + hours * HOUR >= window[1]


def test_how_many_users_met_it_again() -> None:
    found = [interrupt(number, code=50125, user_id="u1" if number < 2 else f"x{number}") for number in range(4)]
    again = tally(found, lambda _: replace(STATED, cause="registration"), WEEK).again
    assert again[50125] == 1
    assert 50140 not in again


def test_an_attempt_as_an_example() -> None:
    codes = (50076, 50126, 50140, 0)
    same = {"correlation_id": "c", "user_id": "u", "user": "ada", "outcome": Outcome.COMPLETED, "attempt": codes}
    first = interrupt(0, code=50076, seconds=30.0, **same)
    second = interrupt(0, id="row-x", at=START + 9 * SECOND, created="later", seconds=21.0, **same)
    other = interrupt(5, outcome=Outcome.COMPLETED, attempt=codes)
    explained = {50076: replace(STATED, cause="policy"), 50140: STATED}
    (example,) = tally([first, second, other], lambda each: explained[each.code], WEEK).attempts
    assert (example.id, example.user) == ("row-0", "ada")
    assert [(step.code, step.at, step.cause) for step in example.steps] == [
        (50076, first.created, "policy"),
        (50126, "", ""),
        (50140, "later", "prompt-expected"),
        (0, to_text(START + 30 * SECOND), ""),
    ]


def test_no_example_of_what_cannot_be_joined() -> None:
    assert told(interrupt(0, correlation_id="")).attempts == ()
