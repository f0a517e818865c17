"""The list of policies held to what else is known of it: the sign-in log, the audit log, Graph's beta version.

A list tells nothing of what it leaves out, and Graph's v1.0 leaves out policies that use newer features. So the list
counts as whole only where nothing else that was read speaks of a policy that it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from auditor.tenant.dataset import Missing, Partial
from auditor.tenant.instant import MINUTE, parse, to_seconds_text
from auditor.tenant.records import PolicyChange, PolicyListing
from auditor.tenant.sign_in_log import NamedPolicies, NamedPolicy, SignInLog
from auditor.tenant.tenant import Tenant

RECENT = 24 * 60 * MINUTE
"""A policy that sign-ins name so shortly before the list was read, or before the log ends, should stand in the list."""
LINGERS = 2 * 60 * MINUTE
"""How long sign-ins may still meet a policy after it was deleted: a limit of ours."""
MOST_TOLD = 5
LONGEST = 120

_LOOK = "Look for it under Conditional Access in the portal, by its id, and judge it there."
_GO_ON = "Collect again; this version reads Graph's beta list, too."


class Standing(str, Enum):
    """What the absence of a policy from the list means."""

    LACKING = "lacking"
    DELETED = "deleted"
    NO_LONGER_SEEN = "no longer seen"
    NOT_KNOWN_WHOSE = "whose policy is not known"


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A policy that the log names and the list lacks. `deleted`: when it was deleted, as ISO text; "" where that is not
    known or it was not."""

    named: NamedPolicy
    standing: Standing
    deleted: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """`lacks`: why the list may not be whole; "" where nothing speaks for that. `remedy`: what to do about it.
    `caveats`: all that is to be said of the list, `lacks` not among it, as sentences."""

    unlisted: tuple[Unlisted, ...] = ()
    lacks: str = ""
    remedy: str = ""
    caveats: tuple[str, ...] = ()


def account(tenant: Tenant) -> Account:
    """Of the policies of a tenant; an empty one where they were not read."""
    reading = tenant.readings.get("policies")
    if reading is None or isinstance(reading, Missing):
        return Account()
    log = tenant.readings.get("sign_ins")
    named = NamedPolicies() if log is None or isinstance(log, Missing) else log.value.unlisted()
    recent = min(tenant.window[1], named.shown[1] if named.shown else tenant.window[1]) - RECENT
    deletions = _deletions(tenant)
    here = {each.id for each in named.policies if not each.foreign}
    unlisted = tuple(
        _unlisted(each, recent, deletions) for each in named.policies if not each.foreign or each.id not in here
    )
    lacking = [each for each in unlisted if each.standing is Standing.LACKING]
    too_many = named.more > 0 and named.last_more >= recent
    vouched = not lacking and not too_many and log is not None and not isinstance(log, Missing)
    vouched = vouched and _vouches(log.value, named, tenant.window[1])  # type: ignore[union-attr]
    lacks = [_of_lacking(lacking)] if lacking else []
    if lacking and tenant.listing is not None and tenant.listing.deleted_unread:
        lacks.append(f"Which policies were deleted is not known: {tenant.listing.deleted_unread}")
    if too_many:
        lacks.append(f"{named.more:,} rows of the sign-in log name more policies that the list lacks.")
    caveats = [*_of_others(unlisted)]
    remedy = _LOOK if lacks else ""
    if tenant.listing is not None:
        unread = _of_beta(tenant.listing)
        if unread and vouched:
            caveats.append(f"{unread} The sign-in log, which shows policies, names none that the list lacks.")
        elif unread:
            lacks.append(f"{unread} Graph's v1.0 is known to leave out policies that use newer features.")
            remedy = remedy or tenant.listing.remedy or _GO_ON
        lacks += _of_plans(tenant.listing)
        if tenant.listing.plans_aside:
            caveats.append(f"Graph's beta shows no policy plans here: {tenant.listing.plans_aside}")
    return Account(unlisted, " ".join(lacks), remedy, tuple(caveats))


def held(tenant: Tenant, found: Account) -> Tenant:
    """The same tenant, its policies read in part where the account says that the list may not be whole."""
    if not found.lacks:
        return tenant
    reading = tenant.readings["policies"]
    assert not isinstance(reading, Missing)  # then there is no account
    before, remedy = (reading.reason, reading.remedy) if isinstance(reading, Partial) else ("", "")
    partial = Partial(reading.value, f"{before} {found.lacks}".lstrip(), remedy or found.remedy)
    return replace(tenant, readings={**tenant.readings, "policies": partial})


