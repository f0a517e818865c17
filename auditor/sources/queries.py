"""Requests that take more than a path: the words of their queries. What is put into them is ids and instants of ours,
never a text from the tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.sources.graph_client import GraphClient
from auditor.tenant.graph_audit import BY_OTHERS, BY_THEMSELVES
from auditor.tenant.instant import to_seconds_text

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

MOST_IN_A_CLAUSE = 15  # Graph's limit on the members of an `in` clause


def user_request(graph: GraphClient, name: str) -> RequestInformation:
    """One user, by id or by user principal name."""
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

    query = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters
    return graph.builders.users.by_user_id(name).to_get_request_information(
        RequestConfiguration(query_parameters=query(select=["id", "displayName", "userPrincipalName"]))
    )


def password_dates_request(graph: GraphClient, ids: Iterable[str]) -> RequestInformation:
    """At most `MOST_IN_A_CLAUSE` users. What is selected comes in no answer that does not select it."""
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
    wanted = ["id", "lastPasswordChangeDateTime", "signInSessionsValidFromDateTime", "onPremisesSyncEnabled"]
    return graph.builders.users.to_get_request_information(
        RequestConfiguration(query_parameters=query(filter=f"id in ({_quoted(ids)})", select=wanted))
    )


def service_principals_request(graph: GraphClient, apps: Iterable[str], *more: str) -> RequestInformation:
    """At most `MOST_IN_A_CLAUSE` service principals, by appId. `more`: properties besides their names."""
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder

    query = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters
    return graph.builders.service_principals.to_get_request_information(
        RequestConfiguration(
            query_parameters=query(filter=f"appId in ({_quoted(apps)})", select=["id", "appId", "displayName", *more])
        )
    )


def conditional_access_request(graph: GraphClient, path: str, api: str) -> RequestInformation:
    """What lies at `path` below /identity/conditionalAccess in this version of Graph, whichever the client is for: the
    builders are of v1.0, and know nothing of what only beta has."""
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation

    request = RequestInformation(Method.GET)
    request.url = f"{graph.address(api)}/identity/conditionalAccess{path}"
    request.headers.try_add("Accept", "application/json")
    return request


def registrations_request(graph: GraphClient) -> RequestInformation:
    """Everybody: the report takes neither $select nor $top, and its filter knows no ids."""
    return graph.builders.reports.authentication_methods.user_registration_details.to_get_request_information()


def policy_changes_request(graph: GraphClient, start: int, end: int) -> RequestInformation:
    return _audit_request(graph, start, end, "category eq 'Policy'")


def user_events_request(graph: GraphClient, start: int, end: int) -> RequestInformation:
    """One query for all activities. OData services refuse filters of more than 100 nodes unless told otherwise; a
    comparison has five with its `or`, so this is near to what one query can hold."""
    activities = " or ".join(f"activityDisplayName eq '{name}'" for name in (*BY_OTHERS, *BY_THEMSELVES))
    return _audit_request(graph, start, end, f"({activities})")


def _audit_request(graph: GraphClient, start: int, end: int, which: str) -> RequestInformation:
    """Entries of the audit log from `start` to `end`, both included, in ticks, to the second."""
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import (
        DirectoryAuditsRequestBuilder,
    )

    query = DirectoryAuditsRequestBuilder.DirectoryAuditsRequestBuilderGetQueryParameters
    window = f"activityDateTime ge {to_seconds_text(start)} and activityDateTime le {to_seconds_text(end)}"
    return graph.builders.audit_logs.directory_audits.to_get_request_information(
        RequestConfiguration(query_parameters=query(filter=f"{window} and {which}"))
    )


def _quoted(texts: Iterable[str]) -> str:
    return ",".join(f"'{each}'" for each in texts)
