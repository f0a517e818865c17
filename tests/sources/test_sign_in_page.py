import asyncio
import json
from collections.abc import Callable

import msgspec
import pytest

from auditor.config import Config
from auditor.errors import SourceError
from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.sources import patience
from auditor.sources.clouds import Cloud, cloud_of
from auditor.sources.patience import Passing
from auditor.sources.sign_in_page import _rows, read_sign_in_page
from auditor.tenant.records import Organization


def organization(initial: str | None, *managed: str) -> Organization:
    return Organization("id", "name", initial, initial, managed)


def ask(cloud: Cloud, about: Organization) -> list[dict[str, object]]:
    found: list[msgspec.Raw] = []
    asyncio.run(read_sign_in_page(cloud, about, lambda: "now", lambda seconds, why: None, found))
    return [json.loads(bytes(raw)) for raw in found]


def test_the_initial_domain_is_asked(
    local: LocalTenant, simulation: Simulation, config_for: Callable[..., Config]
) -> None:
    cloud = cloud_of(config_for(local).tenant[0].cloud)
    rows = ask(cloud, organization(simulation.initial_domain))
    assert rows[0]["asked_for"] == simulation.initial_domain
    assert rows[0]["read"] == "now"
    expected = (simulation.sign_in_page() or [{}])[0]
    assert {key: rows[0][key] for key in expected.keys() & {"Locale", "KeepMeSignedInDisabled"}} == {
        key: expected[key] for key in expected.keys() & {"Locale", "KeepMeSignedInDisabled"}
    }
    assert set(rows[0]) <= {"asked_for", "route", "read", "Locale", "KeepMeSignedInDisabled"}


def test_a_domain_without_branding_says_so(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    cloud = cloud_of(config_for(local).tenant[0].cloud)
    rows = ask(cloud, organization("nowhere.onmicrosoft.com", "also.example", "never-asked.example"))
    assert [row["asked_for"] for row in rows] == ["nowhere.onmicrosoft.com", "also.example"]
    assert all("Locale" not in row for row in rows)


def test_no_domain_is_an_error(local: LocalTenant, config_for: Callable[..., Config]) -> None:
    with pytest.raises(SourceError, match="no domain"):
        ask(cloud_of(config_for(local).tenant[0].cloud), organization(None))


def test_a_page_that_cannot_be_reached(local: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)
    gone = Cloud("custom", "https://localhost:9", local.graph_url, "", ca_file=str(local.ca_file))
    with pytest.raises(SourceError, match="could not be reached"):
        ask(gone, organization("contoso.onmicrosoft.com"))


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"5", b'{"TenantBrandingInfo": 5}'])
def test_answers_that_are_not_understood_may_pass(content: bytes) -> None:
    with pytest.raises(Passing, match="not understood"):
        _rows(200, content)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass(status: int) -> None:
    with pytest.raises(Passing, match=str(status)):
        _rows(status, b"")


def test_other_statuses_are_errors() -> None:
    with pytest.raises(SourceError, match="404"):
        _rows(404, b"")


@pytest.mark.parametrize("content", [b"{}", b'{"TenantBrandingInfo": null}', b'{"TenantBrandingInfo": []}'])
def test_no_rows(content: bytes) -> None:
    assert _rows(200, content) == []
