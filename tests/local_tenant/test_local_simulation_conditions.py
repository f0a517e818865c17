"""What the log records of policies with many kinds of condition, against a reading of the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.conditions import Who, covers, reaches
from auditor.local_tenant.simulation.policy_json import guests, users
from auditor.local_tenant.simulation.policy_kinds import LATER, ORDINARY, PERSISTENT, Names

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
START = END - timedelta(days=2)
OFFICE = {
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
    "4765445b-32c6-49b0-83e6-1d93765276ca",
}
AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
JOINED = "Azure AD joined", "Hybrid Azure AD joined"

Row = dict[str, Any]


class Everything:
    """A tenant that has every later kind of policy, switched on, and what its objects say of each person."""

    def __init__(self) -> None:
        bare = Simulation(seed=5, users=120, end=END, days=2, sign_ins=4_000)
        people = list(bare.users())
        self.groups = {one["displayName"]: one["id"] for one in bare.groups()}
        self.members = {
            name: {one["id"] for one in bare.group_members(group) if one["@odata.type"] == "#microsoft.graph.user"}
            for name, group in self.groups.items()
        }
        places = {one["displayName"]: one["id"] for one in bare.named_locations()}
        self.glass = {one["id"] for one in people[:2]}
        self.travel = next(one["appId"] for one in bare.applications() if one["displayName"] == "Travel Portal")
        rows = list(bare.sign_ins(START, END))
        self.partner = next(
            row["homeTenantId"] for row in rows if row["userPrincipalName"].endswith("@fabrikam.example")
        )
        self.roles: dict[str, set[str]] = {}
        for one in bare.role_assignments():
            group = next((name for name, known in self.groups.items() if known == one["principalId"]), None)
            for holder in self.members[group] if group else {one["principalId"]}:
                if one["directoryScopeId"] == "/":
                    self.roles.setdefault(holder, set()).add(one["roleDefinitionId"])
        self.desk = next(one["id"] for one in people if one["id"] in self.members["Security Desk"])
        self.names = Names(
            glass=tuple(self.glass),
            groups=self.groups,
            offices=places["Offices"],
            blocked=places["Blocked countries"],
            home_countries=places["Home countries"],
            own_app=self.travel,
            partner=self.partner,
            desk=self.desk,
        )
        self.policies = [self.policy(kind.key, kind.build(self.names)) for kind in LATER]
        self.simulation = Simulation(seed=5, users=120, end=END, days=2, sign_ins=4_000, policies=self.policies)

    def policy(self, key: str, body: Row) -> Row:
        dates = {"createdDateTime": "2026-01-01T00:00:00Z", "modifiedDateTime": None}
        return {"id": key, "templateId": None, "state": "enabled", **dates, **body}

    def rows(self) -> Iterator[Row]:
        """Successes: their policies were asked to the end."""
        for row in self.simulation.sign_ins(START, END):
            if row["status"]["errorCode"] == 0:
                yield row


@pytest.fixture(scope="module")
def everything() -> Everything:
    return Everything()


def registered(row: Row) -> bool:
    return bool(row["deviceDetail"]["trustType"])


def managed(row: Row) -> bool:
    return bool(row["deviceDetail"]["isCompliant"])


def trusted(row: Row) -> bool:
    return bool(row["ipAddress"].startswith(("203.0.113.", "2001:db8:100::")))


def windows(row: Row) -> bool:
    return bool(row["deviceDetail"]["operatingSystem"].startswith("Windows"))


def browser(row: Row) -> bool:
    return bool(row["clientAppUsed"] == "Browser")


def guest(row: Row) -> bool:
    return bool(row["homeTenantId"] != row["resourceTenantId"])


def home(row: Row) -> bool:
    return row["location"]["countryOrRegion"] in ("NL", "BE")


Reading = Callable[[Row, Everything], bool]


def among(group: str) -> Reading:
    return lambda row, here: row["userId"] in here.members[group]


def but_glass(holds: Callable[[Row], bool]) -> Reading:
    return lambda row, here: row["userId"] not in here.glass and holds(row)


def held(row: Row, here: Everything) -> set[str]:
    return here.roles.get(row["userId"], set())


def odd(row: Row) -> bool:
    device = row["deviceDetail"]
    if device["trustType"] == "Azure AD joined":
        return not managed(row) or device["displayName"].startswith("MAC-")
    return device["trustType"] != "Hybrid Azure AD joined" and not managed(row)


EXPECTED: dict[str, Reading] = {
    "always-group-devices": lambda row, here: (
        among("Headquarters")(row, here) and managed(row) and row["deviceDetail"]["trustType"] in JOINED
    ),
    "always-named-devices": lambda row, here: (
        among("Executives")(row, here)
        and browser(row)
        and row["deviceDetail"]["displayName"].startswith("WIN-")
        and row["deviceDetail"]["trustType"] in JOINED
    ),
    "never-group": among("Contractors"),
    "never-office-browser": lambda row, here: browser(row) and row["resourceId"] in OFFICE,
    "never-app-excluded": lambda row, here: (
        row["resourceId"] != here.travel and row["deviceDetail"]["trustType"] != "Hybrid Azure AD joined"
    ),
    "never-all-guests": lambda row, here: guest(row),
    "never-partner": lambda row, here: row["homeTenantId"] == here.partner,
    "never-staff": lambda row, here: not guest(row) and row["deviceDetail"]["trustType"] not in JOINED,
    "never-role-but-one": lambda row, here: SECURITY_READER in held(row, here) and row["userId"] != here.desk,
    "never-at-home": lambda row, here: not guest(row) and home(row) and not trusted(row),
    "mfa-office": but_glass(lambda row: row["resourceId"] in OFFICE and not managed(row)),
    "mfa-portals": but_glass(lambda row: row["resourceId"] == AZURE_PORTAL),
    "frequency-but-app": lambda row, here: (
        row["userId"] not in here.glass
        and row["resourceId"] != here.travel
        and row["clientAppUsed"] in ("Browser", "Mobile Apps and Desktop clients")
    ),
    "frequency-group-but-role": lambda row, here: among("Headquarters")(row, here) and not held(row, here),
    "mfa-role-but-glass": lambda row, here: (
        row["userId"] not in here.glass and bool({GLOBAL_ADMINISTRATOR, SECURITY_READER} & held(row, here))
    ),
    "mfa-not-windows": but_glass(lambda row: not windows(row)),
    "mfa-home-countries": but_glass(lambda row: home(row) and not trusted(row)),
    "mfa-odd-devices": but_glass(odd),
    "frequency-no-risk": lambda row, here: (
        among("Contractors")(row, here) and row["riskLevelDuringSignIn"] in ("none", "low")
    ),
    "terms-partner": lambda row, here: row["homeTenantId"] == here.partner,
    "register-devices": lambda row, here: False,
    "context-sensitive": lambda row, here: False,
    "insider-risk": lambda row, here: False,
}


def test_the_log_records_what_the_conditions_say(everything: Everything) -> None:
    assert EXPECTED.keys() == {kind.key for kind in LATER}
    seen: dict[str, set[bool]] = {key: set() for key in EXPECTED}
    for row in everything.rows():
        results = {one["id"]: one["result"] for one in row["appliedConditionalAccessPolicies"]}
        assert results.keys() == EXPECTED.keys()
        for key, reading in EXPECTED.items():
            expected = reading(row, everything)
            assert (results[key] == "success") is expected, (key, row)
            assert (results[key] == "notApplied") is not expected, (key, row)
            seen[key].add(expected)
    never = {"register-devices", "context-sensitive", "insider-risk", "mfa-role-but-glass"}
    assert {key for key, both in seen.items() if both != {True, False}} <= never


def test_the_group_that_holds_a_role_is_its_members(everything: Everything) -> None:
    simulation = everything.simulation
    desk = everything.members["Security Desk"]
    assert len(desk) > 2
    assert {one["id"] for one in simulation.users() if SECURITY_READER in simulation.roles_held(one["id"])} == desk
    (group,) = (one for one in simulation.groups() if one["displayName"] == "Security Desk")
    assert group["isAssignableToRole"] is True
    assert simulation.roles_held("nobody") == frozenset()


def test_every_kind_is_drawn_and_none_for_the_demo() -> None:
    keys = {kind.build(NAMES)["displayName"] for kind in LATER}
    drawn = {one["displayName"] for seed in range(1, 31) for one in small(seed).policies()}
    assert keys <= drawn
    assert not keys & {one["displayName"] for one in small(1).policies()}
    kinds = (*PERSISTENT, *ORDINARY, *LATER)
    assert len({kind.key for kind in kinds}) == len(kinds)


def small(seed: int) -> Simulation:
    return Simulation(seed=seed, end=END, days=1, users=16, sign_ins=20)


GROUPS = ("Headquarters", "Executives", "Contractors", "All Staff", "Pilot Ring", "Policy Exclusions")
NAMES = Names(("glass",), {name: name for name in GROUPS}, "offices", "blocked", "home", "app", "partner", "desk")


PROBLEMS = {
    "always-group-devices": ["always"],
    "always-named-devices": ["always"],
    "never-group": [],
    "never-office-browser": ["not-all-apps"],
    "never-app-excluded": ["not-all-apps"],
    "never-all-guests": [],
    "never-partner": [],
    "never-staff": ["people-excluded"],
    "never-role-but-one": ["people-excluded"],
    "never-at-home": [],
}


def test_problems_of_the_later_kinds() -> None:
    told = {line["id"]: line["problems"] for line in Everything().simulation.truth() if line["kind"] == "policy"}
    assert told == PROBLEMS


PERSON = Who("", "", "", frozenset(), frozenset())
GUEST = Who("", "b2bCollaborationGuest", "partner", frozenset(), frozenset())
MEMBER = GUEST._replace(external="b2bCollaborationMember")
STRANGER = GUEST._replace(home="elsewhere")
SERVICE = GUEST._replace(external="serviceProvider")


@pytest.mark.parametrize(
    ("condition", "reached"),
    [
        (users(includeUsers=["All"]), {PERSON, GUEST, MEMBER, STRANGER, SERVICE}),
        (users(includeUsers=["GuestsOrExternalUsers"]), {GUEST, MEMBER, STRANGER, SERVICE}),
        (users(includeGuestsOrExternalUsers=guests()), {GUEST, MEMBER, STRANGER}),
        (users(includeGuestsOrExternalUsers=guests("partner", "other")), {GUEST, MEMBER}),
        (users(includeUsers=["All"], excludeGuestsOrExternalUsers=guests("partner")), {PERSON, STRANGER, SERVICE}),
        (users(includeUsers=["None"]), set()),
    ],
)
def test_guests(condition: Row, reached: set[Who]) -> None:
    policy = {"conditions": {"users": condition}}
    assert {who for who in (PERSON, GUEST, MEMBER, STRANGER, SERVICE) if reaches(policy, who)} == reached


@pytest.mark.parametrize(
    ("apps", "covered"),
    [
        ({"includeApplications": ["All"]}, {"mail", "portal", "action"}),
        ({"includeApplications": ["All"], "excludeApplications": ["Office365"]}, {"portal", "action"}),
        ({"includeApplications": ["Office365", "MicrosoftAdminPortals"]}, {"mail", "portal"}),
        ({"includeUserActions": ["urn:user:registerdevice"]}, {"action"}),
        ({"includeUserActions": ["urn:user:registersecurityinfo"]}, set()),
        ({"includeAuthenticationContextClassReferences": ["c1", "c37"]}, {"context"}),
        ({"includeAuthenticationContextClassReferences": ["c3"]}, set()),
    ],
)
def test_targets(apps: Row, covered: set[str]) -> None:
    targets = {
        "mail": "00000002-0000-0ff1-ce00-000000000000",
        "portal": AZURE_PORTAL,
        "action": "urn:user:registerdevice",
        "context": "c37",
    }
    policy = {"conditions": {"applications": apps}}
    assert {name for name, target in targets.items() if covers(policy, target)} == covered
