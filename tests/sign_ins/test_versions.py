"""Which rows of one id are versions of one row, and which of them counts."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from auditor.sign_ins.rows import Row
from auditor.sign_ins.versions import newest_versions, sharing_an_id
from auditor.tenant.instant import SECOND

AT = 17_934_000_000 * SECOND // 10 * 10


def row(code: int | None, at: float = 0.25, user: str = "ada", correlation: str = "c1", **fields: Any) -> Row:
    given = {"id": "r1", "app_id": "a", "order": 0, **fields}
    return Row(at=AT + round(at * SECOND), code=code, user_id=user, correlation_id=correlation, **given)


def counting(*rows: Row) -> list[tuple[int | None, str]]:
    """Code and user of those that count; the same in every order."""
    found = {
        tuple(sorted(((each.code, each.user_id) for each in newest_versions(order)), key=repr))
        for order in itertools.permutations(rows)
    }
    assert len(found) == 1
    return list(found.pop())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(50140, collected=1), row(0, collected=2)], [0]),
        ([row(0, collected=1), row(50140, collected=2)], [50140]),
        ([row(0, order=1), row(50140, order=2)], [50140]),
        ([row(50140), row(0)], [0]),
        ([row(50140), row(50126)], [50126]),
        ([row(50126), row(50053)], [50126]),
        ([row(None), row(50140)], [50140]),
        ([row(None), row(None, called="interrupted")], [None]),
        ([row(50140, collected=1), row(0, collected=2), row(50140)], [0]),
        ([row(50140, collected=2), row(50140, collected=1), row(0)], [0]),
        ([row(50140, 0), row(0, 0.9)], [0]),
        ([row(50140, 1), row(0, 0.5)], [0]),
    ],
)
def test_one_of_several_versions_counts(rows: list[Row], expected: list[int | None]) -> None:
    assert [code for code, _ in counting(*rows)] == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(50140), row(0, user="bob")], [(0, "bob"), (50140, "ada")]),
        ([row(50140), row(0, 1.25)], [(0, "ada"), (50140, "ada")]),
        ([row(50140), row(0, 0.75)], [(0, "ada"), (50140, "ada")]),
        ([row(50140), row(0, correlation="c2")], [(0, "ada"), (50140, "ada")]),
        ([row(50140, 0), row(0, 1)], [(0, "ada"), (50140, "ada")]),
        ([row(50058, user=""), row(0)], [(0, "ada")]),
        ([row(50058, user=""), row(0), row(0, user="bob")], [(0, "ada"), (0, "bob"), (50058, "")]),
    ],
)
def test_rows_that_only_share_an_id_are_all_kept(rows: list[Row], expected: list[tuple[int, str]]) -> None:
    assert counting(*rows) == expected
    kept = newest_versions(rows)
    assert sharing_an_id(kept) == (len(kept) if len(kept) > 1 else 0)


def test_the_version_that_says_more_counts_where_nothing_else_tells() -> None:
    brief, full = row(50140), row(50140, own_user=True, interactive=True)
    assert newest_versions([brief, full]) == newest_versions([full, brief]) == [full]
