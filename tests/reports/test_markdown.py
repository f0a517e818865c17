import html
import re
from dataclasses import replace

import cmarkgfm
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.reports.markdown import render
from auditor.reports.markdown_text import cut, link, listed, name, table, text
from auditor.reports.plain import plain
from auditor.run import Run

PIECES = st.sampled_from(
    [
        *"\\`*_{}[]()<>#+-=.!|~@$&:^%/'\" \t\n",
        *("www.", "http://", "https://a.example", "gh-", "1.", "12)", "a", "Zo\u00eb", "\u202e", "\x00", "\ud800"),
        *(
            ":smile:",
            "&lt;",
            "<b>",
            "<!--",
            "-->",
            "a@b.example",
            "```",
            "~~~",
            "---",
            "[^1]",
            "[x]: y",
            "\\|",
            "xmpp:",
        ),
    ]
)
SURROUNDINGS = ("{}\n", "- {}\n", "# {}\n", "1. **{}** and more\n", "| a |\n| --- |\n| {} |\n")


def seen(markdown: str) -> str:
    made = cmarkgfm.github_flavored_markdown_to_html(markdown, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    return html.unescape(re.sub(r"<[^>]*>", "", made)).strip()


@pytest.mark.parametrize("around", SURROUNDINGS)
@given(pieces=st.lists(PIECES, max_size=12))
def test_github_shows_text_as_it_is(around: str, pieces: list[str]) -> None:
    said = "".join(pieces)
    expected = plain(said.strip()).strip()
    assume(expected)  # nothing is never written alone
    written = around.format(text(said))
    assert " ".join(seen(written).split()) == " ".join(seen(around.format("x")).replace("x", expected, 1).split())
    html_made = cmarkgfm.github_flavored_markdown_to_html(written, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    harmless = cmarkgfm.github_flavored_markdown_to_html(around.format("x"))
    tags = r"<(?!/?span>)/?\w+"
    assert set(re.findall(tags, html_made)) <= set(re.findall(tags, harmless))


@given(st.text(alphabet="@#$:/w.a1 ", max_size=40))
def test_what_github_acts_on_later_stands_apart(said: str) -> None:
    """Mentions, issues, addresses and mathematics are looked for in each piece of text that the markup leaves."""
    made = cmarkgfm.github_flavored_markdown_to_html(f"x {text(said)}\n", cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    for piece in re.split(r"<[^>]*>", made):
        assert not re.search(r"[@#$]\w|\w@\w|://|www\.", piece), made


@pytest.mark.parametrize("said", ["@" * 10_000, "\x1b" * 10_000, "x" * 10_000, "<" * 10_000])
def test_what_is_written_is_bounded(said: str) -> None:
    assert len(text(said, 100)) <= 200
    assert "..." in text(said, 100)


@pytest.mark.parametrize(
    ("address", "made"),
    [
        ("https://portal.azure.com/#view/a/b", " [Look at it](https://portal.azure.com/#view/a/b)"),
        ("https://portal.azure.com/a)b(<c>", " [Look at it](https://portal.azure.com/a%29b%28%3Cc%3E)"),
        ("https://portal.azure.com.evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("https://user@portal.azure.com/", ""),
        ("", ""),
    ],
)
def test_links_lead_to_a_portal_only(address: str, made: str) -> None:
    assert link(address) == made


def test_what_does_not_fit_is_counted() -> None:
    assert cut(["aaa", "bbb", "ccc"], 8) == (["aaa", "bbb"], 1)
    assert cut(["a" * 100], 8) == (["a" * 100], 0)
    assert listed(["a", "b", "c"], 5)[-1] == "2 more entries: in the JSON report of this run."
    assert table(("A", "B:"), [["1", "2"], ["3", "4"]], 3, "line")[-1] == "1 more line: in the JSON report of this run."
    assert table(("A", "B:"), [], 3) == []


def test_a_thing_without_a_name_has_its_id() -> None:
    assert name("", "a-1") == "**a-1**"
    assert name("\t", "") == "**not named**"


def test_tenants_out_of_reach_come_first(canonical: Run) -> None:
    made = render(canonical)
    assert made.startswith("# 1 tenant could not be looked at\n\n- **fabrikam.example**: Signing in was refused")
    assert render(replace(canonical, unreached=())).startswith("# Contoso (contoso.com)\n")


def test_few_findings_of_a_tenant_that_was_hardly_looked_at_say_so(canonical: Run) -> None:
    made = render(replace(canonical, tenants=canonical.tenants[1:]))
    assert "## Findings: none above information\n\nNot, or not wholly, among this: 2 datasets and 10 checks" in made


def test_a_full_report_of_one_tenant_fits_a_comment(canonical: Run) -> None:
    tenant = canonical.tenants[0]
    many = tuple(
        replace(
            each,
            findings=tuple(replace(found, message=f"{n} {'|' * 1_000}") for n in range(200) for found in each.findings),
        )
        for each in tenant.checks
    )
    made = render(replace(canonical, tenants=(replace(tenant, checks=many),)))
    assert len(made) < 65_536
    assert "more findings: in the JSON report of this run." in made


def test_a_run_without_an_earlier_one_says_so(canonical: Run) -> None:
    assert "There is no earlier run to compare with." in render(canonical)
