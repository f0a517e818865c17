"""JSON that is not one text a line, cut into its rows as it streams by: a list, the lists of `{"value": [...]}` and
`{"records": [...]}`, one object, or objects that follow one another, pretty-printed or not.

A row is the text of an object that stands in no other. Where the text is broken, the row that is broken is given up
and the next one looked for by how the first one began: with the names of its first two properties.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import msgspec

from auditor.exports.lines import CUT_OFF, LARGEST, NO_OBJECT, TOO_LARGE
from auditor.exports.part import Unreadable
from auditor.exports.place import Place

LISTS = (b'"value"', b'"records"')
"""What an object that is a list's wrapping calls the list: Graph's pages, and Azure's blobs of an older kind."""

_CHUNK = 1 << 20
_MOST_BREAKS = 1_000
BROKEN = "Its end is missing."
_NO_END = "The list has no end: the file is cut off."
_TOO_BROKEN = "The rest was left aside: too much of it is broken."

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
# A string that does not end in the buffer is a token too, without its group.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:(")|\\?\Z)|[\[\]{}]', re.DOTALL)
_CONTINUED = re.compile(rb'"@odata\.nextLink"\s*:\s*"')
_LIST = re.compile(rb"\s*:\s*(?=\[)")
_PERHAPS_LIST = re.compile(rb"\s*(?::\s*)?\Z")
_BETWEEN = re.compile(rb"[\s,]*")
_STRAY = re.compile(rb"(?:" + _STRING + rb"|[^\[\]{},])+|[^\[{]", re.DOTALL)
_BEGINNING = re.compile(
    rb"\{\s*(" + _STRING + rb")\s*:\s*(?:(?:" + _STRING + rb'|[^\s",{}\[\]]+)\s*,\s*(' + _STRING + rb")\s*:)?",
    re.DOTALL,
)
_LONGEST_BEGINNING = 1 << 12
_WRAPS = re.compile(rb'"(?:value|records)"\s*:\s*\[')
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")

_decode = msgspec.json.Decoder(msgspec.Raw).decode


def documents(file: io.BufferedReader, place: Place) -> Iterator[bytes | Unreadable]:
    """Every row, and what could not be read between them."""
    return _Documents(file, place).rows()


