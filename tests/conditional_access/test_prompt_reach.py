"""`prompt_moot` has the cases of policies; here is what only a made-up directory shows."""

import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.prompt_reach import (
    excluded_people,
    own_browser_sign_ins,
    prompt_reach,
    reaches_everybody,
    reaches_everybody_but,
)
from auditor.tenant.circumstances import ANY_KIND, Circumstances, Person, Target, Way
from auditor.tenant.policy import Applications, Conditions, PersistentBrowser, Policy, Users
from auditor.tenant.records import GroupMembers
from auditor.tenant.sign_in_log import Sight

MEMBER = frozenset({"member"})


def made(users: Users, mode: str = "never") -> Policy:
    conditions = Conditions(users, Applications(("All",)), ("all",))
    return Policy("p", "P", "enabled", conditions, persistent_browser=PersistentBrowser(mode, True))


def directory(**changes: object) -> Directory:
    groups = {
        "few": GroupMembers("few", 2, frozenset({"u1", "u2"})),
        "gone": GroupMembers("gone", None, None, gone=True),
        "big": GroupMembers("big", 5_000, None),
    }
    principals = {"u1": "user", "u3": "user", "few": "group", "sp": "servicePrincipal", "odd": "object"}
    holders = {role: frozenset(held.split()) for role, held in (("r1", "u3 few sp"), ("r2", "odd"), ("r3", ""))}
    return Directory(groups=groups, principals=principals, holders=holders, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("users", "people"),
    [
        (Users(("All",), exclude_users=("u9", "GuestsOrExternalUsers")), {"u9"}),
        (Users(("All",), exclude_groups=("few", "gone"), exclude_users=("u1",)), {"u1", "u2"}),
        (Users(("All",), exclude_groups=("big",)), None),
        (Users(("All",), exclude_groups=("few", "unread")), None),
        (Users(("All",), exclude_roles=("r1",)), {"u1", "u2", "u3"}),
        (Users(("All",), exclude_roles=("r2",)), None),
        (Users(("All",), exclude_roles=("r3", "held by nobody")), set()),
    ],
)
def test_whom_a_policy_leaves_out(users: Users, people: set[str] | None) -> None:
    assert excluded_people(made(users), directory()) == (None if people is None else frozenset(people))


def test_roles_that_were_not_read_leave_out_nobody_knows_whom() -> None:
    assert excluded_people(made(Users(("All",), exclude_roles=("r3",))), directory(holders_missing="403")) is None


@pytest.mark.parametrize(
    ("users", "everybody", "but"),
    [
        (Users(("All",)), True, False),
        (Users(("All",), exclude_users=("u1",)), False, True),
        (Users(("All",), exclude_groups=("few",)), False, True),
        (Users(include_groups=("few",)), False, False),
        (Users(include_roles=("r1",), exclude_users=("u1",)), False, False),
        (Users(("GuestsOrExternalUsers",)), False, False),
    ],
)
def test_reaching_everybody(users: Users, everybody: bool, but: bool) -> None:
    policy = made(users)
    assert (reaches_everybody(policy, directory()), reaches_everybody_but(policy, directory())) == (everybody, but)


@pytest.mark.parametrize(
    ("kinds", "client", "counted"),
    [
        (MEMBER, "browser", True),
        (frozenset({"member", "internalGuest"}), "", True),  # what v1.0 rows tell, and a client that is not known
        (frozenset({"internalGuest"}), "browser", False),
        (frozenset({"b2bCollaborationGuest"}), "browser", False),
        (ANY_KIND, "browser", False),
        (MEMBER, "mobileAppsAndDesktopClients", False),
    ],
)
def test_whose_sign_ins_count(kinds: frozenset[str], client: str, counted: bool) -> None:
    sight = Sight(Circumstances(Person("u", kinds), Target("r"), Way(client)), 1, 0, None)
    assert bool(own_browser_sign_ins([sight])) is counted


def test_sign_ins_by_what_decides() -> None:
    def sight(user: str, completed: int) -> Sight:
        return Sight(Circumstances(Person(user, MEMBER), Target("r"), Way("browser")), completed, 0, None)

    policies = made(Users(include_groups=("few",))), made(Users(include_groups=("big",), exclude_users=("u9",)))
    found = prompt_reach(policies, directory(), [sight("u1", 5), sight("u9", 3), sight("u7", 2)])
    assert (found.decided, found.left, found.not_known, found.total) == (5, 3, 2, 10)
    ((reason, count),) = found.because
    assert "too big" in reason
    assert count == 2
