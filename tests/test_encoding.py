import codecs
from pathlib import Path

import pytest

from auditor.encoding import NotText, decoded, read_text

TEXT = 'by = "Åsa Müller"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_programs_write(tmp_path: Path, encoding: str) -> None:
    (path := tmp_path / "file").write_text(TEXT, encoding)
    assert read_text(path) == path.read_bytes().decode(encoding)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_the_mark_decides_before_the_first_letter_does(mark: bytes) -> None:
    little = mark == codecs.BOM_UTF16_LE
    assert decoded(mark + "Ω".encode("utf-16-le" if little else "utf-16-be")) == "Ω"


def test_an_empty_file_is_an_empty_text() -> None:
    assert decoded(b"") == decoded(codecs.BOM_UTF8) == ""


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("latin-1"),
        TEXT.encode("utf-32"),
        codecs.BOM_UTF16_LE + b"a",
        codecs.BOM_UTF16_LE + b"\x00\xd8a\x00",
        b"\xff\xff",
    ],
)
def test_anything_else_is_told_with_what_to_do(content: bytes) -> None:
    with pytest.raises(NotText, match=r"neither UTF-8 nor UTF-16 text\. Save it as UTF-8"):
        decoded(content)
