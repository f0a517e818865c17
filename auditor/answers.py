"""The three answers of a report, drawn from a tenant: the setting, the interrupts, the policies."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.conditional_access.account import Account, Unlisted
from auditor.conditional_access.agreement import Agreement, agreement
from auditor.conditional_access.aim import aim
from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import NEEDED, Directory
from auditor.conditional_access.reach import Reach, reach
from auditor.conditional_access.session import INERT, problems, sets_persistent_browser
from auditor.conditional_access.ways import devices_reached, unknown_in_filter
from auditor.explain.explainer import Explainer
from auditor.explain.needed import WANTS as EXPLAINING
from auditor.explain.tally import Tally, tally
from auditor.run import (
    NO_CODE,
    AgreementAnswer,
    DeviceAnswer,
    DisagreementAnswer,
    Grounds,
    InterruptAnswer,
    InterruptsAnswer,
    PoliciesAnswer,
    PolicyAnswer,
    ReachAnswer,
    UnlistedAnswer,
)
from auditor.sign_ins import told
from auditor.sign_ins.catalogue import catalogue
from auditor.stay_signed_in import TELLING
from auditor.tenant.dataset import Collected, Missing, Partial
from auditor.tenant.instant import to_seconds_text
from auditor.tenant.links import policy_link
from auditor.tenant.policy import Policy
from auditor.tenant.sign_in_log import InterruptCount, Outcome, SignInLog
from auditor.tenant.tenant import Tenant

# Datasets that the answers read, whatever checks there are.
NEEDS = ("organization", "sign_in_page", "policies", "sign_ins")
WANTS = ("branding", "service_principals", *NEEDED, *EXPLAINING)

_READ = {
    "interrupts": (("sign_ins",), EXPLAINING),
    "stay_signed_in": (("sign_in_page", "sign_ins"), TELLING),
    "policies": (("policies",), ("sign_ins", "service_principals", *NEEDED)),
}
"""The datasets that each answer is drawn from: those that decide it, of which one is enough, and those that tell more.
"""


def grounds(tenant: Tenant) -> tuple[Grounds, ...]:
    """What each of the three answers rests on, and what it lacks, as far as this was asked for."""
    return tuple(_grounds(answer, deciding, others, tenant) for answer, (deciding, others) in _READ.items())


def _grounds(answer: str, deciding: Iterable[str], others: Iterable[str], tenant: Tenant) -> Grounds:
    asked = {name: tenant.readings[name] for name in (*deciding, *others) if name in tenant.readings}
    read = tuple(name for name, reading in asked.items() if not isinstance(reading, Missing))
    lacks = tuple(name for name, reading in asked.items() if not isinstance(reading, Collected))
    return Grounds(answer, read if set(read) & set(deciding) else (), lacks)


def interrupts(tenant: Tenant, api: str, caveat: str = "") -> InterruptsAnswer:
    """Every interrupt code of the window with its outcomes and causes. `api`: the Graph version that served the log.
    `caveat`: what is to be said of another source than Graph."""
    reading = tenant.reading("sign_ins")
    if isinstance(reading, Missing):
        return InterruptsAnswer(known=False)
    log: SignInLog = reading.value
    totals = log.totals
    coded = totals.distinct - totals.refused - totals.uncoded
    caveats = _caveats(log, api, caveat, partial=isinstance(reading, Partial))
    uncoded, repeated = told.uncoded(totals), " ".join(filter(None, (told.repeated(totals), told.sharing(totals))))
    if totals.uncoded and not coded:
        return InterruptsAnswer(known=False, caveats=caveats, uncoded=uncoded, repeated=repeated)
    why = tally(log.interrupts(), Explainer(tenant).explain, tenant.window)
    uncatalogued = sorted(totals.uncatalogued.items(), key=lambda item: (-item[1], str(item[0])))
    return InterruptsAnswer(
        known=True,
        interrupts=tuple(_interrupt(each, why) for each in log.counts()),
        uncatalogued=tuple((NO_CODE if code is None else str(code), count) for code, count in uncatalogued),
        caveats=caveats,
        missing=why.missing,
        over_time=why.spans,
        span_hours=why.span_hours,
        apps=why.apps,
        attempts=why.attempts,
        uncoded=uncoded,
        repeated=repeated,
    )


def _interrupt(found: InterruptCount, why: Tally) -> InterruptAnswer:
    entry = catalogue()[found.code]
    return InterruptAnswer(
        code=found.code,
        name=entry.name,
        count=found.count,
        users=found.users,
        outcomes=tuple((outcome.value, found.outcomes.get(outcome, 0)) for outcome in Outcome),
        meaning=entry.meaning,
        advice=entry.advice,
        causes=why.causes.get(found.code, ()),
        clusters=why.clusters.get(found.code, ()),
        again=why.again.get(found.code),
    )


def _caveats(log: SignInLog, api: str, caveat: str, *, partial: bool) -> tuple[str, ...]:
    caveats = []
    if log.coverage.filtered and log.totals.rows:
        no_success = "No row is known to be a success" if log.totals.uncoded else "The log holds no success at all"
        caveats.append(f"{no_success}: how attempts ended is not known.")
    if partial and not log.coverage.intervals:
        caveats.append("Of no part of the window is it proven that all of it was read.")
    elif partial and not log.coverage.whole(*log.coverage.asked):
        spans = ", ".join(f"{to_seconds_text(a)} to {to_seconds_text(b)}" for a, b in log.coverage.intervals)
        caveats.append(f"Only a part of the window was read: {spans}.")
    if log.totals.refused:
        caveats.append(f"{log.totals.refused} rows could not be read and are not counted.")
    source = f"Graph {api}" if api else "The source"
    silent = f"{source} lists interactive sign-ins only: a silent follow-up by an application is not in it."
    caveats.append(caveat or silent)
    return tuple(caveats)


def persistent_browser(tenant: Tenant, account: Account) -> PoliciesAnswer:
    """Every policy that sets a persistent browser session, and how far the list of policies, which was held to
    `account`, and their evaluation can be trusted."""
    reading = tenant.reading("policies")
    if isinstance(reading, Missing):
        return PoliciesAnswer(known=False)
    policies: tuple[Policy, ...] = reading.value
    setting = sets_persistent_browser(policies)
    directory = Directory.of(tenant)
    log = tenant.reading("sign_ins")
    reached: Iterable[Reach | None] = [None for _ in setting]
    held = None
    if not isinstance(log, Missing):
        reached = reach(Board(setting, directory), log.value.sights())
        held = agreement(log.value, Board(policies, directory))
    return PoliciesAnswer(
        known=True,
        policies=tuple(_policy(policy, each, tenant) for policy, each in zip(setting, reached, strict=True)),
        of=len(policies),
        agreement=_agreement(held) if held is not None and held.sign_ins else None,
        unlisted=tuple(map(_unlisted, account.unlisted)),
        caveats=(*([account.lacks] if account.lacks else []), *account.caveats),
    )


def _unlisted(found: Unlisted) -> UnlistedAnswer:
    named = found.named
    return UnlistedAnswer(
        named.id,
        named.name,
        named.rows,
        to_seconds_text(named.last),
        named.grants,
        named.sessions,
        found.standing.value,
        found.deleted,
    )


def _policy(policy: Policy, reached: Reach | None, tenant: Tenant) -> PolicyAnswer:
    found = problems(policy)
    return PolicyAnswer(
        id=policy.id,
        name=policy.name,
        state=policy.state,
        mode=(policy.persistent_browser.mode if policy.persistent_browser else None) or "not known",
        problems=found,
        inert=bool(INERT & set(found)),
        aim=aim(policy, tenant.name_of),
        reach=ReachAnswer(reached.applies, reached.applies_not, reached.not_known, reached.because)
        if reached is not None
        else None,
        devices=tuple(
            DeviceAnswer(row.device, row.compliant, row.matches.value) for row in devices_reached(policy.conditions)
        ),
        unknown=(*policy.conditions.unknown, *unknown_in_filter(policy.conditions)),
        link=policy_link(tenant.portal, policy.id),
    )


def _agreement(held: Agreement) -> AgreementAnswer:
    return AgreementAnswer(
        held.sign_ins,
        held.agreed,
        held.disagreed,
        held.not_known,
        held.changed_later,
        held.because,
        tuple(
            DisagreementAnswer(each.policy_id, each.name, each.ours, each.count, each.example)
            for each in held.disagreements
        ),
    )
