"""The first screen: the three questions with their answers, and what there is to act on."""

from __future__ import annotations

from collections import Counter

from auditor.finding import Severity
from auditor.reports.html import outcomes
from auditor.reports.html.markup import Content, Html, el, joined, sentences, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import details, listed
from auditor.reports.html.unseen import unseen
from auditor.reports.sentences import QUESTIONS, dataset, grounds, many, no_interrupt, share_of_policies
from auditor.run import TenantRun

_BYTES = 6_000
_LONGEST = 600
_NOT_KNOWN = el("span", "Not known", class_="unknown")


def answers(place: Place, tenant: TenantRun) -> Html:
    """Each answer in a few words and a sentence; what is not known is said to be, with the reason."""
    three = zip(QUESTIONS, (_interrupts(tenant), _setting(tenant), _policies(tenant)), grounds(tenant), strict=True)
    cards = (
        el(
            "li",
            place.heading(0, question),
            el("p", verdict, class_="verdict"),
            *told,
            el("p", shown(rests), class_="fine") if rests else None,
            class_="answer",
        )
        for question, (verdict, *told), rests in three
    )
    return joined(el("ul", *cards, class_="answers"), _tally(place, tenant))


def _because(tenant: TenantRun, named: str) -> str:
    """Why a dataset was not read; "" where it was, wholly."""
    found = dataset(tenant, named)
    if found is None:
        return "It was not asked for."
    if found.state == "collected":
        return ""
    return shown(f"{found.reason} {found.remedy}".strip() or "The reason is not known.", _LONGEST)


def _interrupts(tenant: TenantRun) -> tuple[Content, ...]:
    answer = tenant.interrupts
    why = _because(tenant, "sign_ins")
    if not answer.known:
        return _NOT_KNOWN, el("p", answer.uncoded or sentences("The sign-in log could not be read.", why))
    part = _only_a_part(why)
    if not answer.interrupts:
        return _NOT_KNOWN if answer.uncoded else "None seen", el("p", no_interrupt(answer)), part
    counts = interrupt_counts(tenant)
    unfinished = counts["failed"] + counts["abandoned"]
    total = sum(counts.values())
    said = f"{many(total, 'interrupt')} of {many(len(answer.interrupts), 'kind')}: {outcomes.said(counts.items())}."
    verdict = f"{unfinished:,} of {total:,} did not go on" if unfinished else f"All {total:,} went on, as far as known"
    return verdict, el("p", said), el("p", "An interrupt is a step of a sign-in, and no error by itself."), part


def interrupt_counts(tenant: TenantRun) -> Counter[str]:
    """How many interrupts of the window had which outcome."""
    counts: Counter[str] = Counter()
    for each in tenant.interrupts.interrupts:
        counts.update(dict(outcomes.in_order(each.outcomes)))
    return counts


def setting_verdict(tenant: TenantRun) -> Content:
    said = {"shown": "Yes, users are asked", "hidden": "No, the prompt is hidden"}
    return said.get(tenant.stay_signed_in.verdict, _NOT_KNOWN)


def _setting(tenant: TenantRun) -> tuple[Content, ...]:
    answer = tenant.stay_signed_in
    sure = f"{answer.confidence.capitalize()}:" if answer.confidence else None
    # Without a verdict, why the sign-in page decided nothing is the reason.
    why = "" if answer.confidence else _because(tenant, "sign_in_page")
    page = sentences("The sign-in page was not wholly read.", why) if why else None
    evidence = listed((shown(each.statement, _LONGEST) for each in answer.evidence), size=_BYTES)
    said = el("p", sentences(sure, shown(answer.why, _LONGEST), page))
    return setting_verdict(tenant), said, details(f"Evidence ({len(answer.evidence)})", evidence) if evidence else None


def _policies(tenant: TenantRun) -> tuple[Content, ...]:
    answer = tenant.policies
    why = _because(tenant, "policies")
    if not answer.known:
        return _NOT_KNOWN, el("p", sentences("The policies could not be read.", why))
    more = (el("p", shown(each, _LONGEST)) for each in answer.caveats if shown(each, _LONGEST) not in why)
    part = joined(_only_a_part(why), *more)
    share = share_of_policies(answer, whole=not why)
    if not answer.policies:
        return "None", el("p", f"{share}."), part
    acting = Counter(policy.mode for policy in answer.policies if not policy.inert)
    idle = len(answer.policies) - sum(acting.values())
    by_mode = ", ".join(f"{count} {mode} persistent" for mode, count in sorted(acting.items())) or "none"
    found = Counter(result.id for result, finding in tenant.open_findings() if finding.severity is not Severity.INFO)
    beside = [
        many(found[check], *words)
        for check, words in (
            ("persistent-browser-conflict", ("conflict",)),
            ("persistent-browser-gaps", ("gap",)),
        )
        if found[check]
    ]
    said = sentences(
        shown(f"In force: {by_mode}.", _LONGEST),
        f"Without effect as they are: {idle}." if idle else None,
        f"Found between them: {' and '.join(beside)}." if beside else None,
    )
    return share, el("p", said), part


def _only_a_part(why: str) -> Html | None:
    return el("p", sentences(el("b", "Only a part was read."), why)) if why else None


def _tally(place: Place, tenant: TenantRun) -> Html:
    """How many findings of each severity, and what they leave open."""
    counts = Counter(finding.severity for _, finding in tenant.open_findings())
    severe = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
    cells = [_cell(place, "findings", counts[each], each.value.capitalize(), each.value) for each in severe]
    accepted = len(tenant.accepted)
    if accepted:
        cells.append(_cell(place, "accepted", accepted, "Accepted", "taken"))
    left = len(unseen(tenant))
    cells.append(_cell(place, "unseen", left, "Not or not wholly looked at", "alert"))
    return el("ul", *cells, class_="tally", aria_label="Findings and what could not be looked at")


def _cell(place: Place, part: str, count: int, what: str, kind: str) -> Html:
    content = joined(el("b", f"{count:,}"), el("span", what))
    return el("li", el("a", content, href=f"#{place.id(part)}"), class_=kind if count else "none")
