"""Signing in as a person in the browser: MSAL with a browser that needs nobody, and the sign-in page by hand."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import ssl
import threading
import webbrowser
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import msal
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation

LOGS = "AuditLog.Read.All"


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


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


class Browser(webbrowser.BaseBrowser):
    """Follows the sign-in page as a browser without JavaScript would, and sends its form on."""

    def __init__(self, tenant: LocalTenant) -> None:
        super().__init__("fake")
        self._context = ssl.create_default_context(cafile=str(tenant.ca_file))
        self.modes: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        threading.Thread(target=self._visit, args=[url]).start()
        return True

    def _visit(self, url: str) -> None:
        self.modes.append(parse_qs(urlsplit(url).query).get("response_mode", ["query"])[0])
        with httpx.Client(verify=self._context, trust_env=False) as client:
            page = client.get(url)
            if page.status_code == 302:
                client.get(page.headers["location"])
                return
            action = re.search(r'action="([^"]+)"', page.text)
            assert action, page.text
            client.post(html.unescape(action[1]), data=fields_of(page.text))


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
def browser(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> Browser:
    fake = Browser(tenant)
    monkeypatch.setattr(webbrowser, "get", lambda *_: fake)
    monkeypatch.setattr(webbrowser, "open", fake.open)
    return fake


@pytest.mark.slow
def test_the_browser_signs_in_and_the_cache_goes_on(
    tenant: LocalTenant, browser: Browser, bearing: Callable[..., httpx.Client]
) -> None:
    cache = msal.SerializableTokenCache()
    app = application(tenant, token_cache=cache)
    result = app.acquire_token_interactive(scope(tenant), timeout=20)
    assert "access_token" in result, result
    assert browser.modes in (["form_post"], ["query"]), "older releases of MSAL want the address"
    claims = claims_of(result["access_token"])
    assert claims["upn"] == tenant.administrator
    assert LOGS in claims["scp"].split()
    with bearing(tenant, result["access_token"]) as graph:
        assert graph.get("/auditLogs/signIns?$top=1").status_code == 200

    later = msal.SerializableTokenCache()
    later.deserialize(cache.serialize())
    app = application(tenant, token_cache=later)
    (account,) = app.get_accounts()
    before = len(tenant.requests.of("login"))
    assert app.acquire_token_silent(scope(tenant), account)["access_token"] == result["access_token"]
    assert len(tenant.requests.of("login")) == before
    fresh = app.acquire_token_silent(scope(tenant), account, force_refresh=True)
    assert fresh["access_token"] != result["access_token"]
    other = app.acquire_token_silent(scope(tenant, "Policy.Read.All"), account, force_refresh=True)
    assert claims_of(other["access_token"])["scp"] == "Policy.Read.All"


@pytest.mark.slow
def test_the_browser_says_no(tenant: LocalTenant, browser: Browser) -> None:
    app = application(tenant)
    result = app.acquire_token_interactive(scope(tenant), timeout=20, login_hint="nobody@nowhere.example")
    assert result["error"] == "access_denied"
    assert result["error_description"].startswith("AADSTS50034: ")


def authorize(http: httpx.Client, tenant: LocalTenant, **changes: str | None) -> httpx.Response:
    query = {
        "client_id": tenant.public_client_id,
        "response_type": "code",
        "redirect_uri": "http://localhost:5000",
        "scope": f"{tenant.graph_url}/.default openid offline_access",
        "state": "<state>",
        "code_challenge": challenge("verifier"),
        "code_challenge_method": "S256",
        **changes,
    }
    return http.get(
        f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/authorize",
        params={name: value for name, value in query.items() if value is not None},
    )


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def returned(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302
    address = urlsplit(answer.headers["location"])
    return {name: values[0] for name, values in parse_qs(address.query or address.fragment).items()}


def redeem(http: httpx.Client, tenant: LocalTenant, **form: str) -> dict[str, Any]:
    return dict(
        http.post(
            f"{tenant.login_url}/{tenant.tenant_id}/oauth2/v2.0/token",
            data={"client_id": tenant.public_client_id, "grant_type": "authorization_code", **form},
        ).json()
    )


@pytest.mark.parametrize("mode", [None, "query", "fragment", "form_post"])
def test_ways_back_to_the_application(tenant: LocalTenant, stranger: httpx.Client, mode: str | None) -> None:
    answer = authorize(stranger, tenant, response_mode=mode, client_info="1", nonce="n")
    found = fields_of(answer.text) if mode == "form_post" else returned(answer)
    assert found["state"] == "<state>"
    info = json.loads(base64.urlsafe_b64decode(found["client_info"] + "=="))
    assert info["utid"] == tenant.tenant_id
    result = redeem(
        stranger, tenant, code=found["code"], redirect_uri="http://localhost:5000", code_verifier="verifier"
    )
    keys = stranger.get(f"{tenant.login_url}/{tenant.tenant_id}/discovery/v2.0/keys").json()["keys"]
    id_token = jwt.decode(
        result["id_token"], jwt.PyJWK(keys[0]).key, algorithms=["RS256"], audience=tenant.public_client_id
    )
    assert (id_token["nonce"], id_token["oid"]) == ("n", info["uid"])
    assert id_token["iss"] == f"{tenant.login_url}/{tenant.tenant_id}/v2.0"
    assert "client_info" not in result, "it was not asked for"


def test_codes_that_are_worth_nothing(tenant: LocalTenant, stranger: httpx.Client) -> None:
    good = {"redirect_uri": "http://localhost:5000", "code_verifier": "verifier"}

    def code() -> str:
        return returned(authorize(stranger, tenant))["code"]

    def refusal(**form: str) -> tuple[str, list[int]]:
        answer = redeem(stranger, tenant, **form)
        return answer["error"], answer["error_codes"]

    used = code()
    assert "access_token" in redeem(stranger, tenant, code=used, **good)
    assert refusal(code=used, **good) == ("invalid_grant", [54005])
    assert refusal(code="guessed", **good) == ("invalid_grant", [9002313])
    assert refusal(code=code(), **{**good, "code_verifier": "other"}) == ("invalid_grant", [501481])
    assert refusal(code=code(), **{**good, "code_verifier": ""}) == ("invalid_grant", [50148])
    assert refusal(code=code(), **{**good, "redirect_uri": "http://localhost:1"}) == ("invalid_client", [500112])
    other = tenant.register_public_client([LOGS])
    assert refusal(code=code(), client_id=other, **good) == ("invalid_grant", [9002313])
    assert refusal(code=code(), client_secret="x", **good) == ("invalid_client", [700025])
    assert refusal(**good) == ("invalid_request", [900144])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, 700016),
        ({"client_id": None}, 900144),
        ({"redirect_uri": "https://elsewhere.example/"}, 50011),
        ({"redirect_uri": "http://localhost.elsewhere.example/"}, 50011),
        ({"redirect_uri": "http://localhost:1/else"}, 50011),
        ({"redirect_uri": "http://localhost@elsewhere.example"}, 50011),
        ({"redirect_uri": "http://localhost:1?x=y"}, 50011),
        ({"redirect_uri": "http://[::1"}, 50011),
    ],
)
def test_nobody_is_sent_where_the_application_is_not(
    tenant: LocalTenant, stranger: httpx.Client, changes: dict[str, Any], code: int
) -> None:
    answer = authorize(stranger, tenant, **changes)
    assert answer.status_code == 400
    assert answer.json()["error_codes"] == [code]
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 700054),
        ({"code_challenge_method": "plain"}, "invalid_request", 50149),
        ({"code_challenge": "short"}, "invalid_request", 501491),
        ({"code_challenge": "ü" * 44}, "invalid_request", 501491),
        ({"scope": None}, "invalid_request", 900144),
        ({"scope": "Mail.Read"}, "invalid_grant", 65001),
        ({"scope": "https://elsewhere.example/.default"}, "invalid_resource", 500011),
        ({"login_hint": "nobody@nowhere.example"}, "access_denied", 50034),
    ],
)
def test_refusals_that_the_browser_carries_back(
    tenant: LocalTenant, stranger: httpx.Client, changes: dict[str, Any], error: str, code: int
) -> None:
    found = returned(authorize(stranger, tenant, **changes))
    assert found["error"] == error
    assert found["error_description"].startswith(f"AADSTS{code}: ")
    assert found["state"] == "<state>"


def test_people_do_not_sign_in_through_common(tenant: LocalTenant, stranger: httpx.Client) -> None:
    for path in ("authorize", "devicecode", "token"):
        method = "GET" if path == "authorize" else "POST"
        answer = stranger.request(
            method, f"{tenant.login_url}/common/oauth2/v2.0/{path}", data={"grant_type": "refresh_token"}
        )
        assert answer.json()["error_codes"] == [50194], path


def test_no_token_to_go_on_with_unless_asked_for(tenant: LocalTenant, stranger: httpx.Client) -> None:
    found = returned(authorize(stranger, tenant, scope="AuditLog.Read.All"))
    result = redeem(
        stranger, tenant, code=found["code"], redirect_uri="http://localhost:5000", code_verifier="verifier"
    )
    assert {"refresh_token", "id_token"}.isdisjoint(result)
    assert claims_of(result["access_token"])["aud"] == tenant.graph_url


def test_no_code_and_no_token_is_recorded(tenant: LocalTenant, stranger: httpx.Client) -> None:
    code = returned(authorize(stranger, tenant))["code"]
    result = redeem(stranger, tenant, code=code, redirect_uri="http://localhost:5000", code_verifier="verifier")
    recorded = json.dumps(list(tenant.requests)) + repr(tenant)
    assert all(secret not in recorded for secret in (code, result["access_token"], result["refresh_token"]))


def test_a_code_expires(simulation: Simulation) -> None:
    now = [1_795_000_000.0]
    with running(simulation, clock=lambda: now[0]) as tenant:
        context = ssl.create_default_context(cafile=str(tenant.ca_file))
        with httpx.Client(verify=context, trust_env=False) as http:
            code = returned(authorize(http, tenant))["code"]
            now[0] += 600
            late = redeem(http, tenant, code=code, redirect_uri="http://localhost:5000", code_verifier="verifier")
    assert late["error_codes"] == [70008]
