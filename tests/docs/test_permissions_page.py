"""docs/permissions.md against the table of datasets and against the running local tenant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from auditor import audit
from auditor.config import Config
from auditor.doctor import examine
from auditor.local_tenant.service import LocalTenant
from auditor.sources.clouds import CLOUDS
from auditor.tenant.dataset import DATASETS, permissions_for
from auditor_checks import ALL

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "permissions.md").read_text("utf-8")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
GRANTED = set(permissions_for(DATASETS))


def rows(heading: str) -> list[list[str]]:
    """The cells of the table with that heading."""
    _, _, rest = PAGE.partition(f"| {heading} |")
    table, _, _ = rest.partition("\n\n")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


TO_GRANT = {permission: (brings, without) for permission, brings, without in rows("Permission | Brings | Without it")}


def test_the_table_of_data_is_the_table_of_datasets() -> None:
    assert rows("Data | Name in checks | Any one of | Licence") == [
        [each.title, each.name, ", ".join(each.permissions) or "none", each.licence] for each in DATASETS.values()
    ]


def test_what_is_to_be_granted_is_what_is_asked_for() -> None:
    assert set(TO_GRANT) == GRANTED
    for permission, (brings, _) in TO_GRANT.items():
        titles = {each.title for each in DATASETS.values() if permission in each.permissions}
        assert set(brings.split("; ")) == titles


def test_the_readme_grants_the_same() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^ *\| (\w+\.Read\.\w+) \|", readme, re.MULTILINE)) == GRANTED


@pytest.mark.parametrize("permission", sorted(GRANTED))
def test_what_is_lost_without_it(
    permission: str, local: LocalTenant, config_for: Callable[..., Config], tmp_path: Path
) -> None:
    """Asked of the local tenant by an application that has all the others."""
    client_id, secret = local.register_client(sorted(GRANTED - {permission}))
    config = config_for(local, client_id=client_id, secret=secret)
    here = audit.Surroundings(lambda: NOW, lambda progress: None, lambda message: None, tmp_path)
    found = examine(config.tenant[0], config, ALL, here)

    brings, without = TO_GRANT[permission]
    lost = {each.title for each in found.datasets if not each.readable}
    assert set(brings.split("; ")) <= lost
    _, _, stopped = without.partition("Does not run: ")
    assert re.findall(r"`([\w-]+)`", stopped) == [each.id for each in found.checks if each.verdict == "cannot run"]


@pytest.mark.parametrize("language", ["sh", "powershell"])
def test_the_commands_grant_all_of_it(language: str) -> None:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    granting = [block for block in blocks if "AuditLog" in block]
    assert len(granting) == 2  # an application, a managed identity
    for block in granting:
        assert set(re.findall(r"\b\w+\.Read\.(?:All|Directory)\b", block)) - {"Application.Read.All"} == GRANTED
        assert "00000003-0000-0000-c000-000000000000" in block


def test_addresses_are_those_of_the_clouds() -> None:
    assert set(re.findall(r"`(https://[\w.]+)`", PAGE)) <= {cloud.graph for cloud in CLOUDS.values()}
