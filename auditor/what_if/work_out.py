"""What would come of a change, worked out on a collected tenant and its sign-in log. Nothing is written to a tenant.

The log's prompts and sign-ins are put to today's rules and to tomorrow's, and the checks are run on both. What it can
say is what would have become of the sign-ins that the log holds, not what people will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.audit import about, names_of, open_tenant
from auditor.check import Check
from auditor.conditional_access.account import account, held
from auditor.conditional_access.directory import NEEDED, Directory
from auditor.conditional_access.exclusions import people_in, unread_exclusions, without
from auditor.conditional_access.persistence import Persistence, acts, same_effect, same_reach
from auditor.conditional_access.session import NEVER
from auditor.conditional_access.three_values import Applies
from auditor.config import TenantConfig
from auditor.run import DatasetResult
from auditor.sources.exported import Exports
from auditor.sources.folder import readings
from auditor.sources.progress import Report
from auditor.spool.spool import Spool
from auditor.stay_signed_in import HIDDEN, stay_signed_in
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial, Reading
from auditor.tenant.instant import to_text
from auditor.tenant.policy import DISABLED, REPORT_ONLY, Policy, persists
from auditor.tenant.records import PageBranding
from auditor.tenant.tenant import NOT_ASKED_FOR, Tenant
from auditor.what_if.answer import short_answer
from auditor.what_if.change import (
    DISABLE_POLICY,
    HIDE_PROMPT,
    NEW_POLICY,
    REPLACE_POLICY,
    Change,
    disabling,
    putting_in,
)
from auditor.what_if.consequences import (
    AtMost,
    ChangeAnswer,
    Consequences,
    Elsewhere,
    PromptsAnswer,
    Undecided,
)
from auditor.what_if.findings import compared
from auditor.what_if.prompts import Unread, replay_prompts
from auditor.what_if.rules import Rules
from auditor.what_if.second_opinion import second_opinion
from auditor.what_if.sign_ins import replay_sign_ins

if TYPE_CHECKING:
    from auditor.redaction.redaction import Redaction
    from auditor.sources.graph import Asked

_RESTS_ON = ("policies", "sign_ins")

_PROMPT_PAGE = "Microsoft Learn, Manage the 'Stay signed in?' prompt (2025-01-28)"
_HIDDEN_ELSEWHERE = (
    Elsewhere(
        "Some features of SharePoint Online and of Office 2010 count on people being able to choose to stay signed in: "
        "whoever uses them may meet other prompts on the way in.",
        _PROMPT_PAGE,
    ),
    Elsewhere(
        "Where the idle session timeout of Microsoft 365 is on, it spares people who chose to stay signed in. Nobody "
        "can choose it any more, so it reaches more of them.",
        "Microsoft Learn, Idle session timeout for Microsoft 365 (2022-03-03)",
    ),
    Elsewhere(
        "Policies that set a persistent browser session overrule the setting for whom they reach, and go on as before.",
        "Microsoft Learn, Configure adaptive session lifetime policies (2024-08-13)",
    ),
)
_EXCEPTION_ELSEWHERE = Elsewhere(
    "The policy excepts resources. All tabs of a browser share one session, so a sign-in to an excepted resource may "
    "share what the policy decided for another.",
    "Microsoft Learn, Configure adaptive session lifetime policies (2024-08-13)",
)


def work_out(
    source: Spool | Exports,
    wanted: Policy | str | None,
    checks: Iterable[Check],
    report: Report,
    asked: Asked | None = None,
    redaction: Redaction | None = None,
    said: TenantConfig | None = None,
) -> Consequences:
    """What would come of a change to a tenant that was collected or exported. `wanted`: a policy to put in, id or name
    of one to disable, or None: the prompt is hidden. `asked`: how to ask Graph for a second opinion, where it is to be
    asked. With a `redaction` it has pseudonyms for names, and goes through its `shown` before anybody sees it. `said`:
    see `audit.audit`."""
    known = source.readings if isinstance(source, Exports) else readings(source)
    policies = known.get("policies", NOT_ASKED_FOR)
    change = _change(wanted, None if isinstance(policies, Missing) else policies.value)
    # By another id, so that what the log says of today's policy is not taken for tomorrow's.
    also = [replace(change.after, id=f"{change.after.id}, changed")] if change.after is not None else []
    with open_tenant(source, report, also, said=said) as tenant:
        where = about(source, tenant)
        if redaction is not None:
            tenant = redaction.tenant(tenant, names_of(source))
            before, after = (each and redaction.policy(each) for each in (change.before, change.after))
            change = Change(change.kind, before, after)
        found = what_if(tenant, change, checks, where)
        return found if asked is None else replace(found, graph=second_opinion(tenant, asked, report))


def _change(wanted: Policy | str | None, policies: Sequence[Policy] | None) -> Change:
    if wanted is None:
        return Change(HIDE_PROMPT)
    if isinstance(wanted, Policy):
        return Change(NEW_POLICY, None, wanted) if policies is None else putting_in(wanted, policies)
    return Change(DISABLE_POLICY) if policies is None else disabling(wanted, policies)


def what_if(tenant: Tenant, change: Change, checks: Iterable[Check], source: Mapping[str, str]) -> Consequences:
    """What would come of the change. The log must tell apart what the policy tells apart that is put in: see the `also`
    of `audit.open_tenant`. `source`: where the data came from."""
    tenant = held(tenant, account(tenant))
    setting = stay_signed_in(tenant)
    changed = tomorrow(tenant, change)
    moves = change.before is None or change.after is None or not same_effect(change.before, change.after)
    today_rules = _rules(tenant, setting.verdict, change.before if moves else None)
    hidden_or_not = HIDDEN if change.kind == HIDE_PROMPT else setting.verdict
    tomorrow_rules = _rules(changed, hidden_or_not, change.after if moves else None)
    policies, log = tenant.reading("policies"), tenant.reading("sign_ins")
    prompts: PromptsAnswer | None = None
    again: AtMost | None = None
    lose: tuple[AtMost, ...] | None = None
    gain: tuple[AtMost, ...] | None = None
    undecided: tuple[Undecided, ...] = ()
    if not isinstance(log, Missing):
        replayed = replay_prompts(log.value, today_rules, tomorrow_rules, _unread(changed, tomorrow_rules))
        prompts, lose = replayed.answer, (replayed.answered,)
        undecided = tuple(Undecided("prompts", *each) for each in replayed.undecided.most_common())
        if change.after is not None and not isinstance(policies, Missing):
            same = change.before is not None and same_reach(change.before, change.after)
            moved = replay_sign_ins(log.value, today_rules, tomorrow_rules, same_reach=same)
            again, gain = moved.again, (moved.gain, *_by_answering(change, moved.again))
            lose = (*lose, moved.lose)
            undecided += tuple(Undecided("sign-ins", *each) for each in moved.undecided.most_common())
        elif change.kind == HIDE_PROMPT:
            again, gain = AtMost("setting-hidden", 0, 0, None, "Hiding the prompt brings none back."), ()
    return Consequences(
        tenant_id=tenant.id,
        tenant=tenant.name,
        domain=tenant.domain,
        source=tuple(source.items()),
        window=(to_text(tenant.window[0]), to_text(tenant.window[1])),
        change=_described(change),
        answer=short_answer(change, setting, policies, prompts, again, lose, gain),
        setting=setting,
        prompts=prompts,
        prompts_again=again,
        may_lose=_some(lose),
        may_gain=_some(gain),
        elsewhere=_elsewhere(change, setting.verdict),
        findings=compared(tenant, changed, checks),
        undecided=undecided,
        unread=unread(tenant, change),
    )


def tomorrow(tenant: Tenant, change: Change) -> Tenant:
    """The tenant with the change, made where the window of the log ends."""
    end = to_text(tenant.window[1])
    if change.kind == HIDE_PROMPT:
        page = tenant.reading("sign_in_page")
        others = () if isinstance(page, Missing) else tuple(row for row in page.value if row.locale != 0)
        hidden = PageBranding(tenant.domain or tenant.id, "what-if", end, 0, True)
        return _with(tenant, "sign_in_page", Collected((hidden, *others)))
    reading = tenant.reading("policies")
    if change.after is None or isinstance(reading, Missing):
        return tenant
    after = replace(change.after, modified=end)
    if change.before is None:
        return _with(tenant, "policies", replace(reading, value=(*reading.value, after)))
    policies = tuple(after if each.id == after.id else each for each in reading.value)
    return _with(tenant, "policies", replace(reading, value=policies))


def _with(tenant: Tenant, name: str, reading: Reading[Any]) -> Tenant:
    return replace(tenant, readings={**tenant.readings, name: reading})


def _rules(tenant: Tenant, setting: str, about: Policy | None) -> Rules:
    reading = tenant.reading("policies")
    if isinstance(reading, Missing):
        return Rules(setting, None)
    changed = sum(1 << number for number, each in enumerate(reading.value) if about is not None and each.id == about.id)
    return Rules(setting, Persistence(reading.value, Directory.of(tenant)), changed)


def _unread(tenant: Tenant, rules: Rules) -> Unread | None:
    """Whom the policies that act exclude by what was not read, if they exclude anybody so."""
    if rules.persistence is None:
        return None
    directory, policies = Directory.of(tenant), rules.persistence.policies
    acting = [each for each in policies if acts(each).applies is not Applies.NO]
    names = unread_exclusions(acting, directory)
    if not names:
        return None
    others = Persistence([without(each, frozenset(names)) for each in policies], directory)
    return Unread(people_in(names, directory, acting), replace(rules, persistence=others))


def _by_answering(change: Change, again: AtMost) -> tuple[AtMost, ...]:
    """Where a policy kept sessions from surviving, a prompt that comes back lets people choose it."""
    if change.before is None or persists(change.before) != NEVER or not again.sign_ins:
        return ()
    why = "They may meet the prompt again, and answer yes to it."
    return (AtMost("prompt-shown-again", again.sign_ins, 0, None, why),)


def _some(found: tuple[AtMost, ...] | None) -> tuple[AtMost, ...] | None:
    return None if found is None else tuple(each for each in found if each.sign_ins)


def _described(change: Change) -> ChangeAnswer:
    policy = change.after
    if policy is None:
        said = "the prompt to stay signed in were hidden" if change.kind == HIDE_PROMPT else "that policy were changed"
        return ChangeAnswer(change.kind, said)
    name = f"the policy {policy.name or policy.id!r}"
    state = {REPORT_ONLY: " (report-only)", DISABLED: " (disabled)"}.get(policy.state, "")
    said = {
        NEW_POLICY: f"{name} were added{state}",
        REPLACE_POLICY: f"{name} were changed to what the file says{state}",
    }.get(change.kind, f"{name} were disabled")
    control = policy.persistent_browser
    return ChangeAnswer(
        change.kind, said, policy.id, policy.name, (control.mode or "") if control else "", policy.state
    )


def _elsewhere(change: Change, setting: str) -> tuple[Elsewhere, ...]:
    if change.kind == HIDE_PROMPT:
        return _HIDDEN_ELSEWHERE if setting != HIDDEN else ()
    after = change.after
    excepts = after is not None and after.conditions.applications.exclude and acts(after).applies is not Applies.NO
    return (_EXCEPTION_ELSEWHERE,) if excepts else ()


def unread(tenant: Tenant, change: Change) -> tuple[DatasetResult, ...]:
    """What of the data that the answer rests on could not be read, or not wholly."""
    names = _RESTS_ON if change.kind == HIDE_PROMPT else (*_RESTS_ON, *NEEDED)
    not_read = tuple(
        DatasetResult(
            name, DATASETS[name].title, "partial" if isinstance(reading, Partial) else "missing", None,
            reading.reason, reading.remedy,
        )
        for name in names
        if not isinstance(reading := tenant.readings.get(name, NOT_ASKED_FOR), Collected)
    )  # fmt: skip
    return (*not_read, *_new_groups(tenant, change))


def _new_groups(tenant: Tenant, change: Change) -> Iterator[DatasetResult]:
    """Groups that the policy names and no policy named when the tenant was collected: their members were not asked."""
    reading = tenant.reading("group_members")
    if change.after is None or not isinstance(reading, Collected):
        return
    users, directory = change.after.conditions.users, Directory.of(tenant)
    named = dict.fromkeys((*users.include_groups, *users.exclude_groups))
    new = [directory.name(group) for group in named if group not in directory.groups]
    if new:
        yield DatasetResult(
            "group_members",
            DATASETS["group_members"].title,
            "partial",
            None,
            f"Not asked for, as no policy named them when this was collected: {', '.join(new)}.",
            "Put the policy in as report-only, collect again, and ask what comes of enabling it.",
        )
