"""The people whom two policies can tell apart, with groups and roles as they were when collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.conditional_access.classes import Class, Pair, one_of_each
from auditor.conditional_access.decision import Decision
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.guesses import Guess, guesses
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import (
    COLLABORATION,
    DIRECT_CONNECT,
    EXTERNAL,
    INTERNAL_GUEST,
    MEMBER,
    SOMEBODY,
    Person,
)
from auditor.tenant.policy import ALL, GUESTS, NONE, Users

KINDS = (
    MEMBER,
    "b2bCollaborationGuest",
    INTERNAL_GUEST,
    "b2bCollaborationMember",
    "otherExternalUser",
    "serviceProvider",
    DIRECT_CONNECT,
)
"""The kinds of people, those that most tenants have first."""


def people_classes(pair: Pair, directory: Directory, kinds: Sequence[str] = KINDS) -> Iterator[Class[Person]]:
    """Somebody of each of `kinds` whom nothing names, one of those whom the policies name, by themselves or by a group
    or a role, and a member of each group that was counted and not listed. Of all but the first it is not known whether
    they are guests; who comes by B2B direct connect has no account to name."""
    users = [conditions.users for conditions in pair]
    anybody = tuple(_of_each_kind(users, kinds))
    with_account = [each for each in anybody if DIRECT_CONNECT not in each.kinds]
    unknown = _Unknown(users, directory)
    for person in anybody:
        (kind,) = person.kinds
        yield unknown.made("an ordinary member" if kind == MEMBER else f"a guest ({kind})", [person])
    sides = [side for each in users for side in _sides(each, directory)]
    for user in _representatives([named for named, _ in sides]):
        yield unknown.made(directory.name(user), _as(user, with_account), _guest_or_not(user, with_account, directory))
    for user in _representatives([perhaps for _, perhaps in sides]):
        who = (f"Who {directory.name(user)} is, who holds a role, is not known.",)
        yield unknown.made(directory.name(user), _as(user, with_account), who, exists=False)
    listed = len(frozenset[str]().union(*(named for named, _ in sides)))
    for group in unknown.counted:
        exists = (directory.groups[group].count or 0) > listed
        yield unknown.made(f"a member of the group {directory.name(group)}", with_account, exists=exists, of=group)


class _Unknown:
    """The groups and roles that policies name and of which it is not known whether somebody is in them."""

    def __init__(self, users: Iterable[Users], directory: Directory) -> None:
        self._directory = directory
        self._lists = [
            side
            for each in users
            for side in (
                (*each.include_groups, *each.include_roles),
                (*each.exclude_groups, *each.exclude_roles),
            )
        ]
        self._groups = {group for each in users for group in (*each.include_groups, *each.exclude_groups)}
        self._roles = {role for each in users for role in (*each.include_roles, *each.exclude_roles)}

    @property
    def counted(self) -> Iterator[str]:
        for group in sorted(self._groups):
            known = self._directory.groups.get(group)
            if known is not None and not known.gone and known.users is None:
                yield group

    def _of(self, user: str) -> dict[str, Decision]:
        found = {group: self._directory.in_group(user, group) for group in sorted(self._groups)}
        found |= {role: self._directory.holds_role(user, role) for role in sorted(self._roles)}
        return {name: decision for name, decision in found.items() if decision.applies is Applies.NOT_KNOWN}

    def made(
        self, label: str, people: Sequence[Person], doubts: Iterable[str] = (), *, exists: bool = True, of: str = ""
    ) -> Class[Person]:
        """A class of one person who is of one of several kinds. `of`: a group in which they are."""
        unknown = self._of(people[0].user_id) if people else {}
        possible: Iterable[Guess] = guesses(self._lists, unknown)
        if of:
            possible = [guess for guess in possible if of in guess.inside]
        reasons = (reason for decision in unknown.values() for reason in decision.reasons)
        variants = tuple(
            (person, guess)
            for person in people
            for guess in possible
            if not guess.inside or DIRECT_CONNECT not in person.kinds  # who has no account is in no group
        )
        return Class(label, variants, tuple(dict.fromkeys((*doubts, *reasons))), exists)


def _as(user: str, anybody: Iterable[Person]) -> list[Person]:
    return [person._replace(user_id=user) for person in anybody]


def _guest_or_not(user: str, kinds: Sequence[Person], directory: Directory) -> tuple[str, ...]:
    return (f"Whether {directory.name(user)} is a guest, and of which kind, is not known.",) if len(kinds) > 1 else ()


def _of_each_kind(users: Sequence[Users], kinds: Iterable[str]) -> Iterator[Person]:
    guests = [each for both in users for each in (both.include_guests, both.exclude_guests) if each]
    words = any(GUESTS in (*each.include_users, *each.exclude_users) for each in users)
    homes = one_of_each(
        (SOMEBODY, *dict.fromkeys(tenant for each in guests for tenant in each.tenants)),
        lambda tenant: tuple(tenant in each.tenants for each in guests),
    )
    told_apart = one_of_each(
        kinds,
        lambda kind: (
            words and kind == MEMBER,
            kind == DIRECT_CONNECT,
            bool(guests) and kind in EXTERNAL,
            bool(guests) and kind in COLLABORATION,
            *(kind in each.kinds for each in guests),
        ),
    )
    for kind in told_apart:
        for home in homes if kind in EXTERNAL else ("",):
            yield Person(SOMEBODY, frozenset({kind}), home)


def _sides(users: Users, directory: Directory) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Of those included, and of those excluded: the people, and the holders of roles that may be people."""
    yield _listed(users.include_users, users.include_groups, users.include_roles, directory)
    yield _listed(users.exclude_users, users.exclude_groups, users.exclude_roles, directory)


def _listed(
    names: Iterable[str], groups: Iterable[str], roles: Iterable[str], directory: Directory
) -> tuple[frozenset[str], frozenset[str]]:
    holders = {holder for role in roles for holder in directory.holders.get(role, ())}
    holding_groups = {holder for holder in holders if holder in directory.groups}
    kinds = {holder: directory.principals.get(holder, "object") for holder in holders - holding_groups}
    members = (directory.groups[group].users or () for group in {*groups, *holding_groups} if group in directory.groups)
    people = {holder for holder, kind in kinds.items() if kind == "user"}
    named = people.union(*members, (name for name in names if name not in (ALL, NONE, GUESTS)))
    return frozenset(named), frozenset(holder for holder, kind in kinds.items() if kind == "object")


def _representatives(sides: Sequence[frozenset[str]]) -> list[str]:
    """One of those who stand in the same of the sides."""
    parts = [frozenset[str]().union(*sides)]
    for side in sides:
        parts = [part for each in parts for part in (each & side, each - side) if part]
    return sorted(min(part) for part in parts if part)
