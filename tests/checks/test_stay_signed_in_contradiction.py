from typing import Any

import pytest

from auditor.check import CheckResult, Status
from auditor.finding import Severity
from auditor.tenant.records import Attestation
from auditor.testing import after, branding_row, run_check, sign_in
from auditor_checks.stay_signed_in_contradiction import check

PROMPT = sign_in(50140)  # on 2026-11-04


def said(result: CheckResult) -> list[tuple[str, Severity]]:
    return [(each.key, each.severity) for each in result.findings]


@pytest.mark.parametrize(
    "parts",
    [
        {"sign_in_page": [branding_row(False)], "sign_ins": [PROMPT]},
        {"sign_in_page": [branding_row(True)], "sign_ins": [sign_in(0)]},
        {"sign_in_page": [branding_row(True)], "attestation": Attestation("hidden", "Ada", "2026-11-01")},
        {"sign_ins": [PROMPT], "attestation": Attestation("shown", "Ada", "2026-01-01")},
        {"sign_ins": [PROMPT], "attestation": Attestation("hidden", "Ada", "2026-11-05")},
        {"sign_ins": [sign_in(0)], "attestation": Attestation("hidden", "Ada", "2026-11-01")},
        {"sign_in_page": [branding_row(False), branding_row(False) | {"asked_for": "contoso.com"}]},
        {"sign_in_page": [branding_row(False), branding_row(True, locale=1043)]},
        # one thing tells, and the log, wholly read, does not contradict it
        {"sign_ins": [PROMPT]},
        {"sign_in_page": [branding_row(False)]},
        {"attestation": Attestation("shown", "Ada", "2026-11-01")},
        # prompts of guests and of nobody are none of this tenant's
        {"sign_in_page": [branding_row(True)], "sign_ins": [sign_in(50140, homeTenantId="another")]},
        {"sign_in_page": [branding_row(True)], "sign_ins": [sign_in(50140, isInteractive=False)]},
    ],
)
def test_clear_when_all_agree(parts: dict[str, Any]) -> None:
    assert run_check(check, **parts).status is Status.CLEAR


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"sign_in_page": [branding_row(False)], "missing": {"sign_ins": "403"}},
        {"sign_in_page": [branding_row(True)], "missing": {"sign_ins": "403"}},
        {"sign_in_page": [branding_row(True)], "partial": {"sign_ins": "One day of seven."}},
    ],
)
def test_not_run_when_there_is_nothing_to_compare(parts: dict[str, Any]) -> None:
    result = run_check(check, **parts)
    assert result.status is Status.NOT_RUN
    assert "nothing to compare" in result.reason


def test_a_prompt_after_the_page_was_read_hidden() -> None:
    rows = [branding_row(True) | {"read": after(-1)}]
    assert said(run_check(check, sign_in_page=rows, sign_ins=[PROMPT])) == [("prompts-after", Severity.MEDIUM)]


@pytest.mark.parametrize("read", [after(1), "no time at all"])
def test_prompts_before_it_was_read_hidden_are_told(read: str) -> None:
    rows = [branding_row(True) | {"read": read}]
    result = run_check(check, sign_in_page=rows, sign_ins=[PROMPT, sign_in(50140, after(-5))])
    assert said(result) == [("prompts-before", Severity.INFO)]
    assert "2 times, last on 2026-11-04" in result.findings[0].message


def test_prompts_in_a_part_of_the_log_are_enough() -> None:
    result = run_check(
        check, sign_in_page=[branding_row(True)], sign_ins=[PROMPT], partial={"sign_ins": "One day of seven."}
    )
    assert result.status is Status.FOUND


@pytest.mark.parametrize("setting", ["shown", "hidden"])
def test_a_word_against_the_page(setting: str) -> None:
    rows = [branding_row(setting == "shown")]
    result = run_check(check, sign_in_page=rows, attestation=Attestation(setting, "Ada", "2026-11-01"))
    assert said(result) == [("attestation", Severity.MEDIUM)]
    assert f"attests {setting} (Ada, 2026-11-01)" in result.findings[0].message


@pytest.mark.parametrize(
    ("on", "severity"),
    [
        ("2026-11-02", Severity.MEDIUM),
        ("2026-11-03", Severity.LOW),  # in some time zones that day was not over
        ("2026-11-04", Severity.LOW),
    ],
)
def test_a_word_against_prompts(on: str, severity: Severity) -> None:
    result = run_check(check, sign_ins=[PROMPT], attestation=Attestation("hidden", "Ada", on))
    assert said(result) == [("attestation", severity)]


def test_domains_that_contradict_each_other() -> None:
    rows = [branding_row(True), branding_row(False) | {"asked_for": "contoso.com"}]
    result = run_check(check, sign_in_page=rows)
    assert said(result) == [("domains", Severity.LOW)]
    assert "hidden for contoso.onmicrosoft.com, shown for contoso.com" in result.findings[0].message


def test_a_language_that_shows_what_the_default_hides_decides_nothing() -> None:
    rows = [branding_row(False, locale=1043), branding_row(True)]
    result = run_check(check, sign_in_page=rows)
    assert said(result) == [("locales", Severity.INFO)]
    assert "locale 1043" in result.findings[0].message
