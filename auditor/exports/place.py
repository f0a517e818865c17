"""Where in a file a row stands, for people who have to look at it."""

from __future__ import annotations

from functools import lru_cache

from auditor.exports.part import Part, Unreadable

_GRID = 64 << 20


class Place:
    """Of the row that was read last. `number`: its line within the part, from 1. `pages`, `continued`: how many of
    Graph's pages (`{"value": [...]}`) there were so far, and how many of them say that another one follows."""

    __slots__ = ("continued", "number", "pages", "part")

    def __init__(self, part: Part) -> None:
        self.part = part
        self.number = self.pages = self.continued = 0

    @property
    def line(self) -> int:
        """The line that the row begins in, in the whole file, from 1."""
        return self.number + lines_before(self.part.path, self.part.start)

    def unreadable(self, why: str) -> Unreadable:
        """`why`: a sentence."""
        return Unreadable(self.part.name, self.line, why)


def lines_before(path: str, at: int) -> int:
    """How many lines begin before byte `at` of a file. It is asked only where a row is refused, so that nobody else
    pays for the counting, and what was counted is remembered."""
    if not at:
        return 0
    limit = at - 1  # the end of a line right before `at` is the beginning of a line at `at`
    cells = limit // _GRID
    whole = sum(_line_ends(path, cell * _GRID, (cell + 1) * _GRID) for cell in range(cells))
    return whole + _line_ends(path, cells * _GRID, limit) + 1


@lru_cache(maxsize=4096)
def _line_ends(path: str, start: int, end: int) -> int:
    with open(path, "rb", buffering=0) as file:
        file.seek(start)
        found = 0
        while start < end and (chunk := file.read(min(1 << 20, end - start))):
            found += chunk.count(b"\n")
            start += len(chunk)
        return found
