"""The "Stay signed in?" prompt is shown.

What it means: after signing in, users are asked whether to stay signed in (Users > User settings > Show keep user
signed in). Who answers yes gets a cookie that survives closing the browser. The setting holds for the whole tenant.

Why it matters: the prompt is the usual cause of 50140 in the sign-in log, and on a shared device a yes leaves a session
behind for whoever comes next. The CIS Microsoft 365 Foundations Benchmark (5.1.2.5) wants the prompt hidden.

What to do: with Microsoft Entra ID P1 or P2 let a Conditional Access policy decide about persistent browser sessions,
and hide the prompt. Without, weigh fewer prompts against sessions left behind; Microsoft's advice is to leave it on.
Hiding it has a side effect: parts of SharePoint Online and Office 2010 rely on people being able to stay signed in, and
may ask them to sign in where they did not before.

What it cannot see: Microsoft Graph does not have the setting. It is read from the sign-in page, which Microsoft does
not document, or follows from the log or from an admin's word; an old word alone does not clear it. Whether policies
keep the prompt from people is another check (prompt-moot).
"""

from collections.abc import Iterator

from auditor.api import (
    SETTING,
    STALE_DAYS,
    TELLING,
    Check,
    Collected,
    Confidence,
    Finding,
    Missing,
    NotDecided,
    Severity,
    Tenant,
    decides,
    own_browser_sign_ins,
    setting_evidence,
    stay_signed_in,
)

_LOOK = "Look in the portal (Users > User settings) and write what it says under [tenant.stay_signed_in]."

_REMEDY = (
    "With Microsoft Entra ID P1 or P2, let a Conditional Access policy decide and hide the prompt; without, weigh it. "
    "When it is hidden, parts of SharePoint Online and Office 2010 may ask for sign-ins elsewhere."
)


def run(tenant: Tenant) -> Iterator[Finding]:
    answer = stay_signed_in(tenant)
    found = setting_evidence(tenant)
    if answer.verdict == "not known":
        raise NotDecided(answer.why, _LOOK)
    if answer.verdict == "shown":
        severity, weight = _severity(tenant)
        yield Finding(
            severity=severity,
            confidence=Confidence(answer.confidence),
            subject=SETTING,
            message=f"Users are asked to stay signed in. {answer.why}{_elsewhere(tenant)} {weight}",
            remedy=_REMEDY,
            evidence=answer.evidence,
        )
    elif found.decided_by == "word" and found.stale and found.word is not None:
        old = f"more than {STALE_DAYS} days before the end of the window"
        raise NotDecided(f"That it is hidden rests on an admin's word of {found.word.on} alone, {old}.", _LOOK)


def _elsewhere(tenant: Tenant) -> str:
    languages = [str(row.locale) for row in setting_evidence(tenant).differing_rows]
    return f" The page hides it for locale {', '.join(languages)}." if languages else ""


def _severity(tenant: Tenant) -> tuple[Severity, str]:
    policies, log = tenant.reading("policies"), tenant.reading("sign_ins")
    if not isinstance(policies, Collected):
        return Severity.LOW, "Low, as far as can be told without all policies."
    if any(map(decides, policies.value)):
        return Severity.LOW, "Low, because a policy decides about persistent browser sessions for some or for all."
    sights = () if isinstance(log, Missing) else own_browser_sign_ins(log.value.sights())
    strange = sum(each.completed for each in sights if each.circumstances.way.device.registered is False)
    if not strange:
        return Severity.LOW, "Low, because no browser sign-in on a device that is not registered was seen."
    return Severity.MEDIUM, (
        "Medium, because no policy decides about persistent browser sessions, and users complete browser sign-ins on "
        f"devices that are not registered ({strange} in the log)."
    )


check = Check(
    id="stay-signed-in-shown",
    title='The "Stay signed in?" prompt is shown',
    needs=(),
    wants=(*TELLING, "policies"),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.LOW, Severity.MEDIUM),
)
