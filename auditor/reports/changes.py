"""What changed since an earlier run, in sentences. Names in them are a tenant's text; the rest is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from auditor.comparison import Change, Comparison, Fate, FindingChange, Trend

_SHOWN = (Fate.NEW, Fate.WORSE, Fate.BACK, Fate.NOT_KNOWN, Fate.LESS, Fate.ACCEPTED, Fate.FIXED)
_MEANING = {
    Fate.NOT_KNOWN: "not known (it is not reported any more, and its check could not wholly look)",
    Fate.FIXED: "fixed (looked for, and not found any more)",
}

Written = Callable[[str], str]


def changes(since: Comparison, written: Written = str, strong: Written = str) -> Iterator[str]:
    """First the count of findings by what became of them. `written` makes a tenant's text harmless where the sentences
    are to stand, `strong` does so with a name."""
    counts = ", ".join(f"{len(since.of(fate)):,} {fate.value}" for fate in Fate if since.of(fate))
    yield f"Findings: {counts or 'none then and now'}."
    for fate in _SHOWN:
        for each in since.of(fate):
            yield _finding(each, written, strong)
    yield from _changed("", (since.setting,) if since.setting else (), written, strong)
    yield from _changed("", since.policies, written, strong)
    yield from _changed("Not looked at any more: ", since.unable, written, strong)
    yield from _changed("Looked at again: ", since.able, written, strong)
    yield from _trends(since.trends, strong)


def _finding(change: FindingChange, written: Written, strong: Written) -> str:
    subject = change.finding.subject
    before, after = change.before, change.after
    severities = f", {before.value} before and {after.value} now" if before and after and before is not after else ""
    became = _MEANING.get(change.fate, change.fate.value)
    return f"{became.capitalize()}: {strong(subject.name or subject.id)} ({written(change.check)}{severities})."


def _changed(lead: str, changes: Iterable[Change], written: Written, strong: Written) -> Iterator[str]:
    for each in changes:
        was, now = (written(side) or "none" for side in (each.before, each.after))
        what = written(each.what) if lead else written(each.what).capitalize()
        yield f"{lead}{what} {strong(each.name)}: {was} before, {now} now."


def _trends(trends: tuple[Trend, ...] | None, strong: Written) -> Iterator[str]:
    if trends is None:
        yield "Interrupts are not compared: one of the two logs was not wholly read."
        return
    beyond = [each for each in trends if each.beyond_noise]
    for each in beyond:
        became = "more" if each.after > each.before else "less"
        yield (
            f"{strong(f'{each.code} {each.name}'.rstrip())} is {became} frequent than chance alone would make it: "
            f"{each.before:,.1f} a day before, {each.after:,.1f} now."
        )
    if not beyond:
        yield "No interrupt is more or less frequent than chance alone would make it."
