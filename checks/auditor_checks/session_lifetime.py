"""How long sessions last, and settings of it that work against each other.

What it means: how long somebody stays signed in follows from several places: sign-in frequencies and persistent browser
sessions of Conditional Access, idle timeouts, lifetimes of tokens, and the "Stay signed in?" prompt. This puts together
what is in force, and names what does not go together.

Why it matters: each of them looks settled where it is set. Users who chose to stay signed in escape the idle timeout of
Microsoft 365; lifetimes of refresh and session tokens have been ignored since 2021; of several sign-in frequencies the
most restrictive decides. Whoever reads one setting alone believes what is not so.

What to do: let Conditional Access decide how long sessions last, and take away what has no effect.

What it cannot see: idle timeouts of single applications and of SharePoint, "remember multifactor authentication" of the
old settings, applications with sessions of their own, and which applications a token lifetime policy is assigned to.
That the idle timeout of Microsoft 365 is kept as this kind of policy is general practice, and not documented.
"""

from collections.abc import Iterable, Iterator, Sequence

from auditor.api import (
    AZURE_PORTAL,
    DEFAULT_APPLICATION,
    NEEDED,
    ROLLING_DAYS,
    TELLING,
    Check,
    Collected,
    Confidence,
    Directory,
    Evidence,
    Finding,
    LifetimePolicy,
    Missing,
    NotDecided,
    Policy,
    SessionLifetimes,
    Severity,
    Subject,
    Tenant,
    aim,
    in_words,
    meetings,
    of_those_read,
    often,
    persists,
    policy_link,
    reaches_everybody,
    session_lifetimes,
    stay_signed_in,
)

_READ = {
    "policies": "Conditional Access policies",
    "activity_timeouts": "idle timeouts",
    "token_lifetimes": "token lifetime policies",
}
_LIFETIME = Subject("setting", "session-lifetime", "Session lifetime")
_NOT_KNOWN = "at times that this version does not know"
_MOST_NAMED = 3


def run(tenant: Tenant) -> Iterator[Finding]:
    there = session_lifetimes(tenant)
    readings = {name: tenant.reading(name) for name in _READ}
    unread = [
        f"The {_READ[name]} were {'not' if isinstance(each, Missing) else 'only partly'} read: {each.reason}"
        for name, each in readings.items()
        if not isinstance(each, Collected)
    ]
    if there != SessionLifetimes():
        yield _picture(tenant, there, unread)
        yield from _idle(tenant, there)
        yield from _tokens(there)
        yield from _frequencies(tenant, there)
        yield from _not_understood(there)
    elif unread:
        raise NotDecided(" ".join(unread))


def _picture(tenant: Tenant, there: SessionLifetimes, unread: Sequence[str]) -> Finding:
    said = [*_often(tenant, there), _persistent(tenant, there), *_idle_lengths(there), *_token_lengths(there), *unread]
    return Finding(
        severity=Severity.INFO,
        confidence=Confidence.STATED,
        subject=_LIFETIME,
        message=" ".join(said),
        remedy="Nothing, if this is what is meant.",
        evidence=(*_evidence(tenant, (*there.frequencies, *there.persistent)), *_definitions(there)),
        key="picture",
    )


def _often(tenant: Tenant, there: SessionLifetimes) -> Iterator[str]:
    if not there.frequencies:
        if isinstance(tenant.reading("policies"), Collected):
            yield (
                "No policy in force sets a sign-in frequency; by Microsoft's default a session ends after "
                f"{ROLLING_DAYS} days without use."
            )
        return
    for policy in there.frequencies[:_MOST_NAMED]:
        yield f"{_name(policy)} asks for a sign-in {_time(policy)} ({aim(policy, tenant.name_of)})."
    more = len(there.frequencies) - _MOST_NAMED
    if more > 0:
        yield f"And {more} more do."
    if len(there.frequencies) > 1:
        yield "Where several reach one sign-in, the most restrictive decides."


