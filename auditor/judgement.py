"""What a config says of a tenant by itself, asking nobody: which accounts are for emergencies, how often administrators
must sign in, what an admin saw in the portal. It holds wherever the tenant's rows come from.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from auditor.config import Config, TenantConfig
from auditor.tenant.break_glass import resolved
from auditor.tenant.records import Attestation
from auditor.tenant.tenant import Tenant

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def judged(tenant: Tenant, said: TenantConfig) -> Tenant:
    """The tenant as this config judges it, which rules over what was kept of another one. A tenant that nothing names
    gets the config's name."""
    word = said.stay_signed_in
    break_glass, unresolved = resolved(said.administrators.break_glass, tenant.reading("directory_objects"))
    return replace(
        tenant,
        id=tenant.id or said.id,
        attestation=Attestation(word.attested, word.by, word.on) if word.attested else None,
        break_glass=break_glass,
        break_glass_unresolved=unresolved,
        admin_sign_in_hours=said.administrators.sign_in_hours,
    )


def named_in(config: Config, names: Collection[str]) -> TenantConfig | None:
    """The tenant of the config that goes by one of these ids and domains, which are in lower case."""
    return next((each for each in config.tenant if each.id.lower() in names), None)


def contradicted(tenant: TenantConfig, names: Collection[str]) -> bool:
    """Whether something that goes by these names must be another tenant. An id says nothing against a domain."""
    return any(is_id(name) == is_id(tenant.id) and name != tenant.id.lower() for name in names)


def is_id(name: str) -> bool:
    return _ID.fullmatch(name) is not None
