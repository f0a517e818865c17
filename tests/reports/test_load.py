"""A saved run comes back as it was."""

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from auditor.errors import RunFileError
from auditor.finding import Evidence
from auditor.local_tenant.simulation import Simulation
from auditor.reports.json import document, render
from auditor.reports.load import load
from auditor.run import (
    AppAnswer,
    AttemptAnswer,
    CauseAnswer,
    InterruptAnswer,
    Run,
    Span,
    StepAnswer,
    Unreached,
)
from auditor.testing import parts_of

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def simulated() -> dict[str, Any]:
    return parts_of(Simulation(seed=1, users=40, days=3, end=NOW), "v1.0")


def test_a_whole_run_comes_back_as_it_was(run_of: Callable[..., Run], simulated: dict[str, Any]) -> None:
    run = run_of(**simulated)
    run = dataclasses.replace(run, unreached=(Unreached("contoso", "It could not be reached.", ""),))
    assert load(render(run).encode(), "run.json") == run


def test_what_explanations_add_comes_back(run_of: Callable[..., Run]) -> None:
    cause = CauseAnswer(
        "prompt-expected", "t", "m", "a", 2, (("stated", 2),), (("failed", 2),), "x", (Evidence("sign_ins", "s"),)
    )
    interrupt = InterruptAnswer(
        50140, "KmsiInterrupt", 2, 1, (("failed", 2),), "m", "a", (cause,), (("users", (("ann", 2),)),)
    )
    step = StepAnswer("2026-11-20T00:00:00Z", 50140, "failed", "prompt-expected", "stated")
    run = run_of()
    answer = dataclasses.replace(
        run.tenants[0].interrupts,
        known=True,
        interrupts=(interrupt,),
        missing=(("Something.", 2),),
        over_time=(Span("2026-11-20T00:00:00Z", (("failed", 2),)),),
        span_hours=6,
        apps=(AppAnswer("app", "App", (("failed", 2),)), AppAnswer("", "", ())),
        attempts=(AttemptAnswer("x", "ann", "App", (step, StepAnswer("2026-11-20T00:00:01Z", None))),),
    )
    run = dataclasses.replace(run, tenants=(dataclasses.replace(run.tenants[0], interrupts=answer),))
    assert load(render(run).encode(), "run.json") == run


def test_a_run_of_the_first_version_still_loads(run_of: Callable[..., Run], simulated: dict[str, Any]) -> None:
    old = json.loads(render(run_of(**simulated)))
    del old["unreached"]
    for tenant in old["tenants"]:
        added = (
            "interrupts_over_time",
            "interrupts_by_app",
            "example_attempts",
            "not_explained_for_want_of",
            "policies",
            "policy_evaluation",
        )
        for name in added:
            del tenant[name]
        for each in tenant["interrupts"]:
            del each["causes"], each["clusters"]
        for each in tenant["datasets"]:
            del each["title"]
        for each in tenant["persistent_browser_policies"]:
            del each["unknown"], each["link"], each["reach"], each["devices"]
        for check in tenant["checks"]:
            for finding in check["findings"]:
                del finding["key"], finding["link"]
    run = load(json.dumps(old).encode(), "old.json")
    assert run.tenants[0].datasets[0].title == "organization"
    assert [each["code"] for each in old["tenants"][0]["interrupts"]] == [
        each.code for each in run.tenants[0].interrupts.interrupts
    ]
    assert run.tenants[0].policies.policies[0].reach is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda run: run.pop("schema"), "schema None"),
        (lambda run: run.update(schema="auditor/run/v2"), "auditor/run/v2"),
        (lambda run: run.pop("tool"), "damaged"),
        (lambda run: run["tenants"][0].update(name=7), "damaged"),
        (lambda run: run["tenants"][0].update(interrupts="many"), "damaged"),
        (lambda run: run["tenants"][0]["checks"][0].update(status="fine"), "damaged"),
    ],
)
def test_what_is_no_run_is_refused(run_of: Callable[..., Run], change: Callable[[Any], Any], said: str) -> None:
    run = document(run_of())
    change(run)
    with pytest.raises(RunFileError, match=said):
        load(json.dumps(run).encode(), "run.json")


def test_half_a_surrogate_pair_comes_back(run_of: Callable[..., Run]) -> None:
    run = run_of()
    run = dataclasses.replace(run, unreached=(Unreached("\ud800", "", ""),))
    assert load(render(run).encode(), "run.json") == run


@pytest.mark.parametrize("text", [b"", b"[", b"\xff", b"[]", b"[" * 100_000, b"null"])
def test_other_files_are_refused(text: bytes) -> None:
    with pytest.raises(RunFileError, match=r"run\.json"):
        load(text, "run.json")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_run_that_a_shell_wrote_in_its_own_encoding(run_of: Callable[..., Run], encoding: str) -> None:
    assert load(render(run_of()).encode(encoding), "run.json") == run_of()


def test_another_encoding_is_named_as_the_fault() -> None:
    with pytest.raises(RunFileError, match=r"run\.json cannot be read: it is neither UTF-8 nor UTF-16 text\. Save it"):
        load('{"schema": "Äuditor"}'.encode("latin-1"), "run.json")
