"""Enum members that came later are hidden without touching the rows they stand in."""

import copy

from auditor.local_tenant.service.graph.enums import UnknownMembers


def test_hides_later_members_at_any_depth() -> None:
    row = {
        "riskDetail": "microsoftRevokedSessions",
        "appliedConditionalAccessPolicies": [{"result": "reportOnlyFailure"}, {"result": "success"}],
        "conditions": {"platforms": {"includePlatforms": ["iOS", "linux"]}},
        "displayName": "linux",
    }
    before = copy.deepcopy(row)
    assert UnknownMembers().hide(row) == {
        "riskDetail": "unknownFutureValue",
        "appliedConditionalAccessPolicies": [{"result": "unknownFutureValue"}, {"result": "success"}],
        "conditions": {"platforms": {"includePlatforms": ["iOS", "unknownFutureValue"]}},
        "displayName": "linux",
    }
    assert row == before


def test_a_row_without_them_is_given_back_itself() -> None:
    row = {"riskDetail": "none", "appliedConditionalAccessPolicies": [{"result": "notApplied"}], "nothing": None}
    assert UnknownMembers().hide(row) is row


def test_looks_only_where_it_is_told() -> None:
    row = {"riskDetail": "microsoftRevokedSessions", "result": "reportOnlySuccess"}
    assert UnknownMembers(("result", "missing")).hide(row) == {**row, "result": "unknownFutureValue"}


def test_shared_values_are_copied_once() -> None:
    shared = [{"result": "reportOnlySuccess"}]
    unknown = UnknownMembers()
    first, second = (unknown.hide({"id": n, "appliedConditionalAccessPolicies": shared}) for n in range(2))
    assert first["appliedConditionalAccessPolicies"] is second["appliedConditionalAccessPolicies"]
    assert shared == [{"result": "reportOnlySuccess"}]
