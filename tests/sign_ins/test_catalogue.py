import csv
import re
from collections import Counter
from importlib.resources import files

import pytest

from auditor.sign_ins.catalogue import KINDS, catalogue, interrupt_codes, title

# The one list of interrupts; no other code is one.
INTERRUPTS = {
    *(50140, 50199, 50125, 50072, 50074, 50076, 50078, 50079, 50097, 50127, 50129, 50137, 50142, 50143, 50144, 50055),
    *(50058, 50059, 50158, 50168, 51006, 52004, 16000, 16001, 16003, 50203, 65001, 70043, 70044, 81010, 81012, 81014),
    *(90094, 90095),
}
# Failures that admins meet every week: each has advice of its own.
COMMON_FAILURES = {
    *(50011, 50020, 50034, 50053, 50057, 50105, 50126, 50133, 50173, 50187, 50196, 53000, 53001, 53002, 53003, 53009),
    *(65004, 70046, 500011, 500121, 530032, 530035, 700016, 700082, 7000215, 7000218, 7000222),
}
# What the workbooks "Sign-ins" of Microsoft's count as interrupts, as far as the codes are documented at all.
BASE = {
    *(50058, 50140, 51006, 50059, 65001, 52004, 50055, 50144, 50072, 50074, 16000, 16001, 16003, 50127, 50125, 50129),
    *(50143, 81010, 81014, 81012),
}
EXTENDED_BY = {50076, 50097, 50158}


def rows() -> list[dict[str, str]]:
    text = files("auditor.sign_ins").joinpath("codes.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_interrupts_are_the_published_list() -> None:
    assert interrupt_codes() == INTERRUPTS


def test_the_file_says_everything_of_every_code() -> None:
    for row in rows():
        assert None not in row, f"{row['code']}: a comma too many"
        assert not [key for key, value in row.items() if key != "name" and not (value or "").strip()], row["code"]
        assert row["workbook"] in ("base", "extended", "no"), row["code"]
    numbers = [int(row["code"]) for row in rows()]
    assert numbers == sorted(set(numbers)), "in order, none twice"


def test_every_code_has_its_fields() -> None:
    for entry in catalogue().values():
        assert 10_000 <= entry.code <= 9_999_999, entry
        assert re.fullmatch(r"([A-Z][A-Za-z0-9]+(_[A-Z][A-Za-z]+)?)?", entry.name), entry
        assert entry.kind in KINDS, entry
        assert 20 <= len(entry.meaning) <= 160, entry
        assert 20 <= len(entry.advice) <= 240, entry


def test_sentences_are_sentences() -> None:
    for entry in catalogue().values():
        for text in (entry.meaning, entry.advice):
            assert re.fullmatch(r"[A-Z][ -~]*[^ .]\.", text), entry  # one line, plain, from a capital to a full stop
            assert not re.search(r"[!|<>`*#\\]|  |\be\.g\.|\bi\.e\.|AADSTS", text), entry
        assert ". " not in entry.meaning, entry  # one of them


def test_no_meaning_is_said_twice() -> None:
    assert [text for text, count in Counter(each.meaning for each in catalogue().values()).items() if count > 1] == []


def test_interrupts_and_common_failures_have_advice_of_their_own() -> None:
    told = Counter(each.advice for each in catalogue().values())
    assert [code for code in INTERRUPTS | COMMON_FAILURES if told[catalogue()[code].advice] > 1] == []


@pytest.mark.parametrize("code", [50140, 50199])
def test_advice_that_does_not_help_is_named(code: int) -> None:
    advice = catalogue()[code].advice
    assert "Clearing the cache or registering for MFA does nothing about it" in advice


def test_each_class_is_used_and_explained() -> None:
    assert {each.kind for each in catalogue().values()} == set(KINDS)
    assert all(re.fullmatch(r"[A-Z][ -~]*[^ .]\.", text) for text in KINDS.values())


def test_what_workbooks_count_as_an_interrupt() -> None:
    assert {code for code, entry in catalogue().items() if entry.workbook == "base"} == BASE
    assert {code for code, entry in catalogue().items() if entry.workbook == "extended"} == EXTENDED_BY
    assert not {code for code in catalogue() if catalogue()[code].workbook} - INTERRUPTS


def test_codes_that_nobody_documents_are_not_in_it() -> None:
    assert not {0, 50206, 50207, 50019, 29200, 165100, 999_999} & set(catalogue())


def test_codes_that_only_a_troubleshooting_page_documents_are_in_it() -> None:
    found = {70046, 500121, 90025, 53009, 80003, 80004, 80011, 81001, 81002, 81003, 81008, 81013}
    assert found <= set(catalogue())
    assert not found & interrupt_codes()


def test_titles() -> None:
    assert title(50140) == "50140 KmsiInterrupt"
    assert title(50203) == "50203"
    assert title(999_999) == "999999"
