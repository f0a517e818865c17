from typing import Any

import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.persistence import Persistence, Session, acts, same_effect, same_reach
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Circumstances, Person, Target, Way
from auditor.tenant.graph_json import policy as parse
from auditor.testing import policy

IN_BROWSER = Circumstances(Person("ada", frozenset({"member"})), Target("app"), Way(client="browser", platform="macOS"))
OUT_OF_BROWSER = IN_BROWSER._replace(way=Way(client="mobileAppsAndDesktopClients"))


def made(name: str = "P", mode: str | None = "never", conditions: dict[str, Any] | None = None, **changes: Any) -> Any:
    given = policy(name, mode=mode) | changes
    given["conditions"] = given["conditions"] | (conditions or {})
    return parse(given)


def control(**fields: Any) -> dict[str, Any]:
    return {"sessionControls": {"persistentBrowser": fields}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (made(), Applies.YES),
        (made(mode="always"), Applies.YES),
        (made(mode=None), Applies.NO),
        (made(**control(mode="never", isEnabled=False)), Applies.NO),
        (made(**control(mode="never")), Applies.NOT_KNOWN),
        (made(**control(mode="sometimes", isEnabled=True)), Applies.NOT_KNOWN),
        (made(state="disabled"), Applies.NO),
        (made(state="enabledForReportingButNotEnforced"), Applies.NO),
        (made(state="enabledOnMondays"), Applies.NOT_KNOWN),
        (made(conditions={"applications": {"includeApplications": ["Office365"]}}), Applies.NOT_KNOWN),
        (
            made(conditions={"applications": {"includeApplications": ["All"], "excludeApplications": ["x"]}}),
            Applies.YES,
        ),
    ],
)
def test_whether_a_control_does_anything(given: Any, expected: Applies) -> None:
    decision = acts(given)
    assert decision.applies is expected
    assert bool(decision.reasons) is (expected is not Applies.YES)


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([], Session.AS_ANSWERED),
        ([made(state="enabledForReportingButNotEnforced")], Session.AS_ANSWERED),
        ([made()], Session.NEVER),
        ([made(mode="always"), made(mode=None)], Session.ALWAYS),
        ([made(mode="always"), made()], Session.CONTESTED),
        ([made(mode="always"), made(conditions={"userRiskLevels": ["high"]})], Session.NOT_KNOWN),
        ([made(), made(conditions={"userRiskLevels": ["high"]})], Session.NEVER),
        ([made(conditions={"userRiskLevels": ["high"]})], Session.NOT_KNOWN),
        ([made(conditions={"clientAppTypes": ["mobileAppsAndDesktopClients"]})], Session.AS_ANSWERED),
        ([made(**control(mode="sometimes", isEnabled=True))], Session.NOT_KNOWN),
    ],
)
def test_no_winner_is_predicted_and_no_guess_is_made(policies: list[Any], expected: Session) -> None:
    assert Persistence(policies, Directory()).session(IN_BROWSER) is expected


def test_outside_a_browser_nothing_is_certain() -> None:
    persistence = Persistence([made()], Directory())
    assert persistence.deciding(IN_BROWSER) == (1, 1)
    assert persistence.deciding(OUT_OF_BROWSER) == (0, 1)
    assert list(persistence.because(OUT_OF_BROWSER, 1)) == [
        "The client was not a browser: what a persistent browser control does there is not documented."
    ]


def test_an_unnamed_policy_goes_by_its_id() -> None:
    policies = [made("A"), made("", id="id-2")]
    assert list(Persistence(policies, Directory()).names(3)) == ["A", "id-2"]


@pytest.mark.parametrize(
    ("other", "reach", "effect"),
    [
        (made(grantControls={"operator": "OR", "builtInControls": ["mfa"]}), True, True),
        (made(mode="always"), True, False),
        (made(conditions={"clientAppTypes": ["browser"]}), False, False),
        (made(state="disabled"), False, False),
        (made(**control(mode="sometimes", isEnabled=True)), False, False),
    ],
)
def test_what_two_versions_have_in_common(other: Any, reach: bool, effect: bool) -> None:
    assert (same_reach(made(), other), same_effect(made(), other)) == (reach, effect)


def test_two_that_do_nothing_do_the_same_wherever_they_are_aimed() -> None:
    off = made(state="disabled")
    assert same_effect(off, made(mode=None, conditions={"clientAppTypes": ["browser"]}))
