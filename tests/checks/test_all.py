"""Every built-in check documents itself the same way and is named after its problem."""

import re

import pytest

from auditor.check import Check
from checks import ALL

HEADINGS = ("What it means:", "Why it matters:", "What to do:", "What it cannot see:")


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_a_check_says_what_it_means_and_what_it_cannot_see(check: Check) -> None:
    places = [check.docs.find(f"\n{heading}") for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.id)
    assert check.title
