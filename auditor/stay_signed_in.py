"""Is "Show option to remain signed in" on? Shown, hidden or not known: never a guess, with every piece of evidence.

Microsoft Graph has no such property, in v1.0 or beta. What can be had, the strongest first: the sign-in page's default
branding row; interactive 50140 rows of the tenant's own users, each of which proves that the prompt was shown then, and
nothing of today where the last one is old; an admin's word in the config. Company branding in Graph tells only whether
branding exists, so it decides nothing.

It stands beside the packages it reads (the log, the page, the config) because it belongs to none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from auditor.finding import Confidence, Evidence, Subject
from auditor.run import StaySignedIn
from auditor.sign_ins.catalogue import KEEP_ME_SIGNED_IN
from auditor.tenant.dataset import Missing, Partial
from auditor.tenant.instant import MINUTE, parse
from auditor.tenant.records import Attestation, Organization, PageBranding
from auditor.tenant.sign_in_log import Interrupt, SignInLog
from auditor.tenant.tenant import Tenant

SHOWN = "shown"
HIDDEN = "hidden"
NOT_KNOWN = "not known"

SETTING = Subject("setting", "stay-signed-in", "Show option to remain signed in")
"""What findings about the setting are about."""

TELLING = ("sign_in_page", "sign_ins", "branding", "organization")
"""The datasets that tell of the setting: a check that asks for it declares them in its `wants`."""

_HOUR = 60 * MINUTE

_DAY = 24 * _HOUR

PROMPT_DAYS = 30
"""A prompt that lies further back than this proves nothing of today: a limit of this program, and no more."""

_TOLERATED = _DAY
"""Rows that lie further ahead of the present have a wrong clock, or the present has: they prove nothing."""

STALE_DAYS = 180
"""An admin's word that is older than this, at the end of the window, wants looking again."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The 50140 rows that prove something: a user of the tenant's own sat before the prompt. How many, and two."""

    count: int
    first: Interrupt
    last: Interrupt


@dataclass(frozen=True, slots=True)
class Shown:
    """The 50140 rows of a log. `proving`: see `Prompts`; None: there are none. `unclear`: how many may be of the
    tenant's own users before the prompt, and do not say so: whose they are (`whose`), or that anybody sat before it
    (`seen`); `last`: when the last of them was, as the log has it. `ahead`: how many lie in the future."""

    proving: Prompts | None = None
    unclear: int = 0
    whose: bool = True
    seen: bool = True
    last: str = ""
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class SettingEvidence:
    """What bears on the setting. `rows`: those of the sign-in page that hold it. `prompts`: None when the log shows
    none, or was not read. `recent`: the last of them lies at most `PROMPT_DAYS` back. `stale`: the admin's word is
    older than `STALE_DAYS`."""

    rows: tuple[PageBranding, ...] = ()
    prompts: Prompts | None = None
    word: Attestation | None = None
    stale: bool = False
    recent: bool = False

    @property
    def default_rows(self) -> tuple[PageBranding, ...]:
        """The rows that hold for everybody."""
        return tuple(row for row in self.rows if row.locale == 0)

    @property
    def differing_rows(self) -> tuple[PageBranding, ...]:
        """Rows for one language that say something else than the page's default."""
        return tuple(row for row in self.rows if row.locale != 0 and self.page not in (None, setting_of(row)))

    @property
    def page(self) -> str | None:
        """What the page says; None when it does not say, or when its default rows contradict each other."""
        settings = {setting_of(row) for row in self.default_rows}
        return settings.pop() if len(settings) == 1 else None

    @property
    def prompted_since_read(self) -> bool:
        """Whether the log shows a prompt after the page was read for the first time."""
        return self.prompted_since(min((row.read for row in self.default_rows), default=""))

    def prompted_since(self, instant: str) -> bool:
        """Whether the log shows a prompt after this instant, in ISO text; False where it is none."""
        since = _instant(instant)
        return self.prompts is not None and since is not None and self.prompts.last.at > since

    @property
    def prompted_since_word(self) -> bool:
        """Whether the log shows a prompt after the day of the admin's word was over, wherever on earth it was given."""
        day = _instant(f"{self.word.on}T00:00:00Z") if self.word else None
        return self.prompts is not None and day is not None and self.prompts.last.at > day + 36 * _HOUR

    @property
    def decided_by(self) -> str | None:
        """ "page", "prompts", "word" (the admin's), or None: the strongest of what tells."""
        if self.page is not None:
            return "page"
        newer = self.prompts is not None and (self.word is None or self.word.on <= self.prompts.last.created[:10])
        if newer and self.recent:
            return "prompts"
        # What was hidden before an old prompt was not hidden any more: neither tells of today.
        refuted = newer and self.word is not None and self.word.setting == HIDDEN
        return None if self.word is None or refuted else "word"


