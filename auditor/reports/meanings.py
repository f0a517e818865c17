"""The end of the table report: what each interrupt is, why it happened here, and what to do."""

from __future__ import annotations

from auditor.reports.page import Page
from auditor.reports.plain import plain
from auditor.reports.sentences import counted, nothing_claimed, title
from auditor.run import CauseAnswer, TenantRun

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
        clusters = "; ".join(
            f"{what} {', '.join(f'{plain(name, 60)} ({count:,})' for name, count in names[:_MOST_NAMES])}"
            for what, names in each.clusters
        )
        if clusters:
            page.prose(f"Failed and abandoned ones cluster on {clusters}.", "      ", "    ")
    for said in nothing_claimed(answer):
        page.prose(said, "    ", "  ")
    for reason, count in answer.missing[:_MOST_MISSING]:
        page.prose(f"Would explain {count:,} of them better: {reason}", "    ", "  - ")


def _cause(page: Page, cause: CauseAnswer) -> None:
    how = "" if cause.count == 1 else f"{cause.count:,} times, "
    page.prose(f"{cause.title} ({how}{counted(cause.confidence)}). {cause.meaning} {cause.advice}", "      ", "    - ")
    seen = " ".join(plain(each.statement, 400) for each in cause.evidence[:_MOST_EVIDENCE])
    if seen:
        page.prose(f"For example {plain(cause.example, 40)}: {seen}", "        ", "      ")
