"""What would come of a change, on small tenants whose every sign-in is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor.check import Check, NotDecided
from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.tenant import graph_json
from auditor.tenant.records import Attestation
from auditor.tenant.tenant import Tenant
from auditor.testing import END, after, branding_row, policy, role_assignment, sign_in, tenant
from auditor.what_if.change import HIDE_PROMPT, Change, disabling, putting_in
from auditor.what_if.consequences import AtMost, Consequences
from auditor.what_if.work_out import tomorrow, what_if
from auditor_checks import ALL

ADA, BEN, GUS = (f"aaaaaaaa-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"
HIDDEN, SHOWN = [branding_row(True)], [branding_row(False)]
MANAGED = {"deviceDetail": {"deviceId": "d", "trustType": "Hybrid Azure AD joined", "isCompliant": True}}
GUEST = {"userId": GUS, "userPrincipalName": "gus@fabrikam.com", "homeTenantId": OTHER_TENANT}
BEN_S = {"userId": BEN, "userPrincipalName": "ben@contoso.com"}

Json = dict[str, Any]
Wanted = Change | Json | str


def prompted(number: int, *, completed: bool = True, **fields: Any) -> list[Json]:
    """A sign-in with the prompt; its number sets its time, and its correlation id."""
    rows = [sign_in(50140, after(number), correlationId=f"c{number}", **fields)]
    return rows + ([sign_in(0, after(number + 0.5), correlationId=f"c{number}", **fields)] if completed else [])


def unprompted(number: int, **fields: Any) -> Json:
    return sign_in(0, after(number), correlationId=f"c{number}", **fields)


def unmanaged_only(given: Json) -> Json:
    rule = 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"'
    given["conditions"]["devices"] = {"deviceFilter": {"mode": "exclude", "rule": rule}}
    return given


def at_risk(given: Json) -> Json:
    """Aimed by what no log tells."""
    given["conditions"]["userRiskLevels"] = ["high"]
    return given


def changed(given: Json, minutes: float) -> Json:
    return given | {"modifiedDateTime": after(minutes)}


def worked_out(wanted: Wanted, checks: Iterable[Check] = (), **parts: Any) -> Consequences:
    """`wanted`: a change, a policy to put in, or the name of one to disable."""
    with tenant(**parts) as made:
        if isinstance(wanted, str):
            change = disabling(wanted, made.policies)
        elif isinstance(wanted, Change):
            change = wanted
        else:
            change = putting_in(graph_json.policy(wanted), made.policies)
        return what_if(made, change, checks, {"kind": "test"})


def fates(found: Consequences) -> tuple[int, int, int, int]:
    """Prompts that vanish, are gone already, stay, and of which it is not known."""
    assert found.prompts is not None
    each = found.prompts
    assert each.total == sum(fate.prompts for fate in (each.vanish, each.gone, each.stay, each.not_known))
    return each.vanish.prompts, each.gone.prompts, each.stay.prompts, each.not_known.prompts


def at_most(found: Iterable[AtMost] | None) -> list[tuple[str, int, int, int | None]]:
    assert found is not None
    return [(each.reason, each.sign_ins, each.certain, each.people) for each in found]


HIDE = Change(HIDE_PROMPT)


def test_hiding_the_prompt_spares_the_tenants_own_users() -> None:
    rows = [
        *prompted(0),
        *prompted(5, completed=False, appDisplayName="Mail"),
        *prompted(10, **BEN_S),
        *prompted(20, **GUEST),
        *prompted(30, homeTenantId=None, userId="", userPrincipalName=""),
    ]
    found = worked_out(HIDE, ALL, sign_ins=rows, sign_in_page=SHOWN)
    assert fates(found) == (3, 0, 1, 1)
    assert found.prompts is not None
    assert (found.prompts.vanish.people, found.prompts.stay.people, found.prompts.not_known.people) == (2, 1, 0)
    assert found.prompts.people == (("ada@contoso.com", 2), ("ben@contoso.com", 1))
    assert found.prompts.apps == (("Expenses", 2), ("Mail", 1))
    assert at_most(found.may_lose) == [("prompt-not-shown", 3, 0, 2)]
    assert found.may_gain == ()
    assert [(each.check, each.finding.subject.id) for each in found.findings.disappear] == [
        ("stay-signed-in-shown", "stay-signed-in")
    ]
    # The log's prompts, from before it was hidden, are told as information.
    assert [(each.check, each.finding.key) for each in found.findings.arise] == [
        ("stay-signed-in-contradiction", "prompts-before")
    ]
    assert [(each.of, each.count) for each in found.undecided] == [("prompts", 1)]
    assert any("SharePoint Online" in each.statement for each in found.elsewhere)
    assert found.answer == (
        "Of 5 prompts to stay signed in, 3 would not be shown any more (2 people); 1 would, 1 not known. "
        "At most 2 people may lose a session that survives closing the browser."
    )
    assert found.exit_code == 0


def test_whose_tenant_it_is_decides_and_not_the_word_member() -> None:
    """Beta rows call a person of another tenant a member, too."""
    foreign = GUEST | {"userType": "member", "crossTenantAccessType": "b2bCollaboration"}
    local_guest = {"userType": "guest", "crossTenantAccessType": "none"}
    found = worked_out(HIDE, sign_ins=[*prompted(0, **foreign), *prompted(5, **local_guest)])
    assert fates(found) == (1, 0, 1, 0)


def test_a_prompt_on_the_way_to_another_tenant() -> None:
    """That one's policies decide there; what our setting does there is not documented."""
    rows = prompted(0, resourceTenantId=OTHER_TENANT)
    assert fates(worked_out(HIDE, sign_ins=rows, sign_in_page=SHOWN)) == (0, 0, 0, 1)
    assert fates(worked_out(policy("New"), sign_ins=rows, sign_in_page=SHOWN)) == (0, 0, 1, 0)


