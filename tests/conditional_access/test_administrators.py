from typing import Any

import pytest

from auditor.conditional_access.administrators import (
    Holder,
    account_of,
    as_if_active,
    holder_in_words,
    holders,
    objects_by_id,
    verdict,
)
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.exclusions import leaving_aside
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Person
from auditor.tenant.records import DirectoryObject
from auditor.testing import policy, role_assignment, tenant

ROLE = "62e90394-69f5-4237-9190-012177145e10"


def thing(identity: str, kind: str) -> dict[str, Any]:
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": identity, "displayName": identity.title()}


OBJECTS = [thing("ada", "user"), thing("bob", "user"), thing("admins", "group"), thing("robot", "servicePrincipal")]


def held(**parts: Any) -> Any:
    with tenant(directory_objects=OBJECTS, **parts) as made:
        return holders(made, Directory.of(made), [ROLE])[ROLE]


def test_people_directly_and_through_a_group_active_or_eligible() -> None:
    found = held(
        role_assignments=[role_assignment("admins", ROLE), role_assignment("robot", ROLE)],
        role_eligibilities=[role_assignment("bob", ROLE), role_assignment("ada", ROLE)],
        group_members={"admins": ["ada"]},
    )
    assert found.people == (Holder("ada", False, "admins"), Holder("bob", True))
    assert (found.unseen, found.unseen_eligible, found.unlisted) == ((), (), ())


@pytest.mark.parametrize(
    "elsewhere",
    [
        role_assignment("ada", ROLE, "/administrativeUnits/1"),
        role_assignment("ada", "11111111-0000-4000-8000-000000000001"),
        role_assignment("ada", ROLE) | {"directoryScopeId": None, "appScopeId": "/"},
    ],
)
def test_a_part_of_the_directory_and_other_roles_do_not_count(elsewhere: dict[str, Any]) -> None:
    assert held(role_assignments=[elsewhere], role_eligibilities=[elsewhere]).people == ()


def test_what_is_not_known_is_said() -> None:
    found = held(
        role_assignments=[role_assignment("admins", ROLE), role_assignment("nobody knows", ROLE)],
        missing={"role_eligibilities": "No P2."},
        group_members={"admins": 30_000},
    )
    assert found.people == ()
    assert found.unlisted == ("admins",)
    assert "'Admins' were counted" in found.unseen[0]
    assert "Who nobody knows is was not read." in found.unseen[1]
    assert found.unseen_eligible == ("Who may activate roles was not read: No P2.",)
    assert held(missing={"role_assignments": "403."}).unseen == ("Who holds roles was not read: 403.",)


def test_a_group_that_is_gone_holds_nothing() -> None:
    found = held(role_assignments=[role_assignment("admins", ROLE)], group_members={"admins": None})
    assert (found.people, found.unseen) == ((), ())


def test_the_verdict_asks_about_each_and_about_whoever() -> None:
    with tenant(
        directory_objects=OBJECTS,
        role_assignments=[role_assignment("ada", ROLE), role_assignment("bob", ROLE)],
        missing={"role_eligibilities": "No P2."},
    ) as made:
        directory = Directory.of(made)
        of = holders(made, directory, [ROLE])[ROLE]

        def ask(person: Person, where: Directory) -> Applies:
            assert where.holds_role(person.user_id, ROLE).applies is Applies.YES
            return {"ada": Applies.NO, "": Applies.NOT_KNOWN}.get(person.user_id, Applies.YES)

        found = verdict(ROLE, of, directory, objects_by_id(made), frozenset(), ask)
        assert [each.user_id for each in found.missed] == ["ada"]
        assert found.whoever is Applies.NOT_KNOWN
        assert found.unseen_eligible == of.unseen_eligible != ()
        aside = verdict(ROLE, of, directory, objects_by_id(made), frozenset({"ada"}), ask)
        assert aside.missed == ()


def test_whoever_may_activate_a_role_is_taken_to_hold_it() -> None:
    directory = Directory(holders={ROLE: frozenset({"ada"})}, built_in_roles=frozenset({ROLE}))
    assert directory.holds_role("bob", ROLE).applies is not Applies.YES
    assert as_if_active(directory, ROLE, "bob").holds_role("bob", ROLE).applies is Applies.YES


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ada@contoso.com", {"member"}),
        ("ada_fabrikam.com#EXT#@contoso.com", {"b2bCollaborationGuest", "b2bCollaborationMember", "otherExternalUser"}),
    ],
)
def test_guests_are_told_by_their_names(name: str, kinds: set[str]) -> None:
    objects = {"ada": DirectoryObject("ada", "user", "Ada", user_principal_name=name)}
    assert account_of("ada", objects).kinds == kinds
    unnamed = account_of("bob", objects).kinds
    assert {"member", "internalGuest", *kinds} <= unnamed
    assert "b2bDirectConnectUser" not in unnamed


def test_a_holder_in_words() -> None:
    directory = Directory(names={"ada": "Ada", "g": "Admins"})
    assert holder_in_words(Holder("ada", False), directory) == "'Ada'"
    assert holder_in_words(Holder("bob", True, "g"), directory) == "bob (eligible, through the group 'Admins')"


def test_emergency_accounts_are_left_aside_by_name_and_by_a_group_of_such_alone() -> None:
    made = policy()
    made["conditions"]["users"] |= {"excludeUsers": ["e1", "ada"], "excludeGroups": ["only", "mixed", "empty", "big"]}
    groups: dict[str, Any] = {"only": ["e1", "e2"], "mixed": ["e1", "ada"], "empty": [], "big": 30_000}
    with tenant(policies=[made], group_members=groups) as read:
        (aside,) = leaving_aside(frozenset({"e1", "e2"}), read.policies, Directory.of(read))
    users = aside.conditions.users
    assert (users.exclude_users, users.exclude_groups) == (("ada",), ("mixed", "empty", "big"))
