"""A collected folder back to readings, all but the sign-in log (which the engine reads, see `auditor.audit`).

What Graph sent is parsed here and not while collecting: the folder holds what was said, not what we understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from msgspec.json import decode

from auditor.errors import SpoolError
from auditor.spool.account import doubts_of_dataset
from auditor.spool.manifest import Manifest
from auditor.spool.spool import COPY_AGAIN, Spool, StoredDataset, dataset_file
from auditor.tenant import graph_json, instant
from auditor.tenant.dataset import Collected, Missing, Partial, Reading
from auditor.tenant.records import PolicyChange, UserEvent

T = TypeVar("T")

FAULTS_TOLD = 3  # of things that a tenant has thousands of


def readings(spool: Spool) -> dict[str, Reading[Any]]:
    """One reading for every dataset of the folder except sign_ins."""
    kept = spool.manifest()
    found = {name: _held_against(kept, spool, name, parse) for name, parse in _PARSERS.items()}
    return {name: reading for name, reading in found.items() if reading is not None}


def reading_of(spool: Spool, name: str) -> Reading[Any] | None:
    """One of them; None where it was not asked for."""
    return _held_against(spool.manifest(), spool, name, _PARSERS[name])


def _held_against(kept: Manifest | None, spool: Spool, name: str, parse: Parse) -> Reading[Any] | None:
    """None for what was not asked for."""
    doubts = doubts_of_dataset(kept, name)
    try:
        stored = spool.dataset(name)
        if stored is not None:
            return doubted(_reading(stored, parse), doubts)
    except SpoolError as error:
        return doubted(Missing(error.what, COPY_AGAIN), doubts)
    if name not in spool.header.datasets and (kept is None or dataset_file(name) not in kept.listed):
        return None
    return doubted(missing_from(spool, kept, name), doubts)


def doubted(reading: Reading[T], doubts: Sequence[str]) -> Reading[T]:
    """What a file holds that is not proven to be as it was written."""
    if not doubts:
        return reading
    if isinstance(reading, Collected):
        return Partial(reading.value, " ".join(doubts), COPY_AGAIN)
    return replace(
        reading,
        reason=" ".join(filter(None, (reading.reason, *doubts))),
        remedy=" ".join(dict.fromkeys(filter(None, (reading.remedy, COPY_AGAIN)))),
    )


def missing_from(spool: Spool, kept: Manifest | None, name: str) -> Missing:
    """For a dataset that was asked for and does not stand in the folder: collecting stopped before it, or its file was
    lost since. `kept`: the manifest of the folder, if there is one."""
    file = dataset_file(name)
    if kept is not None and file in kept.listed:
        return Missing(f"{file} is gone: {kept.listed[file].rows:,} objects are missing.", COPY_AGAIN)
    if spool.header.complete and name in spool.header.datasets:
        return Missing(f"{file} is gone, though collecting came to its end.", COPY_AGAIN)
    return Missing(
        f"Collecting into {spool.folder.name} was stopped before it was read.",
        "Run the same command again: it goes on.",
    )


Parse = Callable[[Iterable[Any]], tuple[Any, tuple[str, ...]]]


def parsed(name: str, objects: Iterable[Any]) -> tuple[Any, tuple[str, ...]]:
    """A dataset's value out of Graph's objects, and a sentence for each that was not understood. None: nothing was."""
    return _PARSERS[name](objects)


def _reading(stored: StoredDataset, parse: Parse) -> Reading[Any]:
    if stored.state == "missing":
        return Missing(stored.reason, stored.remedy)
    broken: list[str] = []
    value, faults = parse(_decoded(stored, broken))
    reason = " ".join(filter(None, (stored.reason, *faults, *_few(broken))))
    if value is None:
        return Missing(reason, stored.remedy)
    if reason or stored.state != "collected":
        return Partial(value, reason, stored.remedy)
    return Collected(value)


def _decoded(stored: StoredDataset, broken: list[str]) -> Iterator[Any]:
    """One by one, as there may be a hundred thousand. Those that are damaged within are named in `broken`."""
    for number, raw in enumerate(stored.value, 1):
        try:
            yield decode(raw)
        except (ValueError, RecursionError) as error:
            broken.append(f"Object {number:,} is damaged: {error}.")


def _each(parse: Callable[[graph_json.Json], Any]) -> Parse:
    """A list; None where there were objects and none of them was understood."""

    def all_of(objects: Iterable[Any]) -> tuple[Any, tuple[str, ...]]:
        values, faults = graph_json.read_all(parse, objects)
        return (None if faults and not values else values), faults

    return all_of


def _one(parse: Callable[[graph_json.Json], Any]) -> Parse:
    def first(objects: Iterable[Any]) -> tuple[Any, tuple[str, ...]]:
        values, faults = graph_json.read_all(parse, objects)
        if not values:
            faults = (*faults, "Graph listed none.")
        return (values[0] if values else None), faults

    return first


def _named(parse: Callable[[graph_json.Json], T], key: Callable[[T], str]) -> Parse:
    """A dictionary from what policies name an object by to the object."""

    def by_key(objects: Iterable[Any]) -> tuple[Mapping[str, T], tuple[str, ...]]:
        values, faults = graph_json.read_all(parse, objects)
        return {key(value): value for value in values}, faults

    return by_key


def _by_id(parse: Callable[[graph_json.Json], T], key: Callable[[T], str]) -> Parse:
    """As `_named`, of things so many that faults are summed up, by their ids in lower case."""

    def by_id(objects: Iterable[Any]) -> tuple[Mapping[str, T], tuple[str, ...]]:
        values, faults = graph_json.read_all(parse, objects)
        return {key(value).lower(): value for value in values}, _few(faults)

    return by_id


def _few(faults: Sequence[str]) -> tuple[str, ...]:
    more = len(faults) - FAULTS_TOLD
    return tuple(faults) if more <= 0 else (*faults[:FAULTS_TOLD], f"{more:,} more were not understood.")


def _user_events(objects: Iterable[Any]) -> tuple[Mapping[str, tuple[UserEvent, ...]], tuple[str, ...]]:
    """By the user's id; oldest first."""
    entries, faults = graph_json.read_all(graph_json.user_events, objects)
    found: dict[str, list[UserEvent]] = {}
    for event in sorted(chain.from_iterable(entries), key=lambda event: instant.parse(event.at)):
        found.setdefault(event.user_id, []).append(event)
    return {user: tuple(events) for user, events in found.items()}, _few(faults)


