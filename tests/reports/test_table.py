import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from auditor.reports.table import render
from auditor.run import Run, Unreached
from auditor.testing import after, branding_row, policy, sign_in

EVERYTHING: dict[str, Any] = {
    "sign_ins": [
        *(
            sign_in(code, after(100 * place), correlationId=f"c{code}")
            for place, code in enumerate((50140, 50074, 50125))
        ),
        sign_in(0, after(1), correlationId="c50140"),
        sign_in(999_999, after(2), correlationId="x"),
    ],
    "policies": [
        policy("No persistent sessions on devices that nobody manages, for everybody but the break-glass accounts"),
        policy("Kiosks", mode="always"),
        policy("Trial") | {"state": "enabledForReportingButNotEnforced"},
        policy("MFA", mode=None),
    ],
    "sign_in_page": [branding_row(False)],
    "partial": {"role_templates": "One page."},
}


@pytest.mark.parametrize("width", [80, 120, 160, 300])
def test_no_line_is_wider_than_the_terminal(run_of: Callable[..., Run], width: int) -> None:
    lines = render(run_of(**EVERYTHING), width=width).splitlines()
    assert [line for line in lines if len(line) > width] == []
    assert max(map(len, lines)) > min(width, 160) * 0.8


def test_the_first_screen_answers_the_three_questions(run_of: Callable[..., Run]) -> None:
    screen = " ".join(" ".join(render(run_of(**EVERYTHING), width=80).splitlines()[:30]).split())
    assert "3 interrupts of 3 kinds: 1 completed, 2 abandoned." in screen
    assert "Yes, users are asked (stated)." in screen
    assert (
        "3 of the 4 policies. In force: 1 always persistent, 1 never persistent. Without effect as they are: 1."
        in screen
    )


def test_absent_data_is_no_answer(run_of: Callable[..., Run]) -> None:
    text = render(run_of(missing={name: "Graph answered 403." for name in ("sign_ins", "policies", "sign_in_page")}))
    flat = " ".join(text.split())
    assert "Not known: the sign-in log could not be read (see below)." in flat
    assert "Not known. Neither the sign-in page nor the sign-in log decides it." in flat
    assert "Not known: the policies could not be read (see below)." in flat
    assert "check persistent-browser-always: not run." in flat
    assert "Grant the application permission AuditLog.Read.All" in flat


def test_each_answer_says_what_it_rests_on_and_what_it_lacks(run_of: Callable[..., Run]) -> None:
    whole = " ".join(render(run_of(**EVERYTHING)).split())
    assert "Rests on: sign-in log (5 rows); sign-in page settings and 14 more. Lacks: directory roles." in whole
    assert "Rests on: Conditional Access policies; sign-in log (5 rows) and 7 more. Lacks: directory roles." in whole
    missing = {name: "Graph answered 403." for name in ("sign_ins", "sign_in_page", "branding", "organization")}
    flat = " ".join(render(run_of(missing=missing, partial={"policies": "One page."})).split())
    assert "Rests on nothing that was read. Lacks: sign-in log; sign-in page settings" in flat
    assert "Rests on: Conditional Access policies (a part); applications that policies name and 6 more." in flat
    assert "Rests on nothing that was read. Lacks: sign-in page settings; sign-in log and 2 more." in flat


def test_what_was_only_partly_read_says_so(run_of: Callable[..., Run]) -> None:
    parts = {"sign_ins": "One day of seven.", "policies": "One page."}
    last_day = ("2026-11-07T00:00:00.0000000Z", "2026-11-08T00:00:00.0000000Z")
    flat = " ".join(render(run_of(policies=[policy(mode=None)], partial=parts, spans=[last_day])).split())
    assert "only a part of it read" in flat
    assert "None: the only policy that could be read does not." in flat
    assert "Only a part of the window was read: 2026-11-07T00:00:00Z to 2026-11-08T00:00:00Z." in flat


def test_colour_only_when_asked_for(run_of: Callable[..., Run]) -> None:
    run = run_of(**EVERYTHING)
    assert "\x1b" not in render(run)
    assert "\x1b[33mMEDIUM\x1b[0m" in render(run, colour=True)


def test_hostile_names_are_shown_as_text(run_of: Callable[..., Run]) -> None:
    names = ["\x1b]0;owned\x07", "right\u202eleft", "lone \ud800", "x" * 10_000, "a\nb\rc"]
    lines = render(run_of(policies=[policy(name, mode="always") for name in names]), width=80).splitlines()
    assert not [line for line in lines if any(ord(letter) < 32 or "\ud800" <= letter <= "\udfff" for letter in line)]
    assert "\u202e" not in "".join(lines)
    assert [line for line in lines if len(line) > 80] == []


def test_several_tenants_are_told_apart(run_of: Callable[..., Run]) -> None:
    one = run_of()
    two = Run(one.started, one.version, one.plugins, one.tenants * 2)
    assert render(two).count("Contoso (contoso.com)") == 2


def test_tenants_out_of_reach_come_last_each_with_what_to_do(run_of: Callable[..., Run]) -> None:
    unreached = (
        Unreached("fabrikam.com", "Signing in was refused\x1b[2J: the secret has expired.", "Renew the secret."),
        Unreached("woodgrove.com", f"The folder {'x' * 200} cannot be made.", ""),
    )
    text = render(dataclasses.replace(run_of(), unreached=unreached), width=80)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80
    head, _, tail = text.partition("Tenants that could not be looked at: 2")
    assert "Contoso (contoso.com)" in head
    flat = " ".join(tail.split())
    assert "- fabrikam.com: Signing in was refused" in flat
    assert "the secret has expired. Renew the secret. - woodgrove.com: The folder" in flat
    assert "could not be looked at: " not in render(run_of())


def applied(result: str) -> dict[str, Any]:
    """A finished sign-in's record of one policy."""
    return {
        "conditionalAccessStatus": "success",
        "appliedConditionalAccessPolicies": [{"id": policy("Kiosks")["id"], "displayName": "Kiosks", "result": result}],
    }


def test_what_a_policy_reaches_and_how_far_to_trust_that(run_of: Callable[..., Run]) -> None:
    kiosks = policy("Kiosks", mode="always")
    rule = 'device.trustType -eq "AzureAD"'
    kiosks["conditions"]["devices"] = {"deviceFilter": {"mode": "exclude", "rule": rule}}
    rows = [sign_in(0, **applied("success")), sign_in(0, after(1), **applied("notApplied"), id="odd-one")]
    flat = " ".join(render(run_of(policies=[kiosks], sign_ins=rows), width=160).split())
    assert "Of 2 completed browser sign-ins its conditions hold for 2." in flat
    assert "Devices: unregistered yes; AzureAD compliant no; AzureAD not compliant no; ServerAD compliant yes" in flat
    assert "agrees with 1, disagrees with 1, and does not know 0." in flat
    assert "Kiosks applies, by the evaluation; by the log it did not apply to 1 sign-ins, such as odd-one." in flat


def test_a_link_is_shown_whole_or_not_at_all(run_of: Callable[..., Run]) -> None:
    run = run_of(policies=[policy("Kiosks", mode="always")], portal="https://portal.azure.com")
    link = "https://portal.azure.com/#view/Microsoft_AAD_ConditionalAccess/PolicyBlade/policyId/"
    assert any(line.strip().startswith(link) for line in render(run, width=160).splitlines())
    assert "PolicyBlade" not in render(run, width=80)
