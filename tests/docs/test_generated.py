"""What is generated is not stale, and what is written by hand leads somewhere."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("path", GENERATE["GENERATED"])
def test_a_generated_file_is_not_stale(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == GENERATE["GENERATED"][path](), f"{path} is stale: make generated"


def test_make_generated_writes_them() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "\ngenerated: .venv\n\t$(python) docs/generate.py\n" in makefile
    assert {f"docs/{each}.md" for each in ("checks", "cli", "interrupts")} < set(GENERATE["GENERATED"])


def test_the_table_in_the_readme_is_replaced_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, end = GENERATE["BEGIN"], GENERATE["END"]
    readme = GENERATE["readme"]
    monkeypatch.setitem(readme.__globals__, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text(f"# Before\n{begin}| old |\n{end}After\n")
    made = readme()
    assert made.startswith(f"# Before\n{begin}\n| check |")
    assert made.endswith(f"|\n\n{end}After\n")
    assert "old" not in made
    (tmp_path / "README.md").write_text(f"# Before\n{begin}After\n")
    with pytest.raises(ValueError, match="lost the two comments"):
        readme()


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them: what is in a code block is no heading."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if not target.startswith(("https://", "http://", "mailto:")):
            path, _, anchor = target.partition("#")
            yield (page.parent / path if path else page), anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [
        f"{target}#{anchor}"
        for target, anchor in links(page)
        if not target.exists() or (anchor and anchor not in headings(target))
    ]
    assert lost == []


def test_the_readme_leads_to_every_page() -> None:
    linked = {target.resolve() for target, _ in links(ROOT / "README.md")}
    assert [page.name for page in (ROOT / "docs").glob("*.md") if page not in linked] == []
