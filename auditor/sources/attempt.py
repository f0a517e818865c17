"""The rows of one attempt to sign in, asked of Microsoft Graph by their ids: a few requests, however large the log.

A request id is asked for by itself, as v1.0 documents no filter on it; its row has the correlation id, by which Graph
filters. That filter has been seen to be ignored: a row that does not match ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from auditor.errors import Refused, SourceError
from auditor.sources.fetch import Fetch, Rows
from auditor.sources.graph_client import GraphClient, graph_client
from auditor.sources.pace import Pace
from auditor.sources.progress import Report
from auditor.sources.reasons import why
from auditor.sources.sign_ins import ROWS_PER_PAGE
from auditor.tenant.mending import mended

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from auditor.sources.graph import Asked

MOST_PAGES = 20  # of one correlation id: some clients use one and the same for ever


class _Key(msgspec.Struct):
    id: str | None = None
    correlationId: str | None = None


_decode_key = msgspec.json.Decoder(_Key).decode


async def rows_of_attempts(
    asked: Asked, requests: Iterable[str], correlations: Iterable[str], either: Iterable[str], report: Report
) -> tuple[bytes, ...]:
    """Every row that shares a correlation id with what is asked for, once, as Graph gave it; none where Graph knows
    none. `requests`, `correlations`: ids in lower case; `either`: ids of which nobody knows what they are of.
    SourceError when Graph cannot be asked."""
    async with graph_client(asked.cloud, asked.credential, asked.api) as graph:
        reading = _Reading(graph, report)
        try:
            for identity in correlations:
                await reading.attempt(identity)
            for identity in requests:
                await reading.request(identity)
            for identity in either:
                if not await reading.request(identity):
                    await reading.attempt(identity)
        except Refused as refusal:
            raise SourceError(*why(refusal, "sign_ins")) from None
    return tuple(reading.rows.values())


class _Reading:
    """`rows`: by their ids; of one without an id, by its bytes."""

    def __init__(self, graph: GraphClient, report: Report) -> None:
        self._graph = graph
        self._fetch = Fetch(graph, report, first_page_only=False)
        self._pace = Pace(5, 10.0)
        self._asked: set[str] = set()
        self.rows: dict[str | bytes, bytes] = {}

    async def request(self, identity: str) -> bool:
        """Adds the row of this id and all that share its correlation id; whether there is such a row."""
        if identity in self.rows:
            return True
        request = self._graph.builders.audit_logs.sign_ins.by_sign_in_id(identity).to_get_request_information()
        try:
            row = bytes(await self._graph.read(request, msgspec.Raw, self._pace, self._fetch.waiting("sign_ins")))
        except Refused as refusal:
            if refusal.status == 404:
                return False
            raise
        key = _key(row)
        self.rows[key.id or row] = row
        if key.correlationId and key.correlationId.strip("0-"):
            await self.attempt(key.correlationId.lower())
        return True

    async def attempt(self, correlation: str) -> None:
        """Adds all rows of this correlation id."""
        if correlation in self._asked:
            return
        self._asked.add(correlation)
        found: Rows = []
        sieve = partial(_OneAttempt, correlation)
        await self._fetch.all(self._request(correlation), "sign_ins", found, self._pace, sieve=sieve)
        for row in map(bytes, found):
            self.rows[_key(row).id or row] = row

    def _request(self, correlation: str) -> RequestInformation:
        from kiota_abstractions.base_request_configuration import RequestConfiguration
        from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder

        query = SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters
        quoted = correlation.replace("'", "''")
        return self._graph.builders.audit_logs.sign_ins.to_get_request_information(
            RequestConfiguration(query_parameters=query(filter=f"correlationId eq '{quoted}'", top=ROWS_PER_PAGE))
        )


class _OneAttempt:
    """All rows, which have to be of this correlation id, and not more than some pages of them: else SourceError."""

    enough = False

    def __init__(self, correlation: str) -> None:
        self._correlation = correlation
        self._pages = 0

    def kept(self, rows: Iterable[msgspec.Raw]) -> Iterable[msgspec.Raw]:
        self._pages += 1
        if self._pages > MOST_PAGES:
            raise SourceError(
                f"More than {MOST_PAGES * ROWS_PER_PAGE:,} rows share the correlation id {self._correlation}.",
                "Its client does not tell attempts apart: look up a request id in a collected log.",
            )
        for raw in rows:
            row = bytes(raw)
            if (_key(row).correlationId or "").lower() != self._correlation:
                raise SourceError(
                    "Graph answered with rows of other attempts: it did not heed the filter.",
                    "Try again, or collect the log and look it up there with --from.",
                )
            yield msgspec.Raw(row)


def _key(row: bytes) -> _Key:
    try:
        return _decode_key(row)
    except ValueError:
        try:
            return _decode_key(mended(row))
        except ValueError as error:
            raise SourceError(f"Graph answered with a row that cannot be read ({error}).") from None
