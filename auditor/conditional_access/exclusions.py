"""Policies as if they did not exclude some people, or any, to see what an exclusion does.

Whom a policy excludes by a group that was not read is not known, and yet something is: what it does to all others. Of
`SOMEBODY`, who stands for people whom nothing names, that may be said, with the group named beside it. It proves
nothing of one person, who may be in the group, and nothing is clear by it, for everybody may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import SOMEBODY
from auditor.tenant.policy import Policy


def leaving_aside(emergency: frozenset[str], policies: Iterable[Policy], directory: Directory) -> tuple[Policy, ...]:
    """The policies as if they did not exclude the emergency accounts (ids), by name or by a group of such alone."""
    groups = frozenset(name for name, group in directory.groups.items() if group.users and group.users <= emergency)
    return tuple(without(policy, emergency | groups) for policy in policies)


def without(policy: Policy, names: frozenset[str]) -> Policy:
    """The policy as if it did not exclude these people, groups and roles (ids)."""
    users = policy.conditions.users
    excluding = replace(
        users,
        exclude_users=tuple(each for each in users.exclude_users if each.lower() not in names),
        exclude_groups=tuple(each for each in users.exclude_groups if each not in names),
        exclude_roles=tuple(each for each in users.exclude_roles if each not in names),
    )
    return replace(policy, conditions=replace(policy.conditions, users=excluding))


def without_exclusions(policy: Policy) -> Policy:
    """The policy as if it excluded nobody."""
    users = replace(policy.conditions.users, exclude_users=(), exclude_groups=(), exclude_roles=(), exclude_guests=None)
    return replace(policy, conditions=replace(policy.conditions, users=users))


def unread_exclusions(policies: Iterable[Policy], directory: Directory) -> tuple[str, ...]:
    """Ids of the groups and roles that the policies exclude and of which it is not known who is in them."""
    users = [policy.conditions.users for policy in policies]
    groups = dict.fromkeys(group for each in users for group in each.exclude_groups)
    roles = dict.fromkeys(role for each in users for role in each.exclude_roles)
    return (
        *(each for each in groups if directory.in_group(SOMEBODY, each).applies is Applies.NOT_KNOWN),
        *(each for each in roles if directory.holds_role(SOMEBODY, each).applies is Applies.NOT_KNOWN),
    )


def seen_from_outside(directory: Directory, names: Iterable[str]) -> Directory:
    """The directory with `SOMEBODY` in none of these groups and roles."""
    return replace(directory, outside=frozenset(names))


def people_in(names: Iterable[str], directory: Directory, policies: Iterable[Policy]) -> str:
    """Who is in these groups and roles, as "the members of the group 'VIP', who were not read". `policies`: those that
    name them."""
    roles = {role for each in policies for role in each.conditions.users.exclude_roles}
    said = []
    for name in names:
        group = directory.groups.get(name)
        if name in roles:
            said.append(f"those who hold the role {directory.name(name)}, who were not read")
        elif group is None:
            said.append(f"the members of the group {directory.name(name)}, who were not read")
        else:
            said.append(f"the members of the group {directory.name(name)}, who are too many to be listed")
    return " and ".join(said)
