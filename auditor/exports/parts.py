"""Files cut into parts that processes share: a big file of lines by bytes, a zip file by its members."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from auditor.exports.opening import GZIP, ZSTD, is_zip, opened
from auditor.exports.part import Part
from auditor.exports.rows import Shape, shape_of
from auditor.exports.zips import members_in

LARGEST = 64 << 20
SMALLEST = 1 << 20
_PARTS_A_PROCESS = 8
_OF_MACOS = re.compile(r"__MACOSX|\.DS_Store|\._.*")
_OF_OFFICE = "[Content_Types].xml"
"""A zip file that begins so is a workbook, or another document of an office program."""
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
    path: Path, within: Path | None = None, left: Callable[[str], None] = lambda name: None
) -> Iterator[Part]:
    """The file as one part, or each member of a zip file, also where several bear one name; hidden ones are left out,
    and `left` is told their names, but for what macOS adds. `within`: a folder that the name is told from; else it is
    the path. A file that cannot be opened is a part all the same, so that reading it says why. Nothing is unpacked."""
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
    if not members or any(written == _OF_OFFICE for written, _ in members):
        # A workbook is one file to people. Reading either says that it is nothing to be read.
        yield Part(str(path), name, 0)
        return
    of_one_name: Counter[PurePosixPath] = Counter()
    for written, member in members:
        inner = PurePosixPath(written.replace("\\", "/"))  # some programs on Windows write it so
        if any(_OF_MACOS.fullmatch(each) for each in inner.parts):
            continue
        of_one_name[inner] += 1
        called = f"{name}/{inner}" + (f" ({of_one_name[inner]})" if of_one_name[inner] > 1 else "")
        if any(each.startswith(".") and each != ".." for each in inner.parts):
            left(called)
        else:
            yield Part(str(path), called, member.size, member=member)


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