def test_what_is_hidden_already_cannot_be_hidden() -> None:
    found = worked_out(HIDE, ALL, sign_ins=prompted(0), sign_in_page=HIDDEN)
    assert fates(found) == (0, 1, 0, 0)
    assert (
        found.answer
        == "Nothing changes: the prompt is hidden already. The sign-in page says that the prompt is hidden."
    )
    assert (found.may_lose, found.elsewhere, found.findings.disappear) == ((), (), ())


def test_an_admins_word_is_contradicted_by_the_change() -> None:
    word = Attestation("shown", "Ada", "2026-11-01")
    found = worked_out(HIDE, ALL, sign_in_page=SHOWN, attestation=word)
    assert [(each.check, each.finding.key) for each in found.findings.arise] == [
        ("stay-signed-in-contradiction", "attestation")
    ]


def test_tomorrow_the_page_says_so_and_says_it_after_the_last_prompt() -> None:
    with tenant(sign_in_page=[branding_row(False, locale=1043), *SHOWN]) as made:
        rows = tomorrow(made, HIDE).sign_in_page
    assert [(row.locale, row.keep_me_signed_in_disabled) for row in rows] == [(0, True), (1043, False)]
    assert rows[0].read == END
    with tenant(missing={"sign_in_page": "Not asked."}) as made:
        assert [row.locale for row in tomorrow(made, HIDE).sign_in_page] == [0]


@pytest.mark.parametrize("mode", ["never", "always"])
def test_a_new_policy_spares_whom_it_reaches(mode: str) -> None:
    rows = [*prompted(0), *prompted(5, **MANAGED), *prompted(10, **GUEST)]
    found = worked_out(unmanaged_only(policy("New", mode=mode)), sign_ins=rows, sign_in_page=SHOWN)
    assert fates(found) == (2, 0, 1, 0)
    if mode == "never":
        assert at_most(found.may_lose) == [("prompt-not-shown", 2, 0, 2)]
        assert found.may_gain == ()
    else:
        assert found.may_lose == ()
        assert at_most(found.may_gain) == [("always-set", 2, 2, None)]
    assert found.change.kind == "new-policy"
    assert found.change.description == "the policy 'New' were added"


def test_a_policy_whose_reach_is_not_known() -> None:
    found = worked_out(at_risk(policy("New")), sign_ins=prompted(0), sign_in_page=SHOWN)
    assert fates(found) == (0, 0, 0, 1)
    assert ("prompts", "It asks for the risk of the user, which the log does not hold.", 1) in [
        (each.of, each.reason, each.count) for each in found.undecided
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (policy("New") | {"state": "enabledForReportingButNotEnforced"}, "report-only"),
        (policy("New") | {"state": "disabled"}, "The policy is disabled."),
        (policy("New", enabled=False), "not enabled"),
        (policy("New", mode=None), "sets no persistent browser session"),
    ],
)
def test_a_policy_without_effect_changes_nothing(given: Json, why: str) -> None:
    found = worked_out(given, sign_ins=prompted(0), sign_in_page=SHOWN)
    assert found.answer.startswith("Nothing changes for prompts and browser sessions.")
    assert why in found.answer
    assert fates(found) == (0, 0, 1, 0)
    assert (found.may_lose, found.may_gain) == ((), ())
    assert found.exit_code == 0


