"""Who holds a role, active or eligible, and what is not known of that.

Only roles held for the whole directory count: no other assignment matches a policy. Whether a person is a guest is
taken from the user principal name, where Microsoft Entra marks accounts of other homes with #EXT#.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auditor.conditional_access.directory import TENANT_WIDE, Directory
from auditor.conditional_access.roles import GLOBAL_ADMINISTRATOR
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import INTERNAL_GUEST, MEMBER, Person
from auditor.tenant.dataset import Collected, Missing, Partial, Reading
from auditor.tenant.json_shapes import identity
from auditor.tenant.records import DirectoryObject, RoleHolding
from auditor.tenant.tenant import Tenant

_OF_ANOTHER_HOME = frozenset({"b2bCollaborationGuest", "b2bCollaborationMember", "otherExternalUser"})
_ANY_ACCOUNT = _OF_ANOTHER_HOME | {MEMBER, INTERNAL_GUEST}
"""Kinds of people who have an account in the directory."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds a role, or may activate it: `eligible`. `group_id`: through which group, or ""."""

    user_id: str
    eligible: bool
    group_id: str = ""


@dataclass(frozen=True, slots=True)
class Holders:
    """Of one role. `unseen`: why there may be more, as sentences; `unseen_eligible` the same of those who may activate
    it. `unlisted`: groups that hold it, active, and whose members are not known."""

    people: tuple[Holder, ...]
    unseen: tuple[str, ...]
    unseen_eligible: tuple[str, ...]
    unlisted: tuple[str, ...]


def holder_in_words(holder: Holder, directory: Directory) -> str:
    """The name, and how the role is held unless it simply is."""
    how = ["eligible"] if holder.eligible else []
    how += [f"through the group {directory.name(holder.group_id)}"] if holder.group_id else []
    return directory.name(holder.user_id) + (f" ({', '.join(how)})" if how else "")


def holders(tenant: Tenant, directory: Directory, roles: Iterable[str]) -> Mapping[str, Holders]:
    """By role template id. Needs the datasets of the directory and role_eligibilities. Who is both is active."""
    assigned, eligible = tenant.reading("role_assignments"), tenant.reading("role_eligibilities")
    held: dict[str, list[RoleHolding]] = {}
    for reading in (assigned, eligible):
        for holding in () if isinstance(reading, Missing) else reading.value:
            if holding.scope == TENANT_WIDE:
                held.setdefault(identity(holding.role_id), []).append(holding)
    not_read = [
        () if isinstance(reading, Collected) else (f"{what} was not {_how_far(reading)}read: {reading.reason}",)
        for what, reading in (("Who holds roles", assigned), ("Who may activate roles", eligible))
    ]
    return {role: _holders(held.get(role, ()), directory, *not_read) for role in roles}


def _how_far(reading: Reading[Any]) -> str:
    return "wholly " if isinstance(reading, Partial) else ""


def _holders(
    held: Iterable[RoleHolding], directory: Directory, unseen: tuple[str, ...], unseen_eligible: tuple[str, ...]
) -> Holders:
    people: dict[str, Holder] = {}
    unlisted = []
    for holding in held:  # active ones first
        principal = identity(holding.principal_id)
        group = directory.groups.get(principal)
        kind = directory.principals.get(principal, "object")
        why = ""
        if group is not None or kind == "group":
            if group is not None and group.gone:
                continue
            if group is None or group.users is None:
                what = "are not known" if group is None else "were counted and not listed, for they are too many"
                why = f"The members of the group {directory.name(principal)} {what}."
                unlisted += [] if holding.eligible else [principal]
            else:
                for user in sorted(group.users):
                    people.setdefault(user, Holder(user, holding.eligible, principal))
        elif kind == "user":
            people.setdefault(principal, Holder(principal, holding.eligible))
        elif kind == "object":
            why = f"Who {directory.name(principal)} is was not read."
        if why and holding.eligible:
            unseen_eligible = (*unseen_eligible, why)
        elif why:
            unseen = (*unseen, why)
    return Holders(tuple(people.values()), unseen, unseen_eligible, tuple(unlisted))


def account_of(user_id: str, objects: Mapping[str, DirectoryObject]) -> Person:
    """A real person, for the evaluation. `objects`: directory objects by id."""
    known = objects.get(user_id)
    name = known.user_principal_name if known else None
    kinds = _ANY_ACCOUNT if not name else _OF_ANOTHER_HOME if "#ext#" in name.lower() else frozenset({MEMBER})
    return Person(user_id, kinds)


def as_if_active(directory: Directory, role: str, user_id: str) -> Directory:
    """The directory once the person has activated the role."""
    return replace(directory, holders={**directory.holders, role: directory.holders.get(role, frozenset()) | {user_id}})


@dataclass(frozen=True, slots=True)
class RoleVerdict:
    """Of a question about everybody who holds a role: those for whom the answer is no, and those of whom it is not
    known. `whoever`: the answer for anybody who holds the role, YES where all holders are known. `unseen`: why there
    may be more of them, where that matters; `unlisted`: groups that hold the role and whose members are not known."""

    missed: tuple[Holder, ...]
    not_known: tuple[Holder, ...]
    whoever: Applies
    unseen: tuple[str, ...]
    unseen_eligible: tuple[str, ...]
    unlisted: tuple[str, ...]


def verdict(
    role: str,
    of: Holders,
    directory: Directory,
    objects: Mapping[str, DirectoryObject],
    but: frozenset[str],
    ask: Callable[[Person, Directory], Applies],
) -> RoleVerdict:
    """`but`: people who are left aside. `ask`: about a person in a directory. Who may activate the role is asked about
    as if it were active."""
    missed: list[Holder] = []
    not_known: list[Holder] = []
    for holder in of.people:
        if holder.user_id in but:
            continue
        where = as_if_active(directory, role, holder.user_id) if holder.eligible else directory
        answer = ask(account_of(holder.user_id, objects), where)
        if answer is not Applies.YES:
            (missed if answer is Applies.NO else not_known).append(holder)
    whoever = Applies.YES
    if of.unseen or of.unseen_eligible:
        whoever = ask(*anybody_who_holds(role, directory))
    if whoever is Applies.YES:
        return RoleVerdict(tuple(missed), tuple(not_known), whoever, (), (), ())
    return RoleVerdict(tuple(missed), tuple(not_known), whoever, of.unseen, of.unseen_eligible, of.unlisted)


def anybody_who_holds(role: str, directory: Directory) -> tuple[Person, Directory]:
    """Somebody who holds the role and no other, of whom nothing else is known: in which groups, or under which name.
    A policy that may leave such a one out is not known to cover the role."""
    why = "who holds the role is not known."
    gone = {name: group for name, group in directory.groups.items() if group.gone}
    return Person("", frozenset({MEMBER})), replace(
        directory, groups=gone, groups_missing=why, holders={role: frozenset({""})}, holders_missing=""
    )


def surely_held(role: str, of: Holders) -> bool:
    """Whether somebody who was not read holds the role for certain: no tenant is without a Global Administrator."""
    active = any(not each.eligible for each in of.people)
    return role == GLOBAL_ADMINISTRATOR and bool(of.unseen) and not active


def objects_by_id(tenant: Tenant) -> Mapping[str, DirectoryObject]:
    """The directory objects that were read, by id in lower case."""
    reading = tenant.reading("directory_objects")
    found: Sequence[DirectoryObject] = () if isinstance(reading, Missing) else tuple(reading.value.values())
    return {identity(each.id): each for each in found}
