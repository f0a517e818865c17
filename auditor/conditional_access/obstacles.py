"""What keeps a policy from doing anything to any browser session, though it sets the persistent browser control."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditor.conditional_access.administrators import anybody_who_holds
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.exclusions import seen_from_outside, unread_exclusions
from auditor.conditional_access.let_in import BLOCK, devices_let_in
from auditor.conditional_access.overlap import Overlap, overlap_in_browsers
from auditor.conditional_access.people import people
from auditor.conditional_access.roles import GLOBAL_ADMINISTRATOR
from auditor.conditional_access.session import PROBLEMS
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached
from auditor.tenant.circumstances import MEMBER, SOMEBODY, Person
from auditor.tenant.policy import ALL, DISABLED, NONE, REPORT_ONLY, Policy, Users

# Places that no named location has to stand for: the words, the trusted addresses of the old multifactor settings, and
# all networks of Global Secure Access.
_PLACES = frozenset(
    {
        ALL,
        "AllTrusted",
        "00000000-0000-0000-0000-000000000000",
        "3d46dbda-8382-466a-856d-eb00cbc6b910",
    }
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`slug`: for a machine, where there is one among those of `session.PROBLEMS`. `unheld`: roles (ids) that the
    policy includes and nobody holds: somebody may activate them tomorrow."""

    slug: str
    sentence: str
    unheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacles:
    """`certain`: any one of them leaves the control without effect. `not_known`: why there may be more. `unless`: ids
    of groups and roles that it excludes and that were not read: it reaches somebody, unless everybody is in them."""

    certain: tuple[Obstacle, ...]
    not_known: tuple[str, ...]
    unless: tuple[str, ...] = ()


def obstacles(policy: Policy, directory: Directory) -> Obstacles:
    """Of a policy that sets the control."""
    itself = overlap_in_browsers(policy, policy, directory)
    scope = itself.says("people")
    reasons: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    surely = _reaches_a_crowd(policy, directory) or _reaches_global_administrators(policy, directory)
    if scope.applies is Applies.NOT_KNOWN and not surely:
        unread = unread_exclusions([policy], directory)
        reaches_others = unread and _reaches_somebody(policy, seen_from_outside(directory, unread))
        reasons, unless = ((), unread) if reaches_others else (scope.reasons, ())
    return Obstacles(
        (*_set_so(policy), *_nobody(policy, itself, directory), *_nowhere(policy, itself, directory)),
        tuple(dict.fromkeys((*reasons, *_not_known(policy, itself)))),
        unless,
    )


def _reaches_somebody(policy: Policy, directory: Directory) -> bool:
    scope = overlap_in_browsers(policy, policy, directory).says("people")
    return scope.applies is Applies.YES or _reaches_a_crowd(policy, directory)


def _set_so(policy: Policy) -> Iterator[Obstacle]:
    control = policy.persistent_browser
    assert control is not None  # see session.sets_persistent_browser
    if policy.state == DISABLED:
        yield Obstacle("disabled", PROBLEMS["disabled"])
    if policy.state == REPORT_ONLY:
        yield Obstacle("report-only", PROBLEMS["report-only"])
    if control.enabled is False:
        yield Obstacle("control-not-enabled", PROBLEMS["control-not-enabled"])
    devices = devices_let_in(policy)
    if BLOCK in policy.grant.controls:
        yield Obstacle("lets-nobody-in", "It blocks every sign-in that it reaches: there is no session to act on.")
    elif devices and all(row.matches is Applies.NO for row in devices) and _somewhere(policy):
        yield Obstacle("lets-nobody-in", "Its own grant lets in none of the devices that its filter lets it reach.")


def _somewhere(policy: Policy) -> bool:
    """Whether its device filter lets it reach any device."""
    rows = devices_reached(policy.conditions)
    return not rows or any(row.matches is not Applies.NO for row in rows)


def _nobody(policy: Policy, itself: Overlap, directory: Directory) -> Iterator[Obstacle]:
    users = policy.conditions.users
    if itself.says("people").applies is not Applies.NO:
        return
    if policy.conditions.workload_identities:
        yield Obstacle("nobody-in-scope", "It is aimed at workload identities and not at people.")
    elif users.nobody_included:
        yield Obstacle("nobody-in-scope", PROBLEMS["nobody-in-scope"])
    else:
        unheld = tuple(role for role in users.include_roles if not _held(role, directory))
        yield Obstacle("nobody-in-scope", f"It reaches nobody: {'; '.join(_why(users, unheld, directory))}.", unheld)


