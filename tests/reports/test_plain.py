import pytest

from auditor.reports.plain import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë's app", "Zoë's app"),
        ("two\nlines\tand\r\ntabs", "two lines and  tabs"),
        ("\x1b[31mred\x1b]0;title\x07", "\\u001b[31mred\\u001b]0;title\\u0007"),
        ("right\u202eleft\u200b", "right\\u202eleft\\u200b"),
        ("nul\x00 c1\x9b", "nul\\u0000 c1\\u009b"),
        ("lone \ud800", "lone \\ud800"),
        ("<script>=cmd()", "<script>=cmd()"),
        ("line\u2028separator", "line separator"),
    ],
)
def test_hostile_text_is_shown_as_text(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_long_text_is_cut() -> None:
    assert plain("x" * 10_000, 10) == "xxxxxxx..."
    assert plain("x" * 10, 10) == "x" * 10
