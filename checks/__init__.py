"""The checks that come with auditor, found through the same entry-point group as anybody's: `checks:ALL`."""

from checks.admin_session_lifetime import check as admin_session_lifetime
from checks.interrupts import check as interrupts
from checks.persistent_browser_always import check as persistent_browser_always
from checks.persistent_browser_conflict import check as persistent_browser_conflict
from checks.persistent_browser_gaps import check as persistent_browser_gaps
from checks.persistent_browser_inert import check as persistent_browser_inert
from checks.persistent_browser_not_all_apps import check as persistent_browser_not_all_apps
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
    persistent_browser_always,
    persistent_browser_conflict,
    persistent_browser_inert,
    persistent_browser_not_all_apps,
    persistent_browser_gaps,
    admin_session_lifetime,
    session_lifetime,
)
