"""A log several times over out of one file: each time, rows, attempts and users have other ids.

It is the engine's own code that reads it, and its workers'; but in each block of lines, before anything is made of it,
the last letter of those ids becomes one that stands for the time: so their order stays as it is. Whoever reads it once
pays for that as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import msgspec

from auditor.exports.blocks import Block
from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.rows import blocks_in
from auditor.sign_ins import partition, worker_process

_LETTERS = b"ghijklmnopqrstuvwxyz"  # those that no id has
_IDS = (b'"id":"', b'"userId":"', b'"correlationId":"')
_LAST = 35
_NOBODY = b"00000000-"


def parts(once: Sequence[Part], times: int) -> list[Part]:
    """The parts so many times over. From now on this process and its workers add salt to what they read."""
    worker_process._START = worker_process._START.replace(
        "from auditor", "import salted; salted.salt(); from auditor", 1
    )
    salt()
    return [msgspec.structs.replace(part, name=str(time)) for time in range(times) for part in once]


def salt() -> None:
    partition.blocks_in = _salted


def _salted(part: Part, place: Place) -> Iterator[Block | bytes | Unreadable]:
    letter = _LETTERS[int(part.name)]
    for found in blocks_in(part, place):
        if not isinstance(found, Block):
            raise ValueError("a log with nothing but usual lines can be salted, and no other")
        text = cast(bytearray, found.text.obj)
        for start, end in zip([0, *found.ends], found.ends, strict=False):
            for name in _IDS:
                at = text.find(name, start, end)
                if at >= 0 and not text.startswith(_NOBODY, at + len(name)):
                    text[at + len(name) + _LAST] = letter
        yield found
