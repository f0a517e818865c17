"""Fetching objects and whole collections of Graph, with a word for whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from auditor.errors import Refused
from auditor.sources.graph_client import GraphClient, LostPlace
from auditor.sources.pace import Pace
from auditor.sources.progress import Progress, Report
from auditor.sources.sieves import Everything, Sieve

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

LOST_PLACES = 5  # how often a collection may be begun anew
FREE = Pace(1, 0.0)
"""Of what Graph limits so generously that no reader of a tenant meets it."""

Rows = list[msgspec.Raw]


class Fetch:
    """Adds what it fetches to the rows of the dataset `name`, page by page, so that what came before a fault is kept.
    With `first_page_only` no collection is read further."""

    def __init__(self, graph: GraphClient, report: Report, *, first_page_only: bool) -> None:
        self._graph = graph
        self._report = report
        self._first_page_only = first_page_only

    async def only(self, request: RequestInformation, name: str, value: Rows) -> None:
        """One object, which every tenant has."""
        value.append(await self._graph.read(request, msgspec.Raw, FREE, self.waiting(name)))

    async def object(self, request: RequestInformation, name: str, value: Rows) -> None:
        """One object, if there is such an object."""
        try:
            await self.only(request, name, value)
        except Refused as error:
            if error.status != 404:
                raise

    async def all(
        self,
        request: RequestInformation,
        name: str,
        value: Rows,
        pace: Pace = FREE,
        *,
        sieve: Callable[[], Sieve] = Everything,
        quiet: bool = False,
    ) -> None:
        """What `sieve` keeps of a collection; from the start again when Graph loses the place."""
        before = len(value)
        for lost in range(1, LOST_PLACES + 1):
            sifting = sieve()
            try:
                async for page in self._graph.pages(request, pace, self.waiting(name)):
                    value += sifting.kept(page.value)
                    if not quiet:
                        self._report(Progress(name, len(value)))
                    if self._first_page_only or sifting.enough:
                        break
                return
            except LostPlace:
                if lost == LOST_PLACES:
                    raise
                del value[before:]

    def waiting(self, name: str) -> Callable[[float, str], None]:
        return lambda seconds, reason: self._report(Progress(name, waiting=seconds, why=reason))
