"""The checks that come with auditor, found through the same entry-point group as anybody's: `checks:ALL`."""

from checks.interrupts import check as interrupts
from checks.persistent_browser import check as persistent_browser
from checks.stay_signed_in import check as stay_signed_in

ALL = (interrupts, stay_signed_in, persistent_browser)
