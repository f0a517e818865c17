"""Collecting a tenant's datasets from Microsoft Graph and the sign-in page into a spool.

Each dataset ends as collected, partial (with what is missing) or missing (with the reason and the permission, licence
or role that would bring it), and stands in the spool as soon as it does: a run that was stopped goes on behind it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.errors import NotCollected, Refused, SourceError
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential
from auditor.sources.graph_client import NOT_PREMIUM, GraphClient, LostPlace, Page, graph_client
from auditor.sources.pace import Pace
from auditor.sources.progress import Progress, Report
from auditor.sources.sign_in_page import read_sign_in_page
from auditor.sources.sign_ins import collect_sign_ins, sign_ins_request
from auditor.sources.token_facts import TokenFacts, token_facts
from auditor.spool.spool import Spool, State, StoredDataset
from auditor.tenant import graph_json
from auditor.tenant.dataset import DATASETS, with_prerequisites
from auditor.tenant.instant import parse
from auditor.tenant.policy import Policy

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

PAGES_PER_SPAN = 20  # of the sign-in log: 20,000 rows, 40 s under the throttle
IDS_PER_REQUEST = 1000  # getByIds' own limit
LOST_PLACES = 5  # how often a collection may be begun anew
APPS_PER_FILTER = 15  # Graph's limit on the members of an `in` clause

_NO_ROLE = "Authentication_RequestFromUnsupportedUserRole"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read, whence and as whom. `api`: which Graph version serves the sign-in log ("v1.0" or "beta"); all
    else is v1.0. `ask_sign_in_page`: whether the public page may be asked. `now` gives the present as text."""

    cloud: Cloud
    credential: Credential
    api: str
    ask_sign_in_page: bool
    now: Callable[[], str]


async def collect(asked: Asked, spool: Spool, report: Report) -> None:
    """Reads into the spool every dataset of its header that does not stand there yet. SignInError: nothing could be
    read at all; other faults end the dataset they meet, and stand in the spool as its reason."""
    reports = Pace(5, 10.0)
    async with graph_client(asked.cloud, asked.credential, "v1.0") as graph:
        reader = _Reader(asked, graph, spool, report)
        for name in with_prerequisites(spool.header.datasets):
            if spool.dataset(name) is None:
                if name == "sign_ins":
                    await _read_sign_ins(asked, spool, reports, report)
                else:
                    await reader.read(name)
    spool.finish()


async def probe(asked: Asked, spool: Spool) -> TokenFacts:
    """Signs in and asks for the beginning of each dataset of the spool's header: one row of the sign-in log, one page
    of everything else. How each ended stands in the spool. SignInError when nothing can be read."""
    token = await asked.credential.get_token(f"{asked.cloud.graph}/.default")
    async with graph_client(asked.cloud, asked.credential, "v1.0") as graph:
        reader = _Reader(asked, graph, spool, lambda progress: None, first_page_only=True)
        for name in with_prerequisites(spool.header.datasets):
            await reader.read(name)
    return token_facts(token.token)


async def _read_sign_ins(asked: Asked, spool: Spool, pace: Pace, report: Report) -> None:
    async with graph_client(asked.cloud, asked.credential, asked.api) as graph:
        try:
            await collect_sign_ins(graph, spool, pace, report, pages_per_span=PAGES_PER_SPAN)
        except SourceError as error:
            reason, remedy = _why(error, "sign_ins")
            spans = spool.spans()
            state: State = "partial" if spans else "missing"
            if spans:
                reason = f"{reason} Read back to {spans[0].start[:19]}Z only."
            spool.write_dataset(
                StoredDataset(name="sign_ins", state=state, reason=reason, remedy=remedy, read=asked.now())
            )
        else:
            spool.write_dataset(StoredDataset(name="sign_ins", state="collected", read=asked.now()))


