"""What a value says where formats write the same thing in different ways; and an identity for rows without one."""

from __future__ import annotations

from hashlib import blake2b

from auditor.tenant.mending import mended

_SUCCESS = "success"
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_CODES = range(2**31)


def code(value: object) -> int | None:
    """An error code out of a number or a text: digits, or "Success" for 0. None for all else ("Failure", "")."""
    if isinstance(value, str):
        text = value.strip()
        if text.lower() == _SUCCESS:
            return 0
        # A text of many digits is no code, and costs Python 3.10 a long time to read.
        value = int(text) if len(text) <= 10 and text.isascii() and text.isdigit() else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _CODES else None


def flag(value: object) -> bool | None:
    """Yes or no out of a boolean or a text ("True", "no"); None for all else."""
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None


def identity(row: bytes) -> str:
    """An id for a row that carries none, out of its own bytes: equal rows count as one row given twice. No other column
    can stand for it: the id of the first request, for one, is common to all rows of a sequence. Broken text is mended
    first, for one door may read a row as it is and the other only so."""
    return f"row-{blake2b(mended(row), digest_size=16).hexdigest()}"