def _why(users: Users, unheld: tuple[str, ...], directory: Directory) -> Iterator[str]:
    """`users`: who are nobody in the end."""
    known = [group for group in users.include_groups if group in directory.groups]
    gone = [group for group in known if directory.groups[group].gone]
    empty = [group for group in known if directory.groups[group].users == frozenset()]
    yield from (f"the group {directory.name(group)} no longer exists" for group in gone)
    yield from (f"there are no people in the group {directory.name(group)}" for group in empty)
    yield from (f"nobody holds the role {directory.name(role)}" for role in unheld)
    named = [user for user in users.include_users if user != NONE]
    others = len(users.include_groups) - len(gone) - len(empty) + len(users.include_roles) - len(unheld)
    if named or others or users.include_guests:
        also = "everybody else" if gone or empty or unheld else "everybody"
        yield f"{also} whom it includes is also excluded"


def _held(role: str, directory: Directory) -> bool:
    """Whether somebody holds the role, or that is not known."""
    groups = directory.groups
    for holder in directory.holders.get(role, ()):
        if holder in groups:
            if not groups[holder].gone and groups[holder].users != frozenset():
                return True
        elif directory.principals.get(holder, "object") in ("user", "object", "group"):
            return True
    return False


def _nowhere(policy: Policy, itself: Overlap, directory: Directory) -> Iterator[Obstacle]:
    conditions = policy.conditions
    for what, decision in itself.dimensions:
        if decision.applies is not Applies.NO or what == "people":
            continue
        if what == "client apps":
            yield Obstacle("browser-not-included", PROBLEMS["browser-not-included"])
        elif what == "devices" and conditions.device_filter:
            rule = f"{conditions.device_filter.mode} {conditions.device_filter.rule}"
            yield Obstacle("conditions-cannot-hold", f"There is no device that its filter lets it reach: {rule}.")
        else:
            yield Obstacle("conditions-cannot-hold", f"What it includes and excludes of {what} leaves nothing.")
    places = conditions.locations.include if conditions.locations else ()
    if places and not directory.locations_missing and _PLACES.union(directory.locations).isdisjoint(places):
        listed = ", ".join(places)
        yield Obstacle("conditions-cannot-hold", f"It is for locations that the tenant does not have: {listed}.")


def _not_known(policy: Policy, itself: Overlap) -> Iterator[str]:
    """People aside."""
    conditions, control = policy.conditions, policy.persistent_browser
    if policy.state not in (DISABLED, REPORT_ONLY) and not policy.enforced:
        yield f"The policy's state {policy.state!r} is not known to this version."
    if control is not None and control.enabled is None:
        yield "The policy does not say whether its persistent browser control is enabled."
    if itself.says("client apps").applies is Applies.NOT_KNOWN:
        yield from itself.says("client apps").reasons
    if conditions.device_filter and not devices_reached(conditions):
        yield "Its device filter is not understood."
    strange = [each for each in conditions.unknown if each not in conditions.unknown_in("users", "clientAppTypes")]
    if strange:
        yield f"It sets what this version does not know: {', '.join(strange)}."


def _reaches_global_administrators(policy: Policy, directory: Directory) -> bool:
    """Whether it includes whoever holds that role, which somebody does in every tenant, and nobody read who."""
    role = GLOBAL_ADMINISTRATOR
    unread = directory.holders_missing and not directory.holders.get(role)
    if not unread or role not in policy.conditions.users.include_roles:
        return False
    return people(policy.conditions, *anybody_who_holds(role, directory)).applies is Applies.YES


def _reaches_a_crowd(policy: Policy, directory: Directory) -> bool:
    """Whether it includes a group that is too big to be listed, and excludes no ordinary member of it."""
    users = policy.conditions.users
    crowds = (directory.groups.get(group) for group in users.include_groups)
    everybody = replace(users, include_users=(ALL,), include_groups=(), include_roles=(), include_guests=None)
    anybody = Person(SOMEBODY, frozenset({MEMBER}))
    excluded_nobody = people(replace(policy.conditions, users=everybody), anybody, directory).applies is Applies.YES
    return excluded_nobody and any(group is not None and group.users is None and group.count for group in crowds)
