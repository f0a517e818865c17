from collections.abc import Callable

import pytest

from auditor.reports.html.markup import Html, code, el, joined, link, name, number, sentences, shown
from auditor.reports.html.tables import Column, cut, listed, rest, table


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("<b>&'\"", "&lt;b&gt;&amp;&#x27;&quot;"),
        ("&lt;", "&amp;lt;"),
        ("a\x00b\x1b[1m", "a\\u0000b\\u001b[1m"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("lone \ud800", "lone \\ud800"),
        ("two\nlines", "two lines"),
        ("\u05d0\u00e9\u4e2d", "\u05d0\u00e9\u4e2d"),
    ],
)
def test_text_is_shown_as_text(text: str, markup: str) -> None:
    assert shown(text) == markup


def test_text_is_cut_also_where_it_grows_by_being_shown() -> None:
    assert shown("x" * 2_000, 100) == "x" * 97 + "..."
    assert len(shown("\u202e" * 2_000, 100)) == 100
    assert shown("x" * 100, 100) == "x" * 100


def test_markup_stays_markup_and_everything_else_is_escaped() -> None:
    assert el("p", el("b", "<i>"), "<i>", None, class_='a"b', data_x=1, title=None) == (
        '<p class="a&quot;b" data-x="1"><b>&lt;i&gt;</b>&lt;i&gt;</p>'
    )
    assert el("br") == "<br>"
    assert el("rect", x=1) == '<rect x="1"/>'
    assert sentences("<a>", "", None, Html("<b>")) == "&lt;a&gt; <b>"
    assert isinstance(joined("<"), Html)
    assert name("", "an <id>") == "<bdi>an &lt;id&gt;</bdi>"
    assert code("`") == "<code>`</code>"
    assert number(0) == '<span class="zero">0</span>'
    assert number(12_345) == "12,345"


@pytest.mark.parametrize(
    "address",
    [
        "https://portal.azure.com/#view/Microsoft_AAD_ConditionalAccess/PolicyBlade/policyId/1",
        "https://portal.azure.us/",
        "https://portal.azure.cn/#x",
    ],
)
def test_links_lead_to_portals(address: str) -> None:
    assert link(address, "it") == f'<a href="{address}" rel="noopener noreferrer">it</a>'


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "http://portal.azure.com/",
        "https://portal.azure.com.evil.example/",
        "https://evil.example/?https://portal.azure.com",
        "https://portal.azure.com@evil.example/",
        "https://portal.azure.com:444/",
        "https://portal.azure.com\\@evil.example/",
        "https://portal.azure.com/ x",
        "https://portal.azure.com/\u202e",
        "https://port\u0430l.azure.com/",
        "//portal.azure.com/",
        "https://[portal.azure.com/",
        "data:text/html,x",
        "https://portal.azure.com/" + "x" * 2_000,
    ],
)
def test_nothing_else_is_linked_to(address: str) -> None:
    assert link(address, "it") is None


def test_a_list_is_cut_and_says_so() -> None:
    kept, left = cut(["a", "b", "c"], Html, 2)
    assert (kept, left) == ("ab", 1)
    assert cut(["much", "more"], Html, 1) == ("much", 1)
    assert cut([], Html) == ("", 0)
    assert rest(0) is None
    assert rest(1_200) == '<p class="rest">1,200 more rows: in the JSON report of this run.</p>'
    assert listed([]) == ""
    assert listed(["<a>"]) == "<ul><li>&lt;a&gt;</li></ul>"


def test_what_is_cut_is_not_drawn() -> None:
    drawn: list[int] = []

    def draw(item: int) -> Html:
        drawn.append(item)
        return Html("x" * 10)

    assert cut(range(1_000_000), draw, 25).left == 999_998
    assert len(drawn) == 3


def test_a_table_has_a_caption_and_headings_with_scope() -> None:
    columns = (Column("Who", "name"), Column("Rows", "number"), Column("Why"))
    markup = table("Some <things>", columns, [("<a>", "1", None)], kind="stack", more=4)
    assert "<caption>Some &lt;things&gt;</caption>" in markup
    assert '<th scope="col" class="number">Rows</th>' in markup
    assert '<th scope="row" class="name">&lt;a&gt;</th><td class="number" data-label="Rows">1</td><td></td>' in markup
    assert markup.endswith('<p class="rest">4 more rows: in the JSON report of this run.</p>')
    wide = table("T", columns, [], wide=True, quiet=True)
    assert wide.startswith(
        '<div class="scroll" role="group" aria-label="T" tabindex="0"><table><caption class="quiet">'
    )


def test_a_table_without_enough_cells_is_a_fault() -> None:
    make: Callable[[], Html] = lambda: table("T", (Column("A"), Column("B")), [("1",)])  # noqa: E731
    with pytest.raises(ValueError, match="zip"):
        make()
