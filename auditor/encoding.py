"""Text files of people: UTF-8, or UTF-16 as Windows programs write it. Which of them a file is, its first bytes say."""

from __future__ import annotations

import codecs
from pathlib import Path

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class NotText(ValueError):
    """What is wrong with a text, and what to do about it, in words that follow its name."""


def read_text(path: Path) -> str:
    """The text of a file that somebody named. OSError when it cannot be read, NotText when it is none."""
    return decoded(path.read_bytes())


def decoded(content: bytes) -> str:
    """The text without its byte-order mark. NotText when it is neither UTF-8 nor UTF-16."""
    encoding, mark = encoding_of(content[:4])
    try:
        if content.startswith(_UTF_32):
            raise NotText
        return content[mark:].decode(encoding or "utf-8")
    except ValueError:
        raise NotText("it is neither UTF-8 nor UTF-16 text. Save it as UTF-8") from None


def encoding_of(head: bytes) -> tuple[str, int]:
    """The encoding if it is not UTF-8, and the length of the byte-order mark. Without a mark: a text that can be an
    export begins with an ASCII character."""
    if head.startswith(codecs.BOM_UTF8):
        return "", 3
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    if len(head) >= 2 and 0 < head[0] < 128 and head[1] == 0:
        return "utf-16-le", 0
    if len(head) >= 2 and head[0] == 0 and 0 < head[1] < 128:
        return "utf-16-be", 0
    return "", 0
