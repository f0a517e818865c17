"""Who and what a policy is aimed at, in words. Names where they were read, ids where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.ways import unknown_in_filter
from auditor.tenant.policy import Conditions, Guests, Policy

MOST_NAMED = 3

NameOf = Callable[[str, str], "str | None"]

_WORDS = {
    "All": "all users",
    "GuestsOrExternalUsers": "guests",
    "Office365": "Office 365",
    "MicrosoftAdminPortals": "Microsoft admin portals",
}
_LOCATIONS = {"All": "any", "AllTrusted": "all trusted ones"}


def aim(policy: Policy, name_of: NameOf) -> str:
    """`name_of(id, dataset)` gives a display name or None, see `Tenant.name_of`. With a condition that is not known it
    is not known either: that one may leave anybody out."""
    conditions = policy.conditions
    parts = [_people(conditions, name_of), _resources(conditions, name_of), _clients(conditions)]
    if conditions.device_filter is not None:
        mode = conditions.device_filter.mode
        which = {"include": "only devices", "exclude": "not devices"}.get(mode, f"devices in the mode {mode!r}")
        parts.append(f"{which} with {conditions.device_filter.rule}")
    parts += _further(conditions, name_of)
    unknown = (*conditions.unknown, *unknown_in_filter(conditions))
    if unknown:
        parts = [f"a part that is not known of {parts[0]}", *parts[1:]]
        parts.append(f"as it sets what this version does not know: {', '.join(unknown)}")
    return "; ".join(parts)


def _further(conditions: Conditions, name_of: NameOf) -> Iterator[str]:
    if conditions.platforms:
        yield f"platforms: {_but(conditions.platforms.include, conditions.platforms.exclude)}"
    if conditions.locations:
        include, exclude = (
            [_LOCATIONS.get(each) or _named(each, "location", "named_locations", name_of) for each in side]
            for side in (conditions.locations.include, conditions.locations.exclude)
        )
        yield f"locations: {_but(include, exclude)}"
    levels = (
        ("sign-in risk", conditions.sign_in_risks),
        ("user risk", conditions.user_risks),
        ("insider risk", conditions.insider_risks),
        ("authentication flows", conditions.authentication_flows),
    )
    yield from (f"{what}: {', '.join(values)}" for what, values in levels if values)


def _but(include: Sequence[str], exclude: Sequence[str]) -> str:
    return (_some(list(include)) or "none") + (f" except {_some(list(exclude))}" if exclude else "")


def _people(conditions: Conditions, name_of: NameOf) -> str:
    users = conditions.users
    included = _each(users.include_users, users.include_groups, users.include_roles, users.include_guests, name_of)
    excluded = _each(users.exclude_users, users.exclude_groups, users.exclude_roles, users.exclude_guests, name_of)
    return (_some(included) or "nobody") + (f" except {_some(excluded)}" if excluded else "")


def _each(
    users: tuple[str, ...], groups: tuple[str, ...], roles: tuple[str, ...], guests: Guests | None, name_of: NameOf
) -> list[str]:
    return [
        *(_WORDS.get(user) or _named(user, "user", "directory_objects", name_of) for user in users if user != "None"),
        *(_named(group, "group", "directory_objects", name_of) for group in groups),
        *(_named(role, "role", "role_templates", name_of) for role in roles),
        *(["guests"] if guests else []),
    ]


def _resources(conditions: Conditions, name_of: NameOf) -> str:
    apps = conditions.applications

    def named(ids: Iterable[str]) -> list[str]:
        words = {**_WORDS, "All": "all resources", "None": "no resource"}
        return [words.get(app) or _named(app, "application", "service_principals", name_of) for app in ids]

    targets = [
        *named(apps.include),
        *(f"the user action {action}" for action in apps.user_actions),
        *(f"the authentication context {context}" for context in apps.authentication_contexts),
        *(["applications by a filter"] if apps.filter and apps.filter.mode != "exclude" else []),
    ]
    left_out = [
        *named(apps.exclude),
        *(["applications by a filter"] if apps.filter and apps.filter.mode == "exclude" else []),
    ]
    return (_some(targets) or "no resource") + (f" except {_some(left_out)}" if left_out else "")


def _clients(conditions: Conditions) -> str:
    kinds = conditions.client_app_types
    return "any client" if "all" in kinds else f"clients: {', '.join(kinds) or 'none'}"


def _named(identity: str, kind: str, dataset: str, name_of: NameOf) -> str:
    name = name_of(identity, dataset) or ADMIN_ROLES.get(identity)
    return f"{kind} {name!r}" if name else f"{kind} {identity}"


def _some(words: list[str]) -> str:
    more = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