def _persistent(tenant: Tenant, there: SessionLifetimes) -> str:
    setting = stay_signed_in(tenant).verdict
    prompt = f"Whether the prompt is shown is {setting}." if setting == "not known" else f"The prompt is {setting}."
    if there.persistent:
        modes = _some(f"{_name(each)} says {persists(each)}" for each in there.persistent)
        return f"Persistent browser sessions: {modes}. {prompt}"
    if not isinstance(tenant.reading("policies"), Collected):
        return prompt
    return f"No policy decides about persistent browser sessions. {prompt}"


def _idle_lengths(there: SessionLifetimes) -> Iterator[str]:
    for each in there.idle_in_force:
        lengths = ", ".join(f"{_application(name)} after {in_words(length)}" for name, length in each.seconds)
        yield f"Idle web sessions end: {lengths} ({_name(each.policy)})."
    for each in there.idle:
        if each.policy.is_default is not True:
            does = "does nothing" if each.policy.is_default is False else "may do nothing"
            yield f"The idle timeout {_name(each.policy)} is not the organization's default, so it {does}."


def _token_lengths(there: SessionLifetimes) -> Iterator[str]:
    for each in there.lasting[:_MOST_NAMED]:
        scope = "in the whole tenant" if each.policy.is_default else "for applications that it may be assigned to"
        yield f"Access, ID and SAML tokens last {in_words(each.access or 0)} {scope} ({_name(each.policy)})."


def _idle(tenant: Tenant, there: SessionLifetimes) -> Iterator[Finding]:
    if there.idle_seconds is None or isinstance(tenant.reading("policies"), Missing):
        return
    directory = Directory.of(tenant)
    timeout = f"the idle timeout of {in_words(there.idle_seconds)} ({_name(there.idle_in_force[0].policy)})"
    always = [policy for policy in there.persistent if persists(policy) == "always"]
    if stay_signed_in(tenant).verdict == "shown" and not any(reaches_everybody(p, directory) for p in there.persistent):
        those = of_those_read(tenant)
        asked = f"and no policy{those} keeps all of them from being asked" if those else "and they are asked"
        yield _against(
            "idle-timeout-escaped",
            f"Users who choose to stay signed in escape {timeout} in Microsoft 365, {asked}. Low, because not "
            "everybody chooses it.",
            "Hide the prompt, or let a policy say never where idle sessions must end.",
            (*stay_signed_in(tenant).evidence, *_definitions(there)),
        )
    if always:
        yield _against(
            "always-and-idle-timeout",
            f"Policies keep browser sessions (always: {_some(map(_name, always))}), and {timeout} is to end them. "
            "Users who chose to stay signed in escape it; whether those do whom a policy keeps signed in is not "
            "documented. Low, as it may well end them.",
            "Try it out, and settle on one of the two for the devices that the policy reaches.",
            (*_evidence(tenant, always), *_definitions(there)),
            policy_link(tenant.portal, always[0].id),
        )


def _tokens(there: SessionLifetimes) -> Iterator[Finding]:
    whole = [each for each in there.lasting if each.policy.is_default]
    if there.lasting and there.frequencies:
        lasting = _some(_name(each.policy) for each in whole or there.lasting)
        meet = "meets" if whole else "may meet (the applications it is assigned to are not read)"
        yield _against(
            "token-lifetime-and-frequency",
            f"The token lifetime {lasting} {meet} the sign-in frequency of {_some(map(_name, there.frequencies))}. "
            "Microsoft does not support both for the same people or applications. "
            + ("Low, because what happens then is not documented." if whole else ""),
            "Let the sign-in frequency decide, and remove the token lifetime where nothing depends on it.",
            tuple(_definitions(there)),
            severity=Severity.LOW if whole else Severity.INFO,
        )
    retired = [each for each in there.tokens if each.retired]
    if retired:
        properties = sorted({name for each in retired for name in each.retired})
        yield _against(
            "retired-lifetimes",
            f"Microsoft Entra has ignored {', '.join(properties)} since January 2021, which stand in "
            f"{_some(_name(each.policy) for each in retired)}. Low, because it looks as if sessions were limited, and "
            "they are not.",
            "Remove them; where sessions are to be limited, set a sign-in frequency in Conditional Access.",
            tuple(_definitions(there)),
        )


