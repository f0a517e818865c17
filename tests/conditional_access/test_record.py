"""The evaluation against what the simulated Entra recorded, which an independent piece of code decided: right wherever
it answers, and without an answer where something that it needs is withheld."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

import pytest

from auditor import testing
from auditor.conditional_access.agreement import Agreement, agreement
from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.local_tenant.simulation import Simulation

END = datetime(2026, 11, 8, tzinfo=timezone.utc)  # of testing.tenant()'s window
DAYS = 7
SEEDS = (1, 2, 3, 7, 16)

# What no row shows, whatever is read besides.
NEVER_SHOWN = ("for somebody who may activate it", "the risk of the user", "the user action", "belongs to Office 365")

Parts = dict[str, Any]


@lru_cache(maxsize=1)
def simulated(seed: int) -> Simulation:
    return Simulation(seed=seed, users=120, days=DAYS, end=END)


def parts(seed: int, api: str) -> Parts:
    return testing.parts_of(simulated(seed), api)


@contextmanager
def held(given: Parts) -> Iterator[Agreement]:
    with testing.tenant(**given) as tenant:
        yield agreement(tenant.sign_ins, Board(tenant.policies, Directory.of(tenant)))


@pytest.mark.parametrize("api", ["v1.0", "beta"])
@pytest.mark.parametrize("seed", SEEDS)
def test_it_agrees_with_the_record_wherever_it_answers(seed: int, api: str) -> None:
    with held(parts(seed, api)) as found:
        assert found.disagreements == ()
        assert found.disagreed == 0
        assert found.agreed > 10_000
        if api == "beta":
            strange = [reason for reason, _ in found.because if not any(each in reason for each in NEVER_SHOWN)]
            assert strange == []


@lru_cache(maxsize=1)
def with_everything() -> Agreement:
    with held(parts(16, "beta")) as found:
        return found


def without(*names: str) -> Callable[[Parts], Parts]:
    return lambda given: {**given, "missing": {name: "It was withheld." for name in names}}


def counted_only(given: Parts) -> Parts:
    return {**given, "group_members": {name: len(members) for name, members in given["group_members"].items()}}


def rows_without(*fields: str) -> Callable[[Parts], Parts]:
    return lambda given: {
        **given,
        "sign_ins": [{name: value for name, value in row.items() if name not in fields} for row in given["sign_ins"]],
    }


@pytest.mark.parametrize(
    "withhold",
    [
        pytest.param(without("group_members"), id="groups"),
        pytest.param(counted_only, id="groups-counted-only"),
        pytest.param(without("role_assignments"), id="roles"),
        pytest.param(without("named_locations"), id="locations"),
        pytest.param(without("directory_objects", "role_templates"), id="names"),
        pytest.param(rows_without("deviceDetail"), id="devices"),
        pytest.param(rows_without("clientAppUsed"), id="clients"),
        pytest.param(rows_without("resourceId", "conditionalAccessAudiences"), id="resources"),
        pytest.param(rows_without("ipAddress", "location"), id="places"),
        pytest.param(rows_without("riskLevelDuringSignIn"), id="risk"),
        pytest.param(rows_without("userId"), id="people"),
        pytest.param(rows_without("homeTenantId", "userType", "crossTenantAccessType"), id="homes"),
    ],
)
def test_what_is_withheld_is_not_known_and_never_wrong(withhold: Callable[[Parts], Parts]) -> None:
    before = with_everything()
    with held(withhold(parts(16, "beta"))) as after:
        assert after.disagreements == ()
        assert after.agreed + after.not_known == before.agreed + before.not_known
        assert after.agreed <= before.agreed


def test_a_policy_that_changed_is_not_held_to_what_was_before() -> None:
    given = parts(1, "beta")
    with held(given) as found:
        assert found.changed_later > 0
    late = [{**policy, "modifiedDateTime": testing.END} for policy in given["policies"]]
    with held({**given, "policies": late}) as found:
        assert found.agreed == found.not_known == 0
        assert found.changed_later > 10_000


def test_without_the_permission_for_policies_the_log_shows_no_record() -> None:
    given = parts(1, "beta")
    with held(rows_without("appliedConditionalAccessPolicies")(given)) as found:
        assert found.sign_ins == 0


def test_a_wrong_reading_would_show() -> None:
    """The comparison can fail: a policy that is read as aimed at everybody disagrees with the record."""
    given = parts(16, "beta")
    everybody = {"includeUsers": ["All"]}
    twisted = [
        {**policy, "conditions": {**policy["conditions"], "users": everybody}} if index == 0 else policy
        for index, policy in enumerate(
            sorted(given["policies"], key=lambda each: not each["conditions"]["users"]["includeGroups"])
        )
    ]
    with held({**given, "policies": twisted}) as found:
        assert found.disagreed > 0
        assert all(each.ours for each in found.disagreements)
