"""Files cut into parts that processes share: a big file of lines by bytes, a zip file by its members."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from auditor.exports.opening import GZIP, ZSTD, is_zip, opened
from auditor.exports.part import Part
from auditor.exports.rows import Shape, shape_of
from auditor.exports.zips import members_in

LARGEST = 64 << 20
SMALLEST = 1 << 20
_PARTS_A_PROCESS = 8
_UNPACKED = 10  # rows of a log are about so many times larger than what they are packed into


def parts_of(files: Sequence[Path], wanted: int, within: Path | None = None) -> tuple[Part, ...]:
    """Parts that `wanted` processes can share evenly: see `whole_parts` and `cut`."""
    return cut([part for path in files for part in whole_parts(path, within)], wanted)


def cut(parts: Sequence[Part], wanted: int) -> tuple[Part, ...]:
    """Whole parts, in their order, cut where that is possible, so that each of `wanted` processes has several."""
    if wanted <= 1:
        return tuple(parts)
    share = sum(part.size for part in parts) // (wanted * _PARTS_A_PROCESS)
    step = max(SMALLEST, min(LARGEST, share))
    return tuple(piece for part in parts for piece in _pieces(part, step))


def whole_parts(
    path: Path, within: Path | None = None, hidden: Callable[[str], None] = lambda name: None
) -> Iterator[Part]:
    """The file as one part, or each member of a zip file; `hidden` is told what is left out of it, a folder once.
    `within`: a folder that the name is told from; else it is the path. A file that cannot be opened is a part all the
    same, so that reading it says why."""
    name = str(path.relative_to(within)) if within is not None and within != path else str(path)
    try:
        with open(path, "rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            head = file.read(4)
            if not is_zip(head):
                yield Part(str(path), name, size * _UNPACKED if head.startswith((GZIP, ZSTD)) else size)
                return
            members = list(members_in(file))
    except (OSError, zipfile.BadZipFile):
        yield Part(str(path), name, 0)
        return
    taken: set[str] = set()
    for written, member in members:
        steps = steps_of(written)
        out = hidden_at(steps)
        if out:
            if out not in taken:
                hidden(f"{name}/{out}")
            taken.add(out)
        else:
            yield Part(str(path), f"{name}/{_only_one('/'.join(steps), taken)}", member.size, member=member)


def steps_of(written: str) -> tuple[str, ...]:
    """The folders and the file in a name in an archive; Windows writes some with backslashes. Nothing is ever read or
    written at such a name, so it may lead anywhere."""
    return tuple(step for step in re.split(r"[/\\]", written) if step not in ("", "."))


def hidden_at(steps: Sequence[str]) -> str:
    """The folder or file by which a name is hidden, or is what macOS adds; "" when it is neither."""
    for number, step in enumerate(steps, 1):
        if step == "__MACOSX" or (step.startswith(".") and step != ".."):
            return "/".join(steps[:number])
    return ""


def _only_one(name: str, taken: set[str]) -> str:
    """The name, with a number after it where it was taken before: a member is told from the others by it."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    taken.add(found)
    return found


def _pieces(part: Part, step: int) -> Iterator[Part]:
    """The part cut into ranges, if its bytes can be cut."""
    count = -(-part.size // step)
    if count < 2 or not _of_lines(part):
        yield part
        return
    cuts = [part.size * number // count for number in range(count)]
    for start, end in zip_longest(cuts, cuts[1:], fillvalue=-1):
        yield Part(part.path, part.name, (end if end >= 0 else part.size) - start, start=start, end=end)


def _of_lines(part: Part) -> bool:
    try:
        with opened(part) as found:
            return found.plain and shape_of(found.head()) is Shape.LINES
    except (OSError, ValueError):
        return False
