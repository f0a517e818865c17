"""Is "Show option to remain signed in" on? Shown, hidden or not known: never a guess, with every piece of evidence.

Microsoft Graph has no such property, in v1.0 or beta. What can be had, the strongest first: the sign-in page's default
branding row; interactive 50140 rows of the tenant's own users, each of which proves that the prompt was shown then;
an admin's word in the config. Company branding in Graph tells only whether branding exists, so it decides nothing.

It stands beside the packages it reads (the log, the page, the config) because it belongs to none of them.
"""

from __future__ import annotations

from auditor.finding import Confidence, Evidence
from auditor.run import StaySignedIn
from auditor.sign_ins.catalogue import KEEP_ME_SIGNED_IN
from auditor.tenant.dataset import Missing, Reading
from auditor.tenant.records import Attestation, PageBranding
from auditor.tenant.sign_in_log import Interrupt, SignInLog
from auditor.tenant.tenant import Tenant

SHOWN = "shown"
HIDDEN = "hidden"
NOT_KNOWN = "not known"


def stay_signed_in(tenant: Tenant) -> StaySignedIn:
    """The verdict, how sure, why, and the evidence in the order of its weight."""
    from_page, page_evidence = _page(tenant.reading("sign_in_page"))
    last_prompt, log_evidence = _prompts(tenant.reading("sign_ins"))
    word = tenant.attestation
    evidence = (*page_evidence, *log_evidence, *_word(word), *_branding(tenant.reading("branding")))

    def verdict(setting: str, confidence: Confidence, why: str) -> StaySignedIn:
        return StaySignedIn(setting, confidence.value, why, evidence)

    if from_page is not None:
        return verdict(from_page, Confidence.STATED, f"The sign-in page says that the prompt is {from_page}.")
    if last_prompt is not None and (word is None or word.on <= last_prompt.created[:10]):
        return verdict(SHOWN, Confidence.INFERRED, "The sign-in log proves that the tenant's own users met the prompt.")
    if word is not None:
        return verdict(word.setting, Confidence.INFERRED, "The sign-in page does not tell; this is an admin's word.")
    why = "Neither the sign-in page nor the sign-in log decides it. Microsoft's default is to show the prompt."
    return StaySignedIn(NOT_KNOWN, "", why, evidence)


def _page(page: Reading[tuple[PageBranding, ...]]) -> tuple[str | None, list[Evidence]]:
    if isinstance(page, Missing):
        return None, [Evidence("sign_in_page", f"The sign-in page was not read: {page.reason}")]
    evidence = [_page_evidence(row) for row in page.value]
    decisive = (row for row in page.value if row.locale == 0 and row.keep_me_signed_in_disabled is not None)
    row = next(decisive, None)
    return (None if row is None else HIDDEN if row.keep_me_signed_in_disabled else SHOWN), evidence


def _page_evidence(row: PageBranding) -> Evidence:
    asked = f"Asked for {row.asked_for}, the sign-in page"
    if row.keep_me_signed_in_disabled is None:
        has = "has no branding row" if row.locale is None else f"has a {_locale(row)} branding row without the setting"
        return Evidence("sign_in_page", f"{asked} {has}: it decides nothing.", row.read)
    setting = HIDDEN if row.keep_me_signed_in_disabled else SHOWN
    weight = "" if row.locale == 0 else " This row is not the default one, so it decides nothing."
    return Evidence("sign_in_page", f"{asked} says in its {_locale(row)} branding row: {setting}.{weight}", row.read)


def _locale(row: PageBranding) -> str:
    return "default" if row.locale == 0 else f"locale {row.locale}"


def _prompts(log: Reading[SignInLog]) -> tuple[Interrupt | None, list[Evidence]]:
    """The last prompt that proves something. Guests see their own tenant's setting, and a row that does not say whose
    user it is, or whether anybody sat before it, proves nothing."""
    if isinstance(log, Missing):
        return None, [Evidence("sign_ins", f"The sign-in log was not read: {log.reason}")]
    count, last = 0, None
    for prompt in log.value.interrupts(KEEP_ME_SIGNED_IN):
        if prompt.own_user and prompt.interactive:
            count, last = count + 1, prompt
    if last is None:
        return None, [Evidence("sign_ins", "The log holds no 50140 of the tenant's own users, which proves nothing.")]
    times = "once" if count == 1 else f"{count} times"
    seen = f"The prompt was shown to the tenant's own users {times}, last to {last.user or 'a user'} (50140)."
    return last, [Evidence("sign_ins", seen, last.created)]


def _branding(branding: Reading[tuple[object, ...]]) -> list[Evidence]:
    if isinstance(branding, Missing):
        return []
    configured = "Company branding is configured" if branding.value else "No company branding is configured"
    return [Evidence("branding", f"{configured}; Microsoft Graph's branding does not hold the setting.")]


def _word(attestation: Attestation | None) -> list[Evidence]:
    if attestation is None:
        return []
    said = f"{attestation.by} wrote into the config that the portal says: {attestation.setting}."
    return [Evidence("config", said, attestation.on)]
