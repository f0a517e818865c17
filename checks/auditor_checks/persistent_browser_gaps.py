"""What no never-persistent policy reaches.

What it means: the policies that keep browser sessions from outliving the browser are taken together, those that are
enforced and act in browsers, and whatever none of them reaches is named: members and guests, administrators by role,
excluded people and groups, devices that nobody manages, platforms, locations, resources. Managed devices (compliant or
hybrid joined) are left out by the usual design and are no gap; neither are emergency accounts that the config names.

Why it matters: in a gap a session may survive the browser on a shared or private device, and whoever opens that browser
next is signed in. An exclusion made for a week stays for years.

What to do: include whom or what is left out, or write a second policy for it. Look first at administrators, guests and
devices that are not registered. Exclude nobody but emergency accounts, and name those in the config, under
[tenant.administrators]. Severities are for a tenant that shows the prompt to stay signed in; where it is hidden, or
that is not known, they are one step lower.

What it cannot see: sign-ins at risk are not looked at, nor whether another policy blocks what is told here; what an
"always" policy does to the same sign-in is another check. B2B direct connect users are left aside, for the control does
not work for them; so are roles that nobody holds and people who may become members of a group that holds one. Whether
somebody is a guest is told by the user principal name; of members of a group it is mostly not known. Where the holders
of roles were not read, one finding names all roles that nothing covers, for no tenant is without a Global
Administrator; where only other roles are left out, that is no finding, and the check is not run. Gaps between policies
of which only a part was read are gaps of those that were read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.api import (
    ADMIN_ROLES,
    INERT,
    INTERNAL_GUEST,
    MEMBER,
    NEEDED,
    PROBLEMS,
    TELLING,
    Applies,
    Check,
    Collected,
    Confidence,
    Doubt,
    Evidence,
    Finding,
    MissedCase,
    MissedExcluded,
    MissedKind,
    Policy,
    RoleVerdict,
    Severity,
    Subject,
    Survey,
    Tenant,
    account_of,
    group_link,
    holder_in_words,
    missed_cases,
    missed_groups,
    missed_kinds,
    missed_users,
    never_persistent,
    of_those_read,
    people,
    problems,
    roles_of,
    sets_persistent_browser,
    stay_signed_in,
    surely_held,
    sureness,
    survey,
    told,
    user_link,
    verdicts_on_roles,
)

_MOST_NAMED = 3
_KINDS = {
    MEMBER: "members",
    "b2bCollaborationGuest": "B2B collaboration guests",
    "b2bCollaborationMember": "B2B collaboration members",
    "otherExternalUser": "other external users",
    "serviceProvider": "users of service providers",
    INTERNAL_GUEST: "local guests",
}
_ONE_LOWER = {Severity.HIGH: Severity.MEDIUM, Severity.MEDIUM: Severity.LOW}
_INCLUDE = "Include them in a never-persistent policy, or write one for them."
_READ = (*NEEDED, "service_principals")
_ROLES = Subject("roles", "administrators", "Administrators")


@dataclass(frozen=True, slots=True)
class _Look:
    """`prompt`: whether the prompt to stay signed in is "shown", "hidden" or "not known"."""

    tenant: Tenant
    of: Survey
    prompt: str

    def found(
        self,
        subject: Subject,
        message: str,
        weight: tuple[Severity, str],
        because: Sequence[str],
        *,
        remedy: str = _INCLUDE,
        sure: bool = True,
        key: str = "",
        link: str = "",
    ) -> Finding:
        """`weight`: how severe and why. `because`: what stands between the policies and the subject."""
        severity, why = _weighed(*weight, self.prompt)
        return Finding(
            severity=severity,
            confidence=sureness(self.tenant) if sure else Confidence.INFERRED,
            subject=subject,
            message=f"{message} {why}",
            remedy=remedy,
            evidence=tuple(Evidence("policies", each) for each in because),
            key=key,
            link=link,
        )

    @property
    def those(self) -> str:
        return of_those_read(self.tenant)

    def name(self, identity: str) -> str:
        return self.of.directory.name(identity)

    def role(self, role: str) -> str:
        return ADMIN_ROLES.get(role) or self.of.directory.names.get(role, role)

    def place_read(self, location: str) -> bool:
        return location in self.of.directory.locations or not self.of.directory.locations_missing

    def trusted(self, location: str) -> bool:
        real = self.of.directory.locations.get(location)
        return location == "AllTrusted" or (real is not None and real.trusted is True)

    @property
    def remedy(self) -> str:
        """What would bring the data that could not be read."""
        readings = (self.tenant.reading(name) for name in _READ)
        return " ".join(dict.fromkeys(each.remedy for each in readings if not isinstance(each, Collected)))

    @property
    def judged_by(self) -> str:
        differs = self.of.case.differing(self.of.coverage.cases[0])
        return f" Judged by sign-ins {' '.join(trait.words for trait in differs)}." if differs else ""


def run(tenant: Tenant) -> Iterable[Finding]:
    prompt = stay_signed_in(tenant).verdict
    of = survey(tenant, never_persistent)
    if of is None:
        return [_nothing(tenant, prompt)]
    look = _Look(tenant, of, prompt)
    roles = tuple(verdicts_on_roles(of))
    return told(
        [
            *(_kind(look, each) for each in missed_kinds(of)),
            *(each for role, found in roles for each in _role(look, role, found)),
            *_unread_roles(look, roles),
            *(_excluded(look, each, "group") for each in missed_groups(of)),
            *(_excluded(look, each, "user") for each in missed_users(of)),
            *(_case(look, each) for each in missed_cases(of)),
            *_emergency(look),
        ]
    )


def _nothing(tenant: Tenant, prompt: str) -> Finding:
    severity, why = _weighed(
        Severity.HIGH, "administrators, guests and devices that nobody manages are among it", prompt
    )
    idle = [
        f"{policy.name or policy.id!r}: {_idle(policy)}"
        for policy in sets_persistent_browser(tenant.policies)
        if policy.persistent_browser is not None and policy.persistent_browser.mode == "never"
    ]
    nearest = f" What comes near does nothing. {_some(idle)}" if idle else ""
    return Finding(
        severity=severity,
        confidence=sureness(tenant),
        subject=Subject("setting", "persistent-browser-session", "Persistent browser session"),
        message=f"No policy{of_those_read(tenant)} keeps browser sessions from outliving the browser, for anybody."
        f"{nearest} {why}",
        remedy="With Microsoft Entra ID P1 or P2 write a policy for all users and all resources, on devices that are "
        "neither compliant nor hybrid joined, with the persistent browser session never; Microsoft has a template.",
        evidence=tuple(Evidence("policies", each) for each in idle),
    )


def _idle(policy: Policy) -> str:
    inert = [PROBLEMS[slug] for slug in problems(policy) if slug in INERT]
    return " ".join(inert or never_persistent(policy).reasons)


def _kind(look: _Look, missed: MissedKind) -> Finding | Doubt:
    who = _KINDS[missed.kind] + (f" of the tenant {missed.home}" if missed.home else "")
    subject = Subject("members" if missed.kind == MEMBER else "guests", missed.kind, who)
    if missed.applies is Applies.NOT_KNOWN:
        message = "Whether a never-persistent policy reaches these people is not known"
        return Doubt(subject, message, look.remedy, (who,), _first(missed.because))
    if missed.groups:
        only = _some([look.name(each) for each in missed.groups])
        message = f"Never-persistent policies{look.those} reach {who} only in {only}."
        weight = Severity.LOW, "the groups may hold everybody whom it concerns"
    else:
        message = f"No never-persistent policy{look.those} reaches {who} whom it does not name."
        weight = (
            (Severity.MEDIUM, "it is so for most people of a tenant")
            if missed.kind == MEMBER
            else (Severity.HIGH, "guests come on devices that nobody here manages")
        )
    sure = not missed.groups
    return look.found(subject, message + look.judged_by, weight, missed.because, sure=sure, key=missed.home)


def _role(look: _Look, role: str, found: RoleVerdict) -> Iterator[Finding | Doubt]:
    of = look.of
    name = look.role(role)
    certain = found.whoever is Applies.NO
    groups = [f"whoever is in the group {look.name(each)}" for each in found.unlisted if certain]
    who = [*(holder_in_words(each, of.directory) for each in found.missed), *groups]
    unsure = [holder_in_words(each, of.directory) for each in found.not_known]
    if who:
        weight = (
            (Severity.HIGH, "they are administrators") if role in ADMIN_ROLES else (Severity.LOW, "it is a lesser role")
        )
        more = f" Of {_count(len(unsure), 'more holder')} it is not known." if unsure else ""
        more += f" {_first(found.unseen)}" if found.unseen and found.missed else ""
        message = f"No never-persistent policy{look.those} reaches these holders of {name!r}: {_some(who)}.{more}"
        because = of.because_of_holder(role, found.missed[0]) if found.missed else ()
        yield look.found(Subject("role", role, name), message + look.judged_by, weight, because)
    elif unsure:
        because = of.because_of_holder(role, found.not_known[0])
        message = "Whether never-persistent policies reach these holders of roles is not known"
        yield Doubt(_ROLES, message, look.remedy, tuple(f"{each} ({name})" for each in unsure), _first(because))
    unseen = (*found.unseen, *found.unseen_eligible)
    if unseen and not certain:
        message = "Whether never-persistent policies reach everybody who holds or may activate these roles is not known"
        yield Doubt(_ROLES, message, look.remedy, (repr(name),), _first(unseen))


def _unread_roles(look: _Look, roles: Sequence[tuple[str, RoleVerdict]]) -> Iterator[Finding | Doubt]:
    """Roles that nothing covers, and whose holders were not read."""
    of = look.of
    left_out = [
        (role, found)
        for role, found in roles
        if found.unseen and found.whoever is Applies.NO and not (found.missed or found.unlisted)
    ]
    why = tuple(dict.fromkeys(_first(found.unseen) for _, found in left_out))
    names = tuple(repr(look.role(role)) for role, _ in left_out)
    if any(surely_held(role, of.held[role]) for role, _ in left_out):
        message = (
            f"No never-persistent policy{look.those} reaches people who hold one of these roles: "
            f"{', '.join(names)}. {' '.join(why[:_MOST_NAMED])}{look.judged_by}"
        )
        # One lower than where holders are known, and as they where the prompt already makes it lower.
        severity = Severity.MEDIUM if look.prompt == "shown" else Severity.HIGH
        weight = severity, "no tenant is without a Global Administrator, and who it is was not read"
        remedy = f"{_INCLUDE} {look.remedy}".rstrip()
        yield look.found(_ROLES, message, weight, (), remedy=remedy, sure=False, key="holders not read")
    elif left_out:
        message = "Whether anybody holds one of these roles, whom no never-persistent policy reaches, is not known"
        yield Doubt(_ROLES, message, look.remedy, names, " ".join(why))


def _excluded(look: _Look, missed: MissedExcluded, kind: str) -> Finding | Doubt:
    """A group or a user."""
    what = f"{'the group ' if kind == 'group' else ''}{look.name(missed.id)}"
    subject = Subject(kind, missed.id, look.of.directory.names.get(missed.id, missed.id))
    by = _some([repr(each) for each in missed.by])
    roles = [ADMIN_ROLES[role] for role in roles_of(missed.people, look.of)]
    if missed.count is None and not missed.people:
        message = "Excluded, and whether another never-persistent policy reaches them is not known"
        return Doubt(subject, message, look.remedy, (f"{what} (by {by})",), _first(missed.because))
    message = f"{by}: {what} is excluded"
    other = f"other never-persistent policy{look.those}"
    if missed.count is not None:
        message += f"; its {missed.count} members are too many to be listed. No {other} reaches "
        message += "them, unless by something else that they are."
        weight = Severity.MEDIUM, "it is a big group"
    elif kind == "group":
        message += f", and no {other} reaches {_count(len(missed.people), 'member')} of it: "
        message += f"{_some([look.name(each) for each in missed.people])}."
        weight = Severity.MEDIUM, "it is a group"
    else:
        message += f", and no {other} covers that."
        weight = Severity.LOW, "it is one person"
    may_activate = look.tenant.reading("role_eligibilities")
    by_role = any(policy.conditions.users.include_roles for policy in look.of.coverage.policies)
    sure = missed.count is None and (isinstance(may_activate, Collected) or not by_role)
    if by_role and not isinstance(may_activate, Collected):
        message += f" Whether they may activate a role that such a policy names is not known: {may_activate.reason}"
    if roles:
        message += f" Administrators are among it: {_some(roles)}."
        weight = Severity.HIGH, "administrators are left out"
    link = (group_link if kind == "group" else user_link)(look.tenant.portal, missed.id)
    remedy = "Take the exclusion out, or cover them by another policy. Emergency accounts: name them in the config."
    return look.found(subject, message, weight, missed.because, remedy=remedy, sure=sure, link=link)


def _case(look: _Look, missed: MissedCase) -> Finding | Doubt:
    kinds = [trait.kind for trait in missed.traits]
    words = " ".join(trait.words for trait in missed.traits)
    subject = Subject("+".join(kinds), "+".join(trait.id for trait in missed.traits), words)
    who = ", ".join(missed.who)
    if not missed.certain:
        message = "Whether these sign-ins are covered is not known"
        of = f"{words}, for {' and '.join(missed.who)}"
        return Doubt(subject, message, look.remedy, (of,), _first(missed.because))
    if any(trait.kind == "location" and look.trusted(trait.id) for trait in missed.traits):
        weight = Severity.LOW, "such places are mostly left out on purpose"
    elif any(trait.kind == "location" and not look.place_read(trait.id) for trait in missed.traits):
        weight = Severity.LOW, "whether the place is trusted was not read"
    elif "location" in kinds or "resource" in kinds:
        weight = Severity.MEDIUM, "all tabs of a browser share one session"
    elif missed.who == ("members",):
        weight = Severity.MEDIUM, "it concerns devices that nobody manages"
    else:
        weight = Severity.HIGH, "it concerns administrators or guests, on devices that nobody manages"
    some = "all " if missed.partly else ""
    message = f"No never-persistent policy{look.those} covers {some}sign-ins {words}, for {who}."
    remedy = "Take the condition out of the policy, or write a second policy for the rest."
    return look.found(subject, message, weight, missed.because, remedy=remedy)


def _emergency(look: _Look) -> Iterator[Finding]:
    """Information: none of it counts."""
    of, tenant = look.of, look.tenant
    for account in sorted(tenant.break_glass):
        somebody = account_of(account, of.objects)
        doing = [each for each in tenant.policies if never_persistent(each).applies is Applies.YES]
        by = [
            repr(each.name or each.id)
            for each in doing
            if people(each.conditions, somebody, of.directory).applies is Applies.YES
        ]
        if by:
            yield _told(
                Subject("user", account, of.directory.names.get(account, account)),
                f"The emergency account {look.name(account)} is reached by {_some(by)}. Microsoft advises to exclude "
                "such accounts from policies, lest a fault in one locks everybody out.",
                "Exclude it, or leave it: this control locks nobody out.",
                user_link(tenant.portal, account),
            )
    for name in tenant.break_glass_unresolved:
        yield _told(
            Subject("account", name, name),
            f"The config names the emergency account {name!r}, and no such account was found. If it is excluded from a "
            "policy, that is told here as a gap.",
            "Correct it in the config, under [tenant.administrators].",
        )


def _told(subject: Subject, message: str, remedy: str, link: str = "") -> Finding:
    return Finding(Severity.INFO, Confidence.STATED, subject, message, remedy, key="emergency account", link=link)


def _weighed(severity: Severity, why: str, prompt: str) -> tuple[Severity, str]:
    if prompt == "hidden":
        why += ", and the prompt to stay signed in is hidden"
    elif prompt != "shown":
        why += ", and whether the prompt to stay signed in is shown is not known"
    severity = severity if prompt == "shown" else _ONE_LOWER.get(severity, severity)
    return severity, f"{severity.value.capitalize()}, because {why}."


def _first(because: Sequence[str]) -> str:
    return because[0] if because else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _some(words: Sequence[str]) -> str:
    more = len(words) - _MOST_NAMED
    return ", ".join(words[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


check = Check(
    id="persistent-browser-gaps",
    title="What no never-persistent policy reaches",
    needs=("policies",),
    wants=(*_READ, *TELLING),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH),
)
