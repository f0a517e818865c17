"""The objects of a tenant in one row of a file of exports, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.exports.power_shell import from_power_shell
from auditor.tenant.shapes import datasets_of

Json = Mapping[str, Any]

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OF_TENANT = re.compile(rf"/tenants/({_GUID.pattern})(?:/|\Z)", re.IGNORECASE)
_DEEPEST = 6
"""How many wrappings around a policy are looked through."""


def objects_in(json: Json) -> Iterator[Json]:
    """Graph's objects in one row of a file: itself, what ScubaGear's document of a tenant holds of them, or the
    policies that it wraps: Microsoft's templates have them under `details`, other tools under other names."""
    raw = json.get("Raw")
    document = raw if isinstance(raw, Mapping) else json
    policies, details = document.get("conditional_access_policies"), document.get("tenant_details")
    if policies is None and details is None:
        itself = from_power_shell(json)
        wrapped = () if datasets_of(itself) else tuple(_policies_within(json, _DEEPEST))
        yield from wrapped or (itself,)
        return
    for listed in (policies, details):
        for each in listed if isinstance(listed, list) else [listed]:
            if isinstance(each, Mapping):
                yield from _details(each) if listed is details else (from_power_shell(each),)


def _policies_within(value: Any, deep: int) -> Iterator[Json]:
    if isinstance(value, Mapping):
        found = from_power_shell(value)
        if "policies" in datasets_of(found):
            yield found
        elif deep:
            for each in value.values():
                yield from _policies_within(each, deep - 1)
    elif isinstance(value, list) and deep:
        for each in value:
            yield from _policies_within(each, deep - 1)


def _details(json: Json) -> Iterator[Json]:
    """ScubaGear's details of the tenant, as an organization. When it cannot read them it writes a sentence instead."""
    whole = json.get("AADAdditionalData")
    organization = from_power_shell(whole) if isinstance(whole, Mapping) else {}
    if isinstance(organization.get("verifiedDomains"), list) and is_id(organization.get("id")):
        yield organization
    elif is_id(json.get("TenantId")):
        yield {"id": json["TenantId"], "displayName": json.get("DisplayName"), "verifiedDomains": []}


def is_id(value: Any) -> bool:
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


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
