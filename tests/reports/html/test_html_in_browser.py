"""The page in a real browser: what it looks like stands in nobody's test, but that nothing is cut, hidden, unreadable,
executed or asked of the network does. It takes Chromium and the packages of the extra `browser`.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.reports.html import render
from auditor.run import Run, TenantRun, Unreached

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# A4 without the margins of the style sheet, in CSS pixels.
PAPER = {"width": 695, "height": 1009}

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not here")
    # A sandbox takes rights that root in a container does not have.
    rights = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=rights)
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Make]:
    """`show(run, ...)`: the page of a run in a tab of its own, opened from a file. What the tab asked for, said and was
    asked is in its `seen`."""
    contexts = []

    def make(run: Run, **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(render(run), encoding="utf-8")
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.seen = []
        page.on("request", lambda request: page.seen.append(("request", request.url)))
        page.on("requestfailed", lambda request: page.seen.append(("failed", request.failure)))
        page.on("console", lambda message: page.seen.append(("console", message.text)))
        page.on("pageerror", lambda error: page.seen.append(("error", str(error))))
        page.on("dialog", lambda dialog: (page.seen.append(("dialog", dialog.message)), dialog.dismiss()))
        page.goto(path.as_uri())
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def runs(eventful: TenantRun, audited: TenantRun, report_on: Callable[..., Run]) -> dict[str, Run]:
    unreached = (Unreached("woodgrove.com", "Signing in was refused.", "Renew the secret."),)
    return {
        "one": report_on(audited),
        "eventful": report_on(eventful),
        "several": report_on(eventful, audited, unreached=unreached),
    }


def test_nothing_leaves_the_page(show: Make, runs: dict[str, Run]) -> None:
    for run in runs.values():
        page = show(run)
        page.wait_for_load_state("networkidle")
        assert page.seen == [("request", page.url)]


@pytest.mark.parametrize(
    ("which", "viewport", "scheme"),
    [
        *(("eventful", viewport, scheme) for viewport in (DESKTOP, PHONE) for scheme in ("light", "dark")),
        ("several", DESKTOP, "light"),
    ],
)
def test_axe_finds_nothing(show: Make, runs: dict[str, Run], which: str, viewport: dict[str, int], scheme: str) -> None:
    page = show(_distinct(runs[which]), viewport=viewport, color_scheme=scheme, bypass_csp=True)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert _violations(page) == []


def _distinct(run: Run) -> Run:
    """Two tenants of one name are told apart by nothing: landmarks have to be unique."""
    tenants = (dataclasses.replace(each, name=f"{each.name} {number}") for number, each in enumerate(run.tenants))
    return dataclasses.replace(run, tenants=tuple(tenants))


def test_axe_finds_what_is_wrong(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<img src='data:,'><p style='color:#ccc'>Hard to read</p>")
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {each.partition(":")[0] for each in _violations(page)}
    page.close()


def _violations(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the package of axe is not here")
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_first_screen_holds_the_three_answers(show: Make, runs: dict[str, Run], viewport: dict[str, int]) -> None:
    page = show(runs["one"], viewport=viewport)
    bottoms = page.evaluate(
        "[...document.querySelectorAll('.verdict')].map(each => each.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 3
    assert max(bottoms) < viewport["height"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 640}], ids=["desktop", "phone", "small"])
@pytest.mark.parametrize("spoiled", [False, True], ids=["as it is", "hostile"])
def test_nothing_sticks_out_of_the_screen(
    show: Make, runs: dict[str, Run], hostile: Callable[[Any], Any], viewport: dict[str, int], spoiled: bool
) -> None:
    for run in runs.values():
        page = show(hostile(run) if spoiled else run, viewport=viewport)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert _beyond(page, viewport["width"]) == []


def test_paper_holds_every_table_whole_and_what_is_folded_on_a_screen(show: Make, runs: dict[str, Run]) -> None:
    page = show(runs["eventful"], viewport=PAPER, color_scheme="dark")
    page.emulate_media(media="print")
    assert _beyond(page, PAPER["width"], scrolled="") == []
    folded = page.evaluate(
        "[...document.querySelectorAll('details > :not(summary)')].map(each => each.checkVisibility())"
    )
    assert len(folded) > 10
    assert all(folded)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = {tuple(map(float, box.split()[2:])) for box in re.findall(rb"/MediaBox \[([0-9. ]+)\]", printed)}
    assert all(abs(width - 595.3) < 1 and abs(height - 841.9) < 1 for width, height in boxes)
    assert boxes


def _beyond(page: Any, width: int, scrolled: str = ".scroll") -> list[str]:
    """What ends to the right of that width, but for what can be scrolled to, or is meant for ears only."""
    script = """([width, scrolled]) => [...document.querySelectorAll('main *, header *, nav *')]
        .filter(each => !(scrolled && each.closest(scrolled)) && !each.closest('.quiet, svg, thead'))
        .filter(each => each.getBoundingClientRect().right > width + 1)
        .map(each => each.outerHTML.slice(0, 160))"""
    found: list[str] = page.evaluate(script, [width, scrolled])
    scroll = page.evaluate("document.documentElement.scrollWidth")
    return found + ([] if scroll <= width + 1 else [f"the page scrolls to {scroll}"])


def test_hostile_text_is_neither_executed_nor_lost(
    show: Make, runs: dict[str, Run], hostile: Callable[[Any], Any]
) -> None:
    for run in runs.values():
        # Without the policy against scripts: escaping alone has to hold.
        page = show(hostile(run), bypass_csp=True)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.seen == [("request", page.url)]
        assert page.title().startswith("Sign-in audit: ")
        active = (
            "script, img, iframe, object, embed, form, input, base, link, video, audio, [style], [onload], [onfocus]"
        )
        assert page.evaluate(f"document.querySelectorAll('{active}').length") == 0
        assert page.evaluate("[...document.links].filter(each => !each.hash || each.protocol != 'file:').length") == 0
        text = page.inner_text("body")
        assert "<script>document.title = 'owned'</script>" in text
        assert '"><img src=x onerror="document.title=\'owned\'">' in text
        assert "right\\u202eleft\\u2066" in text
        assert "\\u001b]0;owned\\u0007" in text


def test_the_policy_against_scripts_holds(show: Make, runs: dict[str, Run]) -> None:
    page = show(runs["one"])
    page.evaluate(
        """() => {
        const script = document.createElement('script');
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'https://evil.example/pixel.png';
        document.body.append(image);
    }"""
    )
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    assert [text for kind, text in page.seen if kind == "console" and "Content Security Policy" in text]
    assert ("failed", "csp") in page.seen


def test_the_keyboard_reaches_the_report_and_shows_where_it_is(show: Make, runs: dict[str, Run]) -> None:
    page = show(runs["one"])
    page.keyboard.press("Tab")
    focus = "(() => { const it = document.activeElement, box = it.getBoundingClientRect(); return {name: it.className, "
    focus += "tag: it.tagName, id: it.id, left: box.left, outline: getComputedStyle(it).outlineStyle} })()"
    first = page.evaluate(focus)
    assert (first["name"], first["left"] >= 0, first["outline"]) == ("skip", True, "solid")
    page.keyboard.press("Enter")
    assert page.evaluate(focus)["id"] == "main"
    page.keyboard.press("Tab")
    following = page.evaluate(focus)
    assert (following["tag"], following["outline"]) == ("SUMMARY", "solid")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True
