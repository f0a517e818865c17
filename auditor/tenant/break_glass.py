"""Which accounts the config means by its emergency accounts, which it names by object id or by user principal name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.tenant.dataset import Missing, Reading
from auditor.tenant.records import DirectoryObject


def resolved(
    names: Iterable[str], directory_objects: Reading[Mapping[str, DirectoryObject]]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The object ids, in lower case, and the names that nobody was found for: there is no such account, or the
    directory could not be read."""
    found = {} if isinstance(directory_objects, Missing) else directory_objects.value
    ids: dict[str, str] = {}
    # "object": Graph did not say what it is. A group is no account, and a policy that excludes it names it itself.
    for each in (each for each in found.values() if each.kind in ("user", "object")):
        ids[each.id.lower()] = each.id.lower()
        if each.user_principal_name:
            ids[each.user_principal_name.lower()] = each.id.lower()
    by_name = {name: ids.get(name.lower()) for name in names}
    return (
        frozenset(identity for identity in by_name.values() if identity),
        tuple(name for name, identity in by_name.items() if not identity),
    )
