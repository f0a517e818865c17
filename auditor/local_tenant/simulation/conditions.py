"""Whether the conditions of a Conditional Access policy hold for a sign-in: who, what, and how.

Covers the conditions and controls that the generated policies use, and no more. It is written apart from the
product's own evaluation on purpose: the log it leaves, and What If, are what the product is held to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.local_tenant.simulation import device_filter
from auditor.local_tenant.simulation.apps import ADMIN_PORTALS, OFFICE_365
from auditor.local_tenant.simulation.identity import Json

_DEMANDS = {
    "block": "block",
    "mfa": "mfa",
    "compliantDevice": "device",
    "domainJoinedDevice": "device",
    "approvedApplication": "app",
    "compliantApplication": "app",
    "passwordChange": "password",
}
_OF_DEVICE = frozenset({"compliantDevice", "domainJoinedDevice"})
_CONTEXT = re.compile(r"c\d{1,2}")

NOT_TOLD = "notEnoughInformation"


class Who(NamedTuple):
    """What conditions see of a person. `person_id` and `home` are empty where no policy names them.

    `external` is the kind of guest as policies name it, empty for the tenant's own people; `home` is a guest's tenant.
    """

    person_id: str
    external: str
    home: str
    groups: frozenset[str]
    roles: frozenset[str]


class How(NamedTuple):
    """What conditions see of the way somebody signs in, in the words of policies. None is not told: in a log
    everything is told, in a What If perhaps not.

    `inside` are the named locations that hold the sign-in, `unsure` those of which that is not told; `held` are the
    grant controls that the device satisfies.
    """

    client: str | None
    platform: str | None
    device: device_filter.Filtered | None
    inside: frozenset[str]
    risk: str | None
    user_risk: str | None
    held: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    flow: str | None = "none"
    insider_risk: str | None = "none"


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
        return (
            "All" in people
            or (who.person_id != "" and who.person_id in people)
            or (who.external != "" and "GuestsOrExternalUsers" in people)
            or _external(users.get(f"{side}GuestsOrExternalUsers"), who)
            or not who.groups.isdisjoint(users.get(f"{side}Groups") or ())
            or not who.roles.isdisjoint(users.get(f"{side}Roles") or ())
        )

    return named("include") and not named("exclude")


def _external(guests: Json | None, who: Who) -> bool:
    if not guests or not who.external or who.external not in guests["guestOrExternalUserTypes"].split(","):
        return False
    tenants = guests.get("externalTenants") or {}
    return tenants.get("membershipKind") != "enumerated" or who.home in tenants["members"]


def covers(policy: Json, target: str) -> bool:
    """Whether the policy is aimed at what is asked for: a resource by its id, a user action by its URN or an
    authentication context (c1 to c99). Policies for all resources cover actions, as Microsoft's example of What If
    shows, and no contexts."""
    apps = policy["conditions"].get("applications") or {}
    included = apps.get("includeApplications") or ()
    if _CONTEXT.fullmatch(target):
        return target in (apps.get("includeAuthenticationContextClassReferences") or ())
    if target.startswith("urn:user:"):
        return "All" in included or target in (apps.get("includeUserActions") or ())

    def named(names: Sequence[str]) -> bool:
        return (
            "All" in names
            or target in names
            or ("Office365" in names and target in OFFICE_365)
            or ("MicrosoftAdminPortals" in names and target in ADMIN_PORTALS)
        )

    return named(included) and not named(apps.get("excludeApplications") or ())


def unmet(policy: Json, how: How) -> Iterator[str]:
    """Why the policy's other conditions do not hold, in Graph's words for What If; nothing if all hold.

    The filter for devices comes last: `devices` alone means that all others hold.
    """
    conditions = policy["conditions"]
    for reason, holds in _CONDITIONS:
        verdict = holds(conditions, how)
        if not verdict:
            yield NOT_TOLD if verdict is None else reason


def judge(policy: Json, how: How) -> Verdict:
    """What the policy makes of the way of signing in, for people and resources that it is aimed at."""
    failed = next(unmet(policy, how), "")
    if failed:
        return _NO_BUT_FILTERED if failed == "devices" else NO
    demands, ends = _grant(policy.get("grantControls") or {}, how.held)
    if (policy["conditions"].get("devices") or {}).get("deviceFilter"):
        demands |= {"filter"}
    if enabled(policy, "signInFrequency"):
        demands |= {"frequency"}
    return Verdict(True, demands, ends)


def enabled(policy: Json, control: str) -> bool:
    """Whether a session control is set and switched on."""
    value = (policy.get("sessionControls") or {}).get(control)
    return bool(value and value.get("isEnabled"))


def _client(conditions: Json, how: How) -> bool | None:
    types = conditions.get("clientAppTypes") or ("all",)
    return True if "all" in types else None if how.client is None else how.client in types


def _platform(conditions: Json, how: How) -> bool | None:
    platforms = conditions.get("platforms")
    if not platforms:
        return True
    included, excluded = platforms.get("includePlatforms") or ("all",), platforms.get("excludePlatforms") or ()
    if how.platform is None:
        return True if "all" in included and not excluded else None
    return ("all" in included or how.platform in included) and how.platform not in excluded


def _location(conditions: Json, how: How) -> bool | None:
    locations = conditions.get("locations")
    if not locations:
        return True
    included, excluded = locations.get("includeLocations") or ("All",), locations.get("excludeLocations") or ()
    if not how.inside.isdisjoint(excluded) or (how.inside | how.unsure).isdisjoint(included):
        return False
    return True if how.unsure.isdisjoint(excluded) and not how.inside.isdisjoint(included) else None


def _sign_in_risk(conditions: Json, how: How) -> bool | None:
    return _level(conditions.get("signInRiskLevels"), how.risk)


def _user_risk(conditions: Json, how: How) -> bool | None:
    return _level(conditions.get("userRiskLevels"), how.user_risk)


def _insider_risk(conditions: Json, how: How) -> bool | None:
    return _level(_listed(conditions.get("insiderRiskLevels")), how.insider_risk)


def _flow(conditions: Json, how: How) -> bool | None:
    return _level(_listed((conditions.get("authenticationFlows") or {}).get("transferMethods")), how.flow)


def _listed(text: str | None) -> Sequence[str]:
    return text.split(",") if text else ()


def _level(levels: Sequence[str] | None, level: str | None) -> bool | None:
    if not levels:
        return True
    return None if level is None else level in levels


def _device(conditions: Json, how: How) -> bool | None:
    filtered = (conditions.get("devices") or {}).get("deviceFilter")
    if not filtered:
        return True
    if how.device is None:
        return None
    return device_filter.matches(filtered["rule"], how.device) is (filtered["mode"] == "include")


_CONDITIONS = (
    ("clientApps", _client),
    ("devicePlatform", _platform),
    ("location", _location),
    ("signInRisk", _sign_in_risk),
    ("userRisk", _user_risk),
    ("insiderRisk", _insider_risk),
    ("authenticationFlow", _flow),
    ("devices", _device),
)


def _grant(grant: Json, held: frozenset[str]) -> tuple[frozenset[str], str]:
    """Controls asked for, and the one that this device can never give (or "block")."""
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
    missing = [control for control in controls if control in _OF_DEVICE and control not in held]
    if grant.get("operator") == "OR" and len(demands) > 1:
        if not held.isdisjoint(controls):
            return frozenset({"device"}), ""
        if len(missing) < len(demands):
            return frozenset(demands) - {"device"}, ""
    return frozenset(demands), "device" if missing else ""
