"""Who is in one group, groups in it included. A group of many thousands costs many pages, and nobody is the wiser for
them: it is counted, and not listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from auditor.errors import SourceError

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from auditor.sources.graph_client import GraphClient

MOST_LISTED = 20_000
MEMBERS_PER_PAGE = 999  # Graph's most


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What the spool keeps of a group, as Graph has no such object. `count`: members of every kind. `members`: ids of
    the users among them; None when there are too many to list, and when the group is gone."""

    id: str
    count: int | None = None
    members: tuple[str, ...] | None = None
    gone: bool = False


class _Member(msgspec.Struct):
    id: str
    type: str = msgspec.field(name="@odata.type")


def count_request(graph: GraphClient, identity: str) -> RequestInformation:
    """Graph answers with a bare number, and only when it may take it from an index that lags a little behind."""
    request = graph.builders.groups.by_group_id(identity).transitive_members.count.to_get_request_information()
    request.headers.try_add("ConsistencyLevel", "eventual")
    return request


def members_request(graph: GraphClient, identity: str) -> RequestInformation:
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.groups.item.transitive_members.transitive_members_request_builder import (
        TransitiveMembersRequestBuilder,
    )

    query = TransitiveMembersRequestBuilder.TransitiveMembersRequestBuilderGetQueryParameters
    return graph.builders.groups.by_group_id(identity).transitive_members.to_get_request_information(
        RequestConfiguration(query_parameters=query(select=["id"], top=MEMBERS_PER_PAGE))
    )


def listed(identity: str, members: Iterable[msgspec.Raw]) -> Group:
    """The group whose every member was read."""
    try:
        found = [msgspec.json.decode(raw, type=_Member) for raw in members]
    except msgspec.ValidationError as error:
        raise SourceError(f"A member of the group {identity} is not what Graph sends ({error}).") from None
    users = tuple(member.id for member in found if member.type == "#microsoft.graph.user")
    return Group(id=identity, count=len(found), members=users)
