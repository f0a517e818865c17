"""Policies that keep browser sessions when the browser is closed.

What it means: a Conditional Access policy is in force whose persistent browser session is set to always. Whoever it
reaches stays signed in after closing the browser, without having been asked. A policy whose mode is neither always nor
never is listed as well, for what it does is not known.

Why it matters: whoever opens that browser next is signed in, too. On a device that nobody manages this may be anybody,
and what an administrator or a guest left open opens more than most. The severity follows from that: high where such
people, or everybody, meet such devices; low where only managed devices and none of these people are reached. Managed is
a device that is compliant or hybrid joined.

What to do: limit the policy to devices that one person uses and that are managed, by a filter for devices, and leave
administrators and guests out; or remove it.

What it cannot see: whether a device is shared; what other policies ask of the same sign-in; device properties that a
filter asks for besides how the device is joined and whether it is compliant. Groups and roles are those of the moment
of collecting, and the counts are what the policy as it stands now would have reached. Who is in an excluded group that
was not read is not known: what is said then holds for all but its members, and the group is named.
"""

from collections.abc import Iterable, Iterator, Sequence

from auditor.api import (
    NEEDED,
    Applies,
    Board,
    Check,
    Confidence,
    Directory,
    Evidence,
    Exposure,
    Finding,
    Missing,
    Partial,
    Policy,
    Reach,
    Severity,
    Subject,
    TableRow,
    Tenant,
    aim,
    exposure,
    obstacles,
    people_in,
    policy_link,
    reach,
    sets_persistent_browser,
)

_MOST_NAMED = 3
_JOINED = {
    "unregistered": "not registered",
    "AzureAD": "Entra joined",
    "ServerAD": "hybrid joined",
    "Workplace": "registered",
}
_COMPLIANCE: dict[frozenset[bool | None], str] = {
    frozenset({True}): ", compliant",
    frozenset({False}): ", not compliant",
    frozenset({True, False}): ", compliant or not",
}


def run(tenant: Tenant) -> Iterator[Finding]:
    directory = Directory.of(tenant)
    set_so = [each for each in sets_persistent_browser(tenant.policies) if _mode(each) != "never"]
    found = [(policy, obstacles(policy, directory)) for policy in set_so]
    keeping = [(policy, seen.not_known) for policy, seen in found if not seen.certain]
    reached = _in_the_log(tenant, [policy for policy, _ in keeping], directory)
    for (policy, doubts), counted in zip(keeping, reached, strict=True):
        yield _finding(tenant, directory, policy, doubts, counted)


def _mode(policy: Policy) -> str | None:
    return policy.persistent_browser.mode if policy.persistent_browser else None


def _in_the_log(tenant: Tenant, policies: Sequence[Policy], directory: Directory) -> Sequence[Reach | None]:
    log = tenant.reading("sign_ins")
    if isinstance(log, Missing):
        return [None] * len(policies)
    return reach(Board(policies, directory), log.value.sights()) if policies else ()


def _finding(
    tenant: Tenant, directory: Directory, policy: Policy, doubts: Sequence[str], counted: Reach | None
) -> Finding:
    always = _mode(policy) == "always"
    if not always:
        doubts = (*doubts, f"What the mode {_mode(policy)!r} does is not known to this version.")
    whom = exposure(policy, tenant, directory)
    severity, because = _severity(whom, doubts)
    does = "Browser sessions survive closing the browser" if always else "Something is set about browser sessions"
    whether = f" Whether it does so is not known: {' '.join(doubts)}" if doubts else ""
    return Finding(
        severity=severity,
        confidence=Confidence.STATED if always and not doubts else Confidence.INFERRED,
        subject=Subject("policy", policy.id, policy.name),
        message=f"{does} for {aim(policy, tenant.name_of)}.{whether} {_reaches(policy, whom, directory)} "
        f"{_devices(whom)} {_count(tenant, counted)} {because}",
        remedy="Limit it to managed devices that one person uses, without administrators and guests, or remove it."
        if always
        else "Look in the portal what the mode is, and set it to never if no session is meant to be kept.",
        evidence=tuple(_evidence(policy, counted)),
        key="" if always else "mode-not-known",
        link=policy_link(tenant.portal, policy.id),
    )


def _kinds(whom: Exposure) -> tuple[tuple[str, Applies], ...]:
    return ("everybody", whom.everybody), ("guests", whom.guests), ("administrators", whom.administrators)


