"""Each fault of listings as a client sees it, and that an honest client passes every transient fault at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from auditor.local_tenant.service.faults import MOST_IN_A_ROW, TRANSIENT
from auditor.local_tenant.simulation import Simulation

SIGN_INS = "/auditLogs/signIns"
PAGED = f"{SIGN_INS}?$top=100"
LINK = "@odata.nextLink"

Faulty = Callable[..., AbstractContextManager[Any]]


def test_an_expired_skiptoken_stays_so_and_a_new_listing_goes_on(faulty: Faulty, every_id: list[str]) -> None:
    with faulty("expired-skiptoken") as client:
        for _ in range(MOST_IN_A_ROW):
            link = client.get(PAGED).raise_for_status().json()[LINK]
            for _ in range(5):
                answer = client.get(link)
                assert answer.status_code == 400
                assert "Skip Token" in answer.json()["error"]["message"]
        assert client.walk(PAGED) == every_id
        assert client.met()[:3] == [(200, ""), (400, "expired-skiptoken"), (400, "expired-skiptoken")]
        assert client.get(client.get(PAGED).json()[LINK]).status_code == 400, "and from then on once more"


def test_empty_pages_lose_nothing(faulty: Faulty, simulation: Simulation, every_id: list[str]) -> None:
    with faulty("empty-page") as client:
        first = client.get(PAGED).json()
        assert first["value"] == []
        assert urlsplit(first[LINK]).netloc == urlsplit(client.tenant.graph_url).netloc
        assert client.get(first[LINK]).json()[LINK] != first[LINK], "no client may take it for a loop"
        assert client.walk(PAGED) == every_id
        assert client.walk("/organization") == [simulation.tenant_id]
        assert (200, "empty-page") in client.met()


@pytest.mark.parametrize("url", [SIGN_INS, PAGED, f"{PAGED}&$filter=status/errorCode eq 0"])
def test_short_pages_lose_nothing(faulty: Faulty, url: str) -> None:
    with faulty() as client:
        expected = client.walk(url)
        plain = len(client.tenant.requests)
    with faulty("short-page") as client:
        assert client.walk(url) == expected
        assert len(client.tenant.requests) > plain + 3
        assert parse_qs(urlsplit(client.get(url).json()[LINK]).query).get("$top", []) == ["100"] * ("$top" in url)


def test_short_pages_of_what_is_not_a_log(faulty: Faulty, simulation: Simulation) -> None:
    everybody = {user["id"] for user in simulation.users()}
    with faulty("short-page", "empty-page", seed=3) as client:
        found = client.walk("/users?$select=id")
    assert len(found) == len(everybody)
    assert set(found) == everybody


def test_rows_repeated_on_the_next_page(faulty: Faulty, every_id: list[str]) -> None:
    with faulty("repeated-rows") as client:
        first = client.get(PAGED).json()
        second = client.get(first[LINK]).json()
        assert second["value"][:3] == first["value"][-3:]
        found = client.walk(PAGED)
        assert len(found) > len(every_id)
        assert list(dict.fromkeys(found)) == every_id
        assert client.met()[:2] == [(200, ""), (200, "repeated-rows")]


def test_rows_changed_on_the_next_page_say_the_same(
    faulty: Faulty, simulation: Simulation, every_id: list[str]
) -> None:
    with faulty("changed-rows") as client:
        first = client.get(PAGED).json()
        second = client.get(first[LINK]).json()
        for old, new in zip(first["value"][-3:], second["value"][:3], strict=True):
            assert old != new
            assert old["riskState"] != new["riskState"]
            assert old["status"].pop("additionalDetails") != new["status"].pop("additionalDetails")
            assert {**old, "riskState": ""} == {**new, "riskState": ""}
        assert list(dict.fromkeys(client.walk(PAGED))) == every_id
        assert client.walk("/users?$top=20") == [user["id"] for user in simulation.users()], "only sign-ins change"


def test_a_foreign_link_is_for_ever(faulty: Faulty) -> None:
    hosts = set()
    with faulty("foreign-link") as client:
        for number in range(20):
            for _ in range(MOST_IN_A_ROW + 2):
                page = client.get(f"/users?$top={number + 1}").json()
                assert len(page["value"]) == number + 1
                link = urlsplit(page[LINK])
                assert (link.hostname or "").endswith("evil.example")
                hosts.add(link.netloc.replace(urlsplit(client.tenant.graph_url).netloc, "HOST"))
        assert set(client.met()) == {(200, "foreign-link")}
        assert client.sign_in().status_code == 200
    assert hosts == {"evil.example", "HOST@evil.example", "localhost.evil.example"}


TRIES = 6


def patiently(client: Any, url: str) -> dict[str, Any] | None:
    """A page as an honest client gets it, but without waiting; None if its place in the listing is lost."""
    for _ in range(TRIES):
        try:
            answer = client.get(url)
            if answer.status_code == 401:
                client.bear_new_token()
            elif answer.status_code == 400:
                return None
            elif answer.status_code == 200:
                page: dict[str, Any] = answer.json()
                return page
        except (httpx.HTTPError, ValueError):
            continue
    raise AssertionError(f"{url} cannot be had in {TRIES} tries")


def everything(client: Any, url: str) -> list[str]:
    """The ids of a listing, begun anew whenever the place is lost."""
    for _ in range(TRIES):
        seen: dict[str, None] = {}
        following: str | None = url
        while following:
            page = patiently(client, following)
            if page is None:
                break
            seen |= dict.fromkeys(row["id"] for row in page["value"])
            following = page.get(LINK)
        else:
            return list(seen)
    raise AssertionError(f"{url} cannot be listed in {TRIES} tries")


@pytest.mark.parametrize(("rate", "seed"), [(0.2, 1), (0.5, 2), (0.9, 3), (1.0, 4), (1.0, 5)])
def test_an_honest_client_passes_every_transient_fault(
    faulty: Faulty, simulation: Simulation, every_id: list[str], rate: float, seed: int
) -> None:
    with faulty(*TRANSIENT, timeout=0.5, rate=rate, seed=seed, stall=0.02, hang=0.1) as client:
        assert everything(client, PAGED) == every_id
        assert everything(client, "/users?$top=9") == [user["id"] for user in simulation.users()]
        assert everything(client, "/organization") == [simulation.tenant_id]
        met = {fault for _, fault in client.met()}
    assert len(met) > 5
    assert met <= {"", *TRANSIENT}
