"""What could not be looked at, and the window and completeness of every dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from auditor.reports.html.markup import Content, Html, code, el, joined, number, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, listed, table
from auditor.reports.sentences import window
from auditor.run import TenantRun

_BYTES = 22_000
_LONGEST = 600

_STATES = {"collected": "wholly read", "partial": "only a part was read", "missing": "not read"}


class Unseen(NamedTuple):
    """`what`: a dataset or a check. `state`: in words."""

    what: Html
    state: str
    why: str
    remedy: str


def unseen(tenant: TenantRun) -> Sequence[Unseen]:
    """Datasets that were not or only partly read, and checks that were not or only partly run."""
    datasets = [
        Unseen(joined(each.title[:1].upper() + each.title[1:]), _state(each.state), each.reason, each.remedy)
        for each in tenant.datasets
        if each.state != "collected"
    ]
    checks = [
        Unseen(
            joined("Check ", code(each.id)),
            "only a part was seen" if each.status.value == "found" else each.status.value,
            each.reason,
            each.remedy,
        )
        for each in tenant.checks
        if not each.looked_wholly
    ]
    return [*datasets, *checks]


def _state(state: str) -> str:
    return _STATES.get(state, state)


def unseen_part(place: Place, tenant: TenantRun) -> Html:
    found = unseen(tenant)
    content: list[Content] = []
    if found:
        content.append(
            table(
                "Datasets and checks that are not, or not wholly, in this report",
                (Column("What", "name"), Column("State"), Column("Why"), Column("What to do")),
                [
                    (each.what, each.state, shown(each.why or "not known", _LONGEST), shown(each.remedy, _LONGEST))
                    for each in found
                ],
                size=place.room(_BYTES),
                kind="stack",
                quiet=True,
            )
        )
    else:
        content.append(el("p", "Every dataset was wholly read and every check ran."))
    caveats = listed((shown(each, _LONGEST) for each in tenant.interrupts.caveats), size=6_000)
    if caveats:
        content += [el("p", "What the log leaves out or cannot tell:", class_="block"), caveats]
    return place.part("unseen", "What could not be looked at", *content)


def datasets_part(place: Place, tenant: TenantRun) -> Html:
    """The window, and for each dataset how much of it was read."""
    columns = [Column("Dataset", "name"), Column("State"), Column("Objects or rows", "number")]
    rows: list[list[Content]] = [
        [
            each.title[:1].upper() + each.title[1:],
            _state(each.state) if each.state == "collected" else el("b", _state(each.state)),
            "-" if each.rows is None else number(each.rows),
        ]
        for each in tenant.datasets
    ]
    if any(each.state != "collected" for each in tenant.datasets):
        columns.append(Column("What is missing"))
        for row, each in zip(rows, tenant.datasets, strict=True):
            row.append(shown(f"{each.reason} {each.remedy}".strip(), _LONGEST))
    return place.part(
        "datasets",
        "What this report rests on",
        el("p", window(tenant), class_="lead"),
        table(
            "Datasets", columns, rows, size=place.room(_BYTES), what="dataset", kind="stack" if len(columns) > 3 else ""
        ),
        _source(tenant),
    )


def _source(tenant: TenantRun) -> Html | None:
    said = [f"{key.replace('_', ' ')}: {value}" for key, value in tenant.source if value]
    items = listed((shown(each, _LONGEST) for each in said), size=4_000)
    return joined(el("p", "Where it came from:", class_="block"), items) if items else None
