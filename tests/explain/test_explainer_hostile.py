"""Rows of any content, in a tenant of any readings: always a cause of the code, and evidence for whatever is more than
general."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.explain.causes import CAUSES
from auditor.explain.explainer import Explainer
from auditor.explain.needed import WANTS
from auditor.finding import Confidence
from auditor.tenant.sign_in_log import Interrupt
from auditor.testing import END, TENANT_ID, after, audit_entry, branding_row, policy, sign_in, tenant

USER = sign_in(0)["userId"]
APP = sign_in(0)["appId"]

words = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["success", "failure", "x" * 5_000, "\x1b[2J\u202e"])
)
policies = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.one_of(words, st.sampled_from(["SecurityDefaults", policy()["id"]])),
            "displayName": words,
            "result": st.one_of(words, st.sampled_from(["failure", "reportOnlyFailure"])),
            "enforcedGrantControls": st.one_of(st.none(), st.lists(words, max_size=2)),
            "enforcedSessionControls": st.one_of(st.none(), st.lists(words, max_size=2)),
        }
    ),
    max_size=3,
)
pairs = {
    name: st.lists(st.fixed_dictionaries({key: words, "detail": words}), max_size=2)
    for name, key in (
        ("authenticationRequirementPolicies", "requirementProvider"),
        ("sessionLifetimePolicies", "expirationRequirement"),
    )
}
changes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            (
                "userId",
                "appId",
                "appDisplayName",
                "userPrincipalName",
                "resourceId",
                "clientAppUsed",
                "ipAddress",
                "riskLevelDuringSignIn",
                "homeTenantId",
                "resourceTenantId",
                "userType",
                "crossTenantAccessType",
                "authenticationProtocol",
                "appOwnerTenantId",
                "correlationId",
            ),
            words,
        ),
        "appliedConditionalAccessPolicies": st.one_of(st.none(), policies),
        **pairs,
        "deviceDetail": st.fixed_dictionaries({"browser": words, "operatingSystem": words}),
    },
)
readings = st.dictionaries(st.sampled_from(WANTS), st.just("Withheld."), max_size=len(WANTS))

PARTS: dict[str, Any] = {
    "policies": [policy(), {**policy("\x1b[2J" * 900), "modifiedDateTime": END}],
    "sign_in_page": [branding_row(hidden=True)],
    "applications": [{"appId": APP, "displayName": "\u202e", "replyUrls": ["", ":", "x" * 5_000, "chrome-extension:"]}],
    "user_events": [audit_entry("Reset user password", USER, after(-1))],
    "registrations": [{"id": USER, "isSsprRegistered": False}],
    "password_dates": [{"id": USER, "lastPasswordChangeDateTime": after(-9), "onPremisesSyncEnabled": None}],
}
ROOMY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ROOMY
@given(code=st.sampled_from(sorted(CAUSES)), changed=changes, missing=readings, partial=readings)
def test_any_row_in_any_tenant(
    code: int,
    changed: dict[str, Any],
    missing: dict[str, str],
    partial: dict[str, str],
    interrupts: Callable[..., Iterator[Interrupt]],
) -> None:
    row = {**sign_in(code, resourceTenantId=TENANT_ID), **changed}
    (each,) = interrupts([row], failures=True)
    with tenant(**PARTS, missing=missing, partial=partial) as made:
        said = Explainer(made).explain(each)
    assert said.cause in {cause.slug for cause in CAUSES[code]}
    assert said.cause != "not-evidenced" or said.confidence is Confidence.GENERAL
    assert said.confidence is Confidence.GENERAL or said.evidence
    for text in (*said.missing, *(each.statement for each in said.evidence)):
        assert text[-1] in ".)"
        assert len(text) < 1_000
        assert "\x1b" not in text
