"""The places that two policies can tell apart: addresses inside and outside named locations, in their countries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from auditor.conditional_access.classes import Class, Pair, one_of_each
from auditor.conditional_access.directory import Directory, networks_of
from auditor.conditional_access.guesses import Guess, guesses
from auditor.conditional_access.supposed import ALL_TRUSTED, addresses, countries
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Way
from auditor.tenant.records import NamedLocation

_ELSEWHERE = "elsewhere"


def place_classes(pair: Pair, directory: Directory) -> tuple[Directory, Iterator[Class[Way]]]:
    """With the directory to judge them in, whose ranges hold no more addresses than these, for speed. In which country
    a named range lies is not known."""
    lists = [side for both in pair if both.locations for side in (both.locations.include, both.locations.exclude)]
    sides = [_meant(each, directory) for each in lists]
    named = [directory.locations[each] for each in sorted(frozenset[str]().union(*sides))]
    ranged = [each for each in named if each.kind == "ip" and _readable(each)]
    told_apart = one_of_each(addresses(ranged).items(), lambda found: tuple(bool(found[0] & side) for side in sides))
    thin = (replace(each, ranges=tuple(at for held, at in told_apart if each.id in held)) for each in ranged)
    judged_in = replace(directory, locations={each.id: each for each in (*named, *thin)})
    somewhere = dict.fromkeys((_ELSEWHERE, *countries(named).values(), ""))
    return judged_in, _places({at: held for held, at in told_apart}, tuple(somewhere), lists, judged_in)


def _places(
    addresses: Mapping[str, frozenset[str]],
    countries: Sequence[str],
    lists: Sequence[Sequence[str]],
    directory: Directory,
) -> Iterator[Class[Way]]:
    for address, inside in addresses.items():
        ways = [Way(address=address, country=country, trusted_network=False) for country in countries]
        if inside:
            name = directory.locations[min(inside)].name
            which = (f"In which country the location {name!r} lies is not known.",) if len(countries) > 1 else ()
            yield _made(f"inside {name!r}", ways, which, lists, directory)
        else:
            for way in ways:
                where = {_ELSEWHERE: "no country that they name", "": "no known country"}.get(way.country or "")
                label = f"outside the named ranges, in {where or way.country}"
                yield _made(label, [way], (), lists, directory)
        if any(ALL_TRUSTED in each for each in lists) and (not inside or ":" not in address):  # those are of IPv4
            trusted = [way._replace(trusted_network=True) for way in ways]
            which = ("Which addresses the old multifactor settings trust cannot be read.",)
            yield _made("trusted by the old multifactor settings", trusted, which, lists, directory, exists=False)


def _made(
    label: str,
    ways: Iterable[Way],
    doubts: Iterable[str],
    lists: Sequence[Sequence[str]],
    directory: Directory,
    *,
    exists: bool = True,
) -> Class[Way]:
    variants: list[tuple[Way, Guess]] = []
    reasons = dict.fromkeys(doubts)
    for way in ways:
        found = {name: directory.located(way, name) for name in dict.fromkeys(name for each in lists for name in each)}
        unknown = {name: each for name, each in found.items() if each.applies is Applies.NOT_KNOWN}
        variants += [(way, guess) for guess in guesses(lists, unknown)]
        reasons |= dict.fromkeys(reason for each in unknown.values() for reason in each.reasons)
    return Class(label, tuple(variants), tuple(reasons), exists)


def _meant(listed: Iterable[str], directory: Directory) -> frozenset[str]:
    """The named locations in a list; of "AllTrusted" those that may be trusted."""
    return frozenset(
        each.id
        for each in directory.locations.values()
        if each.id in listed or (ALL_TRUSTED in listed and each.trusted is not False)
    )


def _readable(location: NamedLocation) -> bool:
    try:
        networks_of(location)
    except ValueError:
        return False
    return True