def setting_of(row: PageBranding) -> str:
    """What a row that holds the setting says."""
    return HIDDEN if row.keep_me_signed_in_disabled else SHOWN


def setting_evidence(tenant: Tenant) -> SettingEvidence:
    """Out of sign_in_page, sign_ins and the config."""
    page, log = tenant.reading("sign_in_page"), tenant.reading("sign_ins")
    word = tenant.attestation
    now = _now(tenant)
    prompts = None if isinstance(log, Missing) else _shown_in(log.value, now).proving
    return SettingEvidence(
        rows=_telling(() if isinstance(page, Missing) else page.value),
        prompts=prompts,
        word=word,
        stale=word is not None and _old(word, tenant.window[1]),
        recent=prompts is not None and now - prompts.last.at <= PROMPT_DAYS * _DAY,
    )


def stay_signed_in(tenant: Tenant) -> StaySignedIn:
    """The verdict, how sure, why, and the evidence in the order of its weight. Reads sign_in_page, sign_ins, branding,
    and, where it is given, organization."""
    found = setting_evidence(tenant)
    evidence = (
        *_page(tenant, found),
        *_log(tenant, found),
        *_word(found),
        *_branding(tenant),
        *_federated(tenant),
    )

    def verdict(setting: str, confidence: Confidence, why: str) -> StaySignedIn:
        return StaySignedIn(setting, confidence.value, why, evidence)

    decided_by = found.decided_by
    if decided_by == "page" and found.page is not None:
        return verdict(found.page, Confidence.STATED, f"The sign-in page says that the prompt is {found.page}.")
    if decided_by == "prompts" and found.prompts is not None:
        why = f"The sign-in log proves that the tenant's own users met the prompt, last on {_day(found.prompts)}."
        return verdict(SHOWN, Confidence.INFERRED, why)
    if decided_by == "word" and found.word is not None:
        why = "The sign-in page does not tell; this is an admin's word."
        return verdict(found.word.setting, Confidence.INFERRED, why)
    if found.prompts is not None:
        why = (
            f"The prompt was shown on {_day(found.prompts)}; whether it is today is not known, as that is more than "
            f"{PROMPT_DAYS} days ago, a limit of this program."
        )
    elif found.default_rows:
        why = "The sign-in page's default rows contradict each other, and nothing else decides it."
    else:
        why = "Neither the sign-in page nor the sign-in log decides it. Microsoft's default is to show the prompt."
    return StaySignedIn(NOT_KNOWN, "", why, evidence)


def _telling(rows: Iterable[PageBranding]) -> tuple[PageBranding, ...]:
    return tuple(row for row in rows if row.keep_me_signed_in_disabled is not None)


_SHOWN: WeakKeyDictionary[SignInLog, tuple[int, Shown]] = WeakKeyDictionary()
"""The report and several checks ask the same of one log: a pass over it takes a while where it is big."""


def _shown_in(log: SignInLog, now: int) -> Shown:
    known = _SHOWN.get(log)
    if known is None or known[0] != now:
        seen = any(each.code == KEEP_ME_SIGNED_IN for each in log.counts())
        known = _SHOWN[log] = now, _shown(log.interrupts(KEEP_ME_SIGNED_IN), now) if seen else Shown()
    return known[1]


def _shown(prompts: Iterable[Interrupt], now: int) -> Shown:
    """Guests see their own tenant's setting, and a row that does not say whose user it is, or whether anybody sat
    before it, proves nothing."""
    count, first, last = 0, None, None
    unclear, whose, seen, unclear_last, ahead = 0, True, True, "", 0
    for prompt in prompts:
        if prompt.own_user is False or prompt.interactive is False:
            continue
        if prompt.at > now + _TOLERATED:
            ahead += 1
        elif prompt.own_user and prompt.interactive:
            count, first, last = count + 1, first or prompt, prompt
        else:
            unclear, unclear_last = unclear + 1, prompt.created
            whose, seen = whose and prompt.own_user is not None, seen and prompt.interactive is not None
    proving = Prompts(count, first, last) if first is not None and last is not None else None
    return Shown(proving, unclear, whose, seen, unclear_last, ahead)


def _now(tenant: Tenant) -> int:
    return tenant.window[1] if tenant.now is None else tenant.now


def _day(prompts: Prompts) -> str:
    return prompts.last.created[:10]


def _old(word: Attestation, end: int) -> bool:
    day = _instant(f"{word.on}T00:00:00Z")
    return day is None or end - day > STALE_DAYS * _DAY  # a date that cannot be read vouches for nothing


