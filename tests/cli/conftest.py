from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli import app
from auditor.local_tenant.service import LocalTenant

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
def config_file(local: LocalTenant, tmp_path: Path, no_pace: None) -> Path:
    """A config that points at the running local tenant."""
    secret = tmp_path / "secret"
    secret.write_text(local.client_secret)
    path = tmp_path / "auditor.toml"
    path.write_text(
        f"""
        [collect]
        days = 3
        [spool]
        folder = '{tmp_path / "shelf"}'
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
        """
    )
    return path
