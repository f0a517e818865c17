"""Policies as if they did not exclude some people, or any, to see what an exclusion does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from auditor.conditional_access.directory import Directory
from auditor.tenant.policy import Policy


def leaving_aside(emergency: frozenset[str], policies: Iterable[Policy], directory: Directory) -> tuple[Policy, ...]:
    """The policies as if they did not exclude the emergency accounts (ids), by name or by a group of such alone."""
    groups = frozenset(name for name, group in directory.groups.items() if group.users and group.users <= emergency)
    return tuple(_without(policy, emergency, groups) for policy in policies)


def _without(policy: Policy, people: frozenset[str], groups: frozenset[str]) -> Policy:
    users = policy.conditions.users
    excluding = replace(
        users,
        exclude_users=tuple(each for each in users.exclude_users if each.lower() not in people),
        exclude_groups=tuple(each for each in users.exclude_groups if each not in groups),
    )
    return replace(policy, conditions=replace(policy.conditions, users=excluding))


def without_exclusions(policy: Policy) -> Policy:
    """The policy as if it excluded nobody."""
    users = replace(policy.conditions.users, exclude_users=(), exclude_groups=(), exclude_roles=(), exclude_guests=None)
    return replace(policy, conditions=replace(policy.conditions, users=users))
