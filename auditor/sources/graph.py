"""Collecting a tenant's datasets from Microsoft Graph and the sign-in page into a spool.

Each dataset ends as collected, partial (with what is missing) or missing (with the reason and the permission, licence
or role that would bring it), and stands in the spool as soon as it does: a run that was stopped goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.errors import SourceError
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential
from auditor.sources.graph_client import graph_client
from auditor.sources.pace import Pace
from auditor.sources.progress import Report
from auditor.sources.reader import Reader
from auditor.sources.reasons import why
from auditor.sources.sign_ins import collect_sign_ins, read_back_to
from auditor.sources.to_ask import ToAsk
from auditor.sources.token_facts import TokenFacts, token_facts
from auditor.spool.spool import Spool, State, StoredDataset
from auditor.tenant.dataset import with_prerequisites

PAGES_PER_SPAN = 20  # of the sign-in log: 20,000 rows, 40 s under the throttle


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read, whence and as whom. `api`: which Graph version serves the sign-in log ("v1.0" or "beta"); policies
    are read from both, all else from v1.0. `ask_sign_in_page`: whether the public page may be asked. `now` gives the
    present as text."""

    cloud: Cloud
    credential: Credential
    api: str
    ask_sign_in_page: bool
    now: Callable[[], str]


async def collect(asked: Asked, spool: Spool, report: Report) -> None:
    """Reads into the spool every dataset of its header that does not stand there yet. SignInError: nothing could be
    read at all; other faults end the dataset they meet, and stand in the spool as its reason."""
    reports, to_ask = _reports_pace(), ToAsk(spool)
    async with graph_client(asked.cloud, asked.credential, "v1.0") as graph:
        reader = Reader(asked, graph, spool, to_ask, reports, report)
        for name in with_prerequisites(spool.header.datasets):
            if spool.dataset(name) is None:
                if name == "sign_ins":
                    await _read_sign_ins(asked, spool, to_ask, reports, report)
                else:
                    await reader.read(name)
    spool.finish()


async def probe(asked: Asked, spool: Spool) -> TokenFacts:
    """Signs in and asks for the beginning of each dataset of the spool's header: one row of the sign-in log, one page
    of everything else. How each ended stands in the spool. SignInError when nothing can be read."""
    token = await asked.credential.get_token(f"{asked.cloud.graph}/.default")
    async with graph_client(asked.cloud, asked.credential, "v1.0") as graph:
        reader = Reader(asked, graph, spool, ToAsk(spool), _reports_pace(), lambda progress: None, first_page_only=True)
        for name in with_prerequisites(spool.header.datasets):
            await reader.read(name)
    return token_facts(token.token)


def _reports_pace() -> Pace:
    return Pace(5, 10.0)


async def _read_sign_ins(asked: Asked, spool: Spool, to_ask: ToAsk, pace: Pace, report: Report) -> None:
    async with graph_client(asked.cloud, asked.credential, asked.api) as graph:
        try:
            await collect_sign_ins(graph, spool, to_ask, pace, report, pages_per_span=PAGES_PER_SPAN)
        except SourceError as error:
            reason, remedy = why(error, "sign_ins")
            spans = spool.spans()
            state: State = "partial" if spans else "missing"
            if spans:
                reason = f"{reason} Read back to {read_back_to(spool)} only."
            spool.write_dataset(
                StoredDataset(name="sign_ins", state=state, reason=reason, remedy=remedy, read=asked.now())
            )
        else:
            spool.write_dataset(StoredDataset(name="sign_ins", state="collected", read=asked.now()))
