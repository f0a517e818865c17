"""Sessions of administrators that last.

What it means: somebody who holds the role, or may activate it, is not kept to both halves of what the CIS Microsoft 365
Foundations Benchmark wants of administrators (5.2.2.4): a browser session that ends with the browser, and signing in
again after so many hours at the latest (4, or as the config says). Each person is judged, not the list of roles in a
policy: in a browser, on any device, from anywhere, for all resources. Two policies may give the two halves. Hours and
days are told apart; every time is as good as 0 hours.

Why it matters: whoever gets hold of an administrator's browser, or steals the cookie out of it, is that administrator
until the session ends.

What to do: write a policy for the roles of administrators and all resources, with the persistent browser session never
and a sign-in frequency of 4 hours, without conditions that leave a device, a platform or a place out. Exclude nobody
but emergency accounts, which the config names under [tenant.administrators]; they are left aside here.

What it cannot see: roles held for a part of the directory and roles of one's own making are not looked at, for policies
cannot name them; nor are roles that nobody holds. Whoever may activate a role is judged as if it were active. That a
role held through a group counts like any other is an inference. A sign-in frequency that asks for the second factor
only leaves the first to the old session, and does not count. Sign-ins at risk are not looked at, nor whether another
policy blocks what is told here. Whether somebody is a guest is told by the user principal name. Where the holders of
roles were not read, one finding names all roles for which policies do not give both halves, for no tenant is without a
Global Administrator; where it is other roles only, that is no finding, and the check is not run.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from auditor.api import (
    ADMIN_ROLES,
    NEEDED,
    Applies,
    Check,
    Collected,
    Confidence,
    Coverage,
    Directory,
    DirectoryObject,
    Does,
    Doubt,
    Evidence,
    Finding,
    Gap,
    Holder,
    Holders,
    Person,
    Policy,
    RoleVerdict,
    Severity,
    Subject,
    Tenant,
    account_of,
    anybody_who_holds,
    as_if_active,
    asks_again_within,
    cases,
    holder_in_words,
    holders,
    leaving_aside,
    never_persistent,
    objects_by_id,
    of_those_read,
    standing_between,
    supposed,
    surely_held,
    sureness,
    told,
    verdict,
)

_MOST_NAMED = 3
_READ = (*NEEDED, "service_principals")
_ROLES = Subject("roles", "administrators", "Administrators")


@dataclass(frozen=True, slots=True)
class _Lacking:
    """`who`: a person, or those who hold a role, in words. `gap`: the sign-in that shows that a half is lacking."""

    who: str
    person: Person
    where: Directory
    gap: Gap


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of the requirement. `words`: "browser session that ends with the browser". `tried`: the policies that
    set the control it takes, whatever to."""

    words: str
    does: Does
    coverage: Coverage
    tried: tuple[Policy, ...]

    def gaps(self, person: Person, directory: Directory) -> tuple[Gap, ...]:
        return self.coverage.gaps(person, directory, self.coverage.cases[0])

    def lacking(self, asked: Iterable[tuple[str, Person, Directory]]) -> Iterator[_Lacking]:
        """Those who certainly do not have it."""
        for who, person, where in asked:
            gap = next((gap for gap in self.gaps(person, where) if gap.certain), None)
            if gap is not None:
                yield _Lacking(who, person, where, gap)


@dataclass(frozen=True, slots=True)
class _Look:
    tenant: Tenant
    directory: Directory
    made_up: Directory
    objects: Mapping[str, DirectoryObject]
    held: Mapping[str, Holders]
    halves: tuple[_Half, _Half]

    def asked(self, person: Person, directory: Directory) -> Applies:
        """Whether both halves hold for all sign-ins of the person."""
        gaps = [gap for half in self.halves for gap in half.gaps(person, directory)]
        return Applies.NO if any(gap.certain for gap in gaps) else Applies.NOT_KNOWN if gaps else Applies.YES

    def whom(self, role: str, holder: Holder) -> tuple[Person, Directory]:
        where = as_if_active(self.directory, role, holder.user_id) if holder.eligible else self.directory
        return account_of(holder.user_id, self.objects), where

    @property
    def remedy(self) -> str:
        """What would bring the data that could not be read."""
        readings = (self.tenant.reading(name) for name in _READ)
        return " ".join(dict.fromkeys(each.remedy for each in readings if not isinstance(each, Collected)))

    def holders(self, some: Iterable[Holder]) -> list[str]:
        return [holder_in_words(each, self.directory) for each in some]


