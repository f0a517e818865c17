"""Directory roles: templates, definitions, who holds one and who may activate one."""

from __future__ import annotations

from typing import Any

from auditor.local_tenant.service.graph.endpoint import (
    DIRECTORY_DENIAL,
    ELIGIBILITY_DENIAL,
    Call,
    Endpoint,
    GraphRefused,
    permissions,
)
from auditor.local_tenant.service.graph.listing import Collection, simple

_READ_ROLES = permissions("RoleManagement.Read.Directory RoleManagement.Read.All Directory.Read.All")
_READ_ELIGIBILITY = permissions(
    "RoleEligibilitySchedule.Read.Directory RoleManagement.Read.Directory RoleManagement.Read.All"
)
_BY_PRINCIPAL = {
    "directoryScopeId": "text eq",
    "id": "text eq",
    "principalId": "text eq in",
    "roleDefinitionId": "text eq in",
}

TEMPLATES = Collection("directoryRoleTemplates", size=999)
DEFINITIONS = Collection(
    "roleManagement/directory/roleDefinitions",
    filterable={
        "displayName": "text eq startswith in",
        "id": "text eq in",
        "isBuiltIn": "flag eq",
        "templateId": "text eq in",
    },
)
ASSIGNMENTS = Collection(
    "roleManagement/directory/roleAssignments", "microsoft.graph.unifiedRoleAssignment", filterable=_BY_PRINCIPAL
)
ELIGIBILITIES = Collection("roleManagement/directory/roleEligibilitySchedules", filterable=_BY_PRINCIPAL)


def _eligibilities(call: Call) -> dict[str, Any]:
    if not call.simulation.premium:
        raise GraphRefused(
            400,
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        )
    return simple(ELIGIBILITIES, lambda call: call.simulation.role_eligibilities())(call)


ENDPOINTS = (
    Endpoint(
        "/directoryRoleTemplates",
        _READ_ROLES,
        DIRECTORY_DENIAL,
        simple(TEMPLATES, lambda call: call.simulation.directory_role_templates()),
    ),
    Endpoint(
        "/roleManagement/directory/roleDefinitions",
        _READ_ROLES,
        DIRECTORY_DENIAL,
        simple(DEFINITIONS, lambda call: call.simulation.role_definitions()),
    ),
    Endpoint(
        "/roleManagement/directory/roleAssignments",
        _READ_ROLES,
        DIRECTORY_DENIAL,
        simple(ASSIGNMENTS, lambda call: call.simulation.role_assignments()),
    ),
    Endpoint(
        "/roleManagement/directory/roleEligibilitySchedules",
        _READ_ELIGIBILITY,
        ELIGIBILITY_DENIAL,
        _eligibilities,
    ),
)
