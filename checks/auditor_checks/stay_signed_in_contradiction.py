"""What tells of the "Stay signed in?" prompt contradicts itself.

What it means: the sign-in page, the sign-in log and the admin's word in the config do not agree on whether users are
asked to stay signed in.

Why it matters: one of them is wrong or out of date, and whoever relies on the prompt being hidden may rely on nothing.

What to do: look in the portal (Users > User settings > Show keep user signed in) and write down in the config what it
says. Where the setting was changed on purpose, the contradiction goes away as the log moves on.

What it cannot see: who changed the setting, and when; prompts only narrow it down. A log without prompts contradicts
nothing. What the page shows to browsers of one language is known from the page's script, which Microsoft does not
document.
"""

from collections.abc import Iterator

from auditor.api import (
    SETTING,
    TELLING,
    Check,
    Collected,
    Confidence,
    Evidence,
    Finding,
    NotDecided,
    SettingEvidence,
    Severity,
    Tenant,
    setting_evidence,
    setting_of,
    stay_signed_in,
)

_LOOK = "Look in the portal (Users > User settings > Show keep user signed in)"
_RELIED_ON = "Medium, because one of them is wrong, and somebody may rely on it."


def run(tenant: Tenant) -> Iterator[Finding]:
    found = setting_evidence(tenant)
    evidence = stay_signed_in(tenant).evidence
    findings = [*_rows(found, evidence), *_word(found, evidence), *_prompts(found, evidence)]
    if not findings:
        _something_to_compare(tenant, found)
    yield from findings


def _something_to_compare(tenant: Tenant, found: SettingEvidence) -> None:
    """NotDecided when nothing tells of the setting, or one thing alone does and the log, which might have contradicted
    it, was not wholly read."""
    said = [setting_of(row) for row in found.rows] + ([found.word.setting] if found.word else [])
    said += ["shown"] if found.prompts else []
    log = isinstance(tenant.reading("sign_ins"), Collected)
    if not said or (len(said) < 2 and not log):
        told = "Only one thing tells of the setting" if said else "Nothing tells of the setting"
        raise NotDecided(f"{told}: there is nothing to compare.", f"{_LOOK} and attest it in the config.")


def _rows(found: SettingEvidence, evidence: tuple[Evidence, ...]) -> Iterator[Finding]:
    if len({setting_of(row) for row in found.default_rows}) > 1:
        said = ", ".join(f"{setting_of(row)} for {row.asked_for}" for row in found.default_rows)
        yield Finding(
            severity=Severity.LOW,
            confidence=Confidence.STATED,
            subject=SETTING,
            message=f"The sign-in page's default rows contradict each other: {said}. The setting holds for the whole "
            "tenant, so they should be alike. Low, because the page and not the setting may be at fault.",
            remedy=f"{_LOOK} and attest in the config what it says.",
            evidence=evidence,
            key="domains",
        )
    showing = [str(row.locale) for row in found.differing_rows if setting_of(row) == "shown"]
    if showing:
        yield Finding(
            severity=Severity.INFO,
            confidence=Confidence.INFERRED,
            subject=SETTING,
            message=f"The sign-in page hides the prompt by default and shows it in the row of locale "
            f"{', '.join(showing)}. As far as is known, the page hides it where either row does.",
            remedy="Nothing, unless users of that language report the prompt.",
            evidence=evidence,
            key="locales",
        )


def _word(found: SettingEvidence, evidence: tuple[Evidence, ...]) -> Iterator[Finding]:
    word = found.word
    if word is None:
        return
    against = [f"the sign-in page says {found.page}"] if found.page not in (None, word.setting) else []
    certain = bool(against)
    if found.prompts is not None and word.setting == "hidden":
        day = found.prompts.last.created[:10]
        if found.prompted_since_word:
            certain = True
            against.append(f"users met the prompt after that, last on {day}")
        elif word.on <= day:
            against.append(f"users met the prompt about that time, last on {day}, perhaps before it was hidden")
    if against:
        yield Finding(
            severity=Severity.MEDIUM if certain else Severity.LOW,
            confidence=Confidence.STATED if certain else Confidence.INFERRED,
            subject=SETTING,
            message=f"The config attests {word.setting} ({word.by}, {word.on}), but {' and '.join(against)}. "
            + (_RELIED_ON if certain else "Low, because both may be true."),
            remedy=f"{_LOOK} again: it was changed since, or the attestation was wrong. Bring the config up to date.",
            evidence=evidence,
            key="attestation",
        )


def _prompts(found: SettingEvidence, evidence: tuple[Evidence, ...]) -> Iterator[Finding]:
    """Against a page that says hidden."""
    if found.page != "hidden" or found.prompts is None:
        return
    prompts = found.prompts
    day = prompts.last.created[:10]
    times = "once" if prompts.count == 1 else f"{prompts.count} times, last"
    if found.prompted_since_read:
        yield Finding(
            severity=Severity.MEDIUM,
            confidence=Confidence.STATED,
            subject=SETTING,
            message="The sign-in page said that the prompt is hidden, and after it was read a user met the prompt, on "
            f"{day}. {_RELIED_ON}",
            remedy=f"{_LOOK}. If it says hidden, the page does not tell the truth here: attest it in the config.",
            evidence=evidence,
            key="prompts-after",
        )
    else:
        yield Finding(
            severity=Severity.INFO,
            confidence=Confidence.INFERRED,
            subject=SETTING,
            message="The sign-in page says that the prompt is hidden, while before it was read users met the prompt "
            f"{times} on {day}. Either it was hidden after that, or the page does not tell the truth here.",
            remedy="Nothing if the prompts have ended. If they go on, look in the portal and attest what it says.",
            evidence=evidence,
            key="prompts-before",
        )


check = Check(
    id="stay-signed-in-contradiction",
    title='What tells of the "Stay signed in?" prompt contradicts itself',
    needs=(),
    wants=TELLING,
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO, Severity.LOW, Severity.MEDIUM),
)
