"""What If: the same answers as the log gives, and what comes of a question that leaves something out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.identity import guid
from auditor.local_tenant.simulation.policy_kinds import LATER, ORDINARY, PERSISTENT
from auditor.local_tenant.simulation.what_if import DescribedDevice, Question

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
START = END - timedelta(days=2)
APPLIED = {"success", "failure", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted"}
CLIENTS = {
    "Browser": "browser",
    "Mobile Apps and Desktop clients": "mobileAppsAndDesktopClients",
    "Other clients": "other",
}
PLATFORMS = {"Win": "windows", "Mac": "macOS", "Ios": "iOS", "And": "android", "Lin": "linux"}
TRUST = {"Azure AD joined": "AzureAD", "Hybrid Azure AD joined": "ServerAD", "Azure AD registered": "Workplace"}
MAIL = "00000002-0000-0ff1-ce00-000000000000"

Row = dict[str, Any]


def question_of(row: Row) -> Question:
    """All that a row of the log tells of its sign-in."""
    device = row["deviceDetail"]
    told = DescribedDevice(
        (
            ("trusttype", TRUST[device["trustType"]]),
            ("iscompliant", str(device["isCompliant"])),
            ("displayname", device["displayName"]),
        )
        if device["trustType"]
        else ()
    )
    return Question(
        targets=(row["resourceId"],),
        user_id=row["userId"],
        client=CLIENTS[row["clientAppUsed"]],
        platform=PLATFORMS[device["operatingSystem"][:3]],
        device=told,
        address=row["ipAddress"],
        country=row["location"]["countryOrRegion"],
        risk=row["riskLevelDuringSignIn"],
        user_risk="none",
        insider_risk="none",
        flow="none",
    )


EVERY_KIND = (11, 79, 139, 178, 189)
"""Seeds that have every kind of policy between them."""


def test_the_seeds_have_every_kind() -> None:
    drawn = {
        policy["id"]
        for seed in EVERY_KIND
        for policy in Simulation(seed=seed, users=16, end=END, days=1, sign_ins=20).policies()
    }
    for kind in (*PERSISTENT, *ORDINARY, *LATER):
        assert any(guid(seed, "policy", kind.key) in drawn for seed in EVERY_KIND), kind.key


@pytest.mark.parametrize("seed", EVERY_KIND)
def test_the_log_and_what_if_agree(seed: int) -> None:
    simulation = Simulation(seed=seed, users=60, end=END, days=2, sign_ins=1_500)
    policies = {one["id"]: one for one in simulation.policies()}
    settled = max((one["modifiedDateTime"] or one["createdDateTime"] for one in policies.values()), default="")
    compared = 0
    for row in simulation.sign_ins(START, END):
        if row["status"]["errorCode"] != 0 or row["createdDateTime"] <= settled:
            continue
        results = {one["id"]: one["result"] for one in row["appliedConditionalAccessPolicies"]}
        for policy, reasons in simulation.what_if(question_of(row)):
            # How risky the person was held to be, a row does not tell.
            if not policy["conditions"]["userRiskLevels"]:
                assert (results[policy["id"]] in APPLIED) is (not reasons), (policy["displayName"], reasons, row)
                compared += 1
    assert compared > 1_000


BARE = Simulation(seed=2, users=20, end=END, days=1, sign_ins=20)
SOMEBODY = next(iter(BARE.users()))["id"]
LOCATIONS = {one["displayName"]: one["id"] for one in BARE.named_locations()}


def reasons(conditions: Row, question: Question, state: str = "enabled") -> tuple[str, ...]:
    """Why a policy for everybody and everything does not apply, with these conditions besides."""
    whole = {
        "users": {"includeUsers": ["All"]},
        "applications": {"includeApplications": ["All"]},
        "clientAppTypes": ["all"],
        **conditions,
    }
    for side, names in (conditions.get("locations") or {}).items():
        whole["locations"] = {**whole["locations"], side: [LOCATIONS.get(name, name) for name in names]}
    policy = {"id": "one", "displayName": "One", "createdDateTime": None, "state": state, "conditions": whole}
    simulation = Simulation(seed=2, users=20, end=END, days=1, sign_ins=20, policies=[policy])
    if not question.external:
        question = replace(question, user_id=SOMEBODY)
    ((_, why),) = simulation.what_if(question)
    return why


OPEN = Question(targets=(MAIL,))
TOLD = Question(
    targets=(MAIL,),
    client="browser",
    platform="windows",
    device=DescribedDevice((("trusttype", "AzureAD"), ("iscompliant", "True"))),
    address="203.0.113.9",
    country="NL",
    risk="none",
    user_risk="none",
    insider_risk="none",
    flow="none",
)
UNKNOWN = ("notEnoughInformation",)


@pytest.mark.parametrize(
    ("condition", "met", "unmet", "reason"),
    [
        ({"clientAppTypes": ["browser"]}, {}, {"client": "other"}, "clientApps"),
        ({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}}, {}, {"platform": "iOS"},
         "devicePlatform"),
        ({"signInRiskLevels": ["none"]}, {}, {"risk": "low"}, "signInRisk"),
        ({"userRiskLevels": ["high"]}, {"user_risk": "high"}, {}, "userRisk"),
        ({"insiderRiskLevels": "moderate,elevated"}, {"insider_risk": "elevated"}, {}, "insiderRisk"),
        ({"authenticationFlows": {"transferMethods": "deviceCodeFlow,authenticationTransfer"}},
         {"flow": "deviceCodeFlow"}, {}, "authenticationFlow"),
        ({"devices": {"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}}}, {},
         {"device": DescribedDevice()}, "devices"),
        ({"devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}},
         {"device": DescribedDevice()}, {}, "devices"),
        ({"locations": {"includeLocations": ["Offices"]}}, {}, {"address": "203.0.114.9"}, "location"),
        ({"locations": {"includeLocations": ["Home countries"], "excludeLocations": ["AllTrusted"]}},
         {"address": "198.51.100.7"}, {}, "location"),
        ({"locations": {"includeLocations": ["Home countries"]}}, {}, {"country": "MD"}, "location"),
    ],
)  # fmt: skip
def test_a_condition_is_met_unmet_or_not_told(condition: Row, met: Row, unmet: Row, reason: str) -> None:
    assert reasons(condition, replace(TOLD, **met)) == ()
    assert reasons(condition, replace(TOLD, **unmet)) == (reason,)
    assert reasons(condition, OPEN) == UNKNOWN


def test_what_needs_no_answer_gets_by_without_one() -> None:
    assert reasons({}, OPEN) == ()
    assert reasons({"platforms": {"includePlatforms": ["all"]}}, OPEN) == ()
    assert reasons({"locations": {"includeLocations": ["All"]}}, OPEN) == ()
    known = replace(OPEN, country="MD")
    assert reasons({"locations": {"includeLocations": ["Home countries"], "excludeLocations": ["Offices"]}}, known) == (
        "location",
    )


def test_what_is_known_to_fail_decides() -> None:
    several = {"users": {"includeUsers": ["None"]}, "clientAppTypes": ["browser"], "signInRiskLevels": ["high"]}
    assert reasons(several, OPEN) == ("users",)
    assert reasons(several, replace(TOLD, client="other")) == ("users", "clientApps", "signInRisk")
    assert reasons(several, OPEN, state="disabled") == ("policyNotEnabled",)
    assert reasons({}, OPEN, state="enabledForReportingButNotEnforced") == ()


@pytest.mark.parametrize(
    ("apps", "reason"),
    [
        ({"includeApplications": ["elsewhere"]}, "application"),
        ({"includeApplications": [], "includeUserActions": ["urn:user:registerdevice"]}, "userActions"),
        ({"includeAuthenticationContextClassReferences": ["c1"]}, "authenticationContext"),
    ],
)
def test_another_target(apps: Row, reason: str) -> None:
    assert reasons({"applications": apps}, OPEN) == (reason,)
    assert reasons({"applications": {"includeApplications": [MAIL]}}, replace(OPEN, targets=("other", MAIL))) == ()


def test_a_stranger_is_what_the_question_says() -> None:
    partners = {
        "includeGuestsOrExternalUsers": {
            "guestOrExternalUserTypes": "b2bCollaborationMember",
            "externalTenants": {"membershipKind": "enumerated", "members": ["partner"]},
        }
    }
    stranger = replace(OPEN, external="b2bCollaborationMember", home="partner")
    assert reasons({"users": partners}, stranger) == ()
    assert reasons({"users": partners}, replace(stranger, home="elsewhere")) == ("users",)
    assert reasons({"users": partners}, replace(stranger, external="b2bCollaborationGuest")) == ("users",)
    assert reasons({"users": partners}, OPEN) == ("users",)


def test_nobody_of_that_id() -> None:
    with pytest.raises(LookupError):
        BARE.what_if(replace(OPEN, user_id="nobody"))
