"""Faults and kills: whatever passes, the report is the one that there would have been without.

In CI a few seeds and kills; the long form, which the figures in docs/performance.md come from:

    pytest tests/test_campaign.py --seeds 20 --kills 100
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from auditor import audit, plugins
from auditor.cli.demo import _config as config_of
from auditor.config import Collect, Config
from auditor.local_tenant.service import running
from auditor.local_tenant.service.faults import Faults, parse
from auditor.local_tenant.simulation import Simulation
from auditor.reports.json import document
from auditor.run import Run
from auditor.sources import graph_client, msal_sign_in, patience, sign_in_page, sign_ins
from auditor.spool.spool import Spool

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
CHECKS = [check for plugin in plugins.load() for check in plugin.checks]

pytestmark = pytest.mark.slow


def report_of(spool: Spool) -> dict[str, Any]:
    """The JSON report of a collected folder, without when and where things were read, and how many rows twice."""
    run = Run("", "", (), (audit.audit(spool, CHECKS, lambda progress: None),))
    tenant: dict[str, Any] = document(run)["tenants"][0]
    tenant.pop("source")
    tenant.pop("rows_of_one_id")
    for evidence in tenant["stay_signed_in"]["evidence"]:
        evidence["at"] = None
    for finding in (each for check in tenant["checks"] for each in check["findings"]):
        for evidence in finding["evidence"]:
            evidence["at"] = None
    return tenant


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits and timeouts that a campaign can afford; spans short enough that there are many."""

    async def briefly(seconds: float) -> None:
        await graph_client_sleep(min(seconds, 0.002))

    graph_client_sleep = patience.pause
    monkeypatch.setattr(patience, "pause", briefly)
    monkeypatch.setattr(graph_client, "TIMEOUT", 0.6)
    monkeypatch.setattr(sign_in_page, "TIMEOUT", 0.6)
    monkeypatch.setattr(msal_sign_in, "TIMEOUT", 0.6)
    monkeypatch.setattr(sign_ins, "ROWS_PER_PAGE", 100)
    monkeypatch.setattr("auditor.sources.graph.PAGES_PER_SPAN", 3)
    monkeypatch.setattr("auditor.sources.pace.Pace.due", lambda self: 0.0)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, metafunc.config.getoption("--seeds") + 1))


@pytest.mark.usefixtures("hasty")
def test_with_every_transient_fault_the_report_is_the_same(
    seed: int, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    simulation = Simulation(seed=seed, users=60, days=2, end=NOW, sign_ins=1500)
    faults = Faults(parse("transient"), rate=0.4, seed=seed, retry_after=0.01, stall=0.05, hang=1.0)
    reports = []
    for name, chosen in (("calm", None), ("stormy", faults)):
        with running(simulation, throttle=False, faults=chosen) as local:
            config = config_for(local, collect=Collect(days=2))
            reports.append(report_of(collect(config, tmp_path / name, audit.datasets_for(CHECKS))))
            met = [each.fault for each in local.requests if each.fault]
    assert len(met) >= 5
    assert [(each["name"], each["reason"]) for each in reports[1]["datasets"] if each["reason"]] == []
    assert reports[1] == reports[0]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["outage", "forbidden-midway", "foreign-link"])
def test_a_permanent_fault_ends_partial_and_says_what_was_read(
    fault: str, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    simulation = Simulation(seed=5, users=60, days=2, end=NOW, sign_ins=1500)
    faults = Faults(frozenset({fault}), rate=1.0, after=5)
    with running(simulation, throttle=False, faults=faults) as local:
        # The log alone, so that it is the log that the fault meets.
        spool = collect(config_for(local, collect=Collect(days=2)), tmp_path / "spool", ("sign_ins",))
    log = next(each for each in report_of(spool)["datasets"] if each["name"] == "sign_ins")
    assert log["state"] == "partial"
    assert 0 < log["rows"] < 1500
    assert "Read back to 2026-11-" in log["reason"]
    report = report_of(spool)
    ended = [each["outcomes"] for each in report["interrupts"]]
    assert sum(outcomes["not known"] + outcomes["pending"] for outcomes in ended) >= 0
    assert any("Only a part of the window was read" in caveat for caveat in report["caveats"])


@pytest.mark.program
def test_killed_at_any_moment_the_next_run_goes_on(
    pytestconfig: pytest.Config, collect: Callable[..., Spool], tmp_path: Path
) -> None:
    kills = pytestconfig.getoption("--kills")
    draw = random.Random(7)
    started = datetime.now(timezone.utc)
    simulation = Simulation(seed=9, users=400, days=3, end=started, sign_ins=25_000)
    with running(simulation, throttle=False) as local:
        config = config_of(local, tmp_path, 3)
        tenant = config.tenant[0]
        (tmp_path / "auditor.toml").write_text(
            f"[collect]\ndays = 3\n[[tenant]]\nid = {json.dumps(tenant.id)}\n"
            f"[tenant.credential]\nclient_id = {json.dumps(tenant.credential.client_id)}\n"
            f"secret_file = {json.dumps(tenant.credential.secret_file)}\n"
            f'[tenant.cloud]\nname = "custom"\nlogin = {json.dumps(tenant.cloud.login)}\n'
            f"graph = {json.dumps(tenant.cloud.graph)}\nca_file = {json.dumps(tenant.cloud.ca_file)}\n"
        )
        program = (
            "import auditor.sources.pace as pace, auditor.sources.graph as graph, auditor.cli as cli\n"
            "pace.Pace.due = lambda self: 0.0\n"
            "graph.PAGES_PER_SPAN = 2\n"
            "cli.main()\n"
        )
        command = [sys.executable, "-c", program, "collect", "-o", "evidence", "-q"]
        killed = whole = 0
        while killed < kills or whole == 0:
            with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as run:
                try:
                    _, said = run.communicate(timeout=draw.uniform(0.3, 2.5) if killed < kills else 120)
                    assert run.returncode == 0, said
                except subprocess.TimeoutExpired:
                    run.kill()
                    run.communicate()
                    killed += 1
            evidence = tmp_path / "evidence"
            if (evidence / "collection.json").exists() and Spool.open(evidence).header.complete:
                whole += 1
                compare(evidence, config, collect, tmp_path / f"calm-{whole}")
                evidence.rename(tmp_path / f"evidence-{whole}")


def compare(evidence: Path, config: Config, collect: Callable[..., Spool], folder: Path) -> None:
    """What was collected piece by piece against the same window collected in one go."""
    spool = Spool.open(evidence)
    assert spool.header.complete
    calm = Spool.create(folder, spool.header)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditor.sources.pace.Pace.due", lambda self: 0.0)
        here = audit.Surroundings(
            lambda: NOW, lambda progress: None, lambda message: None, folder.with_name("no-token-cache")
        )
        audit.collect(config.tenant[0], config, calm, here)
    assert report_of(spool) == report_of(calm)
    assert sorted(spool.sign_in_lines()) == sorted(calm.sign_in_lines())
