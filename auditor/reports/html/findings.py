"""Findings by severity, each with its evidence and what to do. One check's findings with one remedy are one entry, for
they are one thing to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from auditor.comparison import Fate
from auditor.finding import Evidence, Finding, Severity
from auditor.reports.grouped import Group, grouped
from auditor.reports.html.markup import Content, Html, code, el, joined, link, name, sentences, severity_label, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, cut, details, listed, table
from auditor.reports.html.unseen import unseen
from auditor.reports.sentences import instant, many
from auditor.run import TenantRun

_BYTES = 80_000
_BYTES_OF_A_GROUP = 12_000
_BYTES_OF_EVIDENCE = 2_500
_MOST = 200
"""Findings of one entry that are drawn at all: more have no room anyhow."""
_LONGEST = 900
_LONGEST_EVIDENCE = 400

# A severity's own section says what its codes are; the check repeats them as information.
_TOLD_ELSEWHERE = frozenset({"interrupts"})

_FATES = {
    Fate.NEW: "new",
    Fate.WORSE: "more severe than last time",
    Fate.LESS: "less severe than last time",
    Fate.BACK: "accepted no more",
}


def findings_part(place: Place, tenant: TenantRun) -> Html:
    entries = grouped(tenant.open_findings())
    counted = [each for each in entries if each.severity is not Severity.INFO]
    told = [each for each in entries if each.severity is Severity.INFO and each.result.id not in _TOLD_ELSEWHERE]
    fates = {each.fingerprint: each.fate for each in tenant.since.findings} if tenant.since else {}
    headed: set[Severity] = set()

    def draw(entry: Group) -> Html:
        heading = None if entry.severity in headed else place.heading(1, entry.severity.value.capitalize())
        headed.add(entry.severity)
        return joined(heading, _entry(place, tenant, entry, fates))

    kept, left = cut(counted, draw, place.room(_BYTES))
    content: list[Content] = [el("p", _lead(tenant, counted), class_="lead"), kept]
    if left:
        content.append(_left_out(counted[len(counted) - left :]))
    if told:
        shown_told, left_told = cut(told, lambda each: _entry(place, tenant, each, fates), place.room(14_000))
        content += [place.heading(1, "For information"), shown_told]
        content += [_left_out(told[len(told) - left_told :])] if left_told else []
    return place.part("findings", "Findings", *content)


def _lead(tenant: TenantRun, entries: Sequence[Group]) -> Html:
    count = sum(len(each.findings) for each in entries)
    left = len(unseen(tenant))
    unknown = (
        f"{many(left, 'dataset or check is', 'datasets and checks are')} not, or not wholly, among this: see below."
    )
    if not entries:
        said = "Nothing was found above information" + (" in what could be looked at." if left else ".")
    else:
        said = (
            f"{many(count, 'finding')}, and {many(len(entries), 'thing')} to do: those with one remedy are one entry."
        )
    return sentences(said, unknown if left else None)


def _entry(place: Place, tenant: TenantRun, entry: Group, fates: Mapping[str, Fate]) -> Html:
    body = _single if len(entry.findings) == 1 else _group
    heading, content = body(tenant, entry, fates)
    return el(
        "article",
        place.heading(2, severity_label(entry.severity), el("span", heading)),
        *content,
        class_=f"finding {entry.severity.value}",
    )


def _single(tenant: TenantRun, entry: Group, fates: Mapping[str, Fate]) -> tuple[Html, Sequence[Content]]:
    (finding,) = entry.findings
    return subject(finding), (
        el("p", shown(finding.message, _LONGEST)),
        el("p", shown(finding.remedy, _LONGEST), class_="todo"),
        _evidence(finding.evidence),
        el("p", _fine(entry, [finding.confidence.value], _fate(tenant, entry, finding, fates)), class_="fine"),
    )


def _group(tenant: TenantRun, entry: Group, fates: Mapping[str, Fate]) -> tuple[Html, Sequence[Content]]:
    messages, same = _without_the_same_ending([each.message for each in entry.findings])
    kinds = {each.subject.kind for each in entry.findings}
    what = kinds.pop() if len(kinds) == 1 else "subject"
    evidence = {each.evidence for each in entry.findings}
    shared = evidence.pop() if len(evidence) == 1 else None
    rows = [
        (
            joined(subject(finding), _fate(tenant, entry, finding, fates)),
            sentences(shown(message, _LONGEST), _evidence(finding.evidence) if shared is None else None),
        )
        for finding, message in zip(entry.findings[:_MOST], messages[:_MOST], strict=True)
    ]
    heading = joined(shown(entry.result.title), el("span", f" ({len(entry.findings):,})", class_="soft"))
    return heading, (
        el("p", shown(entry.remedy, _LONGEST), class_="todo"),
        el("p", shown(f"All of them: {same}", _LONGEST)) if same else None,
        table(
            f"{entry.result.title}: {entry.severity.value}",
            (Column(shown(what[:1].upper() + what[1:], 40), "name"), Column("What was seen")),
            rows,
            size=_BYTES_OF_A_GROUP,
            what="finding",
            kind="stack of-group",
            quiet=True,
            more=len(entry.findings[_MOST:]),
        ),
        _evidence(shared) if shared else None,
        el("p", _fine(entry, sorted({each.confidence.value for each in entry.findings}), None), class_="fine"),
    )


def _without_the_same_ending(messages: Sequence[str]) -> tuple[Sequence[str], str]:
    """The messages without their last sentences, and those, as far as they are the same in all of them."""
    same = ""
    while True:
        parts = [message.rpartition(". ") for message in messages]
        endings = {ending for _, _, ending in parts}
        if len(endings) != 1 or not all(start for start, _, _ in parts):
            return messages, same
        messages = [f"{start}." for start, _, _ in parts]
        same = f"{endings.pop()} {same}".rstrip()


def subject(finding: Finding) -> Html:
    """Its name, leading to where it can be looked at."""
    called = name(finding.subject.name, finding.subject.id or "not named")
    return link(finding.link, called) or called


def _fate(tenant: TenantRun, entry: Group, finding: Finding, fates: Mapping[str, Fate]) -> Html | None:
    said = _FATES.get(fates.get(finding.fingerprint(tenant.id, entry.result.id), Fate.SAME))
    return joined(" ", el("span", said, class_="tag")) if said else None


def _fine(entry: Group, confidence: Sequence[str], fate: Html | None) -> Html:
    title = None if len(entry.findings) > 1 else f"{entry.result.title}."
    return sentences(title, "Check", joined(code(entry.result.id), ","), joined(" and ".join(confidence), "."), fate)


def _evidence(found: Sequence[Evidence]) -> Html | None:
    if not found:
        return None
    return details(f"Evidence ({len(found)})", listed(map(_seen, found), size=_BYTES_OF_EVIDENCE, what="piece"))


def _seen(evidence: Evidence) -> Html:
    at = f", {instant(evidence.at)}" if evidence.at else ""
    return joined(
        shown(evidence.statement, _LONGEST_EVIDENCE), el("span", shown(f" ({evidence.source}{at})", 100), class_="soft")
    )


def _left_out(entries: Sequence[Group]) -> Html:
    counts: Counter[Severity] = Counter()
    for each in entries:
        counts[each.severity] += len(each.findings)
    said = ", ".join(f"{count:,} {severity.value}" for severity, count in counts.items())
    return el("p", f"More findings: {said}. They are in the JSON report of this run.", class_="rest")
