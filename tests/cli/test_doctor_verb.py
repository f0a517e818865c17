import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from auditor.local_tenant.service import LocalTenant

Invoke = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("config_file")


def test_all_is_well(auditor: Invoke) -> None:
    result = auditor("doctor")
    assert result.exit_code == 0
    assert "Which checks can run" in result.stdout


def test_something_is_missing(auditor: Invoke, local: LocalTenant, config_file: Path, tmp_path: Path) -> None:
    client_id, secret = local.register_client([])
    (tmp_path / "secret").write_text(secret)
    config_file.write_text(config_file.read_text().replace(local.client_id, client_id))
    result = auditor("doctor", "--format", "json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["tenants"][0]["well"] is False


def test_not_signed_in(auditor: Invoke, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("wrong~planted~secret")
    result = auditor("doctor")
    assert result.exit_code == 3
    assert "Not signed in." in result.stdout
    assert "wrong~planted~secret" not in result.output
