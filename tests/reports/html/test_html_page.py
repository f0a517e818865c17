"""The page as a whole: what it may hold, how it is built, how large it gets."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from auditor.reports.html import render
from auditor.reports.json import render as json
from auditor.reports.load import load
from auditor.run import Run, TenantRun, Unreached

VOID = {"meta", "br", "rect", "circle", "line", "path"}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "nav", "main", "footer", "section", "article"),
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "p",
        "span",
        "b",
        "bdi",
        "code",
        "ul",
        "ol",
        "li",
        "div",
        "details",
        "summary",
        "br",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"),
    *("svg", "g", "defs", "pattern", "rect", "circle", "line", "path", "text"),
}
LIMIT = 300_000


class Outline(HTMLParser):
    """What a browser would make of a page, as far as the tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.order: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.order.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        assert tag in VOID, tag

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == attribute]


@pytest.fixture(params=["one tenant", "one eventful", "several", "none"])
def page(request: pytest.FixtureRequest, audited: TenantRun, eventful: TenantRun, report_on: Callable[..., Run]) -> str:
    unreached = (Unreached("woodgrove.com", "Signing in was refused.", "Renew the secret."),)
    return render(
        {
            "one tenant": report_on(audited),
            "one eventful": report_on(eventful),
            "several": report_on(eventful, dataclasses.replace(audited, name="Fabrikam"), unreached=unreached),
            "none": report_on(unreached=unreached),
        }[request.param]
    )


def test_the_page_is_well_formed_and_holds_no_script(page: str) -> None:
    outline = Outline(page)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert outline.open == []
    assert set(outline.tags) <= TAGS
    assert not [name for _, name, _ in outline.attributes if name.startswith("on") or name in ("style", "src")]
    assert '<meta charset="utf-8">' in page[:100]
    csp = "default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;; img-src data:"
    assert f'<meta http-equiv="Content-Security-Policy" content="{csp}">' in page


def test_links_lead_inside_the_page_or_to_the_portal(page: str) -> None:
    outline = Outline(page)
    ids = outline.values("id")
    assert len(ids) == len(set(ids))
    for address in outline.values("href"):
        assert address[1:] in ids if address.startswith("#") else address.startswith("https://portal.azure.com/#view/")
    for reference in outline.values("aria-labelledby"):
        assert set(reference.split()) <= set(ids)
    assert not re.search(r"url\((?!#pattern-)", page)
    assert "@import" not in page


def test_headings_go_down_by_one(page: str) -> None:
    levels = [int(tag[1]) for tag in Outline(page).order if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_and_pictures_can_be_heard(page: str) -> None:
    outline = Outline(page)
    assert outline.tags["caption"] == outline.tags["table"] > 0
    headings = [tag for tag in outline.order if tag == "th"]
    assert len(headings) == len([1 for tag, name, _ in outline.attributes if (tag, name) == ("th", "scope")])
    pictures = [(name, value) for tag, name, value in outline.attributes if tag == "svg"]
    hidden = pictures.count(("aria-hidden", "true"))
    assert hidden + pictures.count(("role", "img")) == outline.tags["svg"]
    assert len([1 for name, value in pictures if name == "aria-label" and value]) == pictures.count(("role", "img"))


def test_every_chart_is_followed_by_its_table(audited: TenantRun, report_on: Callable[..., Run]) -> None:
    order = [tag for tag in Outline(render(report_on(audited))).order if tag in ("figure", "table")]
    charts = [number for number, tag in enumerate(order) if tag == "figure"]
    assert len(charts) == 3
    assert all(order[number + 1] == "table" for number in charts)


def test_hostile_text_is_shown_as_text(
    eventful: TenantRun, report_on: Callable[..., Run], hostile: Callable[[Any], Any]
) -> None:
    one = report_on(eventful)
    several = report_on(eventful, eventful, unreached=(Unreached("a", "b", "c"),))
    for run in (one, several):
        page = render(hostile(run))
        outline = Outline(page)
        assert outline.open == []
        assert set(outline.tags) <= TAGS
        assert not [name for _, name, _ in outline.attributes if name.startswith("on") or name in ("style", "src")]
        assert all(address.startswith("#") for address in outline.values("href"))
        page.encode()
        odd = {letter for letter in page if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")}
        assert odd == {"\n"}
        text = "".join(outline.text)
        for shown in (
            "<script>document.title = 'owned'</script>",
            '"><img src=x onerror="document.title=\'owned\'">',
            "\\u001b]0;owned\\u0007",
            "right\\u202eleft\\u2066",
            "nul\\u0000",
            "lone \\ud800",
            "&lt;b&gt;",
        ):
            assert shown in text
        assert "x" * 2_000 not in page


@pytest.mark.parametrize("spoiled", [False, True])
def test_one_tenant_takes_less_than_300_kb_whatever_there_is_to_say(
    eventful: TenantRun, report_on: Callable[..., Run], hostile: Callable[[Any], Any], spoiled: bool
) -> None:
    page = render(hostile(report_on(_much(eventful))) if spoiled else report_on(_much(eventful)))
    assert 100_000 < len(page.encode()) < LIMIT
    assert re.search("[0-9,]+ more [a-z]+: in the JSON report of this run", page)
    assert "They are in the JSON report of this run." in page
    assert Outline(page).open == []


def _much(tenant: TenantRun) -> TenantRun:
    """Far more of everything than a report has room for."""
    interrupts, policies, since = tenant.interrupts, tenant.policies, tenant.since
    assert since is not None
    return dataclasses.replace(
        tenant,
        source=tenant.source * 100,
        datasets=tenant.datasets * 40,
        stay_signed_in=dataclasses.replace(
            tenant.stay_signed_in, evidence=tenant.stay_signed_in.evidence * 100, why="Why. " * 5_000
        ),
        interrupts=dataclasses.replace(
            interrupts,
            interrupts=interrupts.interrupts * 20,
            uncatalogued=interrupts.uncatalogued * 500,
            caveats=interrupts.caveats * 200,
            missing=(("Something is missing.", 3),) * 500,
            over_time=interrupts.over_time * 40,
            apps=interrupts.apps * 40,
            attempts=interrupts.attempts * 50,
        ),
        policies=dataclasses.replace(policies, policies=policies.policies * 60),
        checks=tuple(
            dataclasses.replace(
                each,
                id=f"{each.id}-{number}",
                findings=tuple(
                    dataclasses.replace(finding, remedy=f"{finding.remedy} {number}", message=finding.message * 20)
                    for finding in each.findings * 10
                ),
            )
            for number in range(10)
            for each in tenant.checks
        ),
        acceptances=tenant.acceptances * 200,
        since=dataclasses.replace(
            since,
            findings=since.findings * 50,
            policies=since.policies * 200,
            unable=since.unable * 200,
            able=since.unable * 200,
        ),
    )


def test_a_saved_run_makes_the_same_page(eventful: TenantRun, report_on: Callable[..., Run]) -> None:
    run = report_on(eventful)
    assert render(load(json(run).encode(), "run.json")) == render(run)


def test_a_dark_screen_does_not_reach_paper() -> None:
    page = render(Run("2026-11-08T00:10:00Z", "1", (), ()))
    assert "@media screen and (prefers-color-scheme:dark)" in page
    assert "@page{size:A4" in page
    assert "No tenant was looked at" in page


def test_a_redacted_run_says_so(audited: TenantRun, report_on: Callable[..., Run]) -> None:
    said = "Names in it are pseudonyms"
    assert said not in render(report_on(audited))
    for run in (report_on(audited), report_on(audited, audited)):
        assert said in render(dataclasses.replace(run, redacted="a table"))
