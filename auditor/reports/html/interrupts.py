"""Interrupts: when, in which applications, why; then each code with its causes and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from auditor.reports.html import charts, outcomes
from auditor.reports.html.answers import interrupt_counts
from auditor.reports.html.markup import Content, Html, code, el, joined, name, number, sentences, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, cut, details, listed, rest, table
from auditor.reports.html.timelines import timelines
from auditor.reports.sentences import confidences, counted, many, no_interrupt, uncatalogued
from auditor.run import AppAnswer, CauseAnswer, InterruptAnswer, Span, TenantRun
from auditor.sign_ins.catalogue import title

_MOST_COLUMNS = 62
_MOST_BARS = 16
_MOST_NAMES = 5
_BYTES = 14_000
_BYTES_OF_TIME = 24_000
_BYTES_OF_CODES = 46_000
_LONGEST = 600

_SURE = (
    "Stated: the log or the tenant says so. Inferred: it follows from what they say. General: it is so in any tenant, "
    "and nothing seen here bears on it."
)


def interrupts_part(place: Place, tenant: TenantRun) -> Html:
    answer = tenant.interrupts
    heading = "Interrupts"
    if not answer.known:
        why = answer.uncoded or "the sign-in log could not be read. Why stands under what could not be looked at."
        return place.part("interrupts", heading, el("p", f"Not known: {why}"))
    if not answer.interrupts:
        said = no_interrupt(answer) if answer.uncoded else "None was seen in what was read of the log."
        return place.part("interrupts", heading, el("p", said), _strangers(place, tenant))
    counts = interrupt_counts(tenant)
    lead = (
        f"{many(sum(counts.values()), 'interrupt')}: {outcomes.said(counts.items())}. Completed ones went on to a "
        "sign-in; failed and abandoned ones are what people complain about; continued ones met the next interrupt."
    )
    return place.part(
        "interrupts",
        heading,
        el("p", lead, class_="lead"),
        _over_time(place, answer.over_time, answer.span_hours),
        _by_app(place, answer.apps),
        _by_cause(place, answer.interrupts),
        _codes(place, answer.interrupts),
        _missing(place, answer.missing),
        timelines(place, tenant),
        _strangers(place, tenant),
    )


def _over_time(place: Place, spans: Sequence[Span], hours: int) -> Html | None:
    if not spans:
        return None
    drawn = spans[:_MOST_COLUMNS]
    caption = f"Interrupts by {many(hours, 'hour')} (UTC)"
    bars = [(_day(each.start), _moment(each.start), each.outcomes) for each in drawn]
    peak = charts.most_of((when, counts) for _, when, counts in bars)
    rows = [
        (_moment(each.start), number(outcomes.total(each.outcomes)), *outcomes.cells(each.outcomes)) for each in spans
    ]
    columns = (Column("From", "name"), Column("All", "number"), *outcomes.COLUMNS)
    left = len(spans) - len(drawn)
    return joined(
        place.heading(1, "Over time"),
        charts.columns(caption, peak, bars),
        el("p", f"The chart ends after {_MOST_COLUMNS} columns; {left:,} are not drawn.") if left else None,
        details(
            f"Table: {many(len(spans), 'row')}",
            table(caption, columns, rows, size=place.room(_BYTES_OF_TIME), wide=True, quiet=True, kind="counts"),
        ),
    )


def _day(start: str) -> str:
    """A label for what begins a day, else ""."""
    month, day = start[5:7], start[8:10]
    named = dict(zip(_NUMBERS, _MONTHS, strict=True)).get(month)
    return f"{day} {named}" if named and start[11:13] == "00" and day.isdecimal() else ""


_NUMBERS = [f"{month:02}" for month in range(1, 13)]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _moment(start: str) -> str:
    return shown(start[:16].replace("T", " "), 16)


def _by_app(place: Place, apps: Sequence[AppAnswer]) -> Html | None:
    if not apps:
        return None
    labelled = [(each.name or each.id or "All others", each.outcomes) for each in apps]
    caption = "Interrupts by application"
    rows = [
        (
            name(each.name, each.id) if each.id else "All others, and rows that name none",
            number(outcomes.total(each.outcomes)),
            *outcomes.cells(each.outcomes),
        )
        for each in apps
    ]
    columns = (Column("Application", "name"), Column("All", "number"), *outcomes.COLUMNS)
    return joined(
        place.heading(1, "By application"),
        _pair(caption, labelled, table(caption, columns, rows, size=_BYTES, wide=True, quiet=True, kind="counts")),
    )


def _by_cause(place: Place, answers: Sequence[InterruptAnswer]) -> Html | None:
    """The most frequent ones, and the others as one: all of them stand with their codes."""
    found = sorted(
        ((each.code, cause) for each in answers for cause in each.causes), key=lambda pair: (-pair[1].count, pair[0])
    )
    if not found:
        return None
    caption = "Interrupts by cause"
    labelled: list[tuple[str, outcomes.Counts]] = [
        (f"{cause.title.rstrip('.')} ({code})", cause.outcomes) for code, cause in found[: _MOST_BARS - 1]
    ]
    others: Counter[str] = Counter()
    for _, cause in found[_MOST_BARS - 1 :]:
        others.update(dict(outcomes.in_order(cause.outcomes)))
    if others:
        labelled.append(("All others", tuple(others.items())))
    rows = [(shown(label, 100), number(outcomes.total(counts)), *outcomes.cells(counts)) for label, counts in labelled]
    columns = (Column("Cause (code)", "name"), Column("All", "number"), *outcomes.COLUMNS)
    return joined(
        place.heading(1, "By cause"),
        el("p", f"How surely: {counted(confidences(answers))}. {_SURE}", class_="lead"),
        _pair(
            caption,
            labelled,
            table(caption, columns, rows, size=_BYTES, wide=True, quiet=True, what="cause", kind="counts"),
        ),
    )


def _pair(caption: str, labelled: Sequence[tuple[str, outcomes.Counts]], its_table: Html) -> Html:
    """A chart with its table beside it, or below where there is no room."""
    drawn = [(label, tuple(counts)) for label, counts in labelled[:_MOST_BARS]]
    left = len(labelled) - len(drawn)
    more = el("p", f"The chart shows the first {_MOST_BARS} of {len(labelled):,}.", class_="rest") if left else None
    chart = el("div", charts.bars(caption, charts.most_of(drawn), drawn), more)
    return el("div", chart, el("div", its_table), class_="pair")


def _confidence(cause: CauseAnswer) -> str:
    return ", ".join(
        confidence if count == cause.count else f"{count:,} {confidence}"
        for confidence, count in cause.confidence
        if count
    )


def _codes(place: Place, answers: Sequence[InterruptAnswer]) -> Html:
    kept, left = cut(answers, _code, place.room(_BYTES_OF_CODES))
    columns = (
        Column("Code", "name"),
        Column("Users", "number"),
        Column("All", "number"),
        *outcomes.COLUMNS,
    )
    rows = [
        (
            shown(f"{each.code} {each.name}".rstrip(), 80),
            number(each.users),
            number(each.count),
            *outcomes.cells(each.outcomes),
        )
        for each in answers
    ]
    return joined(
        place.heading(1, "By code"),
        table(
            "Interrupts by code",
            columns,
            rows,
            size=place.room(_BYTES_OF_TIME),
            wide=True,
            quiet=True,
            what="code",
            kind="counts",
        ),
        place.heading(1, "Why each happened, and what to do"),
        el("div", kept, class_="codes"),
        rest(left, "code"),
    )


def _code(each: InterruptAnswer) -> Html:
    called = f"{each.code} {each.name}".rstrip()
    most = f"{', mostly' if len(each.causes) > 1 else ''}: {each.causes[0].title.rstrip('.')}" if each.causes else ""
    summary = sentences(
        el("b", shown(called, 80)), el("span", shown(many(each.count, "time") + most, 160), class_="soft")
    )
    # Without causes the code's own advice is all there is.
    advice = None if each.causes else el("p", shown(each.advice, _LONGEST), class_="todo")
    causes = listed(map(_cause, each.causes), size=6_000, what="cause")
    together = "; ".join(f"{what} {met}" for what, names in each.clusters if (met := _met_again(names)))
    clusters = el("p", shown(f"Failed and abandoned ones cluster: {together}.", _LONGEST)) if together else None
    body = el("div", el("p", shown(each.meaning, _LONGEST)), advice, causes, clusters, class_="inside")
    return details(summary, body)


def _met_again(names: Iterable[tuple[str, int]]) -> str:
    """Those that are met more than once: a single one is no cluster."""
    return ", ".join(f"{each[:80]} ({count:,})" for each, count in list(names)[:_MOST_NAMES] if count > 1)


def _cause(cause: CauseAnswer) -> Html:
    counts = f"({many(cause.count, 'time')}, {_confidence(cause)}; {outcomes.said(cause.outcomes)})"
    seen = [shown(each.statement, 300) for each in cause.evidence[:3]]
    example = (
        el("p", sentences("For example", joined(code(cause.example), ":"), *seen), class_="fine") if seen else None
    )
    said = sentences(
        el("b", shown(cause.title.rstrip("."), 100)),
        el("span", shown(counts, 200), class_="soft"),
        shown(cause.meaning, _LONGEST),
        shown(cause.advice, _LONGEST),
    )
    return joined(said, example)


def _missing(place: Place, missing: Sequence[tuple[str, int]]) -> Html | None:
    items: Iterator[Content] = (shown(f"{many(count, 'interrupt')}: {reason}", _LONGEST) for reason, count in missing)
    found = listed(items, size=5_000, what="reason")
    return joined(place.heading(1, "What would explain more"), found) if found else None


def _strangers(place: Place, tenant: TenantRun) -> Html | None:
    """Codes of which nothing is claimed."""
    items = listed(
        (
            sentences(code(each), shown(f"in {many(count, 'row')}.{_known(each)}"))
            for each, count in uncatalogued(tenant.interrupts)
        ),
        size=3_000,
        what="code",
    )
    if not items:
        return None
    said = "These rows have codes that are not in the catalogue. Whether they are interrupts or failures is not known."
    return joined(place.heading(1, "Codes that are not in the catalogue"), el("p", said), items)


def _known(each: str) -> str:
    """A saved run may be older than this catalogue."""
    known = title(int(each)) if each.isascii() and each.isdecimal() and len(each) < 10 else each
    return "" if known == each else f" This version knows it: {known}."
