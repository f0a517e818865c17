"""Whom and what the sign-in log tells to ask about: what causes need is not asked of everybody, only of the people and
applications that met what is to be explained.

Noted while pages are read, row by row, so that the log is read once. What an earlier, stopped run had read is read
back from the spool when it comes to asking: a resumed run asks what a whole one would have asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from auditor.sources.named import only_ids
from auditor.spool.spool import Spool

NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands in rows of whom Entra does not know yet."""

_REGISTRATIONS = frozenset({50072, 50074, 50076, 50078, 50079, 50125, 50203})
_PASSWORD_DATES = frozenset({50133, 50173})
_APPLICATIONS = frozenset({50199})
TELLING = _REGISTRATIONS | _PASSWORD_DATES | _APPLICATIONS
"""The codes of rows that tell."""


class _Status(msgspec.Struct, gc=False):
    errorCode: int | None = None


class Row(msgspec.Struct, gc=False):
    """What collecting looks at of a sign-in; nothing where Graph wrote something else than it should."""

    id: str | None = None
    createdDateTime: str | None = None
    userId: str | None = None
    appId: str | None = None
    status: _Status | None = None


class _Key(msgspec.Struct, gc=False):
    id: str | None = None
    createdDateTime: str | None = None


_decode_row = msgspec.json.Decoder(Row).decode
_decode_key = msgspec.json.Decoder(_Key).decode


def row_of(raw: msgspec.Raw | bytes) -> Row:
    """ValueError when not even its id and time can be read."""
    try:
        return _decode_row(raw)
    except ValueError:
        key = _decode_key(raw)
        return Row(key.id, key.createdDateTime)


class ToAsk:
    """Of one run that collects into `spool`; made before it reads anything."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._read_back = not spool.spans()  # whether all rows on disk are noted
        self._found: Mapping[str, set[str]] = {"applications": set(), "registrations": set(), "password_dates": set()}

    def note(self, row: Row) -> None:
        """Takes note of a row of the log, whatever its code."""
        code = row.status.errorCode if row.status is not None else None
        if code in _APPLICATIONS:
            self._found["applications"].add((row.appId or "").lower())
        elif code in _REGISTRATIONS:
            self._found["registrations"].add((row.userId or "").lower())
        elif code in _PASSWORD_DATES:
            self._found["password_dates"].add((row.userId or "").lower())

    def about(self, dataset: str) -> tuple[str, ...]:
        """The ids to ask about for `dataset`, in lower case, sorted. SpoolError when the log cannot be read back."""
        if not self._read_back:
            for line in self._spool.sign_in_lines():
                try:
                    self.note(row_of(line))
                except ValueError:
                    continue  # the engine counts it as refused
            self._read_back = True
        return tuple(sorted(set(only_ids(self._found[dataset])) - {NOBODY}))
