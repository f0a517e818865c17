from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from auditor.sign_ins.embedded import EmbeddedLog
from auditor.stay_signed_in import setting_evidence, stay_signed_in
from auditor.tenant.dataset import Collected
from auditor.tenant.instant import MINUTE, parse
from auditor.tenant.records import Attestation, Organization
from auditor.tenant.sign_in_log import Interrupt
from auditor.testing import AT, after, branding_row, sign_in, tenant


def answer(**parts: Any) -> tuple[str, str]:
    with tenant(**parts) as made:
        found = stay_signed_in(made)
    return found.verdict, found.confidence


@pytest.mark.parametrize(("hidden", "verdict"), [(True, "hidden"), (False, "shown")])
def test_the_sign_in_pages_default_row_states_it(hidden: bool, verdict: str) -> None:
    assert answer(sign_in_page=[branding_row(hidden)]) == (verdict, "stated")


def test_the_page_goes_before_older_prompts_and_an_admins_word() -> None:
    attestation = Attestation("shown", "Ada", "2026-11-07")
    parts = {"sign_in_page": [branding_row(True)], "sign_ins": [sign_in(50140)], "attestation": attestation}
    assert answer(**parts) == ("hidden", "stated")


def test_another_locales_row_decides_nothing() -> None:
    assert answer(sign_in_page=[branding_row(True, locale=1033)]) == ("not known", "")


def test_a_row_without_the_setting_decides_nothing() -> None:
    assert answer(sign_in_page=[branding_row(None)]) == ("not known", "")


def test_a_prompt_of_an_own_user_proves_that_it_is_shown() -> None:
    assert answer(sign_ins=[sign_in(50140)]) == ("shown", "inferred")


@pytest.mark.parametrize(
    "fields",
    [{"homeTenantId": "another"}, {"homeTenantId": None}, {"isInteractive": False}, {"isInteractive": None}],
)
def test_prompts_that_prove_nothing(fields: dict[str, Any]) -> None:
    assert answer(sign_ins=[sign_in(50140, **fields)]) == ("not known", "")


def test_no_prompt_proves_nothing() -> None:
    assert answer(sign_ins=[sign_in(0)]) == ("not known", "")


def test_missing_data_is_no_answer() -> None:
    missing = {"sign_in_page": "It was not asked.", "sign_ins": "Graph answered 403.", "branding": "no"}
    with tenant(missing=missing) as made:
        found = stay_signed_in(made)
    assert found.verdict == "not known"
    said = " ".join(each.statement for each in found.evidence)
    assert "It was not asked." in said
    assert "Graph answered 403." in said
    assert "default is to show" in found.why


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-11-05", ("hidden", "inferred")), ("2026-11-04", ("shown", "inferred"))]
)
def test_an_admins_word_counts_when_it_is_newer_than_the_last_prompt(on: str, expected: tuple[str, str]) -> None:
    attestation = Attestation("hidden", "Ada", on)
    assert AT.startswith("2026-11-04")
    assert answer(sign_ins=[sign_in(50140)], attestation=attestation) == expected


def test_an_admins_word_is_better_than_nothing() -> None:
    assert answer(attestation=Attestation("hidden", "Ada", "2026-11-05")) == ("hidden", "inferred")


def test_evidence_names_when_the_last_prompt_was() -> None:
    with tenant(sign_ins=[sign_in(50140), sign_in(50140, after(5))]) as made:
        log = next(each for each in stay_signed_in(made).evidence if each.source == "sign_ins")
    assert log.at == after(5)
    assert "2 times" in log.statement


def test_branding_is_named_and_decides_nothing() -> None:
    with tenant(branding=[{"id": "0"}]) as made:
        found = stay_signed_in(made)
    assert found.verdict == "not known"
    assert any("branding is configured" in each.statement for each in found.evidence)


def test_default_rows_that_contradict_each_other_decide_nothing() -> None:
    rows = [branding_row(True), branding_row(False) | {"asked_for": "contoso.com"}]
    with tenant(sign_in_page=rows) as made:
        found = stay_signed_in(made)
    assert (found.verdict, found.confidence) == ("not known", "")
    assert "contradict each other" in found.why
    assert answer(sign_in_page=rows, sign_ins=[sign_in(50140)]) == ("shown", "inferred")


@pytest.mark.parametrize(
    ("hidden", "words"), [(True, "shows again what the default row hides"), (False, "likely not to be asked")]
)
def test_a_language_that_differs_is_named_and_decides_nothing(hidden: bool, words: str) -> None:
    with tenant(sign_in_page=[branding_row(not hidden, locale=1043), branding_row(hidden)]) as made:
        found = stay_signed_in(made)
    assert found.verdict == ("hidden" if hidden else "shown")
    assert "locale 1043" in found.evidence[0].statement
    assert words in found.evidence[0].statement


