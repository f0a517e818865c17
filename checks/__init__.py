"""The checks that come with auditor, found through the same entry-point group as anybody's: `checks:ALL`."""

from checks.interrupts import check as interrupts
from checks.persistent_browser import check as persistent_browser
from checks.prompt_moot import check as prompt_moot
from checks.session_lifetime import check as session_lifetime
from checks.stay_signed_in_contradiction import check as stay_signed_in_contradiction
from checks.stay_signed_in_not_known import check as stay_signed_in_not_known
from checks.stay_signed_in_shown import check as stay_signed_in_shown

ALL = (
    interrupts,
    stay_signed_in_shown,
    stay_signed_in_not_known,
    stay_signed_in_contradiction,
    prompt_moot,
    persistent_browser,
    session_lifetime,
)
