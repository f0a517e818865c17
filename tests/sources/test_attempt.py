"""The rows of one attempt, asked of Graph by their ids, over the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor import audit
from auditor.config import Config
from auditor.errors import Refused, SourceError
from auditor.local_tenant.service import LocalTenant
from auditor.local_tenant.simulation import Simulation
from auditor.sources.attempt import MOST_PAGES, _Reading, rows_of_attempts
from auditor.sources.graph_client import LostPlace, Page

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
NOWHERE = "99999999-0000-4000-8000-000000000009"

Rows = list[dict[str, Any]]


@pytest.fixture
def ask(config_for: Callable[..., Config], local: LocalTenant, tmp_path: Path) -> Callable[..., Rows]:
    """`ask(requests=[...])`: the rows that the local tenant's Graph gives."""

    def run(
        requests: Iterable[str] = (), correlations: Iterable[str] = (), either: Iterable[str] = (), **client: Any
    ) -> Rows:
        config = config_for(local, **client)
        surroundings = audit.Surroundings(
            now=lambda: NOW, report=[].append, tell=[].append, token_cache=tmp_path / "token-cache"
        )
        asked = audit.asked_of(config.tenant[0], config, ("sign_ins",), surroundings)
        rows = asyncio.run(rows_of_attempts(asked, requests, correlations, either, surroundings.report))
        return [json.loads(row) for row in rows]

    return run


@pytest.fixture
def attempt(simulation: Simulation) -> Rows:
    """The interactive rows of an attempt with two interrupts at least."""
    rows: dict[str, Rows] = {}
    start, end = NOW.replace(day=18), NOW
    for row in simulation.sign_ins(start, end):
        if row["isInteractive"]:
            rows.setdefault(row["correlationId"], []).append(row)
    return next(each for each in rows.values() if len(each) >= 3)


def ids(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def test_all_rows_of_an_attempt_whatever_is_known_of_it(ask: Callable[..., Rows], attempt: Rows) -> None:
    correlation, request = attempt[0]["correlationId"], attempt[1]["id"]
    for asked in (
        {"correlations": [correlation]},
        {"requests": [request]},
        {"either": [correlation]},
        {"either": [request]},
        {"requests": [request, NOWHERE], "correlations": [correlation], "either": [request, NOWHERE]},
    ):
        found = ask(**asked)
        assert len(found) == len(attempt)
        assert ids(found) == ids(attempt)


def test_few_requests_are_made(ask: Callable[..., Rows], attempt: Rows, local: LocalTenant) -> None:
    before = len(local.requests)
    ask(requests=ids(attempt), correlations=[attempt[0]["correlationId"]])
    asked = [each for each in list(local.requests)[before:] if "/auditlogs/signins" in each.path.lower()]
    assert len(asked) == 1


def test_an_id_that_graph_does_not_know(ask: Callable[..., Rows]) -> None:
    assert ask(requests=[NOWHERE], correlations=[NOWHERE], either=[NOWHERE]) == []


def test_without_the_permission(ask: Callable[..., Rows], local: LocalTenant) -> None:
    client_id, secret = local.register_client(["Policy.Read.All"])
    with pytest.raises(SourceError) as refused:
        ask(correlations=[NOWHERE], client_id=client_id, secret=secret)
    assert "AuditLog.Read.All" in refused.value.remedy


class ScriptedGraph:
    """Pages and rows as they are told, to the builders of a client that is not there."""

    def __init__(self, pages: Iterable[Any] = (), row: bytes | None = None) -> None:
        self._pages = list(pages)
        self._row = row
        self.queries = 0
        self.builders = self

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self

    async def read(self, *_: Any) -> msgspec.Raw:
        if self._row is None:
            raise Refused("Graph answered 404", status=404, code="")
        return msgspec.Raw(self._row)

    async def pages(self, *_: Any) -> AsyncIterator[Page]:
        self.queries += 1
        while self._pages:
            page = self._pages.pop(0)
            if isinstance(page, Exception):
                raise page
            yield page


def page(*rows: Mapping[str, Any]) -> Page:
    return Page([msgspec.Raw(json.dumps(row).encode()) for row in rows])


def read(graph: ScriptedGraph, correlation: str) -> list[bytes]:
    reading = _Reading(graph, [].append)  # type: ignore[arg-type]
    asyncio.run(reading.attempt(correlation))
    return list(reading.rows.values())


@pytest.mark.usefixtures("no_pace")
def test_rows_of_other_attempts_end_it() -> None:
    with pytest.raises(SourceError, match="did not heed"):
        read(ScriptedGraph([page({"id": "1", "correlationId": "c"}, {"id": "2", "correlationId": "d"})]), "c")


@pytest.mark.usefixtures("no_pace")
def test_a_lost_place_is_begun_anew_and_rows_are_kept_once() -> None:
    one, two = {"id": "1", "correlationId": "C"}, {"id": "2", "correlationId": "c"}
    graph = ScriptedGraph([page(one), LostPlace("lost"), page(one), page(two)])
    assert [json.loads(row) for row in read(graph, "c")] == [one, two]
    with pytest.raises(LostPlace):
        read(ScriptedGraph([LostPlace("lost")] * 5), "c")


@pytest.mark.usefixtures("no_pace")
def test_a_correlation_id_without_end() -> None:
    pages = [page({"id": str(number), "correlationId": "c"}) for number in range(MOST_PAGES + 1)]
    with pytest.raises(SourceError, match="More than 20,000 rows"):
        read(ScriptedGraph(pages), "c")


@pytest.mark.usefixtures("no_pace")
def test_a_row_without_a_correlation_id_is_alone() -> None:
    row = b'{"id": "1", "correlationId": "00000000-0000-0000-0000-000000000000", "appDisplayName": "\\ud800"}'
    graph = ScriptedGraph(row=row)
    reading = _Reading(graph, [].append)  # type: ignore[arg-type]
    assert asyncio.run(reading.request("1"))
    assert list(reading.rows.values()) == [row]
    assert graph.queries == 0