class _Documents:
    """`buffer`: the text that is in memory, `at`: where reading stands in it, `counted`: up to where its lines are.
    `lists`: how deep in lists the next row stands. `wrapped`: the outermost of them stands in an object; `continued`:
    which says that another one follows."""

    def __init__(self, file: io.BufferedReader, place: Place) -> None:
        self._file = file
        self._place = place
        self._buffer = b""
        self._view = memoryview(b"")
        self._at = 0
        self._counted = 0
        self._lists = 0
        self._wrapped = self._continued = False
        self._beginning: re.Pattern[bytes] | None = None

    def rows(self) -> Iterator[bytes | Unreadable]:
        breaks = 0
        self._place.number = 1
        while byte := self._between():
            if byte == b"[":
                self._lists += 1
                self._at += 1
            elif byte == b"]" and self._lists:
                self._lists -= 1
                self._at += 1
                if self._wrapped and not self._lists and not self._end_of_wrapping():
                    yield self._place.unreadable(_NO_END)
                    return
            else:
                self._count()
                row, why = self._object() if byte == b"{" else (b"", NO_OBJECT)
                if row:
                    yield row
                elif why:
                    breaks += 1
                    refused = self._place.unreadable(why)
                    found = self._skip_stray() if why == NO_OBJECT else self._find_next()
                    yield msgspec.structs.replace(refused, why=BROKEN) if found and why == CUT_OFF else refused
                    if breaks == _MOST_BREAKS:
                        yield self._place.unreadable(_TOO_BROKEN)
                        return
                    if not found:
                        return
        if self._lists:
            yield self._place.unreadable(_NO_END)

    def _object(self) -> tuple[bytes, str]:
        """The object at `at`, or why it cannot be read; neither where it is a list's wrapping: then reading goes on at
        the list."""
        end = self._fast_end()
        if not end:
            why, end = self._careful_end()
            if why or not end:
                return b"", why
            if self._runs_into_another(end):
                return b"", BROKEN
        row = self._buffer[self._at : end].rstrip()
        self._at = end
        if self._beginning is None:
            self._beginning = _beginning(row)
        return row, ""

    def _more(self, size: int = _CHUNK) -> bool:
        """A further piece of the text, behind what is not yet read."""
        chunk = self._file.read(size)
        self._count()
        self._buffer = self._buffer[self._at :] + chunk
        self._view = memoryview(self._buffer)
        self._at = self._counted = 0
        return bool(chunk)

    def _count(self) -> None:
        self._place.number += self._buffer.count(b"\n", self._counted, self._at)
        self._counted = self._at

    def _between(self) -> bytes:
        """The byte that stands after white space and commas; none at the end."""
        while True:
            found = _BETWEEN.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return b""

    def _fast_end(self) -> int:
        """Where the object at `at` ends, by what the decoder says that comes after it: it passes over a row ten times
        faster than a loop here could. 0 when it does not say so, and for what may be a list's wrapping."""
        try:
            _decode(self._view[self._at :])
            end = len(self._buffer)
        except msgspec.DecodeError as error:
            said = _TRAILING.search(str(error))
            if said is None:
                return 0
            end = self._at + int(said[1]) - 1
        except RecursionError:
            return 0
        if self._lists == 0 and _WRAPS.search(self._buffer, self._at, end):
            return 0
        return end if self._buffer[max(self._at, end - 64) : end].rstrip().endswith(b"}") else 0

    def _careful_end(self) -> tuple[str, int]:
        """Why the object at `at` cannot be read, or "" and where it ends. Of a list's wrapping the end is 0, and
        reading stands at its list."""
        depth, after = 0, self._at
        self._continued = False
        while True:
            for found in _TOKEN.finditer(self._buffer, after):
                kind = self._buffer[found.start()]
                if kind in b"[{":
                    depth += 1
                elif kind in b"]}":
                    depth -= 1
                    if depth == 0:  # by the end of the list around it, where its own is missing
                        return "" if kind == ord("}") else BROKEN, found.end()
                elif found[1] is None:
                    break
                elif depth == 1 and self._lists == 0 and _CONTINUED.match(self._buffer, found.start()):
                    self._continued = True
                elif depth == 1 and self._lists == 0 and found[0] in LISTS:
                    if _PERHAPS_LIST.match(self._buffer, found.end()):
                        break
                    if begins := _LIST.match(self._buffer, found.end()):
                        self._at = begins.end()
                        self._wrapped = True
                        return "", 0
                after = found.end()
            held = len(self._buffer) - self._at
            if held > LARGEST:
                return TOO_LARGE, 0
            after -= self._at
            # Twice as much each time: a string that has no end is looked through from its beginning again.
            if not self._more(max(_CHUNK, min(held, LARGEST + 1 - held))):
                return CUT_OFF, 0

    def _runs_into_another(self, end: int) -> bool:
        """A row that lost its end takes in the next one, and brackets may match all the same."""
        if self._beginning is None or not self._beginning.search(self._buffer, self._at + 1, end):
            return False
        try:
            # Not msgspec, which refuses a whole row for one half of a character in it.
            json.loads(self._buffer[self._at : end])
        except ValueError:
            return True
        except RecursionError:
            return False
        return False

    def _end_of_wrapping(self) -> bool:
        """Passes over what follows a list in its object; whether the object has an end."""
        self._wrapped = False
        depth = 1
        while True:
            for found in _TOKEN.finditer(self._buffer, self._at):
                kind = self._buffer[found.start()]
                if kind == ord('"') and found[1] is None:
                    break
                depth += 1 if kind in b"[{" else -1 if kind in b"]}" else 0
                self._continued = self._continued or bool(_CONTINUED.match(self._buffer, found.start()))
                self._at = found.end()
                if depth == 0:
                    self._place.pages += 1
                    self._place.continued += self._continued
                    return True
            if len(self._buffer) - self._at > LARGEST or not self._more():
                return False

    def _skip_stray(self) -> bool:
        found = _STRAY.match(self._buffer, self._at)
        self._at = found.end() if found else self._at + 1
        return True

    def _find_next(self) -> bool:
        """Goes on to the next row that begins as the first one did; whether there is one."""
        beginning = self._beginning or _beginning(self._buffer[self._at : self._at + _LONGEST_BEGINNING])
        self._at += 1
        while beginning is not None:
            if found := beginning.search(self._buffer, self._at):
                self._at = found.start()
                return True
            self._at = max(self._at, len(self._buffer) - _LONGEST_BEGINNING)
            if not self._more():
                break
        return False


def _beginning(row: bytes) -> re.Pattern[bytes] | None:
    """What a row begins with that has the same first properties as this one: two, as objects within a row may well
    begin with the same single one."""
    found = _BEGINNING.match(row)
    if found is None:
        return None
    pattern = rb"\{\s*" + re.escape(found[1]) + rb"\s*:"
    if found[2] is not None:
        pattern += rb"\s*(?:" + _STRING + rb'|[^\s",{}\[\]]+)\s*,\s*' + re.escape(found[2]) + rb"\s*:"
    return re.compile(pattern, re.DOTALL)
