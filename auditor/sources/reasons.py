"""Why a dataset could not be read, and what would bring it: sentences for the report."""

from __future__ import annotations

from auditor.errors import Refused, SourceError
from auditor.tenant.dataset import DATASETS, NOT_PREMIUM

_NO_ROLE = "Authentication_RequestFromUnsupportedUserRole"


def why(error: SourceError, name: str) -> tuple[str, str]:
    """The reason and the remedy of a dataset that could not be read (to its end)."""
    dataset = DATASETS[name]
    if not isinstance(error, Refused):
        return error.what, error.remedy
    if error.code == NOT_PREMIUM:
        takes = dataset.licence or "a premium licence"
        return f"The tenant has no premium licence ({error.code}).", f"It takes {takes}."
    if error.code == _NO_ROLE:
        return (
            f"The signed-in user has no directory role that may read it ({error.code}).",
            "Assign Reports Reader or Security Reader.",
        )
    return f"{error.what}.".replace("..", "."), error.remedy or dataset.remedy
