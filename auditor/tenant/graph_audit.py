"""Entries of the directory audit log to the domain: what was changed of policies, and what was done to people's
passwords and security information.

Names of activities are Microsoft's (Microsoft Entra audit log activity reference, 2024-04-15; "Reset user password" and
"Update PasswordProfile" as the log writes them, which that page leaves out).
"""

from __future__ import annotations

from collections.abc import Mapping
from json import loads

from auditor.tenant import instant
from auditor.tenant.graph_policy import policy
from auditor.tenant.json_shapes import Json, maybe_text, object_in, objects, text
from auditor.tenant.mending import mended
from auditor.tenant.policy import Policy
from auditor.tenant.records import PolicyChange, UserEvent

BY_OTHERS: Mapping[str, str] = {
    "Reset user password": "reset",
    "Reset password": "reset",
    "Reset password (by admin)": "reset",
    "Set force change user password": "reset",
    "Update PasswordProfile": "reset",
    "Admin registered security info": "registered",
    "Admin deleted security info": "removed",
}
BY_THEMSELVES: Mapping[str, str] = {
    "Reset password (self-service)": "reset",
    "Change user password": "changed",
    "Change password (self-service)": "changed",
    "User registered security info": "registered",
    "User registered all required security info": "registered",
    "Security info saved for self-service password reset": "registered",
    "User reviewed security info": "confirmed",
    "User started security info registration": "started",
    "User deleted security info": "removed",
}
"""Activity -> the kind of `UserEvent` that it is."""

_KINDS = {name.lower(): kind for name, kind in (*BY_OTHERS.items(), *BY_THEMSELVES.items())}
_BY_THEMSELVES = frozenset(name.lower() for name in BY_THEMSELVES)


def is_user_event(activity: str) -> bool:
    return activity.lower() in _KINDS


def policy_changes(json: Json) -> tuple[PolicyChange, ...]:
    """What one `directoryAudit` of the category Policy says was changed: mostly one policy. None when it says that the
    change failed, or when it is of another category. Of Conditional Access policies it carries the whole object before
    and after, as JSON texts that Microsoft cuts off when they are long."""
    what = _named(json)
    at = _at(json, what)
    if json.get("result") == "failure" or maybe_text(json, "category") not in ("Policy", None):
        return ()
    by, activity = _initiator(json, what), maybe_text(json, "activityDisplayName") or ""
    return tuple(
        PolicyChange(maybe_text(target, "id") or "", at, by, activity, *_before_and_after(target, what))
        for target in objects(json, "targetResources", what) or ({},)
    )


def user_events(json: Json) -> tuple[UserEvent, ...]:
    """What one `directoryAudit` says was done to somebody's password or security information: mostly one event. None
    when it did not succeed, or when it is about something else. An entry that does not say how it ended, or to whom it
    happened, is an error."""
    what = _named(json)
    activity = text(json, "activityDisplayName", what)
    kind = _KINDS.get(activity.lower())
    if kind is None or text(json, "result", what) != "success":
        return ()
    at, by = _at(json, what), _initiator(json, what)
    return tuple(UserEvent(identity.lower(), at, kind, activity, by) for identity in _people(json, activity, what))


def _people(json: Json, activity: str, what: str) -> tuple[str, ...]:
    """To whom it happened; whoever did it, where only they themselves can have done it."""
    targets = objects(json, "targetResources", what)
    ids = [maybe_text(each, "id") for each in targets if (maybe_text(each, "type") or "").lower() == "user"]
    if not any(ids) and activity.lower() in _BY_THEMSELVES:
        ids = [maybe_text(object_in(object_in(json, "initiatedBy", what), "user", what), "id")]
    found = tuple(dict.fromkeys(filter(None, ids)))
    if not found:
        raise ValueError(f"{what} ({activity[:60]}) names no user")
    return found


def _named(json: Json) -> str:
    return f"entry {text(json, 'id', 'an entry of the audit log')} of the audit log"


def _at(json: Json, what: str) -> str:
    at = text(json, "activityDateTime", what)
    try:
        instant.parse(at)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
    return at


def _initiator(json: Json, what: str) -> str:
    initiated = object_in(json, "initiatedBy", what)
    user, app = object_in(initiated, "user", what), object_in(initiated, "app", what)
    said = (
        maybe_text(user, "userPrincipalName"),
        maybe_text(user, "displayName"),
        maybe_text(user, "id"),
        maybe_text(app, "displayName"),
        maybe_text(app, "servicePrincipalId"),
        maybe_text(app, "appId"),
    )
    return next(filter(None, said), "")


def _before_and_after(target: Json, what: str) -> tuple[Policy | None, Policy | None]:
    for changed in objects(target, "modifiedProperties", what):
        if maybe_text(changed, "displayName") == "ConditionalAccessPolicy":
            return _policy_in(changed, "oldValue"), _policy_in(changed, "newValue")
    return None, None


def _policy_in(json: Json, key: str) -> Policy | None:
    try:
        value = loads(mended((maybe_text(json, key) or "").encode("utf-8", "replace")))
        return policy(value) if isinstance(value, Mapping) else None
    except (ValueError, RecursionError):  # cut off, twisted, or nested without end
        return None
