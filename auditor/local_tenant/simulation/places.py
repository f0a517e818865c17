"""Where people sign in from: cities, their addresses, and the tenant's named locations.

Addresses come from the documentation ranges (RFC 5737, RFC 3849), so none belongs to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from auditor.local_tenant.simulation.identity import Json, guid
from auditor.local_tenant.simulation.times import DAY, stamp


@dataclass(frozen=True, slots=True)
class Place:
    """A city and the address range its sign-ins show; `location` is Graph's signInLocation."""

    prefix: str
    country: str
    office: bool
    system: int
    location: Json

    def address(self, number: int) -> str:
        """One address of the range; `number` picks it."""
        return f"{self.prefix}{number:x}" if ":" in self.prefix else f"{self.prefix}{number % 253 + 1}"


def _place(prefix: str, city: str, state: str, country: str, lat: float, lon: float, office: bool, asn: int) -> Place:
    coordinates = {"altitude": None, "latitude": lat, "longitude": lon}
    location: Json = {"city": city, "state": state, "countryOrRegion": country, "geoCoordinates": coordinates}
    return Place(prefix, country, office, asn, location)


PLACES = (
    _place("203.0.113.", "Utrecht", "Utrecht", "NL", 52.09083, 5.12222, True, 64496),
    _place("2001:db8:100::", "Utrecht", "Utrecht", "NL", 52.09083, 5.12222, True, 64496),
    _place("198.51.100.", "Amersfoort", "Utrecht", "NL", 52.155, 5.3875, False, 64497),
    _place("2001:db8:200::", "Amsterdam", "Noord-Holland", "NL", 52.37403, 4.88969, False, 64498),
    _place("2001:db8:300::", "Leuven", "Vlaams-Brabant", "BE", 50.87959, 4.70093, False, 64499),
    _place("192.0.2.", "Lisboa", "Lisboa", "PT", 38.71667, -9.13333, False, 64500),
    _place("2001:db8:900::", "Chisinau", "Chisinau", "MD", 47.00556, 28.8575, False, 64501),
)
OFFICES = tuple(number for number, place in enumerate(PLACES) if place.office)
HOMES = (2, 3, 4)
ABROAD = (5, 6)

OFFICE_RANGES = ("203.0.113.0/24", "2001:db8:100::/48")
BLOCKED_COUNTRIES = ("MD", "KP")
HOME_COUNTRIES = ("NL", "BE")


def office_location(seed: int) -> str:
    """Id of the trusted named location that holds the offices."""
    return guid(seed, "location", "offices")


def blocked_location(seed: int) -> str:
    """Id of the named location of blocked countries."""
    return guid(seed, "location", "blocked")


def home_location(seed: int) -> str:
    """Id of the named location of the countries where the staff live, offices and all."""
    return guid(seed, "location", "home")


def named_locations(seed: int, begin: int) -> list[Json]:
    """The tenant's named locations as Graph lists them; `begin` in ticks is where the log starts."""
    created, changed = stamp(begin - 700 * DAY), stamp(begin - 90 * DAY)
    v4, v6 = OFFICE_RANGES
    return [
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": office_location(seed),
            "displayName": "Offices",
            "createdDateTime": created,
            "modifiedDateTime": changed,
            "deletedDateTime": None,
            "isTrusted": True,
            "ipRanges": [
                {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": v4},
                {"@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": v6},
            ],
        },
        _countries(blocked_location(seed), "Blocked countries", BLOCKED_COUNTRIES, created),
        _countries(home_location(seed), "Home countries", HOME_COUNTRIES, created),
    ]


def _countries(location_id: str, name: str, countries: tuple[str, ...], created: str) -> Json:
    return {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "id": location_id,
        "displayName": name,
        "createdDateTime": created,
        "modifiedDateTime": created,
        "deletedDateTime": None,
        "countriesAndRegions": list(countries),
        "includeUnknownCountriesAndRegions": False,
        "countryLookupMethod": "clientIpAddress",
    }


class Whereabouts(NamedTuple):
    """The named locations that hold somebody, by id or keyword, and those of which that cannot be told."""

    inside: frozenset[str]
    unsure: frozenset[str]


def whereabouts(locations: list[Json], address: str | None, country: str | None) -> Whereabouts:
    """Where an address and a country lie among the named locations; None for what is not known of them."""
    inside, unsure = {"All"}, set()
    for location in locations:
        names = {location["id"]}
        if location.get("isTrusted"):
            names.add("AllTrusted")
        held = _holds(location, address, country)
        if held:
            inside |= names
        elif held is None:
            unsure |= names
    return Whereabouts(frozenset(inside), frozenset(unsure - inside))


def _holds(location: Json, address: str | None, country: str | None) -> bool | None:
    countries = location.get("countriesAndRegions")
    if countries is not None:
        return None if country is None else country.upper() in countries
    if address is None:
        return None
    return any(ip_address(address) in ip_network(one["cidrAddress"]) for one in location["ipRanges"])
