"""The "Stay signed in?" setting and Conditional Access make each other pointless.

What it means: whoever is reached by a policy whose persistent browser session is always or never is not asked to stay
signed in, whatever the setting says: the policy decides. Where policies reach everybody, the setting does nothing;
where it hides the prompt and a policy says never to everybody, one of the two would do.

Why it matters: somebody who changes the setting, or reads it in an audit, believes that something follows from it.

What to do: settle on the policy, which can tell people and devices apart, and let the setting say the same; or take the
policy away, if the setting is meant to decide.

What it cannot see: guests, who go by the setting of their home; people whom integrated Windows authentication keeps
from the prompt; and sign-ins of tomorrow: what no policy's conditions settle is judged by the log. Which of always and
never wins where both reach is not documented.
"""

from collections.abc import Iterator, Sequence

from auditor.api import (
    GUESTS,
    NEEDED,
    SETTING,
    TELLING,
    Check,
    Confidence,
    Directory,
    Evidence,
    Finding,
    Missing,
    NotDecided,
    Policy,
    PromptReach,
    Severity,
    StaySignedIn,
    Tenant,
    aim,
    decides,
    excluded_people,
    may_decide,
    of_those_read,
    persists,
    policy_link,
    prompt_reach,
    reaches_everybody,
    reaches_everybody_but,
    sets_persistent_browser,
    setting_evidence,
    stay_signed_in,
)

_MOST_NAMED = 3


def run(tenant: Tenant) -> Iterator[Finding]:
    policies = sets_persistent_browser(tenant.policies)
    answer = stay_signed_in(tenant)
    if answer.verdict == "not known":
        raise NotDecided(f"Whether users are asked to stay signed in is not known. {answer.why}")
    directory = Directory.of(tenant)
    deciding = [policy for policy in policies if decides(policy)]
    whole = [policy for policy in deciding if _everybody(policy, directory)]
    if answer.verdict == "hidden":
        if whole:
            yield _same_or_against(tenant, answer, whole)
        return
    reached = _reached(tenant, policies, directory)
    nearly = [policy for policy in deciding if reaches_everybody_but(policy, directory)]
    if whole:
        yield _moot(tenant, answer, whole, reached)
    elif nearly:
        yield _partly(tenant, answer, nearly[0], reached, directory)
    elif policies and (finding := _by_the_log(tenant, answer, policies, reached)):
        yield finding


def _everybody(policy: Policy, directory: Directory) -> bool:
    """Whom it excludes does not matter where that is nobody at all."""
    if reaches_everybody_but(policy, directory):
        return excluded_people(policy, directory) == frozenset()
    return reaches_everybody(policy, directory)


def _reached(tenant: Tenant, policies: Sequence[Policy], directory: Directory) -> PromptReach | None:
    log = tenant.reading("sign_ins")
    return None if isinstance(log, Missing) else prompt_reach(policies, directory, log.value.sights())


def _moot(tenant: Tenant, answer: StaySignedIn, whole: Sequence[Policy], reached: PromptReach | None) -> Finding:
    against = any(setting_evidence(tenant).prompted_since(policy.modified or "") for policy in whole)
    return Finding(
        severity=Severity.LOW,
        confidence=Confidence.INFERRED if against else Confidence(answer.confidence),
        subject=SETTING,
        message=f"The setting says to show the prompt, and yet no user of the tenant should meet it: {_named(whole)} "
        f"{'reaches' if len(whole) == 1 else 'reach'} every browser sign-in, and whom a policy with always or never "
        f"reaches is not asked.{_contest(whole)} {_counted(tenant, reached)}{_met(tenant, whole)} Low, because no one "
        "is worse off for it; but who changes the setting changes nothing.",
        remedy="Keep the policy as what decides and hide the prompt, so that both say the same; or remove the policy.",
        evidence=(*answer.evidence, *_evidence(tenant, whole)),
        key="moot",
        link=policy_link(tenant.portal, whole[0].id),
    )


def _partly(
    tenant: Tenant, answer: StaySignedIn, policy: Policy, reached: PromptReach | None, directory: Directory
) -> Finding:
    left_out = excluded_people(policy, directory)
    people = "1 person" if left_out and len(left_out) == 1 else f"{len(left_out or ())} people"
    count = "how many people is not known" if left_out is None else people
    return Finding(
        severity=Severity.INFO,
        confidence=Confidence(answer.confidence),
        subject=SETTING,
        message=f"The setting says to show the prompt, but only those can meet it whom {_named([policy])} leaves out: "
        f"{_excluded(policy, directory)} ({count}). Everybody else it reaches in every browser sign-in, and they are "
        f"not asked. {_counted(tenant, reached)}{_met(tenant, [policy])}",
        remedy="Nothing, if the setting is meant for them.",
        evidence=(*answer.evidence, *_evidence(tenant, [policy])),
        key="partly-moot",
        link=policy_link(tenant.portal, policy.id),
    )


