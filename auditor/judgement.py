"""What a config says of a tenant by itself, asking nobody: which accounts are for emergencies, how often administrators
must sign in, what an admin saw in the portal. It holds wherever the tenant's rows come from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from auditor.config import Config, TenantConfig
from auditor.tenant.break_glass import resolved
from auditor.tenant.dataset import Missing
from auditor.tenant.records import Attestation, DirectoryObject
from auditor.tenant.shapes import is_id
from auditor.tenant.tenant import Tenant

_MOST_NAMED = 10


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


def emergency_accounts(tenant: Tenant) -> tuple[str, ...]:
    """Which accounts were left aside as emergency accounts, and which names in the config nobody was found for."""
    objects = tenant.readings.get("directory_objects")
    known: Mapping[str, DirectoryObject] = {} if objects is None or isinstance(objects, Missing) else objects.value
    names = {each.id.lower(): each.user_principal_name or each.name or each.id for each in known.values()}
    aside = sorted(names.get(identity, identity) for identity in tenant.break_glass)
    said = [f"Left aside as emergency accounts, as the config says: {_listed(aside)}."] if aside else []
    if tenant.break_glass_unresolved:
        missing = f" The users were not read: {objects.reason}" if isinstance(objects, Missing) else ""
        said.append(
            "The config names emergency accounts for which nobody was found in what was read, and nobody is left aside "
            f"for them: {_listed(tenant.break_glass_unresolved)}.{missing}"
        )
    return tuple(said)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def named_in(config: Config, names: Collection[str]) -> TenantConfig | None:
    """The tenant of the config that goes by one of these ids and domains, which are in lower case."""
    return next((each for each in config.tenant if each.id.lower() in names), None)


def contradicted(tenant: TenantConfig, names: Collection[str]) -> bool:
    """Whether something that goes by these names must be another tenant. An id says nothing against a domain."""
    return any(is_id(name) == is_id(tenant.id) and name != tenant.id.lower() for name in names)
