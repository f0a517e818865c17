"""Where in the page something stands: ids are unique in it, and headings go down by one."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.reports.html.markup import Content, Html, el, joined


@dataclass(frozen=True, slots=True)
class Place:
    """`prefix`: of ids, one for each tenant. `level`: of the headings of a tenant's parts. `share`: how much there is
    of the room that a part may take, at most 1."""

    prefix: str
    level: int
    share: float = 1.0

    def room(self, size: int) -> int:
        """Of so many bytes, what there is."""
        return int(size * self.share)

    def id(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def heading(self, below: int, *children: Content, id: str | None = None, kind: str | None = None) -> Html:
        """`below`: 0 for a part's own heading, 1 for one inside it."""
        return el(f"h{self.level + below}", *children, id=id, class_=kind)

    def part(self, name: str, title: str, *children: Content) -> Html:
        """A part of the report on a tenant, which the list of contents leads to."""
        heading = self.id(f"{name}-title")
        body = joined(*children)
        return el(
            "section",
            self.heading(0, title, id=heading, kind="part-title"),
            body,
            id=self.id(name),
            class_=f"part {name}",
            aria_labelledby=f"{self.id('name')} {heading}" if self.prefix else heading,
        )
