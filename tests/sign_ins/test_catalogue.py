from auditor.sign_ins.catalogue import catalogue, interrupt_codes, title

# Design 4.1: one published list.
INTERRUPTS = {
    *(50140, 50199, 50125, 50072, 50074, 50076, 50078, 50079, 50097, 50127, 50129, 50137, 50142, 50143, 50144, 50055),
    *(50058, 50059, 50158, 50168, 51006, 52004, 16000, 16001, 16003, 50203, 65001, 70043, 70044, 81010, 81012, 81014),
    *(90094, 90095),
}
CLASSES = {"interrupt", "user error", "policy", "configuration", "service", "attack signal"}


def test_the_interrupts_are_the_published_list() -> None:
    assert interrupt_codes() == INTERRUPTS


def test_every_code_has_its_fields() -> None:
    for code, entry in catalogue().items():
        assert entry.kind in CLASSES, code
        assert entry.meaning.endswith("."), code
        assert not entry.advice or entry.advice.endswith("."), code
        assert entry.workbook in ("", "base", "extended"), code
        assert "!" not in entry.meaning + entry.advice, code
        assert entry.advice or not entry.interrupt, code


def test_codes_that_nobody_documents_are_not_in_it() -> None:
    assert not {0, 50206, 50207, 50019, 29200, 165100, 999_999} & set(catalogue())


def test_titles() -> None:
    assert title(50140) == "50140 KmsiInterrupt"
    assert title(50203) == "50203"
    assert title(999_999) == "999999"
