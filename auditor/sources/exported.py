"""A folder of exports, or one file: what in it is a sign-in log, and what of the tenant's settings lies beside it.

What a file is, its content says. Files lie one to a dataset, one to an object, or all in one document: Graph's answers,
what the Microsoft Graph PowerShell SDK writes, EntraExporter's folders, ScubaGear's settings. What is none of it is
left aside and named.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any

import msgspec

from auditor.errors import ExportError
from auditor.exports.opening import opened
from auditor.exports.part import Part, Unreadable
from auditor.exports.parts import whole_parts
from auditor.exports.place import Place
from auditor.exports.rows import Shape, rows_in, shape_of
from auditor.exports.tables import header_of
from auditor.sources.folder import parsed
from auditor.sources.packed import unlistable
from auditor.sources.unread import ANYTHING, LOG, POLICIES, file_may_hold, row_may_hold, told_by
from auditor.sources.whose import tenant_of
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial, Reading
from auditor.tenant.json_shapes import maybe_text
from auditor.tenant.mending import mended
from auditor.tenant.shapes import Json, datasets_of, objects_in

SAMPLE = 20
"""Rows by which a log is told: most are nothing else, and decoding them twice would cost more than all the rest."""

NAMED = 3
"""Files or rows that a sentence names; the others it counts."""

_MOST_LOOKED_INTO = 1_000  # rows of a part that are not known
_HEAD = 1 << 16
_PIECE = 1 << 20
_FEW = 3  # names of an object that is a wrapping
_NO_KIND = "It is nothing that this program knows."
_NO_JSON = "It is no JSON object"
_TOO_SHALLOW = "It was written with too small a -Depth: write it again with `ConvertTo-Json -Depth 10`."
_DEEPEST = 200
_TIME = "The files do not tell which time they cover."
_LOOKS_LIKE = {LOG: "sign-ins", POLICIES: "Conditional Access policies"}
_NO_POLICIES = re.compile(
    rb'\A\s*\{\s*"@odata.context"\s*:\s*"[^"]*/conditionalAccess/policies[^"]*"\s*,[^\[]*"value"\s*:\s*\[\s*\]\s*\}\s*\Z'
)
# What PowerShell puts in the place of an object or a list that lies deeper than it was told to write.
_CUT_OFF = re.compile(rb':\s*"(?:Microsoft\.Graph\.\w|System\.(?:Object|Collections)\b|@\{)')
_KEYED = {
    "service_principals",
    "applications",
    "directory_objects",
    "group_members",
    "role_templates",
    "registrations",
    "password_dates",
}
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
    """`log`: the parts that hold rows of a log, whole. `readings`: every dataset but the log. `log_doubts`: sentences
    on files that may hold rows of the log and are not read. `tenants`: ids, in lower case, of those that the files name
    as theirs; none where they do not say, several where logs were mixed. `to_the_end`: every row was looked at, also
    where the first ones are a log's."""

    path: Path
    log: tuple[Part, ...]
    readings: Mapping[str, Reading[Any]]
    log_doubts: tuple[str, ...]
    tenants: tuple[str, ...]
    left_aside: tuple[LeftAside, ...]
    to_the_end: bool


@dataclass(slots=True)
class _Found:
    """What was found of one dataset: where, how many of Graph's pages, how many of them say that another one follows,
    and what could not be read: how many, and the first of them."""

    parts: list[Part] = field(default_factory=list)
    pages: int = 0
    continued: int = 0
    refused: int = 0
    first_refused: list[Unreadable] = field(default_factory=list)

    def refuse(self, each: Unreadable) -> None:
        self.refused += 1
        self.first_refused.extend([each] if len(self.first_refused) < NAMED else ())


@dataclass(slots=True)
class _Seen:
    """What one part holds. `rows`: of any kind. `names`: datasets that it holds objects of; `log`: it holds rows of a
    log; `tenants`: whose settings, `logs_of`: whose log. `unread`: what could not be read or is not known, `may_hold`:
    what that may be. `broken`: some of it could not be read at all; `shallow`: some lies deeper than was written.
    `to_the_end`: all of it was looked at."""

    rows: int = 0
    names: set[str] = field(default_factory=set)
    log: bool = False
    tenants: set[str] = field(default_factory=set)
    logs_of: set[str] = field(default_factory=set)
    unread: _Found = field(default_factory=_Found)
    may_hold: frozenset[str] = frozenset()
    broken: bool = False
    shallow: bool = False
    to_the_end: bool = True


