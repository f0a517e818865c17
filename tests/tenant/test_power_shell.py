import json
from datetime import datetime, timezone

import pytest

from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports.settings import power_shell
from auditor.tenant import graph_json
from auditor.tenant.power_shell import from_power_shell

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)

POLICY = {
    "Id": "11111111-1111-4111-8111-111111111111",
    "DisplayName": "Never persistent",
    "State": "enabled",
    "CreatedDateTime": "/Date(1600000000123)/",
    "Conditions": {
        "Users": {
            "IncludeUsers": {"value": ["All"], "Count": 1},
            "IncludeGuestsOrExternalUsers": {"GuestOrExternalUserTypes": None},
        },
        "Applications": {"IncludeApplications": ["All"], "ApplicationFilter": {"Mode": None, "Rule": None}},
        "ClientAppTypes": ["browser"],
        "Devices": {"DeviceFilter": {"Mode": None, "Rule": None}},
    },
    "SessionControls": {
        "PersistentBrowser": {"IsEnabled": True, "Mode": "never"},
        "SignInFrequency": {"IsEnabled": None, "Type": None, "Value": None},
        "AdditionalProperties": {"secureSignInSession": {"isEnabled": True}},
    },
    "AdditionalProperties": {},
}  # fmt: skip


def test_a_policy() -> None:
    found = from_power_shell(POLICY)
    policy = graph_json.policy(found)
    assert policy.persistent_browser is not None
    assert (policy.persistent_browser.mode, policy.persistent_browser.enabled) == ("never", True)
    assert policy.sign_in_frequency is None
    assert policy.created == "2020-09-13T12:26:40.123Z"
    assert policy.conditions.users.include_users == ("All",)
    assert policy.conditions.users.include_guests is None
    assert policy.conditions.unknown == ()
    assert found["sessionControls"]["secureSignInSession"] == {"isEnabled": True}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Id", "id"), ("IPAddress", "ipAddress"), ("IpRanges", "ipRanges"), ("ID", "id"), ("@odata.type", "@odata.type")],
)
def test_names(name: str, expected: str) -> None:
    assert from_power_shell({name: 1, "State": 2}) == {expected: 1, "state": 2}


def test_graphs_own_json_stays_as_it_is() -> None:
    graph = {"id": "x", "Extension": {"A": {"B": None}}, "at": "/Date(1)/"}
    assert from_power_shell(graph) is graph


def test_what_was_cut_off_for_its_depth_is_refused_by_whoever_reads_it() -> None:
    cut = {**POLICY, "Conditions": "@{Users=System.Object}"}
    with pytest.raises(ValueError, match="conditions is not an object"):
        graph_json.policy(from_power_shell(cut))
    with pytest.raises(ValueError, match="not a list of texts"):
        graph_json.policy(from_power_shell({**POLICY, "Conditions": {"Users": {"IncludeUsers": "All"}}}))


@pytest.mark.parametrize("dates", ["iso", "windows"])
def test_every_policy_and_location_of_a_tenant(dates: str) -> None:
    simulation = Simulation(seed=5, users=30, days=1, end=NOW)
    for each in simulation.policies():
        back = from_power_shell(json.loads(json.dumps(power_shell(each, dates=dates))))
        ours, theirs = graph_json.policy(back), graph_json.policy(each)
        same = (ours.id, ours.name, ours.state, ours.conditions, ours.persistent_browser, ours.sign_in_frequency)
        assert same == (
            theirs.id,
            theirs.name,
            theirs.state,
            theirs.conditions,
            theirs.persistent_browser,
            theirs.sign_in_frequency,
        )
        assert ours.grant == theirs.grant
    for each in simulation.named_locations():
        assert graph_json.named_location(from_power_shell(power_shell(each))) == graph_json.named_location(each)
