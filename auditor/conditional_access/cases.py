"""The kinds of browser sign-in that policies can tell apart, people aside: what for, on which device and platform, from
where. The ordinary one, which comes first, is what a rule for browser sessions is made for: a device that is not
registered, on Windows, outside all named locations, for a resource that no policy names, at no risk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from auditor.conditional_access.device_filter import TRUST_TYPES
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.resources import SUITES, resources
from auditor.conditional_access.suites import MICROSOFT
from auditor.conditional_access.supposed import ALL_TRUSTED, addresses, countries, named_locations
from auditor.tenant.circumstances import SOMEBODY, Device, Target, Way
from auditor.tenant.policy import ALL, NONE, Policy
from auditor.tenant.records import NamedLocation

DEVICE = "device"
PLATFORM = "platform"
LOCATION = "location"
RESOURCE = "resource"

_NOWHERE = "ZZ"  # no country has this code


class Trait(NamedTuple):
    """One thing about a sign-in. `kind`: one of the four above. `id`: stays the same from run to run. `words`: "on
    macOS", "from the location 'Offices'"."""

    kind: str
    id: str
    words: str


class Case(NamedTuple):
    """A kind of sign-in. `traits`: one of each kind."""

    target: Target
    way: Way
    traits: tuple[Trait, ...]

    def differing(self, other: Case) -> tuple[Trait, ...]:
        """In what it differs from the other."""
        return tuple(trait for trait in self.traits if trait not in other.traits)

    @property
    def managed(self) -> bool:
        """Whether the device is compliant or hybrid joined."""
        device = self.way.device
        return device.compliant is True or device.trust == "ServerAD"


class _Place(NamedTuple):
    address: str
    country: str = _NOWHERE
    trusted: bool | None = False


_JOINED = dict(
    zip(TRUST_TYPES, ("a Microsoft Entra joined device", "a hybrid joined device", "a registered device"), strict=True)
)
_DEVICES = (
    (Trait(DEVICE, "unregistered", "on a device that is not registered"), Device(registered=False)),
    *(
        (
            Trait(
                DEVICE,
                f"{trust} {'compliant' if compliant else 'not compliant'}",
                f"on {_JOINED[trust]} that is {'' if compliant else 'not '}compliant",
            ),
            Device(True, trust, compliant),
        )
        for trust, compliant in product(TRUST_TYPES, (False, True))
    ),
)
_PLATFORMS = (
    *(
        (Trait(PLATFORM, name, f"on {words}"), name)
        for name, words in (
            ("windows", "Windows"),
            ("macOS", "macOS"),
            ("iOS", "iOS"),
            ("android", "Android"),
            ("linux", "Linux"),
        )
    ),
    (Trait(PLATFORM, "other", "on a platform that Microsoft Entra does not recognize"), "none that has a name"),
)


def cases(policies: Sequence[Policy], directory: Directory, app_name: Callable[[str], str | None]) -> tuple[Case, ...]:
    """All that these policies tell apart, the ordinary one first, then by the number of differences from it.

    `directory`: a supposed one for the same policies. `app_name`: the display name of an appId, or None.
    """
    asked = [policy.conditions for policy in policies]
    devices = _DEVICES if any(each.device_filter for each in asked) else _DEVICES[:1]
    platforms = _PLATFORMS if any(each.platforms for each in asked) else _PLATFORMS[:1]
    places = tuple(_places(named_locations(policies), directory))
    targets = tuple(_told_apart(_targets(policies, app_name), policies))
    found = [
        Case(target, _way(device, platform, place), (what, on, under, where))
        for (what, target), (on, device), (under, platform), (where, place) in product(
            targets, devices, platforms, places
        )
    ]
    return tuple(sorted(found, key=lambda case: len(case.differing(found[0]))))


def _way(device: Device, platform: str, place: _Place) -> Way:
    return Way("browser", platform, device, place.address, place.country, place.trusted, risk="none", flow="none")


def _targets(policies: Iterable[Policy], app_name: Callable[[str], str | None]) -> Iterator[tuple[Trait, Target]]:
    """`public`: a public client is no target itself, whatever its id."""
    yield Trait(RESOURCE, "any other", "for a resource that no policy names"), _target(SOMEBODY, SOMEBODY)
    applications = [policy.conditions.applications for policy in policies]
    for name in dict.fromkeys(name for each in applications for name in (*each.include, *each.exclude)):
        if name in SUITES:
            words = f"for {SUITES[name].name}"
            yield from ((Trait(RESOURCE, name, words), _target(app, MICROSOFT)) for app in sorted(SUITES[name].inside))
        elif name not in (ALL, NONE):
            known = app_name(name)
            yield Trait(RESOURCE, name, f"for {known!r}" if known else f"for the application {name}"), _target(name, "")


def _target(app: str, owner: str) -> Target:
    return Target(app, audiences=frozenset({app}), contexts=frozenset(), public=True, owner=owner)


def _told_apart(targets: Iterable[tuple[Trait, Target]], policies: Sequence[Policy]) -> Iterator[tuple[Trait, Target]]:
    """A suite has dozens of members, of which policies mostly make no difference."""
    seen = set()
    for trait, target in targets:
        judged = trait, tuple(resources(policy.conditions, target).applies for policy in policies)
        if judged not in seen:
            seen.add(judged)
            yield trait, target


def _places(named: Sequence[str], directory: Directory) -> Iterator[tuple[Trait, _Place]]:
    locations = directory.locations
    by_address, by_country = addresses(locations.values()), countries(locations.values())
    outside = by_address[frozenset()]
    yield Trait(LOCATION, "none", "from no named location"), _Place(outside)
    for identity in named:
        if identity == ALL_TRUSTED:
            trait = Trait(LOCATION, ALL_TRUSTED, "from a trusted location")
            ids = {each.id for each in locations.values() if each.kind == "ip" and each.trusted is True}
            if not ids:  # then only the old multifactor settings, which no API gives, can hold trusted addresses
                yield trait, _Place(outside, trusted=None)
        else:
            trait, ids = Trait(LOCATION, identity, _from(locations[identity])), {identity}
        yield from ((trait, _Place(address)) for held, address in by_address.items() if held & ids)
        for held, country in by_country.items():
            if held & ids:
                # Of a place that only its id stands for, whether it is trusted is as little known as where it is.
                yield trait, _Place(outside, country, None if country in ids else False)


def _from(location: NamedLocation) -> str:
    return f"from the location {location.name!r}" if location.name else f"from the location {location.id}"
