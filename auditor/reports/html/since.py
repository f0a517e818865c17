"""What changed since the last run that was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.comparison import Change, Comparison, Fate, FindingChange, Trend
from auditor.reports.html.markup import Content, Html, code, el, name, sentences, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, listed, table
from auditor.reports.sentences import instant, many
from auditor.run import TenantRun

_BYTES = 8_000
_LONGEST = 300

_SHOWN = (Fate.NEW, Fate.WORSE, Fate.BACK, Fate.NOT_KNOWN, Fate.LESS, Fate.ACCEPTED, Fate.FIXED)
_MEANING = {
    Fate.NEW: "new",
    Fate.WORSE: "more severe",
    Fate.NOT_KNOWN: "not known: not reported any more, and its check could not wholly look",
    Fate.LESS: "less severe",
    Fate.ACCEPTED: "accepted meanwhile",
    Fate.BACK: "accepted no more",
    Fate.FIXED: "fixed: looked for, and not found any more",
}


def since_part(place: Place, tenant: TenantRun) -> Html:
    title = "Since the last run"
    since = tenant.since
    if since is None:
        return place.part("since", title, el("p", "There is no earlier run to compare with."))
    return place.part(
        "since",
        title,
        el("p", _lead(since), class_="lead"),
        _findings(place, since),
        _changes(place, "Setting and policies", (*((since.setting,) if since.setting else ()), *since.policies)),
        _changes(place, "No longer looked at", since.unable),
        _changes(place, "Looked at again", since.able),
        _trends(since.trends),
    )


def _lead(since: Comparison) -> Html:
    counts = ", ".join(f"{len(since.of(fate)):,} {fate.value}" for fate in Fate if since.of(fate))
    policies = many(len(since.policies), "policy", "policies") if since.policies else "no policy"
    setting = "The setting changed" if since.setting else "What is known of the setting is the same"
    return sentences(
        f"Compared with the run of {instant(since.since)} UTC. Findings: {counts or 'none then and now'}.",
        f"{setting}; {policies} changed, as far as could be seen.",
    )


def _findings(place: Place, since: Comparison) -> Html | None:
    changed = [each for fate in _SHOWN for each in since.of(fate)]
    if not changed:
        return None
    columns = (Column("Finding", "name"), Column("Became"), Column("Before", "narrow"), Column("Now", "narrow"))
    return table(
        "Findings that changed", columns, map(_finding, changed), size=place.room(_BYTES), what="finding", kind="stack"
    )


def _finding(change: FindingChange) -> Sequence[Content]:
    subject = change.finding.subject
    return (
        sentences(name(subject.name, subject.id), code(change.check)),
        _MEANING[change.fate],
        change.before.value if change.before else "-",
        change.after.value if change.after else "-",
    )


def _changes(place: Place, caption: str, changes: Sequence[Change]) -> Html | None:
    if not changes:
        return None
    rows = [
        (
            sentences(name(each.name), el("span", f"({each.what})", class_="soft")),
            shown(each.before or "none", _LONGEST),
            shown(each.after or "none", _LONGEST),
        )
        for each in changes
    ]
    return table(
        caption, (Column("What", "name"), Column("Before"), Column("Now")), rows, size=place.room(_BYTES), kind="stack"
    )


def _trends(trends: Sequence[Trend] | None) -> Html:
    if trends is None:
        return el("p", "Interrupts are not compared: one of the two logs was not wholly read.", class_="block")
    beyond = [each for each in trends if each.beyond_noise]
    if not beyond:
        return el("p", "No interrupt is more or less frequent than chance alone would make it.", class_="block")
    items: Iterable[Content] = (
        sentences(
            shown(f"{each.code} {each.name}".rstrip(), _LONGEST),
            f"{'up' if each.after > each.before else 'down'} from {each.before:,.1f} to {each.after:,.1f} a day.",
        )
        for each in beyond
    )
    return el(
        "div",
        el("p", "Interrupts that are more or less frequent than chance alone would make them:"),
        listed(items, size=4_000, what="code"),
        class_="block",
    )
