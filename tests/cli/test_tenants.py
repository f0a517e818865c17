"""Several tenants in one config, of which one or all cannot be looked at."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import Result

from auditor.cli.tenants import look_at_each
from auditor.config import TenantConfig
from auditor.errors import ConfigError, SignInError, SpoolError
from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.run import Unreached

Invoke = Callable[..., Result]

PLANTED = "planted~secret"
WRONG_SECRET = "wrong secret"
NO_SECRET = "no secret"
NO_FOLDER = "no folder"


@pytest.fixture
def other(simulation: Simulation) -> str:
    """What the second tenant of the config is called: the local tenant by one of its domains."""
    names = [each["name"] for each in simulation.organization()["verifiedDomains"]]
    return str(names[0])


@pytest.fixture
def unreachable(
    config_file: Path, local: LocalTenant, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """`unreachable(WRONG_SECRET)`: puts before the config's tenant another one, and why it cannot be looked at."""

    def add(why: str) -> None:
        monkeypatch.delenv("AUDITOR_NOT_SET", raising=False)
        (tmp_path / "other-secret").write_text(PLANTED if why == WRONG_SECRET else local.client_secret)
        if why == NO_FOLDER:
            (tmp_path / "shelf").mkdir()
            (tmp_path / "shelf" / other).write_text("a file where the folder should be")
        secret = 'secret_env = "AUDITOR_NOT_SET"'
        if why != NO_SECRET:
            secret = f"secret_file = '{tmp_path / 'other-secret'}'"
        block = f"""
        [[tenant]]
        id = "{other}"
        [tenant.credential]
        client_id = "{local.client_id}"
        {secret}
        [tenant.cloud]
        name = "custom"
        login = "{local.login_url}"
        graph = "{local.graph_url}"
        ca_file = '{local.ca_file}'
        """
        config_file.write_text(config_file.read_text().replace("[[tenant]]", f"{block}[[tenant]]"))

    return add


@pytest.mark.parametrize(
    ("why", "what", "remedy"),
    [
        (WRONG_SECRET, "7000215", "copy its value"),
        (NO_SECRET, "AUDITOR_NOT_SET holds no client secret", "Set it"),
        (NO_FOLDER, "cannot be made", ""),
    ],
)
def test_a_tenant_out_of_reach_costs_the_others_nothing(
    auditor: Invoke,
    local: LocalTenant,
    other: str,
    unreachable: Callable[[str], None],
    why: str,
    what: str,
    remedy: str,
) -> None:
    unreachable(why)
    result = auditor("run", "--format", "json", "--fail-on", "never")
    report: dict[str, Any] = json.loads(result.stdout)
    assert [tenant["id"] for tenant in report["tenants"]] == [local.tenant_id]
    (unreached,) = report["unreached"]
    assert unreached["tenant"] == other
    assert what in unreached["what"]
    assert remedy in unreached["remedy"]
    assert result.exit_code == 3
    assert PLANTED not in result.output


def test_the_table_names_it_and_a_finding_outranks_it(
    auditor: Invoke, other: str, unreachable: Callable[[str], None]
) -> None:
    unreachable(WRONG_SECRET)
    result = auditor("run")
    assert result.exit_code == 13
    flat = " ".join(result.stdout.split())
    assert "1. Interrupts in the sign-in log" in flat
    assert f"Tenants that could not be looked at: 1 - {other}: Signing in as application" in flat
    assert PLANTED not in result.output


@pytest.mark.parametrize("verb", ["run", "interrupts"])
def test_none_within_reach_is_an_error_and_no_report(
    auditor: Invoke, local: LocalTenant, other: str, unreachable: Callable[[str], None], tmp_path: Path, verb: str
) -> None:
    unreachable(NO_SECRET)
    (tmp_path / "secret").write_text(PLANTED)
    result = auditor(verb)
    assert result.exit_code == ConfigError.exit_code
    assert result.stdout == ""
    assert f"{other}: tenant {other}: the environment variable AUDITOR_NOT_SET" in result.stderr
    assert f"{local.tenant_id}: Signing in as application" in result.stderr
    assert PLANTED not in result.stderr


def test_the_interrupts_of_the_others_are_listed(
    auditor: Invoke, other: str, unreachable: Callable[[str], None], simulation: Simulation
) -> None:
    unreachable(WRONG_SECRET)
    result = auditor("interrupts", "--format", "ndjson", "-q")
    truth = {line["id"] for line in simulation.truth() if line["kind"] == "interrupt"}
    assert {json.loads(line)["id"] for line in result.stdout.splitlines()} == truth
    assert f"{other}: Signing in as application" in result.stderr
    assert "7000215" in result.stderr
    assert PLANTED not in result.output
    assert result.exit_code == 3


def test_collecting_one_asks_nothing_of_the_others(
    auditor: Invoke, local: LocalTenant, other: str, unreachable: Callable[[str], None]
) -> None:
    unreachable(NO_SECRET)
    assert auditor("collect", "-o", "evidence", "--tenant", local.tenant_id).exit_code == 0
    refused = auditor("collect", "-o", "more", "--tenant", other)
    assert refused.exit_code == ConfigError.exit_code
    assert "AUDITOR_NOT_SET" in refused.stderr


def test_old_collections_that_cannot_be_deleted_take_no_report_away(
    auditor: Invoke, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purge(root: Path, tenant: str, keep: int, now: datetime) -> None:
        raise SpoolError("Somebody took the folder away.")

    monkeypatch.setattr("auditor.spool.shelf.purge", purge)
    result = auditor("run", "--format", "json")
    assert json.loads(result.stdout)["unreached"] == []
    assert "Somebody took the folder away." in result.stderr


CONTOSO, FABRIKAM = TenantConfig(id="contoso.com"), TenantConfig(id="fabrikam.com")


def look(tenant: TenantConfig) -> str:
    if tenant is FABRIKAM:
        raise SignInError("Refused.", "Ask again.")
    return tenant.id


@pytest.mark.parametrize("order", [(CONTOSO, FABRIKAM), (FABRIKAM, CONTOSO)])
def test_the_order_does_not_matter(order: tuple[TenantConfig, ...]) -> None:
    assert look_at_each(order, look) == (("contoso.com",), (Unreached("fabrikam.com", "Refused.", "Ask again."),))


def test_the_only_tenant_out_of_reach_is_the_error_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        look_at_each([FABRIKAM], look)
    assert ended.value.exit_code == SignInError.exit_code
    assert capsys.readouterr().err.split() == ["auditor:", "Refused.", "Ask", "again."]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ZeroDivisionError])
def test_a_wish_to_stop_and_a_fault_of_ours_end_it_all(raised: type[BaseException]) -> None:
    def ends(tenant: TenantConfig) -> str:
        if tenant is FABRIKAM:
            raise raised
        return tenant.id

    with pytest.raises(raised):
        look_at_each([CONTOSO, FABRIKAM], ends)