def _policy_changes(objects: Iterable[Any]) -> tuple[tuple[PolicyChange, ...], tuple[str, ...]]:
    """Oldest first; Graph lists them the other way round."""
    entries, faults = graph_json.read_all(graph_json.policy_changes, objects)
    changes = (change for entry in reversed(entries) for change in entry)
    return tuple(sorted(changes, key=lambda change: instant.parse(change.at))), faults


_PARSERS: Mapping[str, Parse] = {
    "organization": _one(graph_json.organization),
    "branding": lambda objects: (tuple(objects), ()),
    "sign_in_page": _each(graph_json.page_branding),
    "policies": _each(graph_json.policy),
    "role_assignments": _each(graph_json.role_assignment),
    "role_eligibilities": _each(graph_json.role_eligibility),
    "directory_objects": _named(graph_json.directory_object, lambda found: found.id),
    "group_members": _named(graph_json.group_members, lambda found: found.id),
    "role_templates": _named(graph_json.directory_object, lambda found: found.id),
    "service_principals": _named(graph_json.directory_object, lambda found: found.app_id or found.id),
    "named_locations": _each(graph_json.named_location),
    "activity_timeouts": _each(graph_json.lifetime_policy),
    "token_lifetimes": _each(graph_json.lifetime_policy),
    "policy_changes": _policy_changes,
    "security_defaults": _one(graph_json.security_defaults),
    "registration_campaign": _one(graph_json.registration_campaign),
    "user_events": _user_events,
    "applications": _by_id(graph_json.application, lambda found: found.app_id),
    "registrations": _by_id(graph_json.registration, lambda found: found.user_id),
    "password_dates": _by_id(graph_json.password_dates, lambda found: found.user_id),
}
