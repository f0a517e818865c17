from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli import app
from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports import blobs, containers
from auditor.local_tenant.simulation.exports import settings as files

Invoke = Callable[..., Result]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)  # where the simulated log ends


@pytest.fixture
def auditor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """`auditor("run", "--from", folder)`: one command, in an empty folder, 80 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    monkeypatch.setattr("auditor.cli.clock.now", lambda: NOW)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments])

    return invoke


@pytest.fixture
def config_for(tmp_path: Path, no_pace: None) -> Callable[..., Path]:
    """`config_for(local, days=2, more=...)`: a config that points at a running local tenant, with `more` in it."""

    def write(local: LocalTenant, days: int = 3, more: str = "") -> Path:
        secret = tmp_path / "secret"
        secret.write_text(local.client_secret)
        path = tmp_path / "auditor.toml"
        path.write_text(
            f"""
            [collect]
            days = {days}
            [spool]
            folder = '{tmp_path / "shelf"}'
            [history]
            folder = '{tmp_path / "history"}'
            [[tenant]]
            id = "{local.tenant_id}"
            [tenant.credential]
            client_id = "{local.client_id}"
            secret_file = '{secret}'
            [tenant.cloud]
            name = "custom"
            login = "{local.login_url}"
            graph = "{local.graph_url}"
            ca_file = '{local.ca_file}'
            {more}
            """
        )
        return path

    return write


@pytest.fixture
def config_file(local: LocalTenant, config_for: Callable[..., Path]) -> Path:
    """A config that points at the running local tenant."""
    return config_for(local)


@pytest.fixture
def tenant_in_files() -> Simulation:
    return Simulation(seed=3, users=40, days=2, end=NOW, sign_ins=400)


@pytest.fixture
def exported(tenant_in_files: Simulation, tmp_path: Path) -> Path:
    """A folder with the tenant's log as diagnostic settings archive it (SignInLogs.json), with EntraExporter's folders
    of organization, policies and named locations, and with a note."""
    folder = tmp_path / "exported"
    rows = list(tenant_in_files.sign_ins(NOW - timedelta(days=2), NOW))
    containers.write(folder / "SignInLogs.json", (json.dumps(blobs.envelope(row)) + "\n" for row in rows))
    for path, text in files.entra_exporter(tenant_in_files):
        if path.startswith(("Organization/Organization", "Identity")):
            containers.write(folder / path, [text], encoding="utf-16-le-bom")
    (folder / "notes.txt").write_text("what Ada sent\n")
    return folder
