"""Text from a tenant made harmless for a terminal. Whatever comes from a tenant or a file is hostile: an application
may be called by an escape sequence, a right-to-left mark, or ten thousand letters."""

from __future__ import annotations

import unicodedata

LONGEST = 300


def plain(text: str, longest: int = LONGEST) -> str:
    """One line without control, format or surrogate characters (each shown as its number), cut to `longest`, which is
    at least 3."""
    shown = text[: longest + 1]
    if not shown.isprintable():
        shown = "".join(map(_shown, shown))
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."


def _shown(character: str) -> str:
    if character in "\t\n\r\u2028\u2029":
        return " "
    category = unicodedata.category(character)
    # Cc: control, Cf: format (bidirectional marks among them), Cs: surrogates, Co and Cn: nothing a font can show
    return f"\\u{ord(character):04x}" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character
