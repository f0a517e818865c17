"""The organization and its branding: Graph tells whether branding is configured, and nothing of staying signed in."""

from __future__ import annotations

from typing import Any

from auditor.local_tenant.service.graph.endpoint import DIRECTORY_DENIAL, Call, Endpoint, not_found, permissions
from auditor.local_tenant.service.graph.listing import Collection, simple, single
from auditor.local_tenant.service.paging import JsonRow

_READ_ORGANIZATION = permissions("Organization.Read.All Organization.ReadWrite.All Directory.Read.All")
_READ_BRANDING = permissions(
    "OrganizationalBranding.Read.All OrganizationalBranding.ReadWrite.All Organization.Read.All "
    "Organization.ReadWrite.All"
)

ORGANIZATION = Collection("organization", "microsoft.graph.organization")
BRANDING = Collection("branding", "microsoft.graph.organizationalBranding", options=frozenset({"$select"}))
LOCALIZATIONS = Collection("localizations", "microsoft.graph.organizationalBrandingLocalization")


def _organization(call: Call) -> dict[str, Any]:
    _check_id(call)
    return single(call, ORGANIZATION, call.simulation.organization())


def _branding(call: Call) -> dict[str, Any]:
    """The branding in the language asked for, the default where it has none of its own."""
    default = _configured(call)
    language = call.headers.get("accept-language", "default").partition(",")[0].partition(";")[0].strip().lower()
    for row in call.simulation.branding_localizations():
        if row["id"].lower() == language:
            return single(call, BRANDING, row)
    return single(call, BRANDING, default)


def _localizations(call: Call) -> dict[str, Any]:
    _configured(call)
    return simple(LOCALIZATIONS, lambda call: call.simulation.branding_localizations())(call)


def _localization(call: Call) -> dict[str, Any]:
    _configured(call)
    wanted = call.parameters["locale"].lower()
    for row in call.simulation.branding_localizations():
        if row["id"].lower() == wanted:
            return single(call, LOCALIZATIONS, row)
    raise not_found(wanted)


def _configured(call: Call) -> JsonRow:
    _check_id(call)
    branding = call.simulation.branding()
    if branding is None:
        raise not_found("default")
    return branding


def _check_id(call: Call) -> None:
    if call.parameters["id"].lower() != call.simulation.tenant_id:
        raise not_found(call.parameters["id"])


ENDPOINTS = (
    Endpoint(
        "/organization",
        _READ_ORGANIZATION,
        DIRECTORY_DENIAL,
        simple(ORGANIZATION, lambda call: [call.simulation.organization()]),
    ),
    Endpoint("/organization/{id}", _READ_ORGANIZATION, DIRECTORY_DENIAL, _organization),
    Endpoint("/organization/{id}/branding", _READ_BRANDING, DIRECTORY_DENIAL, _branding),
    Endpoint("/organization/{id}/branding/localizations", _READ_BRANDING, DIRECTORY_DENIAL, _localizations),
    Endpoint("/organization/{id}/branding/localizations/{locale}", _READ_BRANDING, DIRECTORY_DENIAL, _localization),
)
