"""Each drawn cause is borne out by what the rest of the tenant shows."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest

from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.causes import CAUSES

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
DAYS = 5
SEEDS = (1, 2, 3, 6)
CONTROLS = {
    "app-policy": {"approvedApplication", "compliantApplication"},
    "device-policy": {"compliantDevice", "domainJoinedDevice"},
}
SAFE = ("http:", "https:", "chrome-extension:")

Row = dict[str, Any]


class Tenant:
    """One simulated tenant with its interrupt rows by cause."""

    def __init__(self, seed: int, setting: str | None = None) -> None:
        self.simulation = Simulation(seed=seed, end=END, days=DAYS, sign_ins=9_000, setting=setting)
        rows = {row["id"]: row for row in self.simulation.sign_ins(END - timedelta(days=DAYS), END)}
        lines = [line for line in self.simulation.truth() if line["kind"] == "interrupt"]
        self.found = [(line, rows[line["id"]]) for line in lines]
        self.policies = {policy["id"]: policy for policy in self.simulation.policies()}

    def rows(self, cause: str, *codes: int) -> list[tuple[dict[str, Any], Row]]:
        return [pair for pair in self.found if pair[0]["cause"] == cause and (not codes or pair[0]["code"] in codes)]

    def failing(self, row: Row) -> list[dict[str, Any]]:
        applied = row["appliedConditionalAccessPolicies"]
        return [self.policies[one["id"]] for one in applied if one["result"] == "failure"]


@cache
def tenant(seed: int) -> Tenant:
    return Tenant(seed)


def persists(policy: dict[str, Any]) -> bool:
    control = (policy["sessionControls"] or {}).get("persistentBrowser") or {}
    return policy["state"] == "enabled" and control.get("isEnabled") is True and control["mode"] is not None


def grants(policy: dict[str, Any]) -> set[str]:
    return set((policy["grantControls"] or {}).get("builtInControls") or ())


@pytest.mark.parametrize("seed", SEEDS)
def test_causes_come_from_the_closed_lists(seed: int) -> None:
    known = {code: {cause.slug for cause in causes} for code, causes in CAUSES.items()}
    assert all(line["cause"] in known[line["code"]] for line, _ in tenant(seed).found)


@pytest.mark.parametrize("seed", SEEDS)
def test_prompts_agree_with_the_policies_of_the_moment(seed: int) -> None:
    here = tenant(seed)
    for line, row in (pair for pair in here.found if pair[0]["code"] == 50140):
        results = {one["id"]: one["result"] for one in row["appliedConditionalAccessPolicies"]}
        suppressing = [one for one in here.policies.values() if persists(one) and results.get(one["id"]) == "success"]
        changed = [one for one in here.policies.values() if persists(one) and results.get(one["id"]) != "notApplied"]
        assert row["clientAppUsed"] == "Browser"
        assert bool(suppressing) is (line["cause"] == "policy-should-have-suppressed")
        if line["cause"] == "policy-changed-since":
            assert any((one["modifiedDateTime"] or one["createdDateTime"]) > row["createdDateTime"] for one in changed)
        guest = row["homeTenantId"] != row["resourceTenantId"]
        assert not guest or line["cause"] in ("prompt-unexpected-for-guest", "policy-should-have-suppressed") or changed


def test_a_hidden_setting_leaves_no_prompt_in_the_last_quarter() -> None:
    here = Tenant(3, "hidden")
    prompts = [(line, row) for line, row in here.found if line["code"] == 50140]
    assert {line["cause"] for line, _ in prompts} == {"setting-changed-since"}
    last_quarter = (END - timedelta(days=DAYS) / 4).strftime("%Y-%m-%dT%H:%M:%S")
    assert max(row["createdDateTime"] for _, row in prompts) < last_quarter


@pytest.mark.parametrize("seed", SEEDS)
def test_confirmations_agree_with_the_redirect_addresses(seed: int) -> None:
    here = tenant(seed)
    principals = {one["appId"]: one for one in here.simulation.service_principals()}
    causes: Counter[str] = Counter()
    for line, row in (pair for pair in here.found if pair[0]["code"] == 50199):
        causes[line["cause"]] += 1
        addresses = principals.get(row["appId"], {}).get("replyUrls") or []
        odd = [address for address in addresses if not address.startswith(SAFE)]
        extension = any(address.startswith("chrome-extension:") for address in addresses)
        assert bool(odd) is (line["cause"] == "custom-scheme-redirect")
        assert (not addresses) is (line["cause"] == "app-not-readable")
        if line["cause"] == "extension-outside-chrome":
            assert extension
            assert not row["deviceDetail"]["browser"].startswith("Chrome ")
        if line["cause"] == "redirects-all-safe":
            assert not extension
    assert len(causes) == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_registrations_and_resets_stand_in_the_audit_log(seed: int) -> None:
    here = tenant(seed)
    audits: dict[str, list[tuple[str, str]]] = {}
    for audit in here.simulation.directory_audits(END - timedelta(days=DAYS), END):
        target = audit["targetResources"][0]
        if target["type"] == "User" and audit["activityDisplayName"] != "Update user":
            audits.setdefault(target["id"], []).append((audit["activityDateTime"], audit["activityDisplayName"]))
    details = {one["id"]: one for one in here.simulation.registration_details()}
    for line, row in (pair for pair in here.found if pair[0]["code"] == 50125):
        entries = audits.get(row["userId"], [])
        near = {name for moment, name in entries if abs(minutes(moment) - minutes(row["createdDateTime"])) < 70}
        registered = details[row["userId"]]["isSsprRegistered"]
        if line["cause"] == "registration":
            assert "User registered security info" in near or (not registered and not entries)
            assert (line["outcome"] == "completed") is registered or "User registered security info" in near
        elif line["cause"] == "reset":
            assert "Reset user password" in near
        else:
            assert registered
            assert not entries


def minutes(stamp: str) -> float:
    return datetime.fromisoformat(stamp[:19] + "+00:00").timestamp() / 60


@pytest.mark.parametrize("seed", SEEDS)
def test_second_factors_are_asked_for_by_the_policies_in_the_row(seed: int) -> None:
    here = tenant(seed)
    codes = (50072, 50074, 50076, 50078, 50079)
    details = {one["id"]: one for one in here.simulation.registration_details()}
    for line, row in (pair for pair in here.found if pair[0]["code"] in codes):
        asked = any("mfa" in grants(policy) for policy in here.failing(row))
        assert asked is (line["cause"] == "policy")
        if line["cause"] == "per-user-mfa":
            assert details[row["userId"]]["isMfaRegistered"]
        if line["code"] in (50072, 50079) and line["outcome"] in ("abandoned", "continued", "failed"):
            assert line["outcome"] != "failed" or not details[row["userId"]]["isMfaRegistered"]


@pytest.mark.parametrize("seed", SEEDS)
def test_other_controls_are_asked_for_by_the_policies_in_the_row(seed: int) -> None:
    here = tenant(seed)
    for cause, controls in CONTROLS.items():
        for _, row in here.rows(cause):
            assert any(grants(policy) & controls for policy in here.failing(row))
    for _, row in here.rows("device-filter"):
        assert any((policy["conditions"]["devices"] or {}).get("deviceFilter") for policy in here.failing(row))
    for _, row in here.rows("sign-in-frequency"):
        assert any((policy["sessionControls"] or {}).get("signInFrequency") for policy in here.failing(row))
    for _, row in here.rows("terms-of-use"):
        assert any((policy["grantControls"] or {}).get("termsOfUse") for policy in here.failing(row))
    for _, row in here.rows("external-factor"):
        assert any((policy["grantControls"] or {}).get("customAuthenticationFactors") for policy in here.failing(row))
    for _, row in here.rows("not-evidenced", 50097, 50127, 50129, 50142, 50158, 70043, 70044):
        assert not here.failing(row)


def test_without_policies_security_defaults_ask() -> None:
    simulation = Simulation(seed=2, end=END, days=2, sign_ins=4_000, policies=[])
    assert simulation.security_defaults()["isEnabled"] is True
    causes = {line["cause"] for line in simulation.truth() if line.get("code") in (50072, 50074, 50076)}
    assert causes == {"security-defaults"}
    row = next(simulation.sign_ins(END - timedelta(days=1), END))
    assert [one["id"] for one in row["appliedConditionalAccessPolicies"]] == ["SecurityDefaults"]
