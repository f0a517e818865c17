"""The page as a whole: one file that needs no script, no network, and nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.reports.html.accepted import accepted_part
from auditor.reports.html.answers import answers
from auditor.reports.html.findings import findings_part
from auditor.reports.html.interrupts import interrupts_part
from auditor.reports.html.markup import Content, Html, code, el, joined, name, sentences, shown
from auditor.reports.html.outcomes import patterns
from auditor.reports.html.overview import overview
from auditor.reports.html.place import Place
from auditor.reports.html.policies import policies_part
from auditor.reports.html.since import since_part
from auditor.reports.html.style import style
from auditor.reports.html.unseen import datasets_part, unseen_part
from auditor.reports.sentences import REDACTED, instant, window
from auditor.run import Run, TenantRun

_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_KICKER = "Audit of sign-ins and browser sessions"

_MOST_BYTES = 270_000
"""Of one tenant's report; the page around it takes less than 30 kB."""
_SHARES = (1.0, 0.7, 0.5, 0.35, 0.25)

_CONTENTS = (
    ("findings", "Findings"),
    ("accepted", "Accepted"),
    ("since", "Since the last run"),
    ("unseen", "Not looked at"),
    ("interrupts", "Interrupts"),
    ("policies", "Persistent browser sessions"),
    ("datasets", "What it rests on"),
)


def render(run: Run) -> str:
    """A report on a run. A tenant by itself fills the page; of several there is an overview first."""
    one = run.tenants[0] if len(run.tenants) == 1 and not run.unreached else None
    if one is not None:
        called = one.name or one.domain or one.id
        head, contents, body = _head(one, Place("", 2), run), _contents(one), _report(Place("", 2), one)
    else:
        called = f"{len(run.tenants) + len(run.unreached)} tenants"
        head, contents, body = _several(run)
    page = el(
        "html",
        el("head", *_meta(f"Sign-in audit: {called}, {instant(run.started)}"), el("style", style())),
        el(
            "body",
            el("a", "Skip to the report", href="#main", class_="skip"),
            patterns(),
            el("header", head),
            contents,
            el("main", body, id="main", tabindex=-1),
            _foot(run),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


def _meta(title: str) -> Sequence[Html]:
    return (
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_CSP),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="robots", content="noindex"),
        el("title", shown(title, 200)),
    )


def _head(tenant: TenantRun, place: Place, run: Run | None = None) -> Html:
    """`run`: for the head of the page, None for a tenant among others."""
    about = [
        *(shown(each, 120) for each in (tenant.domain, f"tenant {tenant.id}" if tenant.id else "") if each),
        window(tenant),
        *(_about(run) if run else ()),
    ]
    return joined(
        el("p", _KICKER, class_="kicker") if run else None,
        place.heading(
            -1, name(tenant.name or tenant.domain, tenant.id or "Tenant without a name"), id=place.id("name")
        ),
        el("p", sentences(*(el("span", each) for each in about)), class_="meta"),
        *(el("p", shown(each, 1_000)) for each in tenant.notes),
    )


def _about(run: Run) -> Sequence[str]:
    pseudonyms = [REDACTED] if run.redacted else []
    return [f"Report of {instant(run.started)} UTC.", *pseudonyms]


def _contents(tenant: TenantRun) -> Html:
    links = (
        el("li", el("a", title, href=f"#{part}"))
        for part, title in _CONTENTS
        if part != "accepted" or tenant.acceptances
    )
    return el("nav", el("ul", *links), aria_label="Contents")


def _report(place: Place, tenant: TenantRun) -> Html:
    """All parts, each with as much room as there is for it."""
    for share in _SHARES:
        report = joined(*_parts(replace(place, share=share), tenant))
        if len(report.encode("utf-8", "replace")) <= _MOST_BYTES:
            break
    return report


def _parts(place: Place, tenant: TenantRun) -> Sequence[Content]:
    return (
        answers(place, tenant),
        findings_part(place, tenant),
        accepted_part(place, tenant),
        since_part(place, tenant),
        unseen_part(place, tenant),
        interrupts_part(place, tenant),
        policies_part(place, tenant),
        datasets_part(place, tenant),
    )


def _several(run: Run) -> tuple[Html, Html, Html]:
    prefixes = [f"tenant-{number}-" for number in range(1, len(run.tenants) + 1)]
    head = joined(
        el("p", _KICKER, class_="kicker"),
        el("h1", "Several tenants" if len(run.tenants) + len(run.unreached) > 1 else "No tenant was looked at"),
        el("p", sentences(*(el("span", each) for each in _about(run))), class_="meta"),
    )
    links = (
        el("li", el("a", name(each.name or each.domain, each.id), href=f"#{prefix}top"))
        for each, prefix in zip(run.tenants, prefixes, strict=True)
    )
    contents = el("nav", el("ul", el("li", el("a", "Overview", href="#overview")), *links), aria_label="Contents")
    tenants = (
        el(
            "section",
            _head(each, Place(prefix, 3)),
            _report(Place(prefix, 3), each),
            id=f"{prefix}top",
            class_="tenant",
        )
        for each, prefix in zip(run.tenants, prefixes, strict=True)
    )
    return head, contents, joined(overview(run, prefixes), *tenants)


def _foot(run: Run) -> Html:
    plugins = ", ".join(f"{plugin} {version}" for plugin, version in run.plugins)
    return el(
        "footer",
        el("p", shown(f"Made by auditor {run.version}. Checks from: {plugins or 'nowhere'}.", 400)),
        el(
            "p",
            "Times are UTC. The page holds no script and loads nothing. What is cut here is whole in the JSON report: ",
            code("auditor run --format json"),
            ".",
        ),
    )
