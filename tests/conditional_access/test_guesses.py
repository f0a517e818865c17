from auditor.conditional_access.guesses import MOST, Guess, by_guess, guesses
from auditor.tenant.policy import Conditions, Listed, Users


def test_what_stands_in_the_same_lists_is_guessed_together() -> None:
    both_ways = guesses([["a", "b"], ["b", "c"]], ["a", "b", "c"])
    assert {frozenset(each.inside) for each in both_ways} == {
        frozenset(each) for each in ("", "a", "b", "c", "ab", "ac", "bc", "abc")
    }
    assert [each.inside for each in guesses([["a", "b"]], ["a", "b"])] == [frozenset(), frozenset("ab")]


def test_nothing_is_guessed_where_nothing_is_unknown_or_too_much() -> None:
    assert guesses([["a"]], []) == (Guess(),)
    assert guesses([[str(number)] for number in range(MOST + 1)], map(str, range(MOST + 1))) == (Guess(),)


def test_inside_and_outside() -> None:
    conditions = Conditions(
        users=Users(("u",), include_groups=("g", "h"), exclude_roles=("r",)), locations=Listed(("l",), ("m",))
    )
    unknown = frozenset({"g", "r", "l"})
    inside = by_guess(conditions, Guess(unknown, unknown))
    assert inside.users == Users(("u", "All"), ("All",), include_groups=("h",))
    assert inside.locations == Listed(("All",), ("m",))
    outside = by_guess(conditions, Guess(unknown))
    assert outside.users == Users(("u",), include_groups=("h",))
    # To include no location at all would mean something else.
    assert outside.locations == Listed(("All",), ("All",))
    assert by_guess(conditions, Guess()) is conditions
