"""JSON that is broken in one text, mended, so that a hostile name costs no page and no row.

A lone surrogate (`\\ud800`) or a byte that is no UTF-8 makes strict parsers refuse the whole document around it. Both
become U+FFFD; everything else stays as it is.
"""

from __future__ import annotations

import re

# Every escape is matched, so that a backslash that is itself escaped is never taken for the start of one.
_ESCAPE = re.compile(
    rb"\\(?:(u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def mended(json: bytes) -> bytes:
    """The same JSON without lone surrogates and without bytes that are no UTF-8."""
    whole = _ESCAPE.sub(lambda found: rb"\ufffd" if found[2] else found[0], json)
    return whole.decode("utf-8", "replace").encode("utf-8")
