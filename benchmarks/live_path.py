"""CPU per row of reading the sign-in log: the product's live path against msgraph-sdk's own typed `PageIterator`.

Both read from the same local tenant, without throttle, over the same connection settings. The product also writes what
it reads to disk; the iterator only hands out its objects. Start-up, signing in and the first page are left out on both
sides.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from served import Served, checks, collected, served
from tabulate import tabulate
from unpaced import unpaced

from auditor import audit
from auditor.config import load
from auditor.sources.graph_client import graph_client
from auditor.sources.progress import Progress
from auditor.sources.sign_ins import ROWS_PER_PAGE

LIMIT = 100


@dataclass(slots=True)
class Meter:
    """CPU of this process, all threads, from the first mark to the last."""

    marks: list[tuple[int, float]] = field(default_factory=list)

    def mark(self, rows: int) -> None:
        """So many rows were read up to now."""
        self.marks.append((rows, time.process_time()))

    @property
    def rows(self) -> int:
        return self.marks[-1][0] - self.marks[0][0]

    @property
    def per_row(self) -> float:
        """Microseconds."""
        return (self.marks[-1][1] - self.marks[0][1]) / self.rows * 1e6


def main() -> None:
    options = _arguments()
    with served(max(options.rows, options.typed_rows + 2 * ROWS_PER_PAGE), throttle=False) as tenant:
        collecting, auditing = product(tenant)
        iterating = asyncio.run(page_iterator(tenant, options.typed_rows))
    both = collecting.per_row + auditing.per_row
    ratio = iterating.per_row / both
    print(
        tabulate(
            [
                ("typed PageIterator", iterating.rows, iterating.per_row, 1.0),
                ("collect", collecting.rows, collecting.per_row, iterating.per_row / collecting.per_row),
                ("collect and audit", collecting.rows, both, ratio),
            ],
            headers=("", "rows", "CPU us per row", "times less"),
            floatfmt=",.1f",
            intfmt=",",
        )
    )
    if ratio < LIMIT:
        sys.exit(f"Collecting and auditing take {ratio:.0f} times less CPU per row; the limit is {LIMIT} times.")


def product(tenant: Served) -> tuple[Meter, Meter]:
    """Collecting the log into a spool, and auditing it from there."""
    collecting, auditing = Meter(), Meter()

    def first_page(progress: Progress) -> None:
        if progress.dataset == "sign_ins" and progress.pages == 1 and not collecting.marks:
            collecting.mark(progress.rows)

    with unpaced():
        spool = collected(tenant, first_page)
    rows = sum(span.rows for span in spool.spans())
    collecting.mark(rows)
    auditing.mark(0)
    audit.audit(spool, checks(), lambda progress: None)
    auditing.mark(rows)
    return collecting, auditing


async def page_iterator(tenant: Served, rows: int) -> Meter:
    """The SDK's models, one by one."""
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder
    from msgraph_core.tasks.page_iterator import PageIterator

    iterating = Meter()
    seen = 0

    def take(row: Any) -> bool:
        nonlocal seen
        if seen % ROWS_PER_PAGE == 0:  # a page is decoded whole before its first row is handed out
            iterating.mark(seen)
        seen += 1
        return seen <= rows

    config = load(tenant.config)
    surroundings = audit.Surroundings(
        now=lambda: datetime.now(timezone.utc),
        report=lambda progress: None,
        tell=lambda message: None,
        token_cache=Path(),
    )
    asked = audit.asked_of(config.tenant[0], config, ("sign_ins",), surroundings)
    query = SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters(top=ROWS_PER_PAGE)
    async with graph_client(asked.cloud, asked.credential, asked.api) as graph:
        first = await graph.builders.audit_logs.sign_ins.get(RequestConfiguration(query_parameters=query))
        await PageIterator(first, graph.builders.request_adapter).iterate(take)
    return iterating


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000, help="about how many the product reads (default: 200,000)")
    parser.add_argument(
        "--typed-rows", type=int, default=5_000, help="how many the iterator reads, in thousands (default: 5,000)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
