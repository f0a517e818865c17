"""Findings that the config accepts: they stay visible, with the reason, and are counted apart."""

from __future__ import annotations

from auditor.reports.grouped import accepted
from auditor.reports.html.findings import subject
from auditor.reports.html.markup import Content, Html, code, el, joined, name, sentences, severity_label, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, listed, table
from auditor.run import Acceptance, TenantRun

_BYTES = 14_000
_MOST = 200


def accepted_part(place: Place, tenant: TenantRun) -> Html | None:
    """What the config accepts, with its reason, and what has become of acceptances that hold no more."""
    if not tenant.acceptances:
        return None
    held = accepted(tenant)
    rows = [
        (
            severity_label(finding.severity),
            joined(subject(finding), el("p", code(result.id), class_="fine")),
            shown(finding.message, 400),
            shown(by.reason, 400),
            name(by.owner, "-"),
            shown(by.until or "no end", 20),
        )
        for result, finding, by in held[:_MOST]
    ]
    columns = (
        Column("Severity", "chip"),
        Column("Subject", "name"),
        Column("What was seen"),
        Column("Why it is accepted"),
        Column("By"),
        Column("Until", "narrow"),
    )
    content: list[Content] = [
        el("p", "The config accepts these. They are counted apart and do not raise the exit code.", class_="lead")
    ]
    if rows:
        content.append(
            table(
                "Accepted findings",
                columns,
                rows,
                size=place.room(_BYTES),
                what="finding",
                kind="stack",
                quiet=True,
                more=len(held[_MOST:]),
            )
        )
    lapsed = [each for each in tenant.acceptances if each.state != "accepted"]
    items = listed(map(_lapsed, lapsed), size=4_000, what="acceptance")
    if items:
        content += [el("p", "Acceptances that hold nothing back:", class_="block"), items]
    return place.part("accepted", f"Accepted findings ({len(held)})", *content)


def _lapsed(each: Acceptance) -> Html:
    what = {
        "expired": f"expired on {each.until}: what it accepted counts again.",
        "matches nothing": "matches nothing: it can go from the config.",
        "not looked at": "is not known to match anything: its check could not wholly look.",
    }.get(each.state, each.state)
    return sentences(code(each.check), name(each.subject), shown(f"{what} Reason given: {each.reason}", 500))
