from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.exports.lines import CUT_OFF
from auditor.exports.part import Part, Unreadable
from auditor.exports.place import Place
from auditor.exports.tables import header_of, table

Read = Callable[..., tuple[list[Any], list[Unreadable]]]

cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=6),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_wrote_is_read(rows: list[tuple[str, ...]], delimiter: str, end: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    names = ("Date (UTC)", "Request ID", "Failure reason")
    writer.writerows([names, *rows])
    found = list(table(io.BufferedReader(io.BytesIO(file.getvalue().encode())), Place(Part("t", "t", 0))))  # type: ignore[arg-type]
    assert [json.loads(row) for row in found if isinstance(row, bytes)] == [
        dict(zip(names, row, strict=True)) for row in rows
    ]


def test_names_are_stripped_and_the_first_of_two_columns_counts(read: Read) -> None:
    text = (
        "\ufeffsep=;\n Application ID ;Incoming token type;Incoming token type;Application\n1;none;;x\n2;;primary;y\n"
    )
    rows, refused = read(text.encode())
    assert refused == []
    assert rows == [
        {"Application ID": "1", "Incoming token type": "none", "Application": "x"},
        {"Application ID": "2", "Incoming token type": "primary", "Application": "y"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str, read: Read) -> None:
    rows, refused = read('user,"city"\nZoë,"Åre,\nSverige"\n'.encode(encoding))
    assert (rows, refused) == ([{"user": "Zoë", "city": "Åre,\nSverige"}], [])


def test_what_is_broken_is_told_and_the_rest_is_used(read: Read) -> None:
    text = 'a,b\n1,2\n\n3\n4,"5\n6,7\n8,"9"x\n10,11,12\n13,"14\n15"\n16,17'
    rows, refused = read(text.encode())
    assert rows == [{"a": a, "b": b} for a, b in (("1", "2"), ("6", "7"), ("13", "14\n15"), ("16", "17"))]
    assert [each.line for each in refused] == [4, 5, 7, 8]
    assert refused[0].why == "It has 1 cells, and the table 2 columns."


def test_a_quote_that_is_never_closed_costs_one_row(read: Read) -> None:
    text = "a,b\n" + '1,"2\n' + "".join(f"{number},x\n" for number in range(500))
    rows, refused = read(text.encode())
    assert (len(rows), [each.line for each in refused]) == (500, [2])


def test_too_much_that_is_broken_ends_it(read: Read) -> None:
    rows, refused = read(b"a,b\n" + b'1,"2"3\n' * 3_000)
    assert (rows, len(refused)) == ([], 1_001)


def test_what_is_no_table(read: Read) -> None:
    for text in (b"one column\n1\n", b"<html></html>", b'"never closed, x\n'):
        rows, refused = read(text)
        assert (rows, [each.why for each in refused]) == ([], ["It is neither JSON nor a table."])
    assert header_of(b"a\tb,c\td\n") == ("a", "b,c", "d")
    assert read(b"") == ([], [])


@pytest.mark.parametrize(
    ("text", "rows", "refused"),
    [
        ("a,b\n1,None\n2,None\n3,No", 2, [CUT_OFF]),
        ("a,b\n1,None\n2,None\n3,", 2, [CUT_OFF]),
        ("a,b\n1,50140\n2,50074\n3,501", 2, [CUT_OFF]),
        ("a,b\n1,50140\n2,0\n3,50140", 3, []),
        ("a,b\n1,50140\n2,50074\n3,0\n", 3, []),
        ('a,b\n1,"None"\n2,"No"', 2, []),
        ("a,b\n1,x", 1, []),
    ],
)
def test_a_last_cell_that_is_cut_off(text: str, rows: int, refused: list[str], read: Read) -> None:
    """Without a line end behind it, and a part of what stands in the rows before."""
    found, left = read(text.encode())
    assert (len(found), [each.why for each in left]) == (rows, refused)
