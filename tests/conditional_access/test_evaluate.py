import pytest

from auditor.conditional_access.evaluate import Applies, applies
from auditor.tenant.policy import Policy


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("disabled", Applies.NO),
        ("enabledForReportingButNotEnforced", Applies.NO),
        ("enabled", Applies.NOT_KNOWN),
        ("unknownFutureValue", Applies.NOT_KNOWN),
    ],
)
def test_what_is_not_known_is_never_a_no(state: str, expected: Applies) -> None:
    decision = applies(Policy(id="p", name="P", state=state), {})
    assert decision.applies is expected
    assert decision.reasons