def test_federated_domains_are_named() -> None:
    organization = Organization("t", "Contoso", None, None, (), ("a.example", "b.example"))
    with tenant() as made:
        readings = {**made.readings, "organization": Collected(organization)}
        found = stay_signed_in(replace(made, readings=readings))
    assert found.verdict == "not known"
    assert "federated domain a.example and 1 more" in found.evidence[-1].statement


def test_an_old_word_still_counts_and_says_that_it_is_old() -> None:
    with tenant(attestation=Attestation("hidden", "Ada", "2026-01-01")) as made:
        found = stay_signed_in(made)
    assert found.verdict == "hidden"
    assert any("more than 180 days" in each.statement for each in found.evidence)


@pytest.mark.parametrize(("rows", "passes"), [([sign_in(50140)], 1), ([sign_in(50125)], 0)])
def test_the_log_is_gone_through_once_for_all_who_ask(
    rows: list[Any], passes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    through = EmbeddedLog.interrupts

    def counted(self: EmbeddedLog, code: int | None = None) -> Iterator[Interrupt]:
        asked.append(code)
        return through(self, code)

    monkeypatch.setattr(EmbeddedLog, "interrupts", counted)
    with tenant(sign_ins=rows) as made:
        assert stay_signed_in(made) == stay_signed_in(made)
        setting_evidence(made.seen_by(["sign_in_page", "sign_ins"]))
    assert len(asked) == passes


NOT_SAYING: dict[str, Any] = {"homeTenantId": None, "resourceTenantId": None}


def log_evidence(**parts: Any) -> list[str]:
    with tenant(**parts) as made:
        return [each.statement for each in stay_signed_in(made).evidence if each.source == "sign_ins"]


def test_prompts_of_nobody_knows_whose_users_are_told_as_such() -> None:
    rows = [sign_in(50140, **NOT_SAYING), sign_in(50140, after(60), **NOT_SAYING)]
    assert log_evidence(sign_ins=rows) == [
        "The log holds 2 interactive rows of 50140, last on 2026-11-04; the rows do not say whose users they are, so "
        "they prove nothing."
    ]
    assert log_evidence(sign_ins=[sign_in(50140, isInteractive=None)]) == [
        "The log holds 1 row of 50140, last on 2026-11-04; the rows do not say whether anybody sat before the prompt, "
        "so they prove nothing."
    ]


@pytest.mark.parametrize("row", [sign_in(0), sign_in(50140, homeTenantId="another"), sign_in(50140, userType="guest")])
def test_that_no_own_user_met_it_is_said_where_rows_say_whose_they_are(row: dict[str, Any]) -> None:
    (said,) = log_evidence(sign_ins=[row])
    assert said == "The log holds no 50140 of the tenant's own users, which proves nothing."


@pytest.mark.parametrize(
    ("days", "verdict"), [(0, "shown"), (29, "shown"), (31, "not known"), (3_000, "not known"), (-0.5, "shown")]
)
def test_an_old_prompt_proves_nothing_of_today(days: float, verdict: str) -> None:
    now = parse(AT) + round(days * 24 * 60 * MINUTE)
    with tenant(sign_ins=[sign_in(50140)]) as made:
        found = stay_signed_in(replace(made, now=now))
    assert found.verdict == verdict
    assert "on 2026-11-04" in found.why
    assert ("is not known" in found.why) == (verdict == "not known")
    assert any("on 2026-11-04" in each.statement for each in found.evidence)


def test_a_prompt_of_the_future_proves_nothing() -> None:
    now = parse(AT) + 60 * MINUTE
    with tenant(sign_ins=[sign_in(50140, after(3 * 24 * 60))]) as made:
        found = stay_signed_in(replace(made, now=now))
        assert found.verdict == "not known"
        assert any("of the future" in each.statement for each in found.evidence)
    with tenant(sign_ins=[sign_in(50140), sign_in(50140, after(3 * 24 * 60))]) as made:
        found = stay_signed_in(replace(made, now=now))
        assert found.verdict == "shown"
        assert "last on 2026-11-04" in found.why


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        (Attestation("hidden", "Ada", "2026-11-01"), "not known"),
        (Attestation("shown", "Ada", "2026-11-01"), "shown"),
        (Attestation("hidden", "Ada", "2026-11-06"), "hidden"),
    ],
)
def test_an_old_prompt_beside_an_admins_word(word: Attestation, verdict: str) -> None:
    with tenant(sign_ins=[sign_in(50140)], attestation=word) as made:
        assert stay_signed_in(replace(made, now=parse(AT) + 40 * 24 * 60 * MINUTE)).verdict == verdict
