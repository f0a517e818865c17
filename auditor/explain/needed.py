"""What bears on why there was a row of a code, besides the row and its attempt: datasets, by code."""

from __future__ import annotations

from auditor.conditional_access.directory import NEEDED
from auditor.explain import (
    confirmation,
    controls,
    general,
    lifetime,
    password_reset,
    passwords,
    prompt,
    second_factor,
    sessions,
)
from auditor.tenant.dataset import DATASETS

_SAID = ("policies", "policy_changes")
_WORKED_OUT = (*_SAID, *NEEDED)

_BY_CODE: dict[int, tuple[str, ...]] = {
    prompt.CODE: ("sign_in_page", *_WORKED_OUT),
    confirmation.CODE: ("applications",),
    password_reset.CODE: ("user_events", "registrations"),
    general.CAMPAIGN: ("registration_campaign",),
    **dict.fromkeys(second_factor.CHALLENGES, ("security_defaults", *_WORKED_OUT)),
    **dict.fromkeys(second_factor.ENROLMENTS, ("security_defaults", "user_events", "registrations", *_WORKED_OUT)),
    **dict.fromkeys(controls.CODES, _SAID),
    **dict.fromkeys(lifetime.CODES, _WORKED_OUT),
    **dict.fromkeys(passwords.CODES, ("user_events",)),
    **dict.fromkeys(sessions.CODES, ("user_events", "password_dates")),
}

WANTS = tuple(name for name in DATASETS if any(name in wanted for wanted in _BY_CODE.values()))
"""The datasets that explanations read, as far as they are there."""


def needed_for(code: int | None) -> tuple[str, ...]:
    """Names of datasets, in the order of `DATASETS`; none where the row alone tells what can be told."""
    wanted = () if code is None else _BY_CODE.get(code, ())
    return tuple(name for name in DATASETS if name in wanted)
