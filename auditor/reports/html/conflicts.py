"""Where policies contradict each other, and what none of them reaches, as the checks found it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from auditor.check import CheckResult
from auditor.finding import Finding, Severity
from auditor.reports.html.markup import Html, code, el, joined, name, sentences, severity_label, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, cut, rest, table
from auditor.run import TenantRun

CONFLICT = "persistent-browser-conflict"
GAPS = "persistent-browser-gaps"

_BYTES = 8_000
_BYTES_OF_NAMES = 3_000
_LONGEST = 500


def marks(tenant: TenantRun) -> Mapping[str, str]:
    """Either "conflict" or "possible conflict" by the ids of the policies that it is between."""
    found: dict[str, str] = {}
    for result, finding in tenant.open_findings():
        if result.id == CONFLICT and finding.subject.kind == "policy":
            mark = "conflict" if finding.severity is not Severity.INFO else "possible conflict"
            for policy in (finding.subject.id, finding.key):  # of two policies the other one is the key
                if found.get(policy) != "conflict":
                    found[policy] = mark
    return found


def conflicts_and_gaps(place: Place, tenant: TenantRun) -> Iterator[Html]:
    """Where a check could not look, that is said, and not that there are none."""
    for check, title, none, shape in (
        (CONFLICT, "Conflicts", "No two policies contradict each other.", _conflicts),
        (GAPS, "Gaps: what no never-persistent policy reaches", "No gap was found.", _gaps),
    ):
        result = next((each for each in tenant.checks if each.id == check), None)
        yield place.heading(1, title)
        if result is None:
            yield el("p", "Not known: the check ", code(check), " is not part of this run.")
            continue
        found = sorted(
            (finding for each, finding in tenant.open_findings() if each.id == check),
            key=lambda each: (-each.severity.rank, each.subject.name),
        )
        if found:
            yield shape(title, found)
        yield from _said(place, result, len(result.findings) - len(found), none)


def _said(place: Place, result: CheckResult, accepted: int, none: str) -> Iterator[Html]:
    if not result.findings and result.looked_wholly:
        yield el("p", none)
    if accepted:
        there = el("a", "accepted findings", href=f"#{place.id('accepted')}")
        yield el("p", f"{accepted:,} more are among the ", there, ".", class_="rest")
    if not result.looked_wholly:
        yield el("p", sentences(el("b", "Not wholly known."), shown(result.reason), shown(result.remedy)))


def _conflicts(title: str, found: Sequence[Finding]) -> Html:
    rows = [
        (severity_label(each.severity), name(each.subject.name, each.subject.id), shown(each.message, _LONGEST))
        for each in found
    ]
    columns = (Column("Severity", "chip"), Column("Policy", "name"), Column("What was seen"))
    return table(title, columns, rows, size=_BYTES, what="conflict", kind="stack severities", quiet=True)


def _gaps(title: str, found: Sequence[Finding]) -> Html:
    """Only whom or what, by severity: the rest stands with the findings."""
    rows = [
        (severity_label(severity), _names(list(together)))
        for severity, together in groupby(found, key=lambda each: each.severity)
    ]
    columns = (Column("Severity", "chip"), Column("Reached by none, or only in part"))
    return table(title, columns, rows, size=_BYTES, kind="stack severities", quiet=True)


def _names(found: Sequence[Finding]) -> Html:
    *most, last = [each.subject for each in found]
    kept, left = cut(most, lambda each: joined(name(each.name, each.id), "; "), _BYTES_OF_NAMES)
    return joined(kept, name(last.name, last.id), rest(left, "gap"))
