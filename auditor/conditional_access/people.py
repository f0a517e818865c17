"""Is a policy aimed at the person? By users, groups, roles, kinds of guests and their tenants."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.conditional_access.decision import NO, YES, Decision, all_of, chosen, no, not_known, yes
from auditor.conditional_access.directory import Directory
from auditor.tenant.circumstances import ANY_KIND, COLLABORATION, DIRECT_CONNECT, EXTERNAL, MEMBER, Person
from auditor.tenant.policy import ALL, GUESTS, NONE, Conditions, Guests

_ANY_GUEST = ANY_KIND - {MEMBER}


def people(conditions: Conditions, person: Person, directory: Directory) -> Decision:
    """Whether the person is included and not excluded."""
    if conditions.workload_identities and conditions.users.nobody_included:
        return no("It is aimed at workload identities and not at people.")
    strangers = [
        not_known(f"Among its users stands what this version does not know: {each}.")
        for each in conditions.unknown_in("users")
    ]
    if conditions.workload_identities:
        strangers.append(not_known("It is aimed at workload identities and at people, which is not documented."))
    users = conditions.users
    return chosen(
        include=[
            *_named(users.include_users, person),
            *(directory.in_group(person.user_id, group) for group in users.include_groups),
            *(directory.holds_role(person.user_id, role) for role in users.include_roles),
            *_guests(users.include_guests, person),
            *strangers,
        ],
        exclude=[
            *_named(users.exclude_users, person),
            *(directory.in_group(person.user_id, group) for group in users.exclude_groups),
            *(directory.holds_role(person.user_id, role) for role in users.exclude_roles),
            *_guests(users.exclude_guests, person),
            *strangers,
        ],
        what="The person",
    )


def _named(names: tuple[str, ...], person: Person) -> Iterator[Decision]:
    for name in names:
        if name == ALL:
            yield _everybody(person)
        elif name == GUESTS:
            yield _of_kind(person, _ANY_GUEST)
        elif name != NONE:
            yield _is(person, name)


def _everybody(person: Person) -> Decision:
    """All that exist in the directory (concept-conditional-access-users-groups, 2024-05-21)."""
    if person.kinds == {DIRECT_CONNECT}:
        return not_known(
            "Whether all users are also those of B2B direct connect, who are not in the directory, is not known."
        )
    return YES


def _is(person: Person, user_id: str) -> Decision:
    if not person.user_id:
        return not_known("The log does not say who the person is.")
    return yes("By name.") if person.user_id == user_id else NO


def _guests(guests: Guests | None, person: Person) -> Iterator[Decision]:
    """An internal guest has no other home, so a list of tenants says nothing of one."""
    if guests is None:
        return
    kinds = frozenset(guests.kinds) & ANY_KIND
    yield all_of((_of_kind(person, kinds & EXTERNAL), _from(person, guests)))
    yield _of_kind(person, kinds - EXTERNAL)


def _of_kind(person: Person, kinds: frozenset[str]) -> Decision:
    if person.kinds and person.kinds <= kinds:
        return yes("As a guest.")
    if person.kinds and person.kinds.isdisjoint(kinds | _neighbours(kinds)):
        return NO
    return not_known("The log does not say whether the person is a guest, or of which kind; beta rows do.")


def _neighbours(kinds: frozenset[str]) -> frozenset[str]:
    """What a policy on these kinds may reach besides in Teams and SharePoint (authentication-conditional-access,
    2024-05-15)."""
    if DIRECT_CONNECT in kinds:
        return COLLABORATION
    return frozenset({DIRECT_CONNECT}) if kinds & COLLABORATION else frozenset()


def _from(person: Person, guests: Guests) -> Decision:
    if guests.membership == "all":
        return YES
    if guests.membership != "enumerated":
        return not_known(f"Which external tenants it means is not known: {guests.membership!r}.")
    if not person.home:
        return not_known("The log does not say from which tenant the person comes.")
    return YES if person.home in guests.tenants else NO
