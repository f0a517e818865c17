"""A made-up directory, to reason about kinds of people and places with: in each group, role and place that policies
name there is one who is in no other.

The real directory answers for real people. Of *whoever holds this role*, or of an address in that location, it knows
nothing; and where a group is too big to be listed, its members are still left out by the policy that excludes it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from auditor.conditional_access.directory import Directory, networks_of
from auditor.tenant.policy import Policy
from auditor.tenant.records import GroupMembers, NamedLocation

ALL_TRUSTED = "AllTrusted"

OUTSIDE = "192.0.2.1", "2001:db8::1"
"""Addresses for documentation only, where nobody is: of either version."""


def supposed(policies: Sequence[Policy], directory: Directory) -> Directory:
    """For these policies. The person who is in a group, or holds a role, and is in nothing else goes by its id. Places
    that no address or country tells have a country of their own, which goes by the location's id."""
    users = [policy.conditions.users for policy in policies]
    groups = {group for each in users for group in (*each.include_groups, *each.exclude_groups)}
    roles = {role for each in users for role in (*each.include_roles, *each.exclude_roles)}
    return replace(
        directory,
        groups={group: _group(group, directory) for group in groups},
        groups_missing="",
        holders={role: frozenset({role}) for role in roles},
        holders_missing="",
        principals=dict.fromkeys(roles, "user"),
        locations={each.id: each for each in _thin(tuple(_locations(policies, directory)))},
        locations_missing="",
    )


def _group(identity: str, directory: Directory) -> GroupMembers:
    real = directory.groups.get(identity)
    return real if real is not None and real.gone else GroupMembers(identity, 1, frozenset({identity}))


def named_locations(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Ids and words of the locations that policies name, but for "All"."""
    listed = [policy.conditions.locations for policy in policies]
    return tuple(
        dict.fromkeys(name for each in listed if each for name in (*each.include, *each.exclude) if name != "All")
    )


def _locations(policies: Sequence[Policy], directory: Directory) -> Iterator[NamedLocation]:
    named = named_locations(policies)
    for identity in named:
        if identity != ALL_TRUSTED:
            yield _location(identity, directory.locations.get(identity))
    if ALL_TRUSTED in named:
        for identity, real in directory.locations.items():
            if real.kind == "ip" and real.trusted is not False:
                yield _location(identity, real)


def _thin(locations: Sequence[NamedLocation]) -> Iterator[NamedLocation]:
    """One address of each kind instead of thousands of ranges."""
    found = addresses(locations)
    for location in locations:
        inside = tuple(address for held, address in found.items() if location.id in held)
        yield replace(location, ranges=inside) if location.kind == "ip" else location


def _location(identity: str, real: NamedLocation | None) -> NamedLocation:
    made_up = NamedLocation(
        identity, real.name if real else "", "country", countries=(identity,), include_unknown=False
    )
    if real is None:
        return made_up
    if real.kind == "country":
        return replace(real, id=identity) if real.lookup in (None, "clientIpAddress") else made_up
    try:
        return replace(real, id=identity) if real.kind == "ip" and networks_of(real) else made_up
    except ValueError:
        return made_up  # of a range that cannot be read nothing is known but its name


def addresses(locations: Iterable[NamedLocation]) -> Mapping[frozenset[str], str]:
    """One address for each set of locations, by their ids, in which an address can lie together; the empty set among
    them. A place where ranges begin or have ended is enough of each."""
    edges: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for location in locations:
        if location.kind == "ip":
            for network in networks_of(location):
                edges[network.version, int(network.network_address)][location.id] += 1
                edges[network.version, int(network.broadcast_address) + 1][location.id] -= 1
    found: dict[frozenset[str], str] = {}
    depths: Counter[str] = Counter()
    for (version, number), steps in sorted(edges.items()):
        depths.update(steps)
        if number < 2 ** (32 if version == 4 else 128):
            address = IPv4Address(number) if version == 4 else IPv6Address(number)
            found.setdefault(frozenset(identity for identity, depth in depths.items() if depth), str(address))
    found.setdefault(frozenset(), OUTSIDE[1] if any(version == 4 for version, _ in edges) else OUTSIDE[0])
    return found


def countries(locations: Iterable[NamedLocation]) -> Mapping[frozenset[str], str]:
    """The same for countries; "" stands for addresses of no known country. The empty set is not among them."""
    within: defaultdict[str, set[str]] = defaultdict(set)
    for location in locations:
        if location.kind == "country":
            for country in (*location.countries, *([""] if location.include_unknown else [])):
                within[country].add(location.id)
    return {frozenset(identities): country for country, identities in sorted(within.items())}
