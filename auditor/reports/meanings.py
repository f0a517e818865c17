"""The end of the table report: what each interrupt is, why it happened here, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from auditor.finding import Confidence
from auditor.reports.page import Page
from auditor.reports.plain import plain
from auditor.run import CauseAnswer, InterruptAnswer, TenantRun

_MOST_NAMES = 5
_MOST_EVIDENCE = 3
_MOST_MISSING = 5


def meanings(page: Page, tenant: TenantRun) -> None:
    answer = tenant.interrupts
    if not answer.interrupts and not answer.uncatalogued:
        return
    page.heading("Why the interrupts happened, and what to do")
    for each in answer.interrupts:
        page.prose(f"{title(each)}: {each.meaning}{'' if each.causes else f' {each.advice}'}", "    ", "  ")
        for cause in each.causes:
            _cause(page, cause)
        if each.again:
            page.prose(
                f"It came back: {each.again:,} of its {each.users:,} users met it more than once.", "      ", "    "
            )
        for what, names in each.clusters:
            most = ", ".join(f"{plain(name, 60)} ({count:,})" for name, count in names[:_MOST_NAMES])
            page.prose(f"Failed and abandoned most: {what} {most}.", "      ", "    ")
    for code, count in answer.uncatalogued:
        rows = "1 row" if count == 1 else f"{count:,} rows"
        page.prose(
            f"{code}: {rows}. Not in the catalogue: neither an interrupt nor a failure is claimed.", "    ", "  "
        )
    for reason, count in answer.missing[:_MOST_MISSING]:
        page.prose(f"Would explain {count:,} of them better: {reason}", "    ", "  - ")


def _cause(page: Page, cause: CauseAnswer) -> None:
    how = "" if cause.count == 1 else f"{cause.count:,} times, "
    page.prose(f"{cause.title} ({how}{counted(cause.confidence)}). {cause.meaning} {cause.advice}", "      ", "    - ")
    seen = " ".join(plain(each.statement, 400) for each in cause.evidence[:_MOST_EVIDENCE])
    if seen:
        page.prose(f"For example {plain(cause.example, 40)}: {seen}", "        ", "      ")


def confidences(answers: Iterable[InterruptAnswer]) -> tuple[tuple[str, int], ...]:
    """How many interrupts were explained how surely."""
    found: Counter[str] = Counter()
    for answer in answers:
        for cause in answer.causes:
            found.update(dict(cause.confidence))
    return tuple((each.value, found[each.value]) for each in Confidence if found[each.value])


def title(answer: InterruptAnswer) -> str:
    return f"{answer.code} {answer.name}".rstrip()


def counted(counts: Iterable[tuple[str, int]]) -> str:
    """ "3 completed, 1 failed": zeros are left out."""
    return ", ".join(f"{count:,} {name}" for name, count in counts if count) or "none"