def _by_the_log(
    tenant: Tenant, answer: StaySignedIn, policies: Sequence[Policy], reached: PromptReach | None
) -> Finding | None:
    """What no policy's conditions settle: whether together they reach everybody who signs in."""
    if reached is not None and reached.left:
        return None
    acting = [policy for policy in policies if may_decide(policy)]
    if not acting:
        return None
    if reached is None or not reached.total:
        why = "The sign-in log was not read" if reached is None else "They completed no browser sign-in in the log"
        raise NotDecided(f"{why}: whether {_named(acting)} reach all of the tenant's own users is not known.")
    if reached.not_known:
        reason = reached.because[0][0] if reached.because else ""
        raise NotDecided(
            f"Of {reached.not_known} of {reached.total} completed browser sign-ins by the tenant's own users it is not "
            f"known whether a policy decides, and none is left to the setting for certain. {reason}".strip()
        )
    return Finding(
        severity=Severity.LOW,
        confidence=Confidence.INFERRED,
        subject=SETTING,
        message="The setting says to show the prompt, and yet nobody in the log could meet it now: policies decide "
        f"for all {reached.total} completed browser sign-ins by the tenant's own users: {_named(acting)}."
        f"{_met(tenant, acting)} Low, because no one is worse off for it; but who changes the setting changes next to "
        "nothing.",
        remedy="Keep the policies as what decides and hide the prompt, so that both say the same.",
        evidence=(*answer.evidence, *_evidence(tenant, acting)),
        key="moot-in-the-log",
        link=policy_link(tenant.portal, acting[0].id),
    )


def _same_or_against(tenant: Tenant, answer: StaySignedIn, whole: Sequence[Policy]) -> Finding:
    always = [policy for policy in whole if persists(policy) == "always"]
    if always:
        key = "hidden-and-always"
        said = f"yet everybody's browser sessions are kept by policy: {_named(always)}.{_contest(whole)}"
        remedy = "See what is found about the policy itself: hiding the prompt does not end these sessions."
    else:
        key = "hidden-and-never"
        said = f"everybody is told the same by policy: {_named(whole)}. One of the two would do; that harms nobody."
        remedy = "Nothing."
    return Finding(
        severity=Severity.INFO,
        confidence=Confidence(answer.confidence),
        subject=SETTING,
        message=f"The prompt is hidden, and {said}",
        remedy=remedy,
        evidence=(*answer.evidence, *_evidence(tenant, whole)),
        key=key,
        link=policy_link(tenant.portal, (always or whole)[0].id),
    )


def _contest(whole: Sequence[Policy]) -> str:
    modes = {persists(policy) for policy in whole}
    return " Which of always and never wins is not documented." if len(modes) > 1 else ""


def _met(tenant: Tenant, policies: Sequence[Policy]) -> str:
    """Prompts that were seen for all that, which a reader of the log will ask about."""
    found = setting_evidence(tenant)
    if found.prompts is None:
        return ""
    day = found.prompts.last.created[:10]
    if all(policy.modified and not found.prompted_since(policy.modified) for policy in policies):
        return f" Users met it last on {day}, before that last changed."
    return f" Users did meet it, last on {day}: look whether a policy should have kept it from them by then."


def _counted(tenant: Tenant, reached: PromptReach | None) -> str:
    if reached is None:
        return "The sign-in log was not read, so nothing was counted."
    unsure = f", of {reached.not_known} it is not known" if reached.not_known else ""
    return (
        f"Of {reached.total} completed browser sign-ins by the tenant's own users in the log, "
        f"policies{of_those_read(tenant)} decide for {reached.decided}, {reached.left} are left to the setting{unsure}."
    )


def _named(policies: Sequence[Policy]) -> str:
    return _some([f"{policy.name or policy.id!r} ({persists(policy)})" for policy in policies])


def _excluded(policy: Policy, directory: Directory) -> str:
    users = policy.conditions.users
    excluded = (("user", users.exclude_users), ("group", users.exclude_groups), ("role", users.exclude_roles))
    return _some([f"{kind} {directory.name(each)}" for kind, ids in excluded for each in ids if each != GUESTS])


def _some(words: Sequence[str]) -> str:
    more = len(words) - _MOST_NAMED
    return ", ".join(words[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _evidence(tenant: Tenant, policies: Sequence[Policy]) -> Iterator[Evidence]:
    for policy in policies:
        said = f"{policy.name or policy.id!r}: {persists(policy)}, aimed at {aim(policy, tenant.name_of)}."
        yield Evidence("policies", said, policy.modified or "")


check = Check(
    id="prompt-moot",
    title='The "Stay signed in?" setting that policies make pointless',
    needs=("policies",),
    wants=(*TELLING, *NEEDED, "service_principals"),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW),
)
