"""Taking data away makes no check clear and no finding worse: what is not known is told as that.

Tenants of a few policies over a small directory; from each, each dataset is taken away, emptied or cut, and every check
is run on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from auditor.answers import persistent_browser
from auditor.check import Check, Status, run_check
from auditor.conditional_access.account import Account
from auditor.finding import Confidence, Finding, Severity
from auditor.tenant.dataset import DATASETS, Missing, Partial, Reading
from auditor.testing import branding_row, named_location, policy, role_assignment, sign_in, tenant
from auditor_checks import ALL

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
ADA, BOB, EVE = (f"aaaaaaaa-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
PILOT, ADMINS, EMPTY = (f"dddddddd-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
OFFICE = named_location("Office", ranges=["198.51.100.0/24"], trusted=True)
FOUR_HOURS = {"isEnabled": True, "value": 4, "type": "hours", "frequencyInterval": "timeBased"}
UNMANAGED = {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}


def made(name: str, mode: str | None = "never", *, again: bool = False, **conditions: Any) -> dict[str, Any]:
    one = policy(name, mode=mode)
    if again:
        one["sessionControls"] = {**(one["sessionControls"] or {}), "signInFrequency": FOUR_HOURS}
    users = {"includeUsers": ["All"]} | conditions.pop("users", {})
    one["conditions"] |= conditions | {"users": users}
    return one


POLICIES = (
    made("Never", again=True),
    made("Never but the pilot", users={"excludeGroups": [PILOT]}),
    made("Never but Bob", users={"excludeUsers": [BOB]}),
    made("Never for the pilot", users={"includeUsers": [], "includeGroups": [PILOT]}),
    made("Never for nobody", users={"includeUsers": [], "includeGroups": [EMPTY]}),
    made("Never for the helpdesk", users={"includeUsers": [], "includeRoles": [HELPDESK]}),
    made("Never for administrators", again=True, users={"includeUsers": [], "includeRoles": [GLOBAL]}),
    made("Never but administrators", users={"excludeRoles": [GLOBAL]}),
    made("Never away", locations={"includeLocations": ["All"], "excludeLocations": [OFFICE["id"]]}),
    made("Never, unmanaged", devices=UNMANAGED),
    made("Never, off") | {"state": "disabled"},
    made("Always", "always"),
    made("Always but the pilot", "always", users={"excludeGroups": [PILOT]}),
    made("Always for the pilot", "always", users={"includeUsers": [], "includeGroups": [PILOT]}),
    made("Always for nobody", "always", users={"includeUsers": [], "includeGroups": [EMPTY]}),
    made("Always for Bob", "always", users={"includeUsers": [BOB], "excludeGroups": [PILOT]}),
    made("Always for the helpdesk", "always", users={"includeUsers": [], "includeRoles": [HELPDESK]}),
    made("Again", None, again=True),
)

DIRECTORY: dict[str, Any] = {
    "directory_objects": [
        *(
            {
                "@odata.type": "#microsoft.graph.user",
                "id": each,
                "displayName": name,
                "userPrincipalName": f"{name}@contoso.com",
            }
            for each, name in ((ADA, "Ada"), (BOB, "Bob"), (EVE, "Eve"))
        ),
        *(
            {"@odata.type": "#microsoft.graph.group", "id": each, "displayName": name}
            for each, name in ((PILOT, "Pilot"), (ADMINS, "Admins"), (EMPTY, "Empty"))
        ),
    ],
    "group_members": {PILOT: [BOB], ADMINS: [ADA], EMPTY: []},
    "role_templates": [{"id": GLOBAL, "displayName": "Global Administrator"}, {"id": HELPDESK, "displayName": "Help"}],
    "named_locations": [OFFICE],
    "activity_timeouts": [
        {
            "id": "t",
            "displayName": "Idle",
            "isOrganizationDefault": True,
            "definition": [
                '{"ActivityBasedTimeoutPolicy":{"Version":1,"ApplicationPolicies":'
                '[{"ApplicationId":"default","WebSessionIdleTimeout":"01:00:00"}]}}'
            ],
        }
    ],
}
ROLES: tuple[dict[str, Any], ...] = (
    {"role_assignments": [role_assignment(ADMINS, GLOBAL)]},
    {"role_assignments": [role_assignment(ADA, GLOBAL), role_assignment(BOB, HELPDESK)]},
    {"role_assignments": [role_assignment(ADA, GLOBAL)], "role_eligibilities": [role_assignment(BOB, GLOBAL)]},
)
PROMPTS: tuple[dict[str, Any], ...] = (
    {
        "sign_in_page": [branding_row(False)],
        "sign_ins": [sign_in(0), sign_in(50140, userId=EVE), sign_in(0, userId=EVE)],
    },
    {"sign_in_page": [branding_row(True)], "sign_ins": [sign_in(0, userId=BOB)]},
)


def chosen() -> list[Any]:
    """No policy, each alone, every fourth pair, and the pairs that were told wrongly once."""
    pairs = list(combinations(POLICIES, 2))
    told_wrongly = [
        (one, other)
        for one, other in pairs
        if (one["displayName"], other["displayName"])
        in {
            ("Never but Bob", "Never away"),
            ("Never but the pilot", "Never for administrators"),
            ("Never but the pilot", "Always but the pilot"),
            ("Never", "Always for nobody"),
        }
    ]
    parts = [(roles, prompts) for roles in ROLES for prompts in PROMPTS]
    made = []
    for number, policies in enumerate([(), *((each,) for each in POLICIES), *pairs[::4]]):
        made += [(policies, *parts[number % 6]), (policies, *parts[(number + 3) % 6])][: 1 if len(policies) > 1 else 2]
    made += [(policies, *each) for policies in told_wrongly for each in parts]
    return [
        pytest.param(
            {"policies": list(policies), **DIRECTORY, **roles, **prompts},
            id=" + ".join(each["displayName"] for each in policies) or "nothing",
        )
        for policies, roles, prompts in made
    ]


def with_less(reading: Reading[Any]) -> Iterator[Reading[Any]]:
    """The same dataset taken away, emptied and cut."""
    yield Missing("It was taken away.")
    value = None if isinstance(reading, Missing) else reading.value
    if isinstance(value, tuple):
        yield from (Partial(value[part], "It was cut.") for part in _parts(len(value)))
    elif isinstance(value, Mapping):
        items = tuple(value.items())
        yield from (Partial(dict(items[part]), "It was cut.") for part in _parts(len(items)))


def _parts(length: int) -> tuple[slice, ...]:
    return slice(0), *((slice(1), slice(1, None)) if length > 1 else ())


SAID_TO_BE_UNSURE = ("is not known", "not known:", " of those that were read")


def worst(findings: Iterable[Finding]) -> int:
    return max((each.severity.rank for each in findings), default=Severity.INFO.rank)


def justified(check: Check, dataset: str, finding: Finding) -> bool:
    """A finding may weigh more with less data where it says so itself, and is inferred: policies are in force of which
    it is not known whom they reach, and gaps between those that were read. What policies do together for all sign-ins
    of a log (prompt-moot) stays so whatever other policies do."""
    said = any(words in finding.message for words in SAID_TO_BE_UNSURE)
    together = check.id == "prompt-moot" and dataset == "policies" and finding.key == "moot-in-the-log"
    return finding.confidence is Confidence.INFERRED and (said or together)


@pytest.mark.parametrize("parts", chosen())
def test_less_data_makes_nothing_clear_and_nothing_worse(parts: dict[str, Any]) -> None:
    with tenant(**parts) as whole:
        before = {check.id: run_check(check, whole) for check in ALL}
        for dataset in DATASETS:
            for reading in with_less(whole.readings[dataset]):
                less = replace(whole, readings={**whole.readings, dataset: reading})
                for check in ALL:
                    if dataset in (*check.needs, *check.wants):
                        was, now = before[check.id], run_check(check, less)
                        what = f"{check.id} with less of {dataset} ({reading})"
                        assert Status.FAILED not in (was.status, now.status), f"{what}: {was.reason} {now.reason}"
                        assert now.status is not Status.CLEAR or was.status is Status.CLEAR, what
                        limit = worst(was.findings)
                        worse = [each for each in now.findings if each.severity.rank > limit]
                        unjustified = [each.message for each in worse if not justified(check, dataset, each)]
                        assert not unjustified, what


def test_without_any_policy_nothing_is_found_about_policies() -> None:
    readings = {"missing": {"policies": "403."}}, {"partial": {"policies": "None of 3 could be read."}}
    for reading in readings:
        with tenant(**DIRECTORY, **PROMPTS[0], **reading) as made_of_nothing:
            assert not persistent_browser(made_of_nothing, Account()).known
            for check in ALL:
                if "policies" in check.needs:
                    result = run_check(check, made_of_nothing)
                    assert (result.status, result.findings) == (Status.NOT_RUN, ())
