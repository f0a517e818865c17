"""Whom and what a set of policies misses together: people, at the sign-in that the policies are made for, and other
kinds of sign-in, for those who are covered there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.conditional_access.administrators import (
    Holder,
    Holders,
    RoleVerdict,
    account_of,
    anybody_who_holds,
    as_if_active,
    holders,
    objects_by_id,
    surely_held,
    verdict,
)
from auditor.conditional_access.cases import Case, Trait, cases
from auditor.conditional_access.coverage import Coverage, Does, standing_between
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.exclusions import leaving_aside, without_exclusions
from auditor.conditional_access.people import people
from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.supposed import supposed
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import DIRECT_CONNECT, EXTERNAL, INTERNAL_GUEST, MEMBER, SOMEBODY, Person
from auditor.tenant.dataset import Collected
from auditor.tenant.policy import ALL, GUESTS, NONE
from auditor.tenant.records import DirectoryObject
from auditor.tenant.tenant import Tenant

GUEST_KINDS = (*sorted(EXTERNAL - {DIRECT_CONNECT}), INTERNAL_GUEST)
"""Kinds of guests who can have a browser session of this tenant that a policy decides about."""


@dataclass(frozen=True, slots=True)
class MissedKind:
    """Members, or guests of one kind, whom nothing names. `home`: of those from this tenant only, or "". `groups`: by
    which groups some of them are covered all the same."""

    kind: str
    home: str
    applies: Applies
    groups: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissedExcluded:
    """An excluded group or user. `by`: names of the policies that exclude it. `people`: ids of those who are missed;
    `not_known`: of those of whom it is not known. `count`: of members of a group that was only counted, for it is big;
    then it has no `people`, and as a rule they are missed. Without any of these its members were not read."""

    id: str
    by: tuple[str, ...]
    people: tuple[str, ...]
    not_known: tuple[str, ...]
    because: tuple[str, ...]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class MissedCase:
    """A kind of sign-in, by what sets it apart. `who`: "members", "guests", "administrators". `partly`: on some of
    these devices. `certain`: if not, `because` says what is missing."""

    traits: tuple[Trait, ...]
    who: tuple[str, ...]
    certain: bool
    partly: bool
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """`case`: the sign-in by which people are judged, the nearest to the ordinary one that a policy reaches. `made_up`:
    the supposed directory. `held`: the roles of administrators and those that policies exclude, by id."""

    coverage: Coverage
    does: Does
    case: Case
    directory: Directory
    made_up: Directory
    objects: Mapping[str, DirectoryObject]
    objects_whole: bool
    held: Mapping[str, Holders]
    emergency: frozenset[str]

    def asked(self, person: Person, directory: Directory) -> Applies:
        return self.coverage.reaches(person, directory, self.case)

    def because(self, person: Person, directory: Directory) -> tuple[str, ...]:
        """What stands between each policy and the person."""
        return reasons(self, person, directory, self.case)

    def because_of_holder(self, role: str, holder: Holder) -> tuple[str, ...]:
        """The same for who holds a role or may activate it."""
        where = as_if_active(self.directory, role, holder.user_id) if holder.eligible else self.directory
        return self.because(account_of(holder.user_id, self.objects), where)


def survey(tenant: Tenant, does: Does) -> Survey | None:
    """Of the policies that do what is asked for; None when none of them reaches any browser sign-in. It needs policies,
    the datasets of the directory, role_eligibilities and service_principals. Emergency accounts are left aside."""
    directory = Directory.of(tenant)
    doing = [each for each in tenant.policies if does(each).applies is not Applies.NO]
    policies = leaving_aside(tenant.break_glass, doing, directory)
    made_up = supposed(policies, directory)
    found = cases(policies, made_up, lambda app: tenant.name_of(app, "service_principals"))
    coverage = Coverage(policies, does, found, made_up)
    case = coverage.nearest_case()
    if case is None:
        return None
    roles = dict.fromkeys((*ADMIN_ROLES, *(role for each in policies for role in each.conditions.users.exclude_roles)))
    return Survey(
        coverage,
        does,
        case,
        directory,
        made_up,
        objects_by_id(tenant),
        isinstance(tenant.reading("directory_objects"), Collected),
        holders(tenant, directory, roles),
        tenant.break_glass,
    )


def reasons(of: Survey, person: Person, directory: Directory, case: Case) -> tuple[str, ...]:
    """For each policy, what stands between it and the person's sign-in, as "'Policy': reasons"; first those of which
    that is not known, which decide where the answer is not known."""
    found = []
    for policy in of.coverage.policies:
        decision = standing_between(policy, of.does, person, case, directory, of.made_up)
        if decision.applies is not Applies.YES:
            found.append((decision.applies, f"{policy.name or policy.id!r}: {' '.join(decision.reasons)}"))
    return tuple(said for _, said in sorted(found, key=lambda each: each[0] is Applies.NO))


def missed_kinds(of: Survey) -> Iterator[MissedKind]:
    """Members, and guests by kind. Guests of one tenant only where those of others are covered."""
    guests = [
        each
        for policy in of.coverage.policies
        for each in (policy.conditions.users.include_guests, policy.conditions.users.exclude_guests)
        if each
    ]
    homes = tuple(dict.fromkeys(tenant for each in guests for tenant in each.tenants))
    for kind in (MEMBER, *GUEST_KINDS):
        anybody = Person(SOMEBODY, frozenset({kind}), SOMEBODY if kind in EXTERNAL else "")
        missed = tuple(_missed_kind(of, kind, "", anybody))
        yield from missed
        if not missed and kind in EXTERNAL:
            for home in homes:
                yield from _missed_kind(of, kind, home, anybody._replace(home=home))


def _missed_kind(of: Survey, kind: str, home: str, anybody: Person) -> Iterator[MissedKind]:
    applies = of.asked(anybody, of.made_up)
    if applies is not Applies.YES:
        included = dict.fromkeys(
            group for policy in of.coverage.policies for group in policy.conditions.users.include_groups
        )
        groups = (group for group in included if of.asked(anybody._replace(user_id=group), of.made_up) is Applies.YES)
        yield MissedKind(kind, home, applies, tuple(groups), of.because(anybody, of.made_up))


def verdicts_on_roles(of: Survey) -> Iterator[tuple[str, RoleVerdict]]:
    """By role id. Of a role that makes no administrator, those whom its exclusion leaves out, and no others."""
    for role, held in of.held.items():
        ask = of.asked if role in ADMIN_ROLES else lambda who, where: _left_out(of, who, where)
        yield role, verdict(role, held, of.directory, of.objects, of.emergency, ask)


def _left_out(of: Survey, person: Person, directory: Directory) -> Applies:
    """`Survey.asked`, but YES for whomever the policies would not reach without their exclusions either."""
    answer = of.asked(person, directory)
    if answer is Applies.YES:
        return answer
    included = (people(without_exclusions(each).conditions, person, directory) for each in of.coverage.policies)
    return Applies.YES if all(each.applies is Applies.NO for each in included) else answer


def missed_groups(of: Survey) -> Iterator[MissedExcluded]:
    """Excluded groups whose members nothing else covers."""
    for group, by in _excluding(of, "exclude_groups").items():
        real = of.directory.groups.get(group)
        if real is not None and real.gone:
            continue
        if real is None or real.users is None:
            somebody = Person(group, frozenset({MEMBER}))
            answer = _left_out(of, somebody, of.made_up)
            if answer is not Applies.YES:
                unread = of.directory.in_group(SOMEBODY, group).reasons
                why = (*unread, *of.because(somebody, of.made_up))
                yield MissedExcluded(group, by, (), (), why, real.count if real and answer is Applies.NO else None)
        else:
            yield from _missed(of, group, by, sorted(real.users))


def missed_users(of: Survey) -> Iterator[MissedExcluded]:
    """Excluded users whom nothing else covers. Who is no longer in the directory cannot sign in."""
    for user, by in _excluding(of, "exclude_users").items():
        gone = of.objects_whole and user not in of.objects
        if user not in (ALL, NONE, GUESTS) and not gone:
            yield from _missed(of, user, by, [user])


def _missed(of: Survey, identity: str, by: tuple[str, ...], users: Sequence[str]) -> Iterator[MissedExcluded]:
    answers = {
        user: _left_out(of, account_of(user, of.objects), of.directory) for user in users if user not in of.emergency
    }
    missed, not_known = (
        tuple(user for user, answer in answers.items() if answer is wanted)
        for wanted in (Applies.NO, Applies.NOT_KNOWN)
    )
    if missed or not_known:
        first = account_of((*missed, *not_known)[0], of.objects)
        yield MissedExcluded(identity, by, missed, not_known, of.because(first, of.directory))


def _excluding(of: Survey, side: str) -> Mapping[str, tuple[str, ...]]:
    """What stands on that side of a policy's users -> names of the policies on whose side it stands."""
    found: dict[str, tuple[str, ...]] = {}
    for policy in of.coverage.policies:
        for identity in getattr(policy.conditions.users, side):
            found[identity] = (*found.get(identity, ()), policy.name or policy.id)
    return found


