"""The causes against what the simulated tenant drew, which an independent piece of code bears out: equal wherever the
rows carry the evidence, and honestly weaker where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

import pytest

from auditor import testing
from auditor.explain.causes import NOT_EVIDENCED
from auditor.explain.explainer import Explainer
from auditor.explain.explanation import Explanation
from auditor.finding import Confidence
from auditor.local_tenant.simulation import Simulation
from auditor.sign_ins.catalogue import interrupt_codes
from auditor.tenant.sign_in_log import Interrupt

END = datetime(2026, 11, 8, tzinfo=timezone.utc)  # of testing.tenant()'s window
SEEDS = (1, 2, 3, 7, 16)

Made = tuple[Interrupt, str, Explanation]
Interrupts = Callable[..., Iterator[Interrupt]]


@lru_cache(maxsize=4)
def simulated(seed: int, setting: str | None = None) -> tuple[Simulation, dict[str, str]]:
    simulation = Simulation(seed=seed, users=120, days=7, end=END, sign_ins=3_000, setting=setting)
    truth = {line["id"]: line["cause"] for line in simulation.truth() if line["kind"] == "interrupt"}
    return simulation, truth


@lru_cache(maxsize=4)
def parts_of(seed: int, api: str, setting: str | None) -> dict[str, Any]:
    return testing.parts_of(simulated(seed, setting)[0], api)


def made(interrupts: Interrupts, seed: int, api: str, setting: str | None = None, **changed: Any) -> list[Made]:
    """Each interrupt with the cause that was drawn and the explanation."""
    truth = simulated(seed, setting)[1]
    parts = {**parts_of(seed, api, setting), **changed}
    with testing.tenant(**{**parts, "sign_ins": ()}) as tenant:
        explainer = Explainer(tenant)
        found = [(each, truth[each.id], explainer.explain(each)) for each in interrupts(parts["sign_ins"])]
    assert len(found) == len(truth)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_that_carry_the_evidence_give_every_cause(seed: int, interrupts: Interrupts) -> None:
    found = made(interrupts, seed, "beta")
    assert [(each.code, cause, said.cause) for each, cause, said in found if said.cause != cause] == []
    assert len({each.code for each, _, _ in found}) >= len(interrupt_codes()) - 2
    confidence = Counter(said.confidence for _, _, said in found)
    assert confidence[Confidence.STATED] > confidence[Confidence.INFERRED] > 0


@pytest.mark.parametrize("setting", ["hidden", "no key", "no branding"])
def test_whatever_the_setting(setting: str, interrupts: Interrupts) -> None:
    found = made(interrupts, 3, "beta", setting)
    assert [(each.code, cause, said.cause) for each, cause, said in found if said.cause != cause] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_without_betas_columns_only_what_they_tell_is_not_evidenced(seed: int, interrupts: Interrupts) -> None:
    """v1.0 rows do not say what required MFA, so per-user MFA and registration cannot be told from other causes that no
    row shows (an app that asks, say). All else is equal."""
    for each, cause, said in made(interrupts, seed, "v1.0"):
        if cause in ("per-user-mfa", "registration") and each.code != 50125:
            assert (said.cause, said.confidence) == (NOT_EVIDENCED, Confidence.GENERAL)
            assert any("per-user MFA" in sentence for sentence in said.missing)
        else:
            assert said.cause == cause


@pytest.mark.parametrize(
    ("dataset", "setting", "weaker"),
    [
        ("policies", None, {50140, 50097, 50158}),
        ("policy_changes", None, set()),
        ("applications", None, {50199}),
        ("security_defaults", None, {50072, 50079}),
        ("sign_in_page", "hidden", {50140}),
        ("group_members", None, set()),
    ],
)
def test_what_is_withheld_makes_causes_weaker_and_never_surer(
    dataset: str, setting: str | None, weaker: set[int], interrupts: Interrupts
) -> None:
    """`weaker`: the codes that may have another cause then."""
    seed = 3 if setting else 7
    whole = {each.id: said for each, _, said in made(interrupts, seed, "beta", setting)}
    without = made(interrupts, seed, "beta", setting, missing={dataset: "It was withheld."})
    ranks = {Confidence.STATED: 2, Confidence.INFERRED: 1, Confidence.GENERAL: 0}
    other = {each.code for each, cause, said in without if said.cause != cause}
    assert other <= weaker
    assert bool(other) is bool(weaker)
    for each, cause, said in without:
        assert ranks[said.confidence] <= ranks[whole[each.id].confidence]
        assert said.cause == cause or said.confidence is not Confidence.STATED


@pytest.mark.parametrize("dataset", ["user_events", "registrations"])
def test_registrations_and_resets_need_what_tells_of_them(dataset: str, interrupts: Interrupts) -> None:
    known = made(interrupts, 1, "beta", missing={dataset: "It was withheld."})
    for each, cause, said in known:
        if each.code == 50125:
            assert said.cause in (cause, NOT_EVIDENCED)
            assert said.cause == cause or any("It was withheld." in sentence for sentence in said.missing)
        elif each.code not in (50072, 50079):
            assert said.cause == cause


def test_rows_that_show_no_policies_state_no_policy(interrupts: Interrupts) -> None:
    """As they come without the permission to read policies: then only our own reading of policies is left."""
    rows = [
        {name: value for name, value in row.items() if name != "appliedConditionalAccessPolicies"}
        for row in parts_of(16, "v1.0", None)["sign_ins"]
    ]
    for each, cause, said in made(interrupts, 16, "v1.0", sign_ins=rows):
        if each.code == 50140:
            assert said.cause == cause
        elif said.cause not in (cause, NOT_EVIDENCED, "policy", "security-defaults"):
            pytest.fail(f"{each.code}: {said.cause} instead of {cause}")
        assert not (said.cause == "policy" and said.confidence is Confidence.STATED)


def test_a_wrong_reading_would_show(interrupts: Interrupts) -> None:
    """The comparison can fail: applications whose addresses are twisted disagree with the truth."""
    twisted = [{**each, "replyUrls": ["https://a.example"]} for each in parts_of(1, "beta", None)["applications"]]
    found = made(interrupts, 1, "beta", applications=twisted)
    assert {each.code for each, cause, said in found if said.cause != cause} == {50199}
