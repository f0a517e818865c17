"""What the evaluation of policies has to know of a tenant besides the policies: who is in which group, who holds which
role, which addresses lie in which named location. Each answer is three-valued: what was not read is *not known*.

Groups and roles are those of the moment of collecting; the log does not say who was in a group when.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from socket import AF_INET6, inet_pton

from auditor.conditional_access.decision import NO, YES, Decision, any_of, no, not_known, yes
from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import SOMEBODY, Way
from auditor.tenant.dataset import Collected, Missing
from auditor.tenant.json_shapes import identity
from auditor.tenant.records import GroupMembers, NamedLocation, RoleHolding
from auditor.tenant.tenant import Tenant

NEEDED = (
    "named_locations",
    "group_members",
    "role_assignments",
    "role_eligibilities",
    "role_templates",
    "directory_objects",
)
"""The datasets that `Directory.of` reads: a check that evaluates policies declares them in its `wants`."""

TENANT_WIDE = "/"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Directory:
    """`*_missing`: why what is not in the mapping is not known; "" when the mapping is whole. `names`: of objects, by
    id. `eligible`: role -> who may activate it tenant-wide, as far as that was read. `built_in_roles`: None when not
    read. `principals`: kinds of what holds roles, by id. `tenant`: whose it is. `outside`: groups and roles in which
    `SOMEBODY`, who stands for people whom nothing names, is taken not to be, though who is in them was not read."""

    groups: Mapping[str, GroupMembers] = field(default_factory=dict)
    groups_missing: str = ""
    holders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    holders_missing: str = ""
    eligible: Mapping[str, frozenset[str]] = field(default_factory=dict)
    built_in_roles: frozenset[str] | None = None
    principals: Mapping[str, str] = field(default_factory=dict)
    locations: Mapping[str, NamedLocation] = field(default_factory=dict)
    locations_missing: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    tenant: str = ""
    outside: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tenant: Tenant) -> Directory:
        """The directory of a tenant, as far as it was read."""
        groups = tenant.reading("group_members")
        assignments = tenant.reading("role_assignments")
        eligibilities = tenant.reading("role_eligibilities")
        templates = tenant.reading("role_templates")
        objects = tenant.reading("directory_objects")
        locations = tenant.reading("named_locations")
        known = {} if isinstance(objects, Missing) else objects.value
        roles = {} if isinstance(templates, Missing) else templates.value
        return cls(
            groups={} if isinstance(groups, Missing) else {identity(each): of for each, of in groups.value.items()},
            groups_missing="" if isinstance(groups, Collected) else groups.reason,
            holders={} if isinstance(assignments, Missing) else active_holders(assignments.value),
            holders_missing="" if isinstance(assignments, Collected) else assignments.reason,
            eligible={} if isinstance(eligibilities, Missing) else _tenant_wide(eligibilities.value),
            # Every tenant has some: an empty list tells of none.
            built_in_roles=frozenset(map(identity, roles)) or None if isinstance(templates, Collected) else None,
            principals={identity(each): of.kind for each, of in known.items()},
            locations={} if isinstance(locations, Missing) else {identity(each.id): each for each in locations.value},
            locations_missing="" if isinstance(locations, Collected) else locations.reason,
            names=ADMIN_ROLES | {identity(each): of.name for each, of in (*known.items(), *roles.items()) if of.name},
            tenant=tenant.id.lower(),
        )

    def name(self, of: str) -> str:
        """The display name in quotes, or the id."""
        name = self.names.get(of)
        return repr(name) if name else of

    def in_group(self, user_id: str, group_id: str) -> Decision:
        """Is the person in the group, directly or through another?"""
        if user_id == SOMEBODY and group_id in self.outside:
            return NO
        group = self.groups.get(group_id)
        if group is None:
            why = self.groups_missing or "it was not read"
            return not_known(f"The members of the group {self.name(group_id)} are not known: {why}")
        if group.gone:
            return no(f"The group {group_id} no longer exists.")
        if group.users is None:
            return not_known(f"The group {self.name(group_id)} is too big: its members were counted and not listed.")
        if not user_id:
            return not_known("The log does not say who the person is.")
        return yes(f"By the group {self.name(group_id)}.") if user_id in group.users else NO

    def holds_role(self, user_id: str, role_id: str) -> Decision:
        """Does the person hold the built-in role, active and tenant-wide? No other assignment matches a policy. Whether
        somebody who may activate it had done so is not known."""
        if self.built_in_roles is not None and role_id not in self.built_in_roles and role_id not in ADMIN_ROLES:
            return no(f"{role_id} is no built-in role.")
        if user_id == SOMEBODY and role_id in self.outside:
            return NO
        holds = self._holds(user_id, role_id)
        if holds.applies is Applies.YES and self.built_in_roles is None and role_id not in ADMIN_ROLES:
            return not_known(f"Whether {role_id} is a built-in role is not known: the roles were not read.")
        return holds

    def _holds(self, user_id: str, role_id: str) -> Decision:
        holders = self.holders.get(role_id, frozenset())
        if user_id in holders:
            return yes(f"By the role {self.name(role_id)}.")
        if self.holders_missing:
            return not_known(f"Who holds the role {self.name(role_id)} is not known: {self.holders_missing}")
        if not user_id:
            return not_known("The log does not say who the person is.") if holders else NO
        active = any_of(self._through(user_id, principal) for principal in sorted(holders))
        return any_of((active, self._may_activate(user_id, role_id)))

    def _may_activate(self, user_id: str, role_id: str) -> Decision:
        eligible = self.eligible.get(role_id, frozenset())
        if user_id in eligible or any(self._through(user_id, each).applies is Applies.YES for each in eligible):
            name = self.name(role_id)
            return not_known(f"Whether the role {name} was active for somebody who may activate it is not known.")
        return NO

    def _through(self, user_id: str, principal: str) -> Decision:
        """Is the principal, who holds a role, a group with this person?"""
        kind = self.principals.get(principal, "object")
        if principal in self.groups or kind == "group":
            return self.in_group(user_id, principal)
        if kind != "object":  # which Graph did not say
            return NO
        return not_known(f"Who {principal} is, who holds a role, is not known.")

    def located(self, way: Way, location_id: str) -> Decision:
        """Does the sign-in come from the named location, or from the place that a word names?"""
        if location_id == "All":
            return YES
        if location_id == "AllTrusted":
            return self._trusted(way)
        location = self.locations.get(location_id)
        if location is None:
            why = self.locations_missing or "it is none of the tenant's named locations"
            return not_known(f"The location {location_id} is not known: {why}.".replace("..", "."))
        return _inside(location, way)

    def _trusted(self, way: Way) -> Decision:
        """The network that the log calls trusted, the ranges marked as trusted, and the trusted addresses of the old
        multifactor settings, which no API gives: outside the ranges one cannot know, unless the log names the network
        and does not call it trusted. A country is never trusted."""
        if way.trusted_network:
            return yes("The log calls the network trusted.")
        marked = any_of(_inside_trusted(each, way) for each in self.locations.values())
        if marked != NO:
            return marked
        if way.trusted_network is False and not self.locations_missing:
            return NO
        if isinstance(address_of(way.address), ipaddress.IPv6Address) and not self.locations_missing:
            return NO  # the old multifactor settings hold IPv4 addresses only
        missing = self.locations_missing or "the trusted addresses of the old multifactor settings cannot be read."
        return not_known(f"Whether the network is trusted is not known: {missing}")


def active_holders(holdings: Iterable[RoleHolding]) -> dict[str, frozenset[str]]:
    """Role -> principals that hold it now and tenant-wide."""
    return _tenant_wide(holding for holding in holdings if not holding.eligible)


def _tenant_wide(holdings: Iterable[RoleHolding]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for holding in holdings:
        if holding.scope == TENANT_WIDE:
            found.setdefault(identity(holding.role_id), set()).add(identity(holding.principal_id))
    return {role: frozenset(principals) for role, principals in found.items()}


def _inside(location: NamedLocation, way: Way) -> Decision:
    if location.kind == "ip":
        return _in_ranges(location, way.address)
    if location.kind == "country":
        return _in_countries(location, way.country)
    return not_known(f"What the location {location.name!r} holds is not known: it is of the kind {location.kind}.")


def _inside_trusted(location: NamedLocation, way: Way) -> Decision:
    """Only locations of addresses can be trusted."""
    if location.kind == "country" or location.trusted is False:
        return NO
    inside = _inside(location, way)
    if inside.applies is Applies.YES and location.trusted is None:
        return not_known(f"Whether the location {location.name!r} is trusted is not known.")
    return inside


def _in_ranges(location: NamedLocation, address: str) -> Decision:
    where = address_of(address)
    if where is None:
        return not_known("The log does not say from which address the sign-in came.")
    try:
        networks = networks_of(location)
    except ValueError:
        return not_known(f"A range of the location {location.name!r} cannot be read.")
    return yes(f"By the location {location.name!r}.") if any(where in network for network in networks) else NO


def address_of(text: str) -> Address | None:
    """None where it is no address. An IPv4 address in the dress of IPv6 is an IPv4 address."""
    try:
        if ":" not in text:
            return ipaddress.IPv4Address(text)
        # The system reads a long address six times as fast as ipaddress, which knows of zones ("%eth0") as well.
        try:
            address = ipaddress.IPv6Address(inet_pton(AF_INET6, text))
        except OSError:
            address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address


def networks_of(location: NamedLocation) -> tuple[Network, ...]:
    """Its ranges. ValueError when one of them is none."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in location.ranges)


def _in_countries(location: NamedLocation, country: str | None) -> Decision:
    if location.lookup not in (None, "clientIpAddress"):
        return not_known(
            f"The location {location.name!r} goes by the Authenticator's GPS, which the log does not hold."
        )
    if country is None:
        return not_known("The log does not say from which country the sign-in came.")
    if country == "":  # the address belongs to no country that is known
        if location.include_unknown is None:
            return not_known(f"Whether the location {location.name!r} holds unknown countries is not known.")
        return yes(f"By the location {location.name!r}.") if location.include_unknown else NO
    countries = (each.upper() for each in location.countries)
    return yes(f"By the location {location.name!r}.") if country.upper() in countries else NO
