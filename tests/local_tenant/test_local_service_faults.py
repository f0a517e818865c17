"""Each fault of answers, connections and tokens as a client sees it, and how faults are drawn and recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from auditor.local_tenant.service import Faults, running
from auditor.local_tenant.service.faults import GROUPS, KNOWN, MOST_IN_A_ROW, PERMANENT, STATUSES, TRANSIENT, parse
from auditor.local_tenant.simulation import Simulation

SIGN_INS = "/auditLogs/signIns"
PAGED = f"{SIGN_INS}?$top=100"
LINK = "@odata.nextLink"

LOST = (httpx.ReadError, httpx.RemoteProtocolError)
"""A reset, as httpx tells of it: which of the two depends on what OpenSSL makes of it."""

Faulty = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _the_service_itself_has_no_faults(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert not [record for record in caplog.get_records("call") if record.name.startswith(("uvicorn", "asyncio"))]


# Names


def test_names() -> None:
    assert parse("reset, 503-html") == {"reset", "503-html"}
    assert parse("TRANSIENT") == frozenset(TRANSIENT)
    assert parse("all") == frozenset(TRANSIENT) | {"foreign-link"}
    assert parse("all,outage,forbidden-midway") == frozenset(KNOWN)
    assert not TRANSIENT.keys() & PERMANENT.keys()


@pytest.mark.parametrize("text", ["", " , ", "all,gremlins", "503"])
def test_a_wrong_name_is_told_with_the_right_ones(text: str) -> None:
    with pytest.raises(ValueError, match=r"Known are 408.*forbidden-midway.*transient, all") as refused:
        parse(text)
    assert text != "all,gremlins" or "gremlins" in str(refused.value)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_is_a_share(rate: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Faults(parse("all"), rate=rate)


# Answers in the place of the service's


def test_statuses_with_json_and_html(faulty: Faulty) -> None:
    with faulty(*STATUSES) as client:
        answers = {"graph": users(client, 60), "login": [client.sign_in() for _ in range(60)]}
        for service, given in answers.items():
            told = client.met(service)
            assert {fault for _, fault in told} >= STATUSES.keys()
            for answer, (status, fault) in zip(given, told, strict=True):
                assert answer.status_code == status
                if not fault:
                    assert status == 200
                    continue
                assert fault == f"{status}-{'html' if '<html>' in answer.text else 'json'}"
                if fault.endswith("html"):
                    assert answer.headers["content-type"] == "text/html"
                elif service == "graph":
                    assert answer.json()["error"]["innerError"]["request-id"] == answer.headers["request-id"]
                else:
                    assert answer.json()["error_codes"] == [90033]


def users(client: Any, times: int) -> list[httpx.Response]:
    """So many answers, none to the same request."""
    return [client.get(f"/users?$top=1&$filter=id eq '{number}'") for number in range(times)]


def test_the_sign_in_page_has_faults_too(faulty: Faulty, simulation: Simulation) -> None:
    with faulty("502-html") as client:
        address = f"{client.tenant.login_url}/common/GetCredentialType"
        user = {"username": f"a@{simulation.initial_domain}"}
        answers = [client.http.post(address, json=user, headers={"Authorization": ""}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [502, 502, 502, 200]
        assert client.met("page") == [(502, "502-html")] * 3 + [(200, "")]


def test_429_says_in_four_ways_when_to_come_back(faulty: Faulty) -> None:
    names = ["429-seconds", "429-fraction", "429-date", "429-bare"]
    with faulty(*names, retry_after=2.128) as client:
        answers = users(client, 30)
        said = {}
        for answer, (status, fault) in zip(answers, client.met(), strict=True):
            assert answer.status_code == status == 429
            assert answer.json()["error"]["code"] == "TooManyRequests"
            said[fault] = answer.headers.get("retry-after")
    assert said["429-seconds"] == "3"
    assert said["429-fraction"] == "2.128"
    assert 0 < parsedate_to_datetime(said["429-date"] or "").timestamp() - time.time() < 4
    assert said["429-bare"] is None


def test_408(faulty: Faulty) -> None:
    with faulty("408") as client:
        assert client.get("/organization").status_code == 408


def test_the_intermittent_premium_403_is_of_reports_only(faulty: Faulty) -> None:
    with faulty("premium-403") as client:
        for path in (SIGN_INS, "/reports/authenticationMethods/userRegistrationDetails"):
            answers = [client.get(path) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [403, 403, 403, 200]
            code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
            assert answers[0].json()["error"]["code"] == code
        assert client.get("/organization").status_code == 200
        assert client.sign_in().status_code == 200
        assert client.met()[0] == (403, "premium-403")


# The connection


def test_a_reset_before_the_answer(faulty: Faulty) -> None:
    with faulty("reset") as client:
        for _ in range(3):
            with pytest.raises(LOST):
                client.get("/organization")
        assert client.get("/organization").status_code == 200, "three in a row are the most"
        assert client.met() == [(0, "reset")] * 3 + [(200, "")]
        with pytest.raises(LOST):
            client.sign_in()


def test_a_reset_in_the_middle_of_the_body(faulty: Faulty) -> None:
    with faulty("reset-in-body") as client:
        with client.http.stream("GET", SIGN_INS) as answer:
            assert answer.status_code == 200
            with pytest.raises(LOST):
                answer.read()
        assert client.met() == [(200, "reset-in-body")]


def test_a_body_shorter_than_its_length(faulty: Faulty) -> None:
    with faulty("truncated") as client:
        with client.http.stream("GET", SIGN_INS) as answer:
            with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without sending complete"):
                answer.read()
            assert 0 < answer.num_bytes_downloaded < int(answer.headers["content-length"])
        assert client.met() == [(200, "truncated")]


def test_json_that_ends_in_the_middle(faulty: Faulty) -> None:
    with faulty("cut-json") as client:
        answer = client.get(SIGN_INS)
        assert answer.status_code == 200
        with pytest.raises(ValueError, match="line 1"):
            answer.json()
        assert client.met() == [(200, "cut-json")]


def silences(client: Any, times: int) -> list[tuple[bool, str]]:
    """For so many requests, whether the answer had begun when the client lost patience, and how it ended."""
    seen = []
    for _ in range(times):
        begun = False
        try:
            with client.http.stream("GET", "/organization") as answer:
                begun = True
                answer.read()
            seen.append((begun, "whole"))
        except httpx.HTTPError as error:
            seen.append((begun, type(error).__name__))
    return seen


def test_a_stall_resumes(faulty: Faulty, simulation: Simulation) -> None:
    with faulty("stall") as client:
        client.get("/organization")
        started = time.monotonic()
        answer = client.get("/organization")
        assert time.monotonic() - started >= 0.1
        assert answer.json()["value"][0]["id"] == simulation.tenant_id
        assert client.met() == [(200, "stall")] * 2


def test_a_stall_outlasts_an_impatient_client(faulty: Faulty) -> None:
    with faulty("stall", timeout=0.1, stall=0.3, seed=1) as client:
        assert {end for _, end in silences(client, 3)} == {"ReadTimeout"}
        assert silences(client, 1) == [(True, "whole")]


def test_a_hang_ends_with_the_clients_patience_before_or_within_the_answer(faulty: Faulty) -> None:
    with faulty("hang", timeout=0.1, hang=60) as client:
        seen = [each for _ in range(3) for each in silences(client, 4)]
        assert [end for _, end in seen] == (["ReadTimeout"] * 3 + ["whole"]) * 3
        assert {begun for begun, end in seen if end == "ReadTimeout"} == {True, False}
        assert {entry for entry in client.met() if entry[1]} == {(0, "hang"), (200, "hang")}


def test_a_hang_without_a_client_timeout_is_dropped_in_the_end(faulty: Faulty) -> None:
    with faulty("hang") as client:
        assert {end for _, end in silences(client, 3)} <= {error.__name__ for error in LOST}


def test_a_tenant_with_clients_that_hang_stops_at_once(simulation: Simulation, plain_client: Any) -> None:
    faults = Faults(frozenset({"hang"}), rate=1)
    with running(simulation, faults=faults) as tenant, plain_client(tenant, timeout=0.1) as client:
        silences(client, 3)
        started = time.monotonic()
    assert time.monotonic() - started < 5


def test_tokens_for_a_code_are_never_lost_as_the_code_is_good_for_once(faulty: Faulty) -> None:
    with faulty("cut-json", "truncated", "reset-in-body", "hang") as client:
        address = f"{client.tenant.login_url}/{client.tenant.tenant_id}/oauth2/v2.0"
        form = {"client_id": client.tenant.public_client_id, "scope": f"{client.tenant.graph_url}/.default"}
        code = None
        while code is None:
            with suppress(httpx.HTTPError, ValueError):
                code = client.http.post(f"{address}/devicecode", data=form).json()
        client.tenant.approve_device_code(code["user_code"])
        form |= {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code["device_code"]}
        assert "access_token" in client.http.post(f"{address}/token", data=form).json()


# Tokens


def test_an_expired_token_is_refused_until_another_comes(faulty: Faulty) -> None:
    with faulty("expired-token") as client:
        assert client.get("/organization").status_code == 200, "a new token works"
        for _ in range(MOST_IN_A_ROW + 2):
            answer = client.get("/organization")
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
            assert "the token is expired" in answer.json()["error"]["message"]
            assert "www-authenticate" in answer.headers
        client.bear_new_token()
        assert client.get("/organization").status_code == 200
        assert client.get("/organization").status_code == 401
        assert client.met()[1] == (401, "expired-token")


def test_nobody_sees_a_page_without_a_token(faulty: Faulty) -> None:
    with faulty(*GROUPS["transient"], seed=2) as client:
        client.http.headers["Authorization"] = "Bearer nonsense"
        for _ in range(40):
            with suppress(httpx.HTTPError):
                assert client.get(SIGN_INS).status_code != 200
        assert not any(asked.token_verified for asked in client.tenant.requests)


# For ever


def test_an_outage_lasts(faulty: Faulty) -> None:
    with faulty("outage", after=3, rate=0) as client:
        assert [client.get("/organization").status_code for _ in range(10)] == [200] * 3 + [503] * 7
        assert client.sign_in().status_code == 200
        assert client.met()[-1] == (503, "outage")


def test_forbidden_midway_lasts(faulty: Faulty) -> None:
    with faulty("forbidden-midway", after=2) as client:
        assert [client.get("/organization").status_code for _ in range(8)] == [200] * 2 + [403] * 6
        assert client.get(SIGN_INS).json()["error"]["code"] == "Authorization_RequestDenied"


# All of them


def test_the_same_seed_is_the_same_faults(faulty: Faulty) -> None:
    def story(seed: int) -> list[tuple[int, str]]:
        names = GROUPS["all"] - {"stall", "hang", "reset-in-body"}
        with faulty(*names, seed=seed, rate=0.5) as client:
            for _ in range(25):
                try:
                    client.get(SIGN_INS)
                except httpx.HTTPError:
                    continue
            return client.met()

    once = story(1)
    assert story(1) == once
    assert story(2) != once


@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
def test_the_rate_is_kept(faulty: Faulty, rate: float) -> None:
    with faulty("503-json", rate=rate) as client:
        users(client, 200)
        assert sum(bool(fault) for _, fault in client.met()) == pytest.approx(200 * rate, abs=25)


def test_what_a_fault_answers_is_not_counted_by_the_throttle(simulation: Simulation, plain_client: Any) -> None:
    faults = Faults(frozenset({"503-json"}), rate=1)
    with running(simulation, faults=faults) as tenant, plain_client(tenant) as client:
        for _ in range(5 * (MOST_IN_A_ROW + 1)):
            client.get(SIGN_INS)
        assert [status for status, _ in client.met()] == ([503] * 3 + [200]) * 5
        assert [client.get(SIGN_INS).status_code for _ in range(4)] == [503, 503, 503, 429]


def test_errors_of_the_service_go_out_as_they_are(faulty: Faulty) -> None:
    with faulty("cut-json", "empty-page", "truncated", "stall") as client:
        answers = [client.get("/no/such/thing") for _ in range(3)]
        assert [answer.json()["error"]["code"] for answer in answers] == ["BadRequest"] * 3
        assert client.get(f"{PAGED}&$skiptoken=made-up").status_code == 400
        assert set(client.met()) == {(400, "")}
