"""Codes that name their cause themselves: what little the tenant adds to it, and the fallback of all others."""

from __future__ import annotations

from auditor.explain.causes import CAUSES, NOT_EVIDENCED
from auditor.explain.explanation import Explanation
from auditor.explain.phrases import quoted
from auditor.explain.surroundings import Surroundings
from auditor.finding import Confidence, Evidence
from auditor.tenant.records import RegistrationCampaign
from auditor.tenant.sign_in_log import Interrupt

CODES = (50058, 50059, 50143, 50168, 50187, 51006, 52004, 16000, 16001, 16003, 81010, 81012, 81014)
CAMPAIGN = 50203

UNNAMED = {50140: "prompt-expected", 50199: "app-not-readable"}
"""What is said where nothing is known, of codes that have neither one cause only nor `not-evidenced`."""


def fallback(code: int, *missing: str) -> Explanation:
    """What the code alone says."""
    causes = CAUSES[code]
    slug = UNNAMED.get(code, causes[0].slug if len(causes) == 1 else NOT_EVIDENCED)
    return Explanation(slug, Confidence.GENERAL, (), missing)


class General:
    """Of `CODES`."""

    def __init__(self) -> None:
        self._known = {code: fallback(code) for code in CODES}

    def explain(self, interrupt: Interrupt) -> Explanation:
        return self._known[interrupt.code]


class Campaign:
    """50203, by the campaign as it is set today."""

    def __init__(self, surroundings: Surroundings) -> None:
        campaign: RegistrationCampaign | None = surroundings.value("registration_campaign")
        missing = surroundings.lacking("registration_campaign", "How the campaign is set is not known.")
        confidence, evidence = (Confidence.GENERAL, ()) if campaign is None else _read(campaign)
        self._known = Explanation(CAUSES[CAMPAIGN][0].slug, confidence, evidence, missing)

    def explain(self, interrupt: Interrupt) -> Explanation:
        return self._known


def _read(campaign: RegistrationCampaign) -> tuple[Confidence, tuple[Evidence, ...]]:
    said = f"The campaign is {quoted(campaign.state)} today"
    if campaign.snooze_days is not None:
        said += f"; who puts it off is asked again after {campaign.snooze_days} days"
    if campaign.state == "disabled":
        said += ": it was switched off since"
    sure = campaign.state in ("default", "enabled", "disabled")
    confidence = Confidence.INFERRED if sure else Confidence.GENERAL
    return confidence, (Evidence("registration_campaign", f"{said}."),)