def run(tenant: Tenant) -> Iterable[Finding]:
    look = _look(tenant)
    if not any(held.people or held.unseen or held.unseen_eligible for held in look.held.values()):
        message = "Nobody was found who holds a role of administrators, and no tenant is without."
        return told([Doubt(_ROLES, message, look.remedy)])
    roles = [
        (role, verdict(role, held, look.directory, look.objects, tenant.break_glass, look.asked))
        for role, held in look.held.items()
    ]
    return told([*(each for role, found in roles for each in _role(look, role, found)), *_unread(look, roles)])


def _look(tenant: Tenant) -> _Look:
    directory = Directory.of(tenant)
    policies = leaving_aside(tenant.break_glass, tenant.policies, directory)
    again: Does = partial(asks_again_within, hours=tenant.admin_sign_in_hours)
    doing = [
        each for each in policies if any(does(each).applies is not Applies.NO for does in (never_persistent, again))
    ]
    made_up = supposed(doing, directory)
    found = cases(doing, made_up, lambda app: tenant.name_of(app, "service_principals"))
    ends = tuple(each for each in policies if each.persistent_browser and each.persistent_browser.mode != "always")
    asks = tuple(each for each in policies if each.sign_in_frequency)
    return _Look(
        tenant,
        directory,
        made_up,
        objects_by_id(tenant),
        holders(tenant, directory, ADMIN_ROLES),
        (
            _Half(
                "browser session that ends with the browser",
                never_persistent,
                Coverage(doing, never_persistent, found, made_up),
                ends,
            ),
            _Half(
                f"new sign-in within {_hours(tenant.admin_sign_in_hours)}",
                again,
                Coverage(doing, again, found, made_up),
                asks,
            ),
        ),
    )


def _role(look: _Look, role: str, found: RoleVerdict) -> Iterator[Finding | Doubt]:
    name = ADMIN_ROLES[role]
    certain = found.whoever is Applies.NO
    groups = [f"whoever is in the group {look.directory.name(each)}" for each in found.unlisted if certain]
    if found.missed or groups:
        yield _missed(look, role, found, groups)
    elif found.not_known:
        person, where = look.whom(role, found.not_known[0])
        gaps = ((half, gap) for half in look.halves for gap in half.gaps(person, where))
        reasons = [reason for half, gap in gaps for reason in _undecided(look, half, gap, person, where)]
        who = tuple(f"{each} ({name})" for each in look.holders(found.not_known))
        message = f"Whether these holders of roles have {_both(look)} is not known"
        yield Doubt(_ROLES, message, look.remedy, who, " ".join(reasons[:1]))
    unseen = (*found.unseen, *found.unseen_eligible)
    if unseen and not certain:
        message = f"Whether everybody who holds or may activate these roles has {_both(look)} is not known"
        yield Doubt(_ROLES, message, look.remedy, (repr(name),), unseen[0])


def _unread(look: _Look, roles: Sequence[tuple[str, RoleVerdict]]) -> Iterator[Finding | Doubt]:
    """Roles for which policies do not give both halves, and whose holders were not read."""
    left_out = [
        (role, found)
        for role, found in roles
        if found.unseen and found.whoever is Applies.NO and not (found.missed or found.unlisted)
    ]
    why = tuple(dict.fromkeys(found.unseen[0] for _, found in left_out))
    names = tuple(repr(ADMIN_ROLES[role]) for role, _ in left_out)
    if any(surely_held(role, look.held[role]) for role, _ in left_out):
        parts = [f"Sessions last longer than they should for people who hold one of these roles: {', '.join(names)}."]
        parts.append(" ".join(why[:_MOST_NAMED]))
        evidence: list[str] = []
        for half in look.halves:
            asked = ((repr(ADMIN_ROLES[role]), *anybody_who_holds(role, look.directory)) for role, _ in left_out)
            lacking = [*half.lacking(asked)]
            if lacking:
                all_of_them = len(lacking) == len(left_out)
                who = "all who hold them" if all_of_them else ", ".join(each.who for each in lacking)
                parts.append(_lacking(look, half, lacking[0], who))
                evidence += [f"{each.who}: no {half.words}{_where(each.gap)}" for each in lacking]
        weight = Severity.MEDIUM, "no tenant is without a Global Administrator, and who it is was not read"
        made = _finding(look, _ROLES, " ".join(parts), weight, evidence, sure=False, key="holders not read")
        yield replace(made, remedy=f"{made.remedy} {look.remedy}".rstrip())
    elif left_out:
        message = (
            f"Whether anybody holds one of these roles, for which policies do not give {_both(look)}, is not known"
        )
        yield Doubt(_ROLES, message, look.remedy, names, " ".join(why))


