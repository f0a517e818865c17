"""A folder of exports, or one file: what in it is a sign-in log, and what of the tenant's settings lies beside it.

What a file is, its content says. Files lie one to a dataset, one to an object, or all in one document: Graph's answers,
what the Microsoft Graph PowerShell SDK writes, EntraExporter's folders, ScubaGear's settings. What is none of it is
left aside and named.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from auditor.errors import ExportError
from auditor.exports.part import Part, Unreadable
from auditor.exports.parts import whole_parts
from auditor.exports.place import Place
from auditor.exports.rows import Shape, beginning_of, rows_in
from auditor.sources.folder import parsed
from auditor.sources.shapes import Json, datasets_of, objects_in, tenant_of
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial, Reading
from auditor.tenant.json_shapes import maybe_text
from auditor.tenant.mending import mended

SAMPLE = 20
"""Rows by which a file is told."""

NAMED = 3
"""Files or rows that a sentence names; the others it counts."""

_MOST_REFUSED = 1_000  # before the first row that can be read
_HEADER = "collection.json"
_NO_KIND = "It is nothing that this program knows."
_TIME = "The files do not tell which time they cover."
_OPEN = {
    "policy_changes": _TIME,
    "user_events": _TIME,
    "directory_objects": "The files hold no more objects than were exported.",
}
"""Datasets whose files never show that they are whole, and why."""


@dataclass(frozen=True, slots=True)
class LeftAside:
    """A file that is not used. `why`: a sentence."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Exports:
    """`log`: the parts that hold rows of a log, whole. `readings`: every dataset but the log. `tenants`: ids, in lower
    case, of those that the files name as theirs; none where they do not say, several where logs were mixed."""

    path: Path
    log: tuple[Part, ...]
    readings: Mapping[str, Reading[Any]]
    tenants: tuple[str, ...]
    left_aside: tuple[LeftAside, ...]


@dataclass(slots=True)
class _Found:
    """What was found of one dataset: where, how many of Graph's pages, how many of them say that another one follows,
    and what could not be read: how many, and the first of them."""

    parts: list[Part] = field(default_factory=list)
    pages: int = 0
    continued: int = 0
    refused: int = 0
    first_refused: list[Unreadable] = field(default_factory=list)


def exports_in(path: Path, is_log: Callable[[bytes], bool]) -> Exports:
    """`is_log` tells whether a row's JSON text is one of a log, of whatever kind. ExportError when there is nothing at
    `path`, nothing in it is an export, a file cannot be read at all, or settings are of two tenants."""
    left: list[LeftAside] = []
    log: list[Part] = []
    whose: set[str] = set()
    logs_of: set[str] = set()
    found: dict[str, _Found] = {}
    for file in _files(path, left):
        for part in whole_parts(file, path):
            sample = _sample(part, is_log, left)
            if any(_datasets(json) for _, json in sample):
                whose |= _note(part, found)
            elif any(is_log(row) for row, _ in sample):
                log.append(part)
                logs_of |= {tenant_of(json) for _, json in sample}
            elif sample:
                left.append(LeftAside(part.name, _NO_KIND))
    if not log and not found:
        raise ExportError(
            f"Nothing in {path} is an export of sign-ins or of settings.{_named(left)}",
            "Name a folder that `auditor collect` made, or one with sign-in logs or policies as JSON or CSV.",
        )
    if len(whose) > 1:
        raise ExportError(
            f"The settings in {path} are of {len(whose)} tenants: {', '.join(sorted(whose)[:NAMED])}.",
            "Name a folder with those of one.",
        )
    readings = {name: _reading(name, found.get(name)) for name in DATASETS if name != "sign_ins"}
    return Exports(path, tuple(log), readings, tuple(sorted((whose | logs_of) - {""})), tuple(left))


def file_names(exports: Exports) -> Iterator[str]:
    """What sentences may call the files by."""
    left: list[LeftAside] = []
    for file in _files(exports.path, left):
        yield from (file.name, *(part.name for part in whole_parts(file, exports.path)))
    yield from (each.name for each in left)


def described(refused: Sequence[Unreadable], count: int) -> str:
    """The first rows that could not be read, out of `count`, with file and line; "" without any."""
    named = [f"{each.name}{f', line {each.line}' if each.line else ''}: {each.why}" for each in refused[:NAMED]]
    more = f" And {count - len(named):,} more." if named and count > len(named) else ""
    return " ".join(named) + more


def _files(path: Path, left: list[LeftAside]) -> Iterator[Path]:
    """Every file, in order of names. Hidden ones are passed over. What a link points at may lie anywhere, and a folder
    that was collected is a tenant by itself."""
    if not path.exists():
        raise ExportError(f"There is no {path}.", "Name a folder that `auditor collect` made, or exported files.")
    if path.is_file():
        yield path
        return
    for folder, names, files in os.walk(path, onerror=_unlistable):
        here = Path(folder)
        if _HEADER in files and here != path:
            left.append(LeftAside(str(here.relative_to(path)), "It is a folder that auditor collected: name it alone."))
            names.clear()
            continue
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            file = here / name
            if name.startswith("."):
                continue
            if file.is_symlink() or not file.is_file():
                left.append(LeftAside(str(file.relative_to(path)), "It is a link, or no ordinary file."))
            else:
                yield file