def exports_in(path: Path, is_log: Callable[[bytes], bool], *, to_the_end: bool = False) -> Exports:
    """`is_log` tells whether a row's JSON text is one of a log, of whatever kind. `to_the_end`: also behind the first
    rows of a log other things are looked for; whoever reads it sees whether there is need. A file that cannot be read,
    or is nothing that is known, makes partial what it may hold. ExportError when there is nothing at `path`, nothing in
    it is an export, or settings are of two tenants."""
    left: list[LeftAside] = []
    log: list[Part] = []
    whose: set[str] = set()
    logs_of: set[str] = set()
    found: dict[str, _Found] = {}
    doubts: dict[str, list[str]] = {}

    def hidden(name: str) -> None:
        left.append(LeftAside(name, "It is hidden."))

    parts = [part for file in _files(path, left) for part in whole_parts(file, path, hidden)]
    all_of_it = True
    for part in parts:
        seen = _look_at(part, is_log, to_the_end)
        all_of_it = all_of_it and seen.to_the_end
        whose |= seen.tenants
        if seen.log:
            log.append(part)
            logs_of |= seen.logs_of
        _note(part, seen, found)
        why = _why(seen)
        if not seen.log and not seen.names:
            left.append(LeftAside(part.name, why))
        for name in seen.may_hold - (seen.names | ({LOG} if seen.log else set())):
            doubts.setdefault(name, []).append(f"{part.name}: {why}")
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
    readings = {
        name: _reading(name, found.get(name), _few(doubts.get(name, ())), with_log=bool(log))
        for name in DATASETS
        if name != LOG
    }
    return Exports(
        path,
        tuple(log),
        readings,
        _few(doubts.get(LOG, ())),
        tuple(sorted((whose | logs_of) - {""})),
        tuple(sorted(left, key=lambda each: each.name)),
        all_of_it,
    )


def _few(sentences: Sequence[str]) -> tuple[str, ...]:
    more = len(sentences) - NAMED
    return tuple(sentences) if more <= 0 else (*sentences[:NAMED], f"So it is with {more:,} more files.")


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
    """Every file, in order of names. Hidden ones are passed over. What a link points at may lie anywhere."""
    if not path.exists():
        raise ExportError(f"There is no {path}.", "Name a folder that `auditor collect` made, or exported files.")
    if path.is_file():
        yield path
        return
    for folder, names, files in os.walk(path, onerror=unlistable):
        here = Path(folder)
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted((*files, *(name for name in names if (here / name).is_symlink()))):
            file = here / name
            if name.startswith("."):
                continue
            if file.is_symlink() or not file.is_file():
                left.append(LeftAside(str(file.relative_to(path)), "It is a link, or no ordinary file."))
            else:
                yield file


def _look_at(part: Part, is_log: Callable[[bytes], bool], to_the_end: bool) -> _Seen:
    """What a part holds, by all of its rows; by the first ones when they are a log's and it is not read `to_the_end`:
    what is something else behind them, the log's own reading names."""
    seen = _Seen()
    place = Place(part)
    for row in rows_in(part, place):
        json = None if isinstance(row, Unreadable) else _decoded(row)
        seen.rows += 1
        if isinstance(row, Unreadable):
            seen.unread.refuse(row)
            seen.broken = True
        elif json is None:
            seen.unread.refuse(_no_json(row, place))
            seen.broken = True
        else:
            _look_at_row(row, json, seen, is_log, place)
        if seen.log and not seen.names and not to_the_end and seen.rows >= SAMPLE:
            seen.to_the_end = False
            break
    seen.unread.pages, seen.unread.continued = place.pages, place.continued
    if not seen.log and not seen.names:
        _look_at_text(part, seen, is_log)
    elif seen.broken:
        # What is broken may be something else than the rest; but changes of policies tell of policies, and are none.
        changes = {LOG, POLICIES} if "policy_changes" in seen.names else set()
        seen.may_hold |= told_by(_text_of(part)) - changes
    return seen


