"""Drawn policies: every kind comes up, the problems told of them are right, and their history is consistent."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from auditor.local_tenant.simulation import Simulation, device_filter
from auditor.local_tenant.simulation.devices import DEVICES, Device
from auditor.local_tenant.simulation.policies import problems

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


def truths(seed: int) -> list[dict[str, Any]]:
    simulation = Simulation(seed=seed, end=END, days=1, users=16, sign_ins=20)
    return [line for line in simulation.truth() if line["kind"] == "policy"]


def test_the_default_seed_has_an_interesting_mix() -> None:
    lines = truths(1)
    assert any(line["mode"] == "always" and line["state"] == "enabled" for line in lines)
    assert any(line["mode"] == "never" and line["problems"] == [] for line in lines)
    inert = {"report-only", "disabled", "control-not-enabled", "browser-not-included", "nobody-in-scope"}
    assert any(inert.intersection(line["problems"]) for line in lines)


def test_every_problem_comes_up() -> None:
    found = {problem for seed in range(1, 40) for line in truths(seed) for problem in line["problems"]}
    assert found == {
        "always",
        "browser-not-included",
        "control-not-enabled",
        "disabled",
        "mode-not-known",
        "nobody-in-scope",
        "not-all-apps",
        "people-excluded",
        "report-only",
    }


def policy(**changes: Any) -> dict[str, Any]:
    users = {"includeUsers": ["All"], **changes.pop("users", {})}
    apps = {"includeApplications": ["All"], "excludeApplications": [], **changes.pop("apps", {})}
    control = {"mode": "never", "isEnabled": True, **changes.pop("control", {})}
    clients = changes.pop("clients", ["all"])
    return {
        "state": "enabled",
        "conditions": {"users": users, "applications": apps, "clientAppTypes": clients},
        "sessionControls": {"persistentBrowser": control},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"clients": ["browser"]}, []),
        ({"clients": ["mobileAppsAndDesktopClients"]}, ["browser-not-included"]),
        ({"state": "disabled"}, ["disabled"]),
        ({"state": "enabledForReportingButNotEnforced"}, ["report-only"]),
        ({"control": {"isEnabled": False}}, ["control-not-enabled"]),
        ({"control": {"isEnabled": None}}, ["control-not-enabled"]),
        ({"control": {"mode": None}}, ["mode-not-known"]),
        ({"control": {"mode": "always"}, "users": {"excludeUsers": ["a"]}}, ["always"]),
        ({"users": {"excludeUsers": ["a"]}}, ["people-excluded"]),
        ({"users": {"excludeRoles": ["a"]}}, ["people-excluded"]),
        ({"users": {"excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}}},
         ["people-excluded"]),
        ({"users": {"includeUsers": ["None"]}}, ["nobody-in-scope"]),
        ({"users": {"includeUsers": [], "includeGroups": ["a"]}}, []),
        ({"users": {"includeUsers": []}}, ["nobody-in-scope"]),
        ({"apps": {"includeApplications": ["a"]}}, ["not-all-apps"]),
        ({"apps": {"excludeApplications": ["a"]}}, ["not-all-apps"]),
        ({"state": "disabled", "control": {"mode": "always", "isEnabled": False}},
         ["always", "control-not-enabled", "disabled"]),
    ],
)  # fmt: skip
def test_problems(changes: dict[str, Any], expected: list[str]) -> None:
    assert problems(policy(**changes)) == expected


PHONE = next(device for device in DEVICES if device.platform == "iOS" and device.trust)
UNREGISTERED = next(device for device in DEVICES if device.trust is None)
HYBRID = next(device for device in DEVICES if device.trust == "ServerAD" and device.compliant)
JOINED = next(device for device in DEVICES if device.trust == "AzureAD" and not device.compliant)


@pytest.mark.parametrize(
    ("rule", "device", "expected"),
    [
        ("device.isCompliant -eq True", UNREGISTERED, False),
        ("device.isCompliant -ne True", UNREGISTERED, True),
        ('device.trustType -ne "ServerAD" -or device.isCompliant -ne True', HYBRID, False),
        ('device.trustType -ne "ServerAD" -or device.isCompliant -ne True', JOINED, True),
        ('device.trustType -in ["AzureAD", "Workplace"]', JOINED, True),
        ('device.trustType -notIn ["AzureAD", "Workplace"]', UNREGISTERED, True),
        ('device.isCompliant -eq True -and device.trustType -eq "AzureAD" -or device.trustType -eq "ServerAD"',
         HYBRID, True),
        ('device.isCompliant -eq True -and (device.trustType -eq "AzureAD" -or device.isCompliant -ne True)',
         HYBRID, False),
        ('device.displayName -startsWith "win-"', JOINED, True),
        ('device.displayName -startsWith "WIN-"', PHONE, False),
        ('device.displayName -notStartsWith "LAPTOP OF"', JOINED, True),
        ('device.displayName -startsWith "WIN-"', UNREGISTERED, False),
        ('device.displayName -contains "WIN"', UNREGISTERED, False),
        ('device.trustType -contains "work"', PHONE, True),
        ('device.trustType -notEndsWith "AD"', JOINED, False),
        ('-not device.trustType -eq "ServerAD" -and device.isCompliant -eq True', HYBRID, False),
        ('-not (device.trustType -eq "ServerAD" -and device.isCompliant -ne True)', HYBRID, True),
        ("-NOT(device.isCompliant -eq True)", UNREGISTERED, True),
        ('-not -not (device.trustType -in ["ServerAD"])', HYBRID, True),
        ('((device.isCompliant -eq True -or (device.trustType -eq "Workplace")) -and device.trustType -ne "ServerAD")',
         PHONE, True),
    ],
)  # fmt: skip
def test_device_filters(rule: str, device: Device, expected: bool) -> None:
    assert device_filter.matches(rule, device) is expected


@pytest.mark.parametrize(
    "rule",
    [
        "device.model -eq 1",
        "user.trustType -eq 1",
        "device.trustType -like 1",
        "(device.trustType -eq 1",
        "device",
        "-not",
        'device.displayName -eq "WIN-123456"',
        'device.displayName -startsWith "WIN-1"',
    ],
)
def test_a_filter_that_is_not_simulated_says_so(rule: str) -> None:
    with pytest.raises(ValueError, match="device filter"):
        device_filter.matches(rule, HYBRID)


@pytest.mark.parametrize("seed", [1, 2, 7, 24, 33])
def test_changes_stand_in_the_audit_log_and_in_the_rows(seed: int) -> None:
    simulation = Simulation(seed=seed, end=END, days=3, sign_ins=3_000)
    start = END - timedelta(days=3)
    policies = {one["id"]: one for one in simulation.policies()}
    entries = [
        audit
        for audit in simulation.directory_audits(start, END)
        if audit["activityDisplayName"].endswith("conditional access policy")
    ]
    begin = start.strftime("%Y-%m-%dT%H:%M:%S")
    changed = {one["id"] for one in policies.values() if (one["modifiedDateTime"] or one["createdDateTime"]) > begin}
    assert {audit["targetResources"][0]["id"] for audit in entries} == changed
    rows = list(simulation.sign_ins(start, END))
    for audit in entries:
        policy_id = audit["targetResources"][0]["id"]
        current = policies[policy_id]
        assert (current["modifiedDateTime"] or current["createdDateTime"])[:19] == audit["activityDateTime"][:19]
        old = {
            one["result"]
            for row in rows
            if row["createdDateTime"] < audit["activityDateTime"]
            for one in row["appliedConditionalAccessPolicies"]
            if one["id"] == policy_id
        }
        if audit["activityDisplayName"].startswith("Add"):
            assert old == set()
        elif current["state"] == "enabled":
            assert old <= {"notEnabled"} or all(result.startswith("reportOnly") for result in old)


def test_given_policies_are_served_and_told_of_as_they_are() -> None:
    given = Simulation(seed=7, end=END, days=1).policies()
    simulation = Simulation(seed=2, end=END, days=1, policies=given)
    assert simulation.policies() == given
    assert [line["id"] for line in simulation.truth() if line["kind"] == "policy"]


def test_the_newest_row_lists_every_policy() -> None:
    simulation = Simulation(seed=7, end=END, days=1)
    row = next(simulation.sign_ins(END - timedelta(days=1), END))
    assert [one["id"] for one in row["appliedConditionalAccessPolicies"]] == [
        one["id"] for one in simulation.policies()
    ]