def test_a_prompt_that_was_seen_beats_what_is_worked_out() -> None:
    """A policy that stood as it is when a prompt was shown did not hide it; one that changed later would."""
    nothing = policy("New", mode=None)
    silent = worked_out(nothing, sign_ins=prompted(0), policies=[changed(at_risk(policy()), -9)])
    assert fates(silent) == (0, 0, 1, 0)
    later = worked_out(nothing, sign_ins=prompted(0), policies=[changed(at_risk(policy()), 9)])
    assert fates(later) == (0, 0, 0, 1)
    contradicted = worked_out(nothing, sign_ins=prompted(0), policies=[changed(policy("Never"), -9)])
    assert fates(contradicted) == (0, 0, 0, 1)
    assert contradicted.undecided[0].reason == (
        "By its conditions 'Never' hides the prompt, and it was shown all the same."
    )
    assert contradicted.may_lose == ()
    since = worked_out(nothing, sign_ins=prompted(0), policies=[changed(policy("Never"), 9)])
    assert fates(since) == (0, 1, 0, 0)


def test_what_a_changed_policy_did_before_says_nothing_of_after() -> None:
    before = changed(at_risk(policy("Never")), -9)
    after_it = {**policy("Never"), "modifiedDateTime": before["modifiedDateTime"]}
    found = worked_out(after_it, sign_ins=prompted(0), sign_in_page=SHOWN, policies=[before])
    assert fates(found) == (1, 0, 0, 0)
    assert found.change.kind == "replace-policy"


def test_disabling_one_lets_prompts_come_back() -> None:
    rows = [unprompted(0), unprompted(5, **MANAGED), unprompted(10, **GUEST), unprompted(15, clientAppUsed="IMAP")]
    parts: Json = {"sign_ins": rows, "policies": [unmanaged_only(policy("Never"))]}
    found = worked_out("Never", sign_in_page=SHOWN, **parts)
    assert found.prompts_again is not None
    assert (found.prompts_again.sign_ins, found.prompts_again.certain) == (1, 1)
    assert at_most(found.may_gain) == [("prompt-shown-again", 1, 0, None)]
    assert found.answer.startswith("At most 1 sign-in may meet the prompt to stay signed in again.")
    hidden = worked_out("Never", sign_in_page=HIDDEN, **parts)
    assert hidden.prompts_again is not None
    assert hidden.prompts_again.sign_ins == 0
    assert hidden.answer == "No sign-in of the log would meet the prompt again: the tenant's setting hides it."
    unknown = worked_out("Never", **parts)
    assert unknown.prompts_again is not None
    assert (unknown.prompts_again.sign_ins, unknown.prompts_again.certain) == (1, 0)
    assert "Whether the tenant's setting shows the prompt is not known." in [each.reason for each in unknown.undecided]


def test_another_policy_may_keep_the_prompt_away() -> None:
    rows = [unprompted(0), unprompted(5, **MANAGED)]
    parts: Json = {"sign_ins": rows, "sign_in_page": SHOWN}
    both = worked_out("Never", policies=[policy("Never"), unmanaged_only(policy("Too"))], **parts)
    assert both.prompts_again is not None
    assert (both.prompts_again.sign_ins, both.prompts_again.certain) == (1, 1)
    perhaps = worked_out("Never", policies=[policy("Never"), at_risk(policy("Too"))], **parts)
    assert perhaps.prompts_again is not None
    assert (perhaps.prompts_again.sign_ins, perhaps.prompts_again.certain) == (2, 0)


def test_disabling_always_costs_sessions() -> None:
    rows = [unprompted(0), unprompted(5, **MANAGED)]
    found = worked_out("Always", sign_ins=rows, policies=[unmanaged_only(policy("Always", mode="always"))])
    assert at_most(found.may_lose) == [("always-lifted", 1, 1, None)]
    assert found.may_gain == ()