def _look_at_row(row: bytes, json: Json, seen: _Seen, is_log: Callable[[bytes], bool], place: Place) -> None:
    datasets: list[tuple[str, ...]] = []
    for each in objects_in(json):
        datasets.append(datasets_of(each))
        if "organization" in datasets[-1]:
            seen.tenants.add((maybe_text(each, "id") or "").lower())
    if any(datasets):
        seen.names.update(*datasets)
    elif is_log(row):
        seen.log = True
        if seen.rows <= SAMPLE:
            seen.logs_of.add(tenant_of(json))
        return
    for known in datasets:
        if not known:
            may_hold = row_may_hold(json, row) if seen.unread.refused < _MOST_LOOKED_INTO else frozenset()
            shallow = _CUT_OFF.search(row) is not None
            if shallow and len(json) <= _FEW:
                may_hold = ANYTHING  # all that it held may be what was cut off
            seen.may_hold |= may_hold
            seen.shallow = seen.shallow or shallow
            seen.unread.refuse(place.unreadable(_TOO_SHALLOW if shallow else _looks(may_hold) or _NO_KIND))


def _no_json(row: bytes, place: Place) -> Unreadable:
    """Why a row cannot be decoded, and in which of its lines."""
    refused = place.unreadable(f"{_NO_JSON}.")
    try:
        loads(mended(row))
    except JSONDecodeError as error:
        why = f"{_NO_JSON}: {error.msg[:1].lower()}{error.msg[1:]}."
        return msgspec.structs.replace(refused, line=refused.line + error.lineno - 1, why=why)
    except (ValueError, RecursionError):
        pass
    return refused


def _text_of(part: Part) -> Iterator[bytes]:
    """Its text, piece by piece, as far as it can be read."""
    with suppress(OSError, ValueError), opened(part) as found:
        while piece := found.file.read(_PIECE):
            yield piece


def _look_at_text(part: Part, seen: _Seen, is_log: Callable[[bytes], bool]) -> None:
    """A part of which nothing was understood: what it may hold, by its text."""
    head = next(_text_of(part), b"")[:_HEAD]
    if shape_of(head) is Shape.TABLE:
        columns = dict.fromkeys(header_of(head), "")
        text = msgspec.json.encode(columns)
        seen.may_hold |= {LOG} if is_log(text) else row_may_hold(columns, text)
    if seen.rows and not seen.broken:
        return
    if not seen.rows and head.strip():
        # A whole list of nothing is an answer where it says what there is none of.
        if _NO_POLICIES.search(head):
            seen.names.add(POLICIES)
    elif not seen.may_hold:
        seen.may_hold = file_may_hold(part.name, head, told_by(_text_of(part)))


def _why(seen: _Seen) -> str:
    """Of what was not read in a part: a sentence."""
    if not seen.rows:
        return "It is empty."
    if looks := _looks(seen.may_hold):
        return " ".join(filter(None, (looks, _first(seen) if seen.broken else _TOO_SHALLOW if seen.shallow else "")))
    if seen.shallow and seen.may_hold and not seen.broken:
        return _TOO_SHALLOW
    if seen.broken and seen.may_hold:
        return f"Nothing in it could be read. {_first(seen)}"
    return _NO_KIND


def _looks(may_hold: frozenset[str]) -> str:
    """What something looks like that is not read: a sentence; "" where it may be anything, or nothing that is named."""
    looks = " and ".join(_LOOKS_LIKE[name] for name in (LOG, POLICIES) if name in may_hold)
    if not looks or may_hold == ANYTHING:
        return ""
    return f"It looks like {looks}, in a form that this program does not read."


def _first(seen: _Seen) -> str:
    """Why the first rows of a part could not be read, with their lines."""
    told = [f"{f'Line {each.line}: ' if each.line else ''}{each.why}" for each in seen.unread.first_refused]
    return " ".join(told)


def _decoded(row: bytes) -> Json | None:
    try:
        json = msgspec.json.decode(row)
    except (ValueError, RecursionError):
        try:
            json = msgspec.json.decode(mended(row))
        except (ValueError, RecursionError):
            return None
    return json if isinstance(json, dict) and not _too_deep(row, json) else None


def _too_deep(row: bytes, json: Json) -> bool:
    """Whether a row is nested deeper than anybody who goes through it may go."""
    if row.count(b"{") + row.count(b"[") <= _DEEPEST:
        return False
    layer: list[Any] = [json]
    for _ in range(_DEEPEST):
        layer = [
            inner
            for each in layer
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, (dict, list))
        ]
    return bool(layer)


def _note(part: Part, seen: _Seen, found: dict[str, _Found]) -> None:
    for name in seen.names:
        here = found.setdefault(name, _Found())
        here.parts.append(part)
        here.pages += seen.unread.pages
        here.continued += seen.unread.continued
        here.refused += seen.unread.refused
        here.first_refused += seen.unread.first_refused


