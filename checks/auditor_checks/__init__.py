"""The checks that come with auditor, found through the same entry-point group as anybody's: `auditor_checks:ALL`."""

from auditor_checks.admin_session_lifetime import check as admin_session_lifetime
from auditor_checks.interrupts import check as interrupts
from auditor_checks.persistent_browser_always import check as persistent_browser_always
from auditor_checks.persistent_browser_conflict import check as persistent_browser_conflict
from auditor_checks.persistent_browser_gaps import check as persistent_browser_gaps
from auditor_checks.persistent_browser_inert import check as persistent_browser_inert
from auditor_checks.persistent_browser_not_all_apps import check as persistent_browser_not_all_apps
from auditor_checks.prompt_moot import check as prompt_moot
from auditor_checks.session_lifetime import check as session_lifetime
from auditor_checks.stay_signed_in_contradiction import check as stay_signed_in_contradiction
from auditor_checks.stay_signed_in_not_known import check as stay_signed_in_not_known
from auditor_checks.stay_signed_in_shown import check as stay_signed_in_shown

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