@pytest.mark.parametrize(
    ("wanted", "lose", "gain"),
    [
        ("Never", [], [("always-set", 1, 0, None)]),
        ("Always", [("always-lifted", 1, 0, None)], []),
    ],
)
def test_between_always_and_never_no_winner_is_predicted(wanted: str, lose: list[Any], gain: list[Any]) -> None:
    """Still, taking never away costs nobody a session, and taking always away gives nobody one."""
    policies = [policy("Never"), policy("Always", mode="always")]
    found = worked_out(wanted, sign_ins=[unprompted(0)], policies=policies, sign_in_page=SHOWN)
    assert (at_most(found.may_lose), at_most(found.may_gain)) == (lose, gain)
    assert found.prompts_again is not None
    assert found.prompts_again.sign_ins == 0
    assert [(each.of, each.count) for each in found.undecided] == [("sign-ins", 1)]
    assert "which wins is not documented" in found.undecided[0].reason


def test_from_always_to_never_in_the_same_place() -> None:
    always, never = policy("P", mode="always"), policy("P", mode="never")
    found = worked_out(never, sign_ins=[unprompted(0), unprompted(5)], policies=[always], sign_in_page=SHOWN)
    assert at_most(found.may_lose) == [("always-lifted", 2, 2, None)]
    assert found.prompts_again is not None
    assert found.prompts_again.sign_ins == 0
    assert found.may_gain == ()


def test_a_change_of_something_else_moves_nobody() -> None:
    """Not even where it is not known whom the policy reaches."""
    before = at_risk(policy("P", mode="always"))
    given = before | {"grantControls": {"operator": "OR", "builtInControls": ["mfa"]}}
    found = worked_out(given, sign_ins=[*prompted(0), unprompted(9)], policies=[before], sign_in_page=SHOWN)
    assert found.answer == (
        "Nothing changes for prompts and browser sessions. What the policy does to them stays as it is."
    )
    assert (found.may_lose, found.may_gain, fates(found)) == ((), (), (0, 0, 1, 0))


def test_where_the_policys_reach_stays_unknown_nobody_is_called_certain() -> None:
    narrowed = at_risk(policy("P", mode="always"))
    wider = policy("P", mode="always")
    found = worked_out(narrowed, sign_ins=[unprompted(0)], policies=[wider], sign_in_page=SHOWN)
    assert at_most(found.may_lose) == [("always-lifted", 1, 0, None)]
    assert found.prompts_again is not None
    assert (found.prompts_again.sign_ins, found.prompts_again.certain) == (1, 0)


def test_resources_that_the_policy_excepts_are_spoken_of() -> None:
    given = policy("New")
    given["conditions"]["applications"]["excludeApplications"] = ["bbbbbbbb-0000-4000-8000-000000000001"]
    found = worked_out(given, sign_ins=prompted(0), sign_in_page=SHOWN)
    assert fates(found) == (0, 0, 1, 0)
    assert "excepts resources" in found.elsewhere[0].statement


def _policies_found(made: Tenant) -> Iterable[Finding]:
    for each in made.policies:
        if each.enforced:
            about = Subject("policy", each.id, each.name)
            yield Finding(Severity.HIGH, Confidence.STATED, about, "It is on.", "Look at it.")


def _undecided_tomorrow(made: Tenant) -> Iterable[Finding]:
    if len(made.policies) > 1:
        raise NotDecided("Two are too many.", "Take one away.")
    return ()


IS_ON = Check("policy-is-on", "On", ("policies",), _policies_found)
COUNTS = Check("policy-counts", "Counts", ("policies",), _undecided_tomorrow)


def test_findings_are_told_apart_by_fingerprint() -> None:
    old = policy("Old")
    gone = worked_out("Old", [IS_ON], policies=[old, policy("Other")])
    assert [each.finding.subject.name for each in gone.findings.disappear] == ["Old"]
    assert gone.findings.arise == ()
    came = worked_out(policy("New"), [IS_ON, COUNTS], policies=[old])
    assert [each.finding.subject.name for each in came.findings.arise] == ["New"]
    assert [(each.check, each.reason) for each in came.findings.not_compared] == [
        ("policy-counts", "Two are too many.")
    ]
    assert came.findings.disappear == ()


def test_the_change_is_made_when_the_window_ends() -> None:
    """So that what the log says of the policy as it was is not held against it as it would be."""
    with tenant(policies=[policy("A"), policy("B")]) as made:
        policies = tomorrow(made, disabling("A", made.policies)).policies
        assert [(each.name, each.state, each.modified == END) for each in policies] == [
            ("A", "disabled", True),
            ("B", "enabled", False),
        ]


REFUSED = "Graph answered 403."


