from itertools import product

import pytest

from auditor.conditional_access.three_values import Applies, every, negated, some

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
STANDS_FOR = {YES: (True,), NO: (False,), NOT_KNOWN: (True, False)}


@pytest.mark.parametrize("values", [values for size in range(4) for values in product(Applies, repeat=size)])
def test_an_answer_is_what_all_that_the_values_may_stand_for_agree_on(values: tuple[Applies, ...]) -> None:
    worlds = list(product(*(STANDS_FOR[value] for value in values)))
    for joined, join in ((every(values), all), (some(values), any)):
        outcomes = {join(world) for world in worlds}
        assert joined is (NOT_KNOWN if len(outcomes) > 1 else YES if outcomes == {True} else NO)


def test_negated() -> None:
    assert [negated(value) for value in (YES, NO, NOT_KNOWN)] == [NO, YES, NOT_KNOWN]
