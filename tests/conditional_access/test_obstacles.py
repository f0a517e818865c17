import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.obstacles import obstacles
from auditor.conditional_access.session import INERT, problems
from auditor.tenant.graph_json import policy as parsed
from auditor.testing import policy


@pytest.mark.parametrize("state", ["enabled", "disabled", "enabledForReportingButNotEnforced"])
@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("clients", [["all"], ["browser"], ["other"]])
@pytest.mark.parametrize("users", [["All"], ["None"], []])
def test_whatever_one_policy_alone_shows_is_an_obstacle_too(
    state: str, enabled: bool, clients: list[str], users: list[str]
) -> None:
    json = policy(enabled=enabled) | {"state": state}
    json["conditions"] |= {"clientAppTypes": clients, "users": {"includeUsers": users}}
    made = parsed(json)
    found = obstacles(made, Directory())
    assert {each.slug for each in found.certain} == INERT & set(problems(made))
    assert not found.not_known


def test_a_role_that_nobody_holds_is_named_for_somebody_may_activate_it() -> None:
    json = policy()
    json["conditions"]["users"] = {"includeRoles": ["held", "unheld"], "excludeUsers": ["ada"]}
    directory = Directory(
        holders={"held": frozenset({"ada"})},
        built_in_roles=frozenset({"held", "unheld"}),
        principals={"ada": "user"},
        names={"unheld": "Global Reader"},
    )
    (obstacle,) = obstacles(parsed(json), directory).certain
    assert obstacle.unheld == ("unheld",)
    assert "nobody holds the role 'Global Reader'; everybody else whom it includes is also" in obstacle.sentence
