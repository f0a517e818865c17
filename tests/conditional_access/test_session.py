import pytest

from auditor.conditional_access.session import INERT, PROBLEMS, problems, sets_persistent_browser
from auditor.tenant.graph_json import policy as parsed
from auditor.testing import policy


def slugs(**changes: object) -> tuple[str, ...]:
    made = policy()
    conditions = changes.pop("conditions", {})
    made["conditions"] |= conditions  # type: ignore[arg-type]
    return problems(parsed(made | changes))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (slugs(), ()),
        (problems(parsed(policy(mode="always"))), ("always",)),
        (slugs(state="disabled"), ("disabled",)),
        (slugs(state="enabledForReportingButNotEnforced"), ("report-only",)),
        (slugs(state="paused"), ("state-not-known",)),
        (problems(parsed(policy(enabled=False))), ("control-not-enabled",)),
        (slugs(sessionControls={"persistentBrowser": {"isEnabled": True}}), ("mode-not-known",)),
        (slugs(conditions={"clientAppTypes": ["browser"]}), ()),
        (slugs(conditions={"clientAppTypes": ["other"]}), ("browser-not-included",)),
        (slugs(conditions={"clientAppTypes": []}), ("browser-not-included",)),
        (slugs(conditions={"applications": {"includeApplications": ["All", "x"]}}), ("not-all-apps",)),
        (
            slugs(
                conditions={
                    "applications": {
                        "includeApplications": ["All"],
                        "applicationFilter": {"mode": "exclude", "rule": 'CustomSecurityAttribute.A_B -eq "x"'},
                    }
                }
            ),
            ("not-all-apps",),
        ),
        (slugs(conditions={"users": {}}), ("nobody-in-scope",)),
        (
            slugs(conditions={"users": {"includeUsers": ["None"], "excludeUsers": ["x"]}}),
            ("nobody-in-scope", "people-excluded"),
        ),
        (slugs(conditions={"users": {"includeRoles": ["r"]}}), ()),
        (
            slugs(
                conditions={"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}}}
            ),
            (),
        ),
        (
            slugs(conditions={"users": {"includeUsers": ["All"], "excludeGuestsOrExternalUsers": {"x": 1}}}),
            ("people-excluded",),
        ),
    ],
)
def test_problems(found: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert found == expected


def test_exclusions_are_no_problem_of_an_always() -> None:
    made = policy(mode="always")
    made["conditions"]["users"]["excludeUsers"] = ["x"]
    assert problems(parsed(made)) == ("always",)


def test_only_policies_that_set_the_control() -> None:
    policies = [parsed(policy("a")), parsed(policy("b", mode=None)), parsed(policy("c", enabled=False))]
    assert [each.name for each in sets_persistent_browser(policies)] == ["a", "c"]


def test_every_problem_has_its_sentence() -> None:
    assert set(PROBLEMS) >= INERT
    assert all(sentence.endswith(".") for sentence in PROBLEMS.values())
