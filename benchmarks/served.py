"""The local tenant in a process of its own, so that what serving costs is not counted as the product's.

`served` starts this file as that process. It prints how to reach the tenant as one line of JSON, waits until its
standard input is closed, and then prints what Graph answered as another.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from auditor import audit, plugins
from auditor.check import Check
from auditor.config import load
from auditor.sources.progress import Report
from auditor.spool.spool import Spool

DAYS = 7
ROWS_PER_USER = 3 * DAYS


@dataclass(slots=True)
class Served:
    """A running local tenant. `config`: the file that points the product at it. `answers`: how often Graph answered
    with which status, and `reports` how many requests for its reports, which share one throttle; both are known when
    the block of `served` has ended."""

    folder: Path
    config: Path
    answers: Counter[int] = field(default_factory=Counter)
    reports: int = 0


@contextmanager
def served(rows: int, *, throttle: bool) -> Iterator[Served]:
    """A tenant with about so many sign-ins, and a folder that goes with it."""
    command = [sys.executable, __file__, "--rows", str(rows), *(["--throttle"] if throttle else [])]
    with (
        tempfile.TemporaryDirectory(prefix="auditor-benchmark-") as name,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            sys.exit("The local tenant did not start; the reason stands above.")
        tenant = Served(Path(name), _config(Path(name), json.loads(line)))
        try:
            yield tenant
        finally:
            process.stdin.close()
            answers = json.loads(process.stdout.readline() or "{}")
            tenant.reports = answers.pop("reports", 0)
            tenant.answers.update({int(status): count for status, count in answers.items()})


def checks() -> list[Check]:
    """All that are installed, as for `auditor run`."""
    return [check for plugin in plugins.load() for check in plugin.checks]


def collected(tenant: Served, report: Report) -> Spool:
    """What `auditor run` would collect of the tenant, in a new folder. Ends the benchmark when it is not all there."""
    config = load(tenant.config)
    now = datetime.now(timezone.utc)
    wanted = audit.question(config.tenant[0], config, audit.datasets_for(checks()), now)
    spool = audit.open_collection_at(wanted, tenant.folder / "collection")
    surroundings = audit.Surroundings(
        now=lambda: now, report=report, tell=lambda message: None, token_cache=tenant.folder / "token-cache"
    )
    audit.collect(config.tenant[0], config, spool, surroundings)
    for name in wanted.datasets:
        stored = spool.dataset(name)
        if stored is None or stored.state != "collected":
            sys.exit(f"{name} was not collected: {stored.reason if stored else 'collecting stopped before it'}")
    return spool


def _config(folder: Path, reached: dict[str, str]) -> Path:
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(reached["client_secret"])
    path = folder / "auditor.toml"
    path.write_text(
        f"""
        [collect]
        days = {DAYS}
        [spool]
        folder = {json.dumps(str(folder / "spool"))}
        [[tenant]]
        id = {json.dumps(reached["tenant_id"])}
        [tenant.credential]
        client_id = {json.dumps(reached["client_id"])}
        secret_file = {json.dumps(str(secret))}
        [tenant.cloud]
        name = "custom"
        login = {json.dumps(reached["login_url"])}
        graph = {json.dumps(reached["graph_url"])}
        ca_file = {json.dumps(reached["ca_file"])}
        """
    )
    return path


def _serve(rows: int, throttle: bool) -> None:
    from auditor.local_tenant.service import running
    from auditor.local_tenant.simulation import Simulation

    simulation = Simulation(
        users=max(200, rows // ROWS_PER_USER),
        days=DAYS,
        end=datetime.now(timezone.utc),
        sign_ins=rows,
        setting="shown",
    )
    with running(simulation, throttle=throttle) as local:
        names = ("login_url", "graph_url", "ca_file", "tenant_id", "client_id", "client_secret")
        _say({name: str(getattr(local, name)) for name in names})
        sys.stdin.read()
        asked = local.requests.of("graph")
        reports = sum(1 for each in asked if "/auditLogs/" in each.path or "/reports/" in each.path)
        _say({**Counter(each.status for each in asked), "reports": reports})


def _say(what: dict[Any, Any]) -> None:
    print(json.dumps(what), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a simulated tenant until standard input is closed.")
    parser.add_argument("--rows", type=int, default=10_000, help="about how many sign-ins it has (default: 10,000)")
    parser.add_argument("--throttle", action="store_true", help="limit requests as Microsoft Graph does")
    return parser.parse_args()


if __name__ == "__main__":
    arguments = _arguments()
    _serve(arguments.rows, arguments.throttle)
