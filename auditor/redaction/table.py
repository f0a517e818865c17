"""The table of a redaction: a private file of the caller's with a random key and with what each pseudonym stands for.

A pseudonym follows from the key, the kind and the original alone, so runs that use one table agree, whatever they meet
first and however many of them go on at once. Without the key nobody can try names out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from auditor.errors import ConfigError, SpoolError
from auditor.spool.private_files import written_whole
from auditor.tenant.json_shapes import Json, objects, text

SCHEMA = "auditor/redaction/v1"

DIGITS = 10
"""Hexadecimal ones. With a hundred thousand names of one kind two collide once in two hundred tables."""

KINDS = (
    *("user", "app", "policy", "group", "object", "location", "tenant", "domain", "ip", "id"),
    *("actor", "redirect", "control", "file", "path", "text"),
)

PSEUDONYM = re.compile(rf"(?:{'|'.join(KINDS)})-[0-9a-f]{{{DIGITS},64}}(?![0-9a-z])")

_SAME_IN_EITHER_CASE = frozenset({"user", "domain", "id", "tenant"})
_REMEDY = "Name another file with --redact."


class Table:
    """Pseudonyms and what they stand for. What was not `shown` is not written down."""

    def __init__(self, path: Path, key: bytes, known: Mapping[str, tuple[str, str]] | None = None) -> None:
        """`known`: by pseudonym, the kind and the original."""
        self.path = path
        self._key = key
        self._originals = dict(known or {})
        self._pseudonyms = {(kind, _folded(kind, original)): each for each, (kind, original) in self._originals.items()}
        self._shown = set(self._originals)

    @property
    def id(self) -> str:
        """Tells tables apart and tells nothing of their keys."""
        return hmac.new(self._key, SCHEMA.encode(), hashlib.sha256).hexdigest()[:DIGITS]

    def pseudonym(self, kind: str, original: str) -> str:
        """As "user-7f3a9c21b0"; "" for none. Users, domains and ids are the same in either case; names are not."""
        if not original:
            return ""
        key = kind, _folded(kind, original)
        found = self._pseudonyms.get(key)
        if found is None:
            found = self._pseudonyms[key] = self._new(*key)
            self._originals[found] = kind, original
        return found

    def _new(self, kind: str, folded: str) -> str:
        digits = hmac.new(self._key, f"{kind}\x1f{folded}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        lengths = range(DIGITS, len(digits) + 1)
        return next(each for length in lengths if (each := f"{kind}-{digits[:length]}") not in self._originals)

    def shown(self, pseudonym: str) -> str:
        """The pseudonym, which others will see: it is to stand in the file."""
        if pseudonym:
            self._shown.add(pseudonym)
        return pseudonym

    def shown_in(self, text: str) -> str:
        """The text, which others will see, and the pseudonyms in it with it."""
        if "-" in text:
            self._shown.update(each for each in PSEUDONYM.findall(text) if each in self._originals)
        return text

    def turned_back(self, text: str) -> str:
        """The text with the originals of the pseudonyms in it."""

        def original(found: re.Match[str]) -> str:
            known = self._originals.get(found[0])
            return known[1] if known else found[0]

        return PSEUDONYM.sub(original, text)

    def called(self, original: str) -> Iterator[str]:
        """The pseudonyms of all that has this name, in either case."""
        wanted = original.casefold()
        return (each for each, (_, name) in self._originals.items() if name.casefold() == wanted)

    def save(self) -> None:
        """Writes the file anew, for its owner alone. What another run has put into it meanwhile stays. ConfigError
        when it cannot be written."""
        known = {**_read(self.path, self._key), **{each: self._originals[each] for each in self._shown}}
        _check(self.path)
        try:
            with written_whole(self.path) as file:
                file.write(_text(self._key, known).encode())
        except SpoolError as error:
            raise ConfigError(f"The table of pseudonyms was not kept: {error.what}", _REMEDY) from error


def open_table(path: Path) -> Table:
    """The table in a file; where there is none, a new one with a new key. ConfigError when it cannot be read or made,
    or is none."""
    path = path.resolve()  # what a link points at is written, and not the link
    _check(path)
    key = secrets.token_bytes(32)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        key, known = _contents(path)
        return Table(path, key, known)
    except OSError as error:
        raise ConfigError(f"The table of pseudonyms cannot be made at {path}: {error.strerror}.", _REMEDY) from error
    with open(descriptor, "wb") as file:
        file.write(_text(key, {}).encode())
    return Table(path, key)


def _check(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise ConfigError(f"{path} is no ordinary file.", _REMEDY)


def _folded(kind: str, original: str) -> str:
    return original.lower() if kind in _SAME_IN_EITHER_CASE else original


def _text(key: bytes, known: Mapping[str, tuple[str, str]]) -> str:
    names = ({"kind": known[each][0], "pseudonym": each, "original": known[each][1]} for each in sorted(known))
    return json.dumps({"schema": SCHEMA, "key": key.hex(), "names": list(names)}, indent=1) + "\n"


def _read(path: Path, key: bytes) -> Mapping[str, tuple[str, str]]:
    """What stands in the file now, if it still is this table."""
    if not path.exists():
        return {}
    now, known = _contents(path)
    if now != key:
        raise ConfigError(f"{path} was replaced by another table of pseudonyms while this ran.", _REMEDY)
    return known


def _contents(path: Path) -> tuple[bytes, Mapping[str, tuple[str, str]]]:
    try:
        document: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"The table of pseudonyms {path} cannot be read: {error.strerror}.", _REMEDY) from error
    except (ValueError, RecursionError):
        document = None
    try:
        return _understood(document)
    except ValueError as error:
        raise ConfigError(f"{path} is no table of pseudonyms: {error}.", _REMEDY) from None


def _understood(document: Any) -> tuple[bytes, Mapping[str, tuple[str, str]]]:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"it is not of the schema {SCHEMA!r}")
    key = bytes.fromhex(text(document, "key", "it"))
    if len(key) != 32:
        raise ValueError("its key is not of 32 bytes")
    return key, dict(map(_entry, objects(document, "names", "it")))


def _entry(json: Json) -> tuple[str, tuple[str, str]]:
    pseudonym, kind = text(json, "pseudonym", "a name"), text(json, "kind", "a name")
    if kind not in KINDS or not PSEUDONYM.fullmatch(pseudonym) or not pseudonym.startswith(f"{kind}-"):
        raise ValueError("an entry is no pseudonym")
    return pseudonym, (kind, text(json, "original", pseudonym))
