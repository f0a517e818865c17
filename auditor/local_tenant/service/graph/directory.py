"""The directory: people, groups and their members, applications, and objects of any kind by their ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from auditor.local_tenant.service.graph.endpoint import (
    DIRECTORY_DENIAL,
    Call,
    Endpoint,
    bad_request,
    not_found,
    permissions,
)
from auditor.local_tenant.service.graph.listing import DIRECTORY_OPTIONS, Collection, simple, single
from auditor.local_tenant.service.paging import JsonRow

_READ_USERS = permissions("User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
_READ_GROUPS = permissions("GroupMember.Read.All Group.Read.All Group.ReadWrite.All Directory.Read.All")
_READ_APPLICATIONS = permissions("Application.Read.All Application.ReadWrite.All Directory.Read.All")
_READ_DIRECTORY = permissions("Directory.Read.All Directory.ReadWrite.All")

_MOST_IDS = 1000
_USER_UNSELECTED = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
"""A user whose properties are not selected comes with these alone."""

USERS = Collection(
    "users",
    "microsoft.graph.user",
    filterable={
        "accountEnabled": "flag eq",
        "displayName": "text eq startswith in",
        "id": "text eq in",
        "mail": "text eq startswith in",
        "userPrincipalName": "text eq startswith in",
        "userType": "text eq in",
    },
    unselected=_USER_UNSELECTED,
)
GROUPS = Collection(
    "groups",
    "microsoft.graph.group",
    filterable={
        "displayName": "text eq startswith in",
        "id": "text eq in",
        "mailEnabled": "flag eq",
        "securityEnabled": "flag eq",
    },
)
MEMBERS = Collection(
    "directoryObjects",
    "microsoft.graph.user",
    options=DIRECTORY_OPTIONS - {"$filter"},
)
SERVICE_PRINCIPALS = Collection(
    "servicePrincipals",
    "microsoft.graph.servicePrincipal",
    filterable={
        "accountEnabled": "flag eq",
        "appId": "text eq in",
        "displayName": "text eq startswith in",
        "id": "text eq in",
        "servicePrincipalType": "text eq in",
        "tags/any": "text eq",
    },
)
APPLICATIONS = Collection(
    "applications",
    "microsoft.graph.application",
    filterable={"appId": "text eq in", "displayName": "text eq startswith in", "id": "text eq in"},
)


def _user(call: Call) -> dict[str, Any]:
    """By id, or by user principal name."""
    wanted = call.parameters["id"].lower()
    found = call.simulation.user(wanted)
    if found is None and "@" in wanted:
        found = next((row for row in call.simulation.users() if row["userPrincipalName"].lower() == wanted), None)
    if found is None:
        raise not_found(call.parameters["id"])
    return single(call, USERS, found)


def _among(rows: Iterable[JsonRow], wanted: str) -> JsonRow:
    for row in rows:
        if row["id"] == wanted.lower():
            return row
    raise not_found(wanted)


def _members(call: Call) -> Iterator[JsonRow]:
    """Transitive members, nested groups among them; of users the ids and types alone for a caller who may not read
    them."""
    _among(call.simulation.groups(), call.parameters["id"])
    readable = bool(_READ_USERS & call.permissions)
    for member in call.simulation.group_members(call.parameters["id"].lower()):
        if member["@odata.type"] != "#microsoft.graph.user":
            yield member
            continue
        seen = {name: value if readable or name in ("@odata.type", "id") else None for name, value in member.items()}
        yield seen if "$select" in call.options else {name: seen[name] for name in ("@odata.type", *_USER_UNSELECTED)}


def _count(rows: Iterable[JsonRow], call: Call) -> str:
    if call.headers.get("consistencylevel", "").lower() != "eventual":
        raise bad_request("$count is not currently supported.", "Request_BadRequest")
    return str(sum(1 for _ in rows))


def _by_ids(call: Call) -> dict[str, Any]:
    """Objects of the wanted types by id; ids that nobody has are passed over in silence."""
    wanted, types = _asked_ids(call.body)
    simulation = call.simulation

    def rows(_call: Call) -> Iterator[JsonRow]:
        kinds = (
            ("group", simulation.groups),
            ("servicePrincipal", simulation.service_principals),
            ("application", simulation.applications),
            ("directoryRoleTemplate", simulation.directory_role_templates),
        )
        others = {
            row["id"]: {"@odata.type": f"#microsoft.graph.{kind}", **row}
            for kind, listed in kinds
            if not types or kind.lower() in types
            for row in listed()
        }
        for identifier in wanted:
            user = simulation.user(identifier) if not types or "user" in types else None
            if user is not None:
                shown = {name: user[name] for name in _USER_UNSELECTED if name in user}
                yield {"@odata.type": "#microsoft.graph.user", **shown}
            elif identifier in others:
                yield others[identifier]

    whole = Collection("directoryObjects", size=_MOST_IDS, options=frozenset({"$select"}))
    return simple(whole, rows)(call)


def _asked_ids(body: bytes) -> tuple[list[str], set[str]]:
    try:
        asked = json.loads(body)
    except ValueError as refused:
        raise bad_request("Unable to read JSON request payload.") from refused
    ids = asked.get("ids") if isinstance(asked, dict) else None
    types = (asked.get("types") or []) if isinstance(asked, dict) else []
    if not isinstance(ids, list) or not isinstance(types, list) or not all(isinstance(x, str) for x in [*ids, *types]):
        raise bad_request("The property 'ids' must be a list of texts, and so must 'types'.", "Request_BadRequest")
    if len(ids) > _MOST_IDS:
        raise bad_request(f"Too many ids: at most {_MOST_IDS} may be given.", "Request_BadRequest")
    return list(dict.fromkeys(one.lower() for one in ids)), {one.lower() for one in types} - {"directoryobject"}


ENDPOINTS = (
    *(
        Endpoint(path, wanted, DIRECTORY_DENIAL, answer)
        for path, wanted, answer in (
            ("/users", _READ_USERS, simple(USERS, lambda call: call.simulation.users())),
            ("/users/$count", _READ_USERS, lambda call: _count(call.simulation.users(), call)),
            ("/users/{id}", _READ_USERS, _user),
            ("/groups", _READ_GROUPS, simple(GROUPS, lambda call: call.simulation.groups())),
            (
                "/groups/{id}",
                _READ_GROUPS,
                lambda call: single(call, GROUPS, _among(call.simulation.groups(), call.parameters["id"])),
            ),
            ("/groups/{id}/transitiveMembers", _READ_GROUPS, simple(MEMBERS, _members)),
            ("/groups/{id}/transitiveMembers/$count", _READ_GROUPS, lambda call: _count(_members(call), call)),
            (
                "/servicePrincipals",
                _READ_APPLICATIONS,
                simple(SERVICE_PRINCIPALS, lambda call: call.simulation.service_principals()),
            ),
            (
                "/servicePrincipals/{id}",
                _READ_APPLICATIONS,
                lambda call: single(
                    call, SERVICE_PRINCIPALS, _among(call.simulation.service_principals(), call.parameters["id"])
                ),
            ),
            ("/applications", _READ_APPLICATIONS, simple(APPLICATIONS, lambda call: call.simulation.applications())),
            (
                "/applications/{id}",
                _READ_APPLICATIONS,
                lambda call: single(call, APPLICATIONS, _among(call.simulation.applications(), call.parameters["id"])),
            ),
        )
    ),
    Endpoint("/directoryObjects/getByIds", _READ_DIRECTORY, DIRECTORY_DENIAL, _by_ids, method="POST"),
)
