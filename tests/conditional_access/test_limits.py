from typing import Any

import pytest

from auditor.conditional_access.limits import asks_again_within, never_persistent
from auditor.conditional_access.three_values import Applies
from auditor.tenant.graph_policy import policy as parsed
from auditor.testing import policy

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN


def frequency(**changes: Any) -> dict[str, Any]:
    made = policy(mode=None)
    control = {
        "isEnabled": True,
        "value": 4,
        "type": "hours",
        "frequencyInterval": "timeBased",
        "authenticationType": "primaryAndSecondaryAuthentication",
    }
    made["sessionControls"] = {"signInFrequency": control | changes}
    return made


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, YES),
        ({"value": 5}, NO),
        ({"type": "days"}, NO),
        ({"type": "days", "value": 1}, NO),
        ({"type": "weeks"}, NOT_KNOWN),
        ({"value": None}, NOT_KNOWN),
        ({"value": 0}, NOT_KNOWN),
        ({"value": -1}, NOT_KNOWN),
        ({"frequencyInterval": "everyTime", "value": None, "type": None}, YES),
        ({"frequencyInterval": "unknownFutureValue"}, NOT_KNOWN),
        ({"frequencyInterval": None}, YES),
        ({"isEnabled": False}, NO),
        ({"isEnabled": None}, NOT_KNOWN),
        ({"authenticationType": "secondaryAuthentication"}, NO),
        ({"authenticationType": "secondaryAuthentication", "frequencyInterval": "everyTime"}, NO),
        ({"authenticationType": "unknownFutureValue"}, NOT_KNOWN),
        ({"authenticationType": None}, YES),
    ],
)
def test_how_often(changes: dict[str, Any], expected: Applies) -> None:
    assert asks_again_within(parsed(frequency(**changes)), 4).applies is expected


def test_a_day_is_24_hours() -> None:
    daily = parsed(frequency(type="days", value=1))
    assert [asks_again_within(daily, hours).applies for hours in (23, 24)] == [NO, YES]
    assert asks_again_within(daily, 4).reasons == ("It asks to sign in again after 1 day only.",)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (policy(), YES),
        (policy(mode="always"), NO),
        (policy(mode="unknownFutureValue"), NOT_KNOWN),
        (policy(mode=None), NO),
        (policy(enabled=False), NO),
    ],
)
def test_the_end_of_the_browser(made: dict[str, Any], expected: Applies) -> None:
    assert never_persistent(parsed(made)).applies is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "disabled"}, NO),
        ({"state": "enabledForReportingButNotEnforced"}, NO),
        ({"state": "unknownFutureValue"}, NOT_KNOWN),
        ({"users": {"includeUsers": ["None"]}}, NO),
        ({"userRiskLevels": ["high"]}, NO),
        ({"userRiskLevels": ["none"]}, YES),
        ({"insiderRiskLevels": "elevated"}, NO),
        ({"applications": {"includeUserActions": ["urn:user:registersecurityinfo"]}}, NO),
    ],
)
@pytest.mark.parametrize("again", [True, False])
def test_what_is_not_for_ordinary_sign_ins(changes: dict[str, Any], expected: Applies, again: bool) -> None:
    made = frequency() if again else policy()
    made["conditions"] |= {name: value for name, value in changes.items() if name != "state"}
    made["state"] = changes.get("state", "enabled")
    answer = asks_again_within(parsed(made), 4) if again else never_persistent(parsed(made))
    assert answer.applies is expected
