"""Names that are hard to tell from what is said of them: they go before anything is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor import testing
from auditor.audit import facts
from auditor.redaction.names import RENAMED, lifetime_policy, rule
from auditor.redaction.redaction import Redaction
from auditor.redaction.table import PSEUDONYM, open_table
from auditor.reports.json import render
from auditor.run import Run
from auditor.tenant.dataset import DATASETS
from auditor.tenant.records import LifetimePolicy
from auditor_checks import ALL

Runs = Callable[..., tuple[Run, Run]]

ADA = "aaaaaaaa-0000-4000-8000-000000000001"
GROUP = "dddddddd-0000-4000-8000-000000000001"
FILTER = 'device.displayName -startsWith "KIOSK" -and device.trustType -eq "AzureAD"'


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """`runs(policies=[...], ...)`: the run of a tenant made of parts as it is, and redacted."""

    def make(**parts: Any) -> tuple[Run, Run]:
        redaction = Redaction(tmp_path / "names.json")
        with testing.tenant(**parts) as made:
            plain = facts(made, ALL, {"kind": "test", "api": "v1.0"})
            redacted = facts(redaction.tenant(made), ALL, {"kind": "test", "api": "v1.0"})
        run = Run("2026-11-21T00:00:00Z", "1.2.3", (), (plain,))
        found = redaction.run(Run("2026-11-21T00:00:00Z", "1.2.3", (), (redacted,)))
        redaction.save()
        return run, found

    return make


def verdicts(run: Run) -> Any:
    (tenant,) = run.tenants
    return (
        tenant.stay_signed_in.verdict,
        [
            (each.code, each.count, each.outcomes, [cause.slug for cause in each.causes])
            for each in tenant.interrupts.interrupts
        ],
        [
            (each.mode, each.inert, each.devices)
            + ((each.reach.applies, each.reach.applies_not, each.reach.not_known) if each.reach else ())
            for each in tenant.policies.policies
        ],
        sorted(
            (result.id, result.status.value, finding.severity.value, finding.confidence.value)
            for result in tenant.checks
            for finding in result.findings
        ),
    )


def aimed(name: str, **conditions: Any) -> dict[str, Any]:
    made = testing.policy(name, mode="always")
    return {**made, "conditions": {**made["conditions"], **conditions}}


def test_every_dataset_is_thought_of() -> None:
    assert {*RENAMED, "sign_ins"} == set(DATASETS)


@pytest.mark.parametrize(
    "name", ["a", "the policy", "always", "browser", "enabled", "not known", "policy", "user", "All"]
)
def test_a_name_that_is_a_word_of_every_sentence_costs_no_other_word(runs: Runs, name: str) -> None:
    rows = [testing.sign_in(50140, userPrincipalName=f"{name.split()[0]}@contoso.com", appDisplayName=name)]
    plain, redacted = runs(policies=[aimed(name)], sign_ins=rows, sign_in_page=[testing.branding_row(False)])
    assert verdicts(plain) == verdicts(redacted)
    policy = redacted.tenants[0].policies.policies[0]
    assert policy.name.startswith("policy-")
    assert (policy.state, policy.mode) == ("enabled", "always")
    assert policy.aim == plain.tenants[0].policies.policies[0].aim
    said = [finding.message for result in redacted.tenants[0].checks for finding in result.findings]
    assert any(policy.name in each for each in said)
    assert repr(name) not in " ".join(said)


def test_names_that_hold_one_another_do_not_mix(runs: Runs) -> None:
    names = ["Block", "Block all", "block", "all", "Block all legacy"]
    _, redacted = runs(policies=[aimed(name) for name in names])
    found = [policy.name for policy in redacted.tenants[0].policies.policies]
    assert len(set(found)) == len(names)
    assert all(PSEUDONYM.fullmatch(each) for each in found)


def test_no_name_stays_no_name(runs: Runs) -> None:
    nameless = {**aimed("x"), "displayName": ""}
    _, redacted = runs(
        policies=[nameless], sign_ins=[testing.sign_in(50140, userPrincipalName=None, appDisplayName="")]
    )
    (tenant,) = redacted.tenants
    assert tenant.policies.policies[0].name == ""
    assert tenant.policies.policies[0].id.startswith("id-")


@pytest.mark.parametrize(
    "name",
    [
        "<script>x</script>",
        "=HYPERLINK(1)",
        "\x1b[31mred",
        "‮evil",
        'it\'s "q" `b` | \\',
        "x" * 10_000,
        "N\x00L",
        "\ud800",
    ],
)
def test_hostile_names_are_gone(runs: Runs, name: str) -> None:
    plain, redacted = runs(
        policies=[aimed(name, users={"includeUsers": ["All"], "excludeGroups": [GROUP]})],
        directory_objects=[{"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": name}],
        sign_ins=[testing.sign_in(50140, appDisplayName=name, userPrincipalName=name)],
    )
    assert verdicts(plain) == verdicts(redacted)
    said = render(redacted)
    for spelled in (name, repr(name)[1:-1], json.dumps(name)[1:-1], json.dumps(repr(name)[1:-1])[1:-1]):
        assert spelled[:60] not in said


def test_device_filters_judge_as_ever_and_show_no_names(runs: Runs) -> None:
    device = {"deviceId": ADA, "displayName": "KIOSK-7", "trustType": "Azure AD joined", "operatingSystem": "Windows"}
    rows = [testing.sign_in(0, deviceDetail=device)]
    devices = {"deviceFilter": {"mode": "include", "rule": FILTER}}
    plain, redacted = runs(policies=[aimed("Kiosks", devices=devices)], sign_ins=rows)
    assert verdicts(plain) == verdicts(redacted)
    assert plain.tenants[0].policies.policies[0].reach is not None
    assert plain.tenants[0].policies.policies[0].reach.applies == 1
    assert "KIOSK" in render(plain)
    assert "kiosk" not in render(redacted).lower()
    assert '-eq "AzureAD"' in redacted.tenants[0].policies.policies[0].aim


def test_a_filter_that_is_not_understood_is_gone_and_still_is_not(runs: Runs) -> None:
    devices = {"deviceFilter": {"mode": "include", "rule": 'device.displayName -frobs "KIOSK'}}
    plain, redacted = runs(policies=[aimed("Kiosks", devices=devices)], sign_ins=[testing.sign_in(0)])
    assert verdicts(plain) == verdicts(redacted)
    assert "frobs" in render(plain)
    assert "kiosk" not in render(redacted).lower()
    assert "frobs" not in render(redacted)


def test_texts_in_a_filter(tmp_path: Path) -> None:
    table = open_table(tmp_path / "names.json")
    text = rule(
        'device.operatingSystemVersion -eq "10.0" -or device.model -in ["Surface", "O\'Brien"]', table.pseudonym
    )
    assert '"10.0"' in text
    assert "Surface" not in text
    assert "Brien" not in text
    assert table.turned_back(text).endswith('["Surface", "O\'Brien"]')


@pytest.mark.parametrize(
    "definition",
    [
        '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"1.00:00:00"}}',
        '{"TokenLifetimePolicy":{"Version":1,"Contact":"Grace"}}',
        "Ask Grace",
        '{"Version":1,"Grace":"Grace"',
    ],
)
def test_definitions_keep_what_is_understood(tmp_path: Path, definition: str) -> None:
    table = open_table(tmp_path / "names.json")
    found = lifetime_policy(LifetimePolicy("1", "Grace's", None, (definition,)), table.pseudonym)
    assert "Grace" not in str(found)
    assert ("1.00:00:00" in definition) == ("1.00:00:00" in found.definition[0])
    assert table.turned_back(found.definition[0]).replace(" ", "") == definition.replace(" ", "")


@pytest.mark.parametrize(
    ("redirects", "cause"),
    [
        (["https://expenses.contoso.com/cb"], "redirects-all-safe"),
        (["https://a.contoso.com", "contosopay://auth"], "custom-scheme-redirect"),
        (["chrome-extension://contosoclip/x"], "extension-outside-chrome"),
    ],
)
def test_redirect_addresses_keep_what_decides(runs: Runs, redirects: list[str], cause: str) -> None:
    app = "bbbbbbbb-0000-4000-8000-000000000001"
    plain, redacted = runs(
        sign_ins=[testing.sign_in(50199)],
        applications=[{"appId": app, "displayName": "Pay", "appOwnerOrganizationId": None, "replyUrls": redirects}],
    )
    for run in (plain, redacted):
        assert [each.slug for each in run.tenants[0].interrupts.interrupts[0].causes] == [cause]
    assert "contoso" in render(plain).lower()
    assert "contoso" not in render(redacted).lower()


def test_reasons_of_others_are_redacted_too(runs: Runs) -> None:
    _, redacted = runs(
        policies=[aimed("Kiosks")],
        missing={"role_assignments": f"Graph said: 'Grace' of Contoso may not read {ADA} from 203.0.113.7."},
        partial={"named_locations": "It lists grace@fabrikam.example and contoso.com, and no more."},
    )
    said = render(redacted).lower()
    assert "graph said" in said
    assert "and no more." in said
    for gone in ("grace", "contoso", "fabrikam", ADA, "203.0.113.7"):
        assert gone not in said
