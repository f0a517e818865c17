"""Whether the "Stay signed in?" prompt is shown is not known, or known from an old word only.

What it means: nothing that could be read tells whether users are asked to stay signed in. That is no fault of the
tenant: Microsoft Graph does not have the setting, and the sign-in page tells it only where it was once changed.

Why it matters: Microsoft's default is to show the prompt, so a tenant that nobody looked at is likely to show it; but
that is a likelihood, and it is reported as no more. What an admin wrote down half a year ago may have changed since.

What to do: look in the portal (Users > User settings > Show keep user signed in) and write what it says into the
config, under [tenant.stay_signed_in], with your name and the date.

What it cannot see: whether somebody changed the setting since it was looked at. A log without prompts proves nothing:
policies, integrated Windows authentication and sessions that still last keep people from meeting the prompt.
"""

from collections.abc import Iterator

from auditor.api import (
    SETTING,
    STALE_DAYS,
    TELLING,
    Check,
    Confidence,
    Finding,
    Missing,
    Severity,
    Tenant,
    setting_evidence,
    stay_signed_in,
)

_LOOK = (
    "Look in the portal (Users > User settings > Show keep user signed in) and write what it says into the config: "
    "attested, by and on, under [tenant.stay_signed_in]."
)


def run(tenant: Tenant) -> Iterator[Finding]:
    answer = stay_signed_in(tenant)
    found = setting_evidence(tenant)
    if answer.verdict == "not known":
        yield Finding(
            severity=Severity.INFO,
            confidence=Confidence.STATED,
            subject=SETTING,
            message=f"Whether users are asked to stay signed in is not known. {answer.why}",
            remedy=" ".join(dict.fromkeys((_LOOK, *_what_was_missing(tenant)))),
            evidence=answer.evidence,
            key="not-known",
        )
    elif found.decided_by == "word" and found.stale and found.word is not None:
        yield Finding(
            severity=Severity.LOW,
            confidence=Confidence.STATED,
            subject=SETTING,
            message=f"That the prompt is {answer.verdict} rests on what {found.word.by} saw on {found.word.on} alone, "
            f"more than {STALE_DAYS} days before the end of the window. Low, because it may well still be so.",
            remedy=_LOOK,
            evidence=answer.evidence,
            key="old-word",
        )


def _what_was_missing(tenant: Tenant) -> Iterator[str]:
    for dataset in ("sign_in_page", "sign_ins"):
        reading = tenant.reading(dataset)
        if isinstance(reading, Missing) and reading.remedy:
            yield reading.remedy


check = Check(
    id="stay-signed-in-not-known",
    title='Whether the "Stay signed in?" prompt is shown is not known',
    needs=(),
    wants=TELLING,
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW),
)
