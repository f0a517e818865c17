"""Sign-ins as Graph gives them: windows, filters, pages, versions, and what a caller may see."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

Pages = Callable[..., list[dict[str, Any]]]
SIGN_INS = "/auditLogs/signIns"
START, END = datetime(2026, 11, 18, tzinfo=timezone.utc), datetime(2026, 11, 21, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def log(simulation: Simulation) -> list[dict[str, Any]]:
    """Every interactive row, newest first."""
    return [row for row in simulation.sign_ins(START, END) if row["isInteractive"]]


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for page in pages for row in page["value"]]


def filtered(client: httpx.Client, every_page: Pages, text: str, version: str = "v1.0", top: int = 1000) -> list[str]:
    url = httpx.URL(
        str(client.base_url).replace("/v1.0", f"/{version}") + SIGN_INS[1:], params={"$filter": text, "$top": str(top)}
    )
    return ids(every_page(client, str(url)))


def test_the_whole_log_newest_first(graph: httpx.Client, every_page: Pages, log: list[dict[str, Any]]) -> None:
    pages = every_page(graph, SIGN_INS)
    assert ids(pages) == [row["id"] for row in log]
    times = [row["createdDateTime"] for page in pages for row in page["value"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("top", [1, 7, 100, 999])
def test_pages_of_any_size_give_the_same_rows(
    graph: httpx.Client, every_page: Pages, log: list[dict[str, Any]], top: int
) -> None:
    since = log[min(len(log) - 1, 60 * top)]["createdDateTime"]
    expected = [row["id"] for row in log if row["createdDateTime"] >= since]
    assert filtered(graph, every_page, f"createdDateTime ge {since}", top=top) == expected


def test_many_readers_at_once_disturb_nobody(graph: httpx.Client, every_page: Pages, log: list[dict[str, Any]]) -> None:
    since = log[min(len(log) - 1, 200)]["createdDateTime"]
    expected = [row["id"] for row in log if row["createdDateTime"] >= since]
    with ThreadPoolExecutor(6) as pool:
        sizes = (17, 17, 23, 50, 23, 17)
        found = pool.map(lambda top: filtered(graph, every_page, f"createdDateTime ge {since}", top=top), sizes)
        assert list(found) == [expected] * len(sizes)


def test_next_links_are_lower_case_and_carry_the_question(graph: httpx.Client) -> None:
    page = graph.get(SIGN_INS, params={"$top": "2", "$filter": "status/errorCode eq 0", "unknown": "dropped"}).json()
    link = httpx.URL(page["@odata.nextLink"])
    assert link.path == "/v1.0/auditLogs/signins"
    assert set(link.params) == {"$top", "$filter", "$skiptoken"}
    assert len(page["value"]) == 2


def test_both_bounds_are_inclusive_to_the_last_digit(
    graph: httpx.Client, every_page: Pages, log: list[dict[str, Any]]
) -> None:
    newest, oldest = log[100]["createdDateTime"], log[200]["createdDateTime"]
    expected = [row["id"] for row in log if oldest <= row["createdDateTime"] <= newest]
    window = f"createdDateTime ge {oldest} and createdDateTime le {newest}"
    assert filtered(graph, every_page, window) == expected
    assert filtered(graph, every_page, window, top=13) == expected


@pytest.mark.parametrize(
    "text",
    [
        "status/errorCode eq 50140",
        "status/errorCode eq 50140 or status/errorCode eq 0",
        "createdDateTime ge 2026-11-19T00:00:00Z and createdDateTime le 2026-11-19T12:00:00Z",
        "createdDateTime ge 2026-11-19T00:00:00Z and status/errorCode eq 0",
        "userId eq '{userId}'",
        "startsWith(userPrincipalName, '{userPrincipalName}')",
        "appId eq '{appId}' and conditionalAccessStatus eq 'success'",
        "correlationId eq '{correlationId}'",
        "deviceDetail/operatingSystem eq '{operatingSystem}'",
        "id eq '{id}'",
    ],
)
def test_filters_select_what_they_say(
    graph: httpx.Client, every_page: Pages, log: list[dict[str, Any]], text: str
) -> None:
    example = next(row for row in log[50:] if row["correlationId"] and row["status"]["errorCode"] == 0)
    text = text.format(**example, operatingSystem=example["deviceDetail"]["operatingSystem"])
    found = filtered(graph, every_page, text)
    codes = {
        "status/errorCode eq 50140": {50140},
        "status/errorCode eq 50140 or status/errorCode eq 0": {0, 50140},
    }.get(text)
    assert found
    if codes:
        assert found == [row["id"] for row in log if row["status"]["errorCode"] in codes]
    else:
        assert set(found) < {row["id"] for row in log}


@pytest.mark.parametrize(
    "query",
    [
        "$select=id",
        "$orderby=createdDateTime",
        "$skip=1",
        "$count=true",
        "$expand=x",
        "$search=x",
        "$top=0",
        "$top=1001",
        "$top=x",
        "$filter=status/errorCode ge 1",
        "$filter=status/errorCode ne 0",
        "$filter=createdDateTime gt 2026-11-19T00:00:00Z",
        "$filter=signInEventTypes/any(t: t eq 'interactiveUser')",
        "$filter=nonsense",
        "$filter=",
        "$skiptoken=forged",
        "$skiptoken=",
    ],
)
def test_what_graph_does_not_take(graph: httpx.Client, query: str) -> None:
    answer = graph.get(f"{SIGN_INS}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "BadRequest"


def test_a_skiptoken_answers_its_own_question_only(graph: httpx.Client, simulation: Simulation) -> None:
    token = httpx.URL(graph.get(SIGN_INS, params={"$top": "1"}).json()["@odata.nextLink"]).params["$skiptoken"]
    assert graph.get(SIGN_INS, params={"$skiptoken": token}).status_code == 200
    assert graph.get(SIGN_INS, params={"$skiptoken": token, "$filter": "appId eq 'x'"}).status_code == 400
    assert graph.get("/auditLogs/directoryAudits", params={"$skiptoken": token}).status_code == 400


def test_v1_has_no_beta_keys_and_beta_has(graph: httpx.Client, tenant: LocalTenant) -> None:
    v1 = graph.get(SIGN_INS, params={"$top": "1"}).json()["value"][0]
    beta = graph.get(f"{tenant.graph_url}/beta{SIGN_INS}", params={"$top": "1"}).json()["value"][0]
    assert v1["id"] == beta["id"]
    assert not BETA_SIGN_IN_KEYS & set(v1)
    assert BETA_SIGN_IN_KEYS & set(beta)
    assert "riskEventTypes" in v1
    assert "riskEventTypes" not in beta
    assert set(v1) - {"riskEventTypes"} <= set(beta)


def test_beta_gives_interactive_rows_until_asked_for_others(
    graph: httpx.Client, every_page: Pages, simulation: Simulation, log: list[dict[str, Any]]
) -> None:
    assert filtered(graph, every_page, "createdDateTime ge 2026-11-18T00:00:00Z", "beta") == [r["id"] for r in log]
    every = "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"
    assert filtered(graph, every_page, every, "beta") == [row["id"] for row in simulation.sign_ins(START, END)]


def test_policies_are_told_to_who_may_read_them(
    graph: httpx.Client, permitted: Callable[..., httpx.Client], tenant: LocalTenant
) -> None:
    assert "appliedConditionalAccessPolicies" in graph.get(f"{SIGN_INS}?$top=1").json()["value"][0]
    with permitted("AuditLog.Read.All", "Directory.Read.All") as client:
        for version in ("v1.0", "beta"):
            row = client.get(f"{tenant.graph_url}/{version}{SIGN_INS}?$top=1").json()["value"][0]
            assert "appliedConditionalAccessPolicies" not in row
    with permitted("AuditLog.Read.All", "Policy.Read.ConditionalAccess") as client:
        assert "appliedConditionalAccessPolicies" in client.get(f"{SIGN_INS}?$top=1").json()["value"][0]


def test_later_enum_members_only_on_request(graph: httpx.Client, every_page: Pages) -> None:
    def results(**headers: str) -> set[str]:
        return {
            policy["result"]
            for page in every_page(graph, SIGN_INS, **headers)
            for row in page["value"]
            for policy in row["appliedConditionalAccessPolicies"]
        }

    plain, asked = results(), results(Prefer="include-unknown-enum-members")
    later = {result for result in asked if result.startswith("reportOnly")}
    assert later
    assert "unknownFutureValue" not in asked
    assert plain == (asked - later) | {"unknownFutureValue"}
    applied = graph.get(f"{SIGN_INS}?$top=1", headers={"Prefer": "include-unknown-enum-members"})
    assert applied.headers["Preference-Applied"] == "include-unknown-enum-members"


def test_one_row_by_id(graph: httpx.Client, log: list[dict[str, Any]]) -> None:
    row = graph.get(f"{SIGN_INS}/{log[10]['id']}").json()
    assert row.pop("@odata.context").endswith("#auditLogs/signIns/$entity")
    assert row["createdDateTime"] == log[10]["createdDateTime"]
    assert not BETA_SIGN_IN_KEYS & set(row)
    assert graph.get(f"{SIGN_INS}/nobody").status_code == 404


def test_a_tenant_without_premium(msal_token: Callable[..., str], bearing: Callable[..., httpx.Client]) -> None:
    simulation = Simulation(seed=2, users=20, days=1, end=END, premium=False)
    with (
        running(simulation, throttle=False) as tenant,
        bearing(tenant, msal_token(tenant, tenant.client_id, tenant.client_secret)) as client,
    ):
        for path in (SIGN_INS, f"{SIGN_INS}/x", "/reports/authenticationMethods/userRegistrationDetails"):
            refused = client.get(path)
            assert refused.status_code == 403
            assert refused.json()["error"]["code"] == "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        assert client.get("/auditLogs/directoryAudits").status_code == 200


def test_directory_audits_by_window_and_activity(
    graph: httpx.Client, every_page: Pages, simulation: Simulation
) -> None:
    rows = list(simulation.directory_audits(START, END))
    assert ids(every_page(graph, "/auditLogs/directoryAudits?$top=3")) == [row["id"] for row in rows]
    middle = rows[len(rows) // 2]
    since, until = "2026-11-18T12:00:00.0000000Z", middle["activityDateTime"]
    window = f"activityDateTime ge {since} and activityDateTime le {until}"
    expected = [row["id"] for row in rows if since <= row["activityDateTime"] <= until]
    assert ids(every_page(graph, f"/auditLogs/directoryAudits?$filter={window}")) == expected
    assert middle["id"] in expected
    named = every_page(
        graph, f"/auditLogs/directoryAudits?$filter=activityDisplayName eq '{middle['activityDisplayName']}'"
    )
    assert ids(named) == [row["id"] for row in rows if row["activityDisplayName"] == middle["activityDisplayName"]]
