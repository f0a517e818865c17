"""What explanations read of a row, and how it travels."""

import json
from typing import Any

import pytest

from auditor.sign_ins.formats.graph import GRAPH
from auditor.sign_ins.seen import packed, seen, unpacked, without_conditions
from auditor.tenant.sign_in_log import PolicyResult, Seen
from auditor.testing import sign_in


def seen_of(**fields: Any) -> Seen:
    return seen(GRAPH.wide(json.dumps(sign_in(50140, **fields)).encode()))


def applied(result: str, **fields: Any) -> dict[str, Any]:
    return {"id": f"p-{result}", "displayName": result.title(), "result": result, **fields}


def test_policies_that_were_not_concerned_are_left_out() -> None:
    results = ["success", "notApplied", "failure", "notEnabled", "reportOnlyNotApplied", "reportOnlyInterrupted", "new"]
    found = seen_of(appliedConditionalAccessPolicies=[applied(result) for result in results]).policies
    assert found is not None
    assert [each.result for each in found] == ["success", "failure", "reportOnlyInterrupted", "new"]


def test_controls_are_the_rows_own_words() -> None:
    asked = applied("success", enforcedGrantControls=["Mfa", None], enforcedSessionControls=["SignInFrequency"])
    found = seen_of(appliedConditionalAccessPolicies=[asked]).policies
    assert found == (PolicyResult("p-success", "Success", "success", ("Mfa",), ("SignInFrequency",)),)


@pytest.mark.parametrize("shown", [None, [], [7], {}, "x", [{"id": 7}]])
def test_without_a_list_that_can_be_read_no_policies_are_known(shown: object) -> None:
    assert seen_of(appliedConditionalAccessPolicies=shown).policies is None


def test_what_only_beta_rows_show() -> None:
    bare = seen_of()
    assert (bare.required_by, bare.lifetimes, bare.protocol, bare.app_owner) == (None, None, "", "")
    full = seen_of(
        authenticationRequirementPolicies=[{"requirementProvider": "user", "detail": "Per-user MFA"}, {}],
        sessionLifetimePolicies=[{"expirationRequirement": "tenantTokenLifetimePolicy", "detail": None}],
        authenticationProtocol="deviceCode",
        appOwnerTenantId="owner",
    )
    assert full.required_by == (("user", "Per-user MFA"), ("", ""))
    assert full.lifetimes == (("tenantTokenLifetimePolicy", ""),)
    assert (full.protocol, full.app_owner) == ("deviceCode", "owner")


def test_it_travels_whole() -> None:
    found = seen_of(
        appliedConditionalAccessPolicies=[applied("success", enforcedGrantControls=["Mfa"])],
        conditionalAccessAudiences=[{"applicationId": "a"}],
        networkLocationDetails=[{"networkType": "trustedNamedLocation"}],
        status={"errorCode": 50140, "additionalDetails": "MFA required"},
        resourceDisplayName="Graph",
    )
    assert found.details == "MFA required"
    assert unpacked(packed(found)) == found


def test_where_only_classification_can_read_a_row_nothing_else_is_known() -> None:
    row = json.dumps(sign_in(50140, id="r")).encode()
    found = without_conditions(GRAPH.narrow(row))
    assert (found.id, found.status and found.status.errorCode, found.deviceDetail) == ("r", 50140, None)
    known = seen(found)
    assert (known.policies, known.browser, known.circumstances.way.client) == (None, "", "")
