"""Of the people and devices that matter most for a session left behind, which does a policy reach?

Managed is a device that is compliant or hybrid joined, as Microsoft's own template for browser sessions has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditional_access.administrators import holders, objects_by_id, surely_held, verdict
from auditor.conditional_access.device_filter import TableRow
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.exclusions import seen_from_outside, unread_exclusions
from auditor.conditional_access.let_in import devices_let_in
from auditor.conditional_access.people import people
from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.three_values import Applies, some
from auditor.tenant.circumstances import DIRECT_CONNECT, EXTERNAL, INTERNAL_GUEST, MEMBER, SOMEBODY, Person
from auditor.tenant.policy import Policy
from auditor.tenant.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Exposure:
    """`everybody`: an ordinary member whom nothing names. `but`: ids of groups and roles that it excludes and that were
    not read: what is said of everybody and of guests is said of those who are in none of them. `named`: the
    administrators (ids) whom it certainly reaches, also such as may activate their role. `devices`: see
    `devices_let_in`. `unmanaged`: whether devices that nobody manages are among them."""

    everybody: Applies
    guests: Applies
    administrators: Applies
    named: tuple[str, ...]
    devices: tuple[TableRow, ...]
    but: tuple[str, ...] = ()

    @property
    def unmanaged(self) -> Applies:
        if not self.devices:
            return Applies.NOT_KNOWN
        return some(row.matches for row in self.devices if not (row.compliant or row.device == "ServerAD"))


def exposure(policy: Policy, tenant: Tenant, directory: Directory) -> Exposure:
    """Needs the datasets of the directory, and role_eligibilities. People of B2B direct connect are left aside: the
    persistent browser control is not supported for them."""
    unread = unread_exclusions([policy], directory)
    others = seen_from_outside(directory, unread)
    everybody = _reached(policy, Person(SOMEBODY, frozenset({MEMBER})), others)
    guests = some(_guests(policy, others))
    found = tuple(_administrators(policy, tenant, directory))
    named = sorted({user for user, applies in found if user and applies is Applies.YES})
    return Exposure(
        everybody,
        guests,
        some(applies for _, applies in found),
        tuple(named),
        devices_let_in(policy),
        unread if Applies.YES in (everybody, guests) else (),
    )


def _guests(policy: Policy, directory: Directory) -> Iterator[Applies]:
    included = policy.conditions.users.include_guests
    for kind in sorted((EXTERNAL - {DIRECT_CONNECT}) | {INTERNAL_GUEST}):
        for home in (SOMEBODY, *(included.tenants if included else ())) if kind in EXTERNAL else ("",):
            yield _reached(policy, Person(SOMEBODY, frozenset({kind}), home), directory)


def _reached(policy: Policy, who: Person, directory: Directory) -> Applies:
    """A condition that is not known may leave anybody out."""
    found = people(policy.conditions, who, directory).applies
    return Applies.NOT_KNOWN if found is Applies.YES and policy.conditions.unknown else found


def _administrators(policy: Policy, tenant: Tenant, directory: Directory) -> Iterator[tuple[str, Applies]]:
    """Ids, "" for people who are not known."""
    objects = objects_by_id(tenant)

    def reached(who: Person, where: Directory) -> Applies:
        return _reached(policy, who, where)

    for role, held in holders(tenant, directory, ADMIN_ROLES).items():
        found = verdict(role, held, directory, objects, frozenset(), reached)
        for each in held.people:
            missed, unsure = each in found.missed, each in found.not_known
            yield each.user_id, Applies.NO if missed else Applies.NOT_KNOWN if unsure else Applies.YES
        if held.unseen:
            there = surely_held(role, held) or bool(held.unlisted)
            yield "", found.whoever if there or found.whoever is Applies.NO else Applies.NOT_KNOWN
