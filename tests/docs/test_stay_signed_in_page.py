"""docs/stay-signed-in.md against what the program answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.config import parse
from auditor.stay_signed_in import STALE_DAYS, stay_signed_in
from auditor.tenant.records import Attestation
from auditor.testing import branding_row, sign_in, tenant

PAGE = (Path(__file__).parents[2] / "docs" / "stay-signed-in.md").read_text("utf-8")
_, _, TABLE = PAGE.partition(
    "| Sign-in page | 50140 of own users | Admin's word | Answer | How sure |\n|---|---|---|---|---|\n"
)
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.partition("\n\n")[0].splitlines()]

PAGES = {
    "shown": [branding_row(False)],
    "hidden": [branding_row(True)],
    "says nothing": [branding_row(None)],
    "contradicts itself": [branding_row(True), branding_row(False) | {"asked_for": "contoso.com"}],
}
PROMPTS = {
    "none": None,
    "some": "2026-11-04T09:00:00Z",
    "some, before that day": "2026-11-01T09:00:00Z",
    "some, after that day": "2026-11-06T09:00:00Z",
}


@pytest.mark.parametrize(("page", "prompts", "word", "answer", "sure"), ROWS)
def test_the_answer(page: str, prompts: str, word: str, answer: str, sure: str) -> None:
    at = PROMPTS[prompts]
    attested = None if word == "none" else Attestation(word, "Ada Lovelace", "2026-11-02")
    with tenant(sign_in_page=PAGES[page], sign_ins=[sign_in(50140, at)] if at else [], attestation=attested) as made:
        found = stay_signed_in(made)
    assert (found.verdict, found.confidence or "-") == (answer, sure)


def test_the_table_has_every_answer() -> None:
    assert {row[3] for row in ROWS} == {"shown", "hidden", "not known"}
    assert {row[0] for row in ROWS} == set(PAGES)
    assert {row[1] for row in ROWS} == set(PROMPTS)


def test_the_config_that_it_shows_is_one() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    said = parse(f'[[tenant]]\nid = "contoso.com"\n[tenant.credential]\nclient_id = "c"\n{block}', "page").tenant[0]
    assert said.stay_signed_in.attested == "hidden"


def test_an_old_word_is_as_old_as_it_says() -> None:
    assert f"older than {STALE_DAYS} days" in PAGE
