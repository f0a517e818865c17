"""A code, or an attempt to sign in row by row, for people. Fits 80 columns and uses more where there are more. It reads
`auditor.explain.answer`; `auditor.reports.explain_json` is the same for machines.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.explain.answer import Answer, AskingPolicy, AttemptAnswer, CodeAnswer, Explained, KnownCause, Place, Step
from auditor.reports.page import Page
from auditor.reports.plain import plain

_BULLET = "  - "
_INDENT = "    "
_STEP = " " * 10

_WORKBOOKS = {
    "base": "Microsoft's workbooks count it as an interrupt, too.",
    "extended": "Of Microsoft's workbooks some count it as an interrupt, and some do not.",
    "": "Microsoft's workbooks count it as a failure.",
}
_COLOURS = {"success": "32", "interrupt": "33"}


def as_table(answer: Answer, *, width: int = 80, colour: bool = False) -> str:
    """Text of lines no longer than `width` (at least 80, at most 160 are used)."""
    page = Page(width, colour)
    if len(answer.attempts) > 1:
        page.prose(f"{len(answer.attempts):,} attempts were found, oldest first: clients use correlation ids again.")
        page.line("")
    for attempt in answer.attempts:
        _attempt(page, attempt)
        page.line("")
    told = {step.code for attempt in answer.attempts for step in attempt.steps}
    for code in answer.codes:
        if code.code not in told:
            _code(page, code)
            page.line("")
    if answer.ids:
        _search(page, answer)
    elif answer.why_not:
        page.prose(answer.why_not)
    return page.text().rstrip("\n") + "\n"


def _code(page: Page, code: CodeAnswer) -> None:
    page.title(_title(code.code, code.name))
    if not code.kind:
        page.prose(
            "This code is not in the catalogue, which holds what Microsoft documents. Whether it is an interrupt or a "
            "failure is not known. Microsoft may tell more at https://login.microsoftonline.com/error.",
            "  ",
        )
        return
    page.prose(code.meaning, "  ")
    if code.kind == "success":
        return
    if code.kind == "interrupt":
        page.prose(f"It is an interrupt, and no failure. {_WORKBOOKS[code.workbook]}", "  ")
    else:
        also = " " + _WORKBOOKS[code.workbook] if code.workbook else ""
        page.prose(f"It is a failure, of the class '{code.kind}', and no interrupt.{also}", "  ")
    page.prose(f"What to do: {code.advice}", "  ")
    if len(code.causes) == 1:
        page.prose(f"Why: {_because(code.causes[0])}", "  ")
    elif code.causes:
        page.prose("Why, one of these:", "  ")
        for cause in code.causes:
            page.prose(_because(cause), _INDENT, _BULLET)
    if code.causes:
        page.prose(f"Evidence: {_listed(('the row of the log', 'its attempt', *code.evidence))}.", "  ")
        page.prose("Why it was in one case, an id tells: auditor explain ID --from PATH.", "  ")


def _because(cause: KnownCause) -> str:
    return f"{_sentence(cause.title)} {cause.meaning} {cause.advice}"


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:].rstrip(".") + "."


def _attempt(page: Page, attempt: AttemptAnswer) -> None:
    who = attempt.user or attempt.user_id or "somebody whom the log does not name"
    page.title(f"Attempt of {who}")
    page.prose(f"Tenant {attempt.tenant}, correlation id {attempt.correlation_id or 'not known'}.")
    page.prose(attempt.ended)
    for step in attempt.steps:
        page.line("")
        _step(page, step)


def _step(page: Page, step: Step) -> None:
    when = plain(step.at[:19].replace("T", " "), 19)
    title = plain(_title(step.code, step.name), page.width - 24)
    page.line(f"{when}  {page.paint(title, _COLOURS.get(step.kind, '31' if step.kind else ''))}")
    page.prose(_verdict(step), _STEP)
    page.prose(f"{step.app or step.app_id or 'app not known'} -> {step.resource or 'resource not known'}", _STEP)
    system = " on ".join(filter(None, (step.browser, step.system)))
    way = (step.client or "client not known", system or "browser not known", step.ip or "address not known")
    page.prose(f"{', '.join(way)}, {step.country or 'country not known'}", _STEP)
    if step.details:
        page.prose(f"The row says: {step.details}", _STEP)
    _asking(page, step.policies)
    if step.explained is not None:
        _explained(page, step.explained)
    page.prose(f"Request id {step.id}{', the one that was asked for' if step.asked_for else ''}.", _STEP)


def _verdict(step: Step) -> str:
    if step.outcome:
        sure = "" if not step.seconds and not step.stated else f" ({'stated' if step.stated else 'inferred'})"
        after = "" if step.seconds is None else f" {step.seconds:,.0f} s later"
        return f"Interrupt, {step.outcome}{after}{sure}."
    if step.kind == "success":
        return "Success."
    if step.kind:
        return f"Failure ({step.kind})."
    return "The row has no code." if step.code is None else "Not in the catalogue: neither interrupt nor failure."


def _asking(page: Page, policies: tuple[AskingPolicy, ...] | None) -> None:
    if policies is None:
        page.prose("What policies asked for is not known: the row shows no policies.", _STEP)
    for each in policies or ():
        asked = ", ".join(each.controls) or "something that the log does not name"
        page.prose(f"Policy '{plain(each.name or each.id, 100)}' asked for: {asked} ({each.result}).", _STEP)


def _explained(page: Page, explained: Explained) -> None:
    cause = explained.cause
    page.prose(f"Why ({explained.confidence}): {_sentence(cause.title)} {cause.meaning}", _STEP)
    for each in explained.evidence:
        at = f" ({each.at[:19].replace('T', ' ')})" if each.at else ""
        page.prose(f"{each.statement}{at} [{each.source}]", _STEP + "  ", f"{_STEP}- ")
    for missing in explained.missing:
        page.prose(f"Missing: {missing}", _STEP + "  ", f"{_STEP}- ")
    page.prose(f"What to do: {cause.advice}", _STEP)


def _search(page: Page, answer: Answer) -> None:
    found = bool(answer.attempts)
    searched = answer.places or answer.unreached
    page.title(
        "Where it was looked for"
        if found
        else "The attempt was not found"
        if searched
        else "The attempt was not looked for"
    )
    page.prose(
        f"{'Looked for' if searched else 'It has'} {_listed(f'{name} {identity}' for name, identity in answer.ids)}.",
        "  ",
    )
    if answer.at and not found:
        page.prose(f"The message is of {answer.at[:19].replace('T', ' ')} UTC.", "  ")
    for place in answer.places:
        page.prose(_looked_through(place), _INDENT, _BULLET)
        for caveat in place.caveats:
            page.prose(caveat, _INDENT)
    for each in answer.unreached:
        page.prose(f"{each.tenant}: could not be asked. {each.what} {each.remedy}", _INDENT, _BULLET)
    if answer.why_not:
        page.prose(answer.why_not, "  ")


def _looked_through(place: Place) -> str:
    outcome = "found" if place.found else "not found"
    covers = (
        "no part of a log could be read"
        if place.window is None
        else "log from {} to {} UTC".format(*(text[:16].replace("T", " ") for text in place.window))
    )
    rows = "" if place.live else f", {place.rows:,} rows"
    return f"{plain(place.name, 200)}{' (asked live)' if place.live else ''}: {outcome}; {covers}{rows}."


def _title(code: int | None, name: str) -> str:
    return "no code" if code is None else f"{code} {name}".rstrip() if code else "0 success"


def _listed(texts: Iterable[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