def _missed(look: _Look, role: str, found: RoleVerdict, groups: Sequence[str]) -> Finding:
    name = ADMIN_ROLES[role]
    who = _some([*look.holders(found.missed), *groups])
    parts = [f"Sessions last longer than they should for these holders of {name!r}: {who}."]
    evidence: list[str] = []
    worst: list[Gap] = []
    eligible = {holder_in_words(each, look.directory) for each in found.missed if each.eligible}
    for half in look.halves:
        asked = ((holder_in_words(each, look.directory), *look.whom(role, each)) for each in found.missed)
        lacking = [*half.lacking(asked)]
        if lacking:
            worst += [each.gap for each in lacking if each.who not in eligible]
            parts.append(_lacking(look, half, lacking[0], _some([each.who for each in lacking])))
            evidence += [f"{each.who}: no {half.words}{_where(each.gap)}" for each in lacking]
    if found.not_known:
        parts.append(f"Not known: {_some(look.holders(found.not_known))}.")
    if found.unseen and found.missed:
        parts.append(found.unseen[0])
    if groups or any(not gap.case.managed for gap in worst):
        weight = Severity.HIGH, "they are administrators"
    elif worst:
        weight = Severity.MEDIUM, "it is so on managed devices only"
    else:
        weight = Severity.MEDIUM, "it takes activating the role first"
    return _finding(look, Subject("role", role, name), " ".join(parts), weight, evidence)


def _lacking(look: _Look, half: _Half, first: _Lacking, who: str) -> str:
    """That they lack this half, and what comes nearest to giving it to the first of them."""
    against = [
        (policy, standing_between(policy, half.does, first.person, first.gap.case, first.where, look.made_up))
        for policy in half.tried
    ]
    those = of_those_read(look.tenant)
    by = f" by any policy{those}" if those else ""
    said = f"No {half.words}{_where(first.gap)}{by}: {who}."
    if not against:
        return f"{said} No policy{those} sets it."
    policy, decision = min(against, key=lambda each: len(each[1].reasons))
    return f"{said} Nearest comes {policy.name or policy.id!r}: {' '.join(decision.reasons)}"


def _undecided(look: _Look, half: _Half, gap: Gap, person: Person, where: Directory) -> Iterator[str]:
    for policy in half.coverage.policies:
        decision = standing_between(policy, half.does, person, gap.case, where, look.made_up)
        if decision.applies is Applies.NOT_KNOWN:
            yield f"{policy.name or policy.id!r}: {' '.join(decision.reasons)}"


def _finding(
    look: _Look,
    subject: Subject,
    message: str,
    weight: tuple[Severity, str],
    evidence: Sequence[str],
    *,
    sure: bool = True,
    key: str = "",
) -> Finding:
    tenant = look.tenant
    severity, why = weight
    aside = [f"Emergency account, left aside: {look.directory.name(each)}." for each in sorted(tenant.break_glass)]
    aside += [f"The emergency account {each!r} in the config was not found." for each in tenant.break_glass_unresolved]
    return Finding(
        severity=severity,
        confidence=sureness(tenant) if sure else Confidence.INFERRED,
        subject=subject,
        message=f"{message} {severity.value.capitalize()}, because {why}.",
        remedy="Write one policy for the roles of administrators and all resources, without conditions, with the "
        f"persistent browser session never and a sign-in frequency of {_hours(tenant.admin_sign_in_hours)}.",
        evidence=(
            *(Evidence("policies", each) for each in evidence),
            *(Evidence("config", each) for each in aside),
        ),
        key=key,
    )


def _both(look: _Look) -> str:
    return " and ".join(f"a {half.words}" for half in look.halves)


def _where(gap: Gap) -> str:
    words = "".join(f" {trait.words}" for trait in gap.differs)
    return words + (" on some of the devices" if gap.partly else "")


def _hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"


def _some(words: Sequence[str]) -> str:
    more = len(words) - _MOST_NAMED
    return ", ".join(words[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


check = Check(
    id="admin-session-lifetime",
    title="Sessions of administrators that last",
    needs=("policies",),
    wants=_READ,
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.MEDIUM, Severity.HIGH),
)
