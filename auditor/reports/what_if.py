"""What would come of a change, for people: first the short answer, then what it rests on. Fits 80 columns and uses more
where there are more. It reads `auditor.what_if.consequences`; `auditor.reports.what_if_json` is the same for machines.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.reports.page import Page
from auditor.reports.plain import plain
from auditor.what_if.consequences import AtMost, Consequences, FindingChange, GraphOpinion, PromptsAnswer

_BULLET = "  - "
_INDENT = "    "


def as_table(found: Consequences, *, width: int = 80, colour: bool = False) -> str:
    """Text of lines no longer than `width` (at least 80, at most 160 are used)."""
    page = Page(width, colour)
    name = found.tenant or found.tenant_id
    page.title(f"{name} ({found.domain})" if found.domain else name)
    page.prose(f"What if {found.change.description}?")
    page.line("")
    page.prose(found.answer, "  ")
    page.line("")
    page.prose(f"{_window(found)} Nothing was changed in the tenant.")
    page.prose(f"The prompt today: {found.setting.verdict}. {found.setting.why}")
    if found.prompts is not None:
        _prompts(page, found.prompts)
    if found.prompts_again is not None and found.prompts_again.sign_ins:
        page.heading("Prompts that may come back")
        page.prose(f"{_at_most(found.prompts_again)}. {found.prompts_again.why}", "  ")
    _sessions(page, found)
    if found.elsewhere:
        page.heading("What it brings elsewhere, by Microsoft's documentation")
        for each in found.elsewhere:
            page.prose(f"{each.statement} [{each.source}]", _INDENT, _BULLET)
    _findings(page, found)
    _not_decided(page, found)
    if found.graph is not None:
        _graph(page, found.graph)
    return page.text()


def _window(found: Consequences) -> str:
    start, end = (text[:16].replace("T", " ") for text in found.window)
    log = next((each for each in found.unread if each.name == "sign_ins"), None)
    read = "" if log is None else ", only a part of it read" if log.state == "partial" else ", not read"
    return f"Worked out from the sign-in log from {start} to {end} UTC{read}."


def _prompts(page: Page, prompts: PromptsAnswer) -> None:
    page.heading("Prompts to stay signed in, as the log has them (50140)")
    rows = (
        ("would not be shown any more", prompts.vanish),
        ("would not be shown by today's rules either", prompts.gone),
        ("would be shown", prompts.stay),
        ("not known", prompts.not_known),
    )
    counted = [[what, f"{each.prompts:,}", f"{each.people:,}"] for what, each in rows if each.prompts]
    page.table(("Tomorrow they", "Prompts", "People"), counted or [["-", "0", "0"]], [None, None, None])
    if prompts.people:
        page.prose(f"Spared most: {_most(prompts.people, prompts.vanish.people)}.", "  ")
        page.prose(f"On: {_most(prompts.apps, prompts.all_apps)}.", "  ")


def _most(named: Iterable[tuple[str, int]], of: int) -> str:
    shown = [f"{plain(name, 60)} ({count:,})" for name, count in named]
    return ", ".join(shown) + (f" and {of - len(shown):,} more" if of > len(shown) else "")


def _at_most(each: AtMost) -> str:
    sign_ins = _many(each.sign_ins, "sign-in")
    if each.people is not None:
        return f"At most {_many(each.people, 'person', 'people')} ({sign_ins})"
    return f"At most {sign_ins}" + (f", {each.certain:,} of them for certain" if each.certain else "")


def _sessions(page: Page, found: Consequences) -> None:
    if found.may_lose is None and found.may_gain is None:
        return
    page.heading("Sessions that survive closing the browser")
    for what, changes in (("Lost", found.may_lose), ("Gained", found.may_gain)):
        for each in changes or ():
            page.prose(f"{what}: {_lower(_at_most(each))}. {each.why}", _INDENT, _BULLET)
        if not changes:
            known = "none that the log shows." if changes is not None else "not known."
            page.prose(f"{what}: {known}", _INDENT, _BULLET)


def _findings(page: Page, found: Consequences) -> None:
    gone, come = found.findings.disappear, found.findings.arise
    page.heading(f"Findings of the checks: {len(gone)} would go, {len(come)} would come")
    for each in gone:
        page.prose(f"goes: {_finding(each)}", _INDENT, _BULLET)
    for each in come:
        page.prose(f"comes: {_finding(each)}. {each.finding.message}", _INDENT, _BULLET)


def _finding(change: FindingChange) -> str:
    finding = change.finding
    return f"{finding.severity.value.upper()} {change.check}: {plain(finding.subject.name or finding.subject.id, 100)}"


def _not_decided(page: Page, found: Consequences) -> None:
    left_out = found.findings.not_compared
    if not found.undecided and not left_out and not found.unread:
        return
    page.heading("What could not be decided")
    for each in found.unread:
        page.prose(f"{each.title}: {each.state}. {each.reason} {each.remedy}", _INDENT, _BULLET)
    for undecided in found.undecided:
        count = _many(undecided.count, undecided.of.removesuffix("s"))
        page.prose(f"{count}: {undecided.reason}", _INDENT, _BULLET)
    for check in left_out:
        page.prose(f"check {check.check}: not compared. {check.reason} {check.remedy}", _INDENT, _BULLET)


def _graph(page: Page, graph: GraphOpinion) -> None:
    page.heading("Graph's own what-if on today's policies")
    if graph.asked:
        counts = (
            (graph.agree, "agree"),
            (graph.disagree, "disagree"),
            (graph.not_enough, "Graph has not enough information for"),
            (graph.not_known, "are not known here"),
            (graph.changed, "are left out, as the policy changed since it was collected"),
        )
        said = "; ".join(f"{count:,} {what}" for count, what in counts if count)
        whom = f"Graph {plain(graph.api, 20)}" if graph.api else "Graph"
        page.prose(
            f"{whom} was asked about {_many(graph.asked, 'sign-in')} of the log. Of the decisions on each policy that "
            f"is on: {said or 'none'}.",
            "  ",
        )
    for each in graph.differences:
        ours = "its conditions hold" if each.ours else "its conditions do not hold"
        name = plain(each.policy or each.policy_id, 100)
        page.prose(
            f"{name}: by our evaluation {ours}, Graph says {each.graph} ({_many(each.count, 'sign-in')}, as in row "
            f"{each.example}).",
            _INDENT,
            _BULLET,
        )
    if graph.reason:
        page.prose(f"{'Not all' if graph.asked else 'Nothing'} could be asked. {graph.reason} {graph.remedy}", "  ")


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
