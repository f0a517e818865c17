"""What a value says where formats write the same thing in different ways; and an identity for rows without one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from auditor.sign_ins.rows import FAILED, INTERRUPTED
from auditor.tenant.mending import mended

_SUCCESS = "success"
_WORDS = {
    "success": _SUCCESS,
    "succeeded": _SUCCESS,
    "interrupted": INTERRUPTED,
    "interrupt": INTERRUPTED,
    "failure": FAILED,
    "failed": FAILED,
}
# A text of many digits is no code, and costs Python 3.10 a long time to read.
_NUMBER = re.compile(r"(\d{1,10})(?:\.0{1,10})?", re.ASCII)
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_CODES = range(2**31)


def code(value: object) -> int | None:
    """An error code out of a number or the text of one; spreadsheets and data frames write 50140.0. None for all else
    ("Failure", "")."""
    if isinstance(value, str):
        number = _NUMBER.fullmatch(value.strip())
        value = int(number[1]) if number else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _CODES else None


def ending(said: Iterable[object]) -> tuple[int | None, str | None]:
    """The code out of what a row says of its end, in numbers and words, and what it is called (see `Row`) where it has
    no code. The first number counts, and the first word; where both contradict each other, it is no success."""
    values = tuple(said)
    found = next((known for each in values if (known := code(each)) is not None), None)
    called = next((word for each in values if isinstance(each, str) and (word := _WORDS.get(each.strip().lower()))), "")
    if found is None and called == _SUCCESS:
        return 0, None
    if found == 0 and called in (INTERRUPTED, FAILED):
        found = None
    return (None, called or None) if found is None else (found, None)


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
