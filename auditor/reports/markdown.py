"""A run for a ticket or a pull request, in GitHub-flavoured Markdown: the three answers, the findings with what to do,
what was accepted, what changed, what could not be looked at, then the tables.

A comment on GitHub holds 65,536 characters. A run of one tenant stays below that, whatever was found; several tenants
share the room, as far as one entry of each list goes into it. A list or table that does not fit its share is cut, and
says so; the JSON report of the run has everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auditor.check import CheckResult
from auditor.comparison import Comparison, Fate
from auditor.finding import Severity
from auditor.reports import sentences
from auditor.reports.changes import changes
from auditor.reports.grouped import Group, accepted, grouped
from auditor.reports.markdown_tables import datasets, interrupts, policies
from auditor.reports.markdown_text import LONGEST_NAME, cut, link, listed, name, rest, table, text
from auditor.reports.sentences import instant, many
from auditor.run import Run, TenantRun

_SIZE = 54_000
_TENANTS = 8
_MOST_EVIDENCE = 3
_LONGEST = 600

_FATES = {
    Fate.NEW: "new",
    Fate.WORSE: "more severe than last time",
    Fate.LESS: "less severe than last time",
    Fate.BACK: "accepted no more",
}


def render(run: Run) -> str:
    """Markdown text; every line of it ends with a line feed."""
    size = _SIZE // max(1, min(len(run.tenants), _TENANTS))
    lines = [*_unreached(run, size // 10)]
    for tenant in run.tenants:
        lines += _tenant(tenant, size)
    made = f"auditor {text(run.version, 40)}, run of {text(instant(run.started), 40)} UTC"
    redacted = f" {sentences.REDACTED}" if run.redacted else ""
    return "\n".join([*lines, "", "---", "", f"Made by {made}.{redacted}", ""])


def _unreached(run: Run, size: int) -> Iterator[str]:
    """First: who reads on about the others must know that some are not there."""
    if run.unreached:
        yield f"# {many(len(run.unreached), 'tenant')} could not be looked at"
        yield ""
        told = (f"{name(each.tenant)}: {_line(each.what, each.remedy)}" for each in run.unreached)
        yield from listed(told, size, "tenant", "tenants")
        yield ""


def _tenant(tenant: TenantRun, size: int) -> Iterator[str]:
    yield f"# {text(sentences.name(tenant), LONGEST_NAME * 2)}"
    yield ""
    yield text(sentences.window(tenant))
    yield ""
    for note in tenant.notes:
        yield text(note, _LONGEST)
        yield ""
    three = zip(sentences.QUESTIONS, sentences.answers(tenant), sentences.grounds(tenant), strict=True)
    for number, (question, answer, grounds) in enumerate(three, 1):
        yield f"{number}. **{text(question)}** {text(answer, _LONGEST)} {text(grounds)}".rstrip()
        if number == 2:
            told = (f"   - {text(each.statement, _LONGEST)}" for each in tenant.stay_signed_in.evidence)
            yield from cut(told, size // 30)[0]
        if number == 3:
            yield from (f"   - {text(each, _LONGEST)}" for each in tenant.policies.caveats)
    yield ""
    yield from _findings(tenant, size * 36 // 100)
    yield from _accepted(tenant, size * 8 // 100)
    yield from _since(tenant.since, size * 9 // 100)
    yield from _unseen(tenant, size * 12 // 100)
    yield from interrupts(tenant, size * 20 // 100)
    yield from policies(tenant, size * 9 // 100)
    yield from datasets(tenant, size * 6 // 100)


def _findings(tenant: TenantRun, size: int) -> Iterator[str]:
    groups = grouped(tenant.open_findings())
    counting = [each for each in groups if each.severity is not Severity.INFO]
    told = [each for each in groups if each.severity is Severity.INFO]
    count = sum(len(each.findings) for each in counting)
    aside = len(tenant.accepted)
    yield f"## Findings: {count or 'none above information'}{f' ({aside} accepted, apart)' if aside else ''}"
    yield ""
    left = sentences.unseen(tenant)
    yield from ((left, "") if left else ())
    fates = {each.fingerprint: each.fate for each in tenant.since.findings} if tenant.since else {}
    lines = list(_all(tenant, counting, fates, size * 4 // 5, "###"))
    yield from lines
    if told:
        yield "<details><summary>For information</summary>"
        yield ""
        yield from _all(tenant, told, fates, size - sum(map(len, lines)), "")
        yield "</details>"
        yield ""


def _all(
    tenant: TenantRun, groups: Iterable[Group], fates: Mapping[str, Fate], size: int, heading: str
) -> Iterator[str]:
    """Groups under the heading of their severity; with "" there are no such headings."""
    previous: Severity | None = None
    blocks = []
    for group in groups:
        block = "\n".join(_group(tenant, group, fates, size))
        if heading and group.severity is not previous:
            block = f"{heading} {group.severity.value.capitalize()}\n\n{block}"
        previous = group.severity
        blocks.append(block)
    kept, left = cut(blocks, size)
    yield from kept
    if left:
        yield from (*rest(left, "thing to do", "things to do")[1:], "")


def _group(tenant: TenantRun, group: Group, fates: Mapping[str, Fate], size: int) -> Iterator[str]:
    yield f"**{text(group.result.title)}** ({text(group.result.id, LONGEST_NAME)})"
    yield ""
    items = []
    for finding in group.findings:
        fate = _FATES.get(fates.get(finding.fingerprint(tenant.id, group.result.id), Fate.SAME))
        item = f"- {name(finding.subject.name, finding.subject.id)}{f' ({fate})' if fate else ''}: "
        item += f"{text(finding.message)}{link(finding.link)}"
        for each in finding.evidence[:_MOST_EVIDENCE]:
            item += f"\n  - Seen: {text(each.statement, _LONGEST)}"
        items.append(item)
    kept, left = cut(items, size // 2)
    yield from (*kept, *rest(left, "finding"))
    yield ""
    if group.remedy:
        yield f"To do: {text(group.remedy)}"
        yield ""


def _accepted(tenant: TenantRun, size: int) -> Iterator[str]:
    if not tenant.acceptances:
        return
    yield "## Acceptances"
    rows = (
        (
            finding.severity.value,
            f"{name(finding.subject.name, finding.subject.id)} ({text(result.id, LONGEST_NAME)})",
            text(finding.message, _LONGEST),
            text(by.reason, _LONGEST),
            text(by.owner, LONGEST_NAME) or "-",
            text(by.until, 20) or "no end",
        )
        for result, finding, by in accepted(tenant)
    )
    yield from table(("Severity", "What", "What was seen", "Why it is accepted", "By", "Until"), rows, size, "finding")
    yield ""
    lapsed = [each for each in tenant.acceptances if each.state != "accepted"]
    told = (
        f"{name(each.subject)} ({text(each.check, LONGEST_NAME)}): {text(each.state, 40)}"
        f"{f', it held until {text(each.until, 20)}' if each.state == 'expired' else ''}. {text(each.reason, _LONGEST)}"
        for each in lapsed
    )
    if lapsed:
        yield "Acceptances that hold nothing back:"
        yield ""
        yield from listed(told, size // 2)
        yield ""


def _since(since: Comparison | None, size: int) -> Iterator[str]:
    yield "## Since the last run"
    yield ""
    if since is None:
        yield "There is no earlier run to compare with."
        yield ""
        return
    yield f"Compared with the run of {text(instant(since.since), 40)} UTC:"
    yield ""
    yield from listed(changes(since, _shortened, name), size, "change", "changes")
    yield ""


def _shortened(said: str) -> str:
    return text(said, _LONGEST)


def _unseen(tenant: TenantRun, size: int) -> Iterator[str]:
    yield "## What could not be looked at"
    yield ""
    told = [
        *(
            f"**{text(each.title, LONGEST_NAME)}**: {text(each.state, 40)}. {_line(each.reason, each.remedy)}"
            for each in tenant.datasets
            if each.state != "collected"
        ),
        *(
            f"Check {text(each.id, LONGEST_NAME)}: {_seen(each)}. {_line(each.reason, each.remedy)}"
            for each in tenant.checks
            if not each.looked_wholly
        ),
        *(text(each, _LONGEST) for each in tenant.interrupts.caveats),
        *(text(each, _LONGEST) for each in (sentences.left_aside(tenant),) if each),
    ]
    yield from listed(told, size) if told else ["Every dataset was wholly read and every check ran."]
    yield ""


def _seen(result: CheckResult) -> str:
    return "only a part was seen" if result.findings else result.status.value


def _line(*said: str) -> str:
    return " ".join(text(each, _LONGEST) for each in said if each)
