"""Rules on browser sessions that contradict each other.

What it means: two policies are in force, one that keeps browser sessions (always) and one that does not (never), and
both reach the same sign-in; or they may, as nothing in their conditions keeps them apart. It also means that users are
not asked to stay signed in, for the setting is hidden, while a policy keeps sessions all the same.

Why it matters: Microsoft documents no winner between always and never, so nobody can say what becomes of such a
session, and none is predicted here. A hidden setting reads as if no session survived the browser, and the policy
overrides it.

What to do: decide whom each rule is for, and exclude them from the other one, by the same group, role or device filter
on both sides.

What it cannot see: what Microsoft Entra really does with such a sign-in. A certain conflict is shown by a sign-in of
the log that both policies would reach as they stand now. Where the log has none, the conditions are compared one by one
with groups and roles as they were when collected, also with roles that people may activate; combinations that never
occur, such as a hybrid joined phone, are not ruled out. Policies whose mode is not known are compared with none. Who is
in an excluded group that was not read is not known: a conflict is then told for all but its members.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from auditor.api import (
    NEEDED,
    SETTING,
    TELLING,
    Applies,
    Board,
    Check,
    Collected,
    Confidence,
    Directory,
    Doubt,
    Evidence,
    Example,
    Finding,
    Missing,
    Partial,
    Policy,
    Severity,
    Subject,
    Tenant,
    acts,
    aim,
    decides,
    may_decide,
    obstacles,
    overlap_in_browsers,
    people_in,
    policy_link,
    seen_from_outside,
    sets_persistent_browser,
    stay_signed_in,
    told,
    unread_exclusions,
)

_NO_WINNER = "Which of them wins is not documented."
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class _Met:
    """So many completed browser sign-ins that both policies reach, and one of them."""

    count: int
    example: Example


def run(tenant: Tenant) -> Iterable[Finding]:
    directory = Directory.of(tenant)
    may = [policy for policy in sets_persistent_browser(tenant.policies) if may_decide(policy)]
    standing = {policy.id: obstacles(policy, directory) for policy in may}
    in_the_way = {identity: each.certain for identity, each in standing.items()}
    # A role that nobody holds today may be activated tomorrow.
    acting = [policy for policy in may if all(each.unheld for each in in_the_way[policy.id])]
    always = [policy for policy in acting if _mode(policy) == "always"]
    never = [policy for policy in acting if _mode(policy) == "never"]
    keeping = [policy for policy in always if not in_the_way[policy.id]]
    return told(
        [
            *_pairs(tenant, always, never, directory),
            *_setting(tenant, [(policy, standing[policy.id].not_known) for policy in keeping]),
            *_unread_roles(tenant, always, never),
            *_unread_setting(tenant, keeping),
        ]
    )


def _pairs(
    tenant: Tenant, always: Sequence[Policy], never: Sequence[Policy], directory: Directory
) -> Iterator[Finding]:
    met = _met_in_the_log(tenant, always, never, directory)
    for one, other in product(always, never):
        seen = met.get((one.id, other.id))
        finding = _certain(tenant, one, other, seen) if seen else _possible(tenant, one, other, directory)
        if finding:
            yield finding


def _mode(policy: Policy) -> str | None:
    return policy.persistent_browser.mode if policy.persistent_browser else None


def _met_in_the_log(
    tenant: Tenant, always: Sequence[Policy], never: Sequence[Policy], directory: Directory
) -> Mapping[tuple[str, str], _Met]:
    """By the ids of both. Policies of which it is not known whether they decide are left to comparing conditions."""
    log = tenant.reading("sign_ins")
    pairs = [(one, other) for one in always for other in never if decides(one) and decides(other)]
    if isinstance(log, Missing) or not pairs:
        return {}
    board = Board((*always, *never), directory)
    bits = {policy.id: 1 << number for number, policy in enumerate(board.policies)}
    found: dict[tuple[str, str], _Met] = {}
    for sight in log.value.sights():
        if not sight.completed or sight.example is None or sight.circumstances.way.client != "browser":
            continue
        reached, _ = board.verdict(sight.circumstances)
        for one, other in pairs:
            if reached & bits[one.id] and reached & bits[other.id]:
                before = found.get((one.id, other.id))
                count = sight.completed + (before.count if before else 0)
                found[one.id, other.id] = _Met(count, before.example if before else sight.example)
    return found


def _certain(tenant: Tenant, one: Policy, other: Policy, met: _Met) -> Finding:
    who, what = met.example.user or "a user", met.example.app or "an application"
    times = "1 completed browser sign-in" if met.count == 1 else f"{met.count} completed browser sign-ins"
    example = Evidence("sign_ins", f"Both reach {who} in {what} (row {met.example.id}).", met.example.created)
    return _finding(
        tenant,
        (one, other),
        Severity.MEDIUM,
        f"It keeps browser sessions, {_title(other)} does not, and both reach {times} of the log, for example of {who} "
        f"in {what}. {_NO_WINNER}",
        (example,),
    )


def _possible(tenant: Tenant, one: Policy, other: Policy, directory: Directory) -> Finding | None:
    meet, activated = overlap_in_browsers(one, other, directory), ""
    if meet.meet is not Applies.YES:
        later = overlap_in_browsers(one, other, _with_eligible(directory))
        if later.meet is Applies.YES or meet.meet is Applies.NO:
            meet, activated = later, " once people have activated roles that they may"
    but = ""
    unread = unread_exclusions((one, other), directory) if meet.meet is Applies.NOT_KNOWN else ()
    if unread:
        others = overlap_in_browsers(one, other, seen_from_outside(directory, unread))
        if others.meet is Applies.YES:
            meet, activated = others, ""
            but = f" So it is for all but {people_in(unread, directory, (one, other))}."
    if meet.meet is Applies.NO:
        return None
    doubts = [f"{_title(policy)}: {reason}" for policy in (one, other) for reason in acts(policy).reasons]
    if meet.meet is Applies.YES and not doubts:
        said = (
            f"{_not_seen(tenant)}, and nothing keeps the two apart{activated}: {_some(meet.because)}{but} {_NO_WINNER}"
        )
        return _finding(tenant, (one, other), Severity.LOW, f"{_opposite(other)} {said}", ())
    reasons = [*doubts, *(meet.because if meet.meet is Applies.NOT_KNOWN else ())]
    said = f"Whether they contradict each other in one sign-in{activated} is not known. {_some(reasons)}"
    return _finding(tenant, (one, other), Severity.INFO, f"{_opposite(other)} {said}", ())


def _not_seen(tenant: Tenant) -> str:
    log = tenant.reading("sign_ins")
    if isinstance(log, Missing):
        return "The sign-in log was not read"
    return f"No sign-in of {'what was read of ' if isinstance(log, Partial) else ''}the log shows it"


def _title(policy: Policy) -> str:
    return repr(policy.name or policy.id)


def _opposite(other: Policy) -> str:
    return f"It keeps browser sessions, and {_title(other)} does not."


def _some(reasons: Sequence[str]) -> str:
    more = len(reasons) - _MOST_REASONS
    return " ".join(reasons[:_MOST_REASONS]) + (f" And {more} more." if more > 0 else "")


def _with_eligible(directory: Directory) -> Directory:
    """The directory once everybody has activated every role that they may."""
    held, may = directory.holders, directory.eligible
    nobody: frozenset[str] = frozenset()
    return replace(directory, holders={role: held.get(role, nobody) | may.get(role, nobody) for role in {*held, *may}})


def _finding(
    tenant: Tenant, pair: tuple[Policy, Policy], severity: Severity, message: str, evidence: tuple[Evidence, ...]
) -> Finding:
    """`pair`: the one that keeps sessions first, whatever their order in the tenant."""
    one, other = pair
    return Finding(
        severity=severity,
        confidence=Confidence.INFERRED,
        subject=Subject("policy", one.id, one.name),
        message=message,
        remedy=f"Exclude from {_title(one)} those whom {_title(other)} is for, or the other way round.",
        evidence=(*(_evidence(tenant, policy) for policy in pair), *evidence),
        key=other.id,
        link=policy_link(tenant.portal, one.id),
    )


def _evidence(tenant: Tenant, policy: Policy) -> Evidence:
    said = f"{_title(policy)}: {_mode(policy)}, aimed at {aim(policy, tenant.name_of)}."
    return Evidence("policies", said, policy.modified or "")


def _setting(tenant: Tenant, keeping: Sequence[tuple[Policy, tuple[str, ...]]]) -> Iterator[Finding]:
    """Hidden, against policies that keep sessions; with why it is not known whether they do."""
    answer = stay_signed_in(tenant)
    for policy, doubts in keeping if answer.verdict == "hidden" else ():
        certain = decides(policy) and not doubts
        sure = "It keeps" if certain else "It may keep"
        why = f" Whether it does anything is not known: {' '.join(doubts)}" if doubts else ""
        yield Finding(
            severity=Severity.LOW,
            confidence=Confidence(answer.confidence) if certain else Confidence.INFERRED,
            subject=Subject("policy", policy.id, policy.name),
            message=f"{sure} browser sessions although users are not asked to stay signed in: the policy overrides "
            f"the hidden setting for {aim(policy, tenant.name_of)}.{why} Low, because the policy itself is another "
            "finding.",
            remedy="Do not count on the hidden setting for them. If no session is meant to survive, remove the policy.",
            evidence=(_evidence(tenant, policy), *answer.evidence),
            key="overrides-the-setting",
            link=policy_link(tenant.portal, policy.id),
        )


def _unread_setting(tenant: Tenant, keeping: Sequence[Policy]) -> Iterator[Doubt]:
    answer = stay_signed_in(tenant)
    if keeping and answer.verdict == "not known":
        yield Doubt(
            SETTING,
            f"Whether the setting to stay signed in is hidden, which a policy overrides, is not known. {answer.why}",
            "Look in the portal (Users > User settings) and write it under [tenant.stay_signed_in].",
        )


def _unread_roles(tenant: Tenant, always: Sequence[Policy], never: Sequence[Policy]) -> Iterator[Doubt]:
    """Policies that are apart today may meet when somebody activates a role."""
    eligible = tenant.reading("role_eligibilities")
    users = [policy.conditions.users for policy in (*always, *never)]
    by_role = any(each.include_roles or each.exclude_roles for each in users)
    if always and never and by_role and not isinstance(eligible, Collected):
        yield Doubt(
            Subject("roles", "eligible", "Roles that people may activate"),
            f"Who may activate roles that the policies name was not wholly read: {eligible.reason}",
            eligible.remedy,
        )


check = Check(
    id="persistent-browser-conflict",
    title="Rules on browser sessions that contradict each other",
    needs=("policies",),
    wants=(*NEEDED, *TELLING, "service_principals"),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW, Severity.MEDIUM),
)
