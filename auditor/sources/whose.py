"""Whose the rows of a log are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.tenant.shapes import GUID, Json, is_id

_OF_TENANT = re.compile(rf"/tenants/({GUID.pattern})(?:/|\Z)", re.IGNORECASE)


def tenant_of(row: Json) -> str:
    """The tenant whose log a row is of, in lower case; "" when the row does not say. Log Analytics' `TenantId` is that
    of the workspace. A sign-in to another tenant names that one as the resource's."""
    for name in ("resourceId", "ResourceId"):
        value = row.get(name)
        if isinstance(value, str) and (found := _OF_TENANT.search(value)):
            return found[1].lower()
    inner = row.get("properties")
    for each in (row, inner if isinstance(inner, Mapping) else {}):
        for home, resource in (
            ("AADTenantId", "AADTenantId"),
            ("homeTenantId", "resourceTenantId"),
            ("HomeTenantId", "ResourceTenantId"),
            ("Home tenant ID", "Resource tenant ID"),
        ):
            if is_id(each.get(home)) and each[home] == each.get(resource):
                return str(each[home]).lower()
    return ""
