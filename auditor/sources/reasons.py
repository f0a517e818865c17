"""Why a dataset could not be read, and what would bring it: sentences for the report."""

from __future__ import annotations

from auditor.errors import Refused, SourceError
from auditor.sources.graph_client import NOT_PREMIUM
from auditor.tenant.dataset import DATASETS

_NO_ROLE = "Authentication_RequestFromUnsupportedUserRole"
_NO_LICENCE = "AadPremiumLicenseRequired"  # with status 400, from what belongs to Privileged Identity Management


def why(error: SourceError, name: str) -> tuple[str, str]:
    """The reason and the remedy of a dataset that could not be read (to its end)."""
    dataset = DATASETS[name]
    if not isinstance(error, Refused):
        return error.what, error.remedy
    takes = f"It takes {dataset.licence or 'a premium licence'}."
    if error.code == NOT_PREMIUM:
        return f"The tenant has no premium licence ({error.code}).", takes
    if error.code == _NO_LICENCE:
        return f"The tenant does not have the licence for it ({error.code}).", takes
    if error.code == _NO_ROLE:
        return (
            f"The signed-in user has no directory role that may read it ({error.code}).",
            "Assign Reports Reader or Security Reader.",
        )
    return f"{error.what}.".replace("..", "."), error.remedy or dataset.remedy
