import itertools
import re

from auditor.explain.causes import CAUSES
from auditor.reports.interrupts_page import page
from auditor.sign_ins.catalogue import catalogue, interrupt_codes, title
from auditor.tenant.sign_in_log import Outcome


def test_every_code_is_on_it_once() -> None:
    _, _, listed = page().partition("\n## Each interrupt\n")
    told = re.findall(r"^(?:### |\| )(\d{5,7})(?: \w+)?(?: \||$)", listed, re.MULTILINE)
    assert sorted(map(int, told)) == sorted(catalogue())


def test_every_cause_is_told_with_its_code() -> None:
    sections = dict(re.findall(r"^### (\d+)[^\n]*\n(.*?)(?=^##)", page(), re.MULTILINE | re.DOTALL))
    assert {int(code) for code in sections} == set(CAUSES) >= interrupt_codes()
    for code, causes in CAUSES.items():
        assert re.findall(r"`([a-z0-9-]+)`", sections[str(code)]) == [each.slug for each in causes]


def test_every_link_leads_to_a_heading() -> None:
    text = page()
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert set(links) <= headings
    assert len(links) == len(interrupt_codes()) + 1


def test_every_outcome_is_told_in_the_order_of_the_rule() -> None:
    told = re.findall(r"^\| ([a-z ]+) \| ", page(), re.MULTILINE)[: len(Outcome)]
    assert told == ["completed", "not known", "pending", "failed", "continued", "abandoned"]
    assert set(told) == {each.value for each in Outcome}


def test_the_steps_of_protocols_that_it_names_are_failures_of_the_service() -> None:
    (named,) = re.findall(r"nobody's fault \(([\d, ]+)\)", page())
    assert {catalogue()[int(code)].kind for code in named.split(", ")} == {"service"}


def test_tables_have_one_width_and_lines_have_no_stray_space() -> None:
    lines = page().splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    for before, line in itertools.pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert before.replace("\\|", "").count("|") == line.replace("\\|", "").count("|"), line


def test_a_code_without_name_is_a_heading_of_its_own() -> None:
    assert title(50203) == "50203"
    assert "\n### 50203\n" in page()
