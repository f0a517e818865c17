"""Reading one dataset after the other out of Microsoft Graph into the spool; the sign-in page has its own module, and
so has the sign-in log, of which only the beginning is read here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.errors import NotCollected, Refused, SourceError
from auditor.sources import group_members
from auditor.sources.fetch import FREE, Fetch, Rows
from auditor.sources.graph_client import GraphClient, LostPlace, Page, graph_client
from auditor.sources.named import applications_of, groups_of, in_lots, only_ids, people_of
from auditor.sources.pace import Pace
from auditor.sources.policy_list import PolicyList
from auditor.sources.progress import Progress, Report
from auditor.sources.queries import (
    MOST_IN_A_CLAUSE,
    password_dates_request,
    policy_changes_request,
    registrations_request,
    service_principals_request,
    user_events_request,
    user_request,
)
from auditor.sources.reasons import why
from auditor.sources.sieves import Registrations, UserEvents
from auditor.sources.sign_in_page import read_sign_in_page
from auditor.sources.sign_ins import sign_ins_request
from auditor.sources.to_ask import NOBODY, ToAsk
from auditor.spool.spool import Spool, State, StoredDataset
from auditor.tenant import graph_json
from auditor.tenant.dataset import DATASETS
from auditor.tenant.instant import MINUTE, parse
from auditor.tenant.policy import Policy
from auditor.tenant.records import Organization

if TYPE_CHECKING:
    from msgraph.generated.base_graph_service_client import BaseGraphServiceClient

    from auditor.sources.graph import Asked

IDS_PER_REQUEST = 1000  # getByIds' own limit
MOST_PEOPLE = 3000  # whose password dates are asked for: 200 requests
DAY = 24 * 60 * MINUTE

# Datasets that are a collection of Graph, whole and as it is.
_COLLECTIONS: Mapping[str, Callable[[BaseGraphServiceClient], Any]] = {
    "organization": lambda graph: graph.organization,
    "role_assignments": lambda graph: graph.role_management.directory.role_assignments,
    "role_eligibilities": lambda graph: graph.role_management.directory.role_eligibility_schedules,
    "role_templates": lambda graph: graph.directory_role_templates,
    "named_locations": lambda graph: graph.identity.conditional_access.named_locations,
    "activity_timeouts": lambda graph: graph.policies.activity_based_timeout_policies,
    "token_lifetimes": lambda graph: graph.policies.token_lifetime_policies,
}

_NO_LICENCE = "AadPremiumLicenseRequired"  # with status 400, from what belongs to Privileged Identity Management


class Reader:
    """`to_ask`: whom and what the log tells to ask about. `reports`: the pace of all of Graph's reports together. With
    `first_page_only` it asks for the beginning of each dataset, which tells whether it can be read."""

    def __init__(
        self,
        asked: Asked,
        graph: GraphClient,
        spool: Spool,
        to_ask: ToAsk,
        reports: Pace,
        report: Report,
        *,
        first_page_only: bool = False,
    ) -> None:
        self._asked = asked
        self._graph = graph
        self._spool = spool
        self._to_ask = to_ask
        self._report = report
        self._first_page_only = first_page_only
        self._fetch = Fetch(graph, report, first_page_only=first_page_only)
        self._reports = reports
        self._conditional_access = Pace(1, 1.0)
        self._beside: dict[str, StoredDataset] = {}

    async def read(self, name: str) -> None:
        """Reads `name` and writes how that ended."""
        readers: Mapping[str, Callable[[Rows], Awaitable[None]]] = {
            "branding": self._branding,
            "policies": self._all_policies,
            "role_eligibilities": self._role_eligibilities,
            "sign_in_page": self._sign_in_page,
            "directory_objects": self._directory_objects,
            "group_members": self._group_members,
            "service_principals": self._service_principals,
            "policy_changes": self._policy_changes,
            "security_defaults": self._security_defaults,
            "registration_campaign": self._registration_campaign,
            "user_events": self._user_events,
            "sign_ins": self._one_sign_in,
            "applications": self._applications,
            "registrations": self._registrations,
            "password_dates": self._password_dates,
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
        beside, self._beside = self._beside, {}
        self._spool.write_dataset(
            StoredDataset(
                name=name,
                state=state,
                reason=reason,
                remedy=remedy,
                read=self._asked.now(),
                value=value,
                beside=beside,
            )
        )

    async def _collection(self, name: str, value: Rows) -> None:
        request = _COLLECTIONS[name](self._graph.builders).to_get_request_information()
        pace = self._conditional_access if name == "named_locations" else FREE
        await self._fetch.all(request, name, value, pace)

    async def _all_policies(self, value: Rows) -> None:
        listed = PolicyList(self._graph, self._fetch, self._conditional_access, self._asked.now)
        if self._first_page_only:
            await listed.first_page(value)
        else:
            await listed.read(value, self._beside)

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
        await self._fetch.object(request, "branding", value)

    async def _sign_in_page(self, value: Rows) -> None:
        if not self._asked.ask_sign_in_page:
            raise SourceError("It was not asked, as the config says.", "Set sign_in_page = true under [collect].")
        waiting = self._fetch.waiting("sign_in_page")
        await read_sign_in_page(self._asked.cloud, self._organization(), self._asked.now, waiting, value)

    def _organization(self) -> Organization:
        """Where it could not be read, one of the domain that the config calls the tenant by. NotCollected when that is
        an id."""
        try:
            return graph_json.organization(self._earlier("organization")[0])
        except NotCollected:
            if "." not in self._spool.header.tenant:
                raise
            return Organization("", "", self._spool.header.tenant, None, ())

    async def _directory_objects(self, value: Rows) -> None:
        from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import GetByIdsPostRequestBody

        named = [identity for policy in self._policies() for identity in people_of(policy)]
        builder = self._graph.builders.directory_objects.get_by_ids
        for ids in in_lots([*named, *self._principals()], IDS_PER_REQUEST):
            body = GetByIdsPostRequestBody(ids=list(ids), types=["user", "group", "servicePrincipal"])
            await self._fetch.all(builder.to_post_request_information(body), "directory_objects", value)
        await self._break_glass(value)

    async def _break_glass(self, value: Rows) -> None:
        """The emergency accounts that the config names, by id or by user principal name. 404: there is none."""
        for name in self._spool.header.break_glass:
            await self._fetch.object(user_request(self._graph, name), "directory_objects", value)

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
            count = await self._graph.read(request, int, FREE, self._fetch.waiting("group_members"))
            if count > group_members.MOST_LISTED:
                return group_members.Group(id=identity, count=count)
            members: Rows = []
            request = group_members.members_request(self._graph, identity)
            await self._fetch.all(request, "group_members", members, quiet=True)
        except Refused as error:
            if error.status == 404:
                return group_members.Group(id=identity, gone=True)
            raise
        return group_members.listed(identity, members)

    async def _service_principals(self, value: Rows) -> None:
        named = (identity for policy in self._policies() for identity in applications_of(policy))
        for apps in in_lots(named, MOST_IN_A_CLAUSE):
            await self._fetch.all(service_principals_request(self._graph, apps), "service_principals", value)

    async def _policy_changes(self, value: Rows) -> None:
        request = policy_changes_request(self._graph, *self._window())
        await self._fetch.all(request, "policy_changes", value, self._reports)

    async def _security_defaults(self, value: Rows) -> None:
        builder = self._graph.builders.policies.identity_security_defaults_enforcement_policy
        await self._fetch.only(builder.to_get_request_information(), "security_defaults", value)

    async def _registration_campaign(self, value: Rows) -> None:
        builder = self._graph.builders.policies.authentication_methods_policy
        await self._fetch.only(builder.to_get_request_information(), "registration_campaign", value)

    async def _user_events(self, value: Rows) -> None:
        """From a day before the window on: what was done to a password shows at the next sign-in."""
        start, end = self._window()
        request = user_events_request(self._graph, start - DAY, end)
        await self._fetch.all(request, "user_events", value, self._reports, sieve=lambda: UserEvents(start - DAY, end))

    async def _applications(self, value: Rows) -> None:
        """The tenant's own have their redirect addresses in their service principals, too."""
        for apps in in_lots(self._told("applications"), MOST_IN_A_CLAUSE):
            request = service_principals_request(self._graph, apps, "appOwnerOrganizationId", "replyUrls")
            await self._fetch.all(request, "applications", value)

    async def _registrations(self, value: Rows) -> None:
        if people := self._told("registrations"):
            request = registrations_request(self._graph)
            await self._fetch.all(request, "registrations", value, self._reports, sieve=lambda: Registrations(people))

    async def _password_dates(self, value: Rows) -> None:
        people = self._told("password_dates")
        for ids in in_lots(people[:MOST_PEOPLE], MOST_IN_A_CLAUSE):
            await self._fetch.all(password_dates_request(self._graph, ids), "password_dates", value)
        if len(people) > MOST_PEOPLE:
            raise SourceError(f"Of the {len(people):,} people whose sessions ended {MOST_PEOPLE:,} were asked for.")

    def _told(self, name: str) -> tuple[str, ...]:
        """Whom or what the log tells to ask about. NotCollected when it is missing. Where only a beginning is read,
        nobody: a refusal comes all the same."""
        if self._first_page_only:
            return (NOBODY,)
        self._earlier("sign_ins")
        return self._to_ask.about(name)

    async def _one_sign_in(self, value: Rows) -> None:
        async with graph_client(self._asked.cloud, self._asked.credential, self._asked.api) as graph:
            request = sign_ins_request(graph, *self._window(), rows=1)
            await graph.read(request, Page, self._reports, self._fetch.waiting("sign_ins"))

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