class _Reader:
    """Reads one dataset after the other; of the sign-in log only whether it can be read (see `collect_sign_ins`)."""

    def __init__(
        self, asked: Asked, graph: GraphClient, spool: Spool, report: Report, *, first_page_only: bool = False
    ) -> None:
        self._asked = asked
        self._graph = graph
        self._spool = spool
        self._report = report
        self._first_page_only = first_page_only
        self._free = Pace(1, 0.0)
        self._policies = Pace(1, 1.0)

    async def read(self, name: str) -> None:
        """Reads `name` and writes how that ended."""
        readers: Mapping[str, Callable[[list[msgspec.Raw]], Awaitable[None]]] = {
            "organization": self._organization,
            "branding": self._branding,
            "sign_in_page": self._sign_in_page,
            "policies": self._conditional_access,
            "directory_objects": self._directory_objects,
            "role_templates": self._role_templates,
            "service_principals": self._service_principals,
            "sign_ins": self._one_sign_in,
        }
        value: list[msgspec.Raw] = []  # filled page by page, so that what was read before a fault is kept
        state: State = "collected"
        reason = remedy = ""
        try:
            await readers[name](value)
        except SourceError as error:
            state = "partial" if value else "missing"
            reason, remedy = _why(error, name)
        except NotCollected as error:
            state, reason, remedy = "missing", f"It needs the {_title(error.dataset)}: {error.reason}", error.remedy
        self._spool.write_dataset(
            StoredDataset(name=name, state=state, reason=reason, remedy=remedy, read=self._asked.now(), value=value)
        )

    async def _organization(self, value: list[msgspec.Raw]) -> None:
        await self._all(self._graph.builders.organization.to_get_request_information(), "organization", value)

    async def _branding(self, value: list[msgspec.Raw]) -> None:
        identity = graph_json.organization(self._earlier("organization")[0]).id
        request = self._graph.builders.organization.by_organization_id(identity).branding.to_get_request_information()
        request.headers.try_add("Accept-Language", "0")  # the default branding, not a locale's
        try:
            value.append(await self._graph.read(request, msgspec.Raw, self._free, self._waiting("branding")))
        except Refused as error:
            if error.status != 404:  # 404: no branding is configured, which is an answer
                raise

    async def _sign_in_page(self, value: list[msgspec.Raw]) -> None:
        if not self._asked.ask_sign_in_page:
            raise SourceError("It was not asked, as the config says.", "Set sign_in_page = true under [collect].")
        organization = graph_json.organization(self._earlier("organization")[0])
        await read_sign_in_page(self._asked.cloud, organization, self._asked.now, self._waiting("sign_in_page"), value)

    async def _conditional_access(self, value: list[msgspec.Raw]) -> None:
        request = self._graph.builders.identity.conditional_access.policies.to_get_request_information()
        await self._all(request, "policies", value, self._policies)

    async def _directory_objects(self, value: list[msgspec.Raw]) -> None:
        from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import GetByIdsPostRequestBody

        named = sorted({identity for policy in self._read_policies() for identity in _people(policy)})
        builder = self._graph.builders.directory_objects.get_by_ids
        for ids in _in_lots(named, IDS_PER_REQUEST):
            body = GetByIdsPostRequestBody(ids=ids, types=["user", "group"])
            await self._all(builder.to_post_request_information(body), "directory_objects", value)

    async def _role_templates(self, value: list[msgspec.Raw]) -> None:
        if any(policy.users.include_roles or policy.users.exclude_roles for policy in self._read_policies()):
            request = self._graph.builders.directory_role_templates.to_get_request_information()
            await self._all(request, "role_templates", value)

    async def _service_principals(self, value: list[msgspec.Raw]) -> None:
        from kiota_abstractions.base_request_configuration import RequestConfiguration
        from msgraph.generated.service_principals.service_principals_request_builder import (
            ServicePrincipalsRequestBuilder,
        )

        query = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters
        named = sorted({identity for policy in self._read_policies() for identity in _apps(policy)})
        for ids in _in_lots(named, APPS_PER_FILTER):
            quoted = ",".join(f"'{identity}'" for identity in ids)
            request = self._graph.builders.service_principals.to_get_request_information(
                RequestConfiguration(
                    query_parameters=query(filter=f"appId in ({quoted})", select=["id", "appId", "displayName"])
                )
            )
            await self._all(request, "service_principals", value)

    async def _one_sign_in(self, value: list[msgspec.Raw]) -> None:
        start, end = parse(self._spool.header.window_start), parse(self._spool.header.window_end)
        async with graph_client(self._asked.cloud, self._asked.credential, self._asked.api) as graph:
            request = sign_ins_request(graph, start, end, rows=1)
            await graph.read(request, Page, self._free, self._waiting("sign_ins"))

    async def _all(
        self, request: RequestInformation, name: str, value: list[msgspec.Raw], pace: Pace | None = None
    ) -> None:
        """Adds every object of a collection to `value`; from the start again when Graph loses the place."""
        before = len(value)
        for lost in range(1, LOST_PLACES + 1):
            try:
                async for page in self._graph.pages(request, pace or self._free, self._waiting(name)):
                    value += [msgspec.Raw(bytes(raw)) for raw in page.value]
                    self._report(Progress(name, len(value)))
                    if self._first_page_only:
                        break
                return
            except LostPlace:
                if lost == LOST_PLACES:
                    raise
                del value[before:]

    def _waiting(self, name: str) -> Callable[[float, str], None]:
        return lambda seconds, why: self._report(Progress(name, waiting=seconds, why=why))

    def _earlier(self, name: str) -> list[Any]:
        """The objects of a dataset that was read before this one. NotCollected when it is missing or empty."""
        stored = self._spool.dataset(name)
        assert stored is not None  # DATASETS puts it before
        if stored.state == "missing" or (name == "organization" and not stored.value):
            raise NotCollected(name, stored.reason or "Graph listed none.", stored.remedy)
        return stored.objects()

    def _read_policies(self) -> tuple[Policy, ...]:
        policies, _ = graph_json.read_all(graph_json.policy, self._earlier("policies"))
        return policies


def _people(policy: Policy) -> Iterable[str]:
    users = policy.users
    for ids in (users.include_users, users.exclude_users, users.include_groups, users.exclude_groups):
        yield from filter(_is_guid, ids)


def _apps(policy: Policy) -> Iterable[str]:
    yield from filter(_is_guid, (*policy.applications.include, *policy.applications.exclude))


def _is_guid(text: str) -> bool:
    """An id and not a word such as "All". Policies are hostile text: nothing else may reach a filter."""
    import uuid

    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _in_lots(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[first : first + size] for first in range(0, len(items), size))


def _title(name: str) -> str:
    return DATASETS[name].title


def _why(error: SourceError, name: str) -> tuple[str, str]:
    """The reason and the remedy of a dataset that could not be read (to its end)."""
    dataset = DATASETS[name]
    if not isinstance(error, Refused):
        return error.what, error.remedy
    if error.code == NOT_PREMIUM:
        return (
            f"The tenant has no premium licence ({error.code}).",
            f"It takes {dataset.licence or 'a premium licence'}.",
        )
    if error.code == _NO_ROLE:
        return (
            f"The signed-in user has no directory role that may read it ({error.code}).",
            "Assign Reports Reader or Security Reader.",
        )
    return f"{error.what}.".replace("..", "."), dataset.remedy
