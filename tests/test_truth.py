"""The whole way over the wire, and the answers equal what the generator drew before it wrote a row."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from auditor import audit, plugins
from auditor.config import Collect, Config
from auditor.local_tenant.service import running
from auditor.local_tenant.simulation import Simulation
from auditor.run import TenantRun
from auditor.spool.spool import Spool

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
CHECKS = [check for plugin in plugins.load() for check in plugin.checks]


def audited(
    simulation: Simulation, config_for: Callable[..., Config], collect: Callable[..., Spool], folder: Path, days: int
) -> tuple[TenantRun, dict[str, tuple[int, str]]]:
    with running(simulation, throttle=False) as local:
        spool = collect(config_for(local, collect=Collect(days=days)), folder, audit.datasets_for(CHECKS))
        assert any(each.service == "graph" and each.token_verified for each in local.requests)
    with audit.open_tenant(spool, lambda progress: None) as tenant:
        listed = {each.id: (each.code, each.outcome.value) for each in tenant.sign_ins.interrupts()}
    return audit.audit(spool, CHECKS, lambda progress: None), listed


def compare(
    simulation: Simulation, config_for: Callable[..., Config], collect: Callable[..., Spool], folder: Path, days: int
) -> None:
    run, listed = audited(simulation, config_for, collect, folder, days)
    truth = list(simulation.truth())
    interrupts = {line["id"]: (line["code"], line["outcome"]) for line in truth if line["kind"] == "interrupt"}
    assert listed == interrupts

    counted = Counter(outcome for _, outcome in interrupts.values())
    reported: Counter[str] = Counter()
    for answer in run.interrupts.interrupts:
        reported.update(dict(answer.outcomes))
    assert +reported == counted

    (setting,) = [line for line in truth if line["kind"] == "setting"]
    assert run.stay_signed_in.verdict == setting["knowable"]

    policies = {
        line["id"]: (line["name"], line["state"], line["mode"], tuple(line["problems"]))
        for line in truth
        if line["kind"] == "policy"
    }
    assert {each.id: (each.name, each.state, each.mode, each.problems) for each in run.policies.policies} == policies
    assert [each.name for each in run.datasets if each.state != "collected"] == []


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_answers_equal_the_truth(
    seed: int, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    compare(Simulation(seed=seed, users=80, days=4, end=NOW), config_for, collect, tmp_path / "spool", days=4)


@pytest.mark.parametrize("setting", ["shown", "hidden", "no key", "no branding"])
def test_the_setting_is_known_as_far_as_it_can_be(
    setting: str, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    simulation = Simulation(seed=11, users=40, days=3, end=NOW, setting=setting)
    compare(simulation, config_for, collect, tmp_path / "spool", days=3)


@pytest.mark.slow
def test_a_big_tenant_over_many_pages_and_spans(
    config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    # 60,000 rows are 60 pages: pace alone would make it two minutes, so the product's own pacing is tested elsewhere.
    simulation = Simulation(seed=21, users=2000, days=10, end=NOW, sign_ins=60_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditor.sources.pace.Pace.due", lambda self: 0.0)
        compare(simulation, config_for, collect, tmp_path / "spool", days=10)
