"""The "Stay signed in?" prompt.

What it means: whether users are asked, after signing in, to stay signed in (Users > User settings > Show keep user
signed in). Who answers yes gets a cookie that survives closing the browser.

Why it matters: the prompt is the usual cause of 50140 in the sign-in log, and on shared devices a yes leaves a session
behind. The CIS Microsoft 365 Foundations Benchmark wants it hidden.

What to do: with Microsoft Entra ID P1 let a Conditional Access policy decide about persistent sessions, and hide the
prompt. Without it, weigh fewer prompts against sessions left on shared devices.

What it cannot see: Microsoft Graph does not have the setting. It is read from the sign-in page, which Microsoft does
not document, or follows from the log or an attestation; where none of them tells, it is not known.
"""

from collections.abc import Iterator

from auditor.api import (
    Check,
    Confidence,
    Evidence,
    Finding,
    NotDecided,
    Severity,
    StaySignedIn,
    Subject,
    Tenant,
    stay_signed_in,
)

_SETTING = Subject("setting", "stay-signed-in", "Show option to remain signed in")


def run(tenant: Tenant) -> Iterator[Finding]:
    answer = stay_signed_in(tenant)
    if answer.verdict == "not known":
        raise NotDecided(
            answer.why, "Look in the portal (Users > User settings) and write it under [tenant.stay_signed_in]."
        )
    if answer.verdict == "shown":
        yield Finding(
            severity=Severity.LOW,
            confidence=Confidence(answer.confidence),
            subject=_SETTING,
            message=f"Users are asked to stay signed in. {answer.why}",
            remedy="With Microsoft Entra ID P1, decide by a Conditional Access policy and hide the prompt.",
            evidence=answer.evidence,
        )
    yield from _against_the_word(tenant, answer)


def _against_the_word(tenant: Tenant, answer: StaySignedIn) -> Iterator[Finding]:
    word = tenant.attestation
    if word is not None and word.setting != answer.verdict:
        yield Finding(
            severity=Severity.MEDIUM,
            confidence=Confidence(answer.confidence),
            subject=_SETTING,
            message=f"The config attests {word.setting} ({word.by}, {word.on}); what was seen says {answer.verdict}.",
            remedy="Look in the portal again: the setting was changed since, or the attestation was wrong.",
            evidence=(*answer.evidence, Evidence("config", f"attested: {word.setting}", word.on)),
            key="contradicts-attestation",
        )


check = Check(
    id="stay-signed-in",
    title='The "Stay signed in?" prompt',
    needs=(),
    wants=("sign_in_page", "sign_ins", "branding"),
    run=run,
    docs=__doc__ or "",
)
