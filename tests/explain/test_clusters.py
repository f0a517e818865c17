"""On whom and what interrupts cluster, and who meets a prompt again: against plain counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from auditor.explain.clusters import Clusters, Frequent, Returning
from auditor.tenant.sign_in_log import Interrupt
from auditor.testing import after, sign_in

Interrupts = Callable[..., Iterator[Interrupt]]
NAMES = st.lists(st.sampled_from("abcdefghij"), max_size=60)


@given(NAMES)
def test_counts_are_exact_while_there_is_room(names: list[str]) -> None:
    frequent = Frequent(10)
    for name in names:
        frequent.add(name, name)
    assert dict(frequent.most(10)) == Counter(names)


@given(NAMES, st.integers(1, 9))
def test_without_room_counts_are_lower_bounds(names: list[str], kept: int) -> None:
    frequent = Frequent(kept)
    for name in names:
        frequent.add(name, name)
    counted, found = Counter(names), dict(frequent.most(10))
    assert len(found) <= kept
    assert all(0 < count <= counted[name] for name, count in found.items())


def test_what_is_frequent_is_not_lost() -> None:
    frequent = Frequent(100)
    for number in range(20_000):
        frequent.add("often" if number % 4 == 0 else str(number), "Often")
    (first, *_) = frequent.most(1)
    assert first[0] == "Often"
    assert first[1] > 4_000


def test_users_apps_and_browsers(interrupts: Interrupts) -> None:
    clusters = Clusters()
    rows = [
        sign_in(50140, userId=f"u{number % 3}", userPrincipalName=f"user{number % 3}@contoso.com")
        for number in range(7)
    ]
    for each in interrupts([*rows, sign_in(50140, userId=None, appId=None, deviceDetail=None)]):
        clusters.add(each)
    assert clusters.most(2) == (
        ("users", (("user0@contoso.com", 3), ("user1@contoso.com", 2))),
        ("apps", (("Expenses", 7),)),
        ("browsers", (("Edge 142.0.0", 7),)),
    )
    assert Clusters().most() == ()


def test_who_meets_it_again(interrupts: Interrupts) -> None:
    """Two rows of one attempt are one meeting; a correlation id that is used again hours later is another."""
    rows = [
        sign_in(50125, after(0), userId="once"),
        sign_in(50125, after(1), userId="once"),
        sign_in(50125, after(0), userId="again"),
        sign_in(50125, after(90), userId="again"),
        sign_in(50125, after(2), userId="twice", correlationId="c1"),
        sign_in(50125, after(3), userId="twice", correlationId="c2"),
        sign_in(50125, after(4), userId="apart", correlationId=None),
        sign_in(50125, after(5), userId="apart", correlationId=None),
        sign_in(50125, after(6), userId=None),
    ]
    returning = Returning()
    for each in sorted(interrupts(rows), key=lambda each: each.at):
        returning.add(each)
    assert (returning.users, returning.again) == (4, 3)
