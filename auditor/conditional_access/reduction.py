"""Sign-ins made alike where no policy could tell them apart, while the log is read.

A million rows come from hundreds of thousands of people and addresses; policies see a few classes of each. Whoever no
policy names, in no group and no role that one names, is as good as anybody like that; so is an address.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from auditor.conditional_access import device_filter
from auditor.conditional_access.directory import Directory, Network, address_of, networks_of
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import filtered
from auditor.tenant.circumstances import SOMEBODY, Circumstances, Device, Person, Target, Way
from auditor.tenant.instant import parse
from auditor.tenant.policy import Filter, Policy, named_users

_REMEMBERED = 8192  # addresses and devices

HOLDS = frozenset({"success", "failure", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted"})
HOLDS_NOT = frozenset({"notApplied", "reportOnlyNotApplied"})


class Reduction:
    """For these policies (today's and, for a comparison, tomorrow's) in this directory.

    `numbers`: policy id -> its bit in what `record` gives; of two policies with one id the first counts.
    """

    def __init__(self, policies: Sequence[Policy], directory: Directory) -> None:
        self.tenant = directory.tenant
        self.numbers = {policy.id: number for number, policy in reversed(tuple(enumerate(policies)))}
        self.listed = frozenset(policy.id.lower() for policy in policies)
        self.changes = tuple(sorted({at for policy in policies if (at := changed_at(policy)) is not None}))
        self._classes = _classes(policies, directory)
        self._homes = frozenset(
            tenant
            for policy in policies
            for guests in (policy.conditions.users.include_guests, policy.conditions.users.exclude_guests)
            if guests
            for tenant in guests.tenants
        )
        self._filters = tuple({chosen for policy in policies if (chosen := _of_one_device(policy)) is not None})
        self._stretches = _stretches([_networks(directory, location) for location in directory.locations])
        self._risks_matter = any(policy.conditions.sign_in_risks for policy in policies)
        self._platforms_matter = any(policy.conditions.platforms for policy in policies)
        self._countries_matter = any(location.kind == "country" for location in directory.locations.values())
        self._representatives: dict[tuple[int, tuple[bool, ...]], str] = {}
        self._address = lru_cache(maxsize=_REMEMBERED)(self._representative)
        self._devices: dict[tuple[Device, tuple[Applies, ...]], Device] = {}
        self._device = lru_cache(maxsize=_REMEMBERED)(self._one_device)
        self._people: dict[Person, Person] = {}
        self._targets: dict[Target, Target] = {}
        self._ways: dict[Way, Way] = {}

    def alike(self, circumstances: Circumstances) -> Circumstances:
        """The same for all that no policy can tell apart."""
        person, target, way = circumstances
        return Circumstances(self.person(person), self.target(target), self.way(way))

    # One object for all that are equal: a sight is then no more than three references.

    def person(self, person: Person) -> Person:
        user, kinds, home = person
        who = Person(
            self._classes.get(user, SOMEBODY if user else ""),
            kinds,
            home if not home or home in self._homes else SOMEBODY,
        )
        return self._people.setdefault(who, who)

    def target(self, target: Target) -> Target:
        return self._targets.setdefault(target, target)

    def way(self, way: Way) -> Way:
        client, platform, device, address, country, trusted_network, risk, flow = way
        how = Way(
            client,
            platform if self._platforms_matter else "",
            self._device(device) if device.registered else device,
            self._address(address),
            country if self._countries_matter else "",
            trusted_network,
            risk if self._risks_matter else "",
            flow,
        )
        return self._ways.setdefault(how, how)

    def record(self, results: Iterable[tuple[str, str]]) -> tuple[int, int]:
        """What the log says of each policy, as bits: whose conditions held, and whose did not. A result that says
        neither (notEnabled, unknown, a word of tomorrow), one that says both, and a policy that is gone are in
        neither."""
        held = held_not = 0
        for policy, result in results:
            number = self.numbers.get(policy)
            if number is not None:
                if result in HOLDS:
                    held |= 1 << number
                elif result in HOLDS_NOT:
                    held_not |= 1 << number
        return held & ~held_not, held_not & ~held

    def _one_device(self, device: Device) -> Device:
        """One of those that are joined alike and that every filter treats alike."""
        kind = Device(True, device.trust, device.compliant)
        if not self._filters:
            return kind
        treated = tuple(filtered(chosen, device).applies for chosen in self._filters)
        return self._devices.setdefault((kind, treated), device)

    def _representative(self, address: str) -> str:
        where = address_of(address)
        if where is None:
            return ""
        starts, inside = self._stretches[where.version]
        within = inside[bisect_right(starts, int(where))]
        return self._representatives.setdefault((where.version, within), address)


def changed_at(policy: Policy) -> int | None:
    """When the policy last changed, in ticks; None where it does not say so that one can read it."""
    try:
        return parse(policy.modified) if policy.modified else None
    except ValueError:
        return None


def _classes(policies: Sequence[Policy], directory: Directory) -> Mapping[str, str]:
    """User id -> one user of the same class, for everybody whom a policy can tell from somebody."""
    traits: dict[str, int] = {}
    each_alone = ((name,) for name in sorted(named_users(policies)))
    in_groups = (group.users or () for group in directory.groups.values())
    in_roles = (*directory.holders.values(), *directory.eligible.values())
    for number, users in enumerate((*each_alone, *in_groups, *in_roles)):
        for user in users:
            traits[user] = traits.get(user, 0) | 1 << number
    first: dict[int, str] = {}
    return {user: first.setdefault(held, user) for user, held in traits.items()}


def _networks(directory: Directory, location: str) -> tuple[Network, ...]:
    try:
        return networks_of(directory.locations[location])
    except ValueError:
        return ()  # a range that cannot be read decides nothing, see `Directory.located`


def _stretches(
    locations: Sequence[Sequence[Network]],
) -> Mapping[int, tuple[Sequence[int], Sequence[tuple[bool, ...]]]]:
    """Of each version of addresses: where among them the answer changes which locations hold an address, and the
    answers: before the first of these addresses, and from each of them on."""
    found = {}
    for version in (4, 6):
        ranges = [
            [(int(each.network_address), int(each.broadcast_address)) for each in own if each.version == version]
            for own in locations
        ]
        starts = sorted({edge for own in ranges for first, last in own for edge in (first, last + 1)})
        inside = [
            tuple(any(first <= start <= last for first, last in own) for own in ranges) for start in (-1, *starts)
        ]
        found[version] = starts, inside
    return found


def _of_one_device(policy: Policy) -> Filter | None:
    """The policy's device filter, if it asks for more than how devices are joined and whether they are compliant."""
    chosen = policy.conditions.device_filter
    if chosen is None:
        return None
    try:
        properties = device_filter.parse(chosen.rule).properties
    except device_filter.RuleError:
        return None
    return chosen if properties & {"deviceId", "displayName"} else None
