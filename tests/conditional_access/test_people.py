"""Whom a policy is aimed at: each condition with its yes, its no and its not known."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.people import people
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import (
    ANY_KIND,
    COLLABORATION,
    DIRECT_CONNECT,
    EXTERNAL,
    INTERNAL_GUEST,
    MEMBER,
    Person,
)
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.policy import Conditions
from auditor.tenant.records import GroupMembers
from auditor.testing import policy

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
ADA, BOB = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
MEMBERS = frozenset({MEMBER})
OWN = frozenset({MEMBER, INTERNAL_GUEST})
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
FORBIDDEN = "Graph answered 403."

DIRECTORY = Directory(
    groups={
        "g-ada": GroupMembers("g-ada", 1, frozenset({ADA})),
        "g-bob": GroupMembers("g-bob", 1, frozenset({BOB})),
        "g-big": GroupMembers("g-big", 30_000, None),
        "g-gone": GroupMembers("g-gone", None, None, gone=True),
    },
    holders={
        "r-ada": frozenset({ADA}),
        "r-group": frozenset({"g-ada", BOB}),
        "r-big": frozenset({"g-big"}),
        "r-unread-group": frozenset({"g-unread"}),
        "r-robot": frozenset({"s-1"}),
        "r-unnamed": frozenset({"o-1"}),
        "r-stranger": frozenset({"x-1"}),
        "r-custom": frozenset({ADA}),
    },
    built_in_roles=frozenset(
        {"r-ada", "r-group", "r-big", "r-unread-group", "r-robot", "r-unnamed", "r-stranger", "r-nobody"}
    ),
    principals={ADA: "user", BOB: "user", "s-1": "servicePrincipal", "o-1": "object", "g-unread": "group"},
    names={"g-ada": "Pilot"},
)


def conditions(users: dict[str, Any], **more: Any) -> Conditions:
    made = policy()
    made["conditions"] |= {"users": users, **more}
    return parsed(made).conditions


def aimed(users: dict[str, Any], person: Person, directory: Directory = DIRECTORY) -> Applies:
    return people(conditions(users), person, directory).applies


@pytest.mark.parametrize("user", [ADA, ""])
@pytest.mark.parametrize(
    ("users", "of_ada", "of_nobody"),
    [
        ({"includeUsers": ["All"]}, YES, YES),
        ({"includeUsers": ["None"]}, NO, NO),
        ({}, NO, NO),
        ({"includeUsers": [ADA]}, YES, NOT_KNOWN),
        ({"includeUsers": [ADA.upper()]}, YES, NOT_KNOWN),
        ({"includeUsers": [BOB]}, NO, NOT_KNOWN),
        ({"includeUsers": ["AllTomorrow"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeUsers": ["All"], "excludeUsers": ["SomeTomorrow"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeGroups": ["g-ada"]}, YES, NOT_KNOWN),
        ({"includeGroups": ["G-ADA"]}, YES, NOT_KNOWN),
        ({"includeGroups": ["g-bob"]}, NO, NOT_KNOWN),
        ({"includeGroups": ["g-big"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeGroups": ["g-gone"]}, NO, NO),
        ({"includeGroups": ["g-unread"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeRoles": ["r-ada"]}, YES, NOT_KNOWN),
        ({"includeRoles": ["r-group"]}, YES, NOT_KNOWN),
        ({"includeRoles": ["r-big"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeRoles": ["r-unread-group"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeRoles": ["r-robot"]}, NO, NOT_KNOWN),
        ({"includeRoles": ["r-unnamed"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeRoles": ["r-stranger"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeRoles": ["r-nobody"]}, NO, NO),
        ({"includeRoles": ["r-custom"]}, NO, NO),
        ({"includeUsers": [BOB], "includeGroups": ["g-big"], "includeRoles": ["r-ada"]}, YES, NOT_KNOWN),
        # Exclusion beats inclusion, whatever is included.
        ({"includeUsers": ["All", ADA], "excludeUsers": [ADA]}, NO, NOT_KNOWN),
        ({"includeUsers": [ADA], "excludeUsers": ["All"]}, NO, NO),
        ({"includeGroups": ["g-ada"], "excludeGroups": ["g-ada"]}, NO, NOT_KNOWN),
        ({"includeUsers": ["All"], "excludeGroups": ["g-bob"]}, YES, NOT_KNOWN),
        ({"includeUsers": ["All"], "excludeGroups": ["g-big"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeUsers": ["All"], "excludeGroups": ["g-gone"]}, YES, YES),
        ({"includeUsers": [BOB], "excludeGroups": ["g-big"]}, NO, NOT_KNOWN),
        ({"includeGroups": ["g-big"], "excludeUsers": [ADA]}, NO, NOT_KNOWN),
        ({"includeUsers": ["All"], "excludeRoles": ["r-ada"]}, NO, NOT_KNOWN),
        ({"includeUsers": ["All"], "excludeRoles": ["r-custom"]}, YES, YES),
        ({"includeUsers": ["All"], "excludeRoles": ["r-unnamed"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeUsers": ["All"], "includeTomorrow": ["x"]}, NOT_KNOWN, NOT_KNOWN),
        ({"includeTomorrow": ["x"]}, NOT_KNOWN, NOT_KNOWN),
        ({"excludeUsers": [ADA], "includeTomorrow": ["x"]}, NO, NOT_KNOWN),
    ],
)
def test_users_groups_and_roles(user: str, users: dict[str, Any], of_ada: Applies, of_nobody: Applies) -> None:
    decision = people(conditions(users), Person(user, MEMBERS), DIRECTORY)
    assert decision.applies is (of_ada if user else of_nobody)
    assert decision.reasons or decision.applies is YES


@pytest.mark.parametrize(
    ("users", "directory", "expected"),
    [
        ({"includeGroups": ["g-ada"]}, Directory(groups_missing=FORBIDDEN), NOT_KNOWN),
        ({"includeRoles": ["r-ada"]}, Directory(holders_missing=FORBIDDEN), NOT_KNOWN),
        # A part that was read may say yes, and never no.
        ({"includeRoles": [GLOBAL_ADMINISTRATOR]},
         Directory(holders={GLOBAL_ADMINISTRATOR: frozenset({ADA})}, holders_missing=FORBIDDEN), YES),
        ({"includeRoles": [GLOBAL_ADMINISTRATOR]},
         Directory(holders={GLOBAL_ADMINISTRATOR: frozenset({BOB})}, holders_missing=FORBIDDEN), NOT_KNOWN),
        # Without the list of roles nobody knows whether this one is the tenant's own, which no policy goes by.
        ({"includeRoles": ["r-ada"]}, Directory(holders={"r-ada": frozenset({ADA})}), NOT_KNOWN),
        ({"includeRoles": [GLOBAL_ADMINISTRATOR]}, Directory(holders={GLOBAL_ADMINISTRATOR: frozenset({ADA})}), YES),
        ({"includeRoles": ["r-ada"]}, Directory(), NO),
        ({"includeUsers": ["All"]}, Directory(groups_missing=FORBIDDEN, holders_missing=FORBIDDEN), YES),
    ],
)  # fmt: skip
def test_what_was_not_read(users: dict[str, Any], directory: Directory, expected: Applies) -> None:
    assert aimed(users, Person(ADA, MEMBERS), directory) is expected


def test_reasons_name_what_decided() -> None:
    by_group = people(conditions({"includeGroups": ["g-ada"]}), Person(ADA, MEMBERS), DIRECTORY)
    assert by_group.reasons == ("By the group 'Pilot'.",)
    excluded = conditions({"includeUsers": ["All"], "excludeGroups": ["g-ada"]})
    assert people(excluded, Person(ADA, MEMBERS), DIRECTORY).reasons == (
        "The person is excluded: By the group 'Pilot'.",
    )
    unread = people(conditions({"includeGroups": ["g-x"]}), Person(ADA, MEMBERS), Directory(groups_missing=FORBIDDEN))
    assert unread.reasons == (f"The members of the group g-x are not known: {FORBIDDEN}",)


def guests(*kinds: str, tenants: Any = None) -> dict[str, Any]:
    return {"guestOrExternalUserTypes": ",".join(kinds), "externalTenants": tenants}


def only(*members: str) -> dict[str, Any]:
    return {"membershipKind": "enumerated", "members": list(members)}


GUEST = Person(ADA, frozenset({"b2bCollaborationGuest"}), "t-1")
ALL_KINDS = tuple(sorted(ANY_KIND - {MEMBER}))


@pytest.mark.parametrize(
    ("aim", "person", "expected"),
    [
        (guests("b2bCollaborationGuest"), GUEST, YES),
        (guests("b2bCollaborationMember"), GUEST, NO),
        (guests("b2bCollaborationGuest"), Person(ADA, COLLABORATION, "t-1"), NOT_KNOWN),
        (guests(*COLLABORATION), Person(ADA, COLLABORATION, "t-1"), YES),
        (guests(*ALL_KINDS), Person(ADA, EXTERNAL, "t-1"), YES),
        (guests(*ALL_KINDS), Person(ADA, MEMBERS), NO),
        (guests(*ALL_KINDS), Person(ADA, OWN), NOT_KNOWN),
        (guests(*ALL_KINDS), Person(ADA), NOT_KNOWN),
        (guests(*ALL_KINDS), Person(ADA, frozenset()), NOT_KNOWN),
        (guests(INTERNAL_GUEST), Person(ADA, frozenset({INTERNAL_GUEST})), YES),
        (guests(INTERNAL_GUEST), Person(ADA, EXTERNAL), NO),
        (guests("serviceProvider"), Person(ADA, frozenset({"serviceProvider"}), "t-1"), YES),
        (guests("otherExternalUser"), Person(ADA, EXTERNAL, "t-1"), NOT_KNOWN),
        (guests("otherExternalUser"), Person(ADA, OWN), NO),
        # In shared channels each of the two kinds meets the policies on the other.
        (guests(DIRECT_CONNECT), GUEST, NOT_KNOWN),
        (guests("b2bCollaborationMember"), Person(ADA, frozenset({DIRECT_CONNECT}), "t-1"), NOT_KNOWN),
        (guests(INTERNAL_GUEST), Person(ADA, frozenset({DIRECT_CONNECT}), "t-1"), NO),
        # Their tenants.
        (guests("b2bCollaborationGuest", tenants={"membershipKind": "all"}), GUEST, YES),
        (guests("b2bCollaborationGuest", tenants=only("t-1", "t-2")), GUEST, YES),
        (guests("b2bCollaborationGuest", tenants=only("T-1")), GUEST, YES),
        (guests("b2bCollaborationGuest", tenants=only("t-2")), GUEST, NO),
        (guests("b2bCollaborationGuest", tenants=only()), GUEST, NO),
        (guests("b2bCollaborationGuest", tenants=only("t-1")), GUEST._replace(home=""), NOT_KNOWN),
        (guests("b2bCollaborationGuest", tenants=only("t-1")), Person(ADA, MEMBERS), NO),
        (guests(INTERNAL_GUEST, tenants=only("t-1")), Person(ADA, frozenset({INTERNAL_GUEST}), "t-own"), YES),
        (guests("b2bCollaborationGuest", tenants={"membershipKind": "unknownFutureValue"}), GUEST, NOT_KNOWN),
        (guests("b2bCollaborationGuest", tenants={"membershipKind": "unknownFutureValue"}), Person(ADA, MEMBERS),
         NOT_KNOWN),
        (guests("b2bCollaborationGuest", tenants={"@odata.type": "#x"}), GUEST, NOT_KNOWN),
        (guests("newKind"), GUEST, NOT_KNOWN),
        ({"externalTenants": only("t-1")}, GUEST, NOT_KNOWN),
    ],
)  # fmt: skip
def test_guests(aim: dict[str, Any], person: Person, expected: Applies) -> None:
    assert aimed({"includeGuestsOrExternalUsers": aim}, person) is expected
    opposite = {YES: NO, NO: YES, NOT_KNOWN: NOT_KNOWN}[expected]
    if person.kinds != {DIRECT_CONNECT}:
        assert aimed({"includeUsers": ["All"], "excludeGuestsOrExternalUsers": aim}, person) is opposite


def test_a_new_kind_beside_a_known_one() -> None:
    aim = guests("newKind", "b2bCollaborationGuest")
    assert aimed({"includeGuestsOrExternalUsers": aim}, GUEST) is NOT_KNOWN
    assert aimed({"includeUsers": ["All"], "excludeGuestsOrExternalUsers": aim}, GUEST) is NO


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (MEMBERS, NO),
        (frozenset({INTERNAL_GUEST}), YES),
        (EXTERNAL, YES),
        (frozenset({"b2bCollaborationMember"}), YES),
        (OWN, NOT_KNOWN),
        (ANY_KIND, NOT_KNOWN),
    ],
)
def test_the_word_for_all_guests(kinds: frozenset[str], expected: Applies) -> None:
    assert aimed({"includeUsers": ["GuestsOrExternalUsers"]}, Person(ADA, kinds, "t-1")) is expected


def test_all_users_are_those_in_the_directory() -> None:
    everybody = {"includeUsers": ["All"]}
    assert aimed(everybody, Person(ADA, EXTERNAL, "t-1")) is YES
    assert aimed(everybody, Person(ADA, frozenset({"serviceProvider"}), "t-1")) is YES
    assert aimed(everybody, Person(ADA, frozenset({DIRECT_CONNECT}), "t-1")) is NOT_KNOWN


@pytest.mark.parametrize(
    ("users", "expected"), [({"includeUsers": ["None"]}, NO), ({}, NO), ({"includeUsers": ["All"]}, NOT_KNOWN)]
)
@pytest.mark.parametrize(
    "workload",
    [{"clientApplications": {"includeServicePrincipals": ["s-1"]}}, {"servicePrincipalRiskLevels": ["high"]}],
)
def test_workload_identities_are_no_people(users: dict[str, Any], workload: dict[str, Any], expected: Applies) -> None:
    assert people(conditions(users, **workload), Person(ADA, MEMBERS), DIRECTORY).applies is expected