@pytest.mark.parametrize(
    ("wanted", "missing", "answer"),
    [
        (HIDE, "sign_ins", "Not known: the sign-in log could not be read."),
        (policy("New"), "sign_ins", "Not known: the sign-in log could not be read."),
        (Change("disable-policy"), "policies", "Not known: the Conditional Access policies could not be read."),
    ],
)
def test_absent_data_is_no_answer(wanted: Wanted, missing: str, answer: str) -> None:
    with tenant(missing={missing: REFUSED}, sign_in_page=SHOWN, sign_ins=prompted(0)) as made:
        change = wanted if isinstance(wanted, Change) else putting_in(graph_json.policy(wanted), ())  # type: ignore[arg-type]
        found = what_if(made, change, ALL, {})
    assert found.answer == answer
    assert found.prompts_again is None
    assert [(each.name, each.state, each.reason) for each in found.unread] == [(missing, "missing", REFUSED)]
    assert found.exit_code == 3
    if missing == "sign_ins":
        assert (found.prompts, found.may_lose, found.may_gain) == (None, None, None)


def test_hiding_the_prompt_can_be_worked_out_without_policies() -> None:
    rows = [*prompted(0), *prompted(5, **GUEST)]
    found = worked_out(HIDE, sign_ins=rows, sign_in_page=SHOWN, missing={"policies": REFUSED})
    assert fates(found) == (1, 0, 0, 1)
    assert found.exit_code == 3


def test_what_was_only_partly_read_says_so() -> None:
    partial = {"sign_ins": "One day of seven.", "group_members": "One group hides its members."}
    found = worked_out(policy("New"), sign_ins=prompted(0), sign_in_page=SHOWN, partial=partial)
    assert [(each.name, each.state) for each in found.unread] == [("sign_ins", "partial"), ("group_members", "partial")]
    assert found.exit_code == 3
    assert fates(found) == (1, 0, 0, 0)


def test_a_policy_for_a_role_reaches_its_holders() -> None:
    role = "62e90394-69f5-4237-9190-012177145e10"
    given = policy("Admins", mode="always")
    given["conditions"]["users"] = {"includeRoles": [role]}
    found = worked_out(
        "Admins",
        policies=[given],
        sign_ins=[unprompted(0), unprompted(5, **BEN_S)],
        role_assignments=[role_assignment(BEN, role)],
        role_templates=[{"id": role, "displayName": "Global Administrator"}],
        directory_objects=[{"@odata.type": "#microsoft.graph.user", "id": BEN, "displayName": "Ben"}],
    )
    assert at_most(found.may_lose) == [("always-lifted", 1, 1, None)]


def test_a_log_without_prompts() -> None:
    assert worked_out(HIDE, sign_ins=[unprompted(0)], sign_in_page=SHOWN).answer == (
        "The log holds no prompt to stay signed in."
    )


GROUP = "dddddddd-0000-4000-8000-000000000001"


def test_an_excluded_group_that_was_not_read_leaves_each_in_doubt_and_all_others_certain() -> None:
    new = policy("Never but the emergency group")
    new["conditions"]["users"]["excludeGroups"] = [GROUP]
    rows = [row for number in range(3) for row in prompted(number)]
    found = worked_out(new, sign_ins=rows, sign_in_page=SHOWN)
    assert found.prompts is not None
    assert (found.prompts.vanish.prompts, found.prompts.not_known.prompts) == (0, 3)
    assert found.prompts.unless.prompts == 3
    said = (
        f"Those not known would not be shown, unless the person is among the members of the group {GROUP}, who were not"
    )
    assert said in found.answer
    (unread,) = (each for each in found.unread if each.name == "group_members")
    assert GROUP in unread.reason
    assert "collect again" in unread.remedy
    assert found.exit_code == 3
    read = worked_out(new, sign_ins=rows, sign_in_page=SHOWN, group_members={GROUP: []})
    assert read.prompts is not None
    assert (read.prompts.vanish.prompts, read.prompts.unless.prompts) == (3, 0)
    assert "unless" not in read.answer
    assert not read.unread


def test_what_else_is_not_known_is_not_put_on_the_group() -> None:
    new = at_risk(policy("Never but the emergency group"))
    new["conditions"]["users"]["excludeGroups"] = [GROUP]
    found = worked_out(new, sign_ins=prompted(0), sign_in_page=SHOWN)
    assert found.prompts is not None
    assert (found.prompts.not_known.prompts, found.prompts.unless.prompts) == (1, 0)
