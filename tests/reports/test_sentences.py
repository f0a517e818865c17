import pytest

from auditor.reports.sentences import share_of_policies
from auditor.run import PoliciesAnswer, PolicyAnswer

ONE = PolicyAnswer("p", "P", "enabled", "never", (), False, "")


@pytest.mark.parametrize(
    ("setting", "of", "whole", "said"),
    [
        (0, 0, True, "None: there are no policies"),
        (0, 0, False, "None: there are no policies that could be read"),
        (0, 1, True, "None: the only policy does not"),
        (1, 1, True, "The only policy"),
        (1, 1, False, "The only policy that could be read"),
        (0, 7, True, "None of the 7 policies"),
        (2, 1200, False, "2 of the 1,200 policies that could be read"),
    ],
)
def test_how_many_policies_of_how_many(setting: int, of: int, whole: bool, said: str) -> None:
    assert share_of_policies(PoliciesAnswer(True, (ONE,) * setting, of), whole=whole) == said
