"""Whom and what policies name, as ids that may be put into a request. Policies are hostile text: words such as "All",
and whatever else is no id, never reach an address or a filter.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from auditor.tenant.policy import Policy


def groups_of(policy: Policy) -> Iterable[str]:
    users = policy.conditions.users
    return only_ids((*users.include_groups, *users.exclude_groups))


def people_of(policy: Policy) -> Iterable[str]:
    """Users and groups."""
    users = policy.conditions.users
    return (*only_ids((*users.include_users, *users.exclude_users)), *groups_of(policy))


def applications_of(policy: Policy) -> Iterable[str]:
    applications = policy.conditions.applications
    return only_ids((*applications.include, *applications.exclude))


def only_ids(texts: Iterable[str]) -> Iterable[str]:
    return filter(_is_id, texts)


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def in_lots(items: Iterable[str], size: int) -> Iterable[Sequence[str]]:
    """Each item once, in order, so many at a time."""
    ordered = sorted(set(items))
    return (ordered[first : first + size] for first in range(0, len(ordered), size))