def _unlisted(named: NamedPolicy, recent: int, deletions: Mapping[str, str]) -> Unlisted:
    if named.foreign:
        return Unlisted(named, Standing.NOT_KNOWN_WHOSE)
    deleted = deletions.get(named.id)
    if deleted is not None and (not deleted or named.last <= parse(deleted) + LINGERS):
        return Unlisted(named, Standing.DELETED, deleted)
    return Unlisted(named, Standing.LACKING if named.last >= recent else Standing.NO_LONGER_SEEN)


def _deletions(tenant: Tenant) -> Mapping[str, str]:
    """Id in lower case -> when the policy was deleted, "" where that is not said; by the audit log the last thing that
    happened to it."""
    changes = tenant.readings.get("policy_changes")
    listed: Sequence[PolicyChange] = () if changes is None or isinstance(changes, Missing) else changes.value
    last = {change.policy_id.lower(): change for change in listed}  # oldest first
    found = {identity: change.at for identity, change in last.items() if _deletes(change)}
    kept = {} if tenant.listing is None else tenant.listing.deleted
    return {**found, **{identity: at or found.get(identity, "") for identity, at in kept.items()}}


def _deletes(change: PolicyChange) -> bool:
    activity = change.activity.lower()
    return "delete" in activity and "conditional access policy" in activity


def _vouches(log: SignInLog, named: NamedPolicies, read: int) -> bool:
    """Whether the log of the day before the list was read is there, and shows policies."""
    return named.shown is not None and named.shown[1] >= read - RECENT and log.coverage.whole(read - RECENT, read)


def _of_lacking(lacking: Sequence[Unlisted]) -> str:
    what = "1 policy" if len(lacking) == 1 else f"{len(lacking):,} policies"
    return f"The sign-in log names {what} that the list lacks: {_told(lacking)}"


def _of_others(unlisted: Iterable[Unlisted]) -> Iterator[str]:
    by: dict[Standing, list[Unlisted]] = {standing: [] for standing in Standing}
    for each in unlisted:
        by[each.standing].append(each)
    for standing, said in (
        (Standing.DELETED, "Deleted, and so no longer in the list"),
        (Standing.NO_LONGER_SEEN, "Not in the list and no longer seen on the last day of the log"),
        (Standing.NOT_KNOWN_WHOSE, "Not in the list, in rows of another tenant's resources, so whose is not known"),
    ):
        if by[standing]:
            yield f"{said}: {_told(by[standing])}"


def _told(unlisted: Sequence[Unlisted]) -> str:
    more = len(unlisted) - MOST_TOLD
    return "; ".join(map(_one, unlisted[:MOST_TOLD])) + (f"; and {more:,} more." if more > 0 else ".")


def _one(each: Unlisted) -> str:
    named = each.named
    called = f"{named.name[:LONGEST]!r} ({named.id})" if named.name else named.id
    rows = "1 row" if named.rows == 1 else f"{named.rows:,} rows"
    sessions = ", ".join(each[:LONGEST] for each in named.sessions[:MOST_TOLD])
    more = f" and {len(named.sessions) - MOST_TOLD} more" if len(named.sessions) > MOST_TOLD else ""
    controls = f", session controls {sessions}{more}" if sessions else ", no session control"
    deleted = f", deleted {_minute(parse(each.deleted))}" if each.deleted else ""
    return f"{called}, {rows}, last {_minute(named.last)}{controls}{deleted}"


def _minute(ticks: int) -> str:
    return f"{to_seconds_text(ticks)[:16].replace('T', ' ')} UTC"


def _of_beta(listing: PolicyListing) -> str:
    return f"Graph's beta list of policies was not read: {listing.beta}" if listing.beta else ""


def _of_plans(listing: PolicyListing) -> Iterator[str]:
    if listing.plans:
        named = ", ".join(f"{each!r}" for each in listing.plans[:MOST_TOLD])
        more = len(listing.plans) - MOST_TOLD
        yield (
            f"Graph's beta holds rules in policy plans, which this version does not judge: {named}"
            f"{f', and {more:,} more' if more > 0 else ''}."
        )
    if listing.plans_unread:
        yield f"Whether Graph's beta holds rules in policy plans is not known: {listing.plans_unread}"
