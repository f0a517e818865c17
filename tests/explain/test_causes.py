"""The closed list of causes: its texts, and that it has every word of the simulated tenant's truth."""

from __future__ import annotations

import pytest

from auditor.explain.cause import Cause
from auditor.explain.causes import CAUSES, NOT_EVIDENCED, cause
from auditor.local_tenant.simulation.causes import CAUSES as DRAWN

EVERY = [(code, each) for code, causes in CAUSES.items() for each in causes]


@pytest.mark.parametrize(("code", "each"), EVERY, ids=lambda value: getattr(value, "slug", value))
def test_every_cause_says_what_it_is_and_what_to_do(code: int, each: Cause) -> None:
    assert each is cause(code, each.slug)
    assert each.slug == each.slug.lower()
    assert " " not in each.slug
    assert 0 < len(each.title) <= 40
    for sentence in (each.meaning, each.advice):
        assert sentence.endswith(".")
        assert sentence[0].isupper()
        assert "!" not in sentence


def test_slugs_are_unique_within_a_code() -> None:
    assert all(len({each.slug for each in causes}) == len(causes) for causes in CAUSES.values())


def test_the_truths_words_are_among_them() -> None:
    for code, drawn in DRAWN.items():
        assert {each.slug for each in drawn} <= {each.slug for each in CAUSES[code]}


def test_what_does_not_help_is_said_where_people_are_told_it_does() -> None:
    for code, slug in ((50140, "prompt-expected"), (50199, "custom-scheme-redirect"), (50199, "app-not-readable")):
        advice = cause(code, slug).advice
        assert "learing the cache or registering for MFA does nothing" in advice


def test_where_data_may_fall_short_the_list_says_so() -> None:
    several = [code for code, causes in CAUSES.items() if len(causes) > 1]
    assert {code for code in several if NOT_EVIDENCED not in {each.slug for each in CAUSES[code]}} == {50140, 50199}


def test_what_is_no_cause_is_refused() -> None:
    with pytest.raises(KeyError):
        cause(50140, "consent")
    with pytest.raises(KeyError):
        cause(50126, NOT_EVIDENCED)
