"""HTML out of text that may be hostile: whatever is not `Html` is made harmless, cut and escaped on its way in."""

from __future__ import annotations

import html

from auditor.finding import Severity
from auditor.reports.plain import plain
from auditor.reports.portal import is_portal

LONGEST = 1_500
LONGEST_NAME = 120

_EMPTY = frozenset({"br", "meta"})
_EMPTY_SHAPES = frozenset({"circle", "line", "path", "rect"})


class Html(str):
    """Markup that is ready. Only this module, and constants, make it of text."""

    __slots__ = ()


NOTHING = Html("")

Content = str | None
"""`Html`, or text that is escaped; None is left out."""


def shown(content: str, longest: int = LONGEST) -> Html:
    """One line of text, escaped, of at most `longest` characters: control, format and surrogate characters are shown as
    their numbers."""
    if isinstance(content, Html):
        return content
    return Html(html.escape(plain(content, longest)))


def el(tag: str, *children: Content, **attributes: str | int | None) -> Html:
    """An element. In names of attributes a trailing "_" is dropped and any other becomes "-"; None leaves one out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{shown(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _EMPTY:
        return Html(f"<{tag}{given}>")
    if tag in _EMPTY_SHAPES:
        return Html(f"<{tag}{given}/>")
    return Html(f"<{tag}{given}>{joined(*children)}</{tag}>")


def joined(*children: Content) -> Html:
    return Html("".join(shown(each) for each in children if each is not None))


def sentences(*children: Content) -> Html:
    """With a space between them; what is empty is left out."""
    return Html(" ".join(shown(each) for each in children if each))


def name(text: str, fallback: str = "") -> Html:
    """What somebody called a thing: shorter, and unable to turn around the text beside it."""
    return el("bdi", shown(text or fallback, LONGEST_NAME))


def code(text: str) -> Html:
    """An id, a slug, a code."""
    return el("code", shown(text, LONGEST_NAME))


def link(address: str, text: Content) -> Html | None:
    """To the portal of a cloud; None where `address` leads anywhere else."""
    return el("a", text, href=address, rel="noopener noreferrer") if is_portal(address) else None


def severity_label(severity: Severity) -> Html:
    return el("span", severity.value.capitalize(), class_=f"sev {severity.value}")


def number(count: int) -> Html:
    return el("span", "0", class_="zero") if count == 0 else Html(f"{count:,}")
