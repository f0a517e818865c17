"""Who and what a policy is aimed at, in words. Names where they were read, ids where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from auditor.tenant.policy import Policy

MOST_NAMED = 3

NameOf = Callable[[str, str], "str | None"]

_WORDS = {
    "All": "all users",
    "GuestsOrExternalUsers": "guests",
    "Office365": "Office 365",
    "MicrosoftAdminPortals": "Microsoft admin portals",
}


def aim(policy: Policy, name_of: NameOf) -> str:
    """`name_of(id, dataset)` gives a display name or None, see `Tenant.name_of`."""
    parts = [_people(policy, name_of), _resources(policy, name_of), _clients(policy)]
    if policy.device_filter is not None:
        which = "only devices" if policy.device_filter.mode == "include" else "not devices"
        parts.append(f"{which} with {policy.device_filter.rule}")
    if policy.other_conditions:
        parts.append(f"further conditions: {', '.join(policy.other_conditions)}")
    return "; ".join(parts)


def _people(policy: Policy, name_of: NameOf) -> str:
    users = policy.users
    included = _each(users.include_users, users.include_groups, users.include_roles, users.include_guests, name_of)
    excluded = _each(users.exclude_users, users.exclude_groups, users.exclude_roles, users.exclude_guests, name_of)
    return (_some(included) or "nobody") + (f" except {_some(excluded)}" if excluded else "")


def _each(
    users: tuple[str, ...], groups: tuple[str, ...], roles: tuple[str, ...], guests: tuple[str, ...], name_of: NameOf
) -> list[str]:
    return [
        *(_WORDS.get(user) or _named(user, "user", "directory_objects", name_of) for user in users if user != "None"),
        *(_named(group, "group", "directory_objects", name_of) for group in groups),
        *(_named(role, "role", "role_templates", name_of) for role in roles),
        *(["guests"] if guests else []),
    ]


def _resources(policy: Policy, name_of: NameOf) -> str:
    apps = policy.applications

    def named(ids: Iterable[str]) -> list[str]:
        words = {**_WORDS, "All": "all resources", "None": "no resource"}
        return [words.get(app) or _named(app, "application", "service_principals", name_of) for app in ids]

    targets = [
        *named(apps.include),
        *(f"the user action {action}" for action in apps.user_actions),
        *(f"the authentication context {context}" for context in apps.authentication_contexts),
        *(["applications by a filter"] if apps.filtered else []),
    ]
    return (_some(targets) or "no resource") + (f" except {_some(named(apps.exclude))}" if apps.exclude else "")


def _clients(policy: Policy) -> str:
    kinds = policy.client_app_types
    return "any client" if "all" in kinds else f"clients: {', '.join(kinds) or 'none'}"


def _named(identity: str, kind: str, dataset: str, name_of: NameOf) -> str:
    name = name_of(identity, dataset)
    return f"{kind} {name!r}" if name else f"{kind} {identity}"


def _some(words: list[str]) -> str:
    more = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