def missed_cases(of: Survey) -> Iterator[MissedCase]:
    """Kinds of sign-in that members, guests or administrators who are covered otherwise are not covered in. Managed
    devices are left aside."""
    found: dict[tuple[frozenset[Trait], bool], MissedCase] = {}
    for who, person, directory, there in _everybody(of):
        for gap in of.coverage.gaps(person, directory, of.case):
            if gap.case.managed or (not gap.differs and not gap.partly):
                continue
            traits = gap.differs or tuple(trait for trait in gap.case.traits if trait.kind == "device")
            certain = gap.certain and there
            before = found.get((frozenset(traits), certain))
            found[frozenset(traits), certain] = MissedCase(
                traits,
                tuple(dict.fromkeys((*(before.who if before else ()), who))),
                certain,
                gap.partly and (before is None or before.partly),
                before.because if before else reasons(of, person, directory, gap.case),
            )
    sure = {traits for traits, certain in found if certain}
    yield from (each for (traits, certain), each in found.items() if certain or traits not in sure)


def _everybody(of: Survey) -> Iterator[tuple[str, Person, Directory, bool]]:
    """Each with whether there is such a one for certain."""
    for kind in (MEMBER, *GUEST_KINDS):
        somebody = Person(SOMEBODY, frozenset({kind}), SOMEBODY if kind in EXTERNAL else "")
        yield "members" if kind == MEMBER else "guests", somebody, of.made_up, True
    for role in ADMIN_ROLES:
        for holder in of.held[role].people:
            if holder.user_id not in of.emergency:
                where = as_if_active(of.directory, role, holder.user_id) if holder.eligible else of.directory
                yield "administrators", account_of(holder.user_id, of.objects), where, True
        if of.held[role].unseen or of.held[role].unseen_eligible:
            person, where = anybody_who_holds(role, of.directory)
            yield "administrators", person, where, surely_held(role, of.held[role])


def roles_of(users: Iterable[str], of: Survey) -> tuple[str, ...]:
    """The roles of administrators, by id, that any of these people hold or may activate."""
    wanted = set(users)
    return tuple(role for role in ADMIN_ROLES if any(each.user_id in wanted for each in of.held[role].people))
