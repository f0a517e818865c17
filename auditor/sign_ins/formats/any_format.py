"""Rows of a stream in any format. Its rows are nearly always of one, so the last one's is tried first."""

from __future__ import annotations

from collections.abc import Callable

from auditor.sign_ins.formats.format import Format
from auditor.sign_ins.formats.recognise import Other, format_of
from auditor.sign_ins.rows import NO_ID, AnyRow, GraphRow
from auditor.sign_ins.seen import SeenRow
from auditor.tenant.instant import parse
from auditor.tenant.mending import mended

Door = Callable[[Format], Callable[[bytes], AnyRow]]


class AnyFormat:
    """`current`: the format of the last row that was read, or None. A row that is of no format, or whose time is none,
    gives None, and its neighbours lose nothing by it."""

    __slots__ = ("current",)

    def __init__(self) -> None:
        self.current: Format | None = None

    def narrow(self, raw: bytes) -> tuple[GraphRow, int] | Other | None:
        """One row and its time in ticks."""
        return self._through(_narrow_door, raw)

    def wide(self, raw: bytes) -> tuple[SeenRow, int] | Other | None:
        """The same with all that anything reads of a row."""
        return self._through(_wide_door, raw)

    def _through(self, door: Door[AnyRow], raw: bytes) -> tuple[AnyRow, int] | Other | None:
        if self.current is not None:
            try:
                row = door(self.current)(raw)
                # Where nobody is named it may be of a service principal, or no sign-in at all; and a code that is not
                # where it should be may stand elsewhere.
                coded = row.status is not None and row.status.errorCode is not None
                if coded and row.id and row.userId and row.userId != NO_ID:
                    return row, parse(row.createdDateTime)
            except (ValueError, RecursionError):
                pass
        found = format_of(raw)
        if not isinstance(found, Format):
            return found
        try:
            read = _read(raw, door(found))
        except (ValueError, RecursionError):
            return None
        self.current = found
        return read


def _narrow_door(of: Format) -> Callable[[bytes], GraphRow]:
    return of.narrow


def _wide_door(of: Format) -> Callable[[bytes], SeenRow]:
    return of.wide


def _read(raw: bytes, door: Callable[[bytes], AnyRow]) -> tuple[AnyRow, int]:
    """The row and its time; where strict parsers refuse its text, mended."""
    try:
        row = door(raw)
    except (ValueError, RecursionError):
        text = mended(raw)
        if text == raw:
            raise
        row = door(text)
    if not row.id:
        raise ValueError("without an id")
    return row, parse(row.createdDateTime)


def refusal(raw: bytes) -> str:
    """Why a row that gave None was refused, for people: a phrase without a full stop."""
    found = format_of(raw)
    if isinstance(found, Format):
        try:
            _read(raw, found.narrow)
            _read(raw, found.wide)
        except RecursionError:
            return f"{found.name}: nested too deeply"
        except ValueError as error:
            return f"{found.name}: {error}"
    return "no row of a known format"
