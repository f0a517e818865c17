"""Whether the conditions of a Conditional Access policy hold for a sign-in: who, what, and how.

Covers the conditions and controls that the generated policies use, and no more. It is written apart from the
product's own evaluation on purpose: the log it leaves is what the product is held to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from auditor.local_tenant.simulation import device_filter
from auditor.local_tenant.simulation.apps import ADMIN_PORTALS, OFFICE_365
from auditor.local_tenant.simulation.devices import DEVICES
from auditor.local_tenant.simulation.identity import Json

_CLIENT_TYPES = {
    "browser": "browser",
    "desktop": "mobileAppsAndDesktopClients",
    "mobile": "mobileAppsAndDesktopClients",
    "legacy": "other",
}
_DEMANDS = {
    "block": "block",
    "mfa": "mfa",
    "compliantDevice": "device",
    "domainJoinedDevice": "device",
    "approvedApplication": "app",
    "compliantApplication": "app",
    "passwordChange": "password",
}

Located = Callable[[int, str], bool]
"""Whether a place (its number) lies in a named location (its id, or All or AllTrusted)."""


class Who(NamedTuple):
    """What conditions see of a person. `person_id` is empty where no policy names the person."""

    person_id: str
    guest: bool
    groups: frozenset[str]
    roles: frozenset[str]


class How(NamedTuple):
    """What conditions see of the way somebody signs in; `device` and `place` are numbers of kinds."""

    device: int
    place: int
    client: str
    risk: str
    user_risk: str


class Verdict(NamedTuple):
    """One policy's answer: whether it applies, the controls it asks for, and the one that nothing satisfies."""

    applies: bool
    demands: frozenset[str]
    ends: str


NO = Verdict(False, frozenset(), "")
_NO_BUT_FILTERED = Verdict(False, frozenset({"filter"}), "")


def reaches(policy: Json, who: Who) -> bool:
    """Whether the policy is aimed at the person."""
    users = policy["conditions"].get("users") or {}

    def named(side: str) -> bool:
        people = users.get(f"{side}Users") or ()
        kinds = (users.get(f"{side}GuestsOrExternalUsers") or {}).get("guestOrExternalUserTypes") or ""
        return (
            "All" in people
            or (who.person_id != "" and who.person_id in people)
            or (who.guest and ("GuestsOrExternalUsers" in people or "b2bCollaborationGuest" in kinds.split(",")))
            or not who.groups.isdisjoint(users.get(f"{side}Groups") or ())
            or not who.roles.isdisjoint(users.get(f"{side}Roles") or ())
        )

    return named("include") and not named("exclude")


def covers(policy: Json, resource: str) -> bool:
    """Whether the policy is aimed at the requested resource."""
    apps = policy["conditions"].get("applications") or {}

    def named(names: Sequence[str] | None) -> bool:
        names = names or ()
        return (
            "All" in names
            or resource in names
            or ("Office365" in names and resource in OFFICE_365)
            or ("MicrosoftAdminPortals" in names and resource in ADMIN_PORTALS)
        )

    return named(apps.get("includeApplications")) and not named(apps.get("excludeApplications"))


def judge(policy: Json, how: How, located: Located) -> Verdict:
    """What the policy makes of the way of signing in, for people and resources that it is aimed at."""
    conditions = policy["conditions"]
    if not (
        _client(conditions.get("clientAppTypes") or ["all"], how.client)
        and _platform(conditions.get("platforms"), how.device)
        and _location(conditions.get("locations"), how.place, located)
        and _level(conditions.get("signInRiskLevels"), how.risk)
        and _level(conditions.get("userRiskLevels"), how.user_risk)
        and not conditions.get("authenticationFlows")
        and not conditions.get("insiderRiskLevels")
    ):
        return NO
    filtered = (conditions.get("devices") or {}).get("deviceFilter")
    if filtered and not _device_matches(filtered, how.device):
        return _NO_BUT_FILTERED
    demands, ends = _grant(policy.get("grantControls") or {}, how.device)
    if filtered:
        demands |= {"filter"}
    if enabled(policy, "signInFrequency"):
        demands |= {"frequency"}
    return Verdict(True, demands, ends)


def enabled(policy: Json, control: str) -> bool:
    """Whether a session control is set and switched on."""
    value = (policy.get("sessionControls") or {}).get(control)
    return bool(value and value.get("isEnabled"))


def _client(types: Sequence[str], client: str) -> bool:
    return "all" in types or _CLIENT_TYPES[client] in types


def _platform(platforms: Json | None, device: int) -> bool:
    if not platforms:
        return True
    name = DEVICES[device].platform
    included, excluded = platforms.get("includePlatforms") or ("all",), platforms.get("excludePlatforms") or ()
    return ("all" in included or name in included) and name not in excluded


def _location(locations: Json | None, place: int, located: Located) -> bool:
    if not locations:
        return True
    included, excluded = locations.get("includeLocations") or ("All",), locations.get("excludeLocations") or ()
    return any(located(place, name) for name in included) and not any(located(place, name) for name in excluded)


def _level(levels: Sequence[str] | None, level: str) -> bool:
    return not levels or level in levels


def _device_matches(filtered: Json, device: int) -> bool:
    hit = device_filter.matches(filtered["rule"], DEVICES[device])
    return hit if filtered["mode"] == "include" else not hit


def _grant(grant: Json, kind: int) -> tuple[frozenset[str], str]:
    """Controls asked for, and the one that this device can never give (or "block")."""
    device = DEVICES[kind]
    held = {"compliantDevice": device.compliant, "domainJoinedDevice": device.trust == "ServerAD"}
    controls: list[str] = list(grant.get("builtInControls") or ())
    demands = [_DEMANDS[control] for control in controls if control in _DEMANDS]
    if "block" in controls:
        return frozenset({"block"}), "block"
    if grant.get("authenticationStrength"):
        demands.append("mfa")
    if grant.get("termsOfUse"):
        demands.append("terms")
    if grant.get("customAuthenticationFactors"):
        demands.append("factor")
    missing = [control for control in controls if not held.get(control, True)]
    if grant.get("operator") == "OR" and len(demands) > 1:
        if any(held.get(control, False) for control in controls):
            return frozenset({"device"}), ""
        if len(missing) < len(demands):
            return frozenset(demands) - {"device"}, ""
    return frozenset(demands), "device" if missing else ""
