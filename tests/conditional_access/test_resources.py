"""What a policy is aimed at: each condition with its yes, its no and its not known."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.conditional_access.resources import resources
from auditor.conditional_access.suites import (
    ADMIN_PORTALS,
    DEPENDS_ON,
    DIRECTORY,
    GRAPH,
    MICROSOFT,
    OFFICE_365,
    STANDS_FOR,
)
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Target
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.policy import Conditions
from auditor.testing import policy

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
EXPENSES, WIKI = "bbbbbbbb-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
EXCHANGE, SHAREPOINT = "00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000"
TEAMS, INTUNE = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "0000000a-0000-0000-c000-000000000000"
AZURE_PORTAL, MANAGEMENT = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "797f4846-ba00-4fd7-ba43-dac1f8f63013"
OWN_TENANT = "11111111-2222-4333-8444-555555555555"


def conditions(*include: str, exclude: tuple[str, ...] = (), **more: Any) -> Conditions:
    made = policy()
    made["conditions"]["applications"] = {
        "includeApplications": list(include), "excludeApplications": list(exclude), **more
    }  # fmt: skip
    return parsed(made).conditions


def aimed(target: Target, *include: str, exclude: tuple[str, ...] = (), **more: Any) -> Applies:
    decision = resources(conditions(*include, exclude=exclude, **more), target)
    assert decision.reasons or decision.applies is YES
    return decision.applies


def of(resource: str, app: str = "", **more: Any) -> Target:
    """Asked for by itself, unless another asks."""
    return Target(resource, app or resource, **more)


def named(*audiences: str, **more: Any) -> Target:
    """Of a row that lists what policies were asked about."""
    return Target(audiences[0], EXPENSES, frozenset(audiences), **more)


@pytest.mark.parametrize(
    ("target", "include", "exclude", "expected"),
    [
        (of(EXPENSES), ["All"], [], YES),
        (of(""), ["All"], [], YES),
        (of(GRAPH), ["All"], [], YES),
        (of(EXPENSES), ["None"], [], NO),
        (of(EXPENSES), [], [], NO),
        (of(EXPENSES), [EXPENSES], [], YES),
        (of(EXPENSES), [EXPENSES.upper()], [], YES),
        (of(EXPENSES), [WIKI], [], NO),
        (of(""), [EXPENSES], [], NOT_KNOWN),
        (of(EXPENSES), ["AllTomorrow"], [], NOT_KNOWN),
        (of(EXPENSES), ["All"], ["SomeTomorrow"], NOT_KNOWN),
        # Exclusion beats inclusion.
        (of(EXPENSES), ["All"], [EXPENSES], NO),
        (of(EXPENSES), ["All", EXPENSES], [EXPENSES], NO),
        (of(EXPENSES), ["All"], [WIKI], YES),
        (of(""), ["All"], [WIKI], NOT_KNOWN),
        (of(EXPENSES), [EXPENSES], ["All"], NO),
        # A public client is never asked about; another one may have asked for a token of its own.
        (of(EXCHANGE, EXPENSES, public=True), [EXPENSES], [], NO),
        (of(EXCHANGE, EXPENSES), [EXPENSES], [], NOT_KNOWN),
        (of(EXCHANGE, EXPENSES, public=False), [EXPENSES], [], NOT_KNOWN),
        (of(EXCHANGE, EXPENSES, public=True), ["All"], [EXPENSES], YES),
        (of(EXCHANGE, EXPENSES), ["All"], [EXPENSES], YES),
        (of(EXCHANGE, EXPENSES), ["All"], [EXCHANGE], NOT_KNOWN),
        (of(EXCHANGE, EXPENSES, public=True), ["All"], [EXCHANGE], NO),
        (of(EXCHANGE, EXPENSES), ["All"], [EXCHANGE, EXPENSES], NO),
        (Target(EXPENSES), [WIKI], [], NOT_KNOWN),
        (Target(EXPENSES), [EXPENSES], [], YES),
        # Microsoft Graph stands for what lies behind it.
        (of(GRAPH), [EXCHANGE], [], NOT_KNOWN),
        (of(GRAPH), [GRAPH], [], NOT_KNOWN),
        (of(GRAPH), ["Office365"], [], NOT_KNOWN),
        (of(GRAPH), ["MicrosoftAdminPortals"], [], NOT_KNOWN),
        (of(GRAPH), ["All"], [EXCHANGE], NOT_KNOWN),
        (of(GRAPH), ["None"], [], NO),
        # Basic scopes alone were not seen by a policy with an exception.
        (of(DIRECTORY), ["All"], [], YES),
        (of(DIRECTORY), ["All"], [EXCHANGE], NOT_KNOWN),
        (of(DIRECTORY), ["All"], [DIRECTORY], NO),
        (of(DIRECTORY), [DIRECTORY], [EXCHANGE], YES),
        # Suites.
        (of(EXCHANGE), ["Office365"], [], YES),
        (of(INTUNE), ["Office365"], [], NO),
        (of(EXPENSES), ["Office365"], [], NOT_KNOWN),
        (of(EXPENSES, owner=OWN_TENANT), ["Office365"], [], NO),
        (of(EXPENSES, owner=MICROSOFT), ["Office365"], [], NOT_KNOWN),
        (of(EXCHANGE), ["All"], ["Office365"], NO),
        (of(EXPENSES), ["All"], ["Office365"], NOT_KNOWN),
        (of(INTUNE), ["All"], ["Office365"], YES),
        (of(AZURE_PORTAL), ["MicrosoftAdminPortals"], [], YES),
        (of(EXPENSES), ["MicrosoftAdminPortals"], [], NO),
        (of(AZURE_PORTAL), ["All"], ["MicrosoftAdminPortals"], NOT_KNOWN),  # for Azure management, see below
        (of(INTUNE, next(iter(OFFICE_365.inside))), ["Office365"], [], NOT_KNOWN),
        (of(INTUNE, EXPENSES), ["Office365"], [], NOT_KNOWN),
        (of(INTUNE, EXPENSES, public=True), ["Office365"], [], NO),
        # How one signs in to the Azure portal.
        (of(MANAGEMENT, AZURE_PORTAL), ["MicrosoftAdminPortals"], [], NOT_KNOWN),
        (of(MANAGEMENT, AZURE_PORTAL), [MANAGEMENT], [], YES),
        (of(AZURE_PORTAL), [MANAGEMENT], [], NOT_KNOWN),
        (of(AZURE_PORTAL), ["All"], [MANAGEMENT], NOT_KNOWN),
        (of(EXPENSES), [MANAGEMENT], [], NO),
        # Teams lets in whom the policies of what it depends on let in.
        (of(TEAMS), [EXCHANGE], [], NOT_KNOWN),
        (of(TEAMS), [INTUNE], [], NO),
        (of(EXPENSES, "1fec8e78-bce4-4aaf-ab1b-5451cc387264", public=True), [SHAREPOINT], [], NOT_KNOWN),
        (of(TEAMS), ["All"], [TEAMS], NOT_KNOWN),
        (of(TEAMS), ["All"], [EXCHANGE], YES),
        (of(TEAMS), ["All"], [TEAMS, *sorted(DEPENDS_ON[TEAMS])], NO),
        (of(TEAMS), ["All"], ["Office365"], NO),
        # The row says it all.
        (named(EXCHANGE), [EXCHANGE], [], YES),
        (named(EXCHANGE.upper().lower()), [EXPENSES], [], NO),
        (named(EXCHANGE, EXPENSES), [EXPENSES], [], YES),
        (named(EXCHANGE, EXPENSES), ["All"], [EXPENSES], YES),
        (named(EXCHANGE, EXPENSES), ["All"], [EXPENSES, EXCHANGE], NO),
        (named(GRAPH, EXCHANGE), [EXCHANGE], [], YES),
        (named(GRAPH, EXCHANGE), [SHAREPOINT], [], NO),
        (named(DIRECTORY), ["All"], [EXCHANGE], YES),
        (named(TEAMS), [EXCHANGE], [], NO),
        (named(AZURE_PORTAL), ["MicrosoftAdminPortals"], [], YES),
        (named(EXPENSES), ["Office365"], [], NOT_KNOWN),
        (named(EXPENSES, owner=OWN_TENANT), ["Office365"], [], NO),
        (Target(EXCHANGE, EXCHANGE, frozenset()), [EXCHANGE], [], YES),
        (Target(EXCHANGE, EXCHANGE, frozenset({""})), [EXCHANGE], [], YES),
    ],
)
def test_applications(target: Target, include: list[str], exclude: list[str], expected: Applies) -> None:
    assert aimed(target, *include, exclude=tuple(exclude)) is expected


@pytest.mark.parametrize(
    ("more", "target", "expected"),
    [
        ({"includeUserActions": ["urn:user:registerdevice"]}, of(EXPENSES), NOT_KNOWN),
        ({"includeUserActions": ["urn:user:tomorrow"]}, of(EXPENSES), NOT_KNOWN),
        ({"includeAuthenticationContextClassReferences": ["c1"]}, of(EXPENSES), NOT_KNOWN),
        ({"includeAuthenticationContextClassReferences": ["c1"]}, of(EXPENSES, contexts=frozenset({"c1"})), YES),
        ({"includeAuthenticationContextClassReferences": ["c1"]}, of(EXPENSES, contexts=frozenset({"c2"})), NO),
        ({"includeAuthenticationContextClassReferences": ["c1"]}, of(EXPENSES, contexts=frozenset()), NO),
        ({"applicationFilter": {"mode": "include", "rule": "x"}}, of(EXPENSES), NOT_KNOWN),
        ({"applicationFilter": {"mode": "exclude", "rule": "x"}}, of(EXPENSES), NO),  # of nothing
        ({"applicationFilter": {"mode": "sometimes", "rule": "x"}}, of(EXPENSES), NOT_KNOWN),
        ({"includeTomorrow": ["x"]}, of(EXPENSES), NOT_KNOWN),
    ],
)
def test_what_is_no_application(more: dict[str, Any], target: Target, expected: Applies) -> None:
    assert aimed(target, **more) is expected
    assert aimed(target, "All", exclude=(target.resource,), **more) is NO


@pytest.mark.parametrize("mode", ["include", "exclude", "sometimes"])
def test_a_filter_of_applications_beside_a_list(mode: str) -> None:
    """By custom attributes, which are not read."""
    more = {"applicationFilter": {"mode": mode, "rule": 'CustomSecurityAttribute.A_B -eq "x"'}}
    assert aimed(of(EXPENSES), EXPENSES, **more) is (YES if mode == "include" else NOT_KNOWN)
    assert aimed(of(EXPENSES), WIKI, **more) is (NO if mode == "exclude" else NOT_KNOWN)


def test_what_is_published_is_consistent() -> None:
    assert OFFICE_365.outside is not None
    assert OFFICE_365.inside.isdisjoint(OFFICE_365.outside)
    assert GRAPH not in OFFICE_365.inside | OFFICE_365.outside | ADMIN_PORTALS.inside
    assert all(application not in depends for application, depends in DEPENDS_ON.items())
    for management, others in STANDS_FOR.items():
        assert all(management in DEPENDS_ON[each] for each in others)