def _instant(text: str) -> int | None:
    try:
        return parse(text)
    except ValueError:
        return None


def _page(tenant: Tenant, found: SettingEvidence) -> list[Evidence]:
    page = tenant.reading("sign_in_page")
    if isinstance(page, Missing):
        return [Evidence("sign_in_page", f"The sign-in page was not read: {page.reason}")]
    return [_page_evidence(row, row in found.differing_rows) for row in page.value]


def _page_evidence(row: PageBranding, differs: bool) -> Evidence:
    asked = f"Asked for {row.asked_for}, the sign-in page"
    if row.keep_me_signed_in_disabled is None:
        has = "has no branding row" if row.locale is None else f"has a {_locale(row)} branding row without the setting"
        return Evidence("sign_in_page", f"{asked} {has}: it decides nothing.", row.read)
    weight = "" if row.locale == 0 else " This row is not the default one, so it decides nothing."
    if differs:
        weight = f" It differs from the default row, which decides.{_merged(row)}"
    said = f"{asked} says in its {_locale(row)} branding row: {setting_of(row)}.{weight}"
    return Evidence("sign_in_page", said, row.read)


def _merged(row: PageBranding) -> str:
    """The page's own script, which Microsoft does not document, joins the two rows by "or"."""
    if row.keep_me_signed_in_disabled:
        return " Users whose browser asks for that language are likely not to be asked."
    return " As far as is known, no language's row shows again what the default row hides."


def _locale(row: PageBranding) -> str:
    return {0: "default", None: "unnamed"}.get(row.locale, f"locale {row.locale}")


def _log(tenant: Tenant, found: SettingEvidence) -> list[Evidence]:
    log = tenant.reading("sign_ins")
    if isinstance(log, Missing):
        return [Evidence("sign_ins", f"The sign-in log was not read: {log.reason}")]
    shown, prompts = _shown_in(log.value, _now(tenant)), found.prompts
    told = []
    if prompts is not None:
        times = "once" if prompts.count == 1 else f"{prompts.count} times"
        said = (
            f"The prompt was shown to the tenant's own users {times}, last to {prompts.last.user or 'a user'} on "
            f"{_day(prompts)} (50140)."
        )
        said += "" if found.recent else f" That is more than {PROMPT_DAYS} days ago: it proves nothing of today."
        told.append(Evidence("sign_ins", said, prompts.last.created))
    if shown.unclear and prompts is None:
        told.append(Evidence("sign_ins", _unclear(shown), shown.last))
    if shown.ahead:
        rows = "1 row" if shown.ahead == 1 else f"{shown.ahead:,} rows"
        told.append(Evidence("sign_ins", f"The log holds {rows} with 50140 of the future, which proves nothing."))
    if told:
        return told
    held = "What was read of the log holds" if isinstance(log, Partial) else "The log holds"
    return [Evidence("sign_ins", f"{held} no 50140 of the tenant's own users, which proves nothing.")]


def _unclear(shown: Shown) -> str:
    """That rows do not say enough to prove anything."""
    rows = f"{'interactive ' if shown.seen else ''}row{'' if shown.unclear == 1 else 's'} of 50140"
    lacking = [
        *(() if shown.whose else ("whose users they are",)),
        *(() if shown.seen else ("whether anybody sat before the prompt",)),
    ]
    return (
        f"The log holds {shown.unclear:,} {rows}, last on {shown.last[:10]}; the rows do not say "
        f"{' or '.join(lacking)}, so they prove nothing."
    )


def _branding(tenant: Tenant) -> list[Evidence]:
    branding = tenant.reading("branding")
    if isinstance(branding, Missing):
        return []
    configured = "Company branding is configured" if branding.value else "No company branding is configured"
    return [Evidence("branding", f"{configured}; Microsoft Graph's branding does not hold the setting.")]


def _word(found: SettingEvidence) -> list[Evidence]:
    word = found.word
    if word is None:
        return []
    said = f"{word.by} wrote into the config that the portal says: {word.setting}."
    if found.stale:
        said += f" That is more than {STALE_DAYS} days before the end of the window."
    return [Evidence("config", said, word.on)]


def _federated(tenant: Tenant) -> list[Evidence]:
    # It decides nothing, so a check need not declare it.
    organization = tenant.readings.get("organization")
    if organization is None or isinstance(organization, Missing):
        return []
    known: Organization = organization.value
    if not known.federated_domains:
        return []
    first, *others = known.federated_domains
    which = f"the federated domain {first}" + (f" and {len(others)} more" if others else "")
    said = (
        f"The sign-in page tells nothing for {which}. Users who sign in there with integrated Windows authentication "
        "do not meet the prompt, whatever the setting."
    )
    return [Evidence("organization", said)]
