"""docs/checks.md and what a docstring is read as."""

from __future__ import annotations

import itertools
import re

import cmarkgfm

from auditor.check import Check
from auditor.finding import Severity
from auditor.reports.checks_page import HEADINGS, data, documented, page, severities, table
from auditor.tenant.dataset import DATASETS
from auditor_checks import ALL


def check(docs: str = "", **fields: object) -> Check:
    given = {"id": "a-check", "title": "A | title", "needs": (), "run": lambda tenant: (), "docs": docs}
    return Check(**(given | fields))  # type: ignore[arg-type]


def test_every_check_has_its_section_in_the_order_of_the_report() -> None:
    assert re.findall(r"^## (.+)$", page(ALL), re.MULTILINE) == [each.id for each in ALL]
    for each in ALL:
        _, _, rest = page(ALL).partition(f"\n## {each.id}\n")
        section, _, _ = rest.partition("\n## ")
        assert [f"**{heading}:**" in section for heading in HEADINGS] == [True] * 4
        assert f"**Severity:** {', '.join(severity.value for severity in each.severities)}\n" in section
        for name in (*each.needs, *each.wants):
            assert f"| {DATASETS[name].title} |" in section


def test_it_is_the_markdown_that_it_looks_like() -> None:
    rendered = cmarkgfm.github_flavored_markdown_to_html(page(ALL))
    assert rendered.count("<h2>") == len(ALL)
    assert rendered.count("<table>") == 1 + sum(bool(each.needs or each.wants) for each in ALL)
    assert rendered.count("<ul>") == 1  # the four ways to end, and no line of prose that begins with a dash
    assert "<ol>" not in rendered
    assert "[tenant.administrators]" in rendered


def test_lines_have_no_stray_space_and_end_once() -> None:
    text = page(ALL)
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert text.endswith("|\n")
    assert not any(before == line == "" for before, line in itertools.pairwise(text.splitlines()))


def test_the_readmes_table() -> None:
    assert table([check(severities=(Severity.LOW, Severity.HIGH))]) == (
        "| check | finds | severity |\n|---|---|---|\n| [a-check](docs/checks.md#a-check) | A \\| title | low, high |\n"
    )


def test_a_docstring_without_anything() -> None:
    told = documented(check())
    assert (told.summary, told.sections, told.other, told.lacks) == ("", (), (), HEADINGS)
    assert severities(check()) == "not said"


def test_a_docstring_is_read_by_its_headings() -> None:
    told = documented(
        check(
            """First.

    Something: else.

    What to do: this,
    and that.

    More of it.

    What it means:
    """
        )
    )
    assert told.summary == "First."
    assert told.other == ("Something: else.",)
    assert told.sections == (("What to do", ("this, and that.", "More of it.")), ("What it means", ("",)))
    assert told.lacks == ("What it means", "Why it matters", "What it cannot see")


def test_a_paragraph_that_only_begins_like_a_heading_is_none() -> None:
    assert documented(check("First.\n\nWhat to do is not known.")).lacks == HEADINGS


def test_data_that_is_both_needed_and_wanted_is_needed() -> None:
    both = check(needs=("policies",), wants=("sign_in_page", "policies"))
    assert data(both) == [
        ("Conditional Access policies", "Policy.Read.All", "it does not run"),
        ("sign-in page settings", "none", "it says less"),
    ]
