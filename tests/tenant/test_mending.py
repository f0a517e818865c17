import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.tenant.mending import mended


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (rb'"\ud800"', "\ufffd"),
        (rb'"a\udc00b"', "a\ufffdb"),
        (rb'"\ud800\ud800"', "\ufffd\ufffd"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\uD83D\uDE00 \uD83D"', "\U0001f600 \ufffd"),
        (rb'"\\ud800"', "\\ud800"),
        (rb'"\\\ud800"', "\\\ufffd"),
        (b'"\xff"', "\ufffd"),
        (b'"\xc3\xa9"', "\u00e9"),
    ],
)
def test_bad_texts_are_mended(broken: bytes, whole: str) -> None:
    assert msgspec.json.decode(mended(broken)) == whole


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whole_json_stays_as_it_is(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert mended(text.encode()) == text.encode()
