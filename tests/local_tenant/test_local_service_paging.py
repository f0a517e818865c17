"""Pages: every row once, in order, whatever the page size; skiptokens that nobody else can make."""

from collections.abc import Iterable

import pytest

from auditor.local_tenant.service.paging import JsonRow, Page, Pages, Position, SkipTokenRefused

# Newest first, with runs of equal times longer than a page.
LOG = [
    {"id": str(n), "at": f"2026-11-20T08:00:{second:02}.0000000Z"}
    for n, second in enumerate([59, 59, 59, 59, 59, 50, 49, 49, 30, 30, 30, 30, 30, 30, 30, 7])
]


def log_from(position: Position) -> Iterable[JsonRow]:
    return (row for row in LOG if position.before is None or row["at"] <= position.before)


def time_of(row: JsonRow) -> str:
    return str(row["at"])


def walk(pages: Pages, size: int, *, forgetful: bool = False) -> list[str]:
    seen: list[str] = []
    token: str | None = None
    while True:
        cutter = Pages(b"key") if forgetful else pages
        page: Page = cutter.cut(log_from, question="q", size=size, skiptoken=token, time_of=time_of)
        assert 0 < len(page.rows) <= size
        seen += [row["id"] for row in page.rows]
        token = page.skiptoken
        if token is None:
            return seen


@pytest.mark.parametrize("size", range(1, 20))
@pytest.mark.parametrize("forgetful", [False, True])
def test_every_row_once_in_order(size: int, forgetful: bool) -> None:
    assert walk(Pages(b"key"), size, forgetful=forgetful) == [row["id"] for row in LOG]


def test_a_token_can_be_used_again() -> None:
    pages = Pages(b"key")
    token = pages.cut(log_from, question="q", size=3, time_of=time_of).skiptoken
    first = pages.cut(log_from, question="q", size=3, skiptoken=token, time_of=time_of)
    assert pages.cut(log_from, question="q", size=3, skiptoken=token, time_of=time_of) == first


def test_listings_without_time_go_on_by_count() -> None:
    pages = Pages(b"key")
    rows = [{"id": str(n)} for n in range(7)]
    token = pages.cut(lambda _: rows, question="q", size=3).skiptoken
    page = Pages(b"key").cut(lambda _: rows, question="q", size=3, skiptoken=token)
    assert [row["id"] for row in page.rows] == ["3", "4", "5"]


def test_more_listings_than_are_kept_open_lose_nothing() -> None:
    pages = Pages(b"key")
    tokens = [pages.cut(log_from, question=str(n), size=5, time_of=time_of).skiptoken for n in range(30)]
    for n, token in enumerate(tokens):
        page = pages.cut(log_from, question=str(n), size=5, skiptoken=token, time_of=time_of)
        assert [row["id"] for row in page.rows] == ["5", "6", "7", "8", "9"]


def test_no_page_follows_the_last_row() -> None:
    page = Pages(b"key").cut(log_from, question="q", size=len(LOG), time_of=time_of)
    assert page.skiptoken is None
    assert Pages(b"key").cut(lambda _: [], question="q", size=5) == Page([], None)


@pytest.mark.parametrize("change", ["", "x", "é", "other key", "other question", "cut short", "tampered"])
def test_refuses_what_it_did_not_give(change: str) -> None:
    given = Pages(b"key").cut(log_from, question="q", size=3, time_of=time_of).skiptoken
    assert given is not None
    token = {"cut short": given[:-4], "tampered": given[:-1] + ("A" if given[-1] != "A" else "Q")}.get(change, given)
    token = change if len(change) < 2 else token
    pages = Pages(b"another" if change == "other key" else b"key")
    with pytest.raises(SkipTokenRefused):
        pages.cut(log_from, question="r" if change == "other question" else "q", size=3, skiptoken=token)
