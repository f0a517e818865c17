"""Signing in as a person through MSAL: device code and refresh, and what Graph then lets them see."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import msal
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation

LOGS = "AuditLog.Read.All"


@pytest.fixture(autouse=True)
def _nobody_else_is_expected(tenant: LocalTenant) -> Iterator[None]:
    yield
    tenant.sign_in_as(tenant.administrator)
    tenant.approve_device_codes_after(2)


def application(tenant: LocalTenant, client_id: str = "", **options: Any) -> Any:
    return msal.PublicClientApplication(
        client_id or tenant.public_client_id,
        authority=f"{tenant.login_url}/{tenant.tenant_id}",
        instance_discovery=False,
        verify=str(tenant.ca_file),
        **options,
    )


def scope(tenant: LocalTenant, *names: str) -> list[str]:
    return [f"{tenant.graph_url}/{name}" for name in names or [".default"]]


def by_device(tenant: LocalTenant, app: Any, *names: str) -> dict[str, Any]:
    """Approved at once."""
    flow = app.initiate_device_flow(scope(tenant, *names))
    assert "user_code" in flow, flow
    tenant.approve_device_code(flow["user_code"])
    return dict(app.acquire_token_by_device_flow(flow))


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def test_device_code_waits_and_is_then_approved_by_itself(
    tenant: LocalTenant, bearing: Callable[..., httpx.Client]
) -> None:
    app = application(tenant)
    flow = app.initiate_device_flow(scope(tenant, LOGS))
    assert flow["user_code"] in flow["message"]
    assert flow["verification_uri"] == f"{tenant.login_url}/devicelogin"
    assert flow["user_code"] in tenant.pending_device_codes()
    before = len(tenant.requests.of("login"))
    result = app.acquire_token_by_device_flow(flow)
    polls = [asked.status for asked in tenant.requests.of("login")[before:]]
    assert polls == [400, 400, 200]
    claims = claims_of(result["access_token"])
    assert claims["upn"] == tenant.administrator
    assert claims["scp"] == LOGS
    assert claims["idtyp"] == "user"
    assert "roles" not in claims
    with bearing(tenant, result["access_token"]) as graph:
        assert graph.get("/auditLogs/signIns?$top=1").status_code == 200
        assert graph.get("/organization").status_code == 403
    (account,) = app.get_accounts()
    assert account["username"] == tenant.administrator
    assert account["home_account_id"] == f"{claims['oid']}.{tenant.tenant_id}"
    assert result["id_token_claims"]["aud"] == tenant.public_client_id


def test_device_code_pending_declined_and_expired(tenant: LocalTenant) -> None:
    app = application(tenant)
    tenant.approve_device_codes_after(None)
    for settle, error, code in (
        (tenant.decline_device_code, "authorization_declined", 65004),
        (tenant.expire_device_code, "expired_token", 70020),
    ):
        flow = app.initiate_device_flow(scope(tenant))
        once = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        assert (once["error"], once["error_codes"]) == ("authorization_pending", [70016])
        settle(flow["user_code"])
        assert flow["user_code"] not in tenant.pending_device_codes()
        time.sleep(flow["interval"])
        result = app.acquire_token_by_device_flow(flow)
        assert (result["error"], result["error_codes"]) == (error, [code])
        with pytest.raises(LookupError):
            tenant.approve_device_code(flow["user_code"])


def test_somebody_else_approves_while_the_device_polls(tenant: LocalTenant) -> None:
    app = application(tenant)
    tenant.approve_device_codes_after(None)
    tenant.sign_in_as(tenant.ordinary_user)
    flow = app.initiate_device_flow(scope(tenant))
    timer = threading.Timer(0.5, tenant.approve_device_code, [flow["user_code"].lower()])
    timer.start()
    result = app.acquire_token_by_device_flow(flow)
    timer.join()
    assert claims_of(result["access_token"])["upn"] == tenant.ordinary_user


def test_a_device_code_is_good_once_and_for_its_client(tenant: LocalTenant) -> None:
    app, other = application(tenant), application(tenant, tenant.register_public_client([LOGS]))
    flow = app.initiate_device_flow(scope(tenant))
    tenant.approve_device_code(flow["user_code"])
    for asking, codes in ((other, [70018]), (app, None), (app, [70018])):
        flow["latest_attempt_at"] = 0
        result = asking.acquire_token_by_device_flow(dict(flow))
        assert result.get("error_codes") == codes, result
    forged = {**flow, "device_code": "guessed", "latest_attempt_at": 0}
    assert app.acquire_token_by_device_flow(forged)["error"] == "bad_verification_code"


def test_a_device_code_of_a_stranger_or_a_confidential_client(tenant: LocalTenant) -> None:
    flow = application(tenant, "11111111-2222-3333-4444-555555555555").initiate_device_flow(scope(tenant))
    assert flow["error_codes"] == [700016]
    app = application(tenant, tenant.client_id)
    flow = app.initiate_device_flow(scope(tenant))
    tenant.approve_device_code(flow["user_code"])
    assert app.acquire_token_by_device_flow(flow)["error_codes"] == [7000218]


def refreshed(tenant: LocalTenant, app: Any, token: str, *names: str) -> dict[str, Any]:
    return dict(
        app.client.obtain_token_by_refresh_token(
            token,
            scope=[*scope(tenant, *names), "offline_access"],
            rt_getter=lambda kept: kept,
            on_updating_rt=False,
            on_removing_rt=lambda _: None,
        )
    )


def test_refresh_tokens(tenant: LocalTenant) -> None:
    app = application(tenant)
    first = app.client.obtain_token_by_device_flow(approved(tenant, app))
    token = first["refresh_token"]
    second = refreshed(tenant, app, token)
    assert second["refresh_token"] != token
    assert "access_token" in refreshed(tenant, app, token), "as in Entra, the old one stays good"
    assert refreshed(tenant, app, token, LOGS)["scope"].split() == scope(tenant, LOGS)

    def refusal(token: str, asking: Any = app, *names: str) -> tuple[str, list[int], str | None]:
        answer = refreshed(tenant, asking, token, *names)
        return answer["error"], answer["error_codes"], answer.get("suberror")

    assert refusal("guessed") == ("invalid_grant", [9002313], None)
    assert refusal(token, app, "Mail.Read") == ("invalid_grant", [65001], "consent_required")
    assert refusal(token, app, "no-scope!") == ("invalid_scope", [70011], None)
    assert refusal(token, app, f"{LOGS} https://management.azure.com/user_impersonation")[1] == [28000]
    assert refusal(token, app, ".default", LOGS) == ("invalid_scope", [70011], None)
    other = application(tenant, tenant.register_public_client([LOGS]))
    assert refusal(token, other) == ("invalid_grant", [70000], None)
    tenant.revoke_refresh_tokens(tenant.ordinary_user)
    assert "access_token" in refreshed(tenant, app, token)
    tenant.revoke_refresh_tokens(tenant.administrator)
    for revoked in (token, second["refresh_token"]):
        assert refusal(revoked) == ("invalid_grant", [50173], "bad_token")
    assert "access_token" in app.client.obtain_token_by_device_flow(approved(tenant, app))


def approved(tenant: LocalTenant, app: Any) -> dict[str, Any]:
    flow = app.initiate_device_flow(scope(tenant))
    tenant.approve_device_code(flow["user_code"])
    return dict(flow)


def test_msal_forgets_a_revoked_sign_in(tenant: LocalTenant) -> None:
    app = application(tenant)
    by_device(tenant, app)
    (account,) = app.get_accounts()
    tenant.revoke_refresh_tokens(tenant.administrator)
    result = app.acquire_token_silent_with_error(scope(tenant), account, force_refresh=True)
    assert result["error_codes"] == [50173]


def test_a_person_without_a_role(tenant: LocalTenant, bearing: Callable[..., httpx.Client]) -> None:
    tenant.sign_in_as(tenant.ordinary_user)
    app = application(tenant)
    token = by_device(tenant, app)["access_token"]
    with bearing(tenant, token) as graph:
        for path in ("/auditLogs/signIns", "/auditLogs/directoryAudits"):
            refused = graph.get(path)
            assert refused.status_code == 403
            assert refused.json()["error"]["code"] == "Authentication_RequestFromUnsupportedUserRole"
        assert graph.get("/identity/conditionalAccess/policies").json()["error"]["code"] == "AccessDenied"
        assert graph.get("/organization").status_code == 200
        assert graph.get("/users?$top=1").status_code == 200


def test_roles_bound_what_is_seen(
    tenant: LocalTenant, simulation: Simulation, bearing: Callable[..., httpx.Client]
) -> None:
    definitions = {row["displayName"]: row["id"] for row in simulation.role_definitions()}
    holders = {row["roleDefinitionId"]: row["principalId"] for row in simulation.role_assignments()}

    def seen_by(role: str) -> tuple[int, int]:
        tenant.sign_in_as(holders[definitions[role]])
        with bearing(tenant, by_device(tenant, application(tenant))["access_token"]) as graph:
            return (
                graph.get("/auditLogs/signIns?$top=1").status_code,
                graph.get("/identity/conditionalAccess/policies").status_code,
            )

    assert seen_by("Security Administrator") == (200, 200)
    assert seen_by("Conditional Access Administrator") == (403, 200)
    assert seen_by("Helpdesk Administrator") == (403, 403)


def test_scopes_bound_an_administrator(tenant: LocalTenant, bearing: Callable[..., httpx.Client]) -> None:
    app = application(tenant, tenant.register_public_client([LOGS]))
    with bearing(tenant, by_device(tenant, app)["access_token"]) as graph:
        rows = graph.get("/auditLogs/signIns?$top=1").json()["value"]
        assert "appliedConditionalAccessPolicies" not in rows[0]
        assert graph.get("/identity/conditionalAccess/policies").json()["error"]["code"] == "AccessDenied"


def test_nobody_of_that_name(tenant: LocalTenant) -> None:
    for call in (tenant.sign_in_as, tenant.revoke_refresh_tokens):
        with pytest.raises(LookupError):
            call("nobody@nowhere.example")


def test_device_codes_and_refresh_tokens_expire(simulation: Simulation) -> None:
    now = [1_795_000_000.0]
    with running(simulation, clock=lambda: now[0]) as tenant:
        app = application(tenant)
        token = by_device(tenant, app)["access_token"]
        assert claims_of(token)["exp"] == now[0] + 3599
        kept = next(iter(app.token_cache.search("RefreshToken")))["secret"]
        flow = app.initiate_device_flow(scope(tenant))
        now[0] += 900
        assert app.acquire_token_by_device_flow(flow)["error_codes"] == [70020]
        assert tenant.pending_device_codes() == []
        assert "access_token" in refreshed(tenant, app, kept)
        now[0] += 91 * 86400
        answer = refreshed(tenant, app, kept)
        assert (answer["error_codes"], answer["suberror"]) == ([700082], "token_expired")
