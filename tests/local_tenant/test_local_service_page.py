"""What the sign-in page tells about branding, by both of its addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation


def credential_type(client: httpx.Client, tenant: LocalTenant, user: str) -> dict[str, Any]:
    answer = client.post(f"{tenant.login_url}/common/GetCredentialType", json={"username": user})
    assert answer.status_code == 200
    return dict(answer.json())


def realm(client: httpx.Client, tenant: LocalTenant, user: str) -> dict[str, Any]:
    answer = client.get(f"{tenant.login_url}/common/userrealm/{user}", params={"api-version": "2.0"})
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.mark.parametrize("domain", ["initial_domain", "custom_domain"])
def test_any_name_at_a_domain_shows_the_branding(
    tenant: LocalTenant, simulation: Simulation, stranger: httpx.Client, domain: str
) -> None:
    user = f"nobody@{getattr(simulation, domain).upper()}"
    rows = credential_type(stranger, tenant, user)["EstsProperties"]["UserTenantBranding"]
    assert next(row for row in rows if row["Locale"] == 0)["KeepMeSignedInDisabled"] is True
    answer = realm(stranger, tenant, user)
    assert answer["TenantBrandingInfo"] == rows
    assert answer["NameSpaceType"] in ("Managed", "Federated")
    assert [asked.service for asked in tenant.requests][-2:] == ["page", "page"]


@pytest.mark.parametrize("user", ["nobody@elsewhere.example", "nobody", "@", ""])
def test_an_unknown_domain(tenant: LocalTenant, stranger: httpx.Client, user: str) -> None:
    answer = credential_type(stranger, tenant, user)
    assert answer["EstsProperties"]["UserTenantBranding"] is None
    assert answer["IfExistsResult"] == 1
    if user:
        assert realm(stranger, tenant, user)["NameSpaceType"] == "Unknown"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"username": 1}'])
def test_what_is_no_question(tenant: LocalTenant, stranger: httpx.Client, body: bytes) -> None:
    answer = stranger.post(f"{tenant.login_url}/common/GetCredentialType", content=body)
    assert "error" in answer.json()


@pytest.mark.parametrize("setting", ["shown", "no key", "no branding"])
def test_settings(setting: str, bearing: Callable[..., httpx.Client]) -> None:
    simulation = Simulation(seed=3, users=20, days=1, end=datetime(2026, 11, 21, tzinfo=timezone.utc), setting=setting)
    with running(simulation) as tenant, bearing(tenant) as client:
        rows = credential_type(client, tenant, f"x@{simulation.initial_domain}")["EstsProperties"]["UserTenantBranding"]
        assert realm(client, tenant, f"x@{simulation.initial_domain}")["TenantBrandingInfo"] == rows
    if setting == "no branding":
        assert rows is None
    else:
        default = next(row for row in rows if row["Locale"] == 0)
        assert default.get("KeepMeSignedInDisabled") is (False if setting == "shown" else None)