def _severity(whom: Exposure, doubts: Sequence[str]) -> tuple[Severity, str]:
    """And why, in a sentence."""
    people = [name for name, applies in _kinds(whom) if applies is Applies.YES]
    unmanaged = "devices that nobody manages"
    perhaps = [name for name, applies in (*_kinds(whom), (unmanaged, whom.unmanaged)) if applies is Applies.NOT_KNOWN]
    certain = [*people, *([unmanaged] if whom.unmanaged is Applies.YES else [])]
    if people and whom.unmanaged is Applies.YES:
        if doubts:
            return Severity.MEDIUM, "Medium and not high, because it is not known whether it does so."
        return Severity.HIGH, f"High, because it reaches {_and(people)}, also on {unmanaged}."
    if certain:
        limit = " on managed devices" if whom.unmanaged is Applies.NO else ""
        return Severity.MEDIUM, f"Medium, because it reaches {_and(certain)}{limit}."
    if perhaps:
        return Severity.MEDIUM, f"Medium, because it is not known whether it reaches {_and(perhaps)}."
    return Severity.LOW, "Low, because it reaches managed devices only, and neither administrators nor guests."


def _reaches(policy: Policy, whom: Exposure, directory: Directory) -> str:
    named = [directory.name(user) for user in whom.named]
    said = []
    for verb, value, words in (
        (
            "reaches",
            Applies.YES,
            {"everybody": "every ordinary member", "administrators": f"administrators{_of(named)}"},
        ),
        ("may reach", Applies.NOT_KNOWN, {"everybody": "ordinary members"}),
    ):
        kinds = [words.get(name, name) for name, applies in _kinds(whom) if applies is value]
        if kinds:
            but = f", but for {people_in(whom.but, directory, [policy])}" if whom.but and value is Applies.YES else ""
            said.append(f"It {verb} {_and(kinds)}{but}.")
    return " ".join(said) or "It reaches chosen members only, and no administrators."


def _of(named: Sequence[str]) -> str:
    more = len(named) - _MOST_NAMED
    listed = ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f" ({listed})" if named else ""


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _devices(whom: Exposure) -> str:
    if not whom.devices:
        return "Which devices it reaches is not known: its device filter is not understood."
    if all(row.matches is Applies.YES for row in whom.devices):
        return "Devices: any, those that nobody manages among them."
    said = []
    for words, value in (("", Applies.YES), ("perhaps ", Applies.NOT_KNOWN)):
        said += [f"{words}{each}" for each in _kinds_of_device(row for row in whom.devices if row.matches is value)]
    return f"Devices: {'; '.join(said)}."


def _kinds_of_device(rows: Iterable[TableRow]) -> Iterator[str]:
    compliance: dict[str, set[bool | None]] = {}
    for row in rows:
        compliance.setdefault(row.device, set()).add(row.compliant)
    for device, values in compliance.items():
        yield f"{_JOINED[device]}{_COMPLIANCE.get(frozenset(values), '')}"


def _count(tenant: Tenant, counted: Reach | None) -> str:
    if counted is None:
        return "How many sign-ins it reaches is not known: the sign-in log was not read."
    part = "the part of the log that was read" if isinstance(tenant.reading("sign_ins"), Partial) else "the log"
    total = counted.applies + counted.applies_not + counted.not_known
    said = f"Completed browser sign-ins in {part}: {total}; it reaches {counted.applies}"
    if not counted.not_known:
        return f"{said}."
    reason = f": {counted.because[0][0]}" if counted.because else "."
    return f"{said}; of {counted.not_known} that is not known{reason}"


def _evidence(policy: Policy, counted: Reach | None) -> Iterator[Evidence]:
    yield Evidence("policies", f"sessionControls.persistentBrowser.mode is {_mode(policy)!r}.", policy.modified or "")
    if counted is None or counted.example is None:
        return
    example = counted.example
    said = f"Reached, for example: {example.user or 'a user'} in {example.app or 'an application'} (row {example.id})."
    yield Evidence("sign_ins", said, example.created)


check = Check(
    id="persistent-browser-always",
    title="Policies that keep browser sessions when the browser is closed",
    needs=("policies",),
    wants=(*NEEDED, "service_principals", "sign_ins"),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
)