def _unlistable(error: OSError) -> None:
    raise ExportError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error


def _sample(part: Part, is_log: Callable[[bytes], bool], left: list[LeftAside]) -> list[tuple[bytes, Json]]:
    """The first rows, also decoded; none of a part that is left aside. ExportError when it begins as an export does,
    and nothing of it can be read."""
    rows: list[tuple[bytes, Json]] = []
    refused: list[Unreadable] = []
    place = Place(part)
    for row in rows_in(part, place):
        json = None if isinstance(row, Unreadable) else _decoded(row)
        if isinstance(row, Unreadable):
            refused.append(row)
        elif json is None:
            refused.append(place.unreadable("It is no JSON object."))
        else:
            rows.append((row, json))
        if len(rows) == SAMPLE or len(refused) == _MOST_REFUSED:
            break
    if not rows and refused and _begins_well(part, is_log):
        raise ExportError(
            f"Nothing in {part.name} could be read. {described(refused, len(refused))}",
            "Export it again, or take the file out of the folder.",
        )
    if not rows:
        left.append(LeftAside(part.name, _NO_KIND if refused else "It is empty."))
    return rows


def _begins_well(part: Part, is_log: Callable[[bytes], bool]) -> bool:
    """Any text with a comma in its first line begins as a table does: there the names of the columns tell."""
    beginning = beginning_of(part)
    if beginning is None:
        return True
    shape, columns = beginning
    return shape in (Shape.LINES, Shape.DOCUMENTS) or is_log(msgspec.json.encode(dict.fromkeys(columns, "")))


def _decoded(row: bytes) -> Json | None:
    try:
        json = msgspec.json.decode(row)
    except (ValueError, RecursionError):
        try:
            json = msgspec.json.decode(mended(row))
        except (ValueError, RecursionError):
            return None
    return json if isinstance(json, dict) else None


def _datasets(json: Json) -> set[str]:
    return {name for each in objects_in(json) for name in datasets_of(each)}


def _note(part: Part, found: dict[str, _Found]) -> set[str]:
    """Which datasets a part holds objects of; gives the tenants that organizations in it are."""
    place = Place(part)
    names: set[str] = set()
    tenants: set[str] = set()
    refused = 0
    first: list[Unreadable] = []

    def refuse(each: Unreadable) -> None:
        nonlocal refused
        refused += 1
        first.extend([each] if len(first) < NAMED else ())

    for row in rows_in(part, place):
        json = None if isinstance(row, Unreadable) else _decoded(row)
        if isinstance(row, Unreadable):
            refuse(row)
        elif json is None:
            refuse(place.unreadable("It is no JSON object."))
        else:
            for each in objects_in(json):
                datasets = datasets_of(each)
                names |= set(datasets)
                if not datasets:
                    refuse(place.unreadable(_NO_KIND))
                if "organization" in datasets:
                    tenants.add((maybe_text(each, "id") or "").lower())
    for name in names:
        here = found.setdefault(name, _Found())
        here.parts.append(part)
        here.pages += place.pages
        here.continued += place.continued
        here.refused += refused
        here.first_refused += first
    return tenants


def _reading(name: str, found: _Found | None) -> Reading[Any]:
    if found is None:
        return Missing(
            "It is not among the files.", f"Put Graph's JSON of it ({DATASETS[name].title}) beside the others."
        )
    nameless: list[str] = []
    value, faults = parsed(name, _objects(name, found.parts, nameless))
    reasons = [described(found.first_refused, found.refused), *faults, _OPEN.get(name, "")]
    if found.pages and found.pages == found.continued:
        reasons.append("The files hold some pages of Graph's answer, and not the last one.")
    if nameless:
        reasons.append(
            f"{len(nameless)} of them have no id, so that nothing in the log can be held against them: {nameless[0]} "
            "is the first."
        )
    reason = " ".join(filter(None, reasons))
    if value is None:
        return Missing(reason)
    return Partial(value, reason) if reason else Collected(value)


def _objects(name: str, parts: Iterable[Part], nameless: list[str]) -> Iterator[Json]:
    """Every object of a dataset. A policy without an id is given the name of its file for one."""
    for part in parts:
        place = Place(part)
        for row in rows_in(part, place):
            json = None if isinstance(row, Unreadable) else _decoded(row)
            for each in objects_in(json) if json is not None else ():
                if name not in datasets_of(each):
                    continue
                if name == "policies" and not maybe_text(each, "id"):
                    nameless.append(part.name)
                    each = {**each, "id": f"{part.name}:{place.line}"}
                yield each


def _named(left: Sequence[LeftAside]) -> str:
    named = "".join(f" {each.name}: {each.why}" for each in left[:NAMED])
    return named + (f" And {len(left) - NAMED:,} more files." if len(left) > NAMED else "")
