"""GitHub-flavoured Markdown out of text that may be hostile, and tables and lists that cannot grow without end.

A backslash takes the meaning from what Markdown itself reads. What GitHub acts on later, in the finished page
(mentions, references to issues, addresses, emoji, mathematics), it only sees in one piece of text: there the sign goes
into a span of its own, which shows the same and leaves two pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from auditor.reports.plain import plain
from auditor.reports.portal import is_portal
from auditor.reports.sentences import many

LONGEST = 1_500
LONGEST_NAME = 120

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(
    r"""(?P<entity>[&<>])
    | (?P<escape>[\\`*_\[\]|~])
    | [@$\#]                                                   # mentions, mail addresses, mathematics, issues
    | :(?=//|[\w+-]{1,60}:)(?!(?!100:|1234:)\d+:)              # addresses, emoji; but not the time of day
    | (?<=www)[.] | (?<=gh)-(?=\d)                            # addresses without a scheme, issues
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPENS_A_BLOCK = re.compile(r"(?=[+=-])|\d+(?=[.)](?:\s|$))")


def text(said: str, longest: int = LONGEST) -> str:
    """One line that is shown as it is, wherever it stands in a paragraph, an item of a list or a cell of a table; of
    at most `longest` characters, and fewer where it takes more than twice as many to write them."""
    shown = plain(said.strip(), longest).strip()
    written = _SPECIAL.sub(_harmless, shown)
    while len(written) > 2 * longest:
        shown = shown[: len(shown) * 2 * longest // len(written) - 3] + "..."
        written = _SPECIAL.sub(_harmless, shown)
    opening = _OPENS_A_BLOCK.match(written)
    return f"{opening[0]}\\{written[opening.end() :]}" if opening else written


def _harmless(found: re.Match[str]) -> str:
    sign = found[0]
    if found["entity"]:
        return _ENTITIES[sign]
    return f"\\{sign}" if found["escape"] else f"<span>{sign}</span>"


def name(said: str, fallback: str = "") -> str:
    """What somebody called a thing."""
    return f"**{text(said, LONGEST_NAME) or text(fallback, LONGEST_NAME) or 'not named'}**"


def link(address: str) -> str:
    """To the portal of a cloud, with a space before it; "" where `address` leads anywhere else."""
    if not is_portal(address):
        return ""
    whole = re.sub(r"[^A-Za-z0-9/:#?&=%._~-]", lambda found: f"%{ord(found[0]):02X}", address)
    return f" [Look at it]({whole})"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], size: int, what: str = "row") -> list[str]:
    """Cells are Markdown. `columns`: a heading that ends in ":" stands over numbers. No rows, no table."""
    kept, left = cut((f"| {' | '.join(row)} |" for row in rows), size)
    if not kept:
        return []
    heads = [each.rstrip(":") for each in columns]
    rules = ["---:" if each.endswith(":") else "---" for each in columns]
    return ["", f"| {' | '.join(heads)} |", f"| {' | '.join(rules)} |", *kept, *rest(left, what)]


def listed(items: Iterable[str], size: int, what: str = "entry", more: str = "entries") -> list[str]:
    """Items are Markdown."""
    kept, left = cut((f"- {item}" for item in items), size)
    return [*kept, *rest(left, what, more)]


def cut(lines: Iterable[str], size: int) -> tuple[list[str], int]:
    """The first ones, at least one, that have no more than `size` characters together, and how many are left."""
    kept: list[str] = []
    left = used = 0
    for line in lines:
        used += len(line) + 1
        if left or (kept and used > size):
            left += 1
        else:
            kept.append(line)
    return kept, left


def rest(left: int, what: str, more: str = "") -> list[str]:
    """Where the others are."""
    return ["", f"{many(left, f'more {what}', f'more {more}' if more else '')}: in the JSON report of this run."] * (
        left > 0
    )
