from __future__ import annotations

from typing import Any

import pytest

from auditor.tenant.json_shapes import identities, identity, maybe_flag, maybe_text, members, object_in, text, texts

WHAT = "policy p"
TWISTED = (7, 1.5, True, "text", b"bytes", ["a", 7], [None], [["a"]], {"a": 1}, ("a",))


@pytest.mark.parametrize("value", [None, "", 7, True, ["a"], {"a": 1}])
def test_a_text_that_must_be_there(value: Any) -> None:
    assert text({"key": "a"}, "key", WHAT) == "a"
    with pytest.raises(ValueError, match="policy p has no usable key"):
        text({"key": value}, "key", WHAT)
    with pytest.raises(ValueError, match="policy p has no usable key"):
        text({}, "key", WHAT)


@pytest.mark.parametrize(("value", "as_text", "as_flag"), [
    ("a", "a", None), ("", "", None), (True, None, True), (False, None, False), (None, None, None), (0, None, None),
    (1, None, None), ("true", "true", None), ([], None, None), ({}, None, None),
])  # fmt: skip
def test_what_may_be_missing_is_not_guessed(value: Any, as_text: str | None, as_flag: bool | None) -> None:
    assert maybe_text({"key": value}, "key") == as_text
    assert maybe_flag({"key": value}, "key") is as_flag
    assert maybe_text({}, "key") is maybe_flag({}, "key") is None


@pytest.mark.parametrize("json", [{}, {"key": None}])
def test_absent_and_null_are_empty(json: dict[str, Any]) -> None:
    assert object_in(json, "key", WHAT) == {}
    assert texts(json, "key", WHAT) == identities(json, "key", WHAT) == members(json, "key", WHAT) == ()


@pytest.mark.parametrize("value", [each for each in TWISTED if not isinstance(each, dict)])
def test_a_twisted_object_is_an_error_that_names_it(value: Any) -> None:
    with pytest.raises(ValueError, match="policy p: key is not an object"):
        object_in({"key": value}, "key", WHAT)


@pytest.mark.parametrize("value", TWISTED)
@pytest.mark.parametrize("read", [texts, identities, members])
def test_a_twisted_list_is_an_error_that_names_it(read: Any, value: Any) -> None:
    if read is members and value == "text":
        return
    with pytest.raises(ValueError, match="policy p: key is not a list of texts"):
        read({"key": value}, "key", WHAT)


def test_lists_keep_their_order_and_repetitions() -> None:
    assert texts({"key": ["b", "A", "b", ""]}, "key", WHAT) == ("b", "A", "b", "")


def test_ids_are_compared_in_lower_case_and_words_as_they_are() -> None:
    given = ["62E90394-69f5-4237-9190-012177145e10", "All", "GuestsOrExternalUsers", "Office365"]
    assert identities({"key": given}, "key", WHAT) == (given[0].lower(), *given[1:])
    assert identity("AA-bb") == identity("aa-BB") == "aa-bb"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a,b", ("a", "b")),
        (" a , b,", ("a", "b")),
        ("a", ("a",)),
        ("", ()),
        (" , ", ()),
        (["a", "b"], ("a", "b")),
        ([], ()),
    ],
)
def test_flags_are_one_text_or_a_list(value: Any, expected: tuple[str, ...]) -> None:
    assert members({"key": value}, "key", WHAT) == expected
