"""The tables of the Markdown report: interrupts with their causes, policies, datasets."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.reports import sentences
from auditor.reports.markdown_text import LONGEST_NAME, link, listed, name, table, text
from auditor.reports.sentences import counted
from auditor.run import TenantRun

_LONGEST = 400
_MOST = 5


def interrupts(tenant: TenantRun, size: int) -> Iterator[str]:
    answer = tenant.interrupts
    if answer.interrupts:
        yield "## Interrupts"
        rows = (
            (
                text(sentences.title(each), LONGEST_NAME),
                f"{each.count:,}",
                f"{each.users:,}",
                text(counted(each.outcomes)),
            )
            for each in answer.interrupts
        )
        yield from table(("Interrupt", "Rows:", "Users:", "How the attempts went on"), rows, size // 3)
        yield from ("", "### Why they happened, and what to do")
        yield from table(("Interrupt", "Cause", "Rows:", "How sure", "What to do"), _causes(tenant), size // 2, "cause")
        yield ""
    told = [
        *_again(tenant),
        *(text(each, _LONGEST) for each in sentences.nothing_claimed(answer)),
        *(
            f"Would explain {count:,} of the interrupts better: {text(reason, _LONGEST)}"
            for reason, count in answer.missing[:_MOST]
        ),
    ]
    if told:
        yield from listed(told, size // 6)
        yield ""


def _again(tenant: TenantRun) -> Iterator[str]:
    for each in tenant.interrupts.interrupts:
        title = text(sentences.title(each), LONGEST_NAME)
        if each.again:
            yield f"{title} came back: {each.again:,} of its {each.users:,} users met it more than once."
        for what, names in each.clusters:
            most = ", ".join(f"{name(called)} ({count:,})" for called, count in names[:_MOST])
            yield f"{title} failed or was abandoned most for these {text(what, LONGEST_NAME)}: {most}."


def _causes(tenant: TenantRun) -> Iterator[tuple[str, ...]]:
    """One row for each cause; a code without causes has what holds for it everywhere."""
    for each in tenant.interrupts.interrupts:
        title = text(sentences.title(each), LONGEST_NAME)
        for cause in each.causes:
            what = f"**{text(cause.title, LONGEST_NAME)}** {text(cause.meaning, _LONGEST)}"
            sure = text(counted(cause.confidence), LONGEST_NAME)
            yield title, what, f"{cause.count:,}", sure, text(cause.advice, _LONGEST)
        if not each.causes:
            yield title, text(each.meaning, _LONGEST), f"{each.count:,}", "general", text(each.advice, _LONGEST)


def policies(tenant: TenantRun, size: int) -> Iterator[str]:
    answer = tenant.policies
    if answer.policies:
        yield "## Policies that set persistent browser sessions"
        rows = (
            (
                f"{name(policy.name, policy.id)}{link(policy.link)}",
                text(policy.mode, 20),
                text(sentences.state(policy), 20),
                text(", ".join(policy.problems), _LONGEST) or "-",
                " ".join(filter(None, (f"{text(policy.aim, _LONGEST)}.", text(sentences.reach(policy), _LONGEST)))),
            )
            for policy in answer.policies
        )
        yield from table(("Policy", "Mode", "State", "Problems", "Aimed at, and reached"), rows, size, "policy")
        yield ""
    held = answer.agreement
    if held is not None:
        yield (
            f"Held to what the log of {held.sign_ins:,} sign-ins says that Microsoft Entra decided, the evaluation of "
            f"policies agrees with {held.agreed:,} decisions, disagrees with {held.disagreed:,}, and does not know "
            f"{held.not_known:,}."
        )
        yield ""
        told = [f"Not known, {count:,} times: {text(reason, _LONGEST)}" for reason, count in held.because[:_MOST]]
        if told:
            yield from listed(told, size // 4)
            yield ""


def datasets(tenant: TenantRun, size: int) -> Iterator[str]:
    yield "<details><summary>What this report rests on</summary>"
    rows = (
        (
            text(each.title, LONGEST_NAME),
            text(each.state, 20),
            "not known" if each.rows is None else f"{each.rows:,}",
            text(f"{each.reason} {each.remedy}", _LONGEST),
        )
        for each in tenant.datasets
    )
    yield from table(("Dataset", "State", "Objects or rows:", "What is missing"), rows, size, "dataset")
    yield from ("", "</details>", "")
