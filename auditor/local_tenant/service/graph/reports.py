"""The reports: sign-ins, directory audits and registration details, which share one throttle.

Sign-ins are generated as they are asked for. v1.0 gives interactive rows without the beta's keys; the beta gives
interactive rows, too, until a filter speaks of `signInEventTypes`. Which policies applied is told only to a caller who
may read policies.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from auditor.local_tenant.service.graph.access import REPORT_READERS
from auditor.local_tenant.service.graph.endpoint import (
    REPORTS_DENIAL,
    Call,
    Endpoint,
    GraphRefused,
    not_found,
    permissions,
)
from auditor.local_tenant.service.graph.listing import LOG_OPTIONS, Collection, listing, simple, single
from auditor.local_tenant.service.odata import Filter
from auditor.local_tenant.service.paging import JsonRow, Position
from auditor.local_tenant.service.throttle import REPORTS
from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

_READ_LOGS = permissions("AuditLog.Read.All")
_READ_POLICIES = permissions("Policy.Read.All Policy.Read.ConditionalAccess Policy.ReadWrite.ConditionalAccess")
_EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.utc)
_LATEST = datetime(2100, 1, 1, tzinfo=timezone.utc)

_V1_FILTERS = {
    "appDisplayName": "text eq startswith",
    "appId": "text eq",
    "clientAppUsed": "text eq",
    "conditionalAccessStatus": "text eq",
    "correlationId": "text eq",
    "createdDateTime": "time eq le ge",
    "deviceDetail/browser": "text eq startswith",
    "deviceDetail/operatingSystem": "text eq startswith",
    "id": "text eq",
    "ipAddress": "text eq startswith",
    "location/city": "text eq startswith",
    "location/state": "text eq startswith",
    "location/countryOrRegion": "text eq startswith",
    "resourceDisplayName": "text eq",
    "resourceId": "text eq",
    "riskDetail": "text eq",
    "riskEventTypes_v2/any": "text eq startswith",
    "riskLevelAggregated": "text eq",
    "riskLevelDuringSignIn": "text eq",
    "riskState": "text eq",
    "status/errorCode": "number eq",
    "userDisplayName": "text eq startswith",
    "userId": "text eq",
    "userPrincipalName": "text eq startswith",
}
_BETA_FILTERS = {
    **_V1_FILTERS,
    "appOwnerTenantId": "text eq",
    "authenticationRequirement": "text eq startswith",
    "conditionalAccessAudiences/any": "text eq",
    "originalRequestId": "text eq",
    "resourceOwnerTenantId": "text eq",
    "servicePrincipalId": "text eq",
    "signInEventTypes/any": "text eq ne",
    "tokenIssuerName": "text eq",
    "userAgent": "text eq startswith",
}
_EVENT_TYPES = "signInEventTypes/any"
_INTERACTIVE = "interactiveUser"

SIGN_INS = {
    version: Collection(
        "auditLogs/signIns",
        "microsoft.graph.signIn",
        size=1000,
        most=1000,
        filterable=filters,
        options=LOG_OPTIONS,
        most_comparisons=None,
        time="createdDateTime",
        evolving=("appliedConditionalAccessPolicies", "incomingTokenType", "riskDetail"),
        link="/auditLogs/signins",
    )
    for version, filters in (("v1.0", _V1_FILTERS), ("beta", _BETA_FILTERS))
}
DIRECTORY_AUDITS = Collection(
    "auditLogs/directoryAudits",
    "microsoft.graph.directoryAudit",
    size=1000,
    most=1000,
    filterable={
        "activityDateTime": "time eq le ge",
        "activityDisplayName": "text eq startswith",
        "category": "text eq",
        "correlationId": "text eq",
        "id": "text eq",
        "initiatedBy/app/displayName": "text eq",
        "initiatedBy/user/displayName": "text eq",
        "initiatedBy/user/id": "text eq",
        "initiatedBy/user/userPrincipalName": "text eq startswith",
        "loggedByService": "text eq",
        "result": "text eq",
        "targetResources/any/displayName": "text eq startswith",
        "targetResources/any/id": "text eq",
    },
    options=LOG_OPTIONS,
    most_comparisons=None,
    time="activityDateTime",
)
REGISTRATION = Collection(
    "reports/authenticationMethods/userRegistrationDetails",
    "microsoft.graph.userRegistrationDetails",
    size=1000,
    most=1000,
    filterable={
        "isAdmin": "flag eq",
        "isMfaCapable": "flag eq",
        "isMfaRegistered": "flag eq",
        "isPasswordlessCapable": "flag eq",
        "isSsprCapable": "flag eq",
        "isSsprEnabled": "flag eq",
        "isSsprRegistered": "flag eq",
        "userDisplayName": "text eq startswith",
        "userPrincipalName": "text eq startswith",
        "userType": "text eq",
    },
)


def _window(asked: Filter, position: Position) -> tuple[datetime, datetime]:
    """The whole microseconds around what the filter and the position leave of the log."""
    until = min((bound for bound in (asked.until, position.before) if bound), default=None)
    start = _microsecond(asked.since) if asked.since else _EARLIEST
    return start, _microsecond(until) + timedelta(microseconds=1) if until else _LATEST


def _microsecond(moment: str) -> datetime:
    return datetime.fromisoformat(moment[:26] + "+00:00")


def _sign_ins(call: Call) -> dict[str, Any]:
    _refuse_without_premium(call)

    def rows_from(asked: Filter, position: Position) -> Iterable[JsonRow]:
        start, end = _window(asked, position)
        rows: Iterable[JsonRow] = call.simulation.sign_ins(start, end)
        if position.before is not None:
            before = position.before
            rows = (row for row in rows if row["createdDateTime"] <= before)
        if _EVENT_TYPES not in asked.properties:
            rows = (row for row in rows if row["isInteractive"])
        return rows

    return listing(call, SIGN_INS[call.version], rows_from, show=_Shown(call).row)


def _sign_in(call: Call) -> dict[str, Any]:
    _refuse_without_premium(call)
    wanted = call.parameters["id"].lower()
    for row in call.simulation.sign_ins(_EARLIEST, _LATEST):
        if row["id"] == wanted and (row["isInteractive"] or call.version == "beta"):
            return single(call, SIGN_INS[call.version], _Shown(call).row(row))
    raise not_found(wanted)


class _Shown:
    """What of a sign-in this caller sees in this version."""

    def __init__(self, call: Call) -> None:
        self._hidden = set(BETA_SIGN_IN_KEYS) if call.version == "v1.0" else {"riskEventTypes"}
        if not _READ_POLICIES & call.permissions:
            self._hidden.add("appliedConditionalAccessPolicies")

    def row(self, row: JsonRow) -> JsonRow:
        hidden = self._hidden
        return {name: value for name, value in row.items() if name not in hidden}


def _refuse_without_premium(call: Call) -> None:
    if not call.simulation.premium:
        raise GraphRefused(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Tenant is not a B2C tenant and doesn't have premium license",
        )


def _directory_audits(call: Call) -> dict[str, Any]:
    def rows_from(asked: Filter, position: Position) -> Iterable[JsonRow]:
        rows: Iterable[JsonRow] = call.simulation.directory_audits(*_window(asked, position))
        before = position.before
        return (row for row in rows if row["activityDateTime"] <= before) if before is not None else rows

    return listing(call, DIRECTORY_AUDITS, rows_from)


def _registration(call: Call) -> dict[str, Any]:
    _refuse_without_premium(call)
    return simple(REGISTRATION, lambda call: call.simulation.registration_details())(call)


ENDPOINTS = tuple(
    Endpoint(path, wanted, REPORTS_DENIAL, answer, limit=REPORTS, roles=REPORT_READERS)
    for path, wanted, answer in (
        ("/auditLogs/signIns", _READ_LOGS, _sign_ins),
        ("/auditLogs/signIns/{id}", _READ_LOGS, _sign_in),
        ("/auditLogs/directoryAudits", _READ_LOGS, _directory_audits),
        (
            "/reports/authenticationMethods/userRegistrationDetails",
            permissions("AuditLog.Read.All UserAuthenticationMethod.Read.All"),
            _registration,
        ),
    )
)
