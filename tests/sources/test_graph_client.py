"""What the client does with answers; how Graph gives them is in test_graph.py."""

import asyncio
from typing import Any, cast

import httpx
import pytest

from auditor.errors import ConfigError, Refused, SourceError
from auditor.sources import patience
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential
from auditor.sources.graph_client import NOT_PREMIUM, GraphClient, LostPlace, Page, trust
from auditor.sources.pace import Pace

CLOUD = Cloud("custom", "https://login.example", "https://graph.example", "")
PAGE = {"value": [{"id": "1"}]}


class Scripted(GraphClient):
    """Answers out of a list instead of the wire."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        super().__init__(cast(Any, None), CLOUD, Credential("nobody", cast(Any, None), self._renewed))
        self.renewals = 0
        self._answers = list(answers)
        self.asked: list[str] = []

    def _renewed(self) -> None:
        self.renewals += 1

    async def _send(self, request: Any) -> httpx.Response:
        self.asked.append(request.url)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        return None

    monkeypatch.setattr(patience, "pause", at_once)


def answer(status: int = 200, json: object = PAGE, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=json, headers={key.replace("_", "-"): value for key, value in headers.items()})


def read(client: GraphClient, waits: list[tuple[float, str]] | None = None) -> Page:
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation

    request = RequestInformation(Method.GET)
    request.url = "https://graph.example/v1.0/things"
    told = [] if waits is None else waits
    return asyncio.run(client.read(request, Page, Pace(9, 0.0), lambda seconds, why: told.append((seconds, why))))


def pages(client: GraphClient) -> list[Page]:
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation

    request = RequestInformation(Method.GET)
    request.url = "https://graph.example/v1.0/things"

    async def all_of_them() -> list[Page]:
        return [page async for page in client.pages(request, Pace(9, 0.0), lambda seconds, why: None)]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(status: int) -> None:
    waits: list[tuple[float, str]] = []
    assert len(read(Scripted(answer(status, {}), answer()), waits).value) == 1
    assert str(status) in waits[0][1]
    assert 0.5 <= waits[0][0] <= 1.0


@pytest.mark.parametrize(("said", "waited"), [("2.128", 2.128), ("7", 7.0), ("0", 0.0)])
def test_retry_after_is_kept_to(said: str, waited: float) -> None:
    waits: list[tuple[float, str]] = []
    read(Scripted(answer(429, {}, Retry_After=said), answer()), waits)
    assert waits[0][0] == waited


def test_a_retry_after_beyond_reason_ends_it() -> None:
    with pytest.raises(SourceError, match="429"):
        read(Scripted(answer(429, {}, Retry_After="3600"), answer()))


def test_connections_that_break_are_asked_again() -> None:
    assert read(Scripted(httpx.ReadError("reset"), httpx.ConnectTimeout("slow"), answer()))


@pytest.mark.parametrize("body", [b'{"value": [', b"<html>proxy</html>", b"", b"[]"])
def test_bodies_that_are_no_page_are_asked_again(body: bytes) -> None:
    assert read(Scripted(httpx.Response(200, content=body), answer()))


def test_it_ends_honestly() -> None:
    with pytest.raises(SourceError, match="Graph answered 503 x, also after 7 tries"):
        read(Scripted(*[answer(503, {"error": {"code": "x", "message": "y"}})] * 7))


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_no_is_not_asked_again(status: int) -> None:
    client = Scripted(answer(status, {"error": {"code": "Nope", "message": "You may\nnot."}}))
    with pytest.raises(Refused, match=f"Graph answered {status} Nope: You may not.") as caught:
        read(client)
    assert (caught.value.status, caught.value.code) == (status, "Nope")


def test_a_no_without_graphs_body() -> None:
    with pytest.raises(Refused, match="403 without a reason"):
        read(Scripted(httpx.Response(403, content=b"<html>")))


def test_next_links_are_followed_verbatim_and_empty_pages_are_no_end() -> None:
    first = "https://graph.example/v1.0/auditLogs/signins?$skiptoken=a%2Fb"
    second = "https://GRAPH.example:443/v1.0/auditLogs/signins?$skiptoken=c"
    client = Scripted(
        answer(json={"value": [{"id": "1"}], "@odata.nextLink": first}),
        answer(json={"value": [], "@odata.nextLink": second}),
        answer(json={"value": [{"id": "2"}]}),
    )
    assert [len(page.value) for page in pages(client)] == [1, 0, 1]
    assert client.asked[1:] == [first, second]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/things",
        "http://graph.example/v1.0/things",
        "https://graph.example.evil.example/v1.0",
        "https://graph.example:8443/v1.0/things",
        "https://graph.example@evil.example/v1.0",
        "https://user:pass@graph.example/v1.0",
        "https://@graph.example/v1.0",
        "https://graph.example:bad/v1.0",
        "https://[graph.example/v1.0",
        "//graph.example/v1.0",
        "/v1.0/things",
    ],
)
def test_a_next_link_to_another_host_gets_no_request(link: str) -> None:
    client = Scripted(answer(json={"value": [], "@odata.nextLink": link}), answer())
    with pytest.raises(SourceError, match="another host"):
        pages(client)
    assert len(client.asked) == 1


def test_authorities_that_cannot_be_read() -> None:
    with pytest.raises(ConfigError, match="certificate authorities"):
        trust(Cloud("custom", "", "", "", ca_file="/no/such/file"))


def test_one_bad_name_costs_no_page() -> None:
    body = rb'{"value": [{"id": "1", "name": "bad \ud800 name"}]}'
    (row,) = read(Scripted(httpx.Response(200, content=body))).value
    assert bytes(row) == rb'{"id": "1", "name": "bad \ufffd name"}'


EXPIRED = {
    "error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is expired."}
}
NO_PREMIUM = {"error": {"code": NOT_PREMIUM, "message": "Tenant is not a B2C tenant and doesn't have premium license"}}


def test_an_expired_token_is_renewed_in_mid_run() -> None:
    client = Scripted(answer(401, EXPIRED), answer())
    assert read(client)
    assert client.renewals == 1


def test_a_token_that_is_refused_however_fresh_is_a_no() -> None:
    client = Scripted(*[answer(401, EXPIRED)] * 5)
    with pytest.raises(Refused, match="401 InvalidAuthenticationToken"):
        read(client)
    assert client.renewals == 4


def test_a_missing_premium_licence_is_doubted_before_it_is_believed() -> None:
    assert read(Scripted(*[answer(403, NO_PREMIUM)] * 3, answer()))
    with pytest.raises(Refused) as caught:
        read(Scripted(*[answer(403, NO_PREMIUM)] * 5))
    assert caught.value.code == NOT_PREMIUM


def test_a_skip_token_that_expired_is_a_place_that_was_lost() -> None:
    link = "https://graph.example/v1.0/things?$skiptoken=old"
    client = Scripted(answer(json={"value": [], "@odata.nextLink": link}), answer(400, {"error": {}}))
    with pytest.raises(LostPlace):
        pages(client)


def test_a_bad_first_request_is_no_lost_place() -> None:
    with pytest.raises(Refused):
        pages(Scripted(answer(400, {"error": {}})))