def _reading(name: str, found: _Found | None, doubts: tuple[str, ...], *, with_log: bool) -> Reading[Any]:
    if found is None:
        return Missing(
            " ".join(("It is not among the files that could be read.", *doubts))
            if doubts
            else "It is not among the files.",
            f"Put Graph's JSON of it ({DATASETS[name].title}) beside the others.",
        )
    objects = _Objects(name, found.parts)
    value, faults = parsed(name, iter(objects))
    first = (*found.first_refused, *objects.refused)
    reasons = [described(first, found.refused + len(objects.refused)), *faults, *doubts, _OPEN.get(name, "")]
    reasons += objects.faults(with_log=with_log)
    if found.pages and found.pages == found.continued:
        reasons.append("The files hold some pages of Graph's answer, and not the last one.")
    reason = " ".join(filter(None, reasons))
    if value is None or (objects.refused and value in ((), {})):
        return Missing(reason)
    return Partial(value, reason) if reason else Collected(value)


class _Objects:
    """Every object of a dataset, each once: files hold copies of each other. Of two versions of one the later changed
    counts, where that can be told. A policy without an id is given the name of its file for one."""

    def __init__(self, name: str, parts: Iterable[Part]) -> None:
        self._name = name
        self._nameless: list[str] = []
        self.refused: list[Unreadable] = []
        self._differ: list[str] = []
        # Of what a tenant has thousands of, the parsers keep one of each id themselves.
        self._given = self._all(parts) if name in _KEYED else iter(self._one_of_each(parts))

    def __iter__(self) -> Iterator[Json]:
        return (json for json, _, _ in self._given)

    def _all(self, parts: Iterable[Part]) -> Iterator[tuple[Json, Part, int]]:
        for part in parts:
            place = Place(part)
            for row in rows_in(part, place):
                json = None if isinstance(row, Unreadable) else _decoded(row)
                for each in objects_in(json) if json is not None else ():
                    if self._name in datasets_of(each):
                        yield each, part, place.line

    def _one_of_each(self, parts: Iterable[Part]) -> Iterable[tuple[Json, Part, int]]:
        kept: dict[str, tuple[Json, Part, int]] = {}
        for json, part, line in self._all(parts):
            identity = maybe_text(json, "id")
            key = identity.lower() if identity else _digest(json)
            before = kept.get(key)
            if before is not None and identity and _digest(before[0]) != _digest(json):
                self._differ.append(f"{identity} ({before[1].name} and {part.name})")
            if before is None or _changed(json) > _changed(before[0]):
                kept[key] = (self._named(json, part, line), part, line)
        return [each for each in kept.values() if self._understood(*each)]

    def _understood(self, json: Json, part: Part, line: int) -> bool:
        """By itself, so that what is not understood is told with its file and its line."""
        value, faults = parsed(self._name, [json])
        shallow = _CUT_OFF.search(msgspec.json.encode(json)) is not None
        if faults or shallow:
            self.refused.append(Unreadable(part.name, line, _TOO_SHALLOW if shallow else faults[0]))
        return not faults and value is not None

    def _named(self, json: Json, part: Part, line: int) -> Json:
        if self._name != POLICIES or maybe_text(json, "id"):
            return json
        self._nameless.append(part.name)
        return {**json, "id": f"{part.name}:{line}"}

    def faults(self, *, with_log: bool) -> Iterator[str]:
        """Sentences, once all objects were taken. Ids matter for a log only."""
        if self._differ:
            yield (
                f"{len(self._differ)} of them stand in the files in different versions, and which holds is not known: "
                f"{self._differ[0]} is the first."
            )
        if self._nameless and with_log:
            yield (
                f"{len(self._nameless)} of them have no id, so that nothing in the log can be held against them: "
                f"{self._nameless[0]} is the first."
            )


def _digest(json: Json) -> str:
    return hashlib.blake2b(msgspec.json.encode(json, order="sorted"), digest_size=16).hexdigest()


def _changed(json: Json) -> str:
    return maybe_text(json, "modifiedDateTime") or ""


def _named(left: Sequence[LeftAside]) -> str:
    named = "".join(f" {each.name}: {each.why}" for each in left[:NAMED])
    return named + (f" And {len(left) - NAMED:,} more files." if len(left) > NAMED else "")
