"""Policies that set persistent browser sessions and do nothing.

What it means: a policy has the control and no effect on any browser session: it is disabled or report-only, the control
is not enabled, browsers are not among its client apps, nobody is in its scope, its conditions cannot hold, or it lets
nobody in. Each reason is named.

Why it matters: a "never" that only looks on is taken for protection, in reviews and by tools that look for the control
and no further. An "always" that does nothing harms nobody, until somebody enables it.

What to do: repair the policy if it is meant to work, or delete it so that nobody relies on it. A report-only policy has
told what it would do: enable it, or drop it.

What it cannot see: groups that were not read or only counted are never called empty. Groups and roles are those of the
moment of collecting; people who may activate a role are named where they were read. Since when a policy has stood as it
does is known only when the directory's audit log holds the change.
"""

from collections.abc import Iterable, Iterator, Mapping

from auditor.api import (
    NEEDED,
    Check,
    Collected,
    Confidence,
    Directory,
    Evidence,
    Finding,
    Missing,
    NotDecided,
    Obstacle,
    Policy,
    Severity,
    Subject,
    Tenant,
    aim,
    obstacles,
    people_in,
    policy_link,
    sets_persistent_browser,
)

_MOST_NAMED = 3
_STATE = {"disabled", "report-only"}


def run(tenant: Tenant) -> Iterator[Finding]:
    directory = Directory.of(tenant)
    found, undecided = [], []
    for policy in sets_persistent_browser(tenant.policies):
        seen = obstacles(policy, directory)
        if seen.certain:
            found.append(_finding(tenant, directory, policy, seen.certain))
        elif seen.not_known or seen.unless:
            undecided.append((policy, (*seen.not_known, *_unless(policy, seen.unless, directory))))
    if undecided and not found:
        raise NotDecided(" ".join(_doubt(*each) for each in undecided), _remedy_of(tenant))
    yield from found
    yield from (_unknown(tenant, *each) for each in undecided)


def _unless(policy: Policy, unread: tuple[str, ...], directory: Directory) -> Iterator[str]:
    if unread:
        yield f"It does, unless everybody whom it is for is among {people_in(unread, directory, [policy])}."


def _finding(tenant: Tenant, directory: Directory, policy: Policy, reasons: tuple[Obstacle, ...]) -> Finding:
    mode = (policy.persistent_browser.mode if policy.persistent_browser else None) or "not known"
    since = [_since(tenant, policy)] if any(each.slug in _STATE for each in reasons) else []
    activated = [*_activated(tenant, directory, reasons)]
    said = " ".join([*(each.sentence for each in reasons), *since, *(sentence for sentence, _ in activated)])
    may_act = all(each.unheld for each in reasons) and any(certain for _, certain in activated)
    looks_on = mode != "always" and not may_act
    because = (
        "Low, because it is easily taken for protection."
        if looks_on
        else "It acts as soon as a role is activated."
        if may_act
        else "Nothing comes of it as long as this stays so."
    )
    return Finding(
        severity=Severity.LOW if looks_on else Severity.INFO,
        confidence=Confidence.STATED if any(each.slug in _STATE for each in reasons) else Confidence.INFERRED,
        subject=Subject("policy", policy.id, policy.name),
        message=f"It sets browser sessions to {mode} and does nothing. {said} {because}",
        remedy="Nothing, if that is meant." if may_act else "Repair it if it is meant to work, or delete it.",
        evidence=(
            Evidence("policies", f"Aimed at {aim(policy, tenant.name_of)}.", policy.modified or ""),
            *(Evidence("policies", f"{each.slug}: {each.sentence}") for each in reasons),
        ),
        link=policy_link(tenant.portal, policy.id),
    )


def _activated(tenant: Tenant, directory: Directory, reasons: Iterable[Obstacle]) -> Iterator[tuple[str, bool]]:
    """On the roles that nobody holds: sentences, and whether somebody may activate one."""
    roles = [role for each in reasons for role in each.unheld]
    eligible = tenant.reading("role_eligibilities")
    if roles and isinstance(eligible, Missing):
        yield f"Who may activate such a role was not read: {eligible.reason}", False
        return
    may: Mapping[str, list[str]] = {role: [] for role in roles}
    for each in eligible.value if roles and not isinstance(eligible, Missing) else ():
        if each.scope == "/" and each.role_id.lower() in may:
            may[each.role_id.lower()].append(directory.name(each.principal_id))
    for role, people in may.items():
        if people:
            yield f"{_some(people)} may activate the role {directory.name(role)}.", True


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _since(tenant: Tenant, policy: Policy) -> str:
    """Since when its state is what it is, by the latest of its changes that says so."""
    changes = tenant.reading("policy_changes")
    last = f" It was last changed on {policy.modified[:10]}." if policy.modified else ""
    if isinstance(changes, Missing):
        return f"Since when is not known, for the changes were not read.{last}"
    for change in reversed([each for each in changes.value if each.policy_id.lower() == policy.id.lower()]):
        if change.after is None or change.after.state != policy.state:
            break
        if change.before is None:
            if not change.activity.lower().startswith("add"):
                break
        elif change.before.state == policy.state:
            continue
        return f"So it has been since {change.at[:10]}{f', by {change.by}' if change.by else ''}."
    return f"Since when is not known.{last}"


def _doubt(policy: Policy, reasons: tuple[str, ...]) -> str:
    return f"Whether {(policy.name or policy.id)!r} does anything is not known: {' '.join(reasons)}"


def _unknown(tenant: Tenant, policy: Policy, reasons: tuple[str, ...]) -> Finding:
    return Finding(
        severity=Severity.INFO,
        confidence=Confidence.INFERRED,
        subject=Subject("policy", policy.id, policy.name),
        message=_doubt(policy, reasons),
        remedy=_remedy_of(tenant) or "Look at the policy in the portal.",
        evidence=(Evidence("policies", f"Aimed at {aim(policy, tenant.name_of)}.", policy.modified or ""),),
        key="not-known",
        link=policy_link(tenant.portal, policy.id),
    )


def _remedy_of(tenant: Tenant) -> str:
    """What would bring the datasets that people are judged by and that were not wholly read."""
    unread = (each for name in NEEDED if not isinstance(each := tenant.reading(name), Collected))
    return " ".join(dict.fromkeys(each.remedy for each in unread if each.remedy))


check = Check(
    id="persistent-browser-inert",
    title="Policies that set persistent browser sessions and do nothing",
    needs=("policies",),
    wants=(*NEEDED, "policy_changes", "service_principals"),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW),
)
