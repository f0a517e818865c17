"""Do the remaining conditions hold: client app, platform, location, device, risks, authentication flow?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from auditor.conditional_access import device_filter
from auditor.conditional_access.decision import NO, YES, Decision, all_of, any_of, chosen, no, not_known
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.three_values import Applies, negated
from auditor.tenant.circumstances import Device, Way
from auditor.tenant.policy import Conditions, Filter, condition_of

EXCHANGE_ACTIVE_SYNC = "exchangeActiveSync"

_NOTHING_INCLUDED = not_known("It excludes platforms or locations and includes none, which is not documented.")


Judge = Callable[[Conditions, Way, Directory], Decision]


@dataclass(frozen=True, slots=True)
class WayCondition:
    """One condition: `judge` decides it, and sees nothing of the way but `part`."""

    part: Callable[[Way], Hashable]
    judge: Judge


def ways(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    """Whether every condition but users and resources holds."""
    return all_of(condition.judge(conditions, way, directory) for condition in WAY_CONDITIONS.values())


def _client(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    kinds, client = conditions.client_app_types, way.client
    if not kinds:
        return not_known("It names no client app at all, which is not documented.")
    if "all" in kinds or (client and client in kinds):
        return YES
    if not client:
        return not_known("The log does not say with which kind of client the person signed in.")
    if client == EXCHANGE_ACTIVE_SYNC and "easSupported" in kinds:
        return not_known("The log does not say whether the Exchange ActiveSync client runs on a supported platform.")
    return any_of([no("The client app is not included."), *_strangers(conditions, "clientAppTypes")])


def _platform(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    listed = conditions.platforms
    if listed is None:
        return YES

    def among(names: Iterable[str]) -> list[Decision]:
        return [_is_platform(name, way.platform) for name in names] + _strangers(conditions, "platforms")

    return chosen(among(listed.include) or [_NOTHING_INCLUDED], among(listed.exclude), "The platform")


def _is_platform(name: str, platform: str) -> Decision:
    if name == "all":
        return YES
    if not platform:
        return not_known("The log does not say on which platform the person signed in.")
    return YES if name == platform else NO


def _location(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    listed = conditions.locations
    if listed is None:
        return YES
    strangers = _strangers(conditions, "locations")

    def among(which: Iterable[str]) -> list[Decision]:
        return [directory.located(way, location) for location in which] + strangers

    return chosen(among(listed.include) or [_NOTHING_INCLUDED], among(listed.exclude), "The location")


def _device(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    strangers = _strangers(conditions, "devices")
    if strangers:
        return all_of(strangers)
    return YES if conditions.device_filter is None else filtered(conditions.device_filter, way.device)


@lru_cache(maxsize=65536)
def filtered(chosen_devices: Filter, device: Device) -> Decision:
    """Whether the policy reaches the device: "include" reaches those that the rule matches, "exclude" the others."""
    try:
        matches = device_filter.matches(_parsed(chosen_devices.rule), properties(device))
    except device_filter.RuleError as error:
        return not_known(f"Its device filter is not understood: {error}")
    if chosen_devices.mode == "exclude":
        matches = negated(matches)
    elif chosen_devices.mode != "include":
        return not_known(f"The mode of its device filter is not known: {chosen_devices.mode!r}.")
    if matches is Applies.NOT_KNOWN:
        return not_known("The log does not say all that its device filter asks of the device.")
    return YES if matches is Applies.YES else no("The device is left out by its device filter.")


def devices_reached(conditions: Conditions) -> tuple[device_filter.TableRow, ...]:
    """Which kinds of device the device filter lets a policy reach; nothing without a filter, or with one that is not
    understood."""
    chosen_devices = conditions.device_filter
    if chosen_devices is None or chosen_devices.mode not in ("include", "exclude"):
        return ()
    try:
        table = device_filter.truth_table(_parsed(chosen_devices.rule))
    except device_filter.RuleError:
        return ()
    if chosen_devices.mode == "include":
        return table
    return tuple(replace(row, matches=negated(row.matches)) for row in table)


def unknown_in_filter(conditions: Conditions) -> tuple[str, ...]:
    """What the device filter asks for and this version does not know, named as in `Conditions.unknown`."""
    chosen_devices = conditions.device_filter
    if chosen_devices is None:
        return ()
    mode = () if chosen_devices.mode in ("include", "exclude") else (f"devices: the mode {chosen_devices.mode}",)
    try:
        strange = sorted(_parsed(chosen_devices.rule).unknown_properties)
    except device_filter.RuleError as error:
        return (*mode, f"devices: {error}")
    return (*mode, *(f"devices: device.{name}" for name in strange))


_parsed = lru_cache(maxsize=1024)(device_filter.parse)


def properties(device: Device) -> Mapping[str, object]:
    """The device as its filter language sees it. What is not known may be anything, or not registered at all."""
    if device.registered is None:
        return {}
    if not device.registered:
        return device_filter.UNREGISTERED
    known = {
        "trustType": device.trust,
        "isCompliant": device.compliant,
        "deviceId": device.id,
        "displayName": device.name,
    }
    return {name: value for name, value in known.items() if value is not None}


def _sign_in_risk(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    levels, risk = conditions.sign_in_risks, way.risk
    if not levels:
        return YES
    if not risk or risk in ("hidden", "unknownFutureValue"):
        return not_known("The log does not show the risk of the sign-in.")
    if risk in levels:
        return YES
    return any_of([no("The risk of the sign-in is not included."), *_strangers(conditions, "signInRiskLevels")])


def _flow(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    flows, flow = conditions.authentication_flows, way.flow
    if not flows:
        return YES
    if not flow:
        return not_known("The log does not say by which flow the person signed in; Graph's beta rows do.")
    if flow in flows:
        return YES
    return any_of([no("The authentication flow is not included."), *_strangers(conditions, "authenticationFlows")])


def _unseen(conditions: Conditions, way: Way, directory: Directory) -> Decision:
    """Conditions that no sign-in row shows, and those that this version does not know."""
    known = {"users", "applications", "clientAppTypes", "platforms", "locations", "devices", "signInRiskLevels"}
    missing = _strangers(conditions, *({condition_of(each) for each in conditions.unknown} - known))
    if conditions.user_risks:
        missing.append(not_known("It asks for the risk of the user, which the log does not hold."))
    if conditions.insider_risks:
        missing.append(not_known("It asks for insider risk, which the log does not hold."))
    return all_of(missing)


def _strangers(conditions: Conditions, *names: str) -> list[Decision]:
    return [
        not_known(f"It sets a condition that this version does not know: {each}.")
        for each in conditions.unknown_in(*names)
    ]


WAY_CONDITIONS: Mapping[str, WayCondition] = {
    "client app": WayCondition(lambda way: way.client, _client),
    "platform": WayCondition(lambda way: way.platform, _platform),
    "location": WayCondition(lambda way: (way.address, way.country, way.trusted_network), _location),
    "device": WayCondition(lambda way: way.device, _device),
    "sign-in risk": WayCondition(lambda way: way.risk, _sign_in_risk),
    "authentication flow": WayCondition(lambda way: way.flow, _flow),
    "what no row shows": WayCondition(lambda way: None, _unseen),
}
"""Independent of each other: all of them must hold."""