def _frequencies(tenant: Tenant, there: SessionLifetimes) -> Iterator[Finding]:
    long = [each for each in there.frequencies if _hours(each) > ROLLING_DAYS * 24]
    if long:
        yield _against(
            "long-frequency",
            f"Longer than Microsoft's default of a rolling {ROLLING_DAYS} days: {_timed(long)}. That bears on sessions "
            "in steady use only.",
            "Nothing, if that is meant; else shorten it.",
            tuple(_evidence(tenant, long)),
            policy_link(tenant.portal, long[0].id),
            severity=Severity.INFO,
        )
    log = tenant.reading("sign_ins")
    sights = () if isinstance(log, Missing) else log.value.sights()
    met = meetings(there.frequencies, Directory.of(tenant), sights) if len(there.frequencies) > 1 else ()
    if met:
        yield _against(
            "several-frequencies",
            "Completed sign-ins in the log that several sign-in frequencies reach: "
            f"{sum(each.sign_ins for each in met)}, most of them {_timed(met[0].policies)}. The most "
            "restrictive decides; the others do nothing there.",
            "Nothing, if the others are meant for other sign-ins.",
            tuple(_evidence(tenant, met[0].policies)),
            policy_link(tenant.portal, met[0].policies[0].id),
            severity=Severity.INFO,
        )


def _not_understood(there: SessionLifetimes) -> Iterator[Finding]:
    strange = [
        *(f"{_name(policy)}: its sign-in frequency" for policy in there.frequencies if _time(policy) == _NOT_KNOWN),
        *(f"{_name(each.policy)}: {what}" for each in there.idle for what in each.not_understood),
        *(f"{_name(each.policy)}: {what}" for each in there.tokens for what in each.not_understood),
    ]
    if strange:
        yield _against(
            "not-understood",
            f"This version does not understand, and leaves out: {_some(strange)}.",
            "Look at it yourself.",
            tuple(_definitions(there)),
            severity=Severity.INFO,
        )


def _against(
    key: str,
    message: str,
    remedy: str,
    evidence: tuple[Evidence, ...],
    link: str = "",
    severity: Severity = Severity.LOW,
) -> Finding:
    return Finding(severity, Confidence.INFERRED, _LIFETIME, message.strip(), remedy, evidence, key, link)


def _evidence(tenant: Tenant, policies: Iterable[Policy]) -> Iterator[Evidence]:
    for policy in dict.fromkeys(policies):
        frequency = f"sign-in {_time(policy)}; " if policy.sign_in_frequency is not None else ""
        persistent = f"persistent browser: {persists(policy)}; " if persists(policy) else ""
        said = f"{_name(policy)}: {frequency}{persistent}{aim(policy, tenant.name_of)}."
        yield Evidence("policies", said, policy.modified or "")


def _definitions(there: SessionLifetimes) -> Iterator[Evidence]:
    yield from (Evidence("activity_timeouts", f"{_name(each.policy)} ({each.policy.id})") for each in there.idle)
    yield from (Evidence("token_lifetimes", f"{_name(each.policy)} ({each.policy.id})") for each in there.tokens)


def _time(policy: Policy) -> str:
    return (often(policy.sign_in_frequency) if policy.sign_in_frequency else None) or _NOT_KNOWN


def _timed(policies: Iterable[Policy]) -> str:
    return _some(f"{_name(each)} ({_time(each)})" for each in policies)


def _hours(policy: Policy) -> int:
    return (policy.sign_in_frequency.hours or 0) if policy.sign_in_frequency else 0


def _application(name: str) -> str:
    return {DEFAULT_APPLICATION: "Microsoft 365 and others", AZURE_PORTAL: "the Azure portal"}.get(name, name)


def _name(policy: Policy | LifetimePolicy) -> str:
    return repr(policy.name or policy.id)


def _some(words: Iterable[str]) -> str:
    listed = list(words)
    more = len(listed) - _MOST_NAMED
    return ", ".join(listed[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


check = Check(
    id="session-lifetime",
    title="How long sessions last",
    needs=(),
    wants=(*_READ, *TELLING, *NEEDED, "service_principals"),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW),
)
