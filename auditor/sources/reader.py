"""Reading one dataset after the other out of Microsoft Graph into the spool; the sign-in page has its own module, and
so has the sign-in log, of which only the beginning is read here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.errors import NotCollected, Refused, SourceError
from auditor.sources import group_members
from auditor.sources.graph_client import GraphClient, LostPlace, Page, graph_client
from auditor.sources.named import applications_of, groups_of, in_lots, only_ids, people_of
from auditor.sources.pace import Pace
from auditor.sources.progress import Progress, Report
from auditor.sources.reasons import why
from auditor.sources.sign_in_page import read_sign_in_page
from auditor.sources.sign_ins import sign_ins_request
from auditor.spool.spool import Spool, State, StoredDataset
from auditor.tenant import graph_json
from auditor.tenant.dataset import DATASETS
from auditor.tenant.instant import parse, to_seconds_text
from auditor.tenant.policy import Policy

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.generated.base_graph_service_client import BaseGraphServiceClient

    from auditor.sources.graph import Asked

IDS_PER_REQUEST = 1000  # getByIds' own limit
LOST_PLACES = 5  # how often a collection may be begun anew
APPS_PER_FILTER = 15  # Graph's limit on the members of an `in` clause

Rows = list[msgspec.Raw]

# Datasets that are a collection of Graph, whole and as it is.
_COLLECTIONS: Mapping[str, Callable[[BaseGraphServiceClient], Any]] = {
    "organization": lambda graph: graph.organization,
    "policies": lambda graph: graph.identity.conditional_access.policies,
    "role_assignments": lambda graph: graph.role_management.directory.role_assignments,
    "role_eligibilities": lambda graph: graph.role_management.directory.role_eligibility_schedules,
    "role_templates": lambda graph: graph.directory_role_templates,
    "named_locations": lambda graph: graph.identity.conditional_access.named_locations,
    "activity_timeouts": lambda graph: graph.policies.activity_based_timeout_policies,
    "token_lifetimes": lambda graph: graph.policies.token_lifetime_policies,
}

_NO_LICENCE = "AadPremiumLicenseRequired"  # with status 400, from what belongs to Privileged Identity Management


class Reader:
    """`reports` is the pace of all of Graph's reports together. With `first_page_only` it asks for the beginning of
    each dataset, which tells whether it can be read."""

    def __init__(
        self,
        asked: Asked,
        graph: GraphClient,
        spool: Spool,
        reports: Pace,
        report: Report,
        *,
        first_page_only: bool = False,
    ) -> None:
        self._asked = asked
        self._graph = graph
        self._spool = spool
        self._report = report
        self._first_page_only = first_page_only
        self._free = Pace(1, 0.0)
        self._reports = reports
        self._conditional_access = Pace(1, 1.0)

    async def read(self, name: str) -> None:
        """Reads `name` and writes how that ended."""
        readers: Mapping[str, Callable[[Rows], Awaitable[None]]] = {
            "branding": self._branding,
            "role_eligibilities": self._role_eligibilities,
            "sign_in_page": self._sign_in_page,
            "directory_objects": self._directory_objects,
            "group_members": self._group_members,
            "service_principals": self._service_principals,
            "policy_changes": self._policy_changes,
            "sign_ins": self._one_sign_in,
        }
        value: Rows = []  # filled page by page, so that what was read before a fault is kept
        state: State = "collected"
        reason = remedy = ""
        try:
            if name in readers:
                await readers[name](value)
            else:
                await self._collection(name, value)
        except SourceError as error:
            state = "partial" if value else "missing"
            reason, remedy = why(error, name)
        except NotCollected as error:
            state = "partial" if value else "missing"
            reason, remedy = f"It needs the {DATASETS[error.dataset].title}: {error.reason}", error.remedy
        self._spool.write_dataset(
            StoredDataset(name=name, state=state, reason=reason, remedy=remedy, read=self._asked.now(), value=value)
        )

    async def _collection(self, name: str, value: Rows) -> None:
        request = _COLLECTIONS[name](self._graph.builders).to_get_request_information()
        pace = self._conditional_access if name in ("policies", "named_locations") else self._free
        await self._all(request, name, value, pace)

    async def _role_eligibilities(self, value: Rows) -> None:
        """Without the licence for Privileged Identity Management nobody is eligible for a role, which is an answer:
        eligible assignments go when the licence does (entra-docs, includes/licensing-pim.md, 2025-08-12)."""
        try:
            await self._collection("role_eligibilities", value)
        except Refused as error:
            if error.code != _NO_LICENCE:
                raise

    async def _branding(self, value: Rows) -> None:
        identity = graph_json.organization(self._earlier("organization")[0]).id
        request = self._graph.builders.organization.by_organization_id(identity).branding.to_get_request_information()
        request.headers.try_add("Accept-Language", "0")  # the default branding, not a locale's
        # 404: no branding is configured, which is an answer
        await self._object(request, "branding", value)

    async def _sign_in_page(self, value: Rows) -> None:
        if not self._asked.ask_sign_in_page:
            raise SourceError("It was not asked, as the config says.", "Set sign_in_page = true under [collect].")
        organization = graph_json.organization(self._earlier("organization")[0])
        await read_sign_in_page(self._asked.cloud, organization, self._asked.now, self._waiting("sign_in_page"), value)

    async def _directory_objects(self, value: Rows) -> None:
        from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import GetByIdsPostRequestBody

        named = [identity for policy in self._policies() for identity in people_of(policy)]
        builder = self._graph.builders.directory_objects.get_by_ids
        for ids in in_lots([*named, *self._principals()], IDS_PER_REQUEST):
            body = GetByIdsPostRequestBody(ids=list(ids), types=["user", "group", "servicePrincipal"])
            await self._all(builder.to_post_request_information(body), "directory_objects", value)
        await self._break_glass(value)

    async def _break_glass(self, value: Rows) -> None:
        """The emergency accounts that the config names, by id or by user principal name. 404: there is none."""
        from kiota_abstractions.base_request_configuration import RequestConfiguration
        from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

        query = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters
        for name in self._spool.header.break_glass:
            request = self._graph.builders.users.by_user_id(name).to_get_request_information(
                RequestConfiguration(query_parameters=query(select=["id", "displayName", "userPrincipalName"]))
            )
            await self._object(request, "directory_objects", value)

    async def _group_members(self, value: Rows) -> None:
        groups = {identity for policy in self._policies() for identity in groups_of(policy)}
        principals = set(self._principals())
        unknown: NotCollected | None = None
        if principals:
            try:
                objects, _ = graph_json.read_all(graph_json.directory_object, self._earlier("directory_objects"))
                groups |= principals & {each.id for each in objects if each.kind == "group"}
            except NotCollected as missing:
                unknown = missing  # which of the holders of roles are groups
        refused: list[SourceError] = []
        for identity in sorted(groups)[: 1 if self._first_page_only else None]:
            try:
                value.append(msgspec.Raw(msgspec.json.encode(await self._group(identity))))
            except (Refused, LostPlace) as error:
                refused.append(error)
            self._report(Progress("group_members", len(value)))
        if refused:
            raise _of_groups(refused, len(groups), all_of_them=not value)
        if unknown is not None:
            raise unknown

    async def _group(self, identity: str) -> group_members.Group:
        try:
            request = group_members.count_request(self._graph, identity)
            count = await self._graph.read(request, int, self._free, self._waiting("group_members"))
            if count > group_members.MOST_LISTED:
                return group_members.Group(id=identity, count=count)
            members: Rows = []
            request = group_members.members_request(self._graph, identity)
            await self._all(request, "group_members", members, quiet=True)
        except Refused as error:
            if error.status == 404:
                return group_members.Group(id=identity, gone=True)
            raise
        return group_members.listed(identity, members)

    async def _service_principals(self, value: Rows) -> None:
        from kiota_abstractions.base_request_configuration import RequestConfiguration
        from msgraph.generated.service_principals.service_principals_request_builder import (
            ServicePrincipalsRequestBuilder,
        )

        query = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters
        named = (identity for policy in self._policies() for identity in applications_of(policy))
        for ids in in_lots(named, APPS_PER_FILTER):
            quoted = ",".join(f"'{identity}'" for identity in ids)
            request = self._graph.builders.service_principals.to_get_request_information(
                RequestConfiguration(
                    query_parameters=query(filter=f"appId in ({quoted})", select=["id", "appId", "displayName"])
                )
            )
            await self._all(request, "service_principals", value)

    async def _policy_changes(self, value: Rows) -> None:
        from kiota_abstractions.base_request_configuration import RequestConfiguration
        from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import (
            DirectoryAuditsRequestBuilder,
        )

        query = DirectoryAuditsRequestBuilder.DirectoryAuditsRequestBuilderGetQueryParameters
        start, end = (to_seconds_text(ticks) for ticks in self._window())
        window = f"activityDateTime ge {start} and activityDateTime le {end}"
        request = self._graph.builders.audit_logs.directory_audits.to_get_request_information(
            RequestConfiguration(query_parameters=query(filter=f"{window} and category eq 'Policy'"))
        )
        await self._all(request, "policy_changes", value, self._reports)

    async def _one_sign_in(self, value: Rows) -> None:
        async with graph_client(self._asked.cloud, self._asked.credential, self._asked.api) as graph:
            request = sign_ins_request(graph, *self._window(), rows=1)
            await graph.read(request, Page, self._reports, self._waiting("sign_ins"))

    async def _object(self, request: RequestInformation, name: str, value: Rows) -> None:
        """Adds one object to `value`, if there is such an object."""
        try:
            value.append(await self._graph.read(request, msgspec.Raw, self._free, self._waiting(name)))
        except Refused as error:
            if error.status != 404:
                raise

    async def _all(
        self, request: RequestInformation, name: str, value: Rows, pace: Pace | None = None, *, quiet: bool = False
    ) -> None:
        """Adds every object of a collection to `value`; from the start again when Graph loses the place."""
        before = len(value)
        for lost in range(1, LOST_PLACES + 1):
            try:
                async for page in self._graph.pages(request, pace or self._free, self._waiting(name)):
                    value += [msgspec.Raw(bytes(raw)) for raw in page.value]
                    if not quiet:
                        self._report(Progress(name, len(value)))
                    if self._first_page_only:
                        break
                return
            except LostPlace:
                if lost == LOST_PLACES:
                    raise
                del value[before:]

    def _waiting(self, name: str) -> Callable[[float, str], None]:
        return lambda seconds, reason: self._report(Progress(name, waiting=seconds, why=reason))

    def _window(self) -> tuple[int, int]:
        return parse(self._spool.header.window_start), parse(self._spool.header.window_end)

    def _earlier(self, name: str) -> list[Any]:
        """The objects of a dataset that was read before this one. NotCollected when it is missing or empty."""
        stored = self._spool.dataset(name)
        assert stored is not None  # DATASETS puts it before
        if stored.state == "missing" or (name == "organization" and not stored.value):
            raise NotCollected(name, stored.reason or "Graph listed none.", stored.remedy)
        return stored.objects()

    def _policies(self) -> tuple[Policy, ...]:
        policies, _ = graph_json.read_all(graph_json.policy, self._earlier("policies"))
        return policies

    def _principals(self) -> tuple[str, ...]:
        """Ids of whoever holds a role or may activate one, as far as that was asked for and could be read."""
        stored = [self._spool.dataset(name) for name in ("role_assignments", "role_eligibilities")]
        rows = [row for dataset in stored if dataset is not None for row in dataset.objects()]
        holdings, _ = graph_json.read_all(graph_json.role_assignment, rows)
        return tuple(only_ids(holding.principal_id for holding in holdings))


def _of_groups(faults: list[SourceError], groups: int, *, all_of_them: bool) -> SourceError:
    """The fault of the dataset: the first of its groups', which mostly have the same."""
    first = faults[0]
    if not isinstance(first, Refused) or all_of_them:
        return first
    hidden = "Groups that hide their members take the application permission Member.Read.Hidden."
    what = f"{len(faults)} of {groups} groups could not be read: {first.what}"
    return Refused(what, hidden if first.status == 403 else "", status=first.status, code=first.code)
